//! From the rate at which a sound was made to the one at which it is measured.

use crate::vectorised;

/// Zero crossings of the sinc on either side: those of the published resampler, like all else here.
const CROSSINGS: usize = 64;
/// Where the filter starts to fall, as a part of half the lower rate, and how steep its window is:
/// the settings of the resampler that the published sounds went through.
const ROLL_OFF: f64 = 0.9475937167399596;
const BETA: f64 = 14.769656459379492;

/// Samples that are added up at once.
const BLOCK: usize = 64;

/// Below this a filter's products become numbers so small that processors take a hundred times as long for
/// them, as where a note has faded out. So it is made larger for the filter, by a power of two, which
/// changes nothing else.
const TINY: f32 = 1e-20;
const LARGER: f32 = (1u64 << 63) as f32;

/// Takes every n-th sample of a sound after a steep low-pass.
#[derive(Clone, Debug)]
pub struct Decimator {
    factor: usize,
    /// One half of the filter and its middle: it is the same on either side.
    taps: Vec<f32>,
}

impl Decimator {
    /// To one sample in `factor`; 1 changes nothing.
    pub fn new(factor: usize) -> Decimator {
        let factor = factor.max(1);
        let half = CROSSINGS * factor;
        let cut_off = ROLL_OFF / factor as f64;
        let taps = (0..=half)
            .map(|i| {
                let place = i as f64 / half as f64;
                let window = bessel(BETA * (1.0 - place * place).sqrt()) / bessel(BETA);
                let x = std::f64::consts::PI * cut_off * i as f64;
                let sinc = if i == 0 { 1.0 } else { x.sin() / x };
                (cut_off * sinc * window) as f32
            })
            .collect();
        Decimator { factor, taps }
    }

    /// The sound at the lower rate, in step with the original.
    pub fn decimate(&self, samples: &[f32]) -> Vec<f32> {
        if self.factor == 1 {
            return samples.to_vec();
        }
        // Silence on either side, so that every window of the filter is whole.
        let half = self.taps.len() - 1;
        let count = samples.len().div_ceil(self.factor);
        let blocks = count.div_ceil(BLOCK);
        let reach = 2 * half / self.factor + 1;
        let mut padded = vec![0.0; (blocks * BLOCK + reach) * self.factor];
        padded[half..half + samples.len()].copy_from_slice(samples);
        let mut decimated = vec![0.0; blocks * BLOCK];
        // Every n-th sample side by side, so that many outputs are added up at once.
        for phase in 0..self.factor {
            let taps: Vec<f32> = (phase..=2 * half)
                .step_by(self.factor)
                .map(|place| self.taps[place.abs_diff(half)])
                .collect();
            let samples: Vec<f32> = padded[phase..]
                .iter()
                .step_by(self.factor)
                .copied()
                .collect();
            vectorised!(add_filtered(&mut decimated, &taps, &samples));
        }
        decimated.truncate(count);
        decimated
    }
}

/// Adds to each output the sum of products of the taps and the samples from its place on.
#[inline(always)]
fn add_filtered(outputs: &mut [f32], taps: &[f32], samples: &[f32]) {
    for (block, outputs) in outputs.as_chunks_mut::<BLOCK>().0.iter_mut().enumerate() {
        let samples = &samples[block * BLOCK..(block + 1) * BLOCK + taps.len() - 1];
        let is_tiny = samples.iter().all(|sample| sample.abs() < TINY);
        let larger = if is_tiny { LARGER } else { 1.0 };
        let mut sums = outputs.map(|output| output * larger);
        for (place, tap) in taps.iter().enumerate() {
            // PANIC: there is a whole block behind each tap, for so the samples were cut.
            let samples: &[f32; BLOCK] = samples[place..place + BLOCK].try_into().unwrap();
            let tap = tap * larger;
            for (sum, sample) in sums.iter_mut().zip(samples) {
                *sum += tap * sample;
            }
        }
        *outputs = sums.map(|sum| sum / larger);
    }
}

/// The modified Bessel function of the first kind, order 0, by its series.
fn bessel(x: f64) -> f64 {
    let (mut term, mut sum) = (1.0, 1.0);
    for k in 1..64 {
        term *= (x / 2.0 / f64::from(k)).powi(2);
        sum += term;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    fn level(hz: f64) -> f32 {
        let samples: Vec<f32> = (0..48_000)
            .map(|i| (std::f64::consts::TAU * hz * f64::from(i) / 48_000.0).sin() as f32)
            .collect();
        let lower = Decimator::new(3).decimate(&samples);
        assert_eq!(lower.len(), 16_000);
        let middle = &lower[4000..12_000];
        (2.0 * middle.iter().map(|x| x * x).sum::<f32>() / middle.len() as f32).sqrt()
    }

    #[test]
    fn what_fits_passes_and_what_does_not_is_gone() {
        assert!((level(1000.0) - 1.0).abs() < 1e-3);
        assert!((level(6500.0) - 1.0).abs() < 1e-2);
        assert!(level(8700.0) < 1e-3);
        assert!(level(15_000.0) < 1e-4);
    }

    #[test]
    fn what_is_far_too_quiet_to_hear_keeps_all_its_digits() {
        let tiny = f32::MIN_POSITIVE;
        let samples: Vec<f32> = (0..3000).map(|i| ((i * i) % 1009) as f32 + 1.0).collect();
        let decimator = Decimator::new(3);
        let loud = decimator.decimate(&samples);
        let quiet: Vec<f32> = samples.iter().map(|sample| sample * tiny).collect();
        for (quiet, loud) in decimator.decimate(&quiet).iter().zip(loud) {
            assert_eq!(*quiet, loud * tiny);
        }
    }
}
