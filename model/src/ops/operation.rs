//! [`Operation`]: a function of tensors and its gradient, as plain loops over slices.

use std::ops::Deref;

use candle_core::{
    CpuStorage, CustomOp1, CustomOp2, CustomOp3, Layout, Result, Shape, Storage, StorageRef,
    Tensor, bail,
};

/// An operation of one, two or three tensors of f32 on the CPU.
pub trait Operation: Send + Sync + 'static {
    /// As it appears in error messages.
    const NAME: &'static str;

    /// The values of the result and its shape.
    fn forward(&self, inputs: &[Input]) -> Result<(Vec<f32>, Shape)>;

    /// The gradient with respect to every input, from the `output` of [`forward`](Self::forward)
    /// and the gradient `grad` with respect to it. An input that is not `wanted` may get `None`.
    fn backward(
        &self,
        inputs: &[Input],
        wanted: &[bool],
        output: &Input,
        grad: &Input,
    ) -> Result<Vec<Option<Vec<f32>>>>;
}

/// The values of a contiguous tensor, and where they lie in its storage.
#[derive(Clone, Copy)]
pub struct Input<'a> {
    /// The storage, for matrix products.
    pub storage: &'a CpuStorage,
    /// Place of the first value in the storage.
    pub offset: usize,
    /// The sizes of the dimensions.
    pub dims: &'a [usize],
    values: &'a [f32],
}

impl<'a> Input<'a> {
    /// `name` is the operation's, for the errors.
    pub fn new(storage: &'a CpuStorage, layout: &'a Layout, name: &str) -> Result<Input<'a>> {
        let Some((start, end)) = layout.contiguous_offsets() else {
            bail!(
                "{name}: input of shape {:?} is not contiguous",
                layout.dims()
            );
        };
        let CpuStorage::F32(all) = storage else {
            bail!("{name}: input is not f32");
        };
        Ok(Input {
            storage,
            offset: start,
            dims: layout.dims(),
            values: &all[start..end],
        })
    }

    /// Size of the last dimension.
    pub fn width(&self) -> usize {
        self.dims.last().copied().unwrap_or(1)
    }
}

impl Deref for Input<'_> {
    type Target = [f32];

    fn deref(&self) -> &[f32] {
        self.values
    }
}

/// Applies an operation to one to three tensors.
pub fn apply<O: Operation>(operation: O, inputs: &[&Tensor]) -> Result<Tensor> {
    let custom = Custom(operation);
    match inputs {
        [a] => a.contiguous()?.apply_op1(custom),
        [a, b] => a.contiguous()?.apply_op2(&b.contiguous()?, custom),
        [a, b, c] => a
            .contiguous()?
            .apply_op3(&b.contiguous()?, &c.contiguous()?, custom),
        _ => bail!("{}: takes one to three inputs", O::NAME),
    }
}

struct Custom<O>(O);

impl<O: Operation> Custom<O> {
    fn forward(&self, inputs: &[(&CpuStorage, &Layout)]) -> Result<(CpuStorage, Shape)> {
        let inputs = inputs
            .iter()
            .map(|(storage, layout)| Input::new(storage, layout, O::NAME))
            .collect::<Result<Vec<_>>>()?;
        let (values, shape) = self.0.forward(&inputs)?;
        Ok((CpuStorage::F32(values), shape))
    }

    fn backward(
        &self,
        inputs: &[&Tensor],
        output: &Tensor,
        grad: &Tensor,
    ) -> Result<Vec<Option<Tensor>>> {
        let grad = grad.contiguous()?;
        let tensors: Vec<&Tensor> = inputs.iter().copied().chain([output, &grad]).collect();
        let guards: Vec<(StorageRef, &Layout)> =
            tensors.iter().map(|t| t.storage_and_layout()).collect();
        let views = guards
            .iter()
            .map(|(storage, layout)| match &**storage {
                Storage::Cpu(storage) => Input::new(storage, layout, O::NAME),
                _ => bail!("{}: input is not on the CPU", O::NAME),
            })
            .collect::<Result<Vec<_>>>()?;
        let (arguments, results) = views.split_at(inputs.len());
        let wanted: Vec<bool> = inputs.iter().map(|input| input.track_op()).collect();
        let grads = self
            .0
            .backward(arguments, &wanted, &results[0], &results[1])?;
        grads
            .into_iter()
            .zip(inputs)
            .map(|(grad, input)| {
                grad.map(|grad| Tensor::from_vec(grad, input.shape(), input.device()))
                    .transpose()
            })
            .collect()
    }
}

impl<O: Operation> CustomOp1 for Custom<O> {
    fn name(&self) -> &'static str {
        O::NAME
    }

    fn cpu_fwd(&self, s: &CpuStorage, l: &Layout) -> Result<(CpuStorage, Shape)> {
        self.forward(&[(s, l)])
    }

    fn bwd(&self, a: &Tensor, output: &Tensor, grad: &Tensor) -> Result<Option<Tensor>> {
        let mut grads = self.backward(&[a], output, grad)?;
        Ok(grads.remove(0))
    }
}

impl<O: Operation> CustomOp2 for Custom<O> {
    fn name(&self) -> &'static str {
        O::NAME
    }

    fn cpu_fwd(
        &self,
        s1: &CpuStorage,
        l1: &Layout,
        s2: &CpuStorage,
        l2: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        self.forward(&[(s1, l1), (s2, l2)])
    }

    fn bwd(
        &self,
        a: &Tensor,
        b: &Tensor,
        output: &Tensor,
        grad: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>)> {
        let mut grads = self.backward(&[a, b], output, grad)?;
        Ok((grads.remove(0), grads.remove(0)))
    }
}

impl<O: Operation> CustomOp3 for Custom<O> {
    fn name(&self) -> &'static str {
        O::NAME
    }

    fn cpu_fwd(
        &self,
        s1: &CpuStorage,
        l1: &Layout,
        s2: &CpuStorage,
        l2: &Layout,
        s3: &CpuStorage,
        l3: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        self.forward(&[(s1, l1), (s2, l2), (s3, l3)])
    }

    fn bwd(
        &self,
        a: &Tensor,
        b: &Tensor,
        c: &Tensor,
        output: &Tensor,
        grad: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>, Option<Tensor>)> {
        let mut grads = self.backward(&[a, b, c], output, grad)?;
        Ok((grads.remove(0), grads.remove(0), grads.remove(0)))
    }
}
