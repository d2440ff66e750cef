//! SPINVAE as published: Le Vaillant and Dutoit, "Interpolation of synthesizer presets using
//! timbre-regularized auto-encoders", ICASSP 2023. The facts cited here are measurements and
//! descriptions of the published model; numbers refer to their sections.
//!
//! Names of tensors are those of the authors' checkpoint: a group (`audio`, `latent`, `preset`),
//! then `0` for the encoder and `1` for the decoder half, then the path in that half.

mod config;
mod convolution;
mod embedding;
mod heads;
mod latent;
mod max_norm;
mod picture_decoder;
mod picture_encoder;
mod preset_decoder;
mod preset_encoder;
mod transformer;

pub use config::Config;
pub use convolution::BatchNorm;
pub use embedding::position_code;
pub use heads::{
    CLASS_COUNTS, RowLosses, RowOutputs, RowProbabilities, category_rows, number_rows,
};
pub use latent::{LatentDecoder, LatentEncoder, Posterior};
pub use picture_decoder::PictureDecoder;
pub use picture_encoder::PictureEncoder;
pub use preset_decoder::PresetDecoder;
pub use preset_encoder::PresetEncoder;

use candle_core::{Result, Tensor};
use candle_nn::VarBuilder;

use crate::ops;
use crate::tokens::Tokens;

/// Whether pictures are normalised by statistics of their own batch, or by those kept from
/// training.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// By those kept.
    Evaluate,
    /// By those of the batch, which are then kept.
    Train,
}

/// The whole network.
#[derive(Clone, Debug)]
pub struct Paper {
    /// Its sizes.
    pub config: Config,
    /// Spectrograms to features.
    pub picture_encoder: PictureEncoder,
    /// Features to their share of the latent.
    pub latent_encoder: LatentEncoder,
    /// Patches to their share of the latent.
    pub preset_encoder: PresetEncoder,
    /// Latents to patches.
    pub preset_decoder: PresetDecoder,
    /// Latents to features.
    pub latent_decoder: LatentDecoder,
    /// Features to spectrograms.
    pub picture_decoder: PictureDecoder,
}

/// What [`Paper::losses`] gives, all scalars.
#[derive(Clone, Debug)]
pub struct Losses {
    /// Of the spectrograms, nat per pixel.
    pub audio: Tensor,
    /// Divergence of the latents from the prior with free bits, nat.
    pub divergence: Tensor,
    /// Of the categories of patches, nat per row.
    pub categories: Tensor,
    /// Of the numbers of patches, nat per row.
    pub numbers: Tensor,
    /// `audio + beta * divergence + 0.5 * (categories + numbers)` (facts 4.1).
    pub total: Tensor,
}

/// What the network makes of a batch.
#[derive(Clone, Debug)]
pub struct Reconstruction {
    /// The latents' distributions.
    pub posterior: Posterior,
    /// What the preset decoder says of every row.
    pub rows: RowOutputs,
    /// Spectrograms, shape `[batch, notes, 257, 251]`.
    pub spectrograms: Tensor,
}

impl Paper {
    /// A network from the tensors of `vb`, at the root of the names.
    pub fn new(vb: VarBuilder, config: Config) -> Result<Paper> {
        let (audio, latent, preset) = (vb.pp("audio"), vb.pp("latent"), vb.pp("preset"));
        Ok(Paper {
            picture_encoder: PictureEncoder::new(audio.pp(0).pp(0), &config)?,
            latent_encoder: LatentEncoder::new(latent.pp(0).pp(0), &config)?,
            preset_encoder: PresetEncoder::new(preset.pp(0), &config)?,
            preset_decoder: PresetDecoder::new(preset.pp(1), &config)?,
            latent_decoder: LatentDecoder::new(latent.pp(1).pp(0), &config)?,
            picture_decoder: PictureDecoder::new(audio.pp(1).pp(0), &config)?,
            config,
        })
    }

    /// The latents of patches and their spectrograms, shape `[batch, notes, 257, 251]`. Without
    /// spectrograms the patch alone decides: their share is left out, a use the published weights
    /// were not trained for.
    pub fn encode(
        &self,
        batch: &[Tokens],
        spectrograms: Option<&Tensor>,
        mode: Mode,
    ) -> Result<Posterior> {
        let preset = self.preset_encoder.forward(batch)?;
        let sum = match spectrograms {
            Some(x) => {
                let features = self.picture_encoder.forward(x, mode)?;
                ops::add(&self.latent_encoder.forward(&features)?, &preset)?
            }
            None => preset,
        };
        Posterior::new(&sum)
    }

    /// What the preset decoder says of latents of shape `[batch, hidden]`.
    pub fn decode(&self, z: &Tensor) -> Result<RowOutputs> {
        self.preset_decoder.forward(z)
    }

    /// The spectrograms of latents of shape `[batch, hidden]`: `[batch, notes, 257, 251]`.
    pub fn decode_spectrograms(&self, z: &Tensor, mode: Mode) -> Result<Tensor> {
        let picture = z.reshape(((), self.config.latent_channels(), 2, 2))?;
        let features = self.latent_decoder.forward(&picture)?;
        self.picture_decoder.forward(&features, mode)
    }

    /// Encodes and decodes a batch. `noise`, of shape `[batch, latent channels, 2, 2]`, moves the
    /// latents off their means; without it they are the means.
    pub fn forward(
        &self,
        batch: &[Tokens],
        spectrograms: &Tensor,
        noise: Option<&Tensor>,
        mode: Mode,
    ) -> Result<Reconstruction> {
        let posterior = self.encode(batch, Some(spectrograms), mode)?;
        let z = match noise {
            Some(noise) => posterior.sample(noise)?,
            None => posterior.mean.clone(),
        };
        let z = z.flatten_from(1)?;
        Ok(Reconstruction {
            rows: self.decode(&z)?,
            spectrograms: self.decode_spectrograms(&z, mode)?,
            posterior,
        })
    }

    /// What training makes small: see [`Losses`].
    pub fn losses(
        &self,
        batch: &[Tokens],
        spectrograms: &Tensor,
        out: &Reconstruction,
        beta: f64,
    ) -> Result<Losses> {
        let audio = ops::gaussian_nll(&out.spectrograms, spectrograms)?.mean_all()?;
        let divergence = out.posterior.free_divergence()?;
        let (categories, numbers) = out.rows.losses(batch)?.per_patch()?;
        let (categories, numbers) = (categories.mean_all()?, numbers.mean_all()?);
        let preset = ((&categories + &numbers)? * 0.5)?;
        let total = ((&audio + (&divergence * beta)?)? + preset)?;
        Ok(Losses {
            audio,
            divergence,
            categories,
            numbers,
            total,
        })
    }
}
