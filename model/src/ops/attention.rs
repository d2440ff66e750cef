//! Scaled dot-product attention with several heads.

use candle_core::{CpuStorage, D, Result, Shape, Tensor, bail};
use rayon::prelude::*;

use super::matrix::{Matrix, product};
use super::operation::{Input, Operation, apply};
use super::vector::{exp, max, sum, sum2, threads, vectorised};

/// Every token attends to every token of its own sequence. `qkv` holds queries, keys and values
/// side by side, shape `[batch, tokens, 3 width]`; the result has shape `[batch, tokens, width]`.
/// Head j has columns `j width / heads ..` of each.
pub fn self_attention(qkv: &Tensor, heads: usize) -> Result<Tensor> {
    if !qkv.device().is_cpu() {
        let width = qkv.dim(2)? / 3;
        let q = qkv.narrow(2, 0, width)?;
        let kv = qkv.narrow(2, width, 2 * width)?;
        return attention_stock(&q, &kv, heads);
    }
    apply(SelfAttention { heads }, &[qkv])
}

/// Every token of one sequence attends to every token of another, the memory. `q` has shape
/// `[batch, tokens, width]`, `kv` keys and values side by side, `[batch, memory, 2 width]`; the
/// result is like `q`.
pub fn cross_attention(q: &Tensor, kv: &Tensor, heads: usize) -> Result<Tensor> {
    if !q.device().is_cpu() {
        return attention_stock(q, kv, heads);
    }
    apply(CrossAttention { heads }, &[q, kv])
}

/// [`cross_attention`] by stock operations.
pub(super) fn attention_stock(q: &Tensor, kv: &Tensor, heads: usize) -> Result<Tensor> {
    let (batch, tokens, width) = q.dims3()?;
    let size = width / heads;
    let split = |x: &Tensor| -> Result<Tensor> {
        x.reshape((batch, x.dim(1)?, heads, size))?
            .transpose(1, 2)?
            .contiguous()
    };
    let q = split(&q.contiguous()?)?;
    let k = split(&kv.narrow(2, 0, width)?.contiguous()?)?;
    let v = split(&kv.narrow(2, width, width)?.contiguous()?)?;
    let scores = (q.matmul(&k.transpose(2, 3)?.contiguous()?)? / (size as f64).sqrt())?;
    candle_nn::ops::softmax(&scores, D::Minus1)?
        .matmul(&v)?
        .transpose(1, 2)?
        .reshape((batch, tokens, width))
}

/// Where queries, keys and values of one item lie.
#[derive(Clone, Copy)]
struct Item<'a> {
    q: Strip<'a>,
    k: Strip<'a>,
    v: Strip<'a>,
    heads: usize,
}

/// Rows of `width` values, `stride` apart.
#[derive(Clone, Copy)]
struct Strip<'a> {
    storage: &'a CpuStorage,
    offset: usize,
    stride: usize,
    rows: usize,
    width: usize,
}

impl<'a> Strip<'a> {
    /// The heads as a batch of matrices of shape `[rows, width / heads]`.
    fn heads(self, heads: usize) -> Matrix<'a> {
        let size = self.width / heads;
        Matrix::new(self.storage, self.offset, self.rows, size)
            .rows_apart(self.stride)
            .times(heads, size)
    }
}

/// Puts a batch of per-head matrices `[heads, rows, size]` into columns of `out`, whose rows are
/// `stride` apart.
fn join_heads(parts: &[f32], rows: usize, size: usize, out: &mut [f32], stride: usize) {
    for (head, part) in parts.chunks_exact(rows * size).enumerate() {
        for (row, values) in part.chunks_exact(size).enumerate() {
            let start = row * stride + head * size;
            out[start..start + size].copy_from_slice(values);
        }
    }
}

