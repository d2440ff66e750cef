//! `doctor`: what was found on this machine, and what was not.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;
use host_bridge::folders;
use host_bridge::hosted::{Format, probe};
use presets::library::Library;
use serde::Serialize;

use crate::{bundle, packages, process};

/// Say what was found: toolchain, compilers, plug-in folders, installed bundles, Dexed, library.
#[derive(clap::Args)]
pub struct Args {
    /// Print the findings as JSON: [{"what":"…","found":["…"]}, …].
    #[arg(long)]
    json: bool,
}

/// One thing that was looked for, and all of it that was found.
#[derive(Serialize)]
struct Finding {
    what: &'static str,
    found: Vec<String>,
}

/// Looks around and prints. Finding nothing is no error.
///
/// # Errors
/// The findings cannot be written as JSON.
pub fn run(args: Args) -> Result<()> {
    let findings = look();
    if args.json {
        println!("{}", serde_json::to_string_pretty(&findings)?);
        return Ok(());
    }
    for Finding { what, found } in &findings {
        let first = found.first().map_or("not found", String::as_str);
        println!("{what:<22}{first}");
        for other in found.iter().skip(1) {
            println!("{:<22}{other}", "");
        }
    }
    Ok(())
}

fn look() -> Vec<Finding> {
    let mut findings = vec![
        finding("Rust", version("rustc", "--version")),
        finding("cargo", version("cargo", "--version")),
        finding("cargo-nextest", version("cargo", "nextest --version")),
        finding("cargo-deny", version("cargo", "deny --version")),
        finding("C compiler", version("cc", "--version")),
        finding(
            "C++ compiler",
            packages::CXX
                .found()
                .and_then(|cxx| version(&cxx, "--version")),
        ),
    ];
    let ours = |name: &str| name == bundle::CLAP || name == bundle::VST3;
    let folders: Vec<PathBuf> = folders::of_plugins();
    findings.push(finding(
        "plug-in folders",
        folders.iter().filter(|f| f.is_dir()).map(shown),
    ));
    findings.push(finding(
        "Tween, installed",
        folders::find(&folders, &ours).iter().map(shown),
    ));
    for (what, format) in [
        ("Dexed (CLAP)", Format::Clap),
        ("Dexed (VST2)", Format::Vst2),
    ] {
        let found = format.find_in(&folders);
        findings.push(finding(what, found.iter().map(|path| tried(format, path))));
    }
    let cartridges = presets::library::folder::dexed_cartridges();
    findings.push(finding("Dexed's cartridges", cartridges.iter().map(shown)));
    let library = Library::of_user().ok();
    let library = library.filter(|library| library.path().exists());
    findings.push(finding(
        "library",
        library.iter().map(|library| shown(library.path())),
    ));
    findings
}

/// A plug-in file, and what came of loading it in a process of its own.
fn tried(format: Format, path: &Path) -> String {
    let Ok(program) = std::env::current_exe() else {
        return format!(
            "{} (not tried: this program does not know its own path)",
            shown(path)
        );
    };
    let mut command = Command::new(program);
    command.args(["probe", format.name()]).arg(path);
    match probe::probe(command, path, probe::LIMIT) {
        Ok(version) => format!("{} {version}", shown(path)),
        Err(reason) => format!("{} (not usable: {reason})", shown(path)),
    }
}

fn finding(what: &'static str, found: impl IntoIterator<Item = String>) -> Finding {
    let found = found.into_iter().collect();
    Finding { what, found }
}

fn shown(path: impl AsRef<Path>) -> String {
    path.as_ref().display().to_string()
}

/// The first line of what a program says about itself.
fn version(program: &str, arguments: &str) -> Option<String> {
    let said = process::output(Command::new(program).args(arguments.split(' '))).ok()?;
    Some(said.lines().next()?.to_owned())
}
