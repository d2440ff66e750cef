//! The temporal descriptors: the energy envelope and what it says of attack, decay, sustain and
//! modulation (Peeters et al. 2011, section III; the attack by the weakest-effort method).

use realfft::num_complex::Complex;

use crate::detail::Detail;
use crate::modulation::Modulation;
use crate::statistics::median_and_range;

/// Cut-off of the envelope's low-pass in Hz.
const CUT_OFF_HZ: f64 = 5.0;
/// Seconds of the envelope's windows, and of the way to the next.
const WINDOW_S: f64 = 0.0232;
const HOP_S: f64 = 0.0029;
/// An effort this many times the mean one is no part of the attack.
const EFFORT: f64 = 3.0;
/// The part of the loudest above which a sound counts as sounding.
const SOUNDING: f64 = 0.4;
/// The same for the temporal centroid.
const AUDIBLE: f64 = 0.15;

/// Measures envelopes. Holds its plans and its memory.
pub struct Temporal {
    /// Samples of the envelope per second, and of the sound in each of them.
    rate: f64,
    step: usize,
    modulation: Modulation,
    envelope: Vec<f64>,
    column: Vec<f64>,
}

/// The twelve figures of an envelope.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Envelope {
    /// RMS of short windows, median and range.
    pub rms: (f64, f64),
    /// Start of the attack, s.
    pub attack: f64,
    /// log10 of the attack's length in s.
    pub log_attack_time: f64,
    /// Mean slope of the attack, 1/s.
    pub attack_slope: f64,
    /// Start of the decay, s.
    pub decay: f64,
    /// Slope of the logarithm of the envelope from decay to release, 1/s.
    pub decay_slope: f64,
    /// Start of the release, s.
    pub release: f64,
    /// Centre of the energy in time, s.
    pub temporal_centroid: f64,
    /// How long the sound is loud, s.
    pub effective_duration: f64,
    /// Strength and frequency (Hz) of the strongest modulation between 1 and 10 Hz.
    pub modulation: (f64, f64),
}

impl Temporal {
    /// For sounds of up to `len` samples at that sample rate in Hz.
    pub fn new(rate: f64, len: usize, detail: &Detail) -> Temporal {
        let step = detail.envelope_step;
        let (rate, len) = (rate / step as f64, len / step);
        Temporal {
            rate,
            step,
            modulation: Modulation::new(rate, len),
            envelope: Vec::with_capacity(len),
            column: Vec::new(),
        }
    }

    /// The figures of an analytic signal; `None` when its envelope never rises above zero.
    pub fn measure(&mut self, signal: &[Complex<f64>]) -> Option<Envelope> {
        self.envelope.clear();
        let mean =
            |part: &[Complex<f64>]| part.iter().map(amplitude).sum::<f64>() / part.len() as f64;
        self.envelope.extend(signal.chunks(self.step).map(mean));
        low_pass(&mut self.envelope, CUT_OFF_HZ / self.rate);
        let rms = self.rms();

        let (peak, loudest) = maximum(&self.envelope)?;
        if loudest <= 0.0 {
            return None;
        }
        for value in &mut self.envelope {
            *value /= loudest;
        }
        let envelope = &self.envelope;
        let rate = self.rate;
        // Sample numbers are counted from 1 wherever they become times.
        let seconds = |index: usize| (index + 1) as f64 / rate;

        let (start, end) = attack(envelope);
        let decay = ((peak + 1 + end + 1) as f64 / 2.0).round() as usize - 1;
        let release = last_above(envelope, SOUNDING).unwrap_or(peak);
        let first = first_above(envelope, SOUNDING).unwrap_or(peak);
        let sustain = envelope.get(decay..=release).unwrap_or_default();
        let fit = self.modulation.fit(sustain);
        Some(Envelope {
            rms,
            attack: seconds(start),
            log_attack_time: ((end.saturating_sub(start).max(1)) as f64 / rate).log10(),
            attack_slope: attack_slope(envelope, start, end, rate),
            decay: seconds(decay),
            decay_slope: fit.slope * rate,
            release: seconds(release),
            temporal_centroid: temporal_centroid(envelope, rate),
            effective_duration: (release + 1 - first) as f64 / rate,
            modulation: self.modulation.measure(sustain, &fit),
        })
    }

