//! Two-dimensional convolution and its transpose, by unfolding patches into columns of a matrix.
//!
//! candle's own convolution has no gradient for images that are not square.

use candle_core::{CpuStorage, Result, Shape, Tensor, bail};

use super::matrix::{Matrix, product};
use super::operation::{Input, Operation, apply};
use super::vector::{sum, vectorised};

/// How a kernel moves over an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sliding {
    /// Pixels from one place of the kernel to the next.
    pub stride: usize,
    /// Zeros around the image.
    pub padding: usize,
    /// Rows and columns added below and right of a transposed convolution's result.
    pub output_padding: usize,
}

/// Convolves images `x`, shape `[images, inputs, height, width]`, with `weight`, shape
/// `[outputs, inputs, kernel, kernel]`, and adds `bias`, shape `[outputs]`. The result has shape
/// `[images, outputs, .., ..]`.
pub fn conv2d(x: &Tensor, weight: &Tensor, bias: &Tensor, sliding: Sliding) -> Result<Tensor> {
    if !x.device().is_cpu() {
        return conv2d_stock(x, weight, bias, sliding);
    }
    apply(Convolution(sliding), &[x, weight, bias])
}

/// The transpose of [`conv2d`]: `weight` has shape `[inputs, outputs, kernel, kernel]`, the rest is
/// as there.
pub fn conv_transpose2d(
    x: &Tensor,
    weight: &Tensor,
    bias: &Tensor,
    sliding: Sliding,
) -> Result<Tensor> {
    if !x.device().is_cpu() {
        return conv_transpose2d_stock(x, weight, bias, sliding);
    }
    apply(Transposed(sliding), &[x, weight, bias])
}

/// [`conv2d`] by stock operations; without a gradient where an image is not square.
pub(super) fn conv2d_stock(
    x: &Tensor,
    weight: &Tensor,
    bias: &Tensor,
    sliding: Sliding,
) -> Result<Tensor> {
    x.conv2d(weight, sliding.padding, sliding.stride, 1, 1)?
        .broadcast_add(&bias.reshape((1, (), 1, 1))?)
}

/// [`conv_transpose2d`] by stock operations.
pub(super) fn conv_transpose2d_stock(
    x: &Tensor,
    weight: &Tensor,
    bias: &Tensor,
    sliding: Sliding,
) -> Result<Tensor> {
    x.conv_transpose2d(
        weight,
        sliding.padding,
        sliding.output_padding,
        sliding.stride,
        1,
    )?
    .broadcast_add(&bias.reshape((1, (), 1, 1))?)
}

/// Columns that a matrix product should at least have; images are taken together until it does.
const COLUMNS: usize = 512;

/// The patches of an image that a kernel sees: one row per channel and place in the kernel, one
/// column per place of the kernel on the image.
struct Patches {
    channels: usize,
    height: usize,
    width: usize,
    kernel: (usize, usize),
    sliding: Sliding,
    grid: (usize, usize),
}

impl Patches {
    fn rows(&self) -> usize {
        self.channels * self.kernel.0 * self.kernel.1
    }

    fn image(&self) -> usize {
        self.channels * self.height * self.width
    }

    fn places(&self) -> usize {
        self.grid.0 * self.grid.1
    }

    /// Images to take together.
    fn group(&self, images: usize) -> usize {
        (COLUMNS / self.places()).clamp(1, images.max(1))
    }

