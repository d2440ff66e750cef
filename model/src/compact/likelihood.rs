//! What the network's outputs say of a parameter: a discretised mixture of logistics for a number
//! (Salimans, Karpathy, Chen and Kingma, "PixelCNN++", 2017), a softmax for a switch; with gradients.
//!
//! A number with `n` values lies on the grid 0, 1/(n-1), …, 1; the mass beyond the ends belongs to
//! the outermost values.

use super::layout::{COMPONENTS, NUMBER_OUTPUTS};

/// Log scales are at least this: a ninth of a step of a hundred.
const LEAST_LOG_SCALE: f32 = -7.0;
/// Where all outputs are 0, log scales are this.
const LOG_SCALE_AT_REST: f32 = -2.0;

/// A component of the mixture.
#[derive(Clone, Copy, Debug, Default)]
struct Component {
    centre: f32,
    log_scale: f32,
    log_weight: f32,
}

fn components(outputs: &[f32; NUMBER_OUTPUTS]) -> [Component; COMPONENTS] {
    std::array::from_fn(|i| Component {
        // At rest the three lie low, in the middle and high.
        centre: 0.5 * (outputs[3 * i] + i as f32),
        log_scale: (outputs[3 * i + 1] + LOG_SCALE_AT_REST).max(LEAST_LOG_SCALE),
        log_weight: outputs[3 * i + 2],
    })
}

/// The negative log likelihood, in nats, that a number of `values` values has the value `index`. Adds
/// the gradient towards the outputs, times `scale`, to `gradient`.
pub fn number_loss(
    outputs: &[f32; NUMBER_OUTPUTS],
    index: u8,
    values: usize,
    scale: f32,
    gradient: &mut [f32; NUMBER_OUTPUTS],
) -> f32 {
    let parts = components(outputs);
    let mut joint = [0.0; COMPONENTS];
    let mut slopes = [(0.0, 0.0); COMPONENTS];
    for (i, part) in parts.iter().enumerate() {
        let (log_mass, slope) = log_mass(part, usize::from(index), values);
        joint[i] = part.log_weight + log_mass;
        slopes[i] = slope;
    }
    let weights = softmax(parts.map(|part| part.log_weight));
    let shares = softmax(joint);
    for i in 0..COMPONENTS {
        let (by_centre, by_log_scale) = slopes[i];
        gradient[3 * i] -= scale * shares[i] * by_centre * 0.5;
        if outputs[3 * i + 1] + LOG_SCALE_AT_REST > LEAST_LOG_SCALE {
            gradient[3 * i + 1] -= scale * shares[i] * by_log_scale;
        }
        gradient[3 * i + 2] -= scale * (shares[i] - weights[i]);
    }
    log_sum_exp(parts.map(|part| part.log_weight)) - log_sum_exp(joint)
}

/// The log of a component's mass at a value, and its slopes by centre and by log scale.
fn log_mass(part: &Component, index: usize, values: usize) -> (f32, (f32, f32)) {
    let steps = (values - 1) as f32;
    let (half, scale) = (0.5 / steps, part.log_scale.exp());
    let away = (index as f32 / steps - part.centre) / scale;
    let (above, below) = (away + half / scale, away - half / scale);
    if index == 0 {
        let rest = sigmoid(-above);
        return (-softplus(-above), (-rest / scale, -rest * above));
    }
    if index == values - 1 {
        let rest = sigmoid(below);
        return (-softplus(below), (rest / scale, rest * below));
    }
    let (high, low) = (sigmoid(above), sigmoid(below));
    let mass = high - low;
    if mass > 1e-5 {
        let (at_high, at_low) = (high * (1.0 - high), low * (1.0 - low));
        let by_centre = (at_low - at_high) / (scale * mass);
        let by_log_scale = (below * at_low - above * at_high) / mass;
        return (mass.ln(), (by_centre, by_log_scale));
    }
    // Too little to subtract: the density in the middle of the step, times the step.
    let log_density = -away - 2.0 * softplus(-away);
    let by_away = 1.0 - 2.0 * sigmoid(away);
    (
        log_density + (2.0 * half).ln() - part.log_scale,
        (-by_away / scale, -by_away * away - 1.0),
    )
}

/// The value to be expected of a number, 0 to 1, and its slopes by each output. The mixture's mass
/// beyond the ends counts as the ends. Weights are sharpened, so that a mixture of two far values
/// chooses one of them rather than neither, and yet moves steadily when the latent does.
pub fn expected(outputs: &[f32; NUMBER_OUTPUTS]) -> (f32, [f32; NUMBER_OUTPUTS]) {
    const SHARPNESS: f32 = 3.0;
    let parts = components(outputs);
    let weights = softmax(parts.map(|part| SHARPNESS * part.log_weight));
    let mut means = [0.0; COMPONENTS];
    let mut slopes = [0.0; NUMBER_OUTPUTS];
    for (i, part) in parts.iter().enumerate() {
        // The integral over 0..1 of the probability to lie above.
        let scale = part.log_scale.exp();
        let (low, high) = (part.centre / scale, (part.centre - 1.0) / scale);
        means[i] = scale * (softplus(low) - softplus(high));
        slopes[3 * i] = 0.5 * weights[i] * (sigmoid(low) - sigmoid(high));
        let by_scale = softplus(low) - softplus(high) - low * sigmoid(low) + high * sigmoid(high);
        slopes[3 * i + 1] = weights[i] * by_scale * scale;
    }
    let mean: f32 = means
        .iter()
        .zip(weights)
        .map(|(mean, weight)| mean * weight)
        .sum();
    for i in 0..COMPONENTS {
        slopes[3 * i + 2] = SHARPNESS * weights[i] * (means[i] - mean);
    }
    (mean.clamp(0.0, 1.0), slopes)
}

