//! The spectral descriptors: eleven figures of each frame of a short-time power spectrum (Peeters
//! et al. 2011, section II), then median and range over the frames.

use std::sync::Arc;

use realfft::num_complex::Complex;
use rustfft::{Fft, FftPlanner};

use crate::detail::Detail;
use crate::fft::windowed;
use crate::statistics::median_and_range;
use crate::vectorised;

/// Seconds of a window, and of the way to the next.
const WINDOW_S: f64 = 0.0232;
const HOP_S: f64 = 0.0058;
/// Length of the transform.
const SIZE: usize = 1024;
/// Bins that are added up side by side, so that the compiler can use wide registers.
const LANES: usize = 8;
/// Bins of a frame that are looked at: the lower half.
const BINS: usize = SIZE / 2;
/// Keeps quotients of silence defined.
pub(super) const EPSILON: f64 = 2.2e-16;
/// Part of a frame's energy that lies below its roll-off frequency.
const ROLL_OFF: f64 = 0.95;

/// Figures of a frame, in the order in which the table of features has them.
const DESCRIPTORS: usize = 11;

/// Measures spectra. Holds its plans and its memory.
pub struct Spectral {
    window: Vec<f64>,
    /// One over the square of the window's sum.
    scale: f64,
    hop: usize,
    /// One frame in so many is described.
    every: usize,
    bin_hz: f64,
    fft: Arc<dyn Fft<f64>>,
    frame: Vec<Complex<f64>>,
    scratch: Vec<Complex<f64>>,
    power: [Vec<f64>; 2],
    columns: [Vec<f64>; DESCRIPTORS],
}

impl Spectral {
    /// For sounds at that sample rate in Hz.
    pub fn new(rate: f64, detail: &Detail) -> Spectral {
        let window = hamming((WINDOW_S * rate).round() as usize);
        let fft = FftPlanner::new().plan_fft_forward(SIZE);
        Spectral {
            scale: 1.0 / window.iter().sum::<f64>().powi(2),
            window,
            hop: (HOP_S * rate).round() as usize,
            every: detail.spectral_frames,
            bin_hz: rate / SIZE as f64,
            scratch: vec![Complex::default(); fft.get_inplace_scratch_len()],
            fft,
            frame: vec![Complex::default(); SIZE],
            power: [vec![0.0; BINS], vec![0.0; BINS]],
            columns: Default::default(),
        }
    }

    /// The 22 figures of an analytic signal: energy, centroid, crest, decrease, flatness, kurtosis,
    /// roll-off, skewness, slope, spread, variation, each as median and range over the frames.
    pub fn measure(&mut self, signal: &[Complex<f64>]) -> [f64; 2 * DESCRIPTORS] {
        for column in &mut self.columns {
            column.clear();
        }
        // Frames are centred on multiples of the hop: half a window of silence on either side.
        let pad = (self.window.len() - 1) / 2;
        let frames = (signal.len() + 2 * pad).saturating_sub(self.window.len()) / self.hop + 1;
        let (described, before) = (self.every - 1, self.every.saturating_sub(2));
        for index in 0..frames {
            // Of those left out, the last is still needed: the next varies from it.
            let place = index % self.every;
            if place < before {
                continue;
            }
            self.power.swap(0, 1);
            self.transform(signal, index * self.hop, pad);
            if place < described {
                continue;
            }
            let [power, before] = &self.power;
            let figures = vectorised!(describe(power, before, self.bin_hz));
            let variation = DESCRIPTORS - 1;
            for (i, (column, figure)) in self.columns.iter_mut().zip(figures).enumerate() {
                // The first frame has none before it to vary from.
                if i != variation || index > 0 {
                    column.push(figure);
                }
            }
        }
        let mut out = [0.0; 2 * DESCRIPTORS];
        for (out, column) in out.chunks_exact_mut(2).zip(&mut self.columns) {
            (out[0], out[1]) = median_and_range(column);
        }
        out
    }

    /// The power spectrum of the frame that starts `pad` samples before `start`, scaled so that a
    /// tone's peak is the square of its amplitude.
    fn transform(&mut self, signal: &[Complex<f64>], start: usize, pad: usize) {
        windowed(&mut self.frame, signal, &self.window, start, pad);
        self.fft
            .process_with_scratch(&mut self.frame, &mut self.scratch);
        for (power, value) in self.power[0].iter_mut().zip(&self.frame) {
            *power = value.norm_sqr() * self.scale;
        }
    }
}

