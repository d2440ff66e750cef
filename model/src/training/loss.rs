//! What a training tries to make small.

use candle_core::{Device, Result, Tensor};

use super::material::Batch;
use crate::compact::layout::{OPERATOR, PATCH};
use crate::compact::network::Network;
use crate::compact::objective::{Fit, patch_loss};
use crate::compact::relaxed::reread;
use crate::random::Random;
use timbre::FEATURES;

/// How much the parts of the loss count beside the reconstruction, which is in nats per parameter.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct LossWeights {
    /// Mean square error of the timbre features.
    pub timbre: f64,
    /// Mean square error of the picture.
    pub picture: f64,
    /// Divergence from the prior, per nat. Very weak: with a whole unit the latent says nothing.
    pub divergence: f64,
    /// Nats that each latent float may hold for nothing.
    pub free_nats: f32,
    /// Order of the patch's latent by timbre.
    pub order: f64,
    /// How far paths between two patches are from straight ones, as the ear hears them; 0 leaves it
    /// out and saves a third of the time.
    pub path: f64,
}

impl Default for LossWeights {
    fn default() -> LossWeights {
        LossWeights {
            timbre: 0.5,
            picture: 0.5,
            divergence: 2e-5,
            free_nats: 0.1,
            order: 0.02,
            path: 0.0,
        }
    }
}

/// Figures of a batch, means over its patches.
#[derive(Clone, Copy, Debug, Default)]
pub struct Figures {
    /// The whole loss.
    pub loss: f64,
    /// How well the patches were reconstructed.
    pub fit: Fit,
    /// Mean square error of the foretold timbre, where the sound is known.
    pub timbre: f64,
    /// Mean square error of the foretold picture, where the sound is known.
    pub picture: f64,
    /// Nats of a latent.
    pub divergence: f64,
    /// How bent paths are, as the ear hears them.
    pub path: f64,
}

impl Figures {
    /// The means over several batches of equal weight.
    pub fn mean(all: &[Figures]) -> Figures {
        let mut mean = Figures::default();
        let part = 1.0 / all.len().max(1) as f64;
        for figures in all {
            mean.loss += part * figures.loss;
            mean.fit.add(&figures.fit);
            mean.timbre += part * figures.timbre;
            mean.picture += part * figures.picture;
            mean.divergence += part * figures.divergence;
            mean.path += part * figures.path;
        }
        mean
    }
}

/// The loss of a batch and its figures. `random` makes the latents uncertain as the encoder says;
/// without it they are where the encoder puts them. `warmth`, 0 to 1, is how far the divergence is
/// switched on.
///
/// # Errors
/// If network and batch do not fit each other.
pub fn loss(
    network: &Network,
    batch: &Batch,
    weights: &LossWeights,
    warmth: f64,
    mut random: Option<&mut Random>,
) -> Result<(Tensor, Figures)> {
    let posterior = network.encode(&batch.operators, &batch.patch)?;
    let (mean, log_variance) = (&posterior.mean, &posterior.log_variance);
    let latents = match &mut random {
        Some(random) => {
            let noise: Vec<f32> = (0..mean.elem_count()).map(|_| random.normal()).collect();
            let noise = Tensor::from_vec(noise, mean.shape(), &Device::Cpu)?;
            (mean + ((log_variance * 0.5)?.exp()? * noise)?)?
        }
        None => mean.clone(),
    };
    let decoded = network.decode(&latents, true)?;
    let Some(heard) = &decoded.heard else {
        candle_core::bail!("the ear was not asked");
    };
    let (patch, fit) = patch_loss(&decoded, batch.values.clone())?;

    let error = heard.sub(&batch.heard)?;
    let known = f64::from(batch.known.sum_all()?.to_scalar::<f32>()?.max(1.0));
    let square = |start: usize, count: usize| -> Result<Tensor> {
        let values = known * count as f64;
        let error = error.narrow(1, start, count)?.broadcast_mul(&batch.known)?;
        error.sqr()?.sum_all()? / values
    };
    let timbre = square(0, FEATURES)?;
    let picture = square(FEATURES, heard.dim(1)? - FEATURES)?;

    let nats = (((log_variance.exp()? + mean.sqr()?)? - log_variance)? - 1.0)?;
    let nats = (nats.mean(0)? * 0.5)?;
    let divergence = nats.maximum(weights.free_nats)?.sum_all()?;
    let order = order(network, mean, batch)?;
    let path = match random {
        Some(random) if weights.path > 0.0 => bend(network, mean, heard, random)?,
        _ => Tensor::zeros((), mean.dtype(), mean.device())?,
    };

    let total = (patch
        + ((&timbre * weights.timbre)? + (&picture * weights.picture)?)?
        + ((&divergence * (weights.divergence * warmth))? + (order * weights.order)?)?
        + (&path * (weights.path * warmth))?)?;
    let figure = |tensor: &Tensor| tensor.to_scalar::<f32>().map(f64::from);
    let figures = Figures {
        loss: figure(&total)?,
        fit,
        timbre: figure(&timbre)?,
        picture: figure(&picture)?,
        divergence: figure(&nats.sum_all()?)?,
        path: figure(&path)?,
    };
    Ok((total, figures))
}

