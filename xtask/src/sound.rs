//! Renders for the ear, and the WAV files they become.

use std::path::Path;

use anyhow::{Context, Result};
use engine::EngineKind;
use host_bridge::{Note, render_note};
use presets::{FractionalPatch, Patch};

/// The sample rate of everything the companion renders, in Hz.
pub const RATE: f32 = 48_000.0;

/// The note by which a patch is shown.
pub const NOTE: Note = Note {
    key: 60,
    velocity: 100,
    hold_s: 2.0,
    total_s: 3.0,
};
/// The note in words.
pub const NOTE_NAME: &str = "middle C (2 s held, 3 s in all)";

/// Mono samples at [`RATE`]; 1.0 is full scale.
pub struct Sound {
    /// The samples.
    pub samples: Vec<f32>,
}

impl Sound {
    /// [`NOTE`] on the built-in synth.
    pub fn of_patch(patch: &Patch) -> Sound {
        let patch = FractionalPatch::from(patch);
        Sound {
            samples: render_note(&patch, &NOTE, f64::from(RATE), EngineKind::Modern),
        }
    }

    /// Writes a WAV file of 16 bits, which hold a note of the engine without loss.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn write(&self, path: &Path) -> Result<()> {
        write_wav(path, 1, self.samples.iter().copied())
    }
}

/// Writes interleaved samples as a WAV file of 16 bits; what is over full scale is cut.
///
/// # Errors
/// The file cannot be written.
pub fn write_wav(path: &Path, channels: u16, samples: impl IntoIterator<Item = f32>) -> Result<()> {
    let spec = hound::WavSpec {
        channels,
        sample_rate: RATE as u32,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let write = || {
        let mut file = hound::WavWriter::create(path, spec)?;
        for sample in samples {
            // `as` saturates.
            file.write_sample((sample * 32_768.0).round() as i16)?;
        }
        file.finalize()
    };
    write().with_context(|| format!("cannot write {}", path.display()))
}