impl Item<'_> {
    fn scale(&self) -> f32 {
        1.0 / ((self.q.width / self.heads) as f32).sqrt()
    }

    /// One matrix per head of what every token has with every token of the memory.
    fn square<'b>(&self, storage: &'b CpuStorage) -> Matrix<'b> {
        let (tokens, memory) = (self.q.rows, self.k.rows);
        Matrix::new(storage, 0, tokens, memory).times(self.heads, tokens * memory)
    }

    /// How much every token attends to every other: `[heads, tokens, memory]`.
    fn weights(&self) -> Result<Vec<f32>> {
        let mut scores = product(self.q.heads(self.heads), self.k.heads(self.heads).t())?;
        let scale = self.scale();
        vectorised!({
            for row in scores.chunks_exact_mut(self.k.rows) {
                let largest = max(row) * scale;
                for x in row.iter_mut() {
                    *x = exp(*x * scale - largest);
                }
                let reciprocal = 1.0 / sum(row, |x| x);
                for x in row.iter_mut() {
                    *x *= reciprocal;
                }
            }
        });
        Ok(scores)
    }

    /// `out` has shape `[tokens, width]`.
    fn forward(&self, out: &mut [f32]) -> Result<()> {
        let weights = CpuStorage::F32(self.weights()?);
        let mixed = product(self.square(&weights), self.v.heads(self.heads))?;
        let size = self.q.width / self.heads;
        join_heads(&mixed, self.q.rows, size, out, self.q.width);
        Ok(())
    }

    /// Gradients to q, k and v, each per head: `[heads, rows, size]`. The weights are computed
    /// again rather than kept: they would be the largest tensors of a training step.
    fn backward(&self, grad: Strip) -> Result<[Vec<f32>; 3]> {
        let (memory, heads) = (self.k.rows, self.heads);
        let weights = CpuStorage::F32(self.weights()?);
        let to_v = product(self.square(&weights).t(), grad.heads(heads))?;
        let mut to_scores = product(grad.heads(heads), self.v.heads(heads).t())?;
        let CpuStorage::F32(weights) = weights else {
            bail!("attention weights are not f32");
        };
        let scale = self.scale();
        vectorised!({
            let rows = to_scores.chunks_exact_mut(memory);
            for (grad, weights) in rows.zip(weights.chunks_exact(memory)) {
                let mean = sum2(grad, weights, |g, w| g * w);
                for (grad, &weight) in grad.iter_mut().zip(weights) {
                    *grad = weight * (*grad - mean) * scale;
                }
            }
        });
        let to_scores = CpuStorage::F32(to_scores);
        let to_q = product(self.square(&to_scores), self.k.heads(heads))?;
        let to_k = product(self.square(&to_scores).t(), self.q.heads(heads))?;
        Ok([to_q, to_k, to_v])
    }
}

/// Calls `f` with the index and the values of every `len` values, in parallel where there is a pool.
fn for_each_item(
    out: &mut [f32],
    len: usize,
    f: impl Fn(usize, &mut [f32]) -> Result<()> + Sync,
) -> Result<()> {
    if threads() > 1 && out.len() > len {
        out.par_chunks_mut(len)
            .enumerate()
            .try_for_each(|(i, chunk)| f(i, chunk))
    } else {
        out.chunks_mut(len)
            .enumerate()
            .try_for_each(|(i, chunk)| f(i, chunk))
    }
}

pub(super) struct SelfAttention {
    pub(super) heads: usize,
}

impl SelfAttention {
    fn item<'a>(&self, qkv: &Input<'a>, index: usize) -> Item<'a> {
        let (tokens, width) = (qkv.dims[1], qkv.dims[2] / 3);
        let strip = |part| Strip {
            storage: qkv.storage,
            offset: qkv.offset + index * tokens * 3 * width + part * width,
            stride: 3 * width,
            rows: tokens,
            width,
        };
        Item {
            q: strip(0),
            k: strip(1),
            v: strip(2),
            heads: self.heads,
        }
    }
}

impl Operation for SelfAttention {
    const NAME: &'static str = "self-attention";

    fn forward(&self, inputs: &[Input]) -> Result<(Vec<f32>, Shape)> {
        let qkv = &inputs[0];
        let &[batch, tokens, columns] = qkv.dims else {
            bail!(
                "self-attention: input {:?}, expected 3 dimensions",
                qkv.dims
            );
        };
        if !columns.is_multiple_of(3 * self.heads) {
            bail!("self-attention: {columns} columns for {} heads", self.heads);
        }
        let width = columns / 3;
        let mut out = vec![0.0; batch * tokens * width];
        for_each_item(&mut out, tokens * width, |i, out| {
            self.item(qkv, i).forward(out)
        })?;
        Ok((out, (batch, tokens, width).into()))
    }

