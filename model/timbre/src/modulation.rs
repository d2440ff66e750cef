//! Slow modulation of a sustained sound: how the envelope sways around its exponential decay.

use std::collections::HashMap;
use std::sync::Arc;

use realfft::num_complex::Complex;
use realfft::{RealFftPlanner, RealToComplex};

/// A sustain that is not longer than this has no modulation.
const SHORTEST_S: f64 = 0.02;
/// Modulation is looked for between these, in Hz.
const SLOWEST_HZ: f64 = 1.0;
const FASTEST_HZ: f64 = 10.0;

/// The straight line through the logarithm of an envelope. Where the envelope, filtered as it is,
/// swings below zero its logarithm is complex; `imaginary` is the line through that part, and
/// `slope` then the modulus, as in the published evaluation.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Fit {
    /// Change of ln(envelope) from one sample to the next.
    pub slope: f64,
    real: (f64, f64),
    imaginary: (f64, f64),
}

/// Measures modulation. Holds its plans and its memory.
pub struct Modulation {
    rate: f64,
    plans: HashMap<usize, Arc<dyn RealToComplex<f64>>>,
    planner: RealFftPlanner<f64>,
    residual: [Vec<f64>; 2],
    spectrum: [Vec<Complex<f64>>; 2],
    scratch: Vec<Complex<f64>>,
}

impl Modulation {
    /// For envelopes of up to `len` samples at that sample rate in Hz.
    pub fn new(rate: f64, len: usize) -> Modulation {
        let longest = len.next_power_of_two().max(rate as usize + 1);
        let take = || Vec::with_capacity(longest);
        Modulation {
            rate,
            plans: HashMap::new(),
            planner: RealFftPlanner::new(),
            residual: [take(), take()],
            spectrum: Default::default(),
            scratch: Vec::new(),
        }
    }

    /// The line of least squares through the logarithm of the envelope. Flat for less than two
    /// samples.
    pub fn fit(&self, envelope: &[f64]) -> Fit {
        if envelope.len() < 2 {
            return Fit::default();
        }
        let n = envelope.len() as f64;
        let middle = (n - 1.0) / 2.0;
        let (mut sum, mut moment, mut turns, mut turns_moment) = (0.0, 0.0, 0.0, 0.0);
        for (i, &value) in envelope.iter().enumerate() {
            let away = i as f64 - middle;
            let log = value.abs().max(f64::MIN_POSITIVE).ln();
            sum += log;
            moment += away * log;
            if value < 0.0 {
                turns += std::f64::consts::PI;
                turns_moment += away * std::f64::consts::PI;
            }
        }
        let spread = n * (n * n - 1.0) / 12.0;
        let real = moment / spread;
        let imaginary = turns_moment / spread;
        Fit {
            slope: if turns > 0.0 {
                real.hypot(imaginary)
            } else {
                real
            },
            real: (sum / n - real * middle, real),
            imaginary: (turns / n - imaginary * middle, imaginary),
        }
    }

    /// Strength (as a part of the mean envelope) and frequency in Hz of the strongest modulation
    /// around the fit.
    pub fn measure(&mut self, envelope: &[f64], fit: &Fit) -> (f64, f64) {
        if envelope.len() as f64 <= SHORTEST_S * self.rate {
            return (0.0, 0.0);
        }
        let size = (self.rate as usize).max(envelope.len().next_power_of_two());
        // Twice over the sum of the window, whose cosines add up to one.
        let scale = 2.0 / (0.54 * envelope.len() as f64 - 0.46);
        let complex = fit.imaginary != (0.0, 0.0);
        for residual in &mut self.residual {
            residual.clear();
        }
        // From one sample to the next the window turns and the line falls by the same factor.
        let step = std::f64::consts::TAU / (envelope.len() - 1) as f64;
        let (turn_of_window, fall) = (Complex::cis(step), fit.real.1.exp());
        let (mut window, mut line) = (Complex::new(1.0, 0.0), fit.real.0.exp());
        for (i, &value) in envelope.iter().enumerate() {
            let weight = (0.54 - 0.46 * window.re) * scale;
            if complex {
                let turn = fit.imaginary.0 + fit.imaginary.1 * i as f64;
                self.residual[0].push((value - line * turn.cos()) * weight);
                self.residual[1].push(-line * turn.sin() * weight);
            } else {
                self.residual[0].push((value - line) * weight);
            }
            window *= turn_of_window;
            line *= fall;
        }
        self.transform(0, size);
        if complex {
            self.transform(1, size);
        }
        let magnitude = |bin: usize| {
            let value = self.spectrum[0][bin];
            if complex {
                let other = self.spectrum[1][bin];
                (value + Complex::new(-other.im, other.re)).norm()
            } else {
                value.norm()
            }
        };
        let hz = self.rate / size as f64;
        let bins = (SLOWEST_HZ / hz).floor() as usize + 1..(FASTEST_HZ / hz).ceil() as usize;
        let is_peak = |&bin: &usize| {
            (bin.saturating_sub(2)..=bin + 2)
                .all(|other| other == bin || magnitude(other) < magnitude(bin))
        };
        let by_magnitude = |&i: &usize, &j: &usize| magnitude(i).total_cmp(&magnitude(j));
        let strongest = bins
            .clone()
            .filter(is_peak)
            .max_by(by_magnitude)
            .or_else(|| bins.max_by(by_magnitude));
        let mean = envelope.iter().sum::<f64>() / envelope.len() as f64;
        strongest.map_or((0.0, 0.0), |bin| (magnitude(bin) / mean, bin as f64 * hz))
    }

    /// The spectrum of one of the residuals, padded to `size`.
    fn transform(&mut self, part: usize, size: usize) {
        let planner = &mut self.planner;
        let plan = self
            .plans
            .entry(size)
            .or_insert_with(|| planner.plan_fft_forward(size));
        self.residual[part].resize(size, 0.0);
        self.spectrum[part].resize(size / 2 + 1, Complex::default());
        self.scratch
            .resize(plan.get_scratch_len(), Complex::default());
        // PANIC: the buffers have just been given the lengths that the plan asks for.
        plan.process_with_scratch(
            &mut self.residual[part],
            &mut self.spectrum[part],
            &mut self.scratch,
        )
        .expect("buffers as long as planned");
    }
}
