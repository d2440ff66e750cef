//! `check`: what must hold before a change lands, apart from the tests.

mod unused;

use anyhow::{Result, bail};

use crate::process::{self, cargo};

/// Check formatting, lints, documentation, licences and unused dependencies.
#[derive(clap::Args)]
pub struct Args {}

const FORMATTING: &[&str] = &["fmt", "--all", "--check"];
const LINTS: &[&str] = &[
    "clippy",
    "--workspace",
    "--all-targets",
    "--",
    "-D",
    "warnings",
];
const DOCUMENTATION: &[&str] = &[
    "doc",
    "--workspace",
    "--no-deps",
    "--document-private-items",
];
const LICENCES: &[&str] = &["deny", "check"];

/// Runs every check, also after one has failed.
///
/// # Errors
/// A check failed.
pub fn run(_: Args) -> Result<()> {
    // The lints compile the plug-in, and so its C++.
    crate::packages::CXX.provide()?;
    let mut failed = Vec::new();
    let mut check = |name, check: &dyn Fn() -> Result<()>| {
        if let Err(error) = check() {
            eprintln!("{error:#}");
            failed.push(name);
        }
    };
    check("unused dependencies", &unused::check);
    check("formatting", &|| run_cargo(FORMATTING));
    check("lints", &|| run_cargo(LINTS));
    check("documentation", &|| run_cargo(DOCUMENTATION));
    if process::is_installed("cargo", &["deny", "--version"]) {
        check("licences and advisories", &|| run_cargo(LICENCES));
    } else {
        eprintln!(
            "licences and advisories: skipped, `cargo install --locked cargo-deny` provides the check"
        );
    }
    if !failed.is_empty() {
        bail!("failed: {}; the reasons are above", failed.join(", "));
    }
    println!("all checks passed");
    Ok(())
}

fn run_cargo(arguments: &[&str]) -> Result<()> {
    let mut command = cargo();
    command.args(arguments).env("RUSTDOCFLAGS", "-D warnings");
    eprintln!("{}", process::words(&command));
    process::run(&mut command)
}
