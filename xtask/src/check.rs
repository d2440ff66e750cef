//! `check`: what must hold before a change lands, apart from the tests.

use std::process::Command;

use anyhow::{Result, bail};

use crate::process::{self, cargo};

/// Formatting, lints, documentation, licences and unused dependencies.
#[derive(clap::Args)]
pub struct Args {}

/// One check: its name, what runs it, and the cargo subcommand it needs, if that is not part of
/// cargo.
struct Check {
    name: &'static str,
    arguments: &'static [&'static str],
    needs: Option<&'static str>,
}

const CHECKS: [Check; 5] = [
    Check {
        name: "formatting",
        arguments: &["fmt", "--all", "--check"],
        needs: None,
    },
    Check {
        name: "lints",
        arguments: &[
            "clippy",
            "--workspace",
            "--all-targets",
            "--",
            "-D",
            "warnings",
        ],
        needs: None,
    },
    Check {
        name: "documentation",
        arguments: &[
            "doc",
            "--workspace",
            "--no-deps",
            "--document-private-items",
        ],
        needs: None,
    },
    Check {
        name: "licences and advisories",
        arguments: &["deny", "check"],
        needs: Some("deny"),
    },
    Check {
        name: "unused dependencies",
        arguments: &["machete"],
        needs: Some("machete"),
    },
];

/// Runs every check, also after one has failed.
///
/// # Errors
/// A check failed.
pub fn run(_: Args) -> Result<()> {
    let mut failed = Vec::new();
    for check in &CHECKS {
        if let Some(tool) = check.needs
            && !process::is_installed("cargo", &[tool, "--version"])
        {
            eprintln!(
                "{}: skipped, `cargo install --locked cargo-{tool}` provides it",
                check.name
            );
            continue;
        }
        let mut command = command(check);
        eprintln!("{}: {}", check.name, process::words(&command));
        if process::run(&mut command).is_err() {
            failed.push(check.name);
        }
    }
    if !failed.is_empty() {
        bail!("failed: {}; the reasons are above", failed.join(", "));
    }
    eprintln!("all checks passed");
    Ok(())
}

fn command(check: &Check) -> Command {
    let mut command = cargo();
    command
        .args(check.arguments)
        .env("RUSTDOCFLAGS", "-D warnings");
    command
}
