//! The table of the 145 parameters of a DX7 patch.
//!
//! A [`Parameter`] is numbered by its place in the unpacked sysex voice: six blocks of 21 for the
//! operators, **operator 6 first**, then 19 for the whole patch. This is one of three orders that
//! meet in this project; the other two (Dexed's host parameters and SPINVAE's 144 rows) have index
//! types of their own, in the crates that need them.

use std::fmt;

/// One of the six operators, numbered 1 to 6 as on the DX7's front panel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Operator(u8);

impl Operator {
    /// How many operators a patch has.
    pub const COUNT: usize = 6;

    /// Operators 1 to 6, in that order.
    pub const ALL: [Operator; Self::COUNT] = [
        Operator(1),
        Operator(2),
        Operator(3),
        Operator(4),
        Operator(5),
        Operator(6),
    ];

    /// The operator of that number, 1 to 6.
    pub const fn new(number: u8) -> Option<Operator> {
        if number >= 1 && number <= 6 {
            Some(Operator(number))
        } else {
            None
        }
    }

    /// Its number, 1 to 6.
    pub const fn number(self) -> u8 {
        self.0
    }

    /// Its place among the blocks of a sysex voice, where operator 6 comes first: 0 to 5.
    pub const fn sysex_block(self) -> usize {
        6 - self.0 as usize
    }
}

/// A parameter that every operator has. The value is its offset in the operator's 21-byte block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
#[allow(
    missing_docs,
    reason = "each is named as on the DX7, and the table below says the rest"
)]
pub enum OperatorParameter {
    EgRate1 = 0,
    EgRate2,
    EgRate3,
    EgRate4,
    EgLevel1,
    EgLevel2,
    EgLevel3,
    EgLevel4,
    BreakPoint,
    LeftDepth,
    RightDepth,
    LeftCurve,
    RightCurve,
    RateScaling,
    AmpModSensitivity,
    VelocitySensitivity,
    OutputLevel,
    Mode,
    Coarse,
    Fine,
    Detune,
}

/// How many parameters an operator has.
pub const OPERATOR_PARAMETERS: usize = 21;

/// Whether the values of a parameter lie on a scale or are names of different things.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Values on a scale: halfway between two of them means something.
    Numeric,
    /// Categories: a path changes them at one place, never gradually.
    Switch,
}

/// What a parameter shapes; the unit of the editor's locks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Group {
    /// Spectrum: algorithm, feedback, levels, ratios, level scaling, velocity.
    Timbre,
    /// Envelopes of the operators and how they scale over the keyboard.
    Envelope,
    /// The pitch envelope and the transposition.
    Pitch,
    /// The LFO and what listens to it.
    Modulation,
}

/// What a change of the parameter does to a voice that is already sounding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sounding {
    /// The voice follows at its next control step.
    Follows,
    /// A twin voice with the new setting is crossfaded in.
    Twin,
    /// The voice keeps what it had at its note-on; the next note takes the new value.
    NextNote,
}

/// A row of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spec {
    /// As on the DX7's panel, without the operator's number.
    pub name: &'static str,
    /// Largest value; the smallest is always 0.
    pub max: u8,
    /// The value in [`Patch::INIT`](crate::Patch::INIT), operator levels aside.
    pub default: u8,
    /// On a scale, or a choice.
    pub kind: Kind,
    /// What it shapes.
    pub group: Group,
    /// What a change does to a sounding voice.
    pub sounding: Sounding,
}

const fn spec(
    name: &'static str,
    max: u8,
    default: u8,
    kind: Kind,
    group: Group,
    sounding: Sounding,
) -> Spec {
    Spec {
        name,
        max,
        default,
        kind,
        group,
        sounding,
    }
}

use Group::{Envelope, Modulation, Pitch, Timbre};
use Kind::{Numeric, Switch};
use Sounding::{Follows, NextNote, Twin};

