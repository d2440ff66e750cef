//! What a candidate sounds like, as the planner hears it: its timbre features, and beside them a
//! log-mel picture over log time, a finer spectrum of the whole note, and its envelope and
//! brightness, each made comparable.

use timbre::fft::windowed;
use timbre::{Analyser, Decimator, RealFft, Timbre};

use super::course;
use crate::evaluation;
pub use crate::evaluation::{HOLD_S, NOTE, TOTAL_S};
use crate::ops::vector::{sum2, vectorised};

/// Samples per second of the notes that are heard, Hz. High, because a DX7's envelopes have
/// plateaus whose length depends on it, and because what folds back at lower rates is not timbre.
pub const RATE: f64 = 48_000.0;
/// Borders of the cells of time in s: as the ear does, finely after a key goes down or up.
const BORDERS: [f64; 23] = [
    0.0, 0.01, 0.02, 0.04, 0.06, 0.09, 0.13, 0.18, 0.25, 0.35, 0.5, 0.7, 1.0, 1.4, 1.9, 2.4, 3.0,
    3.03, 3.08, 3.16, 3.3, 3.6, 4.0,
];
const CELLS: usize = BORDERS.len() - 1;
/// Frames of a cell: one for each so many seconds, at most so many.
const FRAME_S: f64 = 0.04;
const FRAMES: usize = 4;
/// Length of a frame.
const SHORT: usize = 2048;
/// Mel bands, and their borders in Hz.
const BANDS: usize = 40;
const LOWEST_HZ: f64 = 40.0;
const HIGHEST_HZ: f64 = 8_000.0;

/// Length of the frames of the finer spectrum, and where they lie, s.
const LONG: usize = 8192;
const LONG_AT: [f64; 3] = [0.12, 0.9, 2.4];
/// Its bands, a twelfth of an octave wide, from the lowest on, Hz.
const FINE_BANDS: usize = 80;
const FINE_LOWEST_HZ: f64 = 50.0;

/// Below the loudest of both ends by this much (as a power), nothing counts.
const FLOOR: f32 = 3e-6;

/// Listens to notes. Holds its plans and memory.
pub struct Ear {
    short: Frame,
    long: Frame,
    frames: Vec<(usize, f64)>,
    decimator: Decimator,
    analyser: Analyser,
}

/// A note as heard: plain powers, so that a change of level is a factor.
#[derive(Clone, Debug, PartialEq)]
pub struct Impression {
    /// Power of each band of each cell, cell by cell.
    mel: Vec<f32>,
    /// Power of each fine band of each long frame.
    fine: Vec<f32>,
    /// Power of each cell as loudness counts it (highs more, lows less).
    weighted: [f32; CELLS],
    /// Amplitude in steps of plain time.
    envelope: Vec<f32>,
}

impl Ear {
    /// An ear for notes at [`RATE`].
    pub fn new() -> Ear {
        let mel = |hz: f64| 2595.0 * (1.0 + hz / 700.0).log10();
        let hz = |mel: f64| 700.0 * (10.0f64.powf(mel / 2595.0) - 1.0);
        let (low, high) = (mel(LOWEST_HZ), mel(HIGHEST_HZ));
        let mels: Vec<f64> = (0..BANDS + 2)
            .map(|i| hz(low + (high - low) * i as f64 / (BANDS + 1) as f64))
            .collect();
        let fines: Vec<f64> = (0..FINE_BANDS + 2)
            .map(|i| FINE_LOWEST_HZ * ((i as f64 - 1.0) / 12.0).exp2())
            .collect();
        let mut frames = Vec::new();
        for (cell, borders) in BORDERS.windows(2).enumerate() {
            let width = borders[1] - borders[0];
            let count = ((width / FRAME_S).ceil() as usize).clamp(1, FRAMES);
            for i in 0..count {
                frames.push((cell, borders[0] + width * (i as f64 + 0.5) / count as f64));
            }
        }
        Ear {
            short: Frame::new(SHORT, &mels),
            long: Frame::new(LONG, &fines),
            frames,
            decimator: Decimator::new((RATE / evaluation::RATE) as usize),
            analyser: Analyser::brief(evaluation::RATE, (TOTAL_S * evaluation::RATE) as usize),
        }
    }

    /// Listens to a note: mono samples at [`RATE`], 1.0 is full scale.
    pub fn hear(&mut self, samples: &[f32]) -> Impression {
        let mut impression = Impression {
            mel: vec![0.0; CELLS * BANDS],
            fine: vec![0.0; LONG_AT.len() * FINE_BANDS],
            weighted: [0.0; CELLS],
            envelope: course::envelope(samples),
        };
        let mut counts = [0.0f32; CELLS];
        for &(cell, at) in &self.frames {
            let bands = &mut impression.mel[cell * BANDS..(cell + 1) * BANDS];
            impression.weighted[cell] += self.short.add(samples, at, bands);
            counts[cell] += 1.0;
        }
        for (cell, count) in counts.iter().enumerate() {
            impression.weighted[cell] /= count;
            for power in &mut impression.mel[cell * BANDS..(cell + 1) * BANDS] {
                *power /= count;
            }
        }
        for (i, &at) in LONG_AT.iter().enumerate() {
            let bands = &mut impression.fine[i * FINE_BANDS..(i + 1) * FINE_BANDS];
            self.long.add(samples, at, bands);
        }
        impression
    }

