//! `test`: sets up what the tests need and runs all of them.

use anyhow::Result;

use crate::process::{self, cargo};

/// Run all tests, and the end-to-end tests again in a release build.
#[derive(clap::Args)]
pub struct Args {}

/// Runs them.
///
/// # Errors
/// A test failed, or they do not compile.
pub fn run(_: Args) -> Result<()> {
    if process::is_installed("cargo", &["nextest", "--version"]) {
        process::run(cargo().args(["nextest", "run", "--workspace", "--no-fail-fast"]))?;
        process::run(cargo().args(["test", "--workspace", "--doc"]))
    } else {
        eprintln!("cargo-nextest is not installed: running the tests with `cargo test`");
        process::run(cargo().args(["test", "--workspace", "--no-fail-fast"]))
    }
}
