//! [`Tuning`]: which pitch each key has.

use crate::tables::ONE;

/// Keys outside MIDI's range that a transposition can reach, on either side.
const MARGIN: i32 = 24;
/// Keys of a tuning: 0 to 127 and those that transposition adds.
const KEYS: usize = 128 + 2 * MARGIN as usize;

/// A pitch for every key: log2 of Hz, Q24 octaves. Keys -24 to 151 exist, because a patch may
/// transpose by two octaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tuning([i32; KEYS]);

/// A key's usual pitch.
fn usual(key: i32) -> i32 {
    const KEY_0: i32 = 50_857_777;
    KEY_0 + ONE / 12 * key
}

impl Default for Tuning {
    /// Twelve equal steps to the octave, A4 (key 69) at 440 Hz.
    fn default() -> Tuning {
        Tuning::from_fn(usual)
    }
}

impl Tuning {
    /// The tuning in which `pitch` gives each key's pitch as log2 of Hz in Q24 octaves.
    pub fn from_fn(mut pitch: impl FnMut(i32) -> i32) -> Tuning {
        Tuning(std::array::from_fn(|i| pitch(i as i32 - MARGIN)))
    }

    /// The tuning in which keys 0 to 127 have these frequencies in Hz. Keys that only transposition
    /// reaches lie in equal steps below the first and above the last; what is no frequency between
    /// 2^-4 and 2^17 Hz leaves its key where it usually is. Fit for the audio thread.
    pub fn from_frequencies(frequencies: &[f64; 128]) -> Tuning {
        let pitch = |key: i32| {
            let octaves = frequencies[key as usize & 127].log2();
            if (-4.0..=17.0).contains(&octaves) {
                (octaves * f64::from(ONE)).round() as i32
            } else {
                usual(key)
            }
        };
        Tuning::from_fn(|key| {
            let nearest = key.clamp(0, 127);
            pitch(nearest) + ONE / 12 * (key - nearest)
        })
    }

    /// The pitch of a key; past the last keys, theirs.
    pub fn pitch(&self, key: i32) -> i32 {
        let place = (key + MARGIN).clamp(0, KEYS as i32 - 1);
        self.0[place as usize % KEYS]
    }
}
