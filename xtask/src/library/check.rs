//! `library check`.

use anyhow::{Result, bail};
use presets::library::Library;
use serde_json::json;

/// Checks that the library is sound, and makes a backup of it if it is.
#[derive(clap::Args)]
pub struct Check {
    /// Put a damaged library right, from itself and its latest backup; the damaged file is kept.
    #[arg(long)]
    repair: bool,
    /// Print a line of JSON.
    #[arg(long)]
    json: bool,
}

/// Checks, and repairs if that was asked for.
pub fn run(args: &Check) -> Result<()> {
    let mut library = Library::of_user()?;
    let repaired = if args.repair {
        Some(library.repair()?)
    } else {
        None
    };
    let health = library.check()?;
    if let Some(repair) = &repaired
        && let Some(damaged) = &repair.damaged
    {
        let from = match &repair.restored {
            Some(backup) => format!("from {}", backup.display()),
            None => "without a backup, from what could be read".to_owned(),
        };
        eprintln!("restored {from}; the damaged file is {}", damaged.display());
    }
    if !health.is_sound() {
        bail!(
            "{} is damaged ({}): `cargo xtask library check --repair` restores it",
            library.path().display(),
            health.faults.join("; ")
        );
    }
    let (presets, path, backup) = (
        library.len()?,
        library.path().to_owned(),
        library.back_up()?,
    );
    if args.json {
        println!(
            "{}",
            json!({ "sound": true, "presets": presets, "library": path, "backup": backup })
        );
    } else {
        println!(
            "{}: sound, {presets} presets; backup {}",
            path.display(),
            backup.display()
        );
    }
    Ok(())
}
