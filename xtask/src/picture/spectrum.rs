//! [`Spectrogram`]: how the spectrum of a sound changes, and two curves of it.

use realfft::RealFftPlanner;

/// Samples of a window; at 48 kHz 85 ms, which tells the partials of a bass note apart.
const WINDOW: usize = 4096;

/// Power over time and frequency.
pub struct Spectrogram {
    rate: f32,
    hop: usize,
    /// One spectrum per hop, each of `WINDOW / 2 + 1` powers; a sine at full scale has power 1.
    frames: Vec<Vec<f32>>,
}

impl Spectrogram {
    /// Measures mono samples at a rate in Hz, one spectrum every `hop` samples. The first window is
    /// centred on the first sample.
    pub fn of(samples: &[f32], rate: f32, hop: usize) -> Spectrogram {
        let fft = RealFftPlanner::<f32>::new().plan_fft_forward(WINDOW);
        let window: Vec<f32> = (0..WINDOW)
            .map(|i| 0.5 - 0.5 * (std::f32::consts::TAU * i as f32 / WINDOW as f32).cos())
            .collect();
        // The sum of the window is WINDOW / 2, and half of a sine's amplitude lies at each sign.
        let scale = (4.0 / WINDOW as f32).powi(2);
        let mut input = fft.make_input_vec();
        let mut output = fft.make_output_vec();
        let frames = (0..samples.len().div_ceil(hop)).map(|frame| {
            for (i, (value, weight)) in input.iter_mut().zip(&window).enumerate() {
                let place = (frame * hop + i).checked_sub(WINDOW / 2);
                let sample = place.and_then(|place| samples.get(place));
                *value = sample.copied().unwrap_or(0.0) * weight;
            }
            fft.process(&mut input, &mut output)
                // PANIC: the buffers were made for this transform.
                .expect("the buffers have the lengths of the transform");
            output.iter().map(|bin| bin.norm_sqr() * scale).collect()
        });
        Spectrogram {
            rate,
            hop,
            frames: frames.collect(),
        }
    }

    /// Decibels (0 is a sine at full scale) at a time in seconds and a frequency in Hz; the strongest
    /// of the bins from there to `to_hz`.
    pub fn decibels(&self, seconds: f32, hz: f32, to_hz: f32) -> f32 {
        let frame = (seconds * self.rate / self.hop as f32) as usize;
        let Some(spectrum) = self
            .frames
            .get(frame.min(self.frames.len().wrapping_sub(1)))
        else {
            return f32::NEG_INFINITY;
        };
        let bin = |hz: f32| hz * WINDOW as f32 / self.rate;
        let (first, last) = (bin(hz), bin(to_hz));
        let power = if last - first >= 1.0 {
            let range = first as usize..(last as usize + 1).min(spectrum.len());
            spectrum[range.start.min(range.end)..range.end]
                .iter()
                .copied()
                .fold(0.0, f32::max)
        } else {
            let at = |bin: usize| spectrum.get(bin).copied().unwrap_or(0.0);
            let low = first as usize;
            at(low) + (at(low + 1) - at(low)) * first.fract()
        };
        10.0 * power.log10()
    }

    /// The strongest bin of all, in decibels.
    pub fn loudest(&self) -> f32 {
        let strongest = self.frames.iter().flatten().copied().fold(1e-12, f32::max);
        10.0 * strongest.log10()
    }

    /// The brightness over time: seconds, and the spectrum's centre of gravity in Hz. NaN where it is
    /// silent.
    pub fn brightness(&self) -> impl Iterator<Item = (f32, f32)> {
        self.frames.iter().enumerate().map(|(frame, spectrum)| {
            let hz = self.rate / WINDOW as f32;
            let power: f32 = spectrum.iter().sum();
            let moment: f32 = spectrum
                .iter()
                .enumerate()
                .map(|(bin, p)| bin as f32 * hz * p)
                .sum();
            let brightness = if power > 1e-9 {
                moment / power
            } else {
                f32::NAN
            };
            (self.seconds(frame), brightness)
        })
    }

    /// The level over time: seconds, and decibels (0 is a sine at full scale).
    pub fn level(&self) -> impl Iterator<Item = (f32, f32)> {
        self.frames.iter().enumerate().map(|(frame, spectrum)| {
            // Each sine is spread over neighbouring bins by the window: 1.5 times its power.
            let power: f32 = spectrum.iter().sum::<f32>() / 1.5;
            (self.seconds(frame), 10.0 * power.max(1e-12).log10())
        })
    }

    fn seconds(&self, frame: usize) -> f32 {
        (frame * self.hop) as f32 / self.rate
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sine_is_where_and_as_loud_as_it_is() {
        let (rate, hz) = (48_000.0, 1000.0);
        let sine: Vec<f32> = (0..48_000)
            .map(|i| 0.5 * (std::f32::consts::TAU * hz * i as f32 / rate).sin())
            .collect();
        let spectrogram = Spectrogram::of(&sine, rate, 1024);
        let middle = spectrogram.frames.len() / 2;
        let (_, brightness) = spectrogram.brightness().nth(middle).unwrap();
        let (seconds, level) = spectrogram.level().nth(middle).unwrap();
        assert!((brightness - hz).abs() < 1.0, "{brightness} Hz");
        assert!((level + 6.02).abs() < 0.05, "{level} dB");
        assert!((spectrogram.decibels(seconds, 950.0, 1050.0) + 6.02).abs() < 1.5);
        assert!(spectrogram.decibels(seconds, 2000.0, 2100.0) < -100.0);
    }
}
