//! [`Sounds`]: what was measured of every patch's sound, kept in a file so that it is done once.

use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context, Result, bail};
use candle_core::{DType, Device, Tensor};
use presets::{Parameter, Patch};
use rayon::prelude::*;
use sha2::{Digest, Sha256};

use super::picture::{self, Picture};
use timbre::{Analyser, FEATURES};

/// Plays a patch: the note of the published evaluation (key 56, velocity 75, held 3 s of 4 s) at
/// [`picture::RATE`], 1.0 being full scale. Whoever trains brings the synth.
pub type Render<'a> = &'a (dyn Fn(&Patch) -> Vec<f32> + Sync);

/// Seconds of an analysed note.
pub const SECONDS: f64 = 4.0;
/// Below this peak a patch counts as silent: under the last bit of a 16-bit file.
pub const SILENCE: f32 = 1.0 / 32_768.0;
/// What is kept of a sound: its timbre features, then its picture.
pub const VALUES: usize = FEATURES + picture::VALUES;
/// Changed whenever the same sound would be measured differently, so that old files are not used.
const VERSION: u32 = 3;

/// What the model hears of patches: a row of [`VALUES`] for each, none for a silent one.
///
/// The features are in standard deviations of the published table and squashed (`asinh`), for they
/// have outliers of a hundred deviations, and measured [briefly](Analyser::brief); pictures are as
/// [`Picture::draw`] gives them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sounds {
    rows: Vec<f32>,
    sounding: Vec<bool>,
}

impl Sounds {
    /// Plays and measures patches, in parallel on the pool it is called in. `done` is called with
    /// the number of patches measured so far, now and then, from any thread.
    pub fn measure(patches: &[Patch], render: Render, done: &(dyn Fn(usize) + Sync)) -> Sounds {
        let picture = Picture::new();
        let count = AtomicUsize::new(0);
        let rate = picture::RATE;
        let analyser = || Analyser::brief(rate, (rate * SECONDS) as usize);
        let rows: Vec<Option<[f32; VALUES]>> = patches
            .par_iter()
            .with_min_len(16)
            .map_init(analyser, |analyser, patch| {
                let samples = render(patch);
                done(count.fetch_add(1, Ordering::Relaxed) + 1);
                let peak = samples.iter().fold(0f32, |peak, x| peak.max(x.abs()));
                (peak >= SILENCE).then(|| {
                    let mut row = [0.0; VALUES];
                    let (timbre, drawn) = row.split_at_mut(FEATURES);
                    let features = analyser.measure(&samples).standardised();
                    for (out, feature) in timbre.iter_mut().zip(features) {
                        *out = feature.asinh() as f32;
                    }
                    drawn.copy_from_slice(&picture.draw(&samples));
                    row
                })
            })
            .collect();
        Sounds {
            sounding: rows.iter().map(Option::is_some).collect(),
            rows: rows
                .into_iter()
                .flat_map(|row| row.unwrap_or([0.0; VALUES]))
                .collect(),
        }
    }

    /// Of so many patches nothing.
    pub fn unknown(patches: usize) -> Sounds {
        Sounds {
            rows: vec![0.0; patches * VALUES],
            sounding: vec![false; patches],
        }
    }

    /// The sounds of these patches from a file of `folder`, or measured and put there. The file is
    /// named after the content of the patches and after `engine`, which says what played them.
    ///
    /// # Errors
    /// If the folder cannot be written. A damaged file is measured again.
    pub fn cached(
        folder: &Path,
        engine: &str,
        patches: &[Patch],
        render: Render,
        done: &(dyn Fn(usize) + Sync),
    ) -> Result<Sounds> {
        let path = folder.join(format!("{}.safetensors", key(engine, patches)));
        if let Ok(sounds) = Sounds::read(&path, patches) {
            return Ok(sounds);
        }
        let sounds = Sounds::measure(patches, render, done);
        std::fs::create_dir_all(folder)
            .with_context(|| format!("cannot make the folder {}", folder.display()))?;
        sounds
            .write(&path)
            .with_context(|| format!("cannot write {}", path.display()))?;
        Ok(sounds)
    }

    /// What was measured of a patch; `None` for a silent one.
    pub fn get(&self, index: usize) -> Option<&[f32]> {
        self.sounding[index].then(|| &self.rows[index * VALUES..(index + 1) * VALUES])
    }

    /// Which patches sound.
    pub fn sounding(&self) -> &[bool] {
        &self.sounding
    }

    /// Keeps the rows of the patches that sound, as [`super::Corpus::keep_sounding`] keeps those.
    pub fn keep_sounding(&mut self) {
        let rows = self.rows.chunks_exact(VALUES).zip(&self.sounding);
        self.rows = rows
            .filter(|(_, sounds)| **sounds)
            .flat_map(|(row, _)| row.to_vec())
            .collect();
        self.sounding.retain(|&sounds| sounds);
    }

    fn read(path: &Path, patches: &[Patch]) -> Result<Sounds> {
        let tensors = candle_core::safetensors::load(path, &Device::Cpu)?;
        let (Some(rows), Some(sounding)) = (tensors.get("rows"), tensors.get("sounding")) else {
            bail!("not a file of sounds");
        };
        let sounds = Sounds {
            rows: rows.to_dtype(DType::F32)?.flatten_all()?.to_vec1()?,
            sounding: sounding
                .to_vec1::<u8>()?
                .into_iter()
                .map(|one| one == 1)
                .collect(),
        };
        if sounds.sounding.len() != patches.len() || sounds.rows.len() != patches.len() * VALUES {
            bail!("a file of other sounds");
        }
        Ok(sounds)
    }

    fn write(&self, path: &Path) -> Result<()> {
        let sounding: Vec<u8> = self.sounding.iter().map(|&one| u8::from(one)).collect();
        let rows = Tensor::from_slice(&self.rows, (sounding.len(), VALUES), &Device::Cpu)?;
        let tensors = HashMap::from([
            ("rows", rows.to_dtype(DType::F16)?),
            ("sounding", Tensor::new(sounding, &Device::Cpu)?),
        ]);
        let unfinished = path.with_extension("unfinished");
        candle_core::safetensors::save(&tensors, &unfinished)?;
        std::fs::rename(&unfinished, path)?;
        Ok(())
    }
}

/// A name for the sounds of these patches.
fn key(engine: &str, patches: &[Patch]) -> String {
    let mut hash = Sha256::new();
    hash.update(VERSION.to_le_bytes());
    hash.update(engine);
    for patch in patches {
        hash.update(&patch.values()[..Parameter::COUNT]);
    }
    hash.finalize()[..12]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
