//! What the published model hears: six notes of a patch as pictures of 257 frequencies and 251
//! frames (facts 2).

use candle_core::{Device, Result, Tensor, bail};
use timbre::fft::RealFft;

use crate::checkpoint::Checkpoint;

/// Samples per second.
pub const SAMPLE_RATE: u32 = 16_000;
/// Samples of a note: three seconds held, one released.
pub const SAMPLES: usize = 64_000;
/// Pitch and velocity of the notes, in their order.
pub const NOTES: [(u8, u8); 6] = [(41, 75), (48, 75), (56, 25), (56, 75), (56, 127), (63, 75)];
/// The note that all measures of timbre are taken from.
pub const MAIN_NOTE: usize = 3;
/// Rows and columns of a picture.
pub const SHAPE: (usize, usize) = (257, 251);

const FRAME: usize = 512;
const HOP: usize = 256;
/// Quietest level, dB.
const FLOOR: f32 = -120.0;

/// Levels in dB of one note, 257 x 251, from the lowest frequency up, time along the rows. A
/// constant 1 reaches 0, and a sine of amplitude 1 half of that, -6.02.
///
/// `audio` is what [`SAMPLE_RATE`] and [`SAMPLES`] say; shorter audio is followed by silence and
/// longer is cut. Frames are centred on multiples of 256 samples, with silence beyond both ends,
/// and weighed by a symmetric Hann window.
pub fn spectrogram(audio: &[f32]) -> Vec<f32> {
    let (bins, frames) = SHAPE;
    let window = hann();
    // The transform of the window at frequency 0 is its sum, and nothing is larger.
    let scale = 1.0 / window.iter().sum::<f32>();
    let mut fft = RealFft::new(FRAME);
    let mut levels = vec![FLOOR; bins * frames];
    let audio = &audio[..audio.len().min(SAMPLES)];
    for frame in 0..frames {
        let first = frame * HOP;
        for (i, (sample, window)) in fft.frame().iter_mut().zip(&window).enumerate() {
            let place = (first + i).checked_sub(FRAME / 2);
            let value = place.and_then(|place| audio.get(place)).copied();
            *sample = value.unwrap_or(0.0) * window;
        }
        for (bin, value) in fft.spectrum().iter().enumerate() {
            let magnitude = value.re.hypot(value.im) * scale;
            levels[bin * frames + frame] = (20.0 * magnitude.log10()).max(FLOOR);
        }
    }
    levels
}

fn hann() -> [f32; FRAME] {
    std::array::from_fn(|i| {
        let phase = std::f64::consts::TAU * i as f64 / (FRAME - 1) as f64;
        (0.5 - 0.5 * phase.cos()) as f32
    })
}

/// Audio at 16 kHz from audio at 48 kHz, `1 / 3` as long.
///
/// A low-pass of 3 x 64 zero crossings, a sinc weighed by a Kaiser window: flat to 7.4 kHz, 100 dB
/// down from 8 kHz on to within a fraction of a decibel at the edge. The published data was
/// resampled by another library with a filter of the same kind; the difference is far below the
/// noise floor of a DX7.
pub fn from_48_khz(audio: &[f32]) -> Vec<f32> {
    const CROSSINGS: i64 = 64;
    const RATIO: i64 = 3;
    const CUTOFF: f64 = 0.963;
    const BETA: f64 = 10.0;
    let half = CROSSINGS * RATIO;
    let bessel = |x: f64| {
        // The modified Bessel function of order 0, by its series.
        let (mut term, mut total, mut k) = (1.0, 1.0, 1.0);
        while term > 1e-12 * total {
            term *= (x / (2.0 * k)).powi(2);
            total += term;
            k += 1.0;
        }
        total
    };
    let taps: Vec<f64> = (-half..=half)
        .map(|i| {
            let x = i as f64 / RATIO as f64 * CUTOFF;
            let angle = std::f64::consts::PI * x;
            let sinc = if i == 0 { 1.0 } else { angle.sin() / angle };
            let place = i as f64 / half as f64;
            let window = bessel(BETA * (1.0 - place * place).max(0.0).sqrt()) / bessel(BETA);
            sinc * window * CUTOFF / RATIO as f64
        })
        .collect();
    (0..audio.len().div_ceil(RATIO as usize) as i64)
        .map(|n| {
            let products = taps.iter().enumerate().map(|(i, tap)| {
                let place = usize::try_from(n * RATIO + i as i64 - half);
                let sample = place.ok().and_then(|place| audio.get(place));
                tap * f64::from(sample.copied().unwrap_or(0.0))
            });
            products.sum::<f64>() as f32
        })
        .collect()
}

