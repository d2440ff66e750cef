//! Writing presets to .syx files that a DX7 and Dexed load.

use std::fs::{self, File};
use std::io::{self, Write};
use std::ops::RangeInclusive;
use std::path::Path;

use super::error::{LibraryError, Result};
use crate::cartridge::Cartridge;
use crate::fractional::FractionalPatch;
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

/// So many sounds of a path at equal distances, from one position of it to another, both included, each
/// with its position. At 0 and 1 they have the names of A and B, elsewhere they are called by their
/// position: `MORPH  48%`.
pub fn steps(
    sound_at: impl Fn(f32) -> FractionalPatch,
    [a, b]: [&Patch; 2],
    positions: RangeInclusive<f32>,
    count: usize,
) -> Vec<(f32, Patch)> {
    let last = count.saturating_sub(1).max(1) as f32;
    let step = |step| {
        let part = step as f32 / last;
        // Not `from + (to - from) * part`, which may miss `to` by a rounding.
        let position = positions.start() * (1.0 - part) + positions.end() * part;
        let mut patch = sound_at(position).round(&format!("MORPH{:>4.0}%", position * 100.0));
        for (end, place) in [(a, 0.0), (b, 1.0)] {
            if position == place {
                // Byte for byte: a name may have what no text can say.
                patch = Patch::from_values(patch.values(), end.name_bytes());
            }
        }
        (position, patch)
    };
    (0..count).map(step).collect()
}

/// A path as the 32 patches of a bank: [`steps`] between those positions.
pub fn bank_of_path(
    sound_at: impl Fn(f32) -> FractionalPatch,
    ends: [&Patch; 2],
    positions: RangeInclusive<f32>,
) -> Vec<Patch> {
    let steps = steps(sound_at, ends, positions, Cartridge::LEN);
    steps.into_iter().map(|(_, patch)| patch).collect()
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
