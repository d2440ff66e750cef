//! The course of a note: its envelope in plain time, and what is said of envelopes in few words.

use super::hearing::{RATE, TOTAL_S};
use crate::ops::vector::{sum, vectorised};

/// Seconds of a step of the envelope.
const STEP_S: f64 = 0.025;
/// Steps over which an envelope is smoothed before words are found for it.
const SMOOTH: usize = 4;
/// The parts of the loudest between which a sound rises, and above which it is there.
const RISING: (f32, f32) = (0.1, 0.9);
const THERE: f32 = 0.4;

/// How many figures describe a course.
pub const FIGURES: usize = 6;

/// How many steps an envelope has.
pub const STEPS: usize = (TOTAL_S / STEP_S) as usize;

/// The root mean square of each step of a note; steps past its end are silent.
pub fn envelope(samples: &[f32]) -> Vec<f32> {
    let mut envelope: Vec<f32> = samples
        .chunks_exact((STEP_S * RATE) as usize)
        .map(|step| {
            let sum = vectorised!(sum(step, |sample| sample * sample));
            (sum / step.len() as f32).sqrt()
        })
        .collect();
    envelope.resize(STEPS, 0.0);
    envelope
}

/// A course in figures of about the same size: the logarithm of the time of rising, when it peaks,
/// how long it is there, its centre in time, how fast it decays, and how much it sways.
pub fn figures(envelope: &[f32]) -> [f32; FIGURES] {
    let smooth: Vec<f32> = (0..envelope.len())
        .map(|i| {
            let from = i.saturating_sub(SMOOTH);
            let part = &envelope[from..=i];
            part.iter().sum::<f32>() / part.len() as f32
        })
        .collect();
    let loudest = smooth.iter().copied().fold(1e-9f32, f32::max);
    let first = |level: f32| crossing(&smooth, level * loudest);
    let step = STEP_S as f32;

    let rise = ((first(RISING.1) - first(RISING.0)) * step).max(0.005);
    let peak = smooth.iter().position(|&v| v >= loudest).unwrap_or(0);
    let there = |level: f32| smooth.iter().filter(|&&v| v > level * loudest).count() as f32 * step;
    let sum: f32 = smooth.iter().sum::<f32>().max(1e-9);
    let moments = smooth.iter().enumerate().map(|(i, v)| i as f32 * step * v);
    let centre = moments.sum::<f32>() / sum;

    let is_there = |&v: &f32| v > THERE * loudest;
    let last = envelope.iter().rposition(is_there).unwrap_or(peak);
    let sustain = &envelope[peak.min(last)..=last];
    let (slope, sway) = line(sustain, 0.05 * loudest);
    [
        rise.log10(),
        peak as f32 * step,
        there(THERE),
        2.0 * centre,
        (slope / step).clamp(-6.0, 2.0) / 2.0,
        4.0 * sway,
    ]
}

/// Where the values first reach a level, in steps and parts of one.
fn crossing(values: &[f32], level: f32) -> f32 {
    let Some(at) = values.iter().position(|&value| value >= level) else {
        return values.len() as f32;
    };
    let before = if at == 0 { 0.0 } else { values[at - 1] };
    at as f32 - (values[at] - level) / (values[at] - before).max(1e-9)
}

/// The slope of the line of least squares through the logarithm of the values, per step, and how
/// far they sway around it; values below `least` count as that.
fn line(values: &[f32], least: f32) -> (f32, f32) {
    if values.len() < 4 {
        return (0.0, 0.0);
    }
    let n = values.len() as f32;
    let middle = (n - 1.0) / 2.0;
    let logs: Vec<f32> = values.iter().map(|v| v.max(least).ln()).collect();
    let mean = logs.iter().sum::<f32>() / n;
    let moments = logs
        .iter()
        .enumerate()
        .map(|(i, log)| (i as f32 - middle) * log);
    let slope = moments.sum::<f32>() * 12.0 / (n * (n * n - 1.0));
    let errors = logs.iter().enumerate().map(|(i, log)| {
        let error = log - mean - slope * (i as f32 - middle);
        error * error
    });
    (slope, (errors.sum::<f32>() / n).sqrt().min(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(envelope: impl Fn(f32) -> f32, want: [f32; FIGURES], tolerance: f32) {
        let envelope: Vec<f32> = (0..160).map(|i| envelope(i as f32 * 0.025)).collect();
        for (got, want) in figures(&envelope).into_iter().zip(want) {
            assert!((got - want).abs() < tolerance, "{:?}", figures(&envelope));
        }
    }

    #[test]
    fn courses_are_told_apart() {
        let held = |t: f32| if t < 2.0 { 0.1 } else { 0.0 };
        check(held, [0.02f32.log10(), 0.0, 2.0, 2.0, 0.0, 0.0], 0.4);
        let decaying = |t: f32| (-2.0 * t).exp();
        check(decaying, [0.02f32.log10(), 0.0, 0.5, 1.0, -1.0, 0.0], 0.2);
        let rising = |t: f32| t.min(2.0);
        check(rising, [1.6f32.log10(), 2.1, 3.2, 4.85, 0.0, 0.0], 0.2);
    }
}
