//! [`Spinvae`]: a trained network and what one does with it, whichever configuration it has.

use std::path::Path;
use std::sync::Arc;

use candle_core::{DType, Device, Result, Tensor, Var, bail};
use candle_nn::VarBuilder;
use presets::Patch;

use crate::checkpoint::Checkpoint;
use crate::paper::{Config, Mode, Paper, RowOutputs, RowProbabilities};
use crate::parameters::Parameters;
use crate::pool::Pool;
use crate::spectrogram::{Range, Spectrograms};
use crate::tokens::{Tokens, patch_of};

/// What a network must be able to do to stand behind [`Spinvae`].
pub trait Network: Send + Sync {
    /// Values of a latent.
    fn latent_size(&self) -> usize;

    /// Means and variances of the latents of patches, each of shape `[batch, latent size]`.
    /// `spectrograms`, for networks that hear, has shape `[batch, notes, 257, 251]`.
    fn encode(&self, batch: &[Tokens], spectrograms: Option<&Tensor>) -> Result<(Tensor, Tensor)>;

    /// What latents of shape `[batch, latent size]` say of every row of a patch.
    fn decode(&self, z: &Tensor) -> Result<RowOutputs>;
}

/// A point that stands for a patch, with its uncertainty.
#[derive(Clone, Debug, PartialEq)]
pub struct Latent {
    /// The likeliest point.
    pub mean: Vec<f32>,
    /// How far others may lie, per value.
    pub variance: Vec<f32>,
}

/// A patch made from a point.
#[derive(Clone, Debug, PartialEq)]
pub struct Decoded {
    /// The probability of every value of every row.
    pub probabilities: RowProbabilities,
}

impl Decoded {
    /// The likeliest patch. What the model does not learn, transposition and name, is taken from
    /// `other`.
    pub fn patch(&self, other: &Patch) -> Patch {
        patch_of(&self.probabilities.likeliest(), other)
    }
}

/// How [`Spinvae::refine`] searches.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Refinement {
    /// Steps at most.
    pub steps: usize,
    /// Length of a step along the normalised gradient, in units of the latent.
    pub rate: f64,
}

impl Default for Refinement {
    fn default() -> Refinement {
        Refinement {
            steps: 10,
            rate: 0.5,
        }
    }
}

/// A trained network with threads of its own.
#[derive(Clone)]
pub struct Spinvae {
    network: Arc<dyn Network>,
    pool: Arc<Pool>,
    range: Option<Range>,
}

impl Spinvae {
    /// Reads weights: a converted checkpoint, or a checkpoint of training. Computes on that many
    /// threads, which end with the last clone.
    ///
    /// # Errors
    /// If the file is not weights, or lacks a tensor; the message names the file and the tensor.
    pub fn load(path: &Path, threads: usize) -> Result<Spinvae> {
        let pool = Pool::new(threads)?;
        let checkpoint = pool.run(|| Checkpoint::read(path))?;
        Self::with_pool(checkpoint, pool)
            .map_err(|error| candle_core::Error::Msg(format!("{}: {error}", path.display())))
    }

    /// The same from what a file holds.
    pub fn from_checkpoint(checkpoint: Checkpoint, threads: usize) -> Result<Spinvae> {
        Self::with_pool(checkpoint, Pool::new(threads)?)
    }

    /// The published network with random weights, to measure its speed: what it decodes means nothing.
    ///
    /// # Errors
    /// Only if memory or threads cannot be had.
    pub fn untrained(seed: u64, threads: usize) -> Result<Spinvae> {
        let pool = Pool::new(threads)?;
        let network = pool.run(|| {
            let parameters = Parameters::new(seed, &Device::Cpu);
            Paper::new(parameters.builder(), Config::PAPER)?;
            let all = parameters.all().into_iter();
            // As plain tensors, or all that is computed would be kept for gradients.
            let tensors = all.map(|(name, var)| (name, var.as_detached_tensor()));
            let vb = VarBuilder::from_tensors(tensors.collect(), DType::F32, &Device::Cpu);
            Paper::new(vb, Config::PAPER)
        })?;
        Ok(Spinvae {
            network: Arc::new(network),
            pool: Arc::new(pool),
            range: None,
        })
    }

    /// A network of any kind.
    pub fn from_network(network: Arc<dyn Network>, threads: usize) -> Result<Spinvae> {
        Ok(Spinvae {
            network,
            pool: Arc::new(Pool::new(threads)?),
            range: None,
        })
    }

    fn with_pool(checkpoint: Checkpoint, pool: Pool) -> Result<Spinvae> {
        let range = Range::of(&checkpoint)?;
        let network: Arc<dyn Network> =
            pool.run(
                move || match checkpoint.metadata.get("configuration").map(String::as_str) {
                    None | Some("paper") => {
                        let tensors = checkpoint.tensors.into_iter().collect();
                        let vb = VarBuilder::from_tensors(tensors, DType::F32, &Device::Cpu);
                        let network: Arc<dyn Network> = Arc::new(Paper::new(vb, Config::PAPER)?);
                        Ok(network)
                    }
                    Some(other) => bail!("configuration {other:?} is not known"),
                },
            )?;
        Ok(Spinvae {
            network,
            pool: Arc::new(pool),
            range,
        })
    }

