//! The fully connected layer.

use candle_core::{CpuStorage, Result, Shape, Tensor, bail};

use super::matrix::{Matrix, product};
use super::operation::{Input, Operation, apply};
use super::vector::{exp, for_each_chunk, vectorised};

/// What follows a [`linear`] layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activation {
    /// Nothing.
    None,
    /// max(x, 0).
    Relu,
    /// x above 0, e^x - 1 below.
    Elu,
}

impl Activation {
    #[inline(always)]
    fn value(self, x: f32) -> f32 {
        match self {
            Activation::None => x,
            Activation::Relu => x.max(0.0),
            Activation::Elu if x > 0.0 => x,
            Activation::Elu => exp(x) - 1.0,
        }
    }

    /// The derivative, from the value.
    #[inline(always)]
    fn slope(self, value: f32) -> f32 {
        match self {
            Activation::None => 1.0,
            Activation::Relu | Activation::Elu if value > 0.0 => 1.0,
            Activation::Relu => 0.0,
            Activation::Elu => value + 1.0,
        }
    }

    /// The same by stock operations.
    fn stock(self, x: &Tensor) -> Result<Tensor> {
        match self {
            Activation::None => Ok(x.clone()),
            Activation::Relu => x.relu(),
            Activation::Elu => x.elu(1.0),
        }
    }
}

/// `activation(x W^T + bias)`: `x` has shape `[.., inputs]`, `weight` `[outputs, inputs]`, `bias`
/// `[outputs]`, the result `[.., outputs]`.
pub fn linear(
    x: &Tensor,
    weight: &Tensor,
    bias: &Tensor,
    activation: Activation,
) -> Result<Tensor> {
    if !x.device().is_cpu() {
        return linear_stock(x, weight, bias, activation);
    }
    apply(Linear(activation), &[x, weight, bias])
}

/// [`linear`] by stock operations.
pub(super) fn linear_stock(
    x: &Tensor,
    weight: &Tensor,
    bias: &Tensor,
    activation: Activation,
) -> Result<Tensor> {
    activation.stock(&x.broadcast_matmul(&weight.t()?)?.broadcast_add(bias)?)
}

pub(super) struct Linear(pub(super) Activation);

impl Operation for Linear {
    const NAME: &'static str = "linear";

    fn forward(&self, inputs: &[Input]) -> Result<(Vec<f32>, Shape)> {
        let [x, weight, bias] = inputs else {
            bail!("linear takes three inputs");
        };
        let &[outputs, width] = weight.dims else {
            bail!(
                "linear: weight of shape {:?}, expected 2 dimensions",
                weight.dims
            );
        };
        if x.width() != width || bias.len() != outputs {
            bail!(
                "linear: input {:?} and bias {:?} do not fit weight {:?}",
                x.dims,
                bias.dims,
                weight.dims
            );
        }
        let rows = x.len() / width;
        let mut out = product(
            Matrix::of(x, rows, width),
            Matrix::of(weight, outputs, width).t(),
        )?;
        let activation = self.0;
        for_each_chunk(&mut out, outputs, |_, row| {
            for (value, &bias) in row.iter_mut().zip(bias.iter()) {
                *value = activation.value(*value + bias);
            }
        });
        let mut dims = x.dims.to_vec();
        dims[x.dims.len() - 1] = outputs;
        Ok((out, dims.into()))
    }

    fn backward(
        &self,
        inputs: &[Input],
        wanted: &[bool],
        output: &Input,
        grad: &Input,
    ) -> Result<Vec<Option<Vec<f32>>>> {
        let [x, weight, bias] = inputs else {
            bail!("linear takes three inputs");
        };
        let (outputs, width) = (bias.len(), x.width());
        let rows = x.len() / width;

        let slopes = (self.0 != Activation::None).then(|| {
            let mut before = grad.to_vec();
            vectorised!({
                for (grad, &value) in before.iter_mut().zip(output.iter()) {
                    *grad *= self.0.slope(value);
                }
            });
            CpuStorage::F32(before)
        });
        let before = match &slopes {
            Some(storage) => Matrix::new(storage, 0, rows, outputs),
            None => Matrix::of(grad, rows, outputs),
        };
        let to_x = wanted[0]
            .then(|| product(before, Matrix::of(weight, outputs, width)))
            .transpose()?;
        let to_weight = wanted[1]
            .then(|| product(before.t(), Matrix::of(x, rows, width)))
            .transpose()?;
        let values = match &slopes {
            Some(CpuStorage::F32(values)) => values,
            _ => &**grad,
        };
        let to_bias = wanted[2].then(|| column_sums(values, outputs));
        Ok(vec![to_x, to_weight, to_bias])
    }
}

/// The sum of every column of a row-major matrix.
pub(super) fn column_sums(values: &[f32], cols: usize) -> Vec<f32> {
    let mut sums = vec![0.0; cols];
    vectorised!({
        for row in values.chunks_exact(cols) {
            for (sum, &value) in sums.iter_mut().zip(row) {
                *sum += value;
            }
        }
    });
    sums
}
