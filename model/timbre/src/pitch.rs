//! Pitch by SWIPE' (Camacho 2007): how well the square root of the spectrum fits cosines whose
//! peaks lie at a candidate and its prime multiples, with a window as long as suits each candidate.

use crate::detail::Detail;
use crate::fft::{RealFft, windowed};
use crate::{dot, vectorised};

/// Candidates lie between these, in Hz.
const LOWEST_HZ: f64 = 50.0;
const HIGHEST_HZ: f64 = 500.0;
/// Octaves from a candidate to the next.
const STEP_OCTAVES: f64 = 1.0 / 48.0;
/// Distance of the places where the spectrum is looked at, in ERBs.
const STEP_ERBS: f64 = 0.1;
/// By how much windows overlap.
const OVERLAP: f64 = 0.2;
/// Steps of the refinement between candidates: hundredths of a semitone.
const FINE_OCTAVES: f64 = 1.0 / 1200.0;

/// Finds pitches. Holds its plans, kernels and memory.
pub struct Pitch {
    rate: f64,
    candidates: Vec<f64>,
    windows: Vec<Window>,
    /// Ratios from the candidate below the best to where the best is refined.
    fines: Vec<f64>,
}

/// One of the window lengths, with the candidates that it is good for.
struct Window {
    weights: Vec<f32>,
    hop: usize,
    fft: RealFft,
    magnitudes: Vec<f32>,
    /// Where the spectrum is looked at: bin and fraction.
    places: Vec<(usize, f32)>,
    loudness: Vec<f32>,
    first: usize,
    /// For each candidate from `first` on: how much this window counts, and its kernel over the
    /// last places (those below a quarter of the candidate left out).
    kernels: Vec<(f32, Vec<f32>)>,
    /// Strength of each of its candidates, frame by frame.
    strengths: Vec<f32>,
}

/// Pitch over time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Track {
    /// Hz at each time step; not a number where nothing sounds.
    pub pitches: Vec<f64>,
    /// The best strength over the whole sound: 1 for a perfect harmonic sound.
    pub strength: f64,
}

impl Pitch {
    /// For sounds at that sample rate in Hz.
    pub fn new(rate: f64, detail: &Detail) -> Pitch {
        let count = ((HIGHEST_HZ / LOWEST_HZ).log2() / STEP_OCTAVES) as usize + 1;
        let candidates: Vec<f64> = (0..count)
            .map(|i| LOWEST_HZ * (i as f64 * STEP_OCTAVES).exp2())
            .collect();
        let exponent = |hz: f64| (8.0 * rate / hz).log2().round() as u32;
        let (longest, shortest) = (exponent(LOWEST_HZ), exponent(HIGHEST_HZ));
        let (from, to) = (hz_to_erbs(LOWEST_HZ / 4.0), hz_to_erbs(rate / 2.0));
        let frequencies: Vec<f64> = (0..=((to - from) / STEP_ERBS) as usize)
            .map(|i| erbs_to_hz(from + i as f64 * STEP_ERBS))
            .collect();
        let mut windows = (shortest..=longest)
            .rev()
            .map(|exponent| {
                let is_end = (exponent == longest, exponent == shortest);
                Window::new(rate, 1 << exponent, is_end, &candidates, &frequencies)
            })
            .collect::<Vec<_>>();
        if detail.pitch_in_step {
            let longest = windows[0].hop;
            windows.iter_mut().for_each(|window| window.hop = longest);
        }
        Pitch {
            rate,
            candidates,
            windows,
            fines: (0..=(2.0 * STEP_OCTAVES / FINE_OCTAVES).round() as usize)
                .map(|fine| (fine as f64 * FINE_OCTAVES).exp2())
                .collect(),
        }
    }

    /// The pitch at every `step_s` seconds, from 0 on.
    pub fn track(&mut self, samples: &[f32], step_s: f64) -> Track {
        let steps = (samples.len() as f64 / self.rate / step_s) as usize + 1;
        for window in &mut self.windows {
            window.measure(samples);
        }
        let mut track = Track {
            pitches: Vec::with_capacity(steps),
            strength: 0.0,
        };
        let mut strengths = vec![0.0f64; self.candidates.len()];
        for step in 0..steps {
            let time = step as f64 * step_s;
            strengths.fill(0.0);
            for window in &self.windows {
                window.add_at(time * self.rate, &mut strengths);
            }
            let (pitch, strength) = self.refine(&strengths);
            track.pitches.push(pitch);
            if strength > track.strength {
                track.strength = strength;
            }
        }
        track
    }