    /// Median and range of the RMS of short windows of the envelope.
    fn rms(&mut self) -> (f64, f64) {
        let window = (WINDOW_S * self.rate).round() as usize;
        let hop = (HOP_S * self.rate).round().max(1.0) as usize;
        self.column.clear();
        for frame in self.envelope.windows(window.max(1)).step_by(hop) {
            let square: f64 = frame.iter().map(|value| value * value).sum();
            self.column.push((square / window as f64).sqrt());
        }
        median_and_range(&mut self.column)
    }
}

/// The magnitude, without the care for overflow that takes most of the time of `norm`.
fn amplitude(value: &Complex<f64>) -> f64 {
    value.norm_sqr().sqrt()
}

/// Where the attack starts and ends, by the weakest effort: the times from each tenth of the height
/// to the next are compared with the mean of the middle ones, and tenths at either side that take
/// far longer are left out. Both ends then go to the nearby minimum and maximum.
fn attack(envelope: &[f64]) -> (usize, usize) {
    let crossings: [usize; 10] = std::array::from_fn(|i| {
        let level = (i + 1) as f64 / 10.0;
        // The last level is reached exactly, at the maximum, but for rounding.
        let level = if i == 9 { 1.0 } else { level };
        first_at_least(envelope, level).unwrap_or(envelope.len() - 1)
    });
    let efforts: [f64; 9] = std::array::from_fn(|i| (crossings[i + 1] - crossings[i]) as f64);
    let mean = efforts[2..6].iter().sum::<f64>() / 4.0;
    let start = (0..3)
        .rev()
        .find(|&i| efforts[i] > EFFORT * mean)
        .map_or(0, |i| i + 1);
    let end = (4..9).find(|&i| efforts[i] > EFFORT * mean).unwrap_or(9);

    let around = |place: usize, effort: f64| {
        let reach = (0.25 * effort).round() as usize;
        place.saturating_sub(reach)..(place + reach + 1).min(envelope.len())
    };
    let near_start = around(crossings[start], efforts[start]);
    let near_end = around(crossings[end], efforts[end - 1]);
    let from = near_start.start;
    let start = minimum(&envelope[near_start]).map_or(0, |i| from + i);
    let from = near_end.start;
    let end = maximum(&envelope[near_end]).map_or(0, |(i, _)| from + i);
    (start, end)
}

/// The mean slope of the attack in 1/s: slopes from tenth to tenth, those near half the height
/// weighing most. 0 for an attack of less than a tenth.
fn attack_slope(envelope: &[f64], start: usize, end: usize, rate: f64) -> f64 {
    let (Some(&low), Some(attack)) = (envelope.get(start), envelope.get(start..=end)) else {
        return 0.0;
    };
    let high = envelope[end];
    let (mut sum, mut weights) = (0.0, 0.0);
    let mut before: Option<(f64, usize)> = None;
    for step in 0..=10 {
        let level = low + f64::from(step) / 10.0;
        if level > high {
            break;
        }
        let Some(place) = first_at_least(attack, level) else {
            break;
        };
        if let Some((level_before, place_before)) = before
            && place > place_before
        {
            let middle = (level + level_before) / 2.0;
            let weight = (-((middle - 0.5) / 0.5).powi(2)).exp();
            sum += weight * (level - level_before) * rate / (place - place_before) as f64;
            weights += weight;
        }
        before = Some((level, place));
    }
    if weights > 0.0 { sum / weights } else { 0.0 }
}

/// The centre of the envelope between the first and the last audible sample, s.
fn temporal_centroid(envelope: &[f64], rate: f64) -> f64 {
    let (Some(first), Some(last)) = (
        first_above(envelope, AUDIBLE),
        last_above(envelope, AUDIBLE),
    ) else {
        return 0.0;
    };
    let (mut moment, mut sum) = (0.0, 0.0);
    for (i, value) in envelope[first..=last].iter().enumerate() {
        moment += (i + 1) as f64 * value;
        sum += value;
    }
    ((first + 1) as f64 + moment / sum) / rate
}

