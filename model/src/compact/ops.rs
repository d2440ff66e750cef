//! Operations of the compact network that stock candle does slowly or in too many passes, each with
//! its own gradient. They run on the caller's thread, on the processor only.

use std::sync::Mutex;

use candle_core::{CpuStorage, CustomOp1, CustomOp2, CustomOp3, Layout, Result, Shape, Tensor};

use crate::ops::matrix::{self, Matrix};

/// Sums are kept in so many lanes, which the compiler turns into vector registers.
const LANES: usize = 16;

/// The product of matrices `x: (rows, n)` and `weight: (n, m)`. Its slope by the weight is worked out
/// only where the weight is learned: half of the way back is saved where it is not.
pub fn product(x: &Tensor, weight: &Tensor) -> Result<Tensor> {
    x.apply_op2(weight, Product)
}

/// `x + bias` over the last axis, and with `rectified` the positive part of it. `x: (rows, n)`,
/// `bias: (n)`.
pub fn biased(x: &Tensor, bias: &Tensor, rectified: bool) -> Result<Tensor> {
    x.apply_op2(bias, Biased { rectified })
}

/// Each row less its mean, over its deviation, times `gain` plus `bias`. `x: (rows, n)`.
pub fn normalised(x: &Tensor, gain: &Tensor, bias: &Tensor) -> Result<Tensor> {
    x.apply_op3(gain, bias, Normalised::default())
}

/// Attention of every token to every token of its own sequence. `qkv: (sequences * tokens, 3 n)`
/// holds queries, keys and values side by side, each in `heads` parts; gives `(…, n)`.
pub fn attention(qkv: &Tensor, tokens: usize, heads: usize) -> Result<Tensor> {
    qkv.apply_op1(Attention {
        tokens,
        heads,
        weights: Mutex::default(),
    })
}

/// The contiguous values of an argument.
pub(super) fn slice<'a>(storage: &'a CpuStorage, layout: &Layout) -> Result<&'a [f32]> {
    match layout.contiguous_offsets() {
        Some((start, end)) => Ok(&storage.as_slice::<f32>()?[start..end]),
        None => candle_core::bail!("an argument of a fused operation must be contiguous"),
    }
}

/// The values of a tensor, copied.
pub(super) fn values(tensor: &Tensor) -> Result<Vec<f32>> {
    tensor.flatten_all()?.to_vec1()
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    let (a_lanes, a_rest) = a.as_chunks::<LANES>();
    let (b_lanes, b_rest) = b.as_chunks::<LANES>();
    let mut sums = [0.0; LANES];
    for (a, b) in a_lanes.iter().zip(b_lanes) {
        for lane in 0..LANES {
            sums[lane] += a[lane] * b[lane];
        }
    }
    let rest: f32 = a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum();
    sums.iter().sum::<f32>() + rest
}

fn sum(a: &[f32]) -> f32 {
    let (lanes, rest) = a.as_chunks::<LANES>();
    let mut sums = [0.0; LANES];
    for a in lanes {
        for lane in 0..LANES {
            sums[lane] += a[lane];
        }
    }
    sums.iter().sum::<f32>() + rest.iter().sum::<f32>()
}

fn add_scaled(out: &mut [f32], scale: f32, a: &[f32]) {
    for (out, a) in out.iter_mut().zip(a) {
        *out += scale * a;
    }
}

struct Product;

impl CustomOp2 for Product {
    fn name(&self) -> &'static str {
        "product"
    }

    fn cpu_fwd(
        &self,
        x: &CpuStorage,
        x_layout: &Layout,
        weight: &CpuStorage,
        weight_layout: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let shape = (x_layout.shape().dim(0)?, weight_layout.shape().dim(1)?);
        let x = Matrix::laid_out(x, x_layout)?;
        let out = matrix::product(x, Matrix::laid_out(weight, weight_layout)?)?;
        Ok((CpuStorage::F32(out), Shape::from(shape)))
    }

    fn bwd(
        &self,
        x: &Tensor,
        weight: &Tensor,
        _: &Tensor,
        gradient: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>)> {
        let by_x = gradient.apply_op2_no_bwd(&weight.t()?, &Product)?;
        let by_weight = weight
            .track_op()
            .then(|| x.t()?.apply_op2_no_bwd(gradient, &Product));
        Ok((Some(by_x), by_weight.transpose()?))
    }
}

