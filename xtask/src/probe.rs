//! `probe`, for `doctor` alone: loads a plug-in where a crash hurts nobody else.

use std::path::PathBuf;

use anyhow::{Result, anyhow};
use host_bridge::hosted::{Format, probe};

/// Load a plug-in and print one line about it.
#[derive(clap::Args)]
pub struct Args {
    /// CLAP or VST2.
    format: String,
    /// The file.
    path: PathBuf,
}

/// Loads and prints.
///
/// # Errors
/// There is no such format.
pub fn run(args: Args) -> Result<()> {
    let format = Format::ALL
        .into_iter()
        .find(|format| format.name() == args.format);
    let format =
        format.ok_or_else(|| anyhow!("there is no format {}: say CLAP or VST2", args.format))?;
    println!("{}", probe::answer(format, &args.path));
    Ok(())
}