/// The smallest and the largest level of a data set, dB: what the pictures of a network are scaled
/// with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range {
    /// Becomes -1.
    pub min: f32,
    /// Becomes 1.
    pub max: f32,
}

impl Range {
    /// That of a checkpoint's data, where its metadata has one: `spectrogram_min` and
    /// `spectrogram_max`.
    ///
    /// # Errors
    /// If there is only one of the two, or they are not numbers in order.
    pub fn of(checkpoint: &Checkpoint) -> Result<Option<Range>> {
        let keys = ["spectrogram_min", "spectrogram_max"];
        if keys
            .iter()
            .all(|&key| !checkpoint.metadata.contains_key(key))
        {
            return Ok(None);
        }
        let (min, max) = (checkpoint.metadata(keys[0])?, checkpoint.metadata(keys[1])?);
        Range::new(min, max).map(Some)
    }

    /// # Errors
    /// If the two are not finite and in order.
    pub fn new(min: f32, max: f32) -> Result<Range> {
        if !(min.is_finite() && max.is_finite() && min < max) {
            bail!("spectrogram levels from {min} to {max} dB are not a range");
        }
        Ok(Range { min, max })
    }
}

/// The pictures of a batch of patches.
#[derive(Clone, Debug)]
pub struct Spectrograms {
    levels: Vec<f32>,
    notes: usize,
}

impl Spectrograms {
    /// From the audio of every patch's notes: `audio[patch][note]`.
    ///
    /// # Errors
    /// If patches differ in their number of notes.
    pub fn new(audio: &[Vec<Vec<f32>>]) -> Result<Spectrograms> {
        let notes = audio.first().map_or(0, Vec::len);
        if notes == 0 || audio.iter().any(|patch| patch.len() != notes) {
            bail!("every patch must be heard with the same notes, at least one");
        }
        let levels = audio.iter().flatten();
        Ok(Spectrograms {
            levels: levels.flat_map(|audio| spectrogram(audio)).collect(),
            notes,
        })
    }

    /// Whether a patch cannot be heard in any frame of some note, as the published data set leaves
    /// such patches out; one answer per patch.
    pub fn silent(&self) -> Vec<bool> {
        let picture = SHAPE.0 * SHAPE.1;
        let is_silent = |levels: &[f32]| levels.iter().all(|&level| level <= FLOOR);
        self.levels
            .chunks(picture * self.notes)
            .map(|patch| patch.chunks(picture).any(is_silent))
            .collect()
    }