/// The parameters of an operator, in the order of [`OperatorParameter`].
static OPERATOR_TABLE: [Spec; OPERATOR_PARAMETERS] = [
    spec("EG RATE 1", 99, 99, Numeric, Envelope, Follows),
    spec("EG RATE 2", 99, 99, Numeric, Envelope, Follows),
    spec("EG RATE 3", 99, 99, Numeric, Envelope, Follows),
    spec("EG RATE 4", 99, 99, Numeric, Envelope, Follows),
    spec("EG LEVEL 1", 99, 99, Numeric, Envelope, Follows),
    spec("EG LEVEL 2", 99, 99, Numeric, Envelope, Follows),
    spec("EG LEVEL 3", 99, 99, Numeric, Envelope, Follows),
    spec("EG LEVEL 4", 99, 0, Numeric, Envelope, Follows),
    spec("BREAK POINT", 99, 39, Numeric, Timbre, Follows),
    spec("L SCALE DEPTH", 99, 0, Numeric, Timbre, Follows),
    spec("R SCALE DEPTH", 99, 0, Numeric, Timbre, Follows),
    spec("L KEY SCALE", 3, 0, Switch, Timbre, Twin),
    spec("R KEY SCALE", 3, 0, Switch, Timbre, Twin),
    spec("RATE SCALING", 7, 0, Numeric, Envelope, Follows),
    spec("A MOD SENS.", 3, 0, Numeric, Modulation, Follows),
    spec("KEY VELOCITY", 7, 0, Numeric, Timbre, Follows),
    spec("OUTPUT LEVEL", 99, 0, Numeric, Timbre, Follows),
    spec("MODE", 1, 0, Switch, Timbre, Twin),
    spec("F COARSE", 31, 1, Numeric, Timbre, Follows),
    spec("F FINE", 99, 0, Numeric, Timbre, Follows),
    spec("OSC DETUNE", 14, 7, Numeric, Timbre, Follows),
];

/// The parameters of the whole patch, from byte 126 of the unpacked voice on.
static PATCH_TABLE: [Spec; 19] = [
    spec("PITCH EG RATE 1", 99, 99, Numeric, Pitch, Follows),
    spec("PITCH EG RATE 2", 99, 99, Numeric, Pitch, Follows),
    spec("PITCH EG RATE 3", 99, 99, Numeric, Pitch, Follows),
    spec("PITCH EG RATE 4", 99, 99, Numeric, Pitch, Follows),
    spec("PITCH EG LEVEL 1", 99, 50, Numeric, Pitch, Follows),
    spec("PITCH EG LEVEL 2", 99, 50, Numeric, Pitch, Follows),
    spec("PITCH EG LEVEL 3", 99, 50, Numeric, Pitch, Follows),
    spec("PITCH EG LEVEL 4", 99, 50, Numeric, Pitch, Follows),
    spec("ALGORITHM", 31, 0, Switch, Timbre, Twin),
    spec("FEEDBACK", 7, 0, Numeric, Timbre, Follows),
    spec("OSC KEY SYNC", 1, 1, Switch, Timbre, NextNote),
    spec("LFO SPEED", 99, 35, Numeric, Modulation, Follows),
    spec("LFO DELAY", 99, 0, Numeric, Modulation, Follows),
    spec("LFO PM DEPTH", 99, 0, Numeric, Modulation, Follows),
    spec("LFO AM DEPTH", 99, 0, Numeric, Modulation, Follows),
    spec("LFO KEY SYNC", 1, 1, Switch, Modulation, NextNote),
    spec("LFO WAVE", 5, 0, Switch, Modulation, Twin),
    spec("P MODE SENS.", 7, 3, Numeric, Modulation, Follows),
    // On a scale, but a held note that glides through it would be out of tune: whole semitones,
    // and only for the next note.
    spec("TRANSPOSE", 48, 24, Numeric, Pitch, NextNote),
];

/// One of the 145 parameters, by its place in the unpacked sysex voice: 0 to 144.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Parameter(u8);

const FIRST_OF_PATCH: usize = Operator::COUNT * OPERATOR_PARAMETERS;

#[allow(missing_docs, reason = "each constant is named as on the DX7")]
impl Parameter {
    /// How many parameters a patch has.
    pub const COUNT: usize = 145;

