//! Patches that a command line names.
//!
//! What is damaged is refused here: who morphs half a bank believes it to be the whole. What had to
//! be brought into range is said on standard error.

use std::path::Path;

use anyhow::{Result, anyhow, bail};
use presets::library::Lookup;
use presets::sysex::{Fault, Import};
use presets::{Patch, Reference, file};

/// The one patch that is meant.
///
/// # Errors
/// There is none, its file is truncated, or it is not clear which is meant; the error says what
/// there is.
pub fn one(reference: &Reference) -> Result<Patch> {
    // These errors say their causes themselves.
    let patch = reference
        .patch(&Lookup::of_user())
        .map_err(|error| anyhow!("{error}"))?;
    if let Reference::File(path, _) = reference {
        let import = whole(path)?;
        if let Some(changed) = import.cleaned().find(|found| found.patch == patch) {
            eprintln!("{}: {changed}", path.display());
        }
    }
    Ok(patch)
}

/// All patches of a file, in its order.
///
/// # Errors
/// It cannot be read, holds no patches, or is truncated.
pub fn all(path: &Path) -> Result<Vec<Patch>> {
    let import = whole(path)?;
    if import.cleaned().next().is_some() {
        eprintln!("{}: {}", path.display(), import.summary());
    }
    Ok(import.patches.iter().map(|found| found.patch).collect())
}

fn whole(path: &Path) -> Result<Import> {
    let import = file::read(path).map_err(|error| anyhow!("{error}"))?;
    let packed = file::is_packed(path);
    let path = path.display();
    for source in &import.sources {
        for fault in &source.faults {
            if matches!(fault, Fault::Truncated { .. }) {
                bail!("{path}: the {source} is truncated, {fault}: get a whole copy of the file");
            }
        }
    }
    if packed && import.stray_bytes > 0 {
        let stray = import.stray_bytes;
        bail!(
            "{path} is truncated, it ends {stray} bytes into a voice of 128: get a whole copy of the file"
        );
    }
    Ok(import)
}
