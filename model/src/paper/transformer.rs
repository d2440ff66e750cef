//! Layers of the transformers: attention, feed-forward, and a norm after each.

use candle_core::{Result, Tensor};
use candle_nn::{Init, VarBuilder};

use super::Config;
use crate::ops::{self, Activation};

/// A fully connected layer.
#[derive(Clone, Debug)]
pub struct Linear {
    weight: Tensor,
    bias: Tensor,
}

impl Linear {
    /// `vb` at the layer.
    pub fn new(vb: VarBuilder, inputs: usize, outputs: usize) -> Result<Linear> {
        let bound = 1.0 / (inputs as f64).sqrt();
        let uniform = Init::Uniform {
            lo: -bound,
            up: bound,
        };
        Ok(Linear {
            weight: vb.get_with_hints((outputs, inputs), "weight", uniform)?,
            bias: vb.get_with_hints(outputs, "bias", uniform)?,
        })
    }

    fn layer(&self) -> ops::Layer<'_> {
        (&self.weight, &self.bias)
    }

    /// From shape `[.., inputs]` to `[.., outputs]`.
    pub fn forward(&self, x: &Tensor, activation: Activation) -> Result<Tensor> {
        ops::linear(x, &self.weight, &self.bias, activation)
    }
}

/// The norm of a sum.
#[derive(Clone, Debug)]
struct Norm {
    weight: Tensor,
    bias: Tensor,
}

impl Norm {
    fn new(vb: VarBuilder, width: usize) -> Result<Norm> {
        Ok(Norm {
            weight: vb.get_with_hints(width, "weight", Init::Const(1.0))?,
            bias: vb.get_with_hints(width, "bias", Init::Const(0.0))?,
        })
    }

    fn forward(&self, x: &Tensor, residual: &Tensor) -> Result<Tensor> {
        ops::add_layer_norm(x, residual, &self.weight, &self.bias)
    }
}

/// Attention with its projections; those of queries, keys and values are one matrix.
#[derive(Clone, Debug)]
struct Attention {
    in_weight: Tensor,
    in_bias: Tensor,
    out: Linear,
    heads: usize,
}

impl Attention {
    fn new(vb: VarBuilder, config: &Config) -> Result<Attention> {
        let width = config.hidden;
        // Xavier over the stacked matrix, as PyTorch does it.
        let bound = (6.0 / (4 * width) as f64).sqrt();
        let uniform = Init::Uniform {
            lo: -bound,
            up: bound,
        };
        Ok(Attention {
            in_weight: vb.get_with_hints((3 * width, width), "in_proj_weight", uniform)?,
            in_bias: vb.get_with_hints(3 * width, "in_proj_bias", Init::Const(0.0))?,
            out: Linear::new(vb.pp("out_proj"), width, width)?,
            heads: config.heads,
        })
    }

    /// Among the tokens `x`, shape `[batch, tokens, width]`.
    fn own(&self, x: &Tensor) -> Result<Tensor> {
        let projection = (&self.in_weight, &self.in_bias);
        let mixed = ops::projected_self_attention(x, projection, self.heads)?;
        self.out.forward(&mixed, Activation::None)
    }

    /// From the tokens `x` to those of `memory`, shape `[batch, memory, width]`.
    fn cross(&self, x: &Tensor, memory: &Tensor) -> Result<Tensor> {
        let width = x.dim(2)?;
        let part = |x: &Tensor, first, len| {
            let weight = self.in_weight.narrow(0, first, len)?;
            let bias = self.in_bias.narrow(0, first, len)?;
            ops::linear(x, &weight, &bias, Activation::None)
        };
        let q = part(x, 0, width)?;
        let kv = part(memory, width, 2 * width)?;
        let mixed = ops::cross_attention(&q, &kv, self.heads)?;
        self.out.forward(&mixed, Activation::None)
    }
}

/// Two fully connected layers with a ReLU between them.
#[derive(Clone, Debug)]
struct FeedForward {
    first: Linear,
    second: Linear,
}

impl FeedForward {
    fn new(vb: &VarBuilder, config: &Config) -> Result<FeedForward> {
        let (width, inner) = (config.hidden, config.feed_forward);
        Ok(FeedForward {
            first: Linear::new(vb.pp("linear1"), width, inner)?,
            second: Linear::new(vb.pp("linear2"), inner, width)?,
        })
    }

    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        ops::feed_forward(x, self.first.layer(), Activation::Relu, self.second.layer())
    }
}

