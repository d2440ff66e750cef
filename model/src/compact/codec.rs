//! [`Compact`]: patches to latents and back.

use candle_core::{Device, Result, Tensor};
use presets::{FractionalPatch, Kind, Parameter, Patch};
use sha2::{Digest, Sha256};

use super::layout::{Layout, NUMBER_OUTPUTS, OPERATOR, OPERATORS, PATCH, TOKENS};
use super::likelihood::{expected, most_likely};
use super::network::{Config, Network};
use super::objective::{PATCH_VALUES, patch_values};
use crate::checkpoint::Checkpoint;

/// The file of the model that ships.
const SHIPPED: &[u8] = include_bytes!("../../weights/compact.safetensors");

/// At most so many latents are decoded at once: then no tensor is so large that candle would start
/// threads of its own to fill it.
const AT_ONCE: usize = 32;

/// How often [`Compact::encode_closely`] looks at what its latents decode to.
const ROUNDS: usize = 6;

/// The part of what a decoding lacks that its latent is given back in a round. More overshoots.
const GIVEN_BACK: f32 = 0.5;

/// The trained compact model.
///
/// It knows nothing of transpositions: what it decodes has the middle one.
#[derive(Clone, Debug)]
pub struct Compact {
    network: Network,
}

/// What a latent means.
#[derive(Clone, Debug, PartialEq)]
pub struct Decoding {
    /// The expected numbers, and the most likely setting of every switch.
    pub patch: FractionalPatch,
    /// For each switch, in the order of [`Parameter::switches`], the logits of its settings.
    pub switches: Vec<(Parameter, Vec<f32>)>,
    /// The timbre features that the sound should have, squashed as in [`crate::data::sounds`].
    pub timbre: Vec<f32>,
}

impl Compact {
    /// A model over a network.
    pub fn new(network: Network) -> Compact {
        Compact { network }
    }

    /// An untrained model; what it decodes means nothing.
    ///
    /// # Errors
    /// Only if memory cannot be had.
    pub fn untrained(config: Config, seed: u64) -> Result<Compact> {
        let weights = super::network::fresh(&config, seed)?;
        Ok(Compact::new(Network::new(config, weights)?))
    }

    /// The model that ships, trained by this project: see `model/weights/CARD.md`.
    ///
    /// # Errors
    /// Only if memory cannot be had.
    pub fn shipped() -> Result<Compact> {
        Compact::load(SHIPPED)
    }

    /// What tells the model that ships from any other: SHA-256 of its file. Takes some milliseconds.
    pub fn shipped_digest() -> [u8; 32] {
        Sha256::digest(SHIPPED).into()
    }

    /// Reads a safetensors file of weights, of 16 or 32 bits, in memory.
    ///
    /// # Errors
    /// If the bytes are not such a file, or are not weights of a compact model.
    pub fn load(bytes: &[u8]) -> Result<Compact> {
        let checkpoint =
            Checkpoint::from_bytes(bytes).map_err(|error| damaged(&error.to_string()))?;
        let config = checkpoint
            .metadata
            .get("config")
            .ok_or_else(|| damaged("it does not say which configuration it is of"))?;
        let config: Config =
            serde_json::from_str(config).map_err(|error| damaged(&error.to_string()))?;
        Ok(Compact::new(Network::new(config, checkpoint.tensors)?))
    }

    /// The network itself.
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// Floats of a latent.
    pub fn latent_len(&self) -> usize {
        self.network.config.latent()
    }

    /// The latents of patches, one after the other, [`Compact::latent_len`] floats each.
    ///
    /// # Errors
    /// Only if memory cannot be had.
    pub fn encode(&self, patches: &[Patch]) -> Result<Vec<Vec<f32>>> {
        let mut latents = Vec::with_capacity(patches.len());
        for patches in patches.chunks(AT_ONCE) {
            let values: Vec<[u8; PATCH_VALUES]> = patches.iter().map(patch_values).collect();
            let (operators, patch) = inputs(&values)?;
            latents.extend(self.network.encode(&operators, &patch)?.mean.to_vec2()?);
        }
        Ok(latents)
    }

    /// The latents of patches as [`Compact::encode`] gives them, then moved until what they decode to
    /// is encoded as the patches are: what the network lost at first is given back to it, a half at a
    /// time. Of all rounds each patch keeps the latent that decodes closest to it.
    ///
    /// # Errors
    /// Only if memory cannot be had.
    pub fn encode_closely(&self, patches: &[Patch]) -> Result<Vec<Vec<f32>>> {
        let aims = self.encode(patches)?;
        let mut latents = aims.clone();
        let mut closest = vec![(f32::INFINITY, Vec::new()); patches.len()];
        for _ in 0..ROUNDS {
            let decoded: Vec<Patch> = self
                .decode(&latents)?
                .iter()
                .zip(patches)
                .map(|(decoding, patch)| decoding.patch.round(&patch.name()))
                .collect();
            let found = decoded.iter().zip(patches).zip(&latents);
            for (closest, ((decoded, patch), latent)) in closest.iter_mut().zip(found) {
                let apart = apart(decoded, patch);
                if apart < closest.0 {
                    *closest = (apart, latent.clone());
                }
            }
            let encoded = self.encode(&decoded)?;
            for ((latent, aim), encoded) in latents.iter_mut().zip(&aims).zip(&encoded) {
                for ((value, aim), encoded) in latent.iter_mut().zip(aim).zip(encoded) {
                    *value += GIVEN_BACK * (aim - encoded);
                }
            }
        }
        Ok(closest.into_iter().map(|(_, latent)| latent).collect())
    }