    /// The best candidate and its strength, refined by a parabola over its neighbours' periods.
    fn refine(&self, strengths: &[f64]) -> (f64, f64) {
        let mut best = 0;
        for (i, strength) in strengths.iter().enumerate() {
            if strength.is_nan() {
                return (f64::NAN, f64::NAN);
            }
            if *strength > strengths[best] {
                best = i;
            }
        }
        if best == 0 || best + 1 == strengths.len() {
            return (self.candidates[best], strengths[best]);
        }
        let middle = self.candidates[best];
        // Periods as angles: the middle one at 0.
        let angle = |hz: f64| (middle / hz - 1.0) * std::f64::consts::TAU;
        let [x0, x2] = [self.candidates[best - 1], self.candidates[best + 1]].map(angle);
        let [y0, y1, y2] = [strengths[best - 1], strengths[best], strengths[best + 1]];
        let slope = ((y0 - y1) * x2 * x2 - (y2 - y1) * x0 * x0) / (x0 * x2 * (x2 - x0));
        let curve = ((y2 - y1) * x0 - (y0 - y1) * x2) / (x0 * x2 * (x2 - x0));
        let mut found = (middle, y1);
        for fine in &self.fines {
            let hz = self.candidates[best - 1] * fine;
            let x = angle(hz);
            let strength = y1 + slope * x + curve * x * x;
            if strength > found.1 {
                found = (hz, strength);
            }
        }
        found
    }
}

impl Window {
    fn new(
        rate: f64,
        len: usize,
        (is_longest, is_shortest): (bool, bool),
        candidates: &[f64],
        frequencies: &[f64],
    ) -> Window {
        // The pitch for which this window is just right, and each candidate's octaves from it. A
        // window serves its octave neighbours with falling weight; those past the longest and the
        // shortest window have no other.
        let best = 8.0 * rate / len as f64;
        let octaves = |hz: f64| (hz / best).log2();
        let serves = |hz: f64| {
            let octaves = octaves(hz);
            (octaves > -1.0 || is_longest) && (octaves < 1.0 || is_shortest)
        };
        let weight = |hz: f64| {
            let octaves = octaves(hz);
            let alone = (octaves <= 0.0 && is_longest) || (octaves >= 0.0 && is_shortest);
            if alone { 1.0 } else { 1.0 - octaves.abs() }
        };
        let first = candidates.iter().position(|&hz| serves(hz)).unwrap_or(0);
        let kernels = candidates[first..]
            .iter()
            .take_while(|&&hz| serves(hz))
            .map(|&hz| (weight(hz) as f32, kernel(hz, frequencies)))
            .collect();
        let bin_hz = rate / len as f64;
        let places = frequencies
            .iter()
            .map(|hz| {
                let bin = ((hz / bin_hz) as usize).min(len / 2 - 1);
                (bin, (hz / bin_hz - bin as f64) as f32)
            })
            .collect();
        Window {
            weights: hann(len),
            hop: (8.0 * (1.0 - OVERLAP) * rate / best).round().max(1.0) as usize,
            fft: RealFft::new(len),
            magnitudes: vec![0.0; len / 2 + 1],
            places,
            loudness: vec![0.0; frequencies.len()],
            first,
            kernels,
            strengths: Vec::new(),
        }
    }

    /// Strengths of all candidates in all frames.
    fn measure(&mut self, samples: &[f32]) {
        self.strengths.clear();
        let half = self.weights.len() / 2;
        let frames = samples.len() / self.hop + 2;
        for index in 0..frames {
            let start = index * self.hop;
            windowed(self.fft.frame(), samples, &self.weights, start, half);
            self.strengths_of_frame();
        }
    }

    fn strengths_of_frame(&mut self) {
        for (magnitude, value) in self.magnitudes.iter_mut().zip(self.fft.spectrum()) {
            *magnitude = value.norm_sqr().sqrt();
        }
        let mut norm = 0.0;
        for (loudness, &(bin, fraction)) in self.loudness.iter_mut().zip(&self.places) {
            let magnitude = cubic(&self.magnitudes, bin, fraction).max(0.0);
            norm += magnitude;
            *loudness = magnitude.sqrt();
        }
        let norm = norm.sqrt();
        let (loudness, strengths) = (&self.loudness, &mut self.strengths);
        vectorised!({
            for (_, kernel) in &self.kernels {
                let audible = &loudness[loudness.len() - kernel.len()..];
                // Of silence the strength is not a number.
                strengths.push(dot(kernel, audible) / norm);
            }
        });
    }

