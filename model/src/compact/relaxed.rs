//! From the decoder's outputs back to the encoder's inputs: what the network would read if it read
//! what it wrote.
//!
//! Forwards everything is whole, as it is in a patch: numbers are rounded, switches have one setting.
//! Backwards nothing is: gradients pass as if numbers were their expected values and switches their
//! probabilities (a straight-through estimator; Bengio, Léonard and Courville 2013).

use candle_core::{CpuStorage, CustomOp1, Layout as Strides, Result, Shape, Tensor};

use super::layout::{Layout, NUMBER_OUTPUTS};
use super::likelihood::{expected, most_likely};
use super::ops;

/// The inputs that stand for the patches that outputs mean: `(rows, outputs)` to `(rows, inputs)` of
/// that layout.
pub fn reread(outputs: &Tensor, layout: &'static Layout) -> Result<Tensor> {
    outputs.contiguous()?.apply_op1(Reread(layout))
}

struct Reread(&'static Layout);

impl Reread {
    fn values(&self, outputs: &[f32], values: &mut Vec<u8>) {
        let (numbers, mut logits) = outputs.split_at(self.0.number_count() * NUMBER_OUTPUTS);
        values.clear();
        let numbers = numbers.as_chunks::<NUMBER_OUTPUTS>().0.iter();
        for (outputs, count) in numbers.zip(self.0.number_values()) {
            values.push((expected(outputs).0 * (count - 1) as f32).round() as u8);
        }
        for count in self.0.switch_values() {
            let (here, rest) = logits.split_at(count);
            values.push(most_likely(here));
            logits = rest;
        }
    }

    fn gradient(&self, outputs: &[f32], by_input: &[f32], by_output: &mut [f32]) {
        let width = self.0.number_count() * NUMBER_OUTPUTS;
        let (numbers, mut logits) = outputs.split_at(width);
        let (by_numbers, mut by_logits) = by_output.split_at_mut(width);
        let (by_value, mut by_one_of) = by_input.split_at(self.0.number_count());
        let mut by_value = by_value.to_vec();
        for by_value in &mut by_value {
            // Inputs go from -1 to 1, expected values from 0 to 1.
            *by_value *= 2.0;
        }
        let parts = numbers.as_chunks::<NUMBER_OUTPUTS>().0;
        if self.0.has_coarse() {
            // One of n, as a function of the number: what the next one gains over the one before.
            let count = self.0.number_values().next().unwrap_or(1);
            let (by_coarse, rest) = by_one_of.split_at(count);
            let at = (expected(&parts[0]).0 * (count - 1) as f32).round() as usize;
            let (before, after) = (at.saturating_sub(1), (at + 1).min(count - 1));
            let rise = (by_coarse[after] - by_coarse[before]) / (after - before) as f32;
            by_value[0] += rise * (count - 1) as f32;
            by_one_of = rest;
        }
        let by_parts = by_numbers.as_chunks_mut::<NUMBER_OUTPUTS>().0;
        for ((outputs, by_outputs), by_value) in parts.iter().zip(by_parts).zip(by_value) {
            for (by_output, slope) in by_outputs.iter_mut().zip(expected(outputs).1) {
                *by_output = by_value * slope;
            }
        }
        for count in self.0.switch_values() {
            let (here, rest) = logits.split_at(count);
            let (by_here, by_rest) = by_logits.split_at_mut(count);
            let (by_setting, by_others) = by_one_of.split_at(count);
            let highest = here.iter().copied().fold(f32::MIN, f32::max);
            let weights: Vec<f32> = here.iter().map(|logit| (logit - highest).exp()).collect();
            let sum: f32 = weights.iter().sum();
            let mean: f32 = weights
                .iter()
                .zip(by_setting)
                .map(|(w, by)| w / sum * by)
                .sum();
            for ((by, weight), by_setting) in by_here.iter_mut().zip(weights).zip(by_setting) {
                *by = weight / sum * (by_setting - mean);
            }
            (logits, by_logits, by_one_of) = (rest, by_rest, by_others);
        }
    }
}

impl CustomOp1 for Reread {
    fn name(&self) -> &'static str {
        "reread"
    }

    fn cpu_fwd(&self, outputs: &CpuStorage, strides: &Strides) -> Result<(CpuStorage, Shape)> {
        let outputs = ops::slice(outputs, strides)?;
        let rows = outputs.len() / self.0.outputs();
        let mut inputs = vec![0.0; rows * self.0.inputs()];
        let mut values = Vec::new();
        let all = outputs.chunks_exact(self.0.outputs());
        for (outputs, input) in all.zip(inputs.chunks_exact_mut(self.0.inputs())) {
            self.values(outputs, &mut values);
            self.0.write_input(&values, input);
        }
        Ok((
            CpuStorage::F32(inputs),
            Shape::from((rows, self.0.inputs())),
        ))
    }

    fn bwd(&self, outputs: &Tensor, _: &Tensor, gradient: &Tensor) -> Result<Option<Tensor>> {
        let (values, by_input) = (ops::values(outputs)?, ops::values(gradient)?);
        let mut by_output = vec![0.0; values.len()];
        let rows = values
            .chunks_exact(self.0.outputs())
            .zip(by_input.chunks_exact(self.0.inputs()));
        for ((outputs, by_input), by_output) in
            rows.zip(by_output.chunks_exact_mut(self.0.outputs()))
        {
            self.gradient(outputs, by_input, by_output);
        }
        Tensor::from_vec(by_output, outputs.shape(), outputs.device()).map(Some)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compact::layout::{OPERATOR, PATCH};
    use crate::random::Random;
    use candle_core::{Device, Var};

    #[test]
    fn what_is_read_is_whole_and_gradients_point_the_way() {
        for layout in [&OPERATOR, &PATCH] {
            let mut random = Random::new(6);
            let outputs = random.normals(layout.outputs());
            let outputs = Var::from_vec(outputs, (1, layout.outputs()), &Device::Cpu).unwrap();
            let inputs = reread(&outputs, layout).unwrap();
            let read: Vec<f32> = inputs.flatten_all().unwrap().to_vec1().unwrap();
            let ones: f32 = read[layout.number_count()..].iter().sum();
            let coarse = usize::from(layout.has_coarse());
            assert_eq!(ones, (layout.switch_values().count() + coarse) as f32);

            // Asking for more of the first number raises its expected value.
            let wish = inputs.narrow(1, 0, 1).unwrap().sum_all().unwrap();
            let gradient = wish.backward().unwrap().get(&outputs).unwrap().clone();
            let step = (outputs.as_tensor() + (gradient * 0.01).unwrap()).unwrap();
            let first = |of: &Tensor| {
                let row: Vec<f32> = of.flatten_all().unwrap().to_vec1().unwrap();
                expected(row.first_chunk().unwrap()).0
            };
            assert!(first(&step) > first(&outputs));
        }
    }
}
