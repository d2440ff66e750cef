//! [`RateConstants`]: everything that depends on the sample rate, held by each synth for itself.

use crate::BLOCK;
use crate::tables::{FrequencyTable, LFO_SPEED, ONE, PITCH_RATE};

/// What a sample rate makes of the DX7's times and frequencies. Increments are per control step.
#[derive(Clone, Debug)]
pub struct RateConstants {
    /// Phase increments by pitch.
    pub frequency: FrequencyTable,
    /// How fast envelopes are: one whose plateaus take equally long at every sample rate, and one as
    /// Dexed has it.
    paces: [Pace; 2],
    /// Pitch envelope increment of a speed of 1, Q24 octaves.
    pitch_envelope: i32,
    /// LFO phase increment of a speed of 1, in 2^-32 cycles.
    lfo: f64,
    /// LFO delay increment of 1.
    pub lfo_delay: u32,
    /// How far a glide moves, by portamento time; and the same for glissando, Q24 octaves.
    pub glide: [[i32; 128]; 2],
    /// The pole of the DC blocker.
    pub dc_pole: f32,
}

/// What a sample rate makes of the times of envelopes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Pace {
    /// What an increment counted for 44.1 kHz is multiplied by, Q24.
    increment: i64,
    /// What a plateau counted for 44.1 kHz is multiplied by, Q24.
    plateau: i64,
}

impl Pace {
    /// Envelope increment of a quantised rate (0 to 63), Q24 octaves a control step.
    pub fn increment(&self, quantised: usize) -> i32 {
        let quantised = quantised.min(63);
        let increment = (4 + (quantised as i64 & 3)) << (8 + (quantised >> 2));
        ((increment * self.increment) >> 24) as i32
    }

    /// Samples a plateau lasts that is counted for 44.1 kHz.
    pub fn plateau(&self, samples: f32) -> i32 {
        ((samples as i64 * self.plateau) >> 24).min(i64::from(i32::MAX)) as i32
    }
}

impl RateConstants {
    /// The constants for a rate in Hz, brought to 8 to 768 kHz.
    pub fn new(rate: f64) -> RateConstants {
        let rate = if rate.is_nan() {
            44_100.0
        } else {
            rate.clamp(8_000.0, 768_000.0)
        };
        let block = BLOCK as f64;
        let envelope_factor = (f64::from(ONE) * 44_100.0 / rate) as i64;
        let glide = |semitones_a_second: f64| {
            std::array::from_fn(|time| {
                let per_block = semitones_a_second * (-0.062 * time as f64).exp2() / rate * block;
                (0.5 + f64::from(ONE / 12) * per_block) as i32
            })
        };
        RateConstants {
            frequency: FrequencyTable::new(rate),
            paces: [(f64::from(ONE) * rate / 44_100.0) as i64, envelope_factor].map(|plateau| {
                Pace {
                    increment: envelope_factor,
                    plateau,
                }
            }),
            pitch_envelope: (block * f64::from(ONE) / (21.3 * rate) + 0.5) as i32,
            lfo: (4_437_500_000.0 * block / rate).trunc(),
            lfo_delay: (block * 25_190_424.0 / rate + 0.5) as u32,
            glide: [glide(2100.0), glide(1300.0)],
            dc_pole: (1.0 - 126.0 / rate) as f32,
        }
    }

    /// How fast envelopes are; `scaled_twice` as in
    /// [`Quirks`](crate::Quirks::plateaus_scaled_twice).
    pub fn pace(&self, scaled_twice: bool) -> Pace {
        self.paces[usize::from(scaled_twice)]
    }

    /// Pitch envelope increment of a rate, 0 to 99.
    pub fn pitch_increment(&self, rate: f32) -> i32 {
        interpolate(rate, |rate| {
            PITCH_RATE[rate.min(99)].wrapping_mul(self.pitch_envelope)
        })
    }

    /// LFO phase increment of a speed, 0 to 99, in 2^-32 cycles.
    pub fn lfo_increment(&self, speed: f32) -> u32 {
        let (step, fraction) = split(speed);
        let at = |step: usize| (LFO_SPEED[step.min(99)] * self.lfo).trunc();
        if fraction == 0.0 {
            return at(step) as u32;
        }
        (at(step) + (at(step + 1) - at(step)) * f64::from(fraction)) as u32
    }
}

/// A parameter's whole part and the fraction above it. Negative numbers and NaN are 0.
#[inline(always)]
pub fn split(value: f32) -> (usize, f32) {
    let whole = value as usize;
    (whole, (value - whole as f32).clamp(0.0, 1.0))
}

/// An integer function of a whole parameter, taken to the fractions between: straight from one
/// whole number to the next, and exactly the function at each.
#[inline(always)]
pub fn interpolate(value: f32, function: impl Fn(usize) -> i32) -> i32 {
    let (whole, fraction) = split(value);
    let here = function(whole);
    if fraction > 0.0 {
        let there = function(whole + 1);
        here + ((f64::from(there) - f64::from(here)) * f64::from(fraction)) as i32
    } else {
        here
    }
}
