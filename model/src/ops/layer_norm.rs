//! Layer normalisation, of a sum: what follows every residual connection of a transformer.

use candle_core::{D, Result, Shape, Tensor, bail};

use super::operation::{Input, Operation, apply};
use super::vector::{for_each_chunk, sum, sum2, vectorised};

/// Of both kinds of normalisation, as in PyTorch (parity pack, section 5).
pub const EPSILON: f32 = 1e-5;

/// Normalises `x + residual` over the last dimension to mean 0 and variance 1, then scales and
/// shifts. `x` and `residual` have shape `[.., width]`, `weight` and `bias` `[width]`.
///
/// candle's own layer norm loses gradients without an error; this one does not.
pub fn add_layer_norm(
    x: &Tensor,
    residual: &Tensor,
    weight: &Tensor,
    bias: &Tensor,
) -> Result<Tensor> {
    if !x.device().is_cpu() {
        return layer_norm_stock(&x.add(residual)?, weight, bias);
    }
    let scale_shift = Tensor::stack(&[weight, bias], 0)?;
    apply(AddLayerNorm, &[x, residual, &scale_shift])
}

/// [`add_layer_norm`] without a residual: what a pre-norm transformer begins with.
pub fn layer_norm(x: &Tensor, weight: &Tensor, bias: &Tensor) -> Result<Tensor> {
    if !x.device().is_cpu() {
        return layer_norm_stock(x, weight, bias);
    }
    let scale_shift = Tensor::stack(&[weight, bias], 0)?;
    apply(LayerNorm, &[x, &scale_shift])
}

/// [`layer_norm`] by stock operations.
pub(super) fn layer_norm_stock(x: &Tensor, weight: &Tensor, bias: &Tensor) -> Result<Tensor> {
    let centred = x.broadcast_sub(&x.mean_keepdim(D::Minus1)?)?;
    let variance = centred.sqr()?.mean_keepdim(D::Minus1)?;
    let deviation = (variance + f64::from(EPSILON))?.sqrt()?;
    centred
        .broadcast_div(&deviation)?
        .broadcast_mul(weight)?
        .broadcast_add(bias)
}

struct AddLayerNorm;

struct LayerNorm;

/// Mean and reciprocal deviation of a row.
#[inline(always)]
fn moments(row: &[f32]) -> (f32, f32) {
    let n = row.len() as f32;
    let mean = sum(row, |x| x) / n;
    let variance = sum(row, |x| (x - mean) * (x - mean)) / n;
    (mean, 1.0 / (variance + EPSILON).sqrt())
}

#[inline(always)]
fn normalise(row: &mut [f32], scale: &[f32], shift: &[f32]) {
    let (mean, reciprocal) = moments(row);
    for ((x, &scale), &shift) in row.iter_mut().zip(scale).zip(shift) {
        *x = (*x - mean) * reciprocal * scale + shift;
    }
}

/// Gradients of the normalisation of `x` (already summed): replaces `x` by the gradient to it, and
/// returns the gradient to scale and shift.
fn normalise_backward(x: &mut [f32], scale_shift: &[f32], grad: &[f32]) -> Vec<f32> {
    let width = scale_shift.len() / 2;
    let scale = &scale_shift[..width];
    let mut to_scale_shift = vec![0.0; 2 * width];
    let (to_scale, to_shift) = to_scale_shift.split_at_mut(width);
    let mut scaled = vec![0.0; width];
    let n = width as f32;
    vectorised!({
        for (x, grad) in x.chunks_exact_mut(width).zip(grad.chunks_exact(width)) {
            let (mean, reciprocal) = moments(x);
            for i in 0..width {
                x[i] = (x[i] - mean) * reciprocal;
                to_scale[i] += grad[i] * x[i];
                to_shift[i] += grad[i];
                scaled[i] = grad[i] * scale[i];
            }
            let mean_grad = sum(&scaled, |g| g) / n;
            let mean_product = sum2(&scaled, x, |g, x| g * x) / n;
            for (x, &grad) in x.iter_mut().zip(&scaled) {
                *x = reciprocal * (grad - mean_grad - *x * mean_product);
            }
        }
    });
    to_scale_shift
}

fn check(x: &Input, scale_shift: &Input) -> Result<()> {
    if scale_shift.dims != [2, x.width()] {
        bail!(
            "layer norm: input {:?} does not fit scale and shift {:?}",
            x.dims,
            scale_shift.dims
        );
    }
    Ok(())
}

impl Operation for AddLayerNorm {
    const NAME: &'static str = "add-layer-norm";

    fn forward(&self, inputs: &[Input]) -> Result<(Vec<f32>, Shape)> {
        let [x, residual, scale_shift] = inputs else {
            bail!("add-layer-norm takes three inputs");
        };
        check(x, scale_shift)?;
        if x.dims != residual.dims {
            bail!("layer norm: sum of {:?} and {:?}", x.dims, residual.dims);
        }
        let width = x.width();
        let (scale, shift) = scale_shift.split_at(width);
        let mut out = vec![0.0; x.len()];
        for_each_chunk(&mut out, width, |i, row| {
            let range = i * width..(i + 1) * width;
            let (x, residual) = (&x[range.clone()], &residual[range]);
            for ((out, &x), &residual) in row.iter_mut().zip(x).zip(residual) {
                *out = x + residual;
            }
            normalise(row, scale, shift);
        });
        Ok((out, x.dims.into()))
    }

    fn backward(
        &self,
        inputs: &[Input],
        wanted: &[bool],
        _output: &Input,
        grad: &Input,
    ) -> Result<Vec<Option<Vec<f32>>>> {
        let mut sum: Vec<f32> = vec![0.0; inputs[0].len()];
        vectorised!({
            for ((sum, &x), &residual) in sum.iter_mut().zip(&*inputs[0]).zip(&*inputs[1]) {
                *sum = x + residual;
            }
        });
        let to_scale_shift = normalise_backward(&mut sum, &inputs[2], grad);
        let to_residual = wanted[1].then(|| sum.clone());
        Ok(vec![Some(sum), to_residual, Some(to_scale_shift)])
    }
}

impl Operation for LayerNorm {
    const NAME: &'static str = "layer-norm";

    fn forward(&self, inputs: &[Input]) -> Result<(Vec<f32>, Shape)> {
        let [x, scale_shift] = inputs else {
            bail!("layer-norm takes two inputs");
        };
        check(x, scale_shift)?;
        let (scale, shift) = scale_shift.split_at(x.width());
        let mut out = x.to_vec();
        for_each_chunk(&mut out, x.width(), |_, row| normalise(row, scale, shift));
        Ok((out, x.dims.into()))
    }

    fn backward(
        &self,
        inputs: &[Input],
        _wanted: &[bool],
        _output: &Input,
        grad: &Input,
    ) -> Result<Vec<Option<Vec<f32>>>> {
        let mut x = inputs[0].to_vec();
        let to_scale_shift = normalise_backward(&mut x, &inputs[1], grad);
        Ok(vec![Some(x), Some(to_scale_shift)])
    }
}
