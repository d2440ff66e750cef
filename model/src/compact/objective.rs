//! How well the outputs of a decoder fit patches, as one number with gradients, and in figures that a
//! person can read.

use std::sync::Mutex;

use candle_core::{CpuStorage, CustomOp2, Layout as Strides, Result, Shape, Tensor};

use super::layout::{Layout, NUMBER_OUTPUTS, OPERATOR, OPERATORS, PATCH, TOKENS};
use super::likelihood::{expected, most_likely, number_loss, switch_loss};
use super::network::Decoded;

/// How well patches were reconstructed. Sums, so that parts can be added up.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Fit {
    /// Patches.
    pub patches: f64,
    /// Negative log likelihood, nats.
    pub loss: f64,
    /// Switches whose most likely setting is the patch's.
    pub switches_right: f64,
    /// All switches.
    pub switches: f64,
    /// Distances of the expected numbers from the patch's, each as a part of its range.
    pub number_error: f64,
    /// All numbers.
    pub numbers: f64,
}

impl Fit {
    /// The part of the switches that are right, 0 to 1.
    pub fn switch_accuracy(&self) -> f64 {
        self.switches_right / self.switches.max(1.0)
    }

    /// The mean distance of a number, as a part of its range.
    pub fn mean_number_error(&self) -> f64 {
        self.number_error / self.numbers.max(1.0)
    }

    /// Nats per parameter.
    pub fn mean_loss(&self) -> f64 {
        self.loss / (self.switches + self.numbers).max(1.0)
    }

    /// Adds another part.
    pub fn add(&mut self, other: &Fit) {
        self.patches += other.patches;
        self.loss += other.loss;
        self.switches_right += other.switches_right;
        self.switches += other.switches;
        self.number_error += other.number_error;
        self.numbers += other.numbers;
    }

    fn judge(
        &mut self,
        layout: &Layout,
        outputs: &[f32],
        values: &[u8],
        scale: f32,
        gradient: &mut [f32],
    ) {
        let (count, width) = (
            layout.number_count(),
            layout.number_count() * NUMBER_OUTPUTS,
        );
        let (numbers, mut logits) = outputs.split_at(width);
        let (number_gradient, mut logit_gradient) = gradient.split_at_mut(width);
        let (number_values, switch_values) = values.split_at(count);
        let parts = numbers.as_chunks::<NUMBER_OUTPUTS>().0.iter();
        let gradients = number_gradient
            .as_chunks_mut::<NUMBER_OUTPUTS>()
            .0
            .iter_mut();
        let wanted = number_values.iter().zip(layout.number_values());
        for ((outputs, gradient), (&value, values)) in parts.zip(gradients).zip(wanted) {
            self.loss += f64::from(number_loss(outputs, value, values, scale, gradient));
            let truth = f32::from(value) / (values - 1) as f32;
            self.number_error += f64::from((expected(outputs).0 - truth).abs());
            self.numbers += 1.0;
        }
        for (&value, values) in switch_values.iter().zip(layout.switch_values()) {
            let (here, rest) = logits.split_at(values);
            let (here_gradient, rest_gradient) = logit_gradient.split_at_mut(values);
            self.loss += f64::from(switch_loss(here, value, scale, here_gradient));
            self.switches_right += f64::from(u8::from(most_likely(here) == value));
            self.switches += 1.0;
            (logits, logit_gradient) = (rest, rest_gradient);
        }
    }
}

/// Bytes of a patch as [`patch_values`] gives them.
pub const PATCH_VALUES: usize = 144;

/// The values of all tokens of a patch, one after the other.
pub fn patch_values(patch: &presets::Patch) -> [u8; PATCH_VALUES] {
    let mut values = (0..TOKENS).flat_map(|token| Layout::of(token).values(patch, token));
    std::array::from_fn(|_| values.next().unwrap_or_default())
}

/// The mean negative log likelihood of patches, in nats per parameter, and how well they fit.
/// `values` are those of each patch, as [`patch_values`] gives them.
pub fn patch_loss(decoded: &Decoded, values: Vec<[u8; PATCH_VALUES]>) -> Result<(Tensor, Fit)> {
    // The operation says how well patches fit while it computes; the tensor holds only the loss.
    let fit = std::sync::Arc::new(Mutex::new(Fit::default()));
    let op = PatchLoss {
        values,
        fit: fit.clone(),
        gradients: Mutex::default(),
    };
    let loss = decoded.operators.apply_op2(&decoded.patch, op)?;
    let fit = fit.lock().map(|fit| *fit).unwrap_or_default();
    Ok((loss, fit))
}

struct PatchLoss {
    values: Vec<[u8; PATCH_VALUES]>,
    fit: std::sync::Arc<Mutex<Fit>>,
    gradients: Mutex<(Vec<f32>, Vec<f32>)>,
}

impl CustomOp2 for PatchLoss {
    fn name(&self) -> &'static str {
        "patch_loss"
    }

    fn cpu_fwd(
        &self,
        operators: &CpuStorage,
        operator_strides: &Strides,
        patch: &CpuStorage,
        patch_strides: &Strides,
    ) -> Result<(CpuStorage, Shape)> {
        let operators = super::ops::slice(operators, operator_strides)?;
        let patch = super::ops::slice(patch, patch_strides)?;
        let mut by_operators = vec![0.0; operators.len()];
        let mut by_patch = vec![0.0; patch.len()];
        let scale = 1.0 / (self.values.len() * PATCH_VALUES) as f32;
        let mut fit = Fit::default();
        let per_operator = OPERATOR.number_count() + OPERATOR.switch_values().count();
        for (index, values) in self.values.iter().enumerate() {
            fit.patches += 1.0;
            let (of_operators, of_patch) = values.split_at(OPERATORS * per_operator);
            for (token, values) in of_operators.chunks_exact(per_operator).enumerate() {
                let start = (index * OPERATORS + token) * OPERATOR.outputs();
                let place = start..start + OPERATOR.outputs();
                let gradient = &mut by_operators[place.clone()];
                fit.judge(&OPERATOR, &operators[place], values, scale, gradient);
            }
            let place = index * PATCH.outputs()..(index + 1) * PATCH.outputs();
            fit.judge(
                &PATCH,
                &patch[place.clone()],
                of_patch,
                scale,
                &mut by_patch[place],
            );
        }
        if let (Ok(mut kept), Ok(mut told)) = (self.gradients.lock(), self.fit.lock()) {
            *kept = (by_operators, by_patch);
            *told = fit;
        }
        Ok((
            CpuStorage::F32(vec![fit.mean_loss() as f32]),
            Shape::from(()),
        ))
    }

    fn bwd(
        &self,
        operators: &Tensor,
        patch: &Tensor,
        _: &Tensor,
        gradient: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>)> {
        let Ok(kept) = self.gradients.lock() else {
            candle_core::bail!("a loss was interrupted");
        };
        let device = gradient.device();
        let weight = f64::from(gradient.to_scalar::<f32>()?);
        let by = |kept: &[f32], of: &Tensor| {
            Tensor::from_slice(kept, of.shape(), device)?
                .affine(weight, 0.0)
                .map(Some)
        };
        Ok((by(&kept.0, operators)?, by(&kept.1, patch)?))
    }
}