    /// Calls `f` with every run of pixels: where it starts in the columns and in the image, and how
    /// long it is. Pixels of a run are `stride` apart in the image.
    #[inline(always)]
    fn for_each_run(&self, columns: usize, first: usize, mut f: impl FnMut(usize, usize, usize)) {
        let Sliding {
            stride, padding, ..
        } = self.sliding;
        let (kernel_height, kernel_width) = self.kernel;
        for row in 0..self.rows() {
            let (kx, ky) = (row % kernel_width, row / kernel_width % kernel_height);
            let channel = row / (kernel_width * kernel_height);
            // Places of the kernel for which the pixel is inside the image.
            let from = padding.saturating_sub(kx).div_ceil(stride);
            let to = (self.width + padding)
                .saturating_sub(kx)
                .div_ceil(stride)
                .min(self.grid.1);
            if from >= to {
                continue;
            }
            for gy in 0..self.grid.0 {
                let y = gy * stride + ky;
                if y < padding || y - padding >= self.height {
                    continue;
                }
                let pixel = (channel * self.height + y - padding) * self.width;
                f(
                    row * columns + first + gy * self.grid.1 + from,
                    pixel + from * stride + kx - padding,
                    to - from,
                );
            }
        }
    }

    /// The columns of several images: shape `[rows, images * places]`.
    fn unfold(&self, images: &[f32]) -> Vec<f32> {
        let count = images.len() / self.image();
        let columns = count * self.places();
        let mut out = vec![0.0; self.rows() * columns];
        let stride = self.sliding.stride;
        vectorised!({
            for (i, image) in images.chunks_exact(self.image()).enumerate() {
                self.for_each_run(columns, i * self.places(), |to, from, len| {
                    let pixels = image[from..].iter().step_by(stride);
                    for (out, &pixel) in out[to..to + len].iter_mut().zip(pixels) {
                        *out = pixel;
                    }
                });
            }
        });
        out
    }

    /// Adds columns to the pixels they come from: the transpose of [`unfold`](Self::unfold).
    fn fold(&self, values: &[f32], images: &mut [f32]) {
        let count = images.len() / self.image();
        let columns = count * self.places();
        let stride = self.sliding.stride;
        vectorised!({
            for (i, image) in images.chunks_exact_mut(self.image()).enumerate() {
                self.for_each_run(columns, i * self.places(), |from, to, len| {
                    let pixels = image[to..].iter_mut().step_by(stride);
                    for (pixel, &value) in pixels.zip(&values[from..from + len]) {
                        *pixel += value;
                    }
                });
            }
        });
    }
}

/// `[images, channels, size]` as `[channels, images * size]`.
fn channels_outside(images: &[f32], channels: usize, size: usize) -> Vec<f32> {
    let count = images.len() / (channels * size);
    let mut out = vec![0.0; images.len()];
    for (i, plane) in images.chunks_exact(size).enumerate() {
        let (image, channel) = (i / channels, i % channels);
        let start = (channel * count + image) * size;
        out[start..start + size].copy_from_slice(plane);
    }
    out
}

/// The reverse of [`channels_outside`], into `images`.
fn images_outside(values: &[f32], channels: usize, size: usize, images: &mut [f32]) {
    let count = images.len() / (channels * size);
    for (i, plane) in images.chunks_exact_mut(size).enumerate() {
        let (image, channel) = (i / channels, i % channels);
        let start = (channel * count + image) * size;
        plane.copy_from_slice(&values[start..start + size]);
    }
}

fn add_bias(images: &mut [f32], bias: &[f32], size: usize) {
    vectorised!({
        for (i, plane) in images.chunks_exact_mut(size).enumerate() {
            let bias = bias[i % bias.len()];
            for x in plane {
                *x += bias;
            }
        }
    });
}

fn sums_of_channels(images: &[f32], channels: usize, size: usize) -> Vec<f32> {
    let mut sums = vec![0.0; channels];
    vectorised!({
        for (i, plane) in images.chunks_exact(size).enumerate() {
            sums[i % channels] += sum(plane, |x| x);
        }
    });
    sums
}

fn accumulate(total: &mut Vec<f32>, more: Vec<f32>) {
    if total.is_empty() {
        *total = more;
    } else {
        vectorised!({
            for (total, more) in total.iter_mut().zip(&more) {
                *total += more;
            }
        });
    }
}

