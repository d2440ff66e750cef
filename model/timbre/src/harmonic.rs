//! The harmonic descriptors: twenty partials followed through a long-window spectrum, and how
//! strong, how regular and how harmonic they are (Peeters et al. 2011, section II-E).

use crate::detail::Detail;
use crate::fft::{RealFft, windowed};
use crate::pitch::Pitch;
use crate::spectral::EPSILON;
use crate::statistics::median_and_range;
use crate::vectorised;

/// Seconds of a window, and of the way to the next.
const WINDOW_S: f64 = 0.1;
const HOP_S: f64 = 0.025;
/// Partials of a frame.
const PARTIALS: usize = 20;
/// A sound whose best pitch is weaker than this has no harmonic descriptors.
const WEAKEST: f64 = 0.3;
/// The fundamental is searched this far to either side of the pitch, in Hz.
const SEARCH_HZ: f64 = 5.0;
/// The largest inharmonicity that is tried, from 0 on.
const STIFFEST: f64 = 1e-3;
/// By how much a stiff series must explain the frame better than a harmonic one.
const BETTER: f64 = 1.01;
/// How close bins lie in the publication, Hz: the noise is a sum over them.
const BIN_HZ: f64 = 16_000.0 / 32_768.0;
/// How long the transform is, and how many times as short for a brief look.
const SIZE: usize = 32_768;
const ZOOM: usize = 8;

/// Figures of a frame, in the order in which the table of features has them.
const DESCRIPTORS: usize = 6;

/// Measures partials. Holds its plans and its memory.
pub struct Harmonic {
    bin_hz: f64,
    detail: Detail,
    pitch: Pitch,
    window: Vec<f32>,
    hop: usize,
    fft: RealFft,
    /// How many times as short the transform is.
    zoom: usize,
    /// What a frame's power is multiplied by, so that a tone's peak is the square of its amplitude.
    scale: f32,
    /// The power at the bins of the transform, mirrored by one at either end.
    coarse: Vec<f32>,
    /// For each published bin from one of those to the next, how much the four around it count.
    between: [[f32; ZOOM]; 4],
    /// The power at the published bins, up to the highest partial.
    power: Vec<f32>,
    /// The sum over all of them.
    total: f64,
    /// How much power each fundamental gathers.
    scores: Vec<f32>,
    columns: [Vec<f64>; DESCRIPTORS],
}

impl Harmonic {
    /// For sounds at that sample rate in Hz.
    pub fn new(rate: f64, detail: &Detail) -> Harmonic {
        let zoom = if detail.partials_between { ZOOM } else { 1 };
        let fft = RealFft::new(SIZE / zoom);
        let window = blackman((WINDOW_S * rate).round() as usize);
        Harmonic {
            bin_hz: rate / SIZE as f64,
            detail: *detail,
            pitch: Pitch::new(rate, detail),
            hop: (HOP_S * rate).round() as usize,
            // Twice the amplitude, because a real signal's spectrum has two halves.
            scale: (2.0 / window.iter().sum::<f32>()).powi(2),
            window,
            coarse: vec![0.0; fft.bins() + 2],
            fft,
            zoom,
            between: between(),
            power: vec![0.0; SIZE / 2],
            total: 0.0,
            scores: vec![0.0; detail.fundamentals],
            columns: Default::default(),
        }
    }

    /// The twelve figures of a sound: fundamental, deviation, harmonic energy, inharmonicity, noise
    /// energy, odd to even, each as median and range over the frames. All 0 for a sound without a
    /// pitch.
    pub fn measure(&mut self, samples: &[f32]) -> [f64; 2 * DESCRIPTORS] {
        let every = self.detail.harmonic_frames;
        let track = self.pitch.track(samples, HOP_S * every as f64);
        let mut out = [0.0; 2 * DESCRIPTORS];
        let mut known: Vec<f64> = track
            .pitches
            .iter()
            .copied()
            .filter(|p| !p.is_nan())
            .collect();
        if track.strength <= WEAKEST || known.is_empty() {
            return out;
        }
        let (usual, _) = median_and_range(&mut known);
        for column in &mut self.columns {
            column.clear();
        }
        let pad = (self.window.len() - 1) / 2;
        let frames = (samples.len() + 2 * pad).saturating_sub(self.window.len()) / self.hop + 1;
        for index in (0..frames).step_by(every) {
            let pitch = track.pitches.get(index / every);
            let pitch = pitch.copied().unwrap_or(f64::NAN);
            let pitch = if pitch.is_nan() { usual } else { pitch };
            self.transform(samples, index * self.hop, pad, pitch);
            let figures = self.describe(pitch);
            for (column, figure) in self.columns.iter_mut().zip(figures) {
                column.push(figure);
            }
        }
        for (out, column) in out.chunks_exact_mut(2).zip(&mut self.columns) {
            (out[0], out[1]) = median_and_range(column);
        }
        out
    }

