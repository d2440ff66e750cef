//! `screenshot`: pictures of every view of the editor, drawn without a window.

use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::process::{self, cargo};

/// Draw every view and state of the editor at 100 and 200 %, in every theme.
#[derive(clap::Args)]
pub struct Args {
    /// The folder for the pictures [default: screenshots in the target directory].
    #[arg(long)]
    out: Option<PathBuf>,
    /// Only pictures whose names have this in them, as `browse-dark`.
    #[arg(long, default_value = "")]
    only: String,
}

/// Draws the pictures; the editor's own test does it, because only the plug-in knows its views.
///
/// # Errors
/// The folder cannot be made, or the test fails.
pub fn run(args: Args) -> Result<()> {
    crate::packages::CXX.provide()?;
    let folder = match args.out {
        Some(folder) => folder,
        None => crate::workspace::target()?.join("screenshots"),
    };
    std::fs::create_dir_all(&folder)
        .with_context(|| format!("cannot make the folder {}", folder.display()))?;
    let folder = folder
        .canonicalize()
        .with_context(|| format!("cannot find the folder {}", folder.display()))?;
    let mut command = cargo();
    command
        .args([
            "test",
            "-p",
            "plugin",
            "--test",
            "editor",
            "--",
            "pictures_are_kept",
        ])
        .env("SCREENSHOTS", &folder)
        .env("SCREENSHOT", &args.only);
    process::run(&mut command)?;
    println!("{}", folder.display());
    Ok(())
}