/// How bent the paths between pairs of patches of a batch are: three neighbouring points of each are
/// decoded, read again and heard, and their sounds compared with a straight line between the ends',
/// and with each other. Whoever listens learns nothing from it, or it would learn to hear no bends.
fn bend(network: &Network, mean: &Tensor, heard: &Tensor, random: &mut Random) -> Result<Tensor> {
    const STEP: f32 = 0.125;
    let pairs = PATHS.min(mean.dim(0)? / 2);
    let places: Vec<f32> = (0..pairs)
        .map(|_| STEP + (1.0 - 2.0 * STEP) * random.uniform())
        .collect();
    let shifted = |shift: f32| -> Result<Tensor> {
        let places: Vec<f32> = places.iter().map(|place| place + shift).collect();
        Tensor::from_vec(places, (pairs, 1), mean.device())
    };
    let between = |of: &Tensor, places: &Tensor| -> Result<Tensor> {
        let (from, to) = (of.narrow(0, 0, pairs)?, of.narrow(0, pairs, pairs)?);
        &from + (&to - &from)?.broadcast_mul(places)?
    };
    let points = [-STEP, 0.0, STEP].map(|shift| between(mean, &shifted(shift)?));
    let [before, at, after] = points;
    let decoded = network.decode(&Tensor::cat(&[before?, at?, after?], 0)?, false)?;
    let ear = network.detached();
    let again = ear.encode(
        &reread(&decoded.operators, &OPERATOR)?,
        &reread(&decoded.patch, &PATCH)?,
    )?;
    let Some(sounds) = ear.decode(&again.mean, true)?.heard else {
        candle_core::bail!("the ear was not asked");
    };
    let sound = |index: usize| sounds.narrow(0, index * pairs, pairs);
    let bend = ((sound(0)? + sound(2)?)? - (sound(1)? * 2.0)?)?;
    let straight = between(&heard.detach(), &shifted(0.0)?)?;
    // A bend is in units of two steps; away from the straight line counts as much at its largest.
    (bend.sqr()?.mean_all()? + (sound(1)? - straight)?.sqr()?.mean_all()?)? * 0.5
}

/// Paths of a shard that are listened to at each step.
const PATHS: usize = 8;

/// How far the first floats of the patch's latent are from being in the order of the timbre
/// features, one float for each (Pati and Lerch, "Attribute-based regularization", 2020), over all pairs
/// of patches whose timbre is known.
fn order(network: &Network, mean: &Tensor, batch: &Batch) -> Result<Tensor> {
    const SHARPNESS: f64 = 5.0;
    let known: Vec<f32> = batch.known.flatten_all()?.to_vec1()?;
    let places = (0u32..).zip(known).filter(|(_, known)| *known > 0.0);
    let places: Vec<u32> = places.map(|(place, _)| place).collect();
    if places.is_empty() {
        return Tensor::zeros((), mean.dtype(), mean.device());
    }
    let places = Tensor::new(places, mean.device())?;
    let config = &network.config;
    let start = config.latent() - config.patch_latent;
    let differences = |of: &Tensor, start: usize| -> Result<Tensor> {
        let count = FEATURES.min(config.patch_latent);
        let of = of
            .narrow(1, start, count)?
            .contiguous()?
            .index_select(&places, 0)?;
        of.unsqueeze(0)?.broadcast_sub(&of.unsqueeze(1)?)
    };
    let wanted = differences(&batch.heard, 0)?;
    let wanted =
        (wanted.gt(0f32)?.to_dtype(mean.dtype())? - wanted.lt(0f32)?.to_dtype(mean.dtype())?)?;
    let found = (differences(mean, start)? * SHARPNESS)?.tanh()?;
    (found - wanted)?.abs()?.mean_all()
}