    /// The power spectrum of the frame that starts `pad` samples before `start`, as far as partials of
    /// that pitch reach.
    fn transform(&mut self, samples: &[f32], start: usize, pad: usize, pitch: f64) {
        let frame = self.fft.frame();
        windowed(frame, samples, &self.window, start, pad);
        if frame[..self.window.len()].iter().all(|&value| value == 0.0) {
            self.power.fill(0.0);
            self.total = 0.0;
            return;
        }
        let bins = self.fft.bins();
        let inner = &mut self.coarse[1..=bins];
        for (power, value) in inner.iter_mut().zip(self.fft.spectrum()) {
            *power = value.norm_sqr() * self.scale;
        }
        let zoom = self.zoom;
        self.total = sum(&inner[..bins - 1]) * zoom as f64;
        self.coarse[0] = self.coarse[2];
        self.coarse[bins + 1] = self.coarse[bins - 1];
        let highest = bin_of(PARTIALS, STIFFEST, self.bin_hz, pitch + SEARCH_HZ);
        if zoom == 1 {
            self.power.copy_from_slice(&self.coarse[1..=SIZE / 2]);
        } else {
            let fine = self.power.as_chunks_mut().0;
            let reached = fine.len().min(highest / ZOOM + 1);
            let (fine, coarse, between) = (&mut fine[..reached], &self.coarse, &self.between);
            vectorised!(raise(fine, coarse, between));
        }
    }

    /// The figures of the frame, in the order of the table of features.
    fn describe(&mut self, pitch: f64) -> [f64; DESCRIPTORS] {
        let (fundamental, stiffness) = self.search(pitch);
        let bin_hz = self.bin_hz;
        let bins: [usize; PARTIALS] =
            std::array::from_fn(|i| bin_of(i + 1, stiffness, bin_hz, fundamental));
        let amplitudes = bins.map(|bin| f64::from(self.power.get(bin).copied().unwrap_or(0.0)));
        // What is called amplitude here is a power already, so that energies are its squares: as
        // published.
        let energies = amplitudes.map(|amplitude| amplitude * amplitude);
        let first = bins[0] as f64 * bin_hz;
        let energy: f64 = energies.iter().sum();
        // The sum over bins as close as the published ones.
        let total = self.total * bin_hz / BIN_HZ;

        let mut inharmonicity = 0.0;
        for (i, (&bin, energy)) in bins.iter().zip(&energies).enumerate() {
            inharmonicity += (bin as f64 * bin_hz - (i + 1) as f64 * first).abs() * energy;
        }
        let inharmonicity = 2.0 * inharmonicity / (first * energy + EPSILON);

        let smooth = |i: usize| match i {
            0 => amplitudes[0],
            _ if i + 1 == PARTIALS => (amplitudes[i - 1] + amplitudes[i]) / 2.0,
            _ => (amplitudes[i - 1] + amplitudes[i] + amplitudes[i + 1]) / 3.0,
        };
        let deviation: f64 = (0..PARTIALS)
            .map(|i| (amplitudes[i] - smooth(i)).abs())
            .sum();
        let odd: f64 = energies.iter().step_by(2).sum();
        let even: f64 = energies.iter().skip(1).step_by(2).sum();
        [
            first,
            deviation / PARTIALS as f64,
            energy,
            inharmonicity,
            total - energy,
            odd / (even + EPSILON),
        ]
    }

    /// Fundamental in Hz and stiffness of the series of partials that gathers the most power.
    fn search(&mut self, pitch: f64) -> (f64, f64) {
        let bin_hz = self.bin_hz;
        let Detail {
            fundamentals,
            stiffnesses,
            ..
        } = self.detail;
        let step = 2.0 * SEARCH_HZ / (fundamentals - 1) as f64;
        let mut harmonic = (pitch, 0.0, f32::MIN);
        let mut best = harmonic;
        for index in 0..stiffnesses {
            let stiffness = STIFFEST * index as f64 / (stiffnesses - 1) as f64;
            self.scores.fill(0.0);
            for number in 1..=PARTIALS {
                let factor = factor(number, stiffness, bin_hz);
                // In 65536ths of a bin: whole numbers are quicker to count up and to cut.
                let fixed = |bins: f64| (bins * 65536.0) as u64;
                let mut place = fixed((pitch - SEARCH_HZ) * factor + 0.5);
                let step = fixed(step * factor);
                for score in &mut self.scores {
                    let bin = (place >> 16) as usize;
                    *score += self.power.get(bin).copied().unwrap_or(0.0);
                    place += step;
                }
            }
            for (i, &score) in self.scores.iter().enumerate() {
                if score > best.2 {
                    best = (pitch - SEARCH_HZ + step * i as f64, stiffness, score);
                }
            }
            if index == 0 {
                harmonic = best;
            }
        }
        let stiff = f64::from(best.2) > BETTER * f64::from(harmonic.2);
        let (fundamental, stiffness, _) = if stiff { best } else { harmonic };
        (fundamental, stiffness)
    }
}

