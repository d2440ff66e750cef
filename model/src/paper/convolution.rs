//! Layers of the picture networks.

use candle_core::{DType, Result, Tensor, Var};
use candle_nn::{Init, VarBuilder};

use super::Mode;
use crate::ops::{self, Sliding, Statistics};

/// Share of a new statistic in a running one.
const MOMENTUM: f64 = 0.1;

/// A convolution, its transpose, or one of kernel 1.
#[derive(Clone, Debug)]
pub struct Convolution {
    weight: Tensor,
    bias: Tensor,
    sliding: Sliding,
    transposed: bool,
}

impl Convolution {
    /// From `inputs` to `outputs` channels, `vb` at the layer; halves height and width.
    pub fn halving(vb: VarBuilder, inputs: usize, outputs: usize, kernel: usize) -> Result<Self> {
        Self::new(vb, [outputs, inputs, kernel], outputs, 2, 0, false)
    }

    /// The transpose of [`halving`](Self::halving); the result has `extra` more rows and columns.
    pub fn doubling(
        vb: VarBuilder,
        inputs: usize,
        outputs: usize,
        kernel: usize,
        extra: usize,
    ) -> Result<Self> {
        Self::new(vb, [inputs, outputs, kernel], outputs, 2, extra, true)
    }

    /// Mixes channels, pixel by pixel.
    pub fn pointwise(vb: VarBuilder, inputs: usize, outputs: usize) -> Result<Self> {
        Self::new(vb, [outputs, inputs, 1], outputs, 1, 0, false)
    }

    fn new(
        vb: VarBuilder,
        [first, second, kernel]: [usize; 3],
        outputs: usize,
        stride: usize,
        output_padding: usize,
        transposed: bool,
    ) -> Result<Self> {
        let bound = 1.0 / ((second * kernel * kernel) as f64).sqrt();
        let uniform = Init::Uniform {
            lo: -bound,
            up: bound,
        };
        Ok(Convolution {
            weight: vb.get_with_hints((first, second, kernel, kernel), "weight", uniform)?,
            bias: vb.get_with_hints(outputs, "bias", uniform)?,
            sliding: Sliding {
                stride,
                padding: if kernel == 1 { 0 } else { 2 },
                output_padding,
            },
            transposed,
        })
    }

    /// `x` has shape `[images, inputs, height, width]`.
    pub fn forward(&self, x: &Tensor) -> Result<Tensor> {
        if self.transposed {
            ops::conv_transpose2d(x, &self.weight, &self.bias, self.sliding)
        } else {
            ops::conv2d(x, &self.weight, &self.bias, self.sliding)
        }
    }
}

/// Batch normalisation and SiLU, each note with its own statistics (parity pack, section 5).
#[derive(Clone, Debug)]
pub struct BatchNorm {
    weight: Tensor,
    bias: Tensor,
    running_mean: Tensor,
    running_var: Tensor,
    batches: Tensor,
}

impl BatchNorm {
    /// `vb` at the layer.
    pub fn new(vb: VarBuilder, channels: usize) -> Result<BatchNorm> {
        let get = |name: &str, value| vb.get_with_hints(channels, name, Init::Const(value));
        Ok(BatchNorm {
            weight: get("weight", 1.0)?,
            bias: get("bias", 0.0)?,
            running_mean: get("running_mean", 0.0)?,
            running_var: get("running_var", 1.0)?,
            batches: vb.get_with_hints_dtype(
                (),
                "num_batches_tracked",
                Init::Const(0.0),
                DType::I64,
            )?,
        })
    }

    /// `x` has shape `[images, channels, height, width]`; image `i` is of note `i % notes`. In
    /// training the running statistics are updated once per note, in their order.
    pub fn forward(&self, x: &Tensor, notes: usize, mode: Mode) -> Result<Tensor> {
        let statistics = match mode {
            Mode::Evaluate => Statistics::running(&self.running_mean, &self.running_var)?,
            Mode::Train => {
                let statistics = Statistics::of_batch(x, notes)?;
                self.update(x, notes, &statistics)?;
                statistics
            }
        };
        ops::batch_norm_silu(x, &self.weight, &self.bias, &statistics)
    }

    fn update(&self, x: &Tensor, notes: usize, statistics: &Statistics) -> Result<()> {
        let (images, channels, height, width) = x.dims4()?;
        let count = (images / notes * height * width) as f64;
        let unbiased = count / (count - 1.0).max(1.0);
        let mut mean: Vec<f32> = self.running_mean.to_vec1()?;
        let mut variance: Vec<f32> = self.running_var.to_vec1()?;
        let mix = |running: &mut f32, new: f64| {
            *running = ((1.0 - MOMENTUM) * f64::from(*running) + MOMENTUM * new) as f32;
        };
        for (means, variances) in statistics.groups() {
            for i in 0..channels {
                mix(&mut mean[i], f64::from(means[i]));
                mix(&mut variance[i], f64::from(variances[i]) * unbiased);
            }
        }
        let batches = self.batches.to_scalar::<i64>()? + notes as i64;
        let device = x.device();
        let set = |tensor: &Tensor, value: Tensor| Var::from_tensor(tensor)?.set(&value);
        set(&self.running_mean, Tensor::new(mean, device)?)?;
        set(&self.running_var, Tensor::new(variance, device)?)?;
        set(&self.batches, Tensor::new(batches, device)?)
    }
}
