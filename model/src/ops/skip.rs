//! Skip connections between images of different sizes.

use candle_core::{Result, Shape, Tensor, bail};

use super::operation::{Input, Operation, apply};
use super::vector::{sum, sum2, vectorised};

/// `y` plus `x` made as small as `y`: every pixel is the mean of the pixels of `x` it covers, and
/// the channels of `x` are repeated in their order until there are enough. `x` has shape
/// `[images, inputs, H, W]`, `y` and the result `[images, outputs, h, w]`, `outputs` a multiple of
/// `inputs`.
pub fn add_pooled(y: &Tensor, x: &Tensor) -> Result<Tensor> {
    if !x.device().is_cpu() {
        bail!("add_pooled: runs on the CPU only");
    }
    apply(AddPooled, &[y, x])
}

/// Mixes neighbouring channels: `x` has shape `[images, r * outputs, h, w]`, `weight`
/// `[outputs, r, 1, 1]`, `bias` `[outputs]`; channel `o` of the result reads channels `r o ..`
/// of `x`.
pub fn mix_neighbours(x: &Tensor, weight: &Tensor, bias: &Tensor) -> Result<Tensor> {
    if !x.device().is_cpu() {
        bail!("mix_neighbours: runs on the CPU only");
    }
    apply(MixNeighbours, &[x, weight, bias])
}

/// `y` plus `x` made as large as `y` by repeating pixels. `x` has shape `[images, channels, h, w]`,
/// `y` and the result `[images, channels, H, W]`.
pub fn add_enlarged(y: &Tensor, x: &Tensor) -> Result<Tensor> {
    if !x.device().is_cpu() {
        bail!("add_enlarged: runs on the CPU only");
    }
    apply(AddEnlarged, &[y, x])
}

/// Shape of an image tensor: images, channels, height, width.
fn dims4(name: &str, input: &Input) -> Result<[usize; 4]> {
    match input.dims {
        &[images, channels, height, width] => Ok([images, channels, height, width]),
        dims => bail!("{name}: input {dims:?}, expected 4 dimensions"),
    }
}

/// Pixels that output pixel `i` of `small` covers of `large`; neighbours may overlap.
#[inline(always)]
fn window(i: usize, large: usize, small: usize) -> std::ops::Range<usize> {
    i * large / small..((i + 1) * large).div_ceil(small)
}

struct AddPooled;

impl AddPooled {
    fn check(inputs: &[Input]) -> Result<([usize; 4], [usize; 4])> {
        let [y, x] = inputs else {
            bail!("add_pooled takes two inputs");
        };
        let (out, size) = (dims4("add_pooled", y)?, dims4("add_pooled", x)?);
        if out[0] != size[0]
            || !out[1].is_multiple_of(size[1])
            || out[2] > size[2]
            || out[3] > size[3]
        {
            bail!("add_pooled: {size:?} does not shrink to {out:?}");
        }
        Ok((out, size))
    }
}

impl Operation for AddPooled {
    const NAME: &'static str = "add-pooled";

    fn forward(&self, inputs: &[Input]) -> Result<(Vec<f32>, Shape)> {
        let ([_, outputs, h, w], [_, channels, height, width]) = Self::check(inputs)?;
        let mut out = inputs[0].to_vec();
        let mut pooled = vec![0.0; h * w];
        vectorised!({
            for (i, plane) in inputs[1].chunks_exact(height * width).enumerate() {
                for (p, pooled) in pooled.iter_mut().enumerate() {
                    let (rows, cols) = (window(p / w, height, h), window(p % w, width, w));
                    let count = (rows.len() * cols.len()) as f32;
                    let total: f32 = rows.flat_map(|y| &plane[y * width..][cols.clone()]).sum();
                    *pooled = total / count;
                }
                let (image, channel) = (i / channels, i % channels);
                for repeat in 0..outputs / channels {
                    let start = (image * outputs + repeat * channels + channel) * h * w;
                    for (out, &pooled) in out[start..start + h * w].iter_mut().zip(&pooled) {
                        *out += pooled;
                    }
                }
            }
        });
        Ok((out, inputs[0].dims.into()))
    }

    fn backward(
        &self,
        inputs: &[Input],
        wanted: &[bool],
        _output: &Input,
        grad: &Input,
    ) -> Result<Vec<Option<Vec<f32>>>> {
        let ([_, outputs, h, w], [_, channels, height, width]) = Self::check(inputs)?;
        let to_x = wanted[1].then(|| {
            let mut to_x = vec![0.0; inputs[1].len()];
            vectorised!({
                for (i, plane) in to_x.chunks_exact_mut(height * width).enumerate() {
                    let (image, channel) = (i / channels, i % channels);
                    for p in 0..h * w {
                        let (rows, cols) = (window(p / w, height, h), window(p % w, width, w));
                        let mut total = 0.0;
                        for repeat in 0..outputs / channels {
                            let plane = image * outputs + repeat * channels + channel;
                            total += grad[plane * h * w + p];
                        }
                        total /= (rows.len() * cols.len()) as f32;
                        for y in rows {
                            for x in &mut plane[y * width..][cols.clone()] {
                                *x += total;
                            }
                        }
                    }
                }
            });
            to_x
        });
        Ok(vec![Some(grad.to_vec()), to_x])
    }
}