/// How much the bin before, the bin at, the next and the one after it count at each of so many places from a
/// bin to the next: a cubic through them (Catmull and Rom).
fn between() -> [[f32; ZOOM]; 4] {
    let weights = [
        |t: f32| t * (2.0 * t - t * t - 1.0) / 2.0,
        |t: f32| 1.0 + t * t * (3.0 * t - 5.0) / 2.0,
        |t: f32| t * (1.0 + 4.0 * t - 3.0 * t * t) / 2.0,
        |t: f32| t * t * (t - 1.0) / 2.0,
    ];
    weights.map(|weight| std::array::from_fn(|i| weight(i as f32 / ZOOM as f32)))
}

/// The power at the bins between those of a short transform.
#[inline(always)]
fn raise(fine: &mut [[f32; ZOOM]], coarse: &[f32], between: &[[f32; ZOOM]; 4]) {
    let [before, at, next, after] = between;
    for (fine, around) in fine.iter_mut().zip(coarse.windows(4)) {
        for (i, power) in fine.iter_mut().enumerate() {
            *power = around[0] * before[i]
                + around[1] * at[i]
                + around[2] * next[i]
                + around[3] * after[i];
        }
    }
}

/// How many bins a partial's frequency rises when the fundamental rises by 1 Hz.
fn factor(number: usize, stiffness: f64, bin_hz: f64) -> f64 {
    let number = number as f64;
    number * (1.0 + stiffness * number * number).sqrt() / bin_hz
}

fn bin_of(number: usize, stiffness: f64, bin_hz: f64, fundamental: f64) -> usize {
    // `as` saturates: a frequency below zero becomes bin 0.
    (fundamental * factor(number, stiffness, bin_hz) + 0.5) as usize
}

fn sum(values: &[f32]) -> f64 {
    // Short sums in single precision, the long one in double.
    values
        .chunks(64)
        .map(|chunk| f64::from(chunk.iter().sum::<f32>()))
        .sum()
}

/// The symmetric Blackman window.
fn blackman(len: usize) -> Vec<f32> {
    let step = std::f64::consts::TAU / (len.max(2) - 1) as f64;
    (0..len)
        .map(|i| {
            let angle = step * i as f64;
            (0.42 - 0.5 * angle.cos() + 0.08 * (2.0 * angle).cos()) as f32
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: f64 = 16_000.0;

    /// The medians of a sum of sines, given as (frequency in Hz, amplitude).
    fn medians(partials: &[(f64, f64)]) -> [f64; DESCRIPTORS] {
        let samples: Vec<f32> = (0..32_000)
            .map(|i| {
                let time = f64::from(i) / RATE;
                partials
                    .iter()
                    .map(|(hz, amplitude)| amplitude * (std::f64::consts::TAU * hz * time).sin())
                    .sum::<f64>() as f32
            })
            .collect();
        let figures = Harmonic::new(RATE, &Detail::PUBLISHED).measure(&samples);
        std::array::from_fn(|i| figures[2 * i])
    }

    fn check(what: &str, got: f64, want: f64, tolerance: f64) {
        assert!((got - want).abs() <= tolerance, "{what}: {got}, not {want}");
    }

    #[test]
    fn a_harmonic_tone_has_its_partials() {
        let series: Vec<(f64, f64)> = (1..=6)
            .map(|h| (208.0 * f64::from(h), 0.2 / f64::from(h)))
            .collect();
        let [f0, _, energy, inharmonicity, noise, odd_even] = medians(&series);
        check("fundamental", f0, 208.0, 0.5);
        check("inharmonicity", inharmonicity, 0.0, 0.002);
        let fourth = |h: i32| (0.2 / f64::from(h)).powi(4);
        check("energy", energy, (1..=6).map(fourth).sum(), 1e-4);
        check(
            "odd to even",
            odd_even,
            (fourth(1) + fourth(3) + fourth(5)) / (fourth(2) + fourth(4) + fourth(6)),
            0.5,
        );
        // The whole spectrum's power, less what is hardly a part of it.
        let power: f64 = (1..=6).map(|h| (0.2 / f64::from(h)).powi(2)).sum();
        let spread = 32_768.0 * 1.727 / 1600.0;
        check("noise", noise, power * spread, 0.05 * power * spread);
    }

    #[test]
    fn a_stretched_tone_is_inharmonic() {
        let series: Vec<(f64, f64)> = (1..=6)
            .map(|h| {
                let h = f64::from(h);
                (208.0 * h * (1.0 + 5e-4 * h * h).sqrt(), 0.1)
            })
            .collect();
        let [_, _, _, inharmonicity, ..] = medians(&series);
        let want: f64 = (1..=6)
            .map(|h| {
                let h = f64::from(h);
                let first = (1.0f64 + 5e-4).sqrt();
                (h * (1.0 + 5e-4 * h * h).sqrt() - h * first).abs()
            })
            .sum::<f64>()
            * 2.0
            / 6.0;
        check("inharmonicity", inharmonicity, want, 0.01);
    }

    #[test]
    fn silence_has_no_partials() {
        let figures = Harmonic::new(RATE, &Detail::PUBLISHED).measure(&[0.0; 16_000]);
        assert_eq!(figures, [0.0; 2 * DESCRIPTORS]);
    }
}