/// The negative log likelihood, in nats, that a switch is set to `index`. Adds the gradient towards
/// the logits, times `scale`, to `gradient`.
pub fn switch_loss(logits: &[f32], index: u8, scale: f32, gradient: &mut [f32]) -> f32 {
    let highest = logits.iter().copied().fold(f32::MIN, f32::max);
    let sum: f32 = logits.iter().map(|logit| (logit - highest).exp()).sum();
    for (i, (logit, gradient)) in logits.iter().zip(gradient).enumerate() {
        let wanted = if i == usize::from(index) { 1.0 } else { 0.0 };
        *gradient += scale * ((logit - highest).exp() / sum - wanted);
    }
    highest + sum.ln() - logits[usize::from(index)]
}

/// The most likely setting of a switch; the first of several.
pub fn most_likely(logits: &[f32]) -> u8 {
    let mut best = 0;
    for (i, logit) in logits.iter().enumerate() {
        if *logit > logits[best] {
            best = i;
        }
    }
    best as u8
}

fn softmax(logits: [f32; COMPONENTS]) -> [f32; COMPONENTS] {
    let all = log_sum_exp(logits);
    logits.map(|logit| (logit - all).exp())
}

fn log_sum_exp(values: [f32; COMPONENTS]) -> f32 {
    let highest = values.iter().copied().fold(f32::MIN, f32::max);
    highest
        + values
            .iter()
            .map(|value| (value - highest).exp())
            .sum::<f32>()
            .ln()
}

fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + (-x).exp())
}

fn softplus(x: f32) -> f32 {
    x.max(0.0) + (-x.abs()).exp().ln_1p()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    fn outputs(random: &mut Random) -> [f32; NUMBER_OUTPUTS] {
        std::array::from_fn(|_| random.normal())
    }

    #[test]
    fn probabilities_of_a_number_sum_to_one() {
        let mut random = Random::new(3);
        for values in [4, 8, 15, 32, 100] {
            let outputs = outputs(&mut random);
            let sum: f32 = (0..values)
                .map(|i| (-number_loss(&outputs, i as u8, values, 0.0, &mut [0.0; 9])).exp())
                .sum();
            assert!((sum - 1.0).abs() < 1e-3, "{values} values: {sum}");
        }
    }

    #[test]
    fn gradients_are_those_of_finite_differences() {
        let mut random = Random::new(4);
        for (index, values) in [(0, 100), (99, 100), (40, 100), (1, 4), (3, 4), (20, 32)] {
            let outputs = outputs(&mut random);
            let mut gradient = [0.0; NUMBER_OUTPUTS];
            number_loss(&outputs, index, values, 1.0, &mut gradient);
            let (_, slopes) = expected(&outputs);
            for i in 0..NUMBER_OUTPUTS {
                let at = |change: f32| {
                    let mut outputs = outputs;
                    outputs[i] += change;
                    let loss = number_loss(&outputs, index, values, 0.0, &mut [0.0; 9]);
                    (loss, expected(&outputs).0)
                };
                let (up, down) = (at(1e-2), at(-1e-2));
                let numeric = (up.0 - down.0) / 2e-2;
                assert!(
                    (numeric - gradient[i]).abs() < 0.02 * (1.0 + numeric.abs()),
                    "{index} of {values}, output {i}: {numeric}, not {}",
                    gradient[i]
                );
                let numeric = (up.1 - down.1) / 2e-2;
                assert!(
                    (numeric - slopes[i]).abs() < 5e-3,
                    "expected, output {i}: {numeric}, not {}",
                    slopes[i]
                );
            }
        }
    }

    #[test]
    fn far_from_everything_the_loss_is_finite_and_points_back() {
        let mut outputs = [0.0; NUMBER_OUTPUTS];
        for i in 0..COMPONENTS {
            outputs[3 * i] = 2.0 - i as f32;
            outputs[3 * i + 1] = -9.0;
        }
        let mut gradient = [0.0; NUMBER_OUTPUTS];
        let loss = number_loss(&outputs, 10, 100, 1.0, &mut gradient);
        assert!(loss.is_finite() && loss > 100.0);
        assert!(gradient.iter().all(|slope| slope.is_finite()));
        assert!(gradient[0] + gradient[3] + gradient[6] > 0.0);
    }

    #[test]
    fn a_switch_s_gradient_sums_to_nothing() {
        let mut gradient = [0.0; 3];
        let loss = switch_loss(&[1.0, 2.0, 0.5], 1, 1.0, &mut gradient);
        assert!(loss > 0.0 && gradient[1] < 0.0);
        assert!(gradient.iter().sum::<f32>().abs() < 1e-6);
        assert_eq!(most_likely(&[1.0, 2.0, 0.5]), 1);
    }
}
