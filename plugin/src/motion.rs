//! What moves Morph besides its knob: velocity, key, modulation wheel, an LFO and an envelope, each
//! by an amount between -100 % and 100 % of Morph's travel. At 0 nothing moves.
//!
//! A voice's Morph is the sum of the knob, the host's per-note modulation and all of these, held
//! between the ends of the travel that Beyond gives. Wheel and LFO are the same for all voices;
//! velocity, key and envelope are the voice's own ([`engine::Spread`]).

use std::f64::consts::TAU;
use std::sync::Arc;

use engine::Spread;
use nice_plug::prelude::*;

use crate::parameters::{LISTS, RANGES, percentage};

/// The LFO's waves, in the order of its parameter.
pub const SHAPES: [&str; 6] = ["Sine", "Triangle", "Saw up", "Saw down", "Square", "Random"];

/// What the LFO keeps time with, in the order of its parameter: its own rate (no beats), or the
/// song, with so many quarter notes in a cycle.
pub const SYNCS: [(&str, Option<f64>); 13] = [
    ("Free", None),
    ("8 bars", Some(32.0)),
    ("4 bars", Some(16.0)),
    ("2 bars", Some(8.0)),
    ("1 bar", Some(4.0)),
    ("1/2", Some(2.0)),
    ("1/4 dotted", Some(1.5)),
    ("1/4", Some(1.0)),
    ("1/8 dotted", Some(0.75)),
    ("1/4 triplet", Some(2.0 / 3.0)),
    ("1/8", Some(0.5)),
    ("1/8 triplet", Some(1.0 / 3.0)),
    ("1/16", Some(0.25)),
];

/// Quarter notes in a minute where the host does not say.
const TEMPO: f64 = 120.0;

/// The parameters of all that moves Morph.
#[derive(Params)]
pub struct MotionParameters {
    /// Added at full velocity.
    #[id = "velocity_morph"]
    pub velocity: FloatParam,
    /// Added five octaves above middle C, taken away five below.
    #[id = "key_morph"]
    pub key: FloatParam,
    /// Added with the modulation wheel all the way up.
    #[id = "wheel_morph"]
    pub wheel: FloatParam,
    /// Added at the LFO's top, taken away at its bottom.
    #[id = "lfo_morph"]
    pub lfo: FloatParam,
    /// A place in [`SHAPES`].
    #[id = "lfo_shape"]
    pub lfo_shape: IntParam,
    /// A place in [`SYNCS`].
    #[id = "lfo_sync"]
    pub lfo_sync: IntParam,
    /// Hz, where the LFO is free.
    #[id = "lfo_rate"]
    pub lfo_rate: FloatParam,
    /// Added at the envelope's top.
    #[id = "envelope_morph"]
    pub envelope: FloatParam,
    /// Seconds from the key's going down to the envelope's top.
    #[id = "envelope_attack"]
    pub envelope_attack: FloatParam,
    /// Seconds from there back to nothing.
    #[id = "envelope_decay"]
    pub envelope_decay: FloatParam,
}

impl MotionParameters {
    /// All at their defaults: nothing moves.
    pub fn new() -> MotionParameters {
        let amount = |place: usize, name: &str| {
            number(place, name, |min, max| FloatRange::Linear { min, max })
                .with_value_to_string(percentage(1))
                .with_string_to_value(formatters::s2v_f32_percentage())
                .with_unit(" %")
        };
        // Most of the way of the knob is for small values.
        let skewed = |place: usize, name: &str, unit| {
            let range = |min, max| FloatRange::Skewed {
                min,
                max,
                factor: FloatRange::skew_factor(-2.0),
            };
            number(place, name, range)
                .with_value_to_string(formatters::v2s_f32_rounded(3))
                .with_unit(unit)
        };
        MotionParameters {
            velocity: amount(4, "Velocity to Morph"),
            key: amount(5, "Key to Morph"),
            wheel: amount(6, "Wheel to Morph"),
            lfo: amount(7, "LFO to Morph"),
            lfo_shape: choice(0, "LFO shape", |place| SHAPES[place]),
            lfo_sync: choice(1, "LFO sync", |place| SYNCS[place].0),
            lfo_rate: skewed(8, "LFO rate", " Hz"),
            envelope: amount(9, "Envelope to Morph"),
            envelope_attack: skewed(10, "Envelope attack", " s"),
            envelope_decay: skewed(11, "Envelope decay", " s"),
        }
    }

