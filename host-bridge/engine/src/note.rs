//! [`NoteSettings`]: what a patch, whole or fractional, means for one note.
//!
//! Every function of a whole parameter that the DX7 or Dexed computes in integers is taken to the
//! fractions between by straight lines, so that whole patches give exactly the integers.

use std::sync::LazyLock;

use presets::{FractionalPatch, Operator, OperatorParameter as Op, Parameter};

use crate::envelope::{EnvelopeInput, EnvelopeSettings};
use crate::pitch_envelope::PitchEnvelopeSettings;
use crate::rate::{Pace, RateConstants, interpolate, split};
use crate::tables::{
    AMP_SENSITIVITY, COARSE, PITCH_SENSITIVITY, SCALING_CURVE, VELOCITY, scaled_level,
};

/// What a fine setting adds to an operator's pitch, Q24 octaves.
static FINE: LazyLock<[i32; 100]> = LazyLock::new(|| {
    std::array::from_fn(|fine| {
        (24_204_406.323_123 * (1.0 + 0.01 * fine as f64).ln() + 0.5).floor() as i32
    })
});

/// Builds what notes look up, which must not happen on the audio thread.
pub fn prepare() {
    LazyLock::force(&FINE);
}

/// A key that went down, as far as the patch's meaning depends on it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Key {
    /// MIDI key after the transposition; may lie outside 0 to 127.
    pub note: i32,
    /// MIDI velocity.
    pub velocity: u8,
    /// The key's pitch in its tuning: log2 of Hz, Q24 octaves.
    pub pitch: i32,
    /// What a step of detune adds to it, Q24 octaves.
    detune: f64,
}

impl Key {
    /// A key of that (transposed) number and pitch.
    pub fn new(note: i32, velocity: u8, pitch: i32) -> Key {
        let octaves = f64::from(pitch as f32 / (1 << 24) as f32);
        let ratio = 0.0209 * (-0.396 * octaves).exp() / 7.0;
        Key {
            note,
            velocity,
            pitch,
            detune: ratio * f64::from(pitch),
        }
    }
}

/// One operator of a note.
#[derive(Clone, Copy, Debug, Default)]
pub struct OperatorSettings {
    /// Its pitch before any modulation, log2 of Hz, Q24 octaves.
    pub pitch: i32,
    /// Whether the pitch is the same for every key, and no pitch modulation moves it.
    pub is_fixed: bool,
    /// How strongly amplitude modulation moves its level, Q24; 0 leaves it alone.
    pub amp_sensitivity: i32,
    /// What of the constant loss of a modulated operator applies, 0 to 1: all from sensitivity 1 on.
    pub amp_share: f32,
    /// Its envelope.
    pub envelope: EnvelopeSettings,
}

/// All that a patch says about a note at one key and velocity.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoteSettings {
    /// The operators, OP6 first.
    pub operators: [OperatorSettings; 6],
    /// The pitch envelope.
    pub pitch_envelope: PitchEnvelopeSettings,
    /// The algorithm, 0 to 31.
    pub algorithm: usize,
    /// How much of the sum of the last two outputs goes back, Q24.
    pub feedback: i32,
    /// The wave of the LFO this note hears.
    pub lfo_wave: u8,
    /// LFO depth on pitch, 0 to 255.
    pub pitch_depth: f64,
    /// How sensitive the pitch is to that and to controllers, 0 to 255.
    pub pitch_sensitivity: f64,
    /// LFO depth on level, 0 to 255.
    pub amp_depth: f64,
}

impl NoteSettings {
    /// The meaning of `patch` for `key`.
    pub fn new(
        patch: &FractionalPatch,
        key: &Key,
        constants: &RateConstants,
        scaled_twice: bool,
    ) -> NoteSettings {
        let depth = |parameter| {
            let (whole, fraction) = split(patch.get(parameter));
            let at = |depth: usize| ((depth * 165) >> 6) as f64;
            at(whole) + (at(whole + 1) - at(whole)) * f64::from(fraction)
        };
        let (whole, fraction) = split(patch.get(Parameter::PITCH_MOD_SENSITIVITY));
        let sensitivity = |s: usize| f64::from(PITCH_SENSITIVITY[s.min(7)]);
        let four =
            |first: Parameter| -> [f32; 4] { std::array::from_fn(|i| patch.0[first.index() + i]) };
        let pace = constants.pace(scaled_twice);
        NoteSettings {
            operators: std::array::from_fn(|place| {
                let operator = Operator::ALL[5 - place];
                operator_settings(patch, operator, key, pace)
            }),
            pitch_envelope: PitchEnvelopeSettings::new(
                four(Parameter::PITCH_EG_RATE_1),
                four(Parameter::PITCH_EG_LEVEL_1),
                constants,
            ),
            algorithm: patch.get(Parameter::ALGORITHM) as usize & 31,
            feedback: interpolate(patch.get(Parameter::FEEDBACK), |feedback| match feedback {
                0 => 0,
                _ => 1 << (15 + feedback.min(7)),
            }),
            lfo_wave: patch.get(Parameter::LFO_WAVE) as u8,
            pitch_depth: depth(Parameter::LFO_PM_DEPTH),
            pitch_sensitivity: sensitivity(whole)
                + (sensitivity(whole + 1) - sensitivity(whole)) * f64::from(fraction),
            amp_depth: depth(Parameter::LFO_AM_DEPTH),
        }
    }
}

