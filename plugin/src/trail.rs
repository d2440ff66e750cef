//! [`Trail`]: what a path sounds like along the way, as curves and a spectrogram to look at.

mod switches;

use std::sync::Arc;

use engine::{EngineKind, MorphTable};
use host_bridge::{Note, render_note};
use realfft::{RealFftPlanner, RealToComplex};
pub use switches::{Switch, switches};

/// Places of the path that are listened to, from A to B.
pub const POINTS: usize = 33;
/// Bands of the spectrum at each of them, evenly spaced in pitch from [`LOWEST_HZ`] upwards.
pub const BANDS: usize = 48;
/// The lowest frequency of the spectrum, in Hz.
pub const LOWEST_HZ: f64 = 100.0;

/// Hz; enough to tell bright from dark.
const RATE: f64 = 16_000.0;
const NOTE: Note = Note {
    key: 60,
    velocity: 100,
    hold_s: 0.4,
    total_s: 0.5,
};
/// Samples of a spectrum, and from one to the next.
const FRAME: usize = 2048;
const HOP: usize = 1024;
/// Samples of a level, 5 ms.
const BLOCK: usize = 80;

/// One place of the path.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// Loudness: root mean square, in dB below full scale.
    pub level_db: f32,
    /// Brightness: the root mean square of the frequencies in it, in Hz.
    pub brightness: f32,
    /// Attack: seconds until the note is nearly (9 tenths) at its loudest.
    pub attack_s: f32,
    /// Richness: over how many frequencies the energy is spread; 1 is a single sine.
    pub richness: f32,
    /// The power in each band, in dB against a full-scale sine.
    pub spectrum: [f32; BANDS],
}

/// The path from A to B.
#[derive(Clone, Debug, PartialEq)]
pub struct Trail {
    /// At [`POINTS`] equal steps.
    pub points: [Point; POINTS],
    /// From A to B; none beyond.
    pub switches: Vec<Switch>,
}

/// Listens along the path; `None` if `go_on` said no on the way.
pub fn listen(table: &MorphTable, kind: EngineKind, go_on: impl Fn() -> bool) -> Option<Trail> {
    let ear = Ear::new();
    let mut points = [ear.measure(&[]); POINTS];
    for (i, point) in points.iter_mut().enumerate() {
        if !go_on() {
            return None;
        }
        let patch = table.at(i as f32 / (POINTS - 1) as f32);
        *point = ear.measure(&render_note(&patch, &NOTE, RATE, kind));
    }
    Some(Trail {
        points,
        switches: switches(table),
    })
}

struct Ear {
    transform: Arc<dyn RealToComplex<f32>>,
    window: Vec<f32>,
}

impl Ear {
    fn new() -> Ear {
        let turn = std::f32::consts::TAU / FRAME as f32;
        Ear {
            transform: RealFftPlanner::new().plan_fft_forward(FRAME),
            window: (0..FRAME)
                .map(|i| 0.5 - 0.5 * (i as f32 * turn).cos())
                .collect(),
        }
    }

    fn measure(&self, samples: &[f32]) -> Point {
        let energy = |samples: &mut dyn Iterator<Item = f32>| -> f64 {
            samples.map(|sample| f64::from(sample).powi(2)).sum()
        };
        let sound = energy(&mut samples.iter().copied());
        // The difference of neighbours weighs every frequency f by 2 sin(pi f / rate).
        let slope = energy(&mut samples.windows(2).map(|pair| pair[1] - pair[0]));
        let half = (slope / sound.max(1e-12)).sqrt() / 2.0;
        let power = self.power(samples);
        Point {
            level_db: (10.0 * (sound / samples.len().max(1) as f64).log10()) as f32,
            brightness: (half.min(1.0).asin() / std::f64::consts::PI * RATE) as f32,
            attack_s: attack(samples),
            richness: richness(&power),
            spectrum: bands(&power),
        }
    }