    /// How fast the LFO is.
    pub fn rate(&self) -> Rate {
        let sync = self.lfo_sync.value().clamp(0, LISTS[1].1);
        match SYNCS[sync as usize].1 {
            None => Rate::Hz(self.lfo_rate.value().into()),
            Some(beats) => Rate::Beats(beats),
        }
    }

    /// What is each voice's own, on a travel of that length from its least position on.
    pub fn spread(&self, least: f32, travel: f32) -> Spread {
        Spread {
            velocity: self.velocity.value() * travel,
            key: self.key.value() * travel,
            envelope: self.envelope.value() * travel,
            attack_s: self.envelope_attack.value(),
            decay_s: self.envelope_decay.value(),
            range: (least, least + travel),
        }
    }
}

impl Default for MotionParameters {
    fn default() -> MotionParameters {
        MotionParameters::new()
    }
}

/// A parameter of [`RANGES`].
fn number(place: usize, name: &str, range: impl Fn(f32, f32) -> FloatRange) -> FloatParam {
    let (_, min, max, default) = RANGES[place];
    FloatParam::new(name, default, range(min, max))
}

/// A parameter of [`LISTS`], of which every value has a name.
fn choice(list: usize, name: &str, text: fn(usize) -> &'static str) -> IntParam {
    let max = LISTS[list].1;
    let text = move |value: i32| text(value.clamp(0, max) as usize);
    IntParam::new(name, 0, IntRange::Linear { min: 0, max })
        .with_value_to_string(Arc::new(move |value| text(value).to_owned()))
        .with_string_to_value(Arc::new(move |typed| {
            (0..=max).find(|&value| text(value).eq_ignore_ascii_case(typed.trim()))
        }))
}

/// The LFO. It moves at every [`MAX_BLOCK`](crate::blocks::MAX_BLOCK)th sample, counted from when
/// the plug-in was activated or reset; while the host's song plays, a synced one is where the song
/// is.
#[derive(Clone, Copy, Debug, Default)]
pub struct Lfo {
    /// Cycles since the song or the plug-in began.
    cycles: f64,
    /// -1 to 1.
    value: f32,
}

/// How fast the LFO is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Rate {
    /// Cycles in a second.
    Hz(f64),
    /// Quarter notes of the song in a cycle.
    Beats(f64),
}

/// What the LFO has to know of the time.
#[derive(Clone, Copy, Debug)]
pub struct Time {
    /// Seconds until the next step.
    pub step_s: f64,
    /// Quarter notes in a minute, if the host says.
    pub tempo: Option<f64>,
    /// Quarter notes since the song began, if it plays.
    pub beats: Option<f64>,
}

impl Lfo {
    /// Where it is: -1 to 1.
    pub fn value(&self) -> f32 {
        self.value
    }

    /// Takes the value of this moment, and goes on to the next.
    pub fn step(&mut self, shape: i32, rate: Rate, time: &Time) {
        let cycles_per_s = match rate {
            Rate::Hz(hz) => hz,
            Rate::Beats(beats) => {
                if let Some(now) = time.beats {
                    self.cycles = now / beats;
                }
                time.tempo.unwrap_or(TEMPO) / 60.0 / beats
            }
        };
        self.value = wave(shape, self.cycles);
        let next = self.cycles + cycles_per_s * time.step_s;
        // A host's nonsense must not stay for ever.
        self.cycles = if next.is_finite() { next } else { 0.0 };
    }
}