    fn backward(
        &self,
        inputs: &[Input],
        _wanted: &[bool],
        _output: &Input,
        grad: &Input,
    ) -> Result<Vec<Option<Vec<f32>>>> {
        let qkv = &inputs[0];
        let (tokens, width) = (qkv.dims[1], qkv.dims[2] / 3);
        let size = width / self.heads;
        let mut to_qkv = vec![0.0; qkv.len()];
        for_each_item(&mut to_qkv, tokens * 3 * width, |i, out| {
            let parts = self.item(qkv, i).backward(Strip {
                storage: grad.storage,
                offset: grad.offset + i * tokens * width,
                stride: width,
                rows: tokens,
                width,
            })?;
            for (part, values) in parts.iter().enumerate() {
                join_heads(values, tokens, size, &mut out[part * width..], 3 * width);
            }
            Ok(())
        })?;
        Ok(vec![Some(to_qkv)])
    }
}

struct CrossAttention {
    heads: usize,
}

impl CrossAttention {
    fn item<'a>(&self, q: &Input<'a>, kv: &Input<'a>, index: usize) -> Item<'a> {
        let (tokens, width, memory) = (q.dims[1], q.dims[2], kv.dims[1]);
        let strip = |part| Strip {
            storage: kv.storage,
            offset: kv.offset + index * memory * 2 * width + part * width,
            stride: 2 * width,
            rows: memory,
            width,
        };
        Item {
            q: rows_of(q, index, tokens, width),
            k: strip(0),
            v: strip(1),
            heads: self.heads,
        }
    }
}

fn rows_of<'a>(input: &Input<'a>, index: usize, rows: usize, width: usize) -> Strip<'a> {
    Strip {
        storage: input.storage,
        offset: input.offset + index * rows * width,
        stride: width,
        rows,
        width,
    }
}

impl Operation for CrossAttention {
    const NAME: &'static str = "cross-attention";

    fn forward(&self, inputs: &[Input]) -> Result<(Vec<f32>, Shape)> {
        let [q, kv] = inputs else {
            bail!("cross-attention takes two inputs");
        };
        let (&[batch, tokens, width], &[kv_batch, _, kv_width]) = (q.dims, kv.dims) else {
            bail!("cross-attention: inputs {:?} and {:?}", q.dims, kv.dims);
        };
        if kv_batch != batch || kv_width != 2 * width || !width.is_multiple_of(self.heads) {
            bail!("cross-attention: inputs {:?} and {:?}", q.dims, kv.dims);
        }
        let mut out = vec![0.0; q.len()];
        for_each_item(&mut out, tokens * width, |i, out| {
            self.item(q, kv, i).forward(out)
        })?;
        Ok((out, q.dims.into()))
    }

    fn backward(
        &self,
        inputs: &[Input],
        _wanted: &[bool],
        _output: &Input,
        grad: &Input,
    ) -> Result<Vec<Option<Vec<f32>>>> {
        let [q, kv] = inputs else {
            bail!("cross-attention takes two inputs");
        };
        let (tokens, width, memory) = (q.dims[1], q.dims[2], kv.dims[1]);
        let size = width / self.heads;
        let mut to_q = vec![0.0; q.len()];
        let mut to_kv = vec![0.0; kv.len()];
        let items = to_q
            .chunks_mut(tokens * width)
            .zip(to_kv.chunks_mut(memory * 2 * width));
        for (i, (to_q, to_kv)) in items.enumerate() {
            let item = self.item(q, kv, i);
            let [q, k, v] = item.backward(rows_of(grad, i, tokens, width))?;
            join_heads(&q, tokens, size, to_q, width);
            join_heads(&k, memory, size, to_kv, 2 * width);
            join_heads(&v, memory, size, &mut to_kv[width..], 2 * width);
        }
        Ok(vec![Some(to_q), Some(to_kv)])
    }
}