/// Checks the shapes and gives them: images, then the two numbers of channels of the weight, kernel
/// height and width.
fn sizes(name: &str, inputs: &[Input]) -> Result<(usize, usize, usize, (usize, usize))> {
    let [x, weight, _] = inputs else {
        bail!("{name} takes three inputs");
    };
    let (&[images, ..], &[first, second, height, width]) = (x.dims, weight.dims) else {
        bail!("{name}: input {:?}, weight {:?}", x.dims, weight.dims);
    };
    if x.dims.len() != 4 {
        bail!("{name}: input {:?}, expected 4 dimensions", x.dims);
    }
    Ok((images, first, second, (height, width)))
}

struct Convolution(Sliding);

impl Convolution {
    fn patches(&self, inputs: &[Input]) -> Result<(usize, usize, Patches)> {
        let (images, outputs, channels, kernel) = sizes("conv2d", inputs)?;
        let dims = inputs[0].dims;
        let Sliding {
            stride, padding, ..
        } = self.0;
        let (height, width) = (dims[2], dims[3]);
        let too_small = height + 2 * padding < kernel.0 || width + 2 * padding < kernel.1;
        if dims[1] != channels || inputs[2].len() != outputs || too_small {
            bail!(
                "conv2d: input {dims:?} and bias {:?} do not fit weight {:?}",
                inputs[2].dims,
                inputs[1].dims
            );
        }
        let grid = (
            (height + 2 * padding - kernel.0) / stride + 1,
            (width + 2 * padding - kernel.1) / stride + 1,
        );
        let patches = Patches {
            channels,
            height,
            width,
            kernel,
            sliding: self.0,
            grid,
        };
        Ok((images, outputs, patches))
    }
}

impl Operation for Convolution {
    const NAME: &'static str = "conv2d";

    fn forward(&self, inputs: &[Input]) -> Result<(Vec<f32>, Shape)> {
        let (images, outputs, patches) = self.patches(inputs)?;
        let [x, weight, bias] = inputs else {
            bail!("conv2d takes three inputs");
        };
        let size = patches.places();
        let group = patches.group(images);
        let weight = Matrix::of(weight, outputs, patches.rows());
        let mut out = vec![0.0; images * outputs * size];
        for (x, out) in x
            .chunks(group * patches.image())
            .zip(out.chunks_mut(group * outputs * size))
        {
            let columns = CpuStorage::F32(patches.unfold(x));
            let count = out.len() / outputs;
            let result = product(weight, Matrix::new(&columns, 0, patches.rows(), count))?;
            images_outside(&result, outputs, size, out);
        }
        add_bias(&mut out, bias, size);
        let (height, width) = patches.grid;
        Ok((out, (images, outputs, height, width).into()))
    }

    fn backward(
        &self,
        inputs: &[Input],
        wanted: &[bool],
        _output: &Input,
        grad: &Input,
    ) -> Result<Vec<Option<Vec<f32>>>> {
        let (images, outputs, patches) = self.patches(inputs)?;
        let [x, weight, _] = inputs else {
            bail!("conv2d takes three inputs");
        };
        let size = patches.places();
        let group = patches.group(images);
        let mut to_x = vec![0.0; if wanted[0] { x.len() } else { 0 }];
        let mut to_weight = Vec::new();
        for (i, grad) in grad.chunks(group * outputs * size).enumerate() {
            let first = i * group * patches.image();
            let count = grad.len() / outputs;
            let last = first + count / size * patches.image();
            let grad = CpuStorage::F32(channels_outside(grad, outputs, size));
            let grad = Matrix::new(&grad, 0, outputs, count);
            if wanted[1] {
                let columns = CpuStorage::F32(patches.unfold(&x[first..last]));
                let columns = Matrix::new(&columns, 0, patches.rows(), count);
                accumulate(&mut to_weight, product(grad, columns.t())?);
            }
            if wanted[0] {
                let weight = Matrix::of(weight, outputs, patches.rows());
                patches.fold(&product(weight.t(), grad)?, &mut to_x[first..last]);
            }
        }
        let to_bias = wanted[2].then(|| sums_of_channels(grad, outputs, size));
        Ok(vec![
            wanted[0].then_some(to_x),
            wanted[1].then_some(to_weight),
            to_bias,
        ])
    }
}