    /// The timbre features of a note, measured briefly.
    pub fn measure(&mut self, samples: &[f32]) -> Timbre {
        self.analyser.measure(&self.decimator.decimate(samples))
    }
}

impl Default for Ear {
    fn default() -> Ear {
        Ear::new()
    }
}

impl Impression {
    /// Whether anything is there to hear: a power above -100 dB.
    pub fn is_silent(&self) -> bool {
        self.weighted.iter().all(|&power| power < 1e-10)
    }

    /// Loudness in LU above an arbitrary zero: the mean over time of the weighted power, quiet
    /// stretches left out (ITU-R BS.1770 in kind, with the cells for blocks).
    pub fn loudness(&self) -> f32 {
        let mean = |least: f32| {
            let (mut sum, mut time) = (0.0f32, 0.0f32);
            for (power, borders) in self.weighted.iter().zip(BORDERS.windows(2)) {
                if *power >= least {
                    let width = (borders[1] - borders[0]) as f32;
                    sum += power * width;
                    time += width;
                }
            }
            if time > 0.0 { sum / time } else { 0.0 }
        };
        let gated = mean(mean(1e-10) * 0.1);
        10.0 * gated.max(1e-12).log10()
    }

    /// The same note, louder by so many LU.
    pub fn louder(&self, by: f32) -> Impression {
        let factor = 10.0f32.powf(by / 10.0);
        let mut louder = self.clone();
        let powers = louder.mel.iter_mut().chain(&mut louder.fine);
        for power in powers.chain(&mut louder.weighted) {
            *power *= factor;
        }
        for amplitude in &mut louder.envelope {
            *amplitude *= factor.sqrt();
        }
        louder
    }
}

/// A window of one length, and triangular bands over its spectrum.
struct Frame {
    fft: RealFft,
    window: Vec<f32>,
    /// For each band its first bin and the weights from there on.
    bands: Vec<(usize, Vec<f32>)>,
    /// How much each bin counts for loudness.
    loudness: Vec<f32>,
}

impl Frame {
    /// `borders` are those of overlapping triangles, each from its own border to the one after the
    /// next.
    fn new(len: usize, borders: &[f64]) -> Frame {
        let step = std::f64::consts::TAU / len as f64;
        let window: Vec<f32> = (0..len)
            .map(|i| (0.5 - 0.5 * (step * i as f64).cos()) as f32)
            .collect();
        // Powers in units of the squared signal: twice for the two halves of the spectrum.
        let scale = 2.0 / (len as f64 * window.iter().map(|w| f64::from(w * w)).sum::<f64>());
        let bin_hz = RATE / len as f64;
        let bands = borders
            .windows(3)
            .map(|b| {
                // A band narrower than a bin still holds the nearest one.
                let first = ((b[0] / bin_hz).ceil() as usize).min((b[1] / bin_hz).round() as usize);
                let last = ((b[2] / bin_hz) as usize).max((b[1] / bin_hz).round() as usize);
                let weights = (first..=last)
                    .map(|bin| {
                        let hz = bin as f64 * bin_hz;
                        let rise = (hz - b[0]) / (b[1] - b[0]);
                        let fall = (b[2] - hz) / (b[2] - b[1]);
                        let nearest = bin == (b[1] / bin_hz).round() as usize;
                        let least = if nearest { 0.5 } else { 0.0 };
                        (scale * rise.min(fall).clamp(least, 1.0)) as f32
                    })
                    .collect();
                (first, weights)
            })
            .collect();
        let loudness = (0..=len / 2)
            .map(|bin| (scale * k_weight(bin as f64 * bin_hz)) as f32)
            .collect();
        Frame {
            fft: RealFft::new(len),
            window,
            bands,
            loudness,
        }
    }

    /// Adds the bands' powers of the frame that is centred on that time, and gives back its power as
    /// loudness counts it.
    fn add(&mut self, samples: &[f32], at: f64, bands: &mut [f32]) -> f32 {
        let half = self.window.len() / 2;
        let start = (at * RATE) as usize;
        windowed(self.fft.frame(), samples, &self.window, start, half);
        let spectrum = self.fft.spectrum();
        for (band, (first, weights)) in bands.iter_mut().zip(&self.bands) {
            let bins = &spectrum[*first..*first + weights.len()];
            *band += bins
                .iter()
                .zip(weights)
                .map(|(bin, w)| bin.norm_sqr() * w)
                .sum::<f32>();
        }
        spectrum
            .iter()
            .zip(&self.loudness)
            .map(|(bin, w)| bin.norm_sqr() * w)
            .sum()
    }
}

