//! [`Features`]: how a preset sounds, in numbers. This crate plays nothing: who can, measures
//! ([`Measure`]), and the library keeps what was measured.

use rusqlite::{Connection, OptionalExtension};

use super::category::Category;
use super::error::Result;
use super::preset::PresetId;
use crate::patch::Patch;

/// Numbers in [`Features::timbre`].
pub const TIMBRE_LEN: usize = 48;

// Bounds that part a collection of 26,260 voices from the wild: a quarter is bright, a third dark, a
// quarter percussive, a tenth noise.

/// A brighter sound is called bright.
pub const BRIGHT_HZ: f32 = 1000.0;
/// A darker sound is called dark.
pub const DARK_HZ: f32 = 400.0;
/// A sound that decays at least this far is called percussive.
pub const PERCUSSIVE_DB: f32 = -10.0;
/// A quieter sound counts as silent.
pub const SILENT_DB: f32 = -60.0;
/// A sound with less of its energy in harmonics of its note counts as noise.
const NOISE: f32 = 0.55;

/// How a patch sounds on one note at middle C.
#[derive(Clone, Debug, PartialEq)]
pub struct Features {
    /// Centre of the spectrum in Hz.
    pub brightness: f32,
    /// Seconds until the sound is nearly at its loudest.
    pub attack: f32,
    /// Level in dB, against the loudest, of a note that was held for a second: 0 or below.
    pub sustain: f32,
    /// Level in dB of the loudest part; 0 is a full-scale sine.
    pub loudness: f32,
    /// Share of the energy in the harmonics of the note: 0 is noise or inharmonic, 1 a clear pitch.
    pub pitched: f32,
    /// The spectrum and its course in time. Scaled so that the Euclidean distance of two sounds is
    /// about their mean difference in dB.
    pub timbre: [f32; TIMBRE_LEN],
}

/// Whoever can play a patch and say how it sounds. Called from several threads at once.
pub trait Measure: Sync {
    /// What was measured by another version is measured again.
    fn version(&self) -> u32;

    /// How the patch sounds. The same patch gives the same numbers, all of them finite.
    fn measure(&self, patch: &Patch) -> Features;
}

impl Features {
    /// Distance in timbre, about the mean difference in dB.
    pub fn distance(&self, other: &Features) -> f32 {
        distance(&self.timbre, &other.timbre)
    }

    /// What kind of instrument the sound may be, where the name does not say.
    pub fn category(&self) -> Category {
        let percussive = self.sustain <= PERCUSSIVE_DB;
        match (percussive, self.pitched < NOISE) {
            (true, true) => Category::Percussion,
            (false, true) => Category::Effect,
            (true, false) if self.brightness < DARK_HZ => Category::Bass,
            (true, false) if self.brightness > BRIGHT_HZ => Category::Bell,
            (true, false) => Category::Keys,
            (false, false) if self.attack > 0.15 => Category::Pad,
            (false, false) if self.brightness > BRIGHT_HZ => Category::Lead,
            (false, false) => Category::Other,
        }
    }
}

/// Euclidean distance.
pub fn distance(a: &[f32; TIMBRE_LEN], b: &[f32; TIMBRE_LEN]) -> f32 {
    // Eight sums side by side, so that the compiler can use vector registers.
    let mut sums = [0.0f32; 8];
    for (a, b) in a.chunks_exact(8).zip(b.chunks_exact(8)) {
        for lane in 0..8 {
            sums[lane] += (a[lane] - b[lane]) * (a[lane] - b[lane]);
        }
    }
    sums.iter().sum::<f32>().sqrt()
}

/// Stores what was measured, and guesses the category anew unless the user corrected it.
pub fn store(
    connection: &Connection,
    id: PresetId,
    version: u32,
    features: &Features,
    near: Option<PresetId>,
) -> Result<()> {
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO sound (preset, measure, attack, pitched, timbre)
             VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute((
            id.0,
            version,
            features.attack,
            features.pitched,
            to_bytes(&features.timbre),
        ))?;
    connection
        .prepare_cached(
            "UPDATE preset SET brightness = ?2, sustain = ?3, loudness = ?4, silent = ?5, near = ?6
             WHERE id = ?1",
        )?
        .execute((
            id.0,
            features.brightness,
            features.sustain,
            features.loudness,
            features.loudness <= SILENT_DB,
            near.map(|near| near.0),
        ))?;
    let mut named =
        connection.prepare_cached("SELECT name FROM preset WHERE id = ?1 AND corrected = 0")?;
    let name: Option<String> = named.query_row([id.0], |row| row.get(0)).optional()?;
    let guess = name.map(|name| Category::of_name(&name));
    if guess == Some(Category::Other) {
        connection
            .prepare_cached("UPDATE preset SET category = ?2 WHERE id = ?1")?
            .execute((id.0, features.category().key()))?;
    }
    Ok(())
}

/// What was measured of a preset; `None`: nothing yet.
pub fn load(connection: &Connection, id: PresetId) -> Result<Option<Features>> {
    let mut statement = connection.prepare_cached(
        "SELECT brightness, attack, sustain, loudness, pitched, timbre
         FROM sound JOIN preset ON preset.id = sound.preset WHERE preset.id = ?1",
    )?;
    let features = statement.query_row([id.0], |row| {
        Ok(Features {
            brightness: row.get(0)?,
            attack: row.get(1)?,
            sustain: row.get(2)?,
            loudness: row.get(3)?,
            pitched: row.get(4)?,
            timbre: from_bytes(row.get_ref(5)?.as_blob()?),
        })
    });
    Ok(features.optional()?)
}

fn to_bytes(timbre: &[f32; TIMBRE_LEN]) -> Vec<u8> {
    timbre
        .iter()
        .flat_map(|number| number.to_le_bytes())
        .collect()
}

/// The stored numbers; what is missing is 0.
pub fn from_bytes(bytes: &[u8]) -> [f32; TIMBRE_LEN] {
    let mut timbre = [0.0; TIMBRE_LEN];
    for (number, bytes) in timbre.iter_mut().zip(bytes.chunks_exact(4)) {
        *number = f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
    }
    timbre
}