    /// The mean power spectrum: a full-scale sine has 1 in its bin.
    fn power(&self, samples: &[f32]) -> Vec<f32> {
        let mut mean = vec![0.0; FRAME / 2 + 1];
        let frames = samples.windows(FRAME).step_by(HOP);
        let scale = 16.0 / (FRAME as f32).powi(2) / frames.len().max(1) as f32;
        for frame in frames {
            let mut input: Vec<f32> = frame.iter().zip(&self.window).map(|(s, w)| s * w).collect();
            let mut output = self.transform.make_output_vec();
            if self.transform.process(&mut input, &mut output).is_ok() {
                for (mean, bin) in mean.iter_mut().zip(&output) {
                    *mean += bin.norm_sqr() * scale;
                }
            }
        }
        mean
    }
}

/// Seconds until a block has 9 tenths of the amplitude of the loudest.
fn attack(samples: &[f32]) -> f32 {
    let levels: Vec<f32> = samples
        .chunks_exact(BLOCK)
        .map(|block| block.iter().map(|sample| sample * sample).sum())
        .collect();
    let loudest = levels.iter().copied().fold(0.0, f32::max);
    let reached = levels.iter().position(|&level| level >= 0.81 * loudest);
    reached.unwrap_or(0) as f32 * BLOCK as f32 / RATE as f32
}

/// The exponential of the entropy of the spectrum, less what the window spreads one sine over.
fn richness(power: &[f32]) -> f32 {
    /// What a single sine comes to: its bin and the four beside it.
    const SINE: f32 = 2.2;
    let total: f32 = power.iter().sum();
    if total <= 1e-12 {
        return 1.0;
    }
    let shares = power.iter().map(|power| power / total);
    let entropy: f32 = shares
        .filter(|&share| share > 0.0)
        .map(|share| -share * share.ln())
        .sum();
    (entropy.exp() / SINE).max(1.0)
}

fn bands(power: &[f32]) -> [f32; BANDS] {
    let bin = FRAME as f64 / RATE;
    let edge = |band: usize| {
        let octaves = (RATE / 2.0 / LOWEST_HZ).log2() * band as f64 / BANDS as f64;
        (LOWEST_HZ * octaves.exp2() * bin) as usize
    };
    std::array::from_fn(|band| {
        let last = power.len() - 1;
        let (from, to) = (edge(band).min(last), edge(band + 1).min(last));
        let loudest = power[from..=to.max(from)]
            .iter()
            .copied()
            .fold(0.0, f32::max);
        10.0 * loudest.max(1e-12).log10()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sine(hertz: f64) -> Vec<f32> {
        let step = std::f64::consts::TAU * hertz / RATE;
        (0..8000)
            .map(|i| (f64::from(i) * step).sin() as f32)
            .collect()
    }

    #[test]
    fn a_sine_is_as_bright_as_its_frequency() {
        let ear = Ear::new();
        for hertz in [110.0, 440.0, 3000.0] {
            let point = ear.measure(&sine(hertz));
            let ratio = f64::from(point.brightness) / hertz;
            assert!((ratio - 1.0).abs() < 0.01, "{point:?}");
            assert!((point.level_db + 3.01).abs() < 0.01, "{point:?}");
            assert!((1.0..1.3).contains(&point.richness), "{point:?}");
            let loudest = point.spectrum.iter().copied().fold(-120.0, f32::max);
            assert!((-1.5..0.5).contains(&loudest), "{point:?}");
        }
    }

    #[test]
    fn more_partials_are_richer_and_a_slow_swell_has_a_long_attack() {
        let ear = Ear::new();
        let chord: Vec<f32> = (0..8000)
            .map(|i| (1..9).map(|k| sine(200.0 * f64::from(k))[i] / 8.0).sum())
            .collect();
        assert!(ear.measure(&chord).richness > 5.0);
        let swell = sine(440.0);
        let swell: Vec<f32> = (0..)
            .zip(swell)
            .map(|(i, s)| s * i as f32 / 8000.0)
            .collect();
        assert!((ear.measure(&swell).attack_s - 0.45).abs() < 0.02);
    }

    #[test]
    fn silence_is_measured_too() {
        let point = Ear::new().measure(&[0.0; 5000]);
        assert_eq!(
            (point.brightness, point.attack_s, point.richness),
            (0.0, 0.0, 1.0)
        );
    }
}