struct Transposed(Sliding);

impl Transposed {
    /// Images, input channels, and the patches of the *result* that each input pixel spreads to.
    fn patches(&self, inputs: &[Input]) -> Result<(usize, usize, Patches)> {
        let (images, channels, outputs, kernel) = sizes("conv_transpose2d", inputs)?;
        let dims = inputs[0].dims;
        let Sliding {
            stride,
            padding,
            output_padding,
        } = self.0;
        let size = |n: usize, kernel: usize| {
            ((n.max(1) - 1) * stride + kernel + output_padding).checked_sub(2 * padding)
        };
        let (Some(height), Some(width)) = (size(dims[2], kernel.0), size(dims[3], kernel.1)) else {
            bail!("conv_transpose2d: input {dims:?} is smaller than the padding");
        };
        if dims[1] != channels || inputs[2].len() != outputs {
            bail!(
                "conv_transpose2d: input {dims:?} and bias {:?} do not fit weight {:?}",
                inputs[2].dims,
                inputs[1].dims
            );
        }
        let patches = Patches {
            channels: outputs,
            height,
            width,
            kernel,
            sliding: self.0,
            grid: (dims[2], dims[3]),
        };
        Ok((images, channels, patches))
    }
}

impl Operation for Transposed {
    const NAME: &'static str = "conv_transpose2d";

    fn forward(&self, inputs: &[Input]) -> Result<(Vec<f32>, Shape)> {
        let (images, channels, patches) = self.patches(inputs)?;
        let [x, weight, bias] = inputs else {
            bail!("conv_transpose2d takes three inputs");
        };
        let size = patches.places();
        let group = patches.group(images);
        let weight = Matrix::of(weight, channels, patches.rows());
        let mut out = vec![0.0; images * patches.image()];
        for (x, out) in x
            .chunks(group * channels * size)
            .zip(out.chunks_mut(group * patches.image()))
        {
            let count = x.len() / channels;
            let x = CpuStorage::F32(channels_outside(x, channels, size));
            let columns = product(weight.t(), Matrix::new(&x, 0, channels, count))?;
            patches.fold(&columns, out);
        }
        add_bias(&mut out, bias, patches.height * patches.width);
        let shape = (images, patches.channels, patches.height, patches.width);
        Ok((out, shape.into()))
    }

    fn backward(
        &self,
        inputs: &[Input],
        wanted: &[bool],
        _output: &Input,
        grad: &Input,
    ) -> Result<Vec<Option<Vec<f32>>>> {
        let (images, channels, patches) = self.patches(inputs)?;
        let [x, weight, _] = inputs else {
            bail!("conv_transpose2d takes three inputs");
        };
        let size = patches.places();
        let group = patches.group(images);
        let mut to_x = vec![0.0; if wanted[0] { x.len() } else { 0 }];
        let mut to_weight = Vec::new();
        for (i, grad) in grad.chunks(group * patches.image()).enumerate() {
            let count = grad.len() / patches.image() * size;
            let first = i * group * channels * size;
            let range = first..first + count * channels;
            let columns = CpuStorage::F32(patches.unfold(grad));
            let columns = Matrix::new(&columns, 0, patches.rows(), count);
            if wanted[0] {
                let weight = Matrix::of(weight, channels, patches.rows());
                let result = product(weight, columns)?;
                images_outside(&result, channels, size, &mut to_x[range.clone()]);
            }
            if wanted[1] {
                let x = CpuStorage::F32(channels_outside(&x[range], channels, size));
                let x = Matrix::new(&x, 0, channels, count);
                accumulate(&mut to_weight, product(x, columns.t())?);
            }
        }
        let to_bias = wanted[2]
            .then(|| sums_of_channels(grad, patches.channels, patches.height * patches.width));
        Ok(vec![
            wanted[0].then_some(to_x),
            wanted[1].then_some(to_weight),
            to_bias,
        ])
    }
}