/// A layer of the preset encoder (facts 3.5).
#[derive(Clone, Debug)]
pub struct EncoderLayer {
    attention: Attention,
    norm1: Norm,
    feed_forward: FeedForward,
    norm2: Norm,
}

/// What a layer computes on its way, for comparisons: shapes like its input.
#[derive(Clone, Debug)]
pub struct LayerSteps {
    /// Output of the self-attention.
    pub self_attention: Tensor,
    /// After the first norm.
    pub norm1: Tensor,
    /// Output of the cross-attention and what follows its norm; decoder layers only.
    pub cross: Option<(Tensor, Tensor)>,
    /// Output of the feed-forward block, before the last norm.
    pub feed_forward: Tensor,
    /// Output of the layer.
    pub out: Tensor,
}

impl EncoderLayer {
    /// `vb` at `layers.I`.
    pub fn new(vb: VarBuilder, config: &Config) -> Result<EncoderLayer> {
        Ok(EncoderLayer {
            attention: Attention::new(vb.pp("self_attn"), config)?,
            norm1: Norm::new(vb.pp("norm1"), config.hidden)?,
            feed_forward: FeedForward::new(&vb, config)?,
            norm2: Norm::new(vb.pp("norm2"), config.hidden)?,
        })
    }

    /// `x` and the result have shape `[batch, tokens, width]`.
    pub fn forward(&self, x: &Tensor) -> Result<LayerSteps> {
        let self_attention = self.attention.own(x)?;
        let norm1 = self.norm1.forward(x, &self_attention)?;
        let feed_forward = self.feed_forward.forward(&norm1)?;
        Ok(LayerSteps {
            out: self.norm2.forward(&norm1, &feed_forward)?,
            self_attention,
            norm1,
            cross: None,
            feed_forward,
        })
    }

    /// The same for the last `count` tokens alone, which attend to all: shape
    /// `[batch, count, width]`.
    pub fn forward_end(&self, x: &Tensor, count: usize) -> Result<Tensor> {
        let end = x.narrow(1, x.dim(1)? - count, count)?.contiguous()?;
        let norm1 = self.norm1.forward(&end, &self.attention.cross(&end, x)?)?;
        let feed_forward = self.feed_forward.forward(&norm1)?;
        self.norm2.forward(&norm1, &feed_forward)
    }
}

/// A layer of the preset decoder (facts 3.6).
#[derive(Clone, Debug)]
pub struct DecoderLayer {
    self_attention: Attention,
    norm1: Norm,
    cross_attention: Attention,
    norm2: Norm,
    feed_forward: FeedForward,
    norm3: Norm,
}

impl DecoderLayer {
    /// `vb` at `layers.I`.
    pub fn new(vb: VarBuilder, config: &Config) -> Result<DecoderLayer> {
        Ok(DecoderLayer {
            self_attention: Attention::new(vb.pp("self_attn"), config)?,
            norm1: Norm::new(vb.pp("norm1"), config.hidden)?,
            cross_attention: Attention::new(vb.pp("multihead_attn"), config)?,
            norm2: Norm::new(vb.pp("norm2"), config.hidden)?,
            feed_forward: FeedForward::new(&vb, config)?,
            norm3: Norm::new(vb.pp("norm3"), config.hidden)?,
        })
    }

    /// `x` has shape `[batch or 1, tokens, width]`, `memory` `[batch, memory, width]`, the result
    /// `[batch, tokens, width]`. Tokens that are the same for the whole batch attend to each other
    /// once.
    pub fn forward(&self, x: &Tensor, memory: &Tensor) -> Result<LayerSteps> {
        let self_attention = self.self_attention.own(x)?;
        let norm1 = self.norm1.forward(x, &self_attention)?;
        let (batch, (_, tokens, width)) = (memory.dim(0)?, x.dims3()?);
        let own = if x.dim(0)? == batch {
            norm1.clone()
        } else {
            norm1.broadcast_as((batch, tokens, width))?.contiguous()?
        };
        let cross = self.cross_attention.cross(&own, memory)?;
        let norm2 = self.norm2.forward(&own, &cross)?;
        let feed_forward = self.feed_forward.forward(&norm2)?;
        Ok(LayerSteps {
            out: self.norm3.forward(&norm2, &feed_forward)?,
            self_attention,
            norm1,
            cross: Some((cross, norm2)),
            feed_forward,
        })
    }
}