/// The figures of one frame, in the order of the table of features.
#[inline(always)]
fn describe(power: &[f64], before: &[f64], bin_hz: f64) -> [f64; DESCRIPTORS] {
    let count = power.len() as f64;
    let dc = power[0];
    let energy = sum(power, before, |_, value, _| value);
    let first = sum(power, before, |k, value, _| k * value);
    let decrease = sum(power, before, |k, value, _| (value - dc) / k.max(1.0));
    let total = energy + EPSILON;
    let centroid = first / total * bin_hz;
    let away = |k: f64| k * bin_hz - centroid;
    let square = |k: f64| away(k) * away(k);
    let second = sum(power, before, |k, value, _| square(k) * value);
    let third = sum(power, before, |k, value, _| square(k) * away(k) * value);
    let fourth = sum(power, before, |k, value, _| square(k) * square(k) * value);
    let spread = (second / total).sqrt();
    let skewness = third / total / (spread.powi(3) + EPSILON);
    let kurtosis = fourth / total / (spread.powi(4) + EPSILON);

    // The slope of a straight line through the frame: sums of k and of k squared in closed form.
    let sum_f = count * (count - 1.0) / 2.0 * bin_hz;
    let sum_ff = (count - 1.0) * count * (2.0 * count - 1.0) / 6.0 * bin_hz * bin_hz;
    let slope = (count * centroid - sum_f * energy / total) / (count * sum_ff - sum_f * sum_f);

    let decrease = decrease / (energy - dc + EPSILON * (count - 1.0));
    let mean = energy / count + EPSILON;
    let peak = largest(power);
    let flatness = (mean_log(power)).exp() / mean;

    let mut cumulated = 0.0;
    let below = power.iter().position(|value| {
        cumulated += value;
        cumulated >= ROLL_OFF * energy
    });
    let roll_off = below.unwrap_or(power.len() - 1) as f64 * bin_hz;

    let product = sum(power, before, |_, value, other| value * other);
    let squares = sum(power, before, |_, value, _| value * value);
    let squares_before = sum(power, before, |_, _, other| other * other);
    let variation = 1.0 - product / ((squares * squares_before).sqrt() + EPSILON);

    [
        energy,
        centroid,
        peak / mean,
        decrease,
        flatness,
        kurtosis,
        roll_off,
        skewness,
        slope,
        spread,
        variation,
    ]
}

/// The sum over the bins of a frame and the one before it, of a term of a bin's number and its powers.
#[inline(always)]
fn sum(power: &[f64], before: &[f64], term: impl Fn(f64, f64, f64) -> f64) -> f64 {
    let mut sums = [0.0; LANES];
    let mut bins: [f64; LANES] = std::array::from_fn(|lane| lane as f64);
    let frames = power.as_chunks::<LANES>().0.iter();
    for (power, before) in frames.zip(before.as_chunks::<LANES>().0) {
        for lane in 0..LANES {
            sums[lane] += term(bins[lane], power[lane], before[lane]);
            bins[lane] += LANES as f64;
        }
    }
    sums.iter().sum()
}

/// The largest value, 0 at least.
#[inline(always)]
fn largest(values: &[f64]) -> f64 {
    let mut largest = [0.0; LANES];
    for values in values.as_chunks::<LANES>().0 {
        for (largest, &value) in largest.iter_mut().zip(values) {
            *largest = if value > *largest { value } else { *largest };
        }
    }
    largest.into_iter().fold(0.0, f64::max)
}

/// The mean natural logarithm of the values, each raised by [`EPSILON`]. Logarithms are taken of
/// products of sixteen, which stay inside the range of a double.
#[inline(always)]
fn mean_log(values: &[f64]) -> f64 {
    let mut sum = 0.0;
    for values in values.as_chunks::<LANES>().0.chunks(16) {
        let mut products = [1.0; LANES];
        for values in values {
            for (product, value) in products.iter_mut().zip(values) {
                *product *= value + EPSILON;
            }
        }
        sum += products.iter().map(|product| product.ln()).sum::<f64>();
    }
    sum / values.len() as f64
}

/// The symmetric Hamming window.
fn hamming(len: usize) -> Vec<f64> {
    let step = std::f64::consts::TAU / (len.max(2) - 1) as f64;
    (0..len)
        .map(|i| 0.54 - 0.46 * (step * i as f64).cos())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flat_frame_has_no_shape() {
        let flat = vec![0.25; BINS];
        let [
            energy,
            centroid,
            crest,
            decrease,
            flatness,
            _,
            roll_off,
            skewness,
            slope,
            spread,
            variation,
        ] = describe(&flat, &flat, 15.625);
        let close = |got: f64, want: f64| {
            assert!(
                (got - want).abs() <= 1e-9 * want.abs().max(1.0),
                "{got}, not {want}"
            );
        };
        close(energy, 128.0);
        close(centroid, 15.625 * 255.5);
        close(crest, 1.0);
        close(decrease, 0.0);
        close(flatness, 1.0);
        close(roll_off, 15.625 * 486.0);
        close(skewness, 0.0);
        close(slope * 1e9, 0.0);
        close(spread, 15.625 * ((512.0f64 * 512.0 - 1.0) / 12.0).sqrt());
        close(variation, 0.0);
    }

    #[test]
    fn a_single_line_is_all_peak() {
        let mut line = vec![0.0; BINS];
        line[100] = 1.0;
        let mut other = vec![0.0; BINS];
        other[200] = 1.0;
        let figures = describe(&line, &other, 15.625);
        assert!((figures[1] - 1562.5).abs() < 1e-6);
        assert!((figures[2] - 512.0).abs() < 1e-6);
        assert!(figures[4] < 1e-9);
        assert!((figures[10] - 1.0).abs() < 1e-9);
    }
}