fn operator_settings(
    patch: &FractionalPatch,
    operator: Operator,
    key: &Key,
    pace: Pace,
) -> OperatorSettings {
    let get = |parameter| patch.get(Parameter::of(operator, parameter));
    let four = |first: Op| -> [f32; 4] {
        let first = Parameter::of(operator, first).index();
        std::array::from_fn(|i| patch.0[first + i])
    };
    let rate_group = (key.note / 3 - 7).clamp(0, 31) as usize;
    let rate_scaling = {
        let (whole, fraction) = split(get(Op::RateScaling));
        let at = |scaling: usize| ((scaling * rate_group) >> 3) as f32;
        at(whole) + (at(whole + 1) - at(whole)) * fraction
    };
    let is_fixed = get(Op::Mode) >= 0.5;
    let sensitivity = get(Op::AmpModSensitivity);
    OperatorSettings {
        pitch: if is_fixed {
            fixed_pitch(get(Op::Coarse), get(Op::Fine), get(Op::Detune))
        } else {
            ratio_pitch(key, get(Op::Coarse), get(Op::Fine), get(Op::Detune))
        },
        is_fixed,
        amp_sensitivity: interpolate(sensitivity, |s| AMP_SENSITIVITY[s.min(3)]),
        amp_share: sensitivity.min(1.0),
        envelope: EnvelopeSettings::new(
            &EnvelopeInput {
                rates: four(Op::EgRate1),
                levels: four(Op::EgLevel1),
                level: level(key, &get),
                rate_scaling,
            },
            pace,
        ),
    }
}

/// Output level, key and velocity together, Q24 octaves.
fn level(key: &Key, get: &impl Fn(Op) -> f32) -> i32 {
    let velocity = VELOCITY[usize::from(key.velocity >> 1) & 63];
    // One unit of the output level is 32 microsteps of 1/256 octave.
    let output = interpolate(get(Op::OutputLevel), |l| {
        scaled_level(l.min(99) as i32) << 21
    });
    let scaling = interpolate(get(Op::BreakPoint), |break_point| {
        let offset = key.note - break_point as i32 - 17;
        let (group, depth, curve) = if offset >= 0 {
            ((offset + 1) / 3, Op::RightDepth, Op::RightCurve)
        } else {
            ((1 - offset) / 3, Op::LeftDepth, Op::LeftCurve)
        };
        let curve = get(curve) as u8;
        interpolate(get(depth), |depth| {
            scaling(group, depth as i32, curve) << 21
        })
    });
    let by_velocity = interpolate(get(Op::VelocitySensitivity), |sensitivity| {
        ((sensitivity as i32 * (velocity - 239) + 7) >> 3) << 20
    });
    ((output + scaling).min(127 << 21) + by_velocity).max(0)
}

/// Keyboard level scaling in units of the output level.
fn scaling(group: i32, depth: i32, curve: u8) -> i32 {
    let amount = match curve {
        0 | 3 => (group * depth * 329) >> 12,
        _ => (SCALING_CURVE[group.clamp(0, 32) as usize] * depth * 329) >> 15,
    };
    if curve < 2 { -amount } else { amount }
}

/// log2 of Hz of an operator that follows the keyboard, Q24.
fn ratio_pitch(key: &Key, coarse: f32, fine: f32, detune: f32) -> i32 {
    let detuned = f64::from(key.pitch) + key.detune * f64::from(detune - 7.0);
    let fine = interpolate(fine, |fine| FINE[fine.min(99)]);
    (detuned as i32)
        .saturating_add(interpolate(coarse, |coarse| COARSE[coarse & 31]))
        .saturating_add(fine)
}

/// log2 of Hz of an operator with a frequency of its own, Q24: 1 to 9772 Hz.
fn fixed_pitch(coarse: f32, fine: f32, detune: f32) -> i32 {
    const HUNDREDTH_OF_A_DECADE: f64 = 557_327.0;
    let decades = interpolate(coarse, |coarse| (coarse as i32 & 3) * 100 * 557_327);
    // Only detunes above the middle have an effect.
    decades
        + (HUNDREDTH_OF_A_DECADE * f64::from(fine)) as i32
        + (13_457.0 * f64::from((detune - 7.0).max(0.0))) as i32
}
