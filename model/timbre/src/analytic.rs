//! The analytic signal: the one whose real part is the sound and whose spectrum has no negative
//! half.

use std::sync::Arc;

use realfft::num_complex::Complex;
use realfft::{RealFftPlanner, RealToComplex};
use rustfft::{Fft, FftPlanner};

/// Makes analytic signals of sounds up to a length. Holds its plans and its memory.
pub struct Analytic {
    forward: Arc<dyn RealToComplex<f64>>,
    inverse: Arc<dyn Fft<f64>>,
    padded: Vec<f64>,
    spectrum: Vec<Complex<f64>>,
    scratch: Vec<Complex<f64>>,
}

impl Analytic {
    /// For sounds of up to `len` samples. The transform is as long as the next power of two, so
    /// that the sound's end does not wrap onto its start.
    pub fn new(len: usize) -> Analytic {
        let n = len.next_power_of_two().max(2);
        let forward = RealFftPlanner::new().plan_fft_forward(n);
        let inverse = FftPlanner::new().plan_fft_inverse(n);
        let scratch = inverse
            .get_inplace_scratch_len()
            .max(forward.get_scratch_len());
        Analytic {
            forward,
            inverse,
            padded: vec![0.0; n],
            spectrum: vec![Complex::default(); n],
            scratch: vec![Complex::default(); scratch],
        }
    }

    /// The analytic signal of the samples, as long as they are (at most as many as said on
    /// building; what is more is not looked at).
    pub fn of(&mut self, samples: &[f32]) -> &[Complex<f64>] {
        let n = self.padded.len();
        let len = samples.len().min(n);
        self.padded.fill(0.0);
        for (padded, &sample) in self.padded.iter_mut().zip(samples) {
            *padded = f64::from(sample);
        }
        let half = n / 2 + 1;
        // PANIC: the buffers have the lengths that the plans were made for.
        self.forward
            .process_with_scratch(
                &mut self.padded,
                &mut self.spectrum[..half],
                &mut self.scratch,
            )
            .expect("buffers as long as planned");
        let scale = 1.0 / n as f64;
        for (bin, value) in self.spectrum[..half].iter_mut().enumerate() {
            let both_halves = if bin == 0 || bin == n / 2 { 1.0 } else { 2.0 };
            *value *= scale * both_halves;
        }
        self.spectrum[half..].fill(Complex::default());
        self.inverse
            .process_with_scratch(&mut self.spectrum, &mut self.scratch);
        &self.spectrum[..len]
    }
}

#[cfg(test)]
mod tests {
    use std::f64::consts::TAU;

    use super::*;

    #[test]
    fn a_sine_has_a_level_envelope() {
        let samples: Vec<f32> = (0..8192)
            .map(|i| (0.5 * (TAU * f64::from(i) / 64.0).sin()) as f32)
            .collect();
        let signal = Analytic::new(8192).of(&samples).to_vec();
        for value in &signal[64..8128] {
            assert!((value.norm() - 0.5).abs() < 0.01, "{value}");
        }
    }
}