/// The weighting of loudness as a factor of power: a high-pass near 40 Hz and a shelf of 4 dB above
/// 1.5 kHz, as ITU-R BS.1770 has them, in the shape of their magnitudes.
fn k_weight(hz: f64) -> f64 {
    let low = (hz / 38.0).powi(4) / (1.0 + (hz / 38.0).powi(4));
    let ratio = (hz / 1500.0).powi(2);
    let shelf = (1.0 + 2.51 * ratio) / (1.0 + ratio);
    low * shelf
}

/// Brings impressions to the scale of one pair of ends, so that their distances are plain ones.
pub struct Scale {
    floor: f32,
    fine_floor: f32,
    loudest: f32,
    weights: [f32; BLOCKS],
}

/// Kinds of things that are heard, in the order in which they lie in a point.
const BLOCKS: usize = 6;
/// How much each counts when the ends differ in it as in the others.
const IMPORTANCE: [f32; BLOCKS] = [1.0, 0.5, 0.5, 0.5, 0.5, 1.0];
/// How much the ends must differ in each for the difference to count in full: an RMS over the block.
const NOTICEABLE: [f32; BLOCKS] = [0.3, 0.3, 0.05, 0.1, 0.05, 0.2];

/// A place in the space of timbre.
pub type Point = Vec<f32>;

impl Scale {
    /// The scale on which both ends lie.
    pub fn of(a: &Impression, b: &Impression) -> Scale {
        let largest = |powers: [&Vec<f32>; 2]| {
            let all = powers[0].iter().chain(powers[1]);
            all.copied().fold(1e-9f32, f32::max)
        };
        let level = |i: &Impression| (0..CELLS).map(|c| i.cell(c)).fold(1e-9f32, f32::max);
        let mut scale = Scale {
            floor: largest([&a.mel, &b.mel]) * FLOOR,
            fine_floor: largest([&a.fine, &b.fine]) * FLOOR,
            loudest: level(a).max(level(b)).sqrt(),
            weights: [1.0; BLOCKS],
        };
        let (a, b) = (scale.point(a), scale.point(b));
        for (block, range) in blocks().into_iter().enumerate() {
            let len = range.len() as f32;
            let apart = a[range.clone()].iter().zip(&b[range]);
            let apart: f32 = apart.map(|(a, b)| (a - b) * (a - b)).sum();
            let noticeable = NOTICEABLE[block] * NOTICEABLE[block] * len;
            scale.weights[block] = (IMPORTANCE[block] / (apart + noticeable)).sqrt();
        }
        scale
    }

    /// Where a note lies. Squared distances between points are near 2.5 between unlike ends.
    pub fn point(&self, impression: &Impression) -> Point {
        let mut point = Vec::with_capacity(CELLS * (BANDS + 3) + impression.fine.len());
        let [mel, fine, level, shape, envelope, figures] = self.weights;
        // Steps of a thousandth, so that the last digits of a machine's arithmetic play no part.
        let whole = |value: f32| (value * 1024.0).round() / 1024.0;
        for power in &impression.mel {
            point.push(mel * whole((power / self.floor).ln_1p() * 0.2));
        }
        for power in &impression.fine {
            point.push(fine * whole((power / self.fine_floor).ln_1p() * 0.2));
        }
        for cell in 0..CELLS {
            point.push(level * whole(impression.cell(cell).sqrt() / self.loudest));
        }
        for cell in 0..CELLS {
            let bands = &impression.mel[cell * BANDS..(cell + 1) * BANDS];
            let total = impression.cell(cell) + self.floor * BANDS as f32;
            // Silence counts as the middle, with the floor's flat spectrum.
            let mean = moment(bands, self.floor, |band| band) / total;
            let spread = moment(bands, self.floor, |band| (band - mean).powi(2)) / total;
            point.push(shape * whole(mean / BANDS as f32 * 4.0));
            point.push(shape * whole(spread.sqrt() / BANDS as f32 * 4.0));
        }
        for amplitude in &impression.envelope {
            point.push(envelope * whole(amplitude / self.loudest));
        }
        for figure in course::figures(&impression.envelope) {
            point.push(figures * whole(figure));
        }
        point
    }
}

fn moment(bands: &[f32], floor: f32, of: impl Fn(f32) -> f32) -> f32 {
    let terms = bands.iter().enumerate();
    terms.map(|(i, power)| (power + floor) * of(i as f32)).sum()
}

/// Where each kind lies in a point.
fn blocks() -> [std::ops::Range<usize>; BLOCKS] {
    let lengths = [
        CELLS * BANDS,
        LONG_AT.len() * FINE_BANDS,
        CELLS,
        2 * CELLS,
        course::STEPS,
        course::FIGURES,
    ];
    let mut start = 0;
    lengths.map(|len| {
        let range = start..start + len;
        start += len;
        range
    })
}

impl Impression {
    /// Power of a cell.
    fn cell(&self, cell: usize) -> f32 {
        self.mel[cell * BANDS..(cell + 1) * BANDS].iter().sum()
    }
}

/// The squared distance of two points.
pub fn distance(a: &[f32], b: &[f32]) -> f32 {
    vectorised!(sum2(a, b, |a, b| (a - b) * (a - b)))
}