struct Biased {
    rectified: bool,
}

impl CustomOp2 for Biased {
    fn name(&self) -> &'static str {
        "biased"
    }

    fn cpu_fwd(
        &self,
        x: &CpuStorage,
        x_layout: &Layout,
        bias: &CpuStorage,
        bias_layout: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let (x, bias) = (slice(x, x_layout)?, slice(bias, bias_layout)?);
        let mut out = Vec::with_capacity(x.len());
        for row in x.chunks_exact(bias.len()) {
            if self.rectified {
                out.extend(row.iter().zip(bias).map(|(x, bias)| (x + bias).max(0.0)));
            } else {
                out.extend(row.iter().zip(bias).map(|(x, bias)| x + bias));
            }
        }
        Ok((CpuStorage::F32(out), x_layout.shape().clone()))
    }

    fn bwd(
        &self,
        _: &Tensor,
        bias: &Tensor,
        out: &Tensor,
        gradient: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>)> {
        let mut by_x = values(gradient)?;
        if self.rectified {
            for (gradient, out) in by_x.iter_mut().zip(values(out)?) {
                *gradient = if out > 0.0 { *gradient } else { 0.0 };
            }
        }
        let mut by_bias = vec![0.0; bias.elem_count()];
        for row in by_x.chunks_exact(by_bias.len()) {
            add_scaled(&mut by_bias, 1.0, row);
        }
        let device = gradient.device();
        Ok((
            Some(Tensor::from_vec(by_x, out.shape(), device)?),
            Some(Tensor::from_vec(by_bias, bias.shape(), device)?),
        ))
    }
}

/// Remembers, between its two directions, the normalised rows and the deviations.
#[derive(Default)]
struct Normalised(Mutex<(Vec<f32>, Vec<f32>)>);

impl CustomOp3 for Normalised {
    fn name(&self) -> &'static str {
        "normalised"
    }

    fn cpu_fwd(
        &self,
        x: &CpuStorage,
        x_layout: &Layout,
        gain: &CpuStorage,
        gain_layout: &Layout,
        bias: &CpuStorage,
        bias_layout: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let (x, gain) = (slice(x, x_layout)?, slice(gain, gain_layout)?);
        let bias = slice(bias, bias_layout)?;
        let n = gain.len();
        let mut units = Vec::with_capacity(x.len());
        let mut deviations = Vec::with_capacity(x.len() / n);
        let mut out = Vec::with_capacity(x.len());
        for row in x.chunks_exact(n) {
            let mean = sum(row) / n as f32;
            let start = units.len();
            units.extend(row.iter().map(|x| x - mean));
            let unit = &mut units[start..];
            let deviation = (dot(unit, unit) / n as f32 + 1e-5).sqrt();
            for unit in unit.iter_mut() {
                *unit /= deviation;
            }
            deviations.push(deviation);
            let scaled = unit.iter().zip(gain.iter().zip(bias));
            out.extend(scaled.map(|(unit, (gain, bias))| unit * gain + bias));
        }
        if let Ok(mut kept) = self.0.lock() {
            *kept = (units, deviations);
        }
        Ok((CpuStorage::F32(out), x_layout.shape().clone()))
    }

    fn bwd(
        &self,
        _: &Tensor,
        gain: &Tensor,
        bias: &Tensor,
        out: &Tensor,
        gradient: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>, Option<Tensor>)> {
        let Ok(kept) = self.0.lock() else {
            candle_core::bail!("a normalisation was interrupted");
        };
        let (units, deviations) = &*kept;
        let (mut by_x, gains) = (values(gradient)?, values(gain)?);
        let n = gains.len();
        let (mut by_gain, mut by_bias) = (vec![0.0; n], vec![0.0; n]);
        let rows = by_x.chunks_exact_mut(n).zip(units.chunks_exact(n));
        for ((row, unit), deviation) in rows.zip(deviations) {
            add_scaled(&mut by_bias, 1.0, row);
            for i in 0..n {
                by_gain[i] += row[i] * unit[i];
                row[i] *= gains[i];
            }
            let (mean, slope) = (sum(row) / n as f32, dot(row, unit) / n as f32);
            for (row, unit) in row.iter_mut().zip(unit) {
                *row = (*row - mean - unit * slope) / deviation;
            }
        }
        let device = gradient.device();
        Ok((
            Some(Tensor::from_vec(by_x, out.shape(), device)?),
            Some(Tensor::from_vec(by_gain, gain.shape(), device)?),
            Some(Tensor::from_vec(by_bias, bias.shape(), device)?),
        ))
    }
}