    /// Adds the weighted strengths at that time, in samples, between the two nearest frames.
    fn add_at(&self, time: f64, strengths: &mut [f64]) {
        let place = time / self.hop as f64;
        let frames = self.strengths.len() / self.kernels.len().max(1);
        let before = (place as usize).min(frames.saturating_sub(2));
        let fraction = (place - before as f64).clamp(0.0, 1.0) as f32;
        let count = self.kernels.len();
        let frame = |index: usize| &self.strengths[index * count..(index + 1) * count];
        let (left, right) = (frame(before), frame(before + 1));
        for (i, (weight, _)) in self.kernels.iter().enumerate() {
            let strength = if fraction <= 0.0 {
                left[i]
            } else {
                left[i] + (right[i] - left[i]) * fraction
            };
            strengths[self.first + i] += f64::from(weight * strength);
        }
    }
}

/// The kernel of a candidate over the frequencies from a quarter of it on: cosine lobes at its
/// prime multiples, valleys between them, falling as the square root of the frequency, the
/// positive part of norm 1.
fn kernel(candidate: f64, frequencies: &[f64]) -> Vec<f32> {
    let first = frequencies.partition_point(|&hz| hz <= candidate / 4.0);
    let frequencies = &frequencies[first..];
    let top = frequencies.last().copied().unwrap_or(0.0);
    let harmonics = (top / candidate - 0.75) as usize;
    let mut kernel = vec![0.0f64; frequencies.len()];
    for harmonic in (1..=harmonics).filter(|&n| n == 1 || is_prime(n)) {
        for (value, hz) in kernel.iter_mut().zip(frequencies) {
            let ratio = hz / candidate;
            let away = (ratio - harmonic as f64).abs();
            let wave = (std::f64::consts::TAU * ratio).cos();
            if away < 0.25 {
                *value = wave;
            } else if away < 0.75 {
                *value += wave / 2.0;
            }
        }
    }
    for (value, hz) in kernel.iter_mut().zip(frequencies) {
        *value /= hz.sqrt();
    }
    let norm: f64 = kernel.iter().map(|v| v.max(0.0).powi(2)).sum();
    kernel.iter().map(|v| (v / norm.sqrt()) as f32).collect()
}

fn is_prime(n: usize) -> bool {
    n > 1
        && (2..)
            .take_while(|d| d * d <= n)
            .all(|d| !n.is_multiple_of(d))
}

/// A cubic through the four values around `place + fraction`.
fn cubic(values: &[f32], place: usize, fraction: f32) -> f32 {
    let at = |i: usize| values[i.min(values.len() - 1)];
    // The spectrum is even: what lies below bin 0 mirrors what lies above.
    let before = if place == 0 { at(1) } else { at(place - 1) };
    let (a, b, c) = (at(place), at(place + 1), at(place + 2));
    let t = fraction;
    a + 0.5
        * t
        * ((b - before)
            + t * ((2.0 * before - 5.0 * a + 4.0 * b - c) + t * (3.0 * (a - b) + c - before)))
}

fn hann(len: usize) -> Vec<f32> {
    let step = std::f64::consts::TAU / (len + 1) as f64;
    (1..=len)
        .map(|i| (0.5 - 0.5 * (step * i as f64).cos()) as f32)
        .collect()
}

fn hz_to_erbs(hz: f64) -> f64 {
    21.4 * (1.0 + hz / 229.0).log10()
}

fn erbs_to_hz(erbs: f64) -> f64 {
    (10.0f64.powf(erbs / 21.4) - 1.0) * 229.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn harmonic_tones_have_their_pitch() {
        let mut pitch = Pitch::new(16_000.0, &Detail::PUBLISHED);
        for hz in [61.7, 110.0, 207.65, 331.0, 470.0] {
            let samples: Vec<f32> = (0..16_000)
                .map(|i| {
                    let angle = std::f64::consts::TAU * hz * f64::from(i) / 16_000.0;
                    (1..=8)
                        .map(|h| (angle * f64::from(h)).sin() / f64::from(h))
                        .sum::<f64>() as f32
                })
                .collect();
            let track = pitch.track(&samples, 0.025);
            assert!(track.strength > 0.5, "{hz} Hz: {}", track.strength);
            let found = track.pitches[20];
            assert!((found / hz).log2().abs() < 0.01, "{hz} Hz: {found}");
        }
    }

    #[test]
    fn noise_has_none() {
        let mut state = 1u32;
        let samples: Vec<f32> = (0..16_000)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 8) as f32 / 8_388_608.0 - 1.0
            })
            .collect();
        assert!(
            Pitch::new(16_000.0, &Detail::PUBLISHED)
                .track(&samples, 0.025)
                .strength
                < 0.3
        );
    }
}
