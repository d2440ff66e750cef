//! Batch normalisation followed by SiLU.

use candle_core::{Result, Shape, Tensor, bail};

use super::layer_norm::EPSILON;
use super::operation::{Input, Operation, apply};
use super::vector::{sigmoid, sum, sum2, vectorised};

/// What a batch normalisation subtracts and divides by, per group of images and channel.
#[derive(Clone, Debug)]
pub struct Statistics {
    mean: Vec<f32>,
    /// Biased: divided by the number of values.
    variance: Vec<f32>,
    groups: usize,
    /// Whether they are functions of the very images they normalise.
    of_batch: bool,
}

impl Statistics {
    /// Fixed ones, for evaluation: one mean and one variance per channel, shape `[channels]`.
    pub fn running(mean: &Tensor, variance: &Tensor) -> Result<Statistics> {
        Ok(Statistics {
            mean: mean.to_vec1()?,
            variance: variance.to_vec1()?,
            groups: 1,
            of_batch: false,
        })
    }

    /// Those of the images `x`, shape `[images, channels, height, width]`, of which image `i`
    /// belongs to group `i % groups` and is measured with its group alone.
    pub fn of_batch(x: &Tensor, groups: usize) -> Result<Statistics> {
        let (images, channels, height, width) = x.dims4()?;
        if groups == 0 || !images.is_multiple_of(groups) {
            bail!("batch norm: {images} images in {groups} groups");
        }
        let x: Vec<f32> = x.flatten_all()?.to_vec1()?;
        let size = height * width;
        let count = (images / groups * size) as f64;
        let mut mean = vec![0.0; groups * channels];
        let mut variance = vec![0.0; groups * channels];
        vectorised!({
            for (i, plane) in x.chunks_exact(size).enumerate() {
                mean[place(i, channels, groups)] += f64::from(sum(plane, |x| x));
            }
            for mean in &mut mean {
                *mean /= count;
            }
            for (i, plane) in x.chunks_exact(size).enumerate() {
                let place = place(i, channels, groups);
                let mean = mean[place] as f32;
                variance[place] += f64::from(sum(plane, |x| (x - mean) * (x - mean)));
            }
        });
        Ok(Statistics {
            mean: mean.iter().map(|&mean| mean as f32).collect(),
            variance: variance.iter().map(|v| (v / count) as f32).collect(),
            groups,
            of_batch: true,
        })
    }

    /// Mean and variance of the channels of every group, in the order of the groups.
    pub fn groups(&self) -> impl Iterator<Item = (&[f32], &[f32])> {
        let channels = self.mean.len() / self.groups;
        self.mean
            .chunks(channels)
            .zip(self.variance.chunks(channels))
    }
}

/// Where plane `i`, counted over images and channels, has its statistics.
#[inline(always)]
fn place(i: usize, channels: usize, groups: usize) -> usize {
    i / channels % groups * channels + i % channels
}

/// `silu(weight * (x - mean) / deviation + bias)`: `x` has shape
/// `[images, channels, height, width]`, `weight` and `bias` `[channels]`.
pub fn batch_norm_silu(
    x: &Tensor,
    weight: &Tensor,
    bias: &Tensor,
    statistics: &Statistics,
) -> Result<Tensor> {
    if !x.device().is_cpu() {
        return batch_norm_silu_stock(x, weight, bias, statistics);
    }
    apply(BatchNormSilu(statistics.clone()), &[x, weight, bias])
}

/// [`batch_norm_silu`] by stock operations.
pub(super) fn batch_norm_silu_stock(
    x: &Tensor,
    weight: &Tensor,
    bias: &Tensor,
    statistics: &Statistics,
) -> Result<Tensor> {
    let (images, channels, height, width) = x.dims4()?;
    let groups = statistics.groups;
    let x = x.reshape((images / groups, groups, channels, height * width))?;
    let (mean, variance) = if statistics.of_batch {
        let mean = x.mean_keepdim(3)?.mean_keepdim(0)?;
        let variance = x.broadcast_sub(&mean)?.sqr()?;
        (mean, variance.mean_keepdim(3)?.mean_keepdim(0)?)
    } else {
        let shape = (1, groups, channels, 1);
        (
            Tensor::from_slice(&statistics.mean, shape, x.device())?,
            Tensor::from_slice(&statistics.variance, shape, x.device())?,
        )
    };
    x.broadcast_sub(&mean)?
        .broadcast_div(&(variance + f64::from(EPSILON))?.sqrt()?)?
        .broadcast_mul(&weight.reshape((1, 1, channels, 1))?)?
        .broadcast_add(&bias.reshape((1, 1, channels, 1))?)?
        .silu()?
        .reshape((images, channels, height, width))
}

