//! Writing presets to .syx files that a DX7 and Dexed load.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use super::error::{LibraryError, Result};
use crate::cartridge::Cartridge;
use crate::patch::Patch;
use crate::sysex;

/// The MIDI channel of exported files: the first.
const CHANNEL: u8 = 0;

/// Whether a file that exists may be replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Existing {
    /// The export fails, and the file stays.
    Keep,
    /// The user said so.
    Replace,
}

/// Writes one patch as a single voice.
///
/// # Errors
/// When the file exists and is to be kept, or cannot be written.
pub fn single(patch: &Patch, path: &Path, existing: Existing) -> Result<()> {
    write(path, &sysex::single(patch, CHANNEL), existing)
}

/// Writes up to 32 patches as a bank; free places hold the initial voice.
///
/// # Errors
/// When there are more, or as for [`single`].
pub fn bank(patches: &[Patch], path: &Path, existing: Existing) -> Result<()> {
    let cartridge =
        Cartridge::new(patches).map_err(|error| LibraryError::request(error.to_string()))?;
    write(path, &cartridge.to_sysex(CHANNEL), existing)
}

/// Writes a path as a bank: 32 even steps from 0 to 1, the ends included, each named by its
/// position: `A`, `A>B   3%`, ..., `B`.
///
/// # Errors
/// As for [`single`].
pub fn morph(at: impl FnMut(f32) -> Patch, path: &Path, existing: Existing) -> Result<()> {
    bank(&morph_steps(at), path, existing)
}

/// The 32 patches of [`morph`].
pub fn morph_steps(mut at: impl FnMut(f32) -> Patch) -> [Patch; Cartridge::LEN] {
    let last = Cartridge::LEN - 1;
    std::array::from_fn(|step| {
        let position = step as f32 / last as f32;
        let mut patch = at(position);
        // The ends keep the names of A and B.
        if step != 0 && step != last {
            patch.set_name(&format!("A>B  {:3.0}%", position * 100.0));
        }
        patch
    })
}

/// Writes all or nothing: under another name first, which becomes the file's when it is complete.
fn write(path: &Path, bytes: &[u8], existing: Existing) -> Result<()> {
    let failed = |error| LibraryError::io(path, error);
    if existing == Existing::Keep && path.exists() {
        let reason = "the file exists: name another, or allow to replace it";
        return Err(failed(io::Error::new(io::ErrorKind::AlreadyExists, reason)));
    }
    let unfinished = path.with_extension(format!("{}.unfinished", std::process::id()));
    let written = File::create(&unfinished)
        .and_then(|mut file| {
            file.write_all(bytes)?;
            file.sync_all()
        })
        .and_then(|()| fs::rename(&unfinished, path));
    if written.is_err() {
        // It may never have come to be; the error that matters is the one already at hand.
        let _ = fs::remove_file(&unfinished);
    }
    written.map_err(failed)
}
