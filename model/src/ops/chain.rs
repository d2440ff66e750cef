//! Two operations in a row as one, whose middle never becomes a tensor.
//!
//! candle adds up the gradients of every tensor that a gradient passes through, and from 65,536
//! elements on it does so on threads of its own. The middle of a feed-forward block and the queries,
//! keys and values of one patch are that large. Where weights are fixed, as in a plug-in that moves a
//! latent, the middle is kept out of candle's sight; where they are trained, candle must see them.

use std::sync::OnceLock;

use candle_core::{CpuStorage, Layout, Result, Shape, Storage, Tensor, bail};

use super::attention::{SelfAttention, self_attention};
use super::linear::{Activation, Linear, linear};
use super::operation::{Input, Operation, apply};

/// A fully connected layer's weight, shape `[outputs, inputs]`, and bias, shape `[outputs]`.
pub type Layer<'a> = (&'a Tensor, &'a Tensor);

/// Two fully connected layers with an activation between them: `x` has shape `[.., inputs]`, the
/// result `[.., outputs of the second]`.
pub fn feed_forward(
    x: &Tensor,
    first: Layer,
    activation: Activation,
    second: Layer,
) -> Result<Tensor> {
    if !x.device().is_cpu() || learns(first) || learns(second) {
        let inner = linear(x, first.0, first.1, activation)?;
        return linear(&inner, second.0, second.1, Activation::None);
    }
    let first = Fixed::new(Linear(activation), first)?;
    let second = Fixed::new(Linear(Activation::None), second)?;
    apply(Chain::new(first, second), &[x])
}

/// [`self_attention`] of the queries, keys and values that a layer makes of `x`, shape
/// `[batch, tokens, inputs]`; the result has shape `[batch, tokens, outputs / 3]`.
pub fn projected_self_attention(x: &Tensor, projection: Layer, heads: usize) -> Result<Tensor> {
    if !x.device().is_cpu() || learns(projection) {
        let qkv = linear(x, projection.0, projection.1, Activation::None)?;
        return self_attention(&qkv, heads);
    }
    let projection = Fixed::new(Linear(Activation::None), projection)?;
    apply(Chain::new(projection, SelfAttention { heads }), &[x])
}

fn learns((weight, bias): Layer) -> bool {
    weight.track_op() || bias.track_op()
}

/// A layer as an operation of its input alone.
struct Fixed {
    layer: Linear,
    weight: Tensor,
    bias: Tensor,
}

impl Fixed {
    fn new(layer: Linear, (weight, bias): Layer) -> Result<Fixed> {
        Ok(Fixed {
            layer,
            weight: weight.contiguous()?,
            bias: bias.contiguous()?,
        })
    }

    /// Calls `f` with the layer's three inputs.
    fn with<R>(&self, x: &Input, f: impl FnOnce(&[Input]) -> Result<R>) -> Result<R> {
        let (weight, weight_layout) = self.weight.storage_and_layout();
        let (bias, bias_layout) = self.bias.storage_and_layout();
        let (Storage::Cpu(weight), Storage::Cpu(bias)) = (&*weight, &*bias) else {
            bail!("{}: weights are not on the CPU", Linear::NAME);
        };
        f(&[
            *x,
            Input::new(weight, weight_layout, Linear::NAME)?,
            Input::new(bias, bias_layout, Linear::NAME)?,
        ])
    }
}

impl Operation for Fixed {
    const NAME: &'static str = Linear::NAME;

    fn forward(&self, inputs: &[Input]) -> Result<(Vec<f32>, Shape)> {
        self.with(&inputs[0], |inputs| self.layer.forward(inputs))
    }

    fn backward(
        &self,
        inputs: &[Input],
        wanted: &[bool],
        output: &Input,
        grad: &Input,
    ) -> Result<Vec<Option<Vec<f32>>>> {
        let wanted = [wanted[0], false, false];
        let mut grads = self.with(&inputs[0], |inputs| {
            self.layer.backward(inputs, &wanted, output, grad)
        })?;
        grads.truncate(1);
        Ok(grads)
    }
}

/// `second` of what `first` makes of one input. Remembers the middle for the gradient.
struct Chain<A, B> {
    first: A,
    second: B,
    middle: OnceLock<(CpuStorage, Layout)>,
}

impl<A: Operation, B: Operation> Chain<A, B> {
    fn new(first: A, second: B) -> Chain<A, B> {
        Chain {
            first,
            second,
            middle: OnceLock::new(),
        }
    }
}

impl<A: Operation, B: Operation> Operation for Chain<A, B> {
    const NAME: &'static str = B::NAME;

    fn forward(&self, inputs: &[Input]) -> Result<(Vec<f32>, Shape)> {
        let (values, shape) = self.first.forward(inputs)?;
        let (storage, layout) = self
            .middle
            .get_or_init(|| (CpuStorage::F32(values), Layout::contiguous(shape)));
        self.second
            .forward(&[Input::new(storage, layout, B::NAME)?])
    }

    fn backward(
        &self,
        inputs: &[Input],
        wanted: &[bool],
        output: &Input,
        grad: &Input,
    ) -> Result<Vec<Option<Vec<f32>>>> {
        let Some((storage, layout)) = self.middle.get() else {
            bail!("{}: no gradient before a result", Self::NAME);
        };
        let middle = Input::new(storage, layout, Self::NAME)?;
        let to_middle = self.second.backward(&[middle], &[true], output, grad)?;
        let Some(Some(to_middle)) = to_middle.into_iter().next() else {
            bail!("{}: a gradient was lost", Self::NAME);
        };
        let to_middle = CpuStorage::F32(to_middle);
        let grad = Input::new(&to_middle, layout, Self::NAME)?;
        self.first.backward(inputs, wanted, &middle, &grad)
    }
}