/// A wave of [`SHAPES`] after that many cycles: -1 to 1.
pub fn wave(shape: i32, cycles: f64) -> f32 {
    let phase = cycles.rem_euclid(1.0);
    let value = match shape {
        0 => (phase * TAU).sin(),
        1 => 1.0 - 4.0 * ((phase + 0.25).rem_euclid(1.0) - 0.5).abs(),
        2 => 2.0 * phase - 1.0,
        3 => 1.0 - 2.0 * phase,
        4 => 1.0 - 2.0 * f64::from(u8::from(phase >= 0.5)),
        _ => random(cycles.floor() as i64),
    };
    value as f32
}

/// A number from -1 to 1 for each cycle, always the same (splitmix64 by S. Vigna).
fn random(cycle: i64) -> f64 {
    let mut bits = (cycle as u64)
        .wrapping_add(1)
        .wrapping_mul(0x9E37_79B9_7F4A_7C15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    ((bits ^ (bits >> 31)) >> 32) as f64 / f64::from(u32::MAX) * 2.0 - 1.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waves_are_what_they_are_called() {
        let at = |shape| [0.0, 0.25, 0.5, 0.75].map(|phase| wave(shape, 3.0 + phase));
        for (shape, expected) in [
            [0.0, 1.0, 0.0, -1.0],
            [0.0, 1.0, 0.0, -1.0],
            [-1.0, -0.5, 0.0, 0.5],
            [1.0, 0.5, 0.0, -0.5],
            [1.0, 1.0, -1.0, -1.0],
        ]
        .into_iter()
        .enumerate()
        {
            for (found, expected) in at(shape as i32).into_iter().zip(expected) {
                assert!((found - expected).abs() < 1e-6, "{}", SHAPES[shape]);
            }
        }
        let cycles: Vec<f32> = (-500..500).map(|cycle| wave(5, f64::from(cycle))).collect();
        assert!(cycles.iter().all(|value| (-1.0..=1.0).contains(value)));
        let mean = cycles.iter().sum::<f32>() / cycles.len() as f32;
        assert!(mean.abs() < 0.1, "{mean}");
        assert_eq!(wave(5, 7.1), wave(5, 7.9));
    }

    /// With the sample rate of 48 kHz a step is 64 samples long.
    const STEP_S: f64 = 64.0 / 48_000.0;

    #[test]
    fn free_it_keeps_its_rate_and_synced_the_song() {
        let mut lfo = Lfo::default();
        let free = Time {
            step_s: STEP_S,
            tempo: None,
            beats: None,
        };
        // A quarter of a second.
        for _ in 0..=187 {
            lfo.step(0, Rate::Hz(1.0), &free);
        }
        assert!(lfo.value() > 0.999, "{}", lfo.value());

        let mut lfo = Lfo::default();
        for beats in [0.0, 1.0, 2.0, 3.0, -3.0] {
            let song = Time {
                tempo: Some(97.0),
                beats: Some(beats),
                ..free
            };
            lfo.step(0, Rate::Beats(4.0), &song);
            let expected = (beats / 4.0 * TAU).sin() as f32;
            assert!((lfo.value() - expected).abs() < 1e-6, "at beat {beats}");
        }
        // The song stands: it goes on at the song's tempo.
        let mut lfo = Lfo::default();
        let stopped = Time {
            tempo: Some(240.0),
            ..free
        };
        for _ in 0..=187 {
            lfo.step(0, Rate::Beats(4.0), &stopped);
        }
        assert!(lfo.value() > 0.999, "{}", lfo.value());
    }

    #[test]
    fn nonsense_does_not_stay() {
        let mut lfo = Lfo::default();
        let time = |tempo, beats| Time {
            step_s: STEP_S,
            tempo,
            beats,
        };
        let rate = Rate::Beats(4.0);
        lfo.step(0, rate, &time(Some(f64::INFINITY), Some(f64::NAN)));
        lfo.step(0, rate, &time(None, None));
        assert!(lfo.value().abs() <= 1.0);
    }
}
