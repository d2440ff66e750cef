//! [`Ear`]: how a patch sounds, for the library's search by timbre. Quick rather than complete: one
//! note, a coarse picture of its spectrum in three parts of its life, and five figures. The 46
//! published features are the `timbre` crate's.

use std::sync::Arc;

use engine::EngineKind;
use presets::library::sound::{Features, Measure, TIMBRE_LEN};
use presets::{FractionalPatch, Patch};
use realfft::num_complex::Complex;
use realfft::{RealFftPlanner, RealToComplex};

use crate::offline::{Note, render_note};

/// Samples per second.
const RATE: f64 = 32_000.0;
/// Middle C, held for a second.
const NOTE: Note = Note {
    key: 60,
    velocity: 100,
    hold_s: 1.0,
    total_s: 1.0,
};
/// Samples of a spectrum, and from one to the next.
const FRAME: usize = 1024;
const HOP: usize = 512;
/// Bands of the picture, evenly spaced on the mel scale between these frequencies in Hz.
const BANDS: usize = TIMBRE_LEN / PARTS;
const LOWEST_HZ: f64 = 40.0;
const HIGHEST_HZ: f64 = 15_000.0;
/// Attack, body, tail: until these times in seconds.
const PARTS: usize = 3;
const PART_ENDS: [f64; PARTS] = [0.08, 0.4, 1.0];
/// What is quieter than this, in dB against the loudest band, is as good as silent.
const FLOOR_DB: f32 = -60.0;
/// Samples of a level: 5 ms.
const BLOCK: usize = 160;
/// Samples in which a pitch is looked for, and the longest and shortest period of one: 31 to
/// 1000 Hz.
const PITCH_LEN: usize = 4096;
const LONGEST: usize = 1024;
const SHORTEST: usize = 32;

/// Measures patches with the built-in engine, on any number of threads.
pub struct Ear {
    spectrum: Arc<dyn RealToComplex<f32>>,
    autocorrelation: Arc<dyn RealToComplex<f32>>,
    window: Vec<f32>,
    /// The band of each bin of a spectrum, if it has one.
    bands: Vec<Option<usize>>,
}

impl Ear {
    /// An ear, with its tables made.
    pub fn new() -> Ear {
        let mut planner = RealFftPlanner::new();
        let bin = |bin: usize| bin as f64 * RATE / FRAME as f64;
        let position = |hz: f64| {
            let (low, high) = (mel(LOWEST_HZ), mel(HIGHEST_HZ));
            ((mel(hz) - low) / (high - low) * BANDS as f64).floor()
        };
        let band = |hz: f64| {
            let position = position(hz);
            (0.0..BANDS as f64)
                .contains(&position)
                .then_some(position as usize)
        };
        Ear {
            spectrum: planner.plan_fft_forward(FRAME),
            autocorrelation: planner.plan_fft_forward(2 * PITCH_LEN),
            window: (0..FRAME)
                .map(|i| {
                    (std::f32::consts::PI * (i as f32 + 0.5) / FRAME as f32)
                        .sin()
                        .powi(2)
                })
                .collect(),
            bands: (0..=FRAME / 2).map(|index| band(bin(index))).collect(),
        }
    }

    /// The power spectrum of windowed samples.
    fn power(transform: &dyn RealToComplex<f32>, mut samples: Vec<f32>) -> Vec<f32> {
        let mut spectrum = transform.make_output_vec();
        // PANIC: both buffers have the transform's lengths.
        transform
            .process(&mut samples, &mut spectrum)
            .expect("the lengths fit");
        spectrum.iter().map(Complex::norm_sqr).collect()
    }

    /// How periodic the samples are: 0 is noise, 1 a clear pitch. The highest peak of the
    /// autocorrelation, corrected for its falling with the lag.
    fn pitched(&self, samples: &[f32]) -> f32 {
        let mut padded = samples.to_vec();
        padded.resize(2 * PITCH_LEN, 0.0);
        let power = Ear::power(&*self.autocorrelation, padded);
        // The transform of a real, even spectrum is the autocorrelation again.
        let mirrored = power
            .iter()
            .chain(power[1..PITCH_LEN].iter().rev())
            .copied()
            .collect();
        let mut spectrum = self.autocorrelation.make_output_vec();
        let mut mirrored: Vec<f32> = mirrored;
        self.autocorrelation
            .process(&mut mirrored, &mut spectrum)
            .expect("the lengths fit");
        let total = spectrum[0].re;
        if total <= 0.0 {
            return 0.0;
        }
        let at = |lag: usize| spectrum[lag].re / (1.0 - lag as f32 / PITCH_LEN as f32) / total;
        // Before its first dip the autocorrelation is high for every sound.
        let dip = (1..LONGEST)
            .find(|&lag| at(lag) <= 0.0)
            .unwrap_or(LONGEST)
            .max(SHORTEST);
        (dip..LONGEST).map(at).fold(0.0, f32::max).clamp(0.0, 1.0)
    }
}

impl Default for Ear {
    fn default() -> Ear {
        Ear::new()
    }
}

impl Measure for Ear {
    fn version(&self) -> u32 {
        1
    }