/// Remembers the attention weights, `(sequences, heads, tokens, tokens)`.
struct Attention {
    tokens: usize,
    heads: usize,
    weights: Mutex<Vec<f32>>,
}

impl Attention {
    /// Where the part of a head lies in a row of queries, keys or values (`which` 0 to 2).
    fn part(&self, row: usize, which: usize, head: usize, n: usize) -> std::ops::Range<usize> {
        let width = n / self.heads;
        let start = row * 3 * n + which * n + head * width;
        start..start + width
    }
}

impl CustomOp1 for Attention {
    fn name(&self) -> &'static str {
        "attention"
    }

    fn cpu_fwd(&self, qkv: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let (rows, width) = layout.shape().dims2()?;
        let (qkv, n, tokens) = (slice(qkv, layout)?, width / 3, self.tokens);
        let scale = ((n / self.heads) as f32).sqrt().recip();
        let mut out = vec![0.0; rows * n];
        let mut weights = vec![0.0; rows * self.heads * tokens];
        for (place, weights) in weights.chunks_exact_mut(tokens).enumerate() {
            // In the order of sequence, head, token.
            let (token, head) = (place % tokens, place / tokens % self.heads);
            let first = place / (tokens * self.heads) * tokens;
            let query = &qkv[self.part(first + token, 0, head, n)];
            let mut highest = f32::MIN;
            for (other, weight) in weights.iter_mut().enumerate() {
                *weight = scale * dot(query, &qkv[self.part(first + other, 1, head, n)]);
                highest = highest.max(*weight);
            }
            let mut total = 0.0;
            for weight in weights.iter_mut() {
                *weight = (*weight - highest).exp();
                total += *weight;
            }
            let start = (first + token) * n + head * (n / self.heads);
            let out = &mut out[start..start + n / self.heads];
            for (other, weight) in weights.iter_mut().enumerate() {
                *weight /= total;
                add_scaled(out, *weight, &qkv[self.part(first + other, 2, head, n)]);
            }
        }
        if let Ok(mut kept) = self.weights.lock() {
            *kept = weights;
        }
        Ok((CpuStorage::F32(out), Shape::from((rows, n))))
    }

    fn bwd(&self, qkv: &Tensor, _: &Tensor, gradient: &Tensor) -> Result<Option<Tensor>> {
        let Ok(weights) = self.weights.lock() else {
            candle_core::bail!("an attention was interrupted");
        };
        let (rows, width) = qkv.dims2()?;
        let (n, tokens) = (width / 3, self.tokens);
        let head_width = n / self.heads;
        let scale = (head_width as f32).sqrt().recip();
        let (arguments, gradient_out) = (values(qkv)?, values(gradient)?);
        let mut by_qkv = vec![0.0; rows * width];
        let mut slopes = vec![0.0; tokens];
        for (place, weights) in weights.chunks_exact(tokens).enumerate() {
            let (token, head) = (place % tokens, place / tokens % self.heads);
            let first = place / (tokens * self.heads) * tokens;
            let start = (first + token) * n + head * head_width;
            let gradient = &gradient_out[start..start + head_width];
            for (other, slope) in slopes.iter_mut().enumerate() {
                let value = self.part(first + other, 2, head, n);
                *slope = dot(gradient, &arguments[value.clone()]);
                add_scaled(&mut by_qkv[value], weights[other], gradient);
            }
            let mean = dot(&slopes, weights);
            let query = self.part(first + token, 0, head, n);
            for (other, slope) in slopes.iter().enumerate() {
                let key = self.part(first + other, 1, head, n);
                let by_score = scale * weights[other] * (slope - mean);
                add_scaled(
                    &mut by_qkv[key.clone()],
                    by_score,
                    &arguments[query.clone()],
                );
                add_scaled(&mut by_qkv[query.clone()], by_score, &arguments[key]);
            }
        }
        Ok(Some(Tensor::from_vec(by_qkv, (rows, width), qkv.device())?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;
    use candle_core::{D, Device, Var};

    fn random(shape: &[usize], seed: u64) -> Var {
        let mut random = Random::new(seed);
        let values: Vec<f32> = (0..shape.iter().product())
            .map(|_| random.normal())
            .collect();
        Var::from_vec(values, shape, &Device::Cpu).unwrap()
    }

    /// Both ways of computing agree, and so do their gradients by every argument.
    fn check(arguments: &[&Var], ours: Tensor, stock: Tensor) {
        let weights = random(stock.dims(), 77);
        let gradients = [ours, stock].map(|out| {
            let loss = (&out * weights.as_tensor()).unwrap().sum_all().unwrap();
            let store = loss.backward().unwrap();
            let mut all = vec![values(&out).unwrap()];
            for argument in arguments {
                all.push(values(store.get(argument).unwrap()).unwrap());
            }
            all.concat()
        });
        for (ours, stock) in gradients[0].iter().zip(&gradients[1]) {
            assert!(
                (ours - stock).abs() < 1e-4 * (1.0 + stock.abs()),
                "{ours}, not {stock}"
            );
        }
    }

    #[test]
    fn product_is_that_of_matrices() {
        let (x, weight) = (random(&[5, 37], 1), random(&[37, 9], 2));
        let stock = x.matmul(&weight).unwrap();
        check(&[&x, &weight], product(&x, &weight).unwrap(), stock);
    }

    #[test]
    fn a_product_with_what_is_not_learned_has_a_slope_by_the_other() {
        let (x, weight) = (random(&[5, 37], 1), random(&[37, 9], 2));
        let fixed = weight.detach();
        let stock = x.matmul(&fixed).unwrap();
        check(&[&x], product(&x, &fixed).unwrap(), stock);
    }

    #[test]
    fn biased_is_an_addition() {
        let (x, bias) = (random(&[5, 37], 1), random(&[37], 2));
        for rectified in [false, true] {
            let mut stock = x.broadcast_add(&bias).unwrap();
            if rectified {
                stock = stock.relu().unwrap();
            }
            check(&[&x, &bias], biased(&x, &bias, rectified).unwrap(), stock);
        }
    }

    #[test]
    fn normalised_is_a_layer_norm() {
        let (x, gain, bias) = (random(&[5, 37], 1), random(&[37], 2), random(&[37], 3));
        let centred = x.broadcast_sub(&x.mean_keepdim(1).unwrap()).unwrap();
        let variance = centred.sqr().unwrap().mean_keepdim(1).unwrap();
        let deviation = (variance + 1e-5).unwrap().sqrt().unwrap();
        let units = centred.broadcast_div(&deviation).unwrap();
        let stock = units
            .broadcast_mul(&gain)
            .unwrap()
            .broadcast_add(&bias)
            .unwrap();
        check(
            &[&x, &gain, &bias],
            normalised(&x, &gain, &bias).unwrap(),
            stock,
        );
    }

    #[test]
    fn attention_is_a_softmax_of_products() {
        let (sequences, tokens, heads, n) = (3, 7, 2, 20);
        let qkv = random(&[sequences * tokens, 3 * n], 1);
        let part = |which: usize| {
            qkv.narrow(1, which * n, n)
                .and_then(|part| part.reshape((sequences, tokens, heads, n / heads)))
                .and_then(|part| part.transpose(1, 2)?.contiguous())
                .unwrap()
        };
        let scores = part(0).matmul(&part(1).t().unwrap()).unwrap();
        let scores = (scores / ((n / heads) as f64).sqrt()).unwrap();
        let weights = candle_nn::ops::softmax(&scores, D::Minus1).unwrap();
        let out = weights.matmul(&part(2)).unwrap().transpose(1, 2).unwrap();
        let stock = out.reshape((sequences * tokens, n)).unwrap();
        check(&[&qkv], attention(&qkv, tokens, heads).unwrap(), stock);
    }
}
