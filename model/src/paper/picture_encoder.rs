//! From spectrograms to their features.

use candle_core::{Result, Tensor};
use candle_nn::VarBuilder;

use super::convolution::{BatchNorm, Convolution};
use super::{Config, Mode};
use crate::ops;

/// Eight blocks that halve a picture, the same for every note (facts 3.1): 257 x 251 to 2 x 2.
#[derive(Clone, Debug)]
pub struct PictureEncoder {
    first: Convolution,
    blocks: Vec<(BatchNorm, Convolution)>,
    notes: usize,
}

impl PictureEncoder {
    /// `vb` at `audio.0.0`.
    pub fn new(vb: VarBuilder, config: &Config) -> Result<PictureEncoder> {
        let channels = config.channels;
        let blocks = (1..channels.len()).map(|i| {
            let block = vb.pp(format!("blk{i}")).pp("conv_blocks").pp("strided");
            Ok((
                BatchNorm::new(block.pp("n"), channels[i - 1])?,
                Convolution::halving(block.pp("c"), channels[i - 1], channels[i], 4)?,
            ))
        });
        let first = vb.pp("blk0").pp("strided").pp("c");
        Ok(PictureEncoder {
            first: Convolution::halving(first, 1, channels[0], 5)?,
            blocks: blocks.collect::<Result<_>>()?,
            notes: config.notes,
        })
    }

    /// The output of block `index`, 0 to 7, from that of the one before, or from pictures of shape
    /// `[batch * notes, 1, 257, 251]`.
    pub fn block(&self, index: usize, x: &Tensor, mode: Mode) -> Result<Tensor> {
        let Some(index) = index.checked_sub(1) else {
            return self.first.forward(x);
        };
        let (norm, convolution) = &self.blocks[index];
        let y = convolution.forward(&norm.forward(x, self.notes, mode)?)?;
        ops::add_pooled(&y, x)
    }

    /// From spectrograms of shape `[batch, notes, 257, 251]` to `[batch, notes * channels, 2, 2]`.
    pub fn forward(&self, spectrograms: &Tensor, mode: Mode) -> Result<Tensor> {
        let (batch, notes, height, width) = spectrograms.dims4()?;
        let mut x = spectrograms.reshape((batch * notes, 1, height, width))?;
        for index in 0..=self.blocks.len() {
            x = self.block(index, &x, mode)?;
        }
        x.reshape((batch, (), 2, 2))
    }
}
