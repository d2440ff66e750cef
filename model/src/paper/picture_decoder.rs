//! From a latent back to spectrograms.

use candle_core::{Result, Tensor};
use candle_nn::{Init, VarBuilder};

use super::convolution::{BatchNorm, Convolution};
use super::{Config, Mode};
use crate::ops;

/// Frames of the last picture that are cut off at its left, and frames that are kept.
const CROP: (usize, usize) = (3, 251);

/// Eight blocks that double a picture, the same for every note (facts 3.3): 2 x 2 to 257 x 251.
#[derive(Clone, Debug)]
pub struct PictureDecoder {
    blocks: Vec<Block>,
    last: Convolution,
    notes: usize,
}

#[derive(Clone, Debug)]
struct Block {
    norm: BatchNorm,
    convolution: Convolution,
    skip_weight: Tensor,
    skip_bias: Tensor,
}

impl Block {
    fn new(vb: VarBuilder, inputs: usize, outputs: usize) -> Result<Block> {
        let main = vb.pp("conv_blocks").pp("stridedT");
        let skip = vb.pp("skip_conv_1x1");
        let ratio = inputs / outputs;
        let bound = 1.0 / (ratio as f64).sqrt();
        let uniform = Init::Uniform {
            lo: -bound,
            up: bound,
        };
        Ok(Block {
            norm: BatchNorm::new(main.pp("n"), inputs)?,
            convolution: Convolution::doubling(main.pp("c"), inputs, outputs, 4, 1)?,
            skip_weight: skip.get_with_hints((outputs, ratio, 1, 1), "weight", uniform)?,
            skip_bias: skip.get_with_hints(outputs, "bias", uniform)?,
        })
    }
}

impl PictureDecoder {
    /// `vb` at `audio.1.0`.
    pub fn new(vb: VarBuilder, config: &Config) -> Result<PictureDecoder> {
        let channels: Vec<usize> = config.channels.iter().rev().copied().collect();
        let blocks = channels
            .windows(2)
            .enumerate()
            .map(|(i, pair)| Block::new(vb.pp(format!("blk{i}")), pair[0], pair[1]));
        let last = vb.pp("blk7").pp("stridedT").pp("c");
        Ok(PictureDecoder {
            blocks: blocks.collect::<Result<_>>()?,
            last: Convolution::doubling(last, config.channels[0], 1, 5, 0)?,
            notes: config.notes,
        })
    }

    /// The output of block `index`, 0 to 7, from that of the one before, or from features of shape
    /// `[batch * notes, channels, 2, 2]`.
    pub fn block(&self, index: usize, x: &Tensor, mode: Mode) -> Result<Tensor> {
        let Some(block) = self.blocks.get(index) else {
            return self.last.forward(x);
        };
        let y = block
            .convolution
            .forward(&block.norm.forward(x, self.notes, mode)?)?;
        let skip = ops::mix_neighbours(x, &block.skip_weight, &block.skip_bias)?;
        ops::add_enlarged(&y, &skip)
    }

    /// From features of shape `[batch, notes * channels, 2, 2]` to spectrograms of shape
    /// `[batch, notes, 257, 251]`.
    pub fn forward(&self, features: &Tensor, mode: Mode) -> Result<Tensor> {
        let (batch, channels, height, width) = features.dims4()?;
        let images = (batch * self.notes, channels / self.notes, height, width);
        let mut x = features.reshape(images)?;
        for index in 0..=self.blocks.len() {
            x = self.block(index, &x, mode)?;
        }
        self.finish(&x)
    }

    /// Cuts and limits the last block's output, shape `[batch * notes, 1, 257, 257]`.
    pub fn finish(&self, x: &Tensor) -> Result<Tensor> {
        let (images, _, height, _) = x.dims4()?;
        let cut = x.narrow(3, CROP.0, CROP.1)?.contiguous()?;
        ops::clamp_unit(&cut.reshape((images / self.notes, self.notes, height, CROP.1))?)
    }
}
