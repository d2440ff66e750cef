//! From a latent to the likelihood of every value of every row of a patch.

use candle_core::{Result, Tensor};
use candle_nn::{Init, VarBuilder};

use super::Config;
use super::embedding::position_code;
use super::heads::{Heads, RowOutputs};
use super::max_norm::MaxNormTable;
use super::transformer::{DecoderLayer, Linear};
use crate::ops::Activation;
use crate::tokens::Row;

/// A transformer from 144 learned queries to the latent, all rows at once (facts 3.6).
#[derive(Clone, Debug)]
pub struct PresetDecoder {
    memory: [Linear; 2],
    queries: MaxNormTable,
    positions: Tensor,
    /// In the order they are applied.
    pub layers: Vec<DecoderLayer>,
    /// What reads the last layer's tokens.
    pub heads: Heads,
}

impl PresetDecoder {
    /// `vb` at `preset.1`.
    pub fn new(vb: VarBuilder, config: &Config) -> Result<PresetDecoder> {
        let width = config.hidden;
        let child = vb.pp("child_decoder");
        let layers = child.pp("tfm").pp("layers");
        let mlp = child.pp("input_memory_mlp");
        let normal = Init::Randn {
            mean: 0.0,
            stdev: 1.0,
        };
        let queries =
            child
                .pp("custom_in_tokens")
                .get_with_hints((Row::COUNT, width), "weight", normal)?;
        Ok(PresetDecoder {
            memory: [
                Linear::new(mlp.pp(0), width, width)?,
                Linear::new(mlp.pp(2), width, width)?,
            ],
            queries: MaxNormTable::new(queries, (width as f32).sqrt())?,
            positions: position_code(Row::COUNT, width, vb.device())?,
            layers: (0..config.layers)
                .map(|i| DecoderLayer::new(layers.pp(i), config))
                .collect::<Result<_>>()?,
            heads: Heads::new(vb, width)?,
        })
    }

    /// What the queries attend to: the latent itself, shape `[batch, width]`, and what a small
    /// network makes of it; shape `[batch, 2, width]`.
    pub fn memory(&self, z: &Tensor) -> Result<Tensor> {
        let [first, second] = &self.memory;
        let inner = first.forward(z, Activation::Elu)?;
        Tensor::stack(&[z, &second.forward(&inner, Activation::None)?], 1)
    }

    /// The queries of every patch alike, shape `[1, 144, width]`.
    pub fn queries(&self) -> Result<Tensor> {
        self.queries
            .look_up(0..Row::COUNT)?
            .add(&self.positions)?
            .unsqueeze(0)
    }

    /// The last layer's tokens for latents of shape `[batch, width]`: `[batch, 144, width]`.
    pub fn hidden(&self, z: &Tensor) -> Result<Tensor> {
        let memory = self.memory(z)?;
        let mut x = self.queries()?;
        for layer in &self.layers {
            x = layer.forward(&x, &memory)?.out;
        }
        Ok(x)
    }

    /// What the heads make of latents of shape `[batch, width]`.
    pub fn forward(&self, z: &Tensor) -> Result<RowOutputs> {
        self.heads.forward(&self.hidden(z)?)
    }
}
