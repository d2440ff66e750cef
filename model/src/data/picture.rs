//! [`Picture`]: a note as a small log-mel spectrogram, what the compact model learns to foresee.
//!
//! Columns are narrow where a note changes fast (its attack and its release) and wide between.

use realfft::num_complex::Complex;
use realfft::{RealFftPlanner, RealToComplex};
use std::sync::Arc;

/// Sample rate of the analysed notes, Hz.
pub const RATE: f64 = 16_000.0;
/// Mel bands of a column, from low to high.
pub const BANDS: usize = 32;
/// Where columns begin and end, in frames of 50 ms from the start of the note; the key is released
/// at frame 60.
const COLUMN_EDGES: [usize; COLUMNS + 1] = [
    0, 1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 40, 48, 56, 60, 61, 62, 64, 68, 74, 80,
];
/// Columns of a picture.
pub const COLUMNS: usize = 20;
/// Values of a picture: column after column, each from low to high.
pub const VALUES: usize = BANDS * COLUMNS;
/// Below this level, in dB under a full-scale sine, everything is silence.
const FLOOR_DB: f32 = -90.0;

const FRAME: usize = 1024;
const HOP: usize = 800;

/// Draws pictures; holds the plan of its transform and can be shared by threads.
pub struct Picture {
    transform: Arc<dyn RealToComplex<f32>>,
    window: Vec<f32>,
    /// For each band the first bin and the weights from there on.
    bands: Vec<(usize, Vec<f32>)>,
}

impl Picture {
    /// The plan, and the triangles of the mel bands from 40 Hz to 8 kHz.
    pub fn new() -> Picture {
        let mel = |hertz: f64| 1127.0 * (1.0 + hertz / 700.0).ln();
        let (low, high) = (mel(40.0), mel(RATE / 2.0));
        let edge = |band: usize| {
            let mel = low + (high - low) * band as f64 / (BANDS + 1) as f64;
            700.0 * ((mel / 1127.0).exp() - 1.0) * FRAME as f64 / RATE
        };
        let bands = (0..BANDS)
            .map(|band| {
                // No triangle is narrower than two bins to either side: the lowest would be empty.
                let centre = edge(band + 1);
                let left = edge(band).min(centre - 2.0);
                let right = edge(band + 2).max(centre + 2.0);
                let first = left.max(0.0).ceil() as usize;
                let last = (right.floor() as usize).min(FRAME / 2);
                let weights = (first..=last)
                    .map(|bin| {
                        let bin = bin as f64;
                        let weight = if bin < centre {
                            (bin - left) / (centre - left)
                        } else {
                            (right - bin) / (right - centre)
                        };
                        weight.clamp(0.0, 1.0) as f32
                    })
                    .collect();
                (first, weights)
            })
            .collect();
        let phase = std::f32::consts::TAU / FRAME as f32;
        Picture {
            transform: RealFftPlanner::new().plan_fft_forward(FRAME),
            window: (0..FRAME)
                .map(|i| 0.5 - 0.5 * (phase * i as f32).cos())
                .collect(),
            bands,
        }
    }

    /// The picture of a note of 4 s at [`RATE`]; what is shorter is followed by silence. Values are
    /// decibels, shifted and scaled to lie between -2 (silence) and about 2.5 (a full-scale sine).
    pub fn draw(&self, samples: &[f32]) -> [f32; VALUES] {
        let mut frame = self.transform.make_input_vec();
        let mut spectrum: Vec<Complex<f32>> = self.transform.make_output_vec();
        let mut scratch = self.transform.make_scratch_vec();
        // A sine of amplitude 1 in the middle of a bin has this power.
        let full = (FRAME as f32 / 4.0).powi(2);
        let mut picture = [0.0; VALUES];
        for (column, out) in picture.as_chunks_mut::<BANDS>().0.iter_mut().enumerate() {
            let frames = COLUMN_EDGES[column]..COLUMN_EDGES[column + 1];
            let count = frames.len() as f32;
            for start in frames.map(|frame| frame * HOP) {
                let heard = samples.get(start..).unwrap_or_default();
                for (i, value) in frame.iter_mut().enumerate() {
                    *value = heard.get(i).copied().unwrap_or_default() * self.window[i];
                }
                // PANIC: the three buffers were made by the transform itself.
                self.transform
                    .process_with_scratch(&mut frame, &mut spectrum, &mut scratch)
                    .expect("buffers of the transform's own sizes");
                for ((first, weights), out) in self.bands.iter().zip(out.iter_mut()) {
                    let bins = spectrum[*first..].iter().zip(weights);
                    *out += bins.map(|(bin, w)| bin.norm_sqr() * w).sum::<f32>() / (count * full);
                }
            }
            for value in out {
                let decibels = 10.0 * value.max(1e-12).log10();
                *value = decibels.max(FLOOR_DB) / 20.0 + 2.5;
            }
        }
        picture
    }
}

impl Default for Picture {
    fn default() -> Picture {
        Picture::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sine(hertz: f64, amplitude: f32) -> Vec<f32> {
        let phase = std::f64::consts::TAU * hertz / RATE;
        (0..64_000)
            .map(|i| amplitude * (phase * f64::from(i)).sin() as f32)
            .collect()
    }

    #[test]
    fn a_sine_lights_one_band() {
        let picture = Picture::new();
        let mut last = 0;
        for hertz in [200.0, 800.0, 3000.0, 7000.0] {
            let drawn = picture.draw(&sine(hertz, 1.0));
            let column = &drawn[8 * BANDS..9 * BANDS];
            let loudest = (0..BANDS)
                .max_by(|&a, &b| column[a].total_cmp(&column[b]))
                .unwrap();
            assert!(loudest > last, "{hertz} Hz is in band {loudest}");
            last = loudest;
            assert!((2.3..3.0).contains(&column[loudest]), "{}", column[loudest]);
        }
    }

    #[test]
    fn silence_is_the_floor_and_20_db_are_one() {
        let picture = Picture::new();
        assert!(picture.draw(&[]).iter().all(|&value| value == -2.0));
        let loud = picture.draw(&sine(1000.0, 1.0));
        let soft = picture.draw(&sine(1000.0, 0.1));
        let loudest = |drawn: [f32; VALUES]| drawn.into_iter().fold(f32::MIN, f32::max);
        assert!((loudest(loud) - loudest(soft) - 1.0).abs() < 1e-3);
    }
}