    /// What latents mean.
    ///
    /// # Errors
    /// If a latent is not [`Compact::latent_len`] long.
    pub fn decode(&self, latents: &[Vec<f32>]) -> Result<Vec<Decoding>> {
        let mut decodings = Vec::with_capacity(latents.len());
        for latents in latents.chunks(AT_ONCE) {
            let shape = (latents.len(), self.latent_len());
            let latents = Tensor::from_vec(latents.concat(), shape, &Device::Cpu)?;
            let decoded = self.network.decode(&latents, true)?;
            let operators: Vec<f32> = decoded.operators.flatten_all()?.to_vec1()?;
            let patch: Vec<Vec<f32>> = decoded.patch.to_vec2()?;
            let heard: Vec<Vec<f32>> = match decoded.heard {
                Some(heard) => heard.to_vec2()?,
                None => vec![Vec::new(); patch.len()],
            };
            let operators = operators.chunks_exact(OPERATORS * OPERATOR.outputs());
            for ((operators, patch), mut timbre) in operators.zip(patch).zip(heard) {
                timbre.truncate(timbre::FEATURES);
                decodings.push(read(operators, &patch, timbre));
            }
        }
        Ok(decodings)
    }
}

/// The decoding that the outputs of one patch stand for.
fn read(operators: &[f32], patch: &[f32], timbre: Vec<f32>) -> Decoding {
    let mut decoding = Decoding {
        patch: FractionalPatch::from(&Patch::INIT),
        switches: Vec::with_capacity(22),
        timbre,
    };
    let tokens = operators.chunks_exact(OPERATOR.outputs()).chain([patch]);
    for (token, outputs) in tokens.enumerate() {
        let layout = Layout::of(token);
        let (numbers, mut logits) = outputs.split_at(layout.number_count() * NUMBER_OUTPUTS);
        let numbers = numbers.as_chunks::<NUMBER_OUTPUTS>().0.iter();
        for (parameter, outputs) in layout.numbers(token).zip(numbers) {
            let max = f32::from(parameter.spec().max);
            decoding.patch.0[parameter.index()] = expected(outputs).0 * max;
        }
        for (parameter, values) in layout.switches(token).zip(layout.switch_values()) {
            let (here, rest) = logits.split_at(values);
            decoding.patch.0[parameter.index()] = f32::from(most_likely(here));
            decoding.switches.push((parameter, here.to_vec()));
            logits = rest;
        }
    }
    decoding.switches.sort_by_key(|(parameter, _)| *parameter);
    decoding
}

/// The inputs of patches given by their values: `(patches * 6, …)` and `(patches, …)`.
pub fn inputs(values: &[[u8; PATCH_VALUES]]) -> Result<(Tensor, Tensor)> {
    let mut operators = vec![0.0; values.len() * OPERATORS * OPERATOR.inputs()];
    let mut patch = vec![0.0; values.len() * PATCH.inputs()];
    let mut operator_rows = operators.chunks_exact_mut(OPERATOR.inputs());
    let mut patch_rows = patch.chunks_exact_mut(PATCH.inputs());
    for values in values {
        let mut rest = &values[..];
        for token in 0..TOKENS {
            let layout = Layout::of(token);
            let count = layout.number_count() + layout.switch_values().count();
            let (here, others) = rest.split_at(count);
            rest = others;
            let row = if token < OPERATORS {
                operator_rows.next()
            } else {
                patch_rows.next()
            };
            if let Some(row) = row {
                layout.write_input(here, row);
            }
        }
    }
    let device = &Device::Cpu;
    let rows = values.len() * OPERATORS;
    Ok((
        Tensor::from_vec(operators, (rows, OPERATOR.inputs()), device)?,
        Tensor::from_vec(patch, (values.len(), PATCH.inputs()), device)?,
    ))
}

/// How far two patches are from each other: each number as a part of its range, a switch by one where
/// it differs. The transposition, of which the model knows nothing, does not count.
fn apart(one: &Patch, other: &Patch) -> f32 {
    let counted = Parameter::all().filter(|&parameter| parameter != Parameter::TRANSPOSE);
    counted
        .map(|parameter| {
            let difference = f32::from(one.get(parameter).abs_diff(other.get(parameter)));
            match parameter.spec().kind {
                Kind::Numeric => difference / f32::from(parameter.spec().max),
                Kind::Switch => difference.min(1.0),
            }
        })
        .sum()
}

fn damaged(what: &str) -> candle_core::Error {
    candle_core::Error::Msg(format!(
        "these are not weights of the compact model: {what}"
    ))
}