    fn measure(&self, patch: &Patch) -> Features {
        let samples = render_note(
            &FractionalPatch::from(patch),
            &NOTE,
            RATE,
            EngineKind::Modern,
        );
        let levels: Vec<f32> = samples.chunks(BLOCK).map(mean_square).collect();
        let loudest = levels.iter().copied().fold(0.0, f32::max);
        if loudest <= 0.0 {
            return SILENCE;
        }
        let near_loudest = levels.iter().position(|&level| level >= 0.63 * loudest);
        let peak = near_loudest.unwrap_or(0);
        let last = levels.len().saturating_sub(10);
        let end = levels[last..].iter().sum::<f32>() / (levels.len() - last) as f32;

        let mut parts = [[0.0f32; BANDS]; PARTS];
        let mut frames = [0.0f32; PARTS];
        let (mut weighted, mut total) = (0.0f64, 0.0f64);
        for (index, frame) in samples.windows(FRAME).step_by(HOP).enumerate() {
            let windowed = frame.iter().zip(&self.window).map(|(s, w)| s * w).collect();
            let power = Ear::power(&*self.spectrum, windowed);
            let time = (index * HOP + FRAME / 2) as f64 / RATE;
            let part = PART_ENDS
                .iter()
                .position(|&end| time < end)
                .unwrap_or(PARTS - 1);
            frames[part] += 1.0;
            for (bin, (&power, &band)) in power.iter().zip(&self.bands).enumerate() {
                if let Some(band) = band {
                    parts[part][band] += power;
                }
                let hz = bin as f64 * RATE / FRAME as f64;
                weighted += hz * f64::from(power);
                total += f64::from(power);
            }
        }
        for (part, frames) in parts.iter_mut().zip(frames) {
            part.iter_mut().for_each(|power| *power /= frames.max(1.0));
        }
        let most = parts.as_flattened().iter().copied().fold(0.0, f32::max);
        let picture = |i: usize| {
            let relative = decibels(parts.as_flattened()[i] / most.max(f32::MIN_POSITIVE));
            (relative - FLOOR_DB).max(0.0) / (TIMBRE_LEN as f32).sqrt()
        };
        let start = (peak * BLOCK).min(samples.len() - PITCH_LEN);
        Features {
            brightness: if total > 0.0 {
                (weighted / total) as f32
            } else {
                0.0
            },
            attack: (peak * BLOCK) as f32 / RATE as f32,
            sustain: decibels(end / loudest).max(-120.0),
            // A full-scale sine has a mean square of a half.
            loudness: decibels(2.0 * loudest),
            pitched: self.pitched(&samples[start..start + PITCH_LEN]),
            timbre: std::array::from_fn(picture),
        }
    }
}

/// What is measured of a patch that gives no sound.
const SILENCE: Features = Features {
    brightness: 0.0,
    attack: 0.0,
    sustain: 0.0,
    loudness: -120.0,
    pitched: 0.0,
    timbre: [0.0; TIMBRE_LEN],
};

fn mel(hz: f64) -> f64 {
    (1.0 + hz / 700.0).ln()
}

fn mean_square(samples: &[f32]) -> f32 {
    samples.iter().map(|sample| sample * sample).sum::<f32>() / samples.len().max(1) as f32
}

fn decibels(power: f32) -> f32 {
    10.0 * power.max(1e-12).log10()
}

#[cfg(test)]
mod tests {
    use super::*;
    use presets::{Operator, OperatorParameter, Parameter};

    #[test]
    fn a_sine_is_dark_and_has_a_pitch() {
        let sine = Ear::new().measure(&Patch::INIT);
        assert!(
            (sine.brightness - 261.6).abs() < 20.0,
            "{}",
            sine.brightness
        );
        assert!(sine.pitched > 0.95, "{}", sine.pitched);
        assert!(sine.attack < 0.03 && sine.sustain > -1.0, "{sine:?}");
        assert!(sine.loudness > -30.0, "{}", sine.loudness);
    }

    #[test]
    fn louder_is_no_other_timbre_and_shorter_is() {
        let ear = Ear::new();
        let carrier = Operator::ALL[0];
        let mut quiet = Patch::INIT;
        quiet.set_op(carrier, OperatorParameter::OutputLevel, 85);
        let mut short = Patch::INIT;
        short.set_op(carrier, OperatorParameter::EgRate2, 60);
        short.set_op(carrier, OperatorParameter::EgLevel2, 0);
        short.set_op(carrier, OperatorParameter::EgLevel3, 0);
        let [sine, quiet, short] = [Patch::INIT, quiet, short].map(|patch| ear.measure(&patch));
        assert!(quiet.loudness < sine.loudness - 3.0);
        assert!(sine.distance(&quiet) < 1.0, "{}", sine.distance(&quiet));
        assert!(
            short.sustain < -20.0 && sine.distance(&short) > 3.0,
            "{short:?}"
        );
    }

    #[test]
    fn feedback_is_bright_and_silence_is_silent() {
        let ear = Ear::new();
        let mut noise = Patch::INIT;
        noise.set(Parameter::ALGORITHM, 31);
        noise.set(Parameter::FEEDBACK, 7);
        // Operator 6 alone, modulating itself.
        noise.set_op(Operator::ALL[0], OperatorParameter::OutputLevel, 0);
        noise.set_op(Operator::ALL[5], OperatorParameter::OutputLevel, 99);
        assert!(ear.measure(&noise).brightness > 500.0);
        let mut silent = Patch::INIT;
        silent.set_op(Operator::ALL[0], OperatorParameter::OutputLevel, 0);
        let silent = ear.measure(&silent);
        assert!(silent.loudness < -60.0, "{silent:?}");
    }
}
