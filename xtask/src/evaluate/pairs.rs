//! The pairs that are measured.

use std::path::Path;

use anyhow::{Context, Result, bail};
use model::data::{Corpus, Split};
use presets::{PACKED_LEN, Parameter, Patch};

use super::{Side, sounds};
use crate::workspace;

/// Two patches to go between.
#[derive(Clone, Debug)]
pub struct Pair {
    /// Its number in the file or in the split.
    pub number: usize,
    pub a: Patch,
    pub b: Patch,
}

/// Pairs whose ends both sound, and how many were left out because one does not.
pub struct Pairs {
    pub sounding: Vec<Pair>,
    pub silent: usize,
}

/// Pairs (0,1), (2,3) and so on of a raw packed file.
pub fn from_file(path: &Path, count: usize) -> Result<Pairs> {
    let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    if bytes.len() % PACKED_LEN != 0 {
        bail!(
            "{} is {} bytes long, which is no whole number of packed voices of {PACKED_LEN} bytes: \
             name a raw file without a header",
            path.display(),
            bytes.len()
        );
    }
    let (voices, _) = bytes.as_chunks::<PACKED_LEN>();
    let patches: Vec<Patch> = voices
        .iter()
        .map(|bytes| Patch::from_packed(bytes).0)
        .collect();
    if patches.len() < 2 {
        bail!("{} holds less than two voices, so no pair", path.display());
    }
    Ok(pair_up(&patches, count))
}

/// Pairs of patches that training has never seen, in an order that has nothing to do with the banks
/// they come from.
pub fn held_back(side: Side, count: usize) -> Result<Pairs> {
    let path = workspace::root().join("../shared/data/dx7-voices.bin");
    let bytes = std::fs::read(&path).with_context(|| {
        format!(
            "cannot read {}: name voices of your own with --voices",
            path.display()
        )
    })?;
    let mut corpus = Corpus::default();
    corpus.add_packed(&bytes)?;
    let split = Split::of(&corpus.patches);
    let indices = match side {
        Side::Validation => split.validation,
        Side::Test => split.test,
    };
    let mut patches: Vec<Patch> = indices.iter().map(|&i| corpus.patches[i]).collect();
    patches.sort_by_cached_key(|patch| scattered(patch.values()));
    Ok(pair_up(&patches, count))
}

/// A number that depends on every value (FNV-1a), the same on every machine.
fn scattered(values: &[u8]) -> u64 {
    values.iter().fold(0xCBF2_9CE4_8422_2325, |hash, &value| {
        (hash ^ u64::from(value)).wrapping_mul(0x100_0000_01B3)
    })
}

/// The first `count` pairs whose ends both sound. The transposition is set to none, as in the
/// published protocol, where it is no part of the sound.
fn pair_up(patches: &[Patch], count: usize) -> Pairs {
    let mut pairs = Pairs {
        sounding: Vec::new(),
        silent: 0,
    };
    for (number, ends) in patches.chunks_exact(2).enumerate() {
        if pairs.sounding.len() == count {
            break;
        }
        let [a, b] = [ends[0], ends[1]].map(|mut patch| {
            patch.set(Parameter::TRANSPOSE, Parameter::TRANSPOSE.spec().default);
            patch
        });
        if sounds(&a) && sounds(&b) {
            pairs.sounding.push(Pair { number, a, b });
        } else {
            pairs.silent += 1;
        }
    }
    pairs
}

/// Whether the published note is ever louder than -120 dB.
fn sounds(patch: &Patch) -> bool {
    let rendered = sounds::render(&patch.into(), &sounds::NOTE, 16_000.0);
    rendered.iter().any(|sample: &f32| sample.abs() > 1e-6)
}