/// A third-order Butterworth low-pass over the samples, from rest; `cut_off` in cycles per sample.
fn low_pass(samples: &mut [f64], cut_off: f64) {
    // By the bilinear transform: a first-order section and a second-order one with Q = 1.
    let w = (std::f64::consts::PI * cut_off).tan();
    let one = w / (1.0 + w);
    let pole = (w - 1.0) / (1.0 + w);
    let norm = 1.0 / (1.0 + w + w * w);
    let gain = w * w * norm;
    let (a1, a2) = (2.0 * (w * w - 1.0) * norm, (1.0 - w + w * w) * norm);
    let (mut x1, mut y1) = (0.0, 0.0);
    let (mut s1, mut s2) = (0.0, 0.0);
    for sample in samples {
        let x = *sample;
        let y = one * (x + x1) - pole * y1;
        (x1, y1) = (x, y);
        let out = gain * y + s1;
        s1 = 2.0 * gain * y - a1 * out + s2;
        s2 = gain * y - a2 * out;
        *sample = out;
    }
}

fn first_at_least(envelope: &[f64], level: f64) -> Option<usize> {
    envelope.iter().position(|&value| value >= level)
}

fn first_above(envelope: &[f64], level: f64) -> Option<usize> {
    envelope.iter().position(|&value| value > level)
}

fn last_above(envelope: &[f64], level: f64) -> Option<usize> {
    envelope.iter().rposition(|&value| value > level)
}

/// The first largest value and its place.
fn maximum(values: &[f64]) -> Option<(usize, f64)> {
    let mut best: Option<(usize, f64)> = None;
    for (i, &value) in values.iter().enumerate() {
        if best.is_none_or(|(_, largest)| value > largest) {
            best = Some((i, value));
        }
    }
    best
}

/// The place of the first smallest value.
fn minimum(values: &[f64]) -> Option<usize> {
    (0..values.len()).min_by(|&i, &j| values[i].total_cmp(&values[j]))
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: f64 = 16_000.0;

    /// The figures of an envelope that is given directly, as the magnitude of an analytic signal.
    fn measure(envelope: impl Fn(f64) -> f64) -> Envelope {
        let signal: Vec<Complex<f64>> = (0..64_000)
            .map(|i| Complex::new(envelope(f64::from(i) / RATE), 0.0))
            .collect();
        Temporal::new(RATE, 64_000, &Detail::PUBLISHED)
            .measure(&signal)
            .unwrap()
    }

    fn check(what: &str, got: f64, want: f64, tolerance: f64) {
        assert!((got - want).abs() <= tolerance, "{what}: {got}, not {want}");
    }

    #[test]
    fn a_held_tone_is_level_and_lasts_as_long_as_held() {
        let held = measure(|t| if t < 3.0 { 0.2 } else { 0.0 });
        check("rms", held.rms.0, 0.2, 0.001);
        check("duration", held.effective_duration, 3.0, 0.06);
        check("centre", held.temporal_centroid, 1.5, 0.1);
        check("decay slope", held.decay_slope, 0.0, 0.2);
        check("modulation", held.modulation.0, 0.0, 0.02);
    }

    #[test]
    fn an_exponential_decay_has_its_rate() {
        let decaying = measure(|t| (-2.0 * t).exp());
        // The filter's own swing, while it starts, steepens the line a little.
        check("decay slope", decaying.decay_slope, -2.0, 0.2);
        // From full height to 0.4 of it.
        check("release", decaying.release, 0.5 * 2.5f64.ln(), 0.2);
    }

    #[test]
    fn a_tremolo_has_its_speed_and_depth() {
        let tremolo = measure(|t| {
            let held = if t < 3.0 { 0.2 } else { 0.0 };
            held * (1.0 + 0.3 * (std::f64::consts::TAU * 4.0 * t).sin())
        });
        check("speed", tremolo.modulation.1, 4.0, 0.3);
        // The low-pass takes a little of 4 Hz.
        check("depth", tremolo.modulation.0, 0.3 * 0.89, 0.04);
    }

    #[test]
    fn silence_has_no_envelope() {
        let silence = vec![Complex::default(); 1000];
        assert_eq!(
            Temporal::new(RATE, 1000, &Detail::PUBLISHED).measure(&silence),
            None
        );
    }
}
