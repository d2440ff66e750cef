//! Negative log-likelihoods: of categories, of steps on a scale, of pictures.

use candle_core::{Result, Shape, Tensor, bail};

use super::operation::{Input, Operation, apply};
use super::vector::{sigmoid, sum2, vectorised};

/// Components of a discretized logistic mixture (facts 3.7).
pub const COMPONENTS: usize = 3;

/// Of a component: no narrower than e^-5.
const MIN_LOG_SCALE: f32 = -5.0;

/// Of a component, inside the logarithm only.
const MIN_PROBABILITY: f32 = 1e-5;

/// Cross-entropy of every row in nat. `logits` has shape `[rows, classes]`, the result `[rows]`;
/// `targets` holds the class of every row.
pub fn cross_entropy(logits: &Tensor, targets: &[u32]) -> Result<Tensor> {
    let (rows, classes) = logits.dims2()?;
    if targets.len() != rows || targets.iter().any(|&target| target as usize >= classes) {
        bail!("cross entropy: targets do not fit logits of shape {rows} x {classes}");
    }
    if !logits.device().is_cpu() {
        let targets = Tensor::from_slice(targets, (rows, 1), logits.device())?;
        let log = candle_nn::ops::log_softmax(logits, 1)?;
        return log.gather(&targets, 1)?.squeeze(1)?.neg();
    }
    let targets = targets.to_vec();
    apply(CrossEntropy { targets, classes }, &[logits])
}

/// Negative log-probability of every row under a discretized logistic mixture, in nat.
///
/// `raw` has shape `[rows, 9]`: three means, three log-scales, three logits, each before its
/// activation. The result has shape `[rows]`. Row `i` has the values `k / (cardinalities[i] - 1)`
/// and the target `targets[i]`, which may lie between two of them (facts 3.7, parity pack 5).
pub fn logistic_mixture_nll(
    raw: &Tensor,
    targets: &[f32],
    cardinalities: &[u32],
) -> Result<Tensor> {
    let (rows, columns) = raw.dims2()?;
    if columns != 3 * COMPONENTS || targets.len() != rows || cardinalities.len() != rows {
        bail!(
            "logistic mixture: {} targets and {} cardinalities for parameters of shape {rows} x \
             {columns}",
            targets.len(),
            cardinalities.len()
        );
    }
    if !raw.device().is_cpu() {
        return mixture_stock(raw, targets, cardinalities);
    }
    let operation = MixtureNll {
        targets: targets.to_vec(),
        cardinalities: cardinalities.to_vec(),
    };
    apply(operation, &[raw])
}

/// [`logistic_mixture_nll`] by stock operations.
pub(super) fn mixture_stock(
    raw: &Tensor,
    targets: &[f32],
    cardinalities: &[u32],
) -> Result<Tensor> {
    let rows = targets.len();
    let column = |values: Vec<f32>| Tensor::from_vec(values, (rows, 1), raw.device());
    let steps: Vec<f32> = cardinalities.iter().map(|&c| c as f32 - 1.0).collect();
    let places: Vec<f32> = targets
        .iter()
        .zip(&steps)
        .map(|(x, steps)| (x * steps).round())
        .collect();
    let edge = |f: &dyn Fn(f32, f32) -> bool| {
        let values = places.iter().zip(&steps);
        column(
            values
                .map(|(&k, &steps)| if f(k, steps) { 0.0 } else { 1.0 })
                .collect(),
        )
    };
    let (inside_top, inside_bottom) = (edge(&|k, steps| k >= steps)?, edge(&|k, _| k <= 0.0)?);
    let x = column(targets.to_vec())?;
    let half = column(steps.iter().map(|steps| 0.5 / steps).collect())?;

    let mean = candle_nn::ops::sigmoid(&raw.narrow(1, 0, COMPONENTS)?.contiguous()?)?;
    let scale = raw
        .narrow(1, COMPONENTS, COMPONENTS)?
        .maximum(MIN_LOG_SCALE)?
        .exp()?;
    let logits = raw.narrow(1, 2 * COMPONENTS, COMPONENTS)?.tanh()?;
    let distance = mean.neg()?.broadcast_add(&x)?;
    let right = candle_nn::ops::sigmoid(&distance.broadcast_add(&half)?.div(&scale)?)?;
    let left = candle_nn::ops::sigmoid(&distance.broadcast_sub(&half)?.div(&scale)?)?;
    // 1 - (1 - right) * inside: 1 at the top edge.
    let right = (1.0 - (1.0 - right)?.broadcast_mul(&inside_top)?)?;
    let left = left.broadcast_mul(&inside_bottom)?;
    let log = (right - left)?.maximum(MIN_PROBABILITY)?.log()?;
    logits.log_sum_exp(1)? - (log + &logits)?.log_sum_exp(1)?
}

