//! Validators that are programs of their own, built or installed before.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::report::Report;
use crate::process::is_installed;

/// A validator.
pub struct Program {
    /// What it is called here.
    pub name: &'static str,
    /// What it is started as, if nobody says otherwise.
    program: &'static str,
    /// The variable that says otherwise.
    variable: &'static str,
    /// Where it comes from.
    source: &'static str,
}

/// How much is asked of them.
pub struct Numbers {
    /// Seconds of clap-validator's fuzzer.
    pub fuzz: u32,
    /// Rounds of pluginval.
    pub repeat: u32,
}

const CLAP_VALIDATOR: Program = Program {
    name: "clap-validator",
    program: "clap-validator",
    variable: "CLAP_VALIDATOR",
    source: "https://github.com/free-audio/clap-validator",
};
const VST3_VALIDATOR: Program = Program {
    name: "vst3-validator",
    program: "validator",
    variable: "VST3_VALIDATOR",
    source: "https://github.com/steinbergmedia/vst3sdk",
};
const PLUGINVAL: Program = Program {
    name: "pluginval",
    program: "pluginval",
    variable: "PLUGINVAL",
    source: "https://github.com/Tracktion/pluginval",
};

impl Program {
    /// All of them.
    pub const ALL: [Program; 3] = [CLAP_VALIDATOR, VST3_VALIDATOR, PLUGINVAL];

    /// Runs its tests on the bundle it is made for.
    pub fn validate(
        &self,
        named: Option<PathBuf>,
        clap: &Path,
        vst3: &Path,
        numbers: &Numbers,
        report: &mut Report,
    ) {
        let variable = env::var_os(self.variable).map(PathBuf::from);
        let program = named.or(variable).unwrap_or_else(|| self.program.into());
        // Steinberg's answers --version with its help and a status of failure: started is enough.
        let Some((_, said)) = run(Command::new(&program).arg("--version")) else {
            report.skipped(
                self.name,
                format!(
                    "no program {}: get it from {} and name it in {} or with --tool {}=PATH",
                    program.display(),
                    self.source,
                    self.variable,
                    self.name
                ),
            );
            return;
        };
        let version = said.lines().map(str::trim).find(|line| !line.is_empty());
        let version = version.unwrap_or_default().to_owned();
        for (tests, mut command) in self.commands(&program, clap, vst3, numbers) {
            let tool = format!("{} {tests}", self.name);
            match run(&mut command) {
                Some((passed, output)) => report.ran(&tool, &version, output, passed),
                None => report.ran(&tool, &version, "it could not be started".into(), false),
            }
        }
    }

    fn commands(
        &self,
        program: &Path,
        clap: &Path,
        vst3: &Path,
        numbers: &Numbers,
    ) -> Vec<(&'static str, Command)> {
        let mut command = Command::new(program);
        match self.name {
            "clap-validator" => {
                command.arg("validate").arg(clap);
                let mut fuzz = Command::new(program);
                fuzz.arg("fuzz").arg("-d").arg(format!("{}s", numbers.fuzz));
                fuzz.arg(clap);
                vec![("validate", command), ("fuzz", fuzz)]
            }
            "vst3-validator" => {
                command.arg(vst3);
                let mut extensive = Command::new(program);
                extensive.arg("-e").arg(vst3);
                vec![("standard", command), ("extensive", extensive)]
            }
            _ => {
                let (windows, mut command) = with_display(program);
                command.args(["--strictness-level", "10", "--repeat"]);
                command.arg(numbers.repeat.to_string());
                if !windows {
                    command.arg("--skip-gui-tests");
                }
                command.arg("--validate").arg(vst3);
                let tests = ["strictness 10 without windows", "strictness 10"];
                vec![(tests[usize::from(windows)], command)]
            }
        }
    }
}

/// The program with a display to open windows on, and whether there is one.
fn with_display(program: &Path) -> (bool, Command) {
    let has_display = !cfg!(target_os = "linux") || env::var_os("DISPLAY").is_some();
    if !has_display && is_installed("xvfb-run", &["--help"]) {
        let mut command = Command::new("xvfb-run");
        command.arg("--auto-servernum").arg(program);
        return (true, command);
    }
    (has_display, Command::new(program))
}

/// Whether a program ended well, and all it printed; `None` if there is no such program.
pub fn run(command: &mut Command) -> Option<(bool, String)> {
    let output = command.stdin(Stdio::null()).output().ok()?;
    let mut said = String::from_utf8_lossy(&output.stdout).into_owned();
    said.push_str(&String::from_utf8_lossy(&output.stderr));
    said = without_colours(&said);
    // The whole of a fuzzer's words would fill the report; what went wrong stands at the end.
    const KEPT: usize = 20_000;
    if said.len() > KEPT {
        let cut = said.ceil_char_boundary(said.len() - KEPT);
        said = format!("…{}", &said[cut..]);
    }
    Some((output.status.success(), said.trim().to_owned()))
}

/// The text without the sequences that colour it in a terminal.
fn without_colours(text: &str) -> String {
    let mut parts = text.split("\x1b[");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        plain.push_str(part.split_once('m').map_or(part, |(_, rest)| rest));
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_taken_out() {
        let said = without_colours("44 tests, \x1b[1;32m36\x1b[0m passed");
        assert_eq!(said, "44 tests, 36 passed");
    }

    #[test]
    fn what_is_not_there_is_skipped_with_a_reason() {
        let mut report = Report::default();
        let numbers = Numbers { fuzz: 1, repeat: 1 };
        let nowhere = Path::new("/no/such/place");
        for program in Program::ALL {
            program.validate(
                Some(nowhere.into()),
                nowhere,
                nowhere,
                &numbers,
                &mut report,
            );
        }
        assert_eq!(report.skipped.len(), Program::ALL.len());
        assert!(report.passed.is_empty() && report.failed.is_empty());
        for (entry, program) in report.skipped.iter().zip(Program::ALL) {
            assert!(entry.output.contains(program.variable), "{}", entry.output);
        }
    }
}