    pub const PITCH_EG_RATE_1: Parameter = Parameter(126);
    pub const PITCH_EG_RATE_2: Parameter = Parameter(127);
    pub const PITCH_EG_RATE_3: Parameter = Parameter(128);
    pub const PITCH_EG_RATE_4: Parameter = Parameter(129);
    pub const PITCH_EG_LEVEL_1: Parameter = Parameter(130);
    pub const PITCH_EG_LEVEL_2: Parameter = Parameter(131);
    pub const PITCH_EG_LEVEL_3: Parameter = Parameter(132);
    pub const PITCH_EG_LEVEL_4: Parameter = Parameter(133);
    pub const ALGORITHM: Parameter = Parameter(134);
    pub const FEEDBACK: Parameter = Parameter(135);
    pub const OSC_KEY_SYNC: Parameter = Parameter(136);
    pub const LFO_SPEED: Parameter = Parameter(137);
    pub const LFO_DELAY: Parameter = Parameter(138);
    pub const LFO_PM_DEPTH: Parameter = Parameter(139);
    pub const LFO_AM_DEPTH: Parameter = Parameter(140);
    pub const LFO_KEY_SYNC: Parameter = Parameter(141);
    pub const LFO_WAVE: Parameter = Parameter(142);
    pub const PITCH_MOD_SENSITIVITY: Parameter = Parameter(143);
    pub const TRANSPOSE: Parameter = Parameter(144);

    /// The parameter at that place of the unpacked voice, 0 to 144.
    pub const fn new(index: usize) -> Option<Parameter> {
        if index < Self::COUNT {
            Some(Parameter(index as u8))
        } else {
            None
        }
    }

    /// That parameter of that operator.
    pub const fn of(operator: Operator, parameter: OperatorParameter) -> Parameter {
        Parameter((operator.sysex_block() * OPERATOR_PARAMETERS) as u8 + parameter as u8)
    }

    /// All 145, in the order of the unpacked voice.
    pub fn all() -> impl ExactSizeIterator<Item = Parameter> + DoubleEndedIterator + Clone {
        (0..Self::COUNT as u8).map(Parameter)
    }

    /// The switches among them (29), in the order of the unpacked voice.
    pub fn switches() -> impl Iterator<Item = Parameter> + Clone {
        Self::all().filter(|parameter| parameter.spec().kind == Switch)
    }

    /// Its place in the unpacked voice, 0 to 144.
    pub const fn index(self) -> usize {
        self.0 as usize
    }

    /// The operator it belongs to; `None` for a parameter of the whole patch.
    pub const fn operator(self) -> Option<Operator> {
        if self.index() < FIRST_OF_PATCH {
            Some(Operator(6 - (self.index() / OPERATOR_PARAMETERS) as u8))
        } else {
            None
        }
    }

    /// Its row of the table.
    pub fn spec(self) -> &'static Spec {
        if self.index() < FIRST_OF_PATCH {
            &OPERATOR_TABLE[self.index() % OPERATOR_PARAMETERS]
        } else {
            &PATCH_TABLE[self.index() - FIRST_OF_PATCH]
        }
    }
}

/// `OP3 F COARSE`, `ALGORITHM`: the name as Dexed shows it to a host.
impl fmt::Display for Parameter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.operator() {
            Some(operator) => write!(f, "OP{} {}", operator.number(), self.spec().name),
            None => f.write_str(self.spec().name),
        }
    }
}

impl fmt::Debug for Parameter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Parameter({} {self})", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operators_lie_six_first() {
        let six = Parameter::of(Operator::new(6).unwrap(), OperatorParameter::EgRate1);
        let one = Parameter::of(Operator::new(1).unwrap(), OperatorParameter::Detune);
        assert_eq!((six.index(), one.index()), (0, 125));
        assert_eq!(six.operator().unwrap().number(), 6);
        assert_eq!(one.to_string(), "OP1 OSC DETUNE");
        assert_eq!(Parameter::ALGORITHM.to_string(), "ALGORITHM");
    }

    #[test]
    fn kinds_are_those_of_the_published_model() {
        // SPINVAE learns 122 numeric and 22 categorical parameters, and leaves the transposition out.
        let switches = Parameter::switches().count();
        assert_eq!((switches, Parameter::COUNT - 1 - switches), (22, 122));
    }
}
