//! `test`: sets up what the tests need and runs all of them.

mod tally;

use std::process::Command;

use anyhow::{Result, bail};

use crate::process::{cargo, is_installed};
use crate::workspace;
use crate::{bundle, packages};
use tally::Tally;

/// Tests of this kind run in a release build too: what they prove must hold without the checks.
const REALTIME: &str = "realtime";

/// Run all tests, and those of the audio thread again in a release build.
#[derive(clap::Args)]
pub struct Args {}

/// Runs them, all of them also after one has failed, and prints how many passed.
///
/// # Errors
/// A test failed, or something does not compile.
pub fn run(_: Args) -> Result<()> {
    packages::CXX.provide()?;
    if let Err(error) = packages::SCREEN.provide() {
        eprintln!("the editor is not tested in its window: {error:#}");
    }
    let bundles = bundle::bundle(false)?;
    let command = |arguments: &[&str]| {
        let mut command = cargo();
        // Tests in hosts load the finished bundle.
        command
            .args(arguments)
            .env("TWEEN_BUNDLES", &bundles.folder);
        command
    };
    let mut tally = Tally::default();
    if is_installed("cargo", &["nextest", "--version"]) {
        tally.run(command(&[
            "nextest",
            "run",
            "--workspace",
            "--no-fail-fast",
        ]))?;
        tally.run(command(&["test", "--workspace", "--doc", "--no-fail-fast"]))?;
    } else {
        eprintln!(
            "cargo-nextest is not installed: `cargo test` runs the tests instead, one file after another"
        );
        tally.run(command(&["test", "--workspace", "--no-fail-fast"]))?;
    }
    let release = command(&["test", "--release", "--no-fail-fast"]);
    if let Some(realtime) = realtime(release)? {
        tally.run(realtime)?;
    }
    println!("{tally}");
    if tally.failed() {
        bail!("not all tests passed: the reasons are above");
    }
    Ok(())
}

/// Completes a command to one that runs the tests of the audio thread; `None` where there are none.
fn realtime(mut command: Command) -> Result<Option<Command>> {
    let mut any = false;
    for package in workspace::packages()? {
        let mut named = false;
        for test in package
            .tests
            .iter()
            .filter(|test| test.starts_with(REALTIME))
        {
            if !named {
                command.args(["--package", &package.name]);
                named = true;
            }
            command.args(["--test", test]);
            any = true;
        }
    }
    Ok(any.then_some(command))
}
