//! The latent: what the two encoders agree on, and what both decoders start from.

use candle_core::{Result, Tensor};
use candle_nn::VarBuilder;

use super::Config;
use super::convolution::Convolution;
use crate::ops;

/// Nat per latent channel that cost nothing: four values of 0.25 each (facts 4.1).
const FREE_NAT: f64 = 1.0;

/// From the features of all notes to their share of mean and raw variance (facts 3.2).
#[derive(Clone, Debug)]
pub struct LatentEncoder(Convolution);

impl LatentEncoder {
    /// `vb` at `latent.0.0`.
    pub fn new(vb: VarBuilder, config: &Config) -> Result<LatentEncoder> {
        let inputs = config.notes * config.channels[7];
        let convolution = vb.pp("conv").pp("c");
        let outputs = 4 * config.latent_channels();
        Ok(LatentEncoder(Convolution::pointwise(
            convolution,
            inputs,
            outputs,
        )?))
    }

    /// From `[batch, notes * channels, 2, 2]` to twice the channels of the result, before the gate.
    pub fn before_gate(&self, features: &Tensor) -> Result<Tensor> {
        self.0.forward(features)
    }

    /// From `[batch, notes * channels, 2, 2]` to `[batch, 2 latent channels, 2, 2]`.
    pub fn forward(&self, features: &Tensor) -> Result<Tensor> {
        ops::glu(&self.before_gate(features)?)
    }
}

/// From a latent to features for all notes (facts 3.3).
#[derive(Clone, Debug)]
pub struct LatentDecoder(Convolution);

impl LatentDecoder {
    /// `vb` at `latent.1.0`.
    pub fn new(vb: VarBuilder, config: &Config) -> Result<LatentDecoder> {
        let outputs = 2 * config.notes * config.channels[7];
        let convolution = vb.pp("c");
        Ok(LatentDecoder(Convolution::pointwise(
            convolution,
            config.latent_channels(),
            outputs,
        )?))
    }

    /// From `[batch, latent channels, 2, 2]` to twice the channels of the result, before the gate.
    pub fn before_gate(&self, z: &Tensor) -> Result<Tensor> {
        self.0.forward(z)
    }

    /// From `[batch, latent channels, 2, 2]` to `[batch, notes * channels, 2, 2]`.
    pub fn forward(&self, z: &Tensor) -> Result<Tensor> {
        ops::glu(&self.before_gate(z)?)
    }
}

/// A normal distribution per latent value; both tensors have shape
/// `[batch, latent channels, 2, 2]`.
#[derive(Clone, Debug)]
pub struct Posterior {
    /// The likeliest latent.
    pub mean: Tensor,
    /// How far others may lie.
    pub variance: Tensor,
}

impl Posterior {
    /// From mean and raw variance side by side, shape `[batch, 2 latent channels, 2, 2]`.
    pub fn new(sum: &Tensor) -> Result<Posterior> {
        let channels = sum.dim(1)? / 2;
        Ok(Posterior {
            mean: sum.narrow(1, 0, channels)?.contiguous()?,
            variance: ops::softplus(&sum.narrow(1, channels, channels)?.contiguous()?)?,
        })
    }

    /// A latent, from normal `noise` of the shape of the mean.
    pub fn sample(&self, noise: &Tensor) -> Result<Tensor> {
        &self.mean + self.variance.sqrt()?.mul(noise)?
    }

    /// Divergence from the prior per patch and channel in nat, shape `[batch, latent channels]`.
    pub fn divergence(&self) -> Result<Tensor> {
        let squares = (&self.variance + self.mean.sqr()?)?;
        let nats = ((squares - self.variance.log()?)? - 1.0)?;
        nats.flatten_from(2)?.sum(2)? * 0.5
    }

    /// Divergence from the prior in nat, summed over channels; a channel whose mean over the batch
    /// is below the free nats counts as much.
    pub fn free_divergence(&self) -> Result<Tensor> {
        self.divergence()?.mean(0)?.maximum(FREE_NAT)?.sum_all()
    }
}