/// Mean over every picture of the negative log-likelihood of `target` under a Gaussian of variance
/// 1 around `mean`, in nat per pixel. Both have shape `[items, ..]`, the result `[items]`.
pub fn gaussian_nll(mean: &Tensor, target: &Tensor) -> Result<Tensor> {
    if mean.dims() != target.dims() {
        bail!(
            "gaussian likelihood: {:?} of {:?}",
            target.dims(),
            mean.dims()
        );
    }
    if !mean.device().is_cpu() {
        let squares = (mean - target)?.sqr()?.flatten_from(1)?.mean(1)?;
        return squares.affine(0.5, f64::from(HALF_LOG_TWO_PI));
    }
    apply(GaussianNll, &[mean, target])
}

const HALF_LOG_TWO_PI: f32 = 0.918_938_5;

struct CrossEntropy {
    targets: Vec<u32>,
    classes: usize,
}

impl Operation for CrossEntropy {
    const NAME: &'static str = "cross-entropy";

    fn forward(&self, inputs: &[Input]) -> Result<(Vec<f32>, Shape)> {
        let out: Vec<f32> = inputs[0]
            .chunks_exact(self.classes)
            .zip(&self.targets)
            .map(|(logits, &target)| log_sum_exp(logits) - logits[target as usize])
            .collect();
        let rows = out.len();
        Ok((out, rows.into()))
    }

    fn backward(
        &self,
        inputs: &[Input],
        _wanted: &[bool],
        _output: &Input,
        grad: &Input,
    ) -> Result<Vec<Option<Vec<f32>>>> {
        let mut out = inputs[0].to_vec();
        let rows = out.chunks_exact_mut(self.classes);
        for ((row, &target), &grad) in rows.zip(&self.targets).zip(grad.iter()) {
            let total = log_sum_exp(row);
            for x in row.iter_mut() {
                *x = (*x - total).exp() * grad;
            }
            row[target as usize] -= grad;
        }
        Ok(vec![Some(out)])
    }
}

fn log_sum_exp(values: &[f32]) -> f32 {
    let largest = values.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let total: f32 = values.iter().map(|x| (x - largest).exp()).sum();
    largest + total.ln()
}

fn logistic(x: f32) -> f32 {
    1.0 / (1.0 + (-x).exp())
}

/// A component of a mixture at a target: the arguments and values of its distribution function at
/// the right and the left end of the target's step, and what they come from.
struct Component {
    mean: f32,
    scale: f32,
    logit: f32,
    ends: [f32; 2],
    right: f32,
    left: f32,
    is_top: bool,
    is_bottom: bool,
}

impl Component {
    fn new(raw: &[f32], index: usize, target: f32, cardinality: u32) -> Component {
        let steps = cardinality as f32 - 1.0;
        let half = 0.5 / steps;
        let place = (target * steps).round();
        let mean = logistic(raw[index]);
        let scale = raw[COMPONENTS + index].max(MIN_LOG_SCALE).exp();
        let distance = target - mean;
        let ends = [(distance + half) / scale, (distance - half) / scale];
        let (is_top, is_bottom) = (place >= steps, place <= 0.0);
        Component {
            mean,
            scale,
            logit: raw[2 * COMPONENTS + index].tanh(),
            ends,
            right: if is_top { 1.0 } else { logistic(ends[0]) },
            left: if is_bottom { 0.0 } else { logistic(ends[1]) },
            is_top,
            is_bottom,
        }
    }

    fn probability(&self) -> f32 {
        self.right - self.left
    }

    fn log(&self) -> f32 {
        self.logit + self.probability().max(MIN_PROBABILITY).ln()
    }
}

/// The probability of every value `k / (cardinality - 1)` under the mixture of a row, for decoding:
/// the smallest probability that the likelihood guards with is not used here. `raw` has 9 values.
pub fn logistic_mixture_probabilities(raw: &[f32], cardinality: u32) -> Vec<f32> {
    let logits: [f32; COMPONENTS] = std::array::from_fn(|j| raw[2 * COMPONENTS + j].tanh());
    let total = log_sum_exp(&logits);
    let weights = logits.map(|logit| (logit - total).exp());
    let steps = cardinality as f32 - 1.0;
    // The distribution function below every value and above the last one: all outside is the edges'.
    let mut below = vec![0.0; cardinality as usize + 1];
    below[cardinality as usize] = 1.0;
    let inside = &mut below[1..cardinality as usize];
    for (j, weight) in weights.into_iter().enumerate() {
        let mean = logistic(raw[j]);
        let scale = raw[COMPONENTS + j].max(MIN_LOG_SCALE).exp();
        vectorised!({
            for (i, below) in inside.iter_mut().enumerate() {
                let border = (i as f32 + 0.5) / steps;
                *below += weight * sigmoid((border - mean) / scale);
            }
        });
    }
    below.windows(2).map(|w| (w[1] - w[0]).max(0.0)).collect()
}

