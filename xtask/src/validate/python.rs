//! Hosts that are Python packages: pedalboard and DawDreamer, each with JUCE's VST3 host.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use host_bridge::{ClapBundle, HostEvent, Phrase};

use super::program::run;
use super::report::Report;

/// The packages, pinned, and the name of the host in the script.
const HOSTS: [(&str, &str); 2] = [
    ("pedalboard", "pedalboard==0.9.26"),
    ("dawdreamer", "dawdreamer==0.9.0"),
];
const NUMPY: &str = "numpy>=2,<3";

/// What a host is asked, for the Python of the environment.
const SCRIPT: &str = include_str!("hosts.py");

/// The note of the script: samples from and to at [`RATE`], key and velocity.
const NOTE: (usize, usize, u8, u8) = (0, 24_000, 60, 100);
const RATE: f64 = 48_000.0;
const BLOCK: usize = 64;

/// Plays the VST3 in both hosts and compares it with the CLAP. What is made for it stays in `folder`.
///
/// # Errors
/// The folder cannot be written to, or the CLAP does not play in our own host.
pub fn validate(
    python: Option<PathBuf>,
    folder: &Path,
    clap: &Path,
    vst3: &Path,
    report: &mut Report,
) -> Result<()> {
    let python = python.unwrap_or_else(|| "python3".into());
    let script = folder.join("hosts.py");
    fs::write(&script, SCRIPT).with_context(|| format!("cannot write {}", script.display()))?;
    reference(clap, folder).with_context(|| format!("cannot play {}", clap.display()))?;
    for (host, package) in HOSTS {
        eprintln!("{host}");
        let interpreter = match environment(&python, &folder.join("venv"), package) {
            Ok(interpreter) => interpreter,
            Err(reason) => {
                report.skipped(host, reason);
                continue;
            }
        };
        let mut command = Command::new(interpreter);
        command.arg(&script).arg(host).arg(vst3).arg(folder);
        match run(&mut command) {
            Some((passed, output)) => {
                let mut lines = output.lines();
                let version = lines.find_map(|line| line.strip_prefix("version "));
                report.ran(host, version.unwrap_or_default(), output.clone(), passed);
            }
            None => report.ran(host, "", "it could not be started".into(), false),
        }
    }
    Ok(())
}

/// What the CLAP plays at either end, as `0.f32` and `1.f32`.
fn reference(clap: &Path, folder: &Path) -> Result<()> {
    let bundle = ClapBundle::load(clap)?;
    let id = bundle.ids().pop().context("there is no plug-in in it")?;
    let (from, to, key, velocity) = NOTE;
    let mut phrase = Phrase::new(RATE as usize);
    phrase.note(from, to, key, velocity);
    for end in [0, 1] {
        let mut tween = bundle.instantiate(&id)?;
        let morph = tween.parameter("Morph").context("it has no Morph")?;
        tween.activate(RATE, BLOCK)?;
        let value = f64::from(end);
        let mut score = vec![(0, HostEvent::Parameter { id: morph, value })];
        score.extend(HostEvent::score(&phrase, None));
        let take = tween.perform(&score, phrase.samples(), &[])?;
        let bytes: Vec<u8> = take.left.iter().flat_map(|s| s.to_le_bytes()).collect();
        let file = folder.join(format!("{end}.f32"));
        fs::write(&file, bytes).with_context(|| format!("cannot write {}", file.display()))?;
    }
    Ok(())
}

/// The interpreter of a virtual environment that has the package, or why there is none.
fn environment(python: &Path, folder: &Path, package: &str) -> Result<PathBuf, String> {
    let interpreter = folder.join(if cfg!(windows) {
        "Scripts/python.exe"
    } else {
        "bin/python"
    });
    if !interpreter.exists() {
        let made = run(Command::new(python).args(["-m", "venv"]).arg(folder));
        let shown = python.display();
        match made {
            None => {
                return Err(format!(
                    "no Python at {shown}: name one with --tool python=PATH"
                ));
            }
            Some((false, said)) => return Err(format!("`{shown} -m venv` failed: {said}")),
            Some((true, _)) => {}
        }
    }
    let mut pip = Command::new(&interpreter);
    pip.args([
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
    ]);
    match run(pip.args([package, NUMPY])) {
        Some((true, _)) => Ok(interpreter),
        Some((false, said)) => {
            let last = said.lines().last().unwrap_or_default();
            Err(format!("pip cannot install {package}: {last}"))
        }
        None => Err(format!("{} cannot be started", interpreter.display())),
    }
}
