//! [`Note`]: a rendered note, and what can be measured of it.

use engine::{EngineKind, Event, FmSynth, MorphTable, NoteAddress};
use presets::Patch;
use timbre::fft::RealFft;

const RATE: f64 = 48_000.0;
/// Seconds that the keys are down, and seconds that are rendered.
const HOLD_S: f64 = 3.0;
const TOTAL_S: f64 = 4.5;
/// Samples of a frame of the level's course: 10 ms.
const FRAME: usize = 480;
/// Samples of a spectrum: a third of a second.
const FFT: usize = 16_384;

/// A note or a chord at one velocity, held for three seconds.
pub struct Note {
    samples: Vec<f32>,
    /// The frequency of its lowest key, in Hz.
    key_hz: f64,
}

/// Magnitudes at multiples of [`Spectrum::BIN_HZ`], under a Hann window.
pub struct Spectrum(Vec<f64>);

impl Note {
    pub fn new(patch: &Patch, keys: &[u8], velocity: u8) -> Note {
        let table = MorphTable::constant(patch);
        let mut synth = FmSynth::new(RATE, EngineKind::Modern);
        let addresses = keys.iter().map(|&key| NoteAddress {
            channel: Some(0),
            key: Some(key),
            note_id: None,
        });
        for address in addresses.clone() {
            synth.event(&Event::NoteOn { address, velocity }, &table, 0.0);
        }
        let mut samples = vec![0.0; sample(TOTAL_S)];
        let (held, released) = samples.split_at_mut(sample(HOLD_S));
        synth.render(&table, 0.0, held);
        for address in addresses {
            synth.event(&Event::NoteOff { address }, &table, 0.0);
        }
        synth.render(&table, 0.0, released);
        let semitones = f64::from(keys[0]) - 69.0;
        Note {
            samples,
            key_hz: 440.0 * 2f64.powf(semitones / 12.0),
        }
    }

    /// The largest sample.
    pub fn peak(&self) -> f64 {
        let peak = self
            .samples
            .iter()
            .fold(0.0f32, |peak, x| peak.max(x.abs()));
        f64::from(peak)
    }

    /// Where the loudest 50 ms begin, in seconds.
    pub fn loudest_s(&self) -> f64 {
        let starts = (0..self.samples.len() - 5 * FRAME).step_by(FRAME);
        let level = |start: &usize| rms(&self.samples[*start..start + 5 * FRAME]);
        let loudest = starts.max_by(|a, b| level(a).total_cmp(&level(b)));
        loudest.unwrap() as f64 / RATE
    }

    /// The level of the loudest 50 ms, in dB of full scale.
    pub fn level_db(&self) -> f64 {
        self.level_at_db(self.loudest_s(), 0.05)
    }

    /// The level of a stretch, in dB of full scale.
    pub fn level_at_db(&self, start_s: f64, length_s: f64) -> f64 {
        db(rms(
            &self.samples[sample(start_s)..sample(start_s + length_s)]
        ))
    }

    /// Seconds until a frame of 10 ms has half the amplitude of the loudest.
    pub fn attack_s(&self) -> f64 {
        let frames: Vec<f64> = self.samples.chunks_exact(FRAME).map(rms).collect();
        let largest = frames.iter().copied().fold(0.0, f64::max);
        let reached = frames.iter().position(|&level| level >= 0.5 * largest);
        (reached.unwrap() * FRAME) as f64 / RATE
    }

    /// The level at the end of the hold against the loudest, in dB.
    pub fn sustain_db(&self) -> f64 {
        self.level_at_db(HOLD_S - 0.1, 0.1) - self.level_db()
    }

    /// The level one second after the keys are up against the loudest, in dB.
    pub fn after_db(&self) -> f64 {
        self.level_at_db(HOLD_S + 1.0, 0.1) - self.level_db()
    }

    /// How far the levels of 50 ms spread while the keys are down, in dB (standard deviation).
    pub fn restlessness_db(&self) -> f64 {
        let levels: Vec<f64> = (10..58)
            .map(|n| self.level_at_db(f64::from(n) * 0.05, 0.05))
            .collect();
        let mean = levels.iter().sum::<f64>() / levels.len() as f64;
        let squares: f64 = levels.iter().map(|level| (level - mean).powi(2)).sum();
        (squares / levels.len() as f64).sqrt()
    }

    /// The brightest against the darkest of ten moments of the hold, as a ratio of centroids.
    pub fn sweep(&self) -> f64 {
        let centroids = (0..10).map(|n| self.spectrum(f64::from(n) * 0.27).centroid_hz());
        let (low, high) = centroids.fold((f64::MAX, 0.0f64), |(low, high), hz| {
            (low.min(hz), high.max(hz))
        });
        high / low
    }

    /// The spectrum of a third of a second.
    pub fn spectrum(&self, start_s: f64) -> Spectrum {
        let start = sample(start_s);
        let mut fft = RealFft::new(FFT);
        for (i, slot) in fft.frame().iter_mut().enumerate() {
            let window = 0.5 - 0.5 * (std::f64::consts::TAU * i as f64 / FFT as f64).cos();
            *slot = self.samples.get(start + i).copied().unwrap_or(0.0) * window as f32;
        }
        Spectrum(
            fft.spectrum()
                .iter()
                .map(|bin| f64::from(bin.norm()))
                .collect(),
        )
    }

