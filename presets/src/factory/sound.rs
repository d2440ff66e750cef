//! [`Sound`]: the words in which the factory patches are written.
//!
//! A patch reads from the top: algorithm and feedback, then its operators from 1 up, each with its
//! frequency, its level and what shapes them. What is not said has its neutral setting: no detuning,
//! no velocity, no key scaling, an envelope that is simply on, an operator that is silent. All of it
//! is evaluated by the compiler, and a value that a DX7 cannot hold does not compile.

use crate::parameter::{Operator, OperatorParameter as Op, Parameter};
use crate::patch::{NAME_LEN, Patch};

/// The shape of the low frequency oscillator.
#[derive(Clone, Copy)]
pub(super) enum Wave {
    Triangle,
    SawDown,
    SawUp,
    Square,
    Sine,
    SampleAndHold,
}

/// How the level of an operator changes away from its break point.
#[derive(Clone, Copy)]
pub(super) enum Curve {
    /// Softer, evenly.
    Less,
    /// Softer, slowly at first.
    LessFar,
    /// Louder, slowly at first.
    MoreFar,
    /// Louder, evenly.
    More,
}

/// A patch in the making.
#[derive(Clone, Copy)]
pub(super) struct Sound {
    pub patch: Patch,
    pub tags: &'static [&'static str],
}

/// An operator in the making.
#[derive(Clone, Copy)]
pub(super) struct Tone {
    /// In the order of [`Op`].
    values: [u8; crate::parameter::OPERATOR_PARAMETERS],
}

/// An operator that follows the key: so many times its frequency, at that output level (0 to 99).
pub(super) const fn ratio(times: f64, level: u8) -> Tone {
    let coarse = if times < 1.0 { 0 } else { times as u8 };
    let whole = if coarse == 0 { 0.5 } else { coarse as f64 };
    let fine = (times / whole - 1.0) * 100.0;
    let nearest = (fine + 0.5) as u8;
    assert!(
        times >= 0.5 && coarse <= 31,
        "ratios are 0.5 to 31 and a fraction"
    );
    let off = fine - nearest as f64;
    assert!(
        off < 0.01 && off > -0.01,
        "a DX7 cannot be tuned to that ratio"
    );
    Tone::new(0, coarse, nearest, level)
}

/// An operator at the same frequency for every key: 10 to the power of `coarse + fine / 100`, in Hz.
pub(super) const fn fixed(coarse: u8, fine: u8, level: u8) -> Tone {
    assert!(coarse <= 3, "fixed frequencies end at 9772 Hz");
    Tone::new(1, coarse, fine, level)
}

impl Tone {
    const fn new(mode: u8, coarse: u8, fine: u8, level: u8) -> Tone {
        let tone = Tone {
            values: [
                99, 99, 99, 99, 99, 99, 99, 0, 39, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7,
            ],
        };
        tone.with(Op::Mode, mode, 1)
            .with(Op::Coarse, coarse, 31)
            .with(Op::Fine, fine, 99)
            .with(Op::OutputLevel, level, 99)
    }

    const fn with(mut self, parameter: Op, value: u8, max: u8) -> Tone {
        assert!(value <= max, "out of the parameter's range");
        self.values[parameter as usize] = value;
        self
    }

    /// The envelope: four rates and the four levels they lead to. The third level is held, the
    /// fourth reached after the key is up.
    pub const fn env(self, rates: [u8; 4], levels: [u8; 4]) -> Tone {
        self.with(Op::EgRate1, rates[0], 99)
            .with(Op::EgRate2, rates[1], 99)
            .with(Op::EgRate3, rates[2], 99)
            .with(Op::EgRate4, rates[3], 99)
            .with(Op::EgLevel1, levels[0], 99)
            .with(Op::EgLevel2, levels[1], 99)
            .with(Op::EgLevel3, levels[2], 99)
            .with(Op::EgLevel4, levels[3], 99)
    }

    /// Detuned by steps, -7 to 7.
    pub const fn detune(self, steps: i8) -> Tone {
        assert!(steps >= -7 && steps <= 7, "detune is -7 to 7");
        self.with(Op::Detune, (steps + 7) as u8, 14)
    }

    /// Sensitivity to velocity, 0 to 7.
    pub const fn velocity(self, amount: u8) -> Tone {
        self.with(Op::VelocitySensitivity, amount, 7)
    }

    /// How much faster the envelope is for higher keys, 0 to 7.
    pub const fn hurry(self, amount: u8) -> Tone {
        self.with(Op::RateScaling, amount, 7)
    }

    /// Sensitivity to the amplitude modulation of the LFO, 0 to 3.
    pub const fn tremolo(self, amount: u8) -> Tone {
        self.with(Op::AmpModSensitivity, amount, 3)
    }

    /// Where the level begins to change over the keyboard: a MIDI key, 21 to 120 (60 at first).
    pub const fn pivot(self, key: u8) -> Tone {
        assert!(key >= 21, "the lowest break point is the key 21");
        self.with(Op::BreakPoint, key - 21, 99)
    }

