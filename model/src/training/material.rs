//! [`Material`]: what a training learns from, and what it is checked by.

use std::path::Path;

use anyhow::{Result, ensure};
use candle_core::{Device, Tensor};
use presets::Patch;

use crate::compact::codec::inputs;
use crate::compact::objective::{PATCH_VALUES, patch_values};
use crate::data::sounds::{Render, Sounds, VALUES};
use crate::data::{Corpus, Split, augment};
use crate::random::Random;

/// Fewer sounding patches than this teach nothing that holds for others.
pub const LEAST_PATCHES: usize = 200;

/// Patches with their sounds, the training side enriched with mixes of two patches, so that the ear
/// knows what lies between sounds too.
pub struct Material {
    patches: Vec<Patch>,
    sounds: Sounds,
    split: Split,
    mixes: Vec<Patch>,
    mix_sounds: Sounds,
}

/// Patches as tensors, with their sounds.
pub struct Batch {
    /// `(patches * 6, inputs of an operator)`.
    pub operators: Tensor,
    /// `(patches, inputs of a patch)`.
    pub patch: Tensor,
    /// The values of each patch.
    pub values: Vec<[u8; PATCH_VALUES]>,
    /// `(patches, VALUES)`; zeros where the sound is not known.
    pub heard: Tensor,
    /// `(patches, 1)`: 1 where the sound is known, 0 where it is not.
    pub known: Tensor,
}

impl Material {
    /// Plays and measures everything (or takes it from the files in `folder`), drops silent patches
    /// from the corpus, and splits. `mixes` is how many mixes of two are made for each training
    /// patch. `done` is told how many sounds are measured and how many there are.
    ///
    /// # Errors
    /// If there are too few patches, or the folder cannot be written.
    pub fn prepare(
        mut corpus: Corpus,
        mixes: f64,
        folder: &Path,
        engine: &str,
        render: Render,
        done: &(dyn Fn(usize, usize) + Sync),
    ) -> Result<(Material, Corpus)> {
        enough(corpus.patches.len())?;
        let about = (corpus.patches.len() as f64 * (1.0 + 0.8 * mixes)) as usize;
        let first = |count: usize| done(count, about.max(count));
        let mut sounds = Sounds::cached(folder, engine, &corpus.patches, render, &first)?;
        corpus.keep_sounding(sounds.sounding());
        sounds.keep_sounding();
        enough(corpus.patches.len())?;

        let split = Split::of(&corpus.patches);
        let mixed = mix(&corpus.patches, &split.train, mixes);
        let before = corpus.patches.len();
        let then = |count: usize| done(before + count, before + mixed.len());
        let mut mix_sounds = Sounds::cached(folder, engine, &mixed, render, &then)?;
        let mut kept = mix_sounds.sounding().iter();
        let mut mixed_patches = mixed.clone();
        mixed_patches.retain(|_| kept.next().copied().unwrap_or_default());
        mix_sounds.keep_sounding();
        let material = Material {
            patches: corpus.patches.clone(),
            sounds,
            split,
            mixes: mixed_patches,
            mix_sounds,
        };
        Ok((material, corpus))
    }

    /// The same without any sounds: nothing is played, and the ear learns nothing. Silent patches stay.
    ///
    /// # Errors
    /// If there are too few patches.
    pub fn unheard(corpus: Corpus) -> Result<Material> {
        enough(corpus.patches.len())?;
        Ok(Material {
            sounds: Sounds::unknown(corpus.patches.len()),
            split: Split::of(&corpus.patches),
            patches: corpus.patches,
            mixes: Vec::new(),
            mix_sounds: Sounds::default(),
        })
    }

    /// How many patches are learned from, checked by while training, and kept for judging.
    pub fn sizes(&self) -> [usize; 3] {
        [
            self.split.train.len(),
            self.split.validation.len(),
            self.split.test.len(),
        ]
    }

    /// A random batch of the training side: half of it as it is, a quarter varied (its sound is not
    /// known then), a quarter mixes; operators in any order that leaves the sound as it is.
    ///
    /// # Errors
    /// Only if memory cannot be had.
    pub fn draw(&self, count: usize, random: &mut Random) -> candle_core::Result<Batch> {
        let mut values = Vec::with_capacity(count);
        let mut heard = Vec::with_capacity(count);
        for _ in 0..count {
            let index = self.split.train[random.below(self.split.train.len())];
            let (patch, sound) = match random.uniform() {
                u if u < 0.25 => (augment::noisy(&self.patches[index], random), None),
                u if u < 0.5 && !self.mixes.is_empty() => {
                    let index = random.below(self.mixes.len());
                    (self.mixes[index], self.mix_sounds.get(index))
                }
                _ => (self.patches[index], self.sounds.get(index)),
            };
            values.push(patch_values(&augment::reordered(&patch, random)));
            heard.push(sound);
        }
        batch(values, &heard)
    }

    /// The validation side in batches, at most `count` patches of it, always the same ones.
    ///
    /// # Errors
    /// Only if memory cannot be had.
    pub fn validation(&self, count: usize, at_once: usize) -> candle_core::Result<Vec<Batch>> {
        let mut chosen = self.split.validation.clone();
        Random::new(0).shuffle(&mut chosen);
        chosen.truncate(count);
        chosen
            .chunks(at_once)
            .map(|indices| {
                let values = indices
                    .iter()
                    .map(|&index| patch_values(&self.patches[index]));
                let heard: Vec<_> = indices
                    .iter()
                    .map(|&index| self.sounds.get(index))
                    .collect();
                batch(values.collect(), &heard)
            })
            .collect()
    }
}

fn enough(patches: usize) -> Result<()> {
    ensure!(
        patches >= LEAST_PATCHES,
        "{patches} different patches that sound are too few to learn from: \
         give at least {LEAST_PATCHES}, better some thousands, with --data"
    );
    Ok(())
}

/// Mixes of two patches of one side.
fn mix(patches: &[Patch], side: &[usize], per_patch: f64) -> Vec<Patch> {
    let mut random = Random::new(2);
    let pick = |random: &mut Random| patches[side[random.below(side.len())]];
    (0..(side.len() as f64 * per_patch) as usize)
        .map(|_| {
            let (a, b) = (pick(&mut random), pick(&mut random));
            let t = 0.05 + 0.9 * random.uniform();
            augment::mixed(&a, &b, t, &mut random)
        })
        .collect()
}

fn batch(values: Vec<[u8; PATCH_VALUES]>, heard: &[Option<&[f32]>]) -> candle_core::Result<Batch> {
    let (operators, patch) = inputs(&values)?;
    let mut rows = vec![0.0; heard.len() * VALUES];
    let mut known = vec![0f32; heard.len()];
    for (index, sound) in heard.iter().enumerate() {
        if let Some(sound) = sound {
            rows[index * VALUES..(index + 1) * VALUES].copy_from_slice(sound);
            known[index] = 1.0;
        }
    }
    Ok(Batch {
        operators,
        patch,
        values,
        heard: Tensor::from_vec(rows, (heard.len(), VALUES), &Device::Cpu)?,
        known: Tensor::from_vec(known, (heard.len(), 1), &Device::Cpu)?,
    })
}