struct BatchNormSilu(Statistics);

impl BatchNormSilu {
    fn check(&self, inputs: &[Input]) -> Result<(usize, usize)> {
        let [x, weight, bias] = inputs else {
            bail!("batch norm takes three inputs");
        };
        let &[images, channels, height, width] = x.dims else {
            bail!("batch norm: input {:?}, expected 4 dimensions", x.dims);
        };
        let known = self.0.mean.len() / self.0.groups;
        if [weight.len(), bias.len(), known] != [channels; 3]
            || !images.is_multiple_of(self.0.groups)
        {
            bail!(
                "batch norm: input {:?} does not fit weight {:?}, bias {:?} and statistics of \
                 {known} channels",
                x.dims,
                weight.dims,
                bias.dims
            );
        }
        Ok((channels, height * width))
    }

    /// Mean and reciprocal deviation of a plane.
    #[inline(always)]
    fn moments(&self, plane: usize, channels: usize) -> (f32, f32) {
        let place = place(plane, channels, self.0.groups);
        let deviation = (self.0.variance[place] + EPSILON).sqrt();
        (self.0.mean[place], 1.0 / deviation)
    }
}

impl Operation for BatchNormSilu {
    const NAME: &'static str = "batch-norm-silu";

    fn forward(&self, inputs: &[Input]) -> Result<(Vec<f32>, Shape)> {
        let (channels, size) = self.check(inputs)?;
        let (weight, bias) = (&inputs[1], &inputs[2]);
        let mut out = inputs[0].to_vec();
        vectorised!({
            for (i, plane) in out.chunks_exact_mut(size).enumerate() {
                let (mean, reciprocal) = self.moments(i, channels);
                let (weight, bias) = (weight[i % channels], bias[i % channels]);
                for x in plane {
                    let y = (*x - mean) * reciprocal * weight + bias;
                    *x = y * sigmoid(y);
                }
            }
        });
        Ok((out, inputs[0].dims.into()))
    }

    fn backward(
        &self,
        inputs: &[Input],
        _wanted: &[bool],
        _output: &Input,
        grad: &Input,
    ) -> Result<Vec<Option<Vec<f32>>>> {
        let (channels, size) = self.check(inputs)?;
        let [x, weight, bias] = inputs else {
            bail!("batch norm takes three inputs");
        };
        let groups = self.0.groups;
        // Per group and channel: the sums of the gradient to the normalised value times that
        // value, and of the gradient alone.
        let mut products = vec![0.0f32; groups * channels];
        let mut sums = vec![0.0f32; groups * channels];
        let mut before = grad.to_vec();
        let mut normalised = x.to_vec();
        vectorised!({
            let planes = before
                .chunks_exact_mut(size)
                .zip(normalised.chunks_exact_mut(size));
            for (i, (grad, x)) in planes.enumerate() {
                let (mean, reciprocal) = self.moments(i, channels);
                let (weight, bias) = (weight[i % channels], bias[i % channels]);
                for (grad, x) in grad.iter_mut().zip(x.iter_mut()) {
                    *x = (*x - mean) * reciprocal;
                    let y = *x * weight + bias;
                    let s = sigmoid(y);
                    *grad *= s * (1.0 + y * (1.0 - s));
                }
                let place = place(i, channels, groups);
                products[place] += sum2(grad, x, |g, x| g * x);
                sums[place] += sum(grad, |g| g);
            }
            let count = (x.len() / (channels * groups)) as f32;
            let planes = before
                .chunks_exact_mut(size)
                .zip(normalised.chunks_exact(size));
            for (i, (grad, x)) in planes.enumerate() {
                let (_, reciprocal) = self.moments(i, channels);
                let scale = weight[i % channels] * reciprocal;
                let place = place(i, channels, groups);
                let (mean_product, mean_grad) = if self.0.of_batch {
                    (products[place] / count, sums[place] / count)
                } else {
                    (0.0, 0.0)
                };
                for (grad, &x) in grad.iter_mut().zip(x) {
                    *grad = scale * (*grad - mean_grad - x * mean_product);
                }
            }
        });
        let over_groups = |values: &[f32]| super::linear::column_sums(values, channels);
        Ok(vec![
            Some(before),
            Some(over_groups(&products)),
            Some(over_groups(&sums)),
        ])
    }
}
