//! Functions of single elements. Those of candle itself start threads that spin as soon as a tensor
//! has 65,536 elements.

use candle_core::{Result, Shape, Tensor, bail};

use super::operation::{Input, Operation, apply};
use super::vector::{sigmoid as sigmoid_of, vectorised};

/// `a + b`, of one shape.
pub fn add(a: &Tensor, b: &Tensor) -> Result<Tensor> {
    if !a.device().is_cpu() {
        return a.add(b);
    }
    apply(Add, &[a, b])
}

/// `x sigmoid(x)`.
pub fn silu(x: &Tensor) -> Result<Tensor> {
    if !x.device().is_cpu() {
        return x.silu();
    }
    apply(Function::Silu, &[x])
}

/// `1 / (1 + e^-x)`.
pub fn sigmoid(x: &Tensor) -> Result<Tensor> {
    if !x.device().is_cpu() {
        return candle_nn::ops::sigmoid(x);
    }
    apply(Function::Sigmoid, &[x])
}

/// `ln(1 + e^x)`, exact also where it is small; `x` itself above 20, as in PyTorch.
pub fn softplus(x: &Tensor) -> Result<Tensor> {
    if !x.device().is_cpu() {
        return x.relu()? + (x.abs()?.neg()?.exp()? + 1.0)?.log()?;
    }
    apply(Function::Softplus, &[x])
}

/// `x` limited to -1 to 1; without a gradient at and beyond the limits.
pub fn clamp_unit(x: &Tensor) -> Result<Tensor> {
    if !x.device().is_cpu() {
        return x.clamp(-1f32, 1f32);
    }
    apply(Function::ClampUnit, &[x])
}

/// Gated linear unit: the first half of the channels times the sigmoid of the second. `x` has
/// shape `[items, 2 channels, ..]`, the result `[items, channels, ..]`.
pub fn glu(x: &Tensor) -> Result<Tensor> {
    if !x.device().is_cpu() {
        let channels = x.dim(1)? / 2;
        let gate = candle_nn::ops::sigmoid(&x.narrow(1, channels, channels)?.contiguous()?)?;
        return x.narrow(1, 0, channels)?.mul(&gate);
    }
    apply(Glu, &[x])
}

struct Add;

impl Operation for Add {
    const NAME: &'static str = "add";

    fn forward(&self, inputs: &[Input]) -> Result<(Vec<f32>, Shape)> {
        let [a, b] = inputs else {
            bail!("add takes two inputs");
        };
        if a.dims != b.dims {
            bail!("add: shapes {:?} and {:?}", a.dims, b.dims);
        }
        let mut out = vec![0.0; a.len()];
        vectorised!({
            for ((out, &a), &b) in out.iter_mut().zip(a.iter()).zip(b.iter()) {
                *out = a + b;
            }
        });
        Ok((out, a.dims.into()))
    }

    fn backward(
        &self,
        _inputs: &[Input],
        wanted: &[bool],
        _output: &Input,
        grad: &Input,
    ) -> Result<Vec<Option<Vec<f32>>>> {
        let each = |wanted: bool| wanted.then(|| grad.to_vec());
        Ok(vec![each(wanted[0]), each(wanted[1])])
    }
}

#[derive(Clone, Copy)]
enum Function {
    Silu,
    Sigmoid,
    Softplus,
    ClampUnit,
}

impl Function {
    #[inline(always)]
    fn value(self, x: f32) -> f32 {
        match self {
            Function::Silu => x * sigmoid_of(x),
            Function::Sigmoid => sigmoid_of(x),
            Function::Softplus if x > 20.0 => x,
            // Not of `vector`: near zero the digits of e^x itself count.
            Function::Softplus => x.exp().ln_1p(),
            Function::ClampUnit => x.clamp(-1.0, 1.0),
        }
    }

    #[inline(always)]
    fn slope(self, x: f32) -> f32 {
        match self {
            Function::Silu => {
                let s = sigmoid_of(x);
                s * (1.0 + x * (1.0 - s))
            }
            Function::Sigmoid => {
                let s = sigmoid_of(x);
                s * (1.0 - s)
            }
            Function::Softplus => sigmoid_of(x),
            Function::ClampUnit if x > -1.0 && x < 1.0 => 1.0,
            Function::ClampUnit => 0.0,
        }
    }
}

impl Operation for Function {
    const NAME: &'static str = "elementwise";

    fn forward(&self, inputs: &[Input]) -> Result<(Vec<f32>, Shape)> {
        let mut out = inputs[0].to_vec();
        vectorised!(out.iter_mut().for_each(|x| *x = self.value(*x)));
        Ok((out, inputs[0].dims.into()))
    }

    fn backward(
        &self,
        inputs: &[Input],
        _wanted: &[bool],
        _output: &Input,
        grad: &Input,
    ) -> Result<Vec<Option<Vec<f32>>>> {
        let mut out = grad.to_vec();
        vectorised!({
            for (grad, &x) in out.iter_mut().zip(inputs[0].iter()) {
                *grad *= self.slope(x);
            }
        });
        Ok(vec![Some(out)])
    }
}

struct Glu;

impl Glu {
    /// Values of one half of an item.
    fn half(x: &Input) -> Result<usize> {
        match x.dims {
            &[items, channels, ..] if items > 0 && channels.is_multiple_of(2) => {
                Ok(x.len() / items / 2)
            }
            dims => bail!("glu: input {dims:?}, expected an even number of channels"),
        }
    }
}

impl Operation for Glu {
    const NAME: &'static str = "glu";

    fn forward(&self, inputs: &[Input]) -> Result<(Vec<f32>, Shape)> {
        let x = &inputs[0];
        let half = Self::half(x)?;
        let mut out = vec![0.0; x.len() / 2];
        vectorised!({
            for (out, x) in out.chunks_exact_mut(half).zip(x.chunks_exact(2 * half)) {
                let (value, gate) = x.split_at(half);
                for ((out, &value), &gate) in out.iter_mut().zip(value).zip(gate) {
                    *out = value * sigmoid_of(gate);
                }
            }
        });
        let mut dims = x.dims.to_vec();
        dims[1] /= 2;
        Ok((out, dims.into()))
    }

    fn backward(
        &self,
        inputs: &[Input],
        _wanted: &[bool],
        _output: &Input,
        grad: &Input,
    ) -> Result<Vec<Option<Vec<f32>>>> {
        let half = Self::half(&inputs[0])?;
        let mut out = inputs[0].to_vec();
        vectorised!({
            for (x, grad) in out.chunks_exact_mut(2 * half).zip(grad.chunks_exact(half)) {
                let (value, gate) = x.split_at_mut(half);
                for ((value, gate), &grad) in value.iter_mut().zip(gate).zip(grad) {
                    let s = sigmoid_of(*gate);
                    *gate = grad * *value * s * (1.0 - s);
                    *value = grad * s;
                }
            }
        });
        Ok(vec![Some(out)])
    }
}