    /// How the level changes below the break point, by an amount of 0 to 99.
    pub const fn below(self, curve: Curve, amount: u8) -> Tone {
        self.with(Op::LeftCurve, curve as u8, 3)
            .with(Op::LeftDepth, amount, 99)
    }

    /// How the level changes above the break point, by an amount of 0 to 99.
    pub const fn above(self, curve: Curve, amount: u8) -> Tone {
        self.with(Op::RightCurve, curve as u8, 3)
            .with(Op::RightDepth, amount, 99)
    }
}

impl Sound {
    /// A patch of that name (ten characters at most), algorithm (1 to 32) and feedback (0 to 7).
    pub const fn new(name: &str, algorithm: u8, feedback: u8) -> Sound {
        let mut characters = [b' '; NAME_LEN];
        let text = name.as_bytes();
        assert!(text.len() <= NAME_LEN, "a name has at most ten characters");
        let mut i = 0;
        while i < text.len() {
            characters[i] = text[i];
            i += 1;
        }
        let mut values = *Patch::INIT.values();
        values[Parameter::of(Operator::ALL[0], Op::OutputLevel).index()] = 0;
        let sound = Sound {
            patch: Patch::from_parts(values, characters),
            tags: &[],
        };
        assert!(algorithm >= 1, "algorithms are numbered from 1");
        sound
            .with(Parameter::ALGORITHM, algorithm - 1, 31)
            .with(Parameter::FEEDBACK, feedback, 7)
    }

    const fn with(self, parameter: Parameter, value: u8, max: u8) -> Sound {
        assert!(value <= max, "out of the parameter's range");
        let mut values = *self.patch.values();
        values[parameter.index()] = value;
        Sound {
            patch: Patch::from_parts(values, *self.patch.name_bytes()),
            ..self
        }
    }

    /// What to find it by, besides its family.
    pub const fn tags(self, tags: &'static [&'static str]) -> Sound {
        Sound { tags, ..self }
    }

    /// One of its operators, 1 to 6.
    pub const fn op(self, number: u8, tone: Tone) -> Sound {
        let mut values = *self.patch.values();
        let Some(operator) = Operator::new(number) else {
            panic!("operators are numbered 1 to 6");
        };
        let first = operator.sysex_block() * tone.values.len();
        let mut i = 0;
        while i < tone.values.len() {
            values[first + i] = tone.values[i];
            i += 1;
        }
        Sound {
            patch: Patch::from_parts(values, *self.patch.name_bytes()),
            ..self
        }
    }

    /// The LFO: its shape, its speed, and the time until it is heard (0 to 99 each).
    pub const fn lfo(self, wave: Wave, speed: u8, delay: u8) -> Sound {
        self.with(Parameter::LFO_WAVE, wave as u8, 5)
            .with(Parameter::LFO_SPEED, speed, 99)
            .with(Parameter::LFO_DELAY, delay, 99)
    }

    /// How far the LFO moves the pitch: a depth of 0 to 99, in the range that the sensitivity of 0
    /// to 7 gives (which is also that of the wheel).
    pub const fn vibrato(self, depth: u8, sensitivity: u8) -> Sound {
        self.with(Parameter::LFO_PM_DEPTH, depth, 99).with(
            Parameter::PITCH_MOD_SENSITIVITY,
            sensitivity,
            7,
        )
    }

    /// How far the LFO moves the level of the operators that listen to it, 0 to 99.
    pub const fn swell(self, depth: u8) -> Sound {
        self.with(Parameter::LFO_AM_DEPTH, depth, 99)
    }

    /// Lets the LFO run on instead of starting with each note.
    pub const fn free_lfo(self) -> Sound {
        self.with(Parameter::LFO_KEY_SYNC, 0, 1)
    }

    /// The pitch envelope: four rates and the levels they lead to; 50 is the key's own pitch, and
    /// the note begins at the fourth.
    pub const fn pitch(self, rates: [u8; 4], levels: [u8; 4]) -> Sound {
        self.with(Parameter::PITCH_EG_RATE_1, rates[0], 99)
            .with(Parameter::PITCH_EG_RATE_2, rates[1], 99)
            .with(Parameter::PITCH_EG_RATE_3, rates[2], 99)
            .with(Parameter::PITCH_EG_RATE_4, rates[3], 99)
            .with(Parameter::PITCH_EG_LEVEL_1, levels[0], 99)
            .with(Parameter::PITCH_EG_LEVEL_2, levels[1], 99)
            .with(Parameter::PITCH_EG_LEVEL_3, levels[2], 99)
            .with(Parameter::PITCH_EG_LEVEL_4, levels[3], 99)
    }

    /// Sounds so many semitones away from its keys, -24 to 24.
    pub const fn transpose(self, semitones: i8) -> Sound {
        assert!(semitones >= -24 && semitones <= 24, "two octaves at most");
        self.with(Parameter::TRANSPOSE, (semitones + 24) as u8, 48)
    }
}
