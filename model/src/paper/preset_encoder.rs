//! From a patch to its share of the latent.

use candle_core::{Result, Tensor};
use candle_nn::VarBuilder;

use super::Config;
use super::embedding::{PresetEmbedding, SPECIAL_TOKENS};
use super::transformer::EncoderLayer;
use crate::tokens::{Row, Tokens};

/// A transformer over the 144 rows and two tokens that become mean and variance (facts 3.5).
#[derive(Clone, Debug)]
pub struct PresetEncoder {
    /// Rows to vectors.
    pub embedding: PresetEmbedding,
    /// In the order they are applied.
    pub layers: Vec<EncoderLayer>,
    latent_channels: usize,
}

impl PresetEncoder {
    /// `vb` at `preset.0`.
    pub fn new(vb: VarBuilder, config: &Config) -> Result<PresetEncoder> {
        let layers = vb.pp("tfm").pp("layers");
        Ok(PresetEncoder {
            embedding: PresetEmbedding::new(vb.pp("embedding"), config.hidden)?,
            layers: (0..config.layers)
                .map(|i| EncoderLayer::new(layers.pp(i), config))
                .collect::<Result<_>>()?,
            latent_channels: config.latent_channels(),
        })
    }

    /// The share of the patches in mean and raw variance, shape
    /// `[batch, 2 latent channels, 2, 2]`.
    pub fn forward(&self, batch: &[Tokens]) -> Result<Tensor> {
        let mut x = self.embedding.forward(batch)?;
        let last = self.layers.len() - 1;
        for layer in &self.layers[..last] {
            x = layer.forward(&x)?.out;
        }
        if x.track_op() {
            return self.output(&self.layers[last].forward(&x)?.out);
        }
        // What the last layer would make of the 144 rows is looked at by nobody: five sixths of its
        // work. (Learning has its sums of gradients fused for whole sequences only.)
        self.picture(&self.layers[last].forward_end(&x, SPECIAL_TOKENS)?)
    }

    /// The last layer's two last tokens, shape `[batch, 146, width]`, as pictures.
    pub fn output(&self, hidden: &Tensor) -> Result<Tensor> {
        let tokens = hidden.narrow(1, Row::COUNT, SPECIAL_TOKENS)?;
        self.picture(&tokens.contiguous()?)
    }

    fn picture(&self, tokens: &Tensor) -> Result<Tensor> {
        tokens.reshape(((), 2 * self.latent_channels, 2, 2))
    }
}