    /// The levels from -1 to 1, shape `[patches, notes, 257, 251]`.
    pub fn normalised(&self, range: Range) -> Result<Tensor> {
        let scale = 2.0 / (range.max - range.min);
        let values: Vec<f32> = self
            .levels
            .iter()
            .map(|level| (level - range.min) * scale - 1.0)
            .collect();
        Tensor::from_vec(values, ((), self.notes, SHAPE.0, SHAPE.1), &Device::Cpu)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sine(frequency: f64, rate: f64, len: usize) -> Vec<f32> {
        let step = std::f64::consts::TAU * frequency / rate;
        (0..len).map(|i| (step * i as f64).sin() as f32).collect()
    }

    /// Level of one bin by the formula, in f64 and without a fast transform.
    fn by_formula(audio: &[f32], bin: usize, frame: usize) -> f64 {
        let (mut re, mut im, mut total) = (0.0, 0.0, 0.0);
        for i in 0..512 {
            let window = 0.5 - 0.5 * (std::f64::consts::TAU * i as f64 / 511.0).cos();
            total += window;
            let place = (frame * 256 + i) as i64 - 256;
            let sample = usize::try_from(place).ok().and_then(|p| audio.get(p));
            let value = window * f64::from(sample.copied().unwrap_or(0.0));
            let angle = std::f64::consts::TAU * (bin * i) as f64 / 512.0;
            re += value * angle.cos();
            im -= value * angle.sin();
        }
        (20.0 * (re.hypot(im) / total).log10()).max(-120.0)
    }

    #[test]
    fn levels_are_those_of_the_formula() {
        let mut audio = sine(207.65, 16_000.0, SAMPLES);
        let more = sine(3000.0, 16_000.0, SAMPLES);
        audio
            .iter_mut()
            .zip(more)
            .for_each(|(a, b)| *a = 0.4 * *a + 0.01 * b);
        let levels = spectrogram(&audio);
        for (bin, frame) in [
            (0, 0),
            (7, 0),
            (7, 125),
            (6, 250),
            (96, 40),
            (97, 249),
            (256, 10),
        ] {
            let expected = by_formula(&audio, bin, frame);
            let found = f64::from(levels[bin * 251 + frame]);
            // Below -100 dB single precision shows.
            let tolerance = if expected > -100.0 { 0.01 } else { 3.0 };
            assert!(
                (found - expected).abs() < tolerance,
                "{bin} {frame}: {found} {expected}"
            );
        }
    }

    #[test]
    fn a_full_scale_sine_is_half_of_the_largest() {
        // A real sine has half its amplitude at the positive frequency: -6.02 dB.
        let levels = spectrogram(&sine(1000.0, 16_000.0, SAMPLES));
        assert!(
            (levels[32 * 251 + 100] + 6.02).abs() < 0.02,
            "{}",
            levels[32 * 251 + 100]
        );
        assert!(levels[200 * 251 + 100] < -90.0);
    }

    #[test]
    fn silence_is_the_floor() {
        assert!(spectrogram(&[]).iter().all(|&level| level == -120.0));
        let heard = vec![sine(500.0, 16_000.0, SAMPLES)];
        let spectrograms = Spectrograms::new(&[heard, vec![vec![0.0; 100]]]).unwrap();
        assert_eq!(spectrograms.silent(), [false, true]);
        let range = Range::new(-120.0, 0.0).unwrap();
        let x = spectrograms.normalised(range).unwrap();
        assert_eq!(x.dims(), [2, 1, 257, 251]);
        assert_eq!(
            x.flatten_all().unwrap().to_vec1::<f32>().unwrap()[257 * 251],
            -1.0
        );
        assert!(Range::new(0.0, 0.0).is_err());
    }

    #[test]
    fn resampling_keeps_what_is_below_7400_hz_and_drops_what_is_above_8000() {
        let level = |frequency: f64| {
            let out = from_48_khz(&sine(frequency, 48_000.0, 48_000));
            let middle = &out[4000..12_000];
            let power: f32 = middle.iter().map(|x| x * x).sum::<f32>() / 8000.0;
            10.0 * (2.0 * power).log10()
        };
        for frequency in [100.0, 3000.0, 7400.0] {
            assert!(
                level(frequency).abs() < 0.05,
                "{frequency}: {}",
                level(frequency)
            );
        }
        for frequency in [8100.0, 12_000.0, 20_000.0] {
            assert!(
                level(frequency) < -80.0,
                "{frequency}: {}",
                level(frequency)
            );
        }
        let out = from_48_khz(&sine(1000.0, 48_000.0, 4800));
        let expected = sine(1000.0, 16_000.0, 1600);
        assert_eq!(out.len(), 1600);
        assert!((400..1200).all(|i| (out[i] - expected[i]).abs() < 1e-3));
    }
}