    /// The spectrum from the loudest moment on.
    pub fn loudest_spectrum(&self) -> Spectrum {
        self.spectrum(self.loudest_s())
    }

    /// The level of a harmonic against the first, in dB, at the loudest.
    pub fn harmonic_db(&self, number: u32) -> f64 {
        let spectrum = self.loudest_spectrum();
        let level = |number: u32| spectrum.largest_near(f64::from(number) * self.key_hz);
        db(level(number) / level(1))
    }

    /// The share of the energy, at the loudest, that is not at multiples of half the pitch (half,
    /// because some patches have a sub-octave).
    pub fn inharmonic(&self) -> f64 {
        self.loudest_spectrum().share(|hz| {
            let unit = 0.5 * self.key_hz;
            let nearest = (hz / unit).round().max(1.0) * unit;
            (hz - nearest).abs() > (0.015 * hz).max(2.5 * Spectrum::BIN_HZ)
        })
    }

    /// The share of the energy, at the loudest, below a frequency.
    pub fn share_below(&self, limit_hz: f64) -> f64 {
        self.loudest_spectrum().share(|hz| hz < limit_hz)
    }

    /// How often the sound repeats, as a multiple of the key's frequency, shortly after the loudest
    /// moment; `None` where nothing repeats. By the difference function of de Cheveigné and Kawahara
    /// ("YIN", JASA 111, 2002).
    pub fn pitch(&self) -> Option<f64> {
        let longest = (2.5 * RATE / self.key_hz) as usize;
        let window = 2 * longest;
        let start = sample(self.loudest_s() + 0.1);
        let samples = self.samples.get(start..start + window + longest + 1)?;
        let mut sum = 0.0;
        let difference = |lag: usize| {
            let pairs = samples[..window].iter().zip(&samples[lag..]);
            pairs.map(|(a, b)| f64::from(a - b).powi(2)).sum::<f64>()
        };
        let mut normalised = vec![1.0];
        for lag in 1..=longest {
            let difference = difference(lag);
            sum += difference;
            normalised.push(difference * lag as f64 / sum.max(1e-12));
        }
        // The shortest period that is nearly as good as the best.
        let dips = (20..longest).filter(|&lag| {
            normalised[lag] <= normalised[lag - 1] && normalised[lag] < normalised[lag + 1]
        });
        let best = dips.clone().map(|lag| normalised[lag]).fold(1.0, f64::min);
        let dip = dips.clone().find(|&lag| normalised[lag] < best + 0.02)?;
        // The dip's place between samples, from a parabola through three of them.
        let (a, b, c) = (normalised[dip - 1], normalised[dip], normalised[dip + 1]);
        let lag = dip as f64 + 0.5 * (a - c) / (a - 2.0 * b + c);
        (best < 0.2).then_some(RATE / lag / self.key_hz)
    }
}

impl Spectrum {
    const BIN_HZ: f64 = RATE / FFT as f64;

    /// The mean frequency of the magnitudes, in Hz, of what is within 60 dB of the largest: a soft
    /// note's spectrum is otherwise that of the converter's steps.
    pub fn centroid_hz(&self) -> f64 {
        let floor = self.0.iter().copied().fold(0.0, f64::max) / 1000.0;
        let (mut sum, mut moment) = (1e-12, 0.0);
        for (bin, &magnitude) in self.0.iter().enumerate().filter(|&(_, &m)| m > floor) {
            sum += magnitude;
            moment += magnitude * bin as f64 * Self::BIN_HZ;
        }
        moment / sum
    }

    /// The largest magnitude within 2 % of a frequency, or three bins.
    fn largest_near(&self, hz: f64) -> f64 {
        let (centre, width) = (hz / Self::BIN_HZ, (0.02 * hz / Self::BIN_HZ).max(3.0));
        let bins = &self.0[(centre - width) as usize..=(centre + width) as usize];
        bins.iter().copied().fold(0.0, f64::max)
    }

    /// The share of the energy at frequencies of some kind.
    fn share(&self, of: impl Fn(f64) -> bool) -> f64 {
        let (mut part, mut all) = (0.0, 1e-12);
        for (bin, magnitude) in self.0.iter().enumerate() {
            let energy = magnitude * magnitude;
            all += energy;
            part += if of(bin as f64 * Self::BIN_HZ) {
                energy
            } else {
                0.0
            };
        }
        part / all
    }
}

fn sample(seconds: f64) -> usize {
    (seconds * RATE).round() as usize
}

fn rms(samples: &[f32]) -> f64 {
    let sum: f64 = samples.iter().map(|&x| f64::from(x) * f64::from(x)).sum();
    (sum / samples.len().max(1) as f64).sqrt()
}

fn db(ratio: f64) -> f64 {
    20.0 * ratio.max(1e-9).log10()
}