struct MixtureNll {
    targets: Vec<f32>,
    cardinalities: Vec<u32>,
}

impl MixtureNll {
    fn components(&self, raw: &[f32], row: usize) -> [Component; COMPONENTS] {
        let (target, cardinality) = (self.targets[row], self.cardinalities[row]);
        std::array::from_fn(|j| Component::new(raw, j, target, cardinality))
    }
}

impl Operation for MixtureNll {
    const NAME: &'static str = "logistic-mixture-nll";

    fn forward(&self, inputs: &[Input]) -> Result<(Vec<f32>, Shape)> {
        let out: Vec<f32> = inputs[0]
            .chunks_exact(3 * COMPONENTS)
            .enumerate()
            .map(|(row, raw)| {
                let components = self.components(raw, row);
                log_sum_exp(&components.each_ref().map(|c| c.logit))
                    - log_sum_exp(&components.each_ref().map(Component::log))
            })
            .collect();
        let rows = out.len();
        Ok((out, rows.into()))
    }

    fn backward(
        &self,
        inputs: &[Input],
        _wanted: &[bool],
        _output: &Input,
        grad: &Input,
    ) -> Result<Vec<Option<Vec<f32>>>> {
        let mut out = vec![0.0; inputs[0].len()];
        let rows = inputs[0].chunks_exact(3 * COMPONENTS);
        let outs = out.chunks_exact_mut(3 * COMPONENTS);
        for (row, (raw, out)) in rows.zip(outs).enumerate() {
            let components = self.components(raw, row);
            let prior = log_sum_exp(&components.each_ref().map(|c| c.logit));
            let posterior = log_sum_exp(&components.each_ref().map(Component::log));
            for (j, c) in components.iter().enumerate() {
                let share = (c.log() - posterior).exp();
                let to_logit = (c.logit - prior).exp() - share;
                out[2 * COMPONENTS + j] = grad[row] * to_logit * (1.0 - c.logit * c.logit);
                if c.probability() < MIN_PROBABILITY {
                    continue;
                }
                let to_probability = -share / c.probability();
                let density = |value: f32, fixed: bool| {
                    if fixed { 0.0 } else { value * (1.0 - value) }
                };
                let (right, left) = (density(c.right, c.is_top), density(c.left, c.is_bottom));
                let to_mean = to_probability * (left - right) / c.scale;
                out[j] = grad[row] * to_mean * c.mean * (1.0 - c.mean);
                if raw[COMPONENTS + j] >= MIN_LOG_SCALE {
                    let slope = left * c.ends[1] - right * c.ends[0];
                    out[COMPONENTS + j] = grad[row] * to_probability * slope;
                }
            }
        }
        Ok(vec![Some(out)])
    }
}

struct GaussianNll;

impl Operation for GaussianNll {
    const NAME: &'static str = "gaussian-nll";

    fn forward(&self, inputs: &[Input]) -> Result<(Vec<f32>, Shape)> {
        let [mean, target] = inputs else {
            bail!("gaussian likelihood takes two inputs");
        };
        let items = mean.dims[0];
        let size = mean.len() / items;
        let out = (0..items)
            .map(|i| {
                let range = i * size..(i + 1) * size;
                let pairs = mean[range.clone()].chunks(4096);
                let total: f64 = pairs
                    .zip(target[range].chunks(4096))
                    .map(|(a, b)| f64::from(vectorised!(sum2(a, b, |a, b| (a - b) * (a - b)))))
                    .sum();
                (0.5 * total / size as f64) as f32 + HALF_LOG_TWO_PI
            })
            .collect();
        Ok((out, items.into()))
    }

    fn backward(
        &self,
        inputs: &[Input],
        wanted: &[bool],
        _output: &Input,
        grad: &Input,
    ) -> Result<Vec<Option<Vec<f32>>>> {
        let [mean, target] = inputs else {
            bail!("gaussian likelihood takes two inputs");
        };
        if wanted[1] {
            bail!("gaussian likelihood: no gradient to the target");
        }
        let size = mean.len() / mean.dims[0];
        let mut out = mean.to_vec();
        vectorised!({
            let items = out.chunks_exact_mut(size).zip(target.chunks_exact(size));
            for ((out, target), &grad) in items.zip(grad.iter()) {
                let scale = grad / size as f32;
                for (out, &target) in out.iter_mut().zip(target) {
                    *out = (*out - target) * scale;
                }
            }
        });
        Ok(vec![Some(out), None])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mixture_probabilities_sum_to_one() {
        let raw = [0.3, -1.0, 2.0, -2.0, -7.0, 0.5, 1.0, -0.2, 0.1];
        for cardinality in [2, 4, 8, 15, 32, 100] {
            let total: f32 = logistic_mixture_probabilities(&raw, cardinality)
                .iter()
                .sum();
            assert!((total - 1.0).abs() < 1e-5, "{cardinality}: {total}");
        }
    }
}