struct MixNeighbours;

impl Operation for MixNeighbours {
    const NAME: &'static str = "mix-neighbours";

    fn forward(&self, inputs: &[Input]) -> Result<(Vec<f32>, Shape)> {
        let [x, weight, bias] = inputs else {
            bail!("mix_neighbours takes three inputs");
        };
        let [images, channels, height, width] = dims4("mix_neighbours", x)?;
        let outputs = bias.len();
        if weight.len() != channels || outputs == 0 || !channels.is_multiple_of(outputs) {
            bail!(
                "mix_neighbours: input {:?} does not fit weight {:?}",
                x.dims,
                weight.dims
            );
        }
        let (size, ratio) = (height * width, channels / outputs);
        let mut out = vec![0.0; images * outputs * size];
        vectorised!({
            let planes = out.chunks_exact_mut(size).zip(x.chunks_exact(ratio * size));
            for (i, (out, x)) in planes.enumerate() {
                out.fill(bias[i % outputs]);
                let weights = &weight[i % outputs * ratio..][..ratio];
                for (x, &weight) in x.chunks_exact(size).zip(weights) {
                    for (out, &x) in out.iter_mut().zip(x) {
                        *out += weight * x;
                    }
                }
            }
        });
        Ok((out, (images, outputs, height, width).into()))
    }

    fn backward(
        &self,
        inputs: &[Input],
        _wanted: &[bool],
        _output: &Input,
        grad: &Input,
    ) -> Result<Vec<Option<Vec<f32>>>> {
        let [x, weight, bias] = inputs else {
            bail!("mix_neighbours takes three inputs");
        };
        let [_, channels, height, width] = dims4("mix_neighbours", x)?;
        let (size, outputs) = (height * width, bias.len());
        let ratio = channels / outputs;
        let mut to_x = vec![0.0; x.len()];
        let mut to_weight = vec![0.0; weight.len()];
        let mut to_bias = vec![0.0; outputs];
        vectorised!({
            for (i, grad) in grad.chunks_exact(size).enumerate() {
                to_bias[i % outputs] += sum(grad, |g| g);
                for j in 0..ratio {
                    let place = i % outputs * ratio + j;
                    let start = (i * ratio + j) * size;
                    to_weight[place] += sum2(grad, &x[start..start + size], |g, x| g * x);
                    for (to, &grad) in to_x[start..start + size].iter_mut().zip(grad) {
                        *to = weight[place] * grad;
                    }
                }
            }
        });
        Ok(vec![Some(to_x), Some(to_weight), Some(to_bias)])
    }
}

struct AddEnlarged;

impl AddEnlarged {
    fn check(inputs: &[Input]) -> Result<([usize; 4], [usize; 4])> {
        let [y, x] = inputs else {
            bail!("add_enlarged takes two inputs");
        };
        let (out, size) = (dims4("add_enlarged", y)?, dims4("add_enlarged", x)?);
        if out[..2] != size[..2] {
            bail!("add_enlarged: {size:?} does not grow to {out:?}");
        }
        Ok((out, size))
    }
}

impl Operation for AddEnlarged {
    const NAME: &'static str = "add-enlarged";

    fn forward(&self, inputs: &[Input]) -> Result<(Vec<f32>, Shape)> {
        let ([.., height, width], [.., h, w]) = Self::check(inputs)?;
        let mut out = inputs[0].to_vec();
        for (out, x) in out
            .chunks_exact_mut(height * width)
            .zip(inputs[1].chunks_exact(h * w))
        {
            for (y, row) in out.chunks_exact_mut(width).enumerate() {
                let source = &x[y * h / height * w..][..w];
                for (x, out) in row.iter_mut().enumerate() {
                    *out += source[x * w / width];
                }
            }
        }
        Ok((out, inputs[0].dims.into()))
    }

    fn backward(
        &self,
        inputs: &[Input],
        wanted: &[bool],
        _output: &Input,
        grad: &Input,
    ) -> Result<Vec<Option<Vec<f32>>>> {
        let ([.., height, width], [.., h, w]) = Self::check(inputs)?;
        let to_x = wanted[1].then(|| {
            let mut to_x = vec![0.0; inputs[1].len()];
            for (grad, to_x) in grad
                .chunks_exact(height * width)
                .zip(to_x.chunks_exact_mut(h * w))
            {
                for (y, row) in grad.chunks_exact(width).enumerate() {
                    let target = &mut to_x[y * h / height * w..][..w];
                    for (x, &grad) in row.iter().enumerate() {
                        target[x * w / width] += grad;
                    }
                }
            }
            to_x
        });
        Ok(vec![Some(grad.to_vec()), to_x])
    }
}