    /// Values of a latent.
    pub fn latent_size(&self) -> usize {
        self.network.latent_size()
    }

    /// The latents of patches, from the patches alone.
    pub fn encode(&self, patches: &[Patch]) -> Result<Vec<Latent>> {
        self.encode_with(patches, None)
    }

    /// The latents of patches that have also been heard: one list of spectrograms per patch, with
    /// the notes of [`NOTES`](crate::spectrogram::NOTES).
    ///
    /// # Errors
    /// If the weights do not say how loud the pictures they were trained with were.
    pub fn encode_heard(&self, patches: &[Patch], heard: &Spectrograms) -> Result<Vec<Latent>> {
        let Some(range) = self.range else {
            bail!(
                "these weights do not say which levels their spectrograms had; convert them again \
                 with the smallest and the largest"
            );
        };
        self.encode_with(patches, Some(&heard.normalised(range)?))
    }

    fn encode_with(&self, patches: &[Patch], heard: Option<&Tensor>) -> Result<Vec<Latent>> {
        let batch: Vec<Tokens> = patches.iter().map(Tokens::of).collect();
        if batch.is_empty() {
            return Ok(Vec::new());
        }
        self.pool.run(|| {
            let (mean, variance) = self.network.encode(&batch, heard)?;
            let (mean, variance) = (mean.to_vec2()?, variance.to_vec2()?);
            let pairs = mean.into_iter().zip(variance);
            Ok(pairs
                .map(|(mean, variance)| Latent { mean, variance })
                .collect())
        })
    }

    /// What the points of a path say of patches. A few points at a time are computed, so that a long
    /// path needs no more memory than a short one.
    ///
    /// # Errors
    /// If a point has not [`latent_size`](Self::latent_size) values.
    pub fn decode(&self, points: &[Vec<f32>]) -> Result<Vec<Decoded>> {
        self.check_sizes(points)?;
        self.pool.run(|| {
            let mut decoded = Vec::with_capacity(points.len());
            for points in points.chunks(POINTS) {
                let out = self
                    .network
                    .decode(&Tensor::new(points.to_vec(), &Device::Cpu)?)?;
                let probabilities = out.probabilities()?.into_iter();
                decoded.extend(probabilities.map(|probabilities| Decoded { probabilities }));
            }
            Ok(decoded)
        })
    }

    /// A latent near `start` whose decode is nearer to `patch`: a few steps down the gradient of the
    /// patch's likelihood. Never worse than `start`.
    pub fn refine(&self, patch: &Patch, start: &[f32], refinement: Refinement) -> Result<Vec<f32>> {
        self.check_sizes(&[start.to_vec()])?;
        let batch = [Tokens::of(patch)];
        self.pool.run(|| {
            let z = Var::from_slice(start, (1, start.len()), &Device::Cpu)?;
            let mut best = (f32::INFINITY, start.to_vec());
            let mut rate = refinement.rate;
            for step in 0..=refinement.steps {
                let losses = self.network.decode(&z)?.losses(&batch)?;
                let (categories, numbers) = losses.per_patch()?;
                let loss = (categories + numbers)?.sum_all()?;
                let value: f32 = loss.to_scalar()?;
                if value < best.0 {
                    best = (value, z.flatten_all()?.to_vec1()?);
                } else {
                    // Overshot: shorter steps from the best point.
                    rate *= 0.5;
                    z.set(&Tensor::from_slice(&best.1, z.shape(), &Device::Cpu)?)?;
                    continue;
                }
                if step == refinement.steps {
                    break;
                }
                let store = loss.backward()?;
                let Some(gradient) = store.get(&z) else {
                    bail!("the latent got no gradient");
                };
                let gradient: Vec<f32> = gradient.flatten_all()?.to_vec1()?;
                let norm = gradient.iter().map(|g| g * g).sum::<f32>().sqrt();
                let scale = rate as f32 / norm.max(f32::MIN_POSITIVE);
                let moved: Vec<f32> = best
                    .1
                    .iter()
                    .zip(&gradient)
                    .map(|(z, g)| z - scale * g)
                    .collect();
                z.set(&Tensor::from_vec(moved, z.shape(), &Device::Cpu)?)?;
            }
            Ok(best.1)
        })
    }

    fn check_sizes(&self, points: &[Vec<f32>]) -> Result<()> {
        let size = self.latent_size();
        match points.iter().find(|point| point.len() != size) {
            Some(point) => bail!("a latent has {size} values, not {}", point.len()),
            None => Ok(()),
        }
    }
}

/// Points of a path that are decoded together: enough that preparing the weights for a matrix product
/// is little beside it, few enough that the activations stay in the cache.
const POINTS: usize = 11;

impl Network for Paper {
    fn latent_size(&self) -> usize {
        self.config.hidden
    }

    fn encode(&self, batch: &[Tokens], spectrograms: Option<&Tensor>) -> Result<(Tensor, Tensor)> {
        let posterior = Paper::encode(self, batch, spectrograms, Mode::Evaluate)?;
        Ok((
            posterior.mean.flatten_from(1)?,
            posterior.variance.flatten_from(1)?,
        ))
    }

    fn decode(&self, z: &Tensor) -> Result<RowOutputs> {
        Paper::decode(self, z)
    }
}
