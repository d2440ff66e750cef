//! How a patch becomes the network's tokens, and where its outputs mean which parameter.
//!
//! Seven tokens: operators 1 to 6, then one for the whole patch. The transposition stays outside: it
//! moves every sound alike.

use presets::{Operator, OperatorParameter, Parameter, Patch};

/// Operators of a patch; their tokens come first.
pub const OPERATORS: usize = Operator::COUNT;
/// Tokens of a patch.
pub const TOKENS: usize = OPERATORS + 1;

/// Components of the mixture by which a number is given.
pub const COMPONENTS: usize = 3;
/// Outputs for a number: for each component its centre, log scale and log weight.
pub const NUMBER_OUTPUTS: usize = 3 * COMPONENTS;

/// A kind of token: which parameters it holds, in the order of its inputs and outputs.
#[derive(Clone, Copy, Debug)]
pub struct Layout {
    numbers: &'static [Slot],
    switches: &'static [Slot],
}

/// A parameter of a token.
#[derive(Clone, Copy, Debug)]
enum Slot {
    OfOperator(OperatorParameter),
    OfPatch(Parameter),
}

use OperatorParameter as P;
use Slot::{OfOperator, OfPatch};

/// The token of an operator.
pub static OPERATOR: Layout = Layout {
    numbers: &[
        OfOperator(P::Coarse),
        OfOperator(P::Fine),
        OfOperator(P::Detune),
        OfOperator(P::OutputLevel),
        OfOperator(P::EgRate1),
        OfOperator(P::EgRate2),
        OfOperator(P::EgRate3),
        OfOperator(P::EgRate4),
        OfOperator(P::EgLevel1),
        OfOperator(P::EgLevel2),
        OfOperator(P::EgLevel3),
        OfOperator(P::EgLevel4),
        OfOperator(P::BreakPoint),
        OfOperator(P::LeftDepth),
        OfOperator(P::RightDepth),
        OfOperator(P::RateScaling),
        OfOperator(P::AmpModSensitivity),
        OfOperator(P::VelocitySensitivity),
    ],
    switches: &[
        OfOperator(P::Mode),
        OfOperator(P::LeftCurve),
        OfOperator(P::RightCurve),
    ],
};

/// The token of the whole patch. The algorithm is its first switch.
pub static PATCH: Layout = Layout {
    numbers: &[
        OfPatch(Parameter::FEEDBACK),
        OfPatch(Parameter::LFO_SPEED),
        OfPatch(Parameter::LFO_DELAY),
        OfPatch(Parameter::LFO_PM_DEPTH),
        OfPatch(Parameter::LFO_AM_DEPTH),
        OfPatch(Parameter::PITCH_MOD_SENSITIVITY),
        OfPatch(Parameter::PITCH_EG_RATE_1),
        OfPatch(Parameter::PITCH_EG_RATE_2),
        OfPatch(Parameter::PITCH_EG_RATE_3),
        OfPatch(Parameter::PITCH_EG_RATE_4),
        OfPatch(Parameter::PITCH_EG_LEVEL_1),
        OfPatch(Parameter::PITCH_EG_LEVEL_2),
        OfPatch(Parameter::PITCH_EG_LEVEL_3),
        OfPatch(Parameter::PITCH_EG_LEVEL_4),
    ],
    switches: &[
        OfPatch(Parameter::ALGORITHM),
        OfPatch(Parameter::OSC_KEY_SYNC),
        OfPatch(Parameter::LFO_KEY_SYNC),
        OfPatch(Parameter::LFO_WAVE),
    ],
};

/// How many algorithms there are; in the inputs and the outputs of [`PATCH`] they come first among
/// the switches.
pub const ALGORITHMS: usize = 32;

impl Slot {
    fn parameter(self, token: usize) -> Parameter {
        match self {
            OfOperator(parameter) => Parameter::of(Operator::ALL[token], parameter),
            OfPatch(parameter) => parameter,
        }
    }

    /// How many values it can have.
    fn values(self) -> usize {
        usize::from(self.parameter(0).spec().max) + 1
    }
}

impl Layout {
    /// The layout of a token, 0 to 6.
    pub fn of(token: usize) -> &'static Layout {
        if token < OPERATORS { &OPERATOR } else { &PATCH }
    }

    /// Its numbers, as parameters of that token.
    pub fn numbers(&self, token: usize) -> impl Iterator<Item = Parameter> {
        self.numbers.iter().map(move |slot| slot.parameter(token))
    }

    /// Its switches, as parameters of that token.
    pub fn switches(&self, token: usize) -> impl Iterator<Item = Parameter> {
        self.switches.iter().map(move |slot| slot.parameter(token))
    }

    /// How many numbers it has.
    pub fn number_count(&self) -> usize {
        self.numbers.len()
    }

    /// How many values each of its numbers can have.
    pub fn number_values(&self) -> impl Iterator<Item = usize> {
        self.numbers.iter().map(|slot| slot.values())
    }

    /// How many values each of its switches can have.
    pub fn switch_values(&self) -> impl Iterator<Item = usize> {
        self.switches.iter().map(|slot| slot.values())
    }

    /// The number that is also given to the network as one of 32: a ratio's coarse part, whose
    /// neighbours sound nothing alike.
    pub fn has_coarse(&self) -> bool {
        matches!(self.numbers[0], OfOperator(P::Coarse))
    }

    /// Floats of its input: each number from -1 to 1, then its switches (and first of all the coarse
    /// ratio, for an operator), one of `n`.
    pub fn inputs(&self) -> usize {
        let coarse = if self.has_coarse() {
            self.numbers[0].values()
        } else {
            0
        };
        self.numbers.len() + coarse + self.switch_values().sum::<usize>()
    }

    /// Floats of its output: a mixture for each number, then a logit for each value of each switch.
    pub fn outputs(&self) -> usize {
        self.numbers.len() * NUMBER_OUTPUTS + self.switch_values().sum::<usize>()
    }

    /// Writes the values of a token, numbers then switches, one byte each.
    pub fn values(&self, patch: &Patch, token: usize) -> impl Iterator<Item = u8> {
        self.numbers
            .iter()
            .chain(self.switches)
            .map(move |slot| patch.get(slot.parameter(token)))
    }

    /// Writes the input of a token whose values are `values`, as [`Layout::values`] gives them.
    pub fn write_input(&self, values: &[u8], input: &mut [f32]) {
        input.fill(0.0);
        let (numbers, mut one_of) = input.split_at_mut(self.numbers.len());
        for ((slot, &value), out) in self.numbers.iter().zip(values).zip(numbers) {
            *out = 2.0 * f32::from(value) / (slot.values() - 1) as f32 - 1.0;
        }
        let coarse = self
            .has_coarse()
            .then(|| (self.numbers[0].values(), values[0]));
        let switches = self
            .switch_values()
            .zip(values[self.numbers.len()..].iter().copied());
        for (count, value) in coarse.into_iter().chain(switches) {
            let (here, rest) = one_of.split_at_mut(count);
            here[usize::from(value)] = 1.0;
            one_of = rest;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_parameter_but_the_transposition_has_one_place() {
        let mut places: Vec<Parameter> = (0..TOKENS)
            .flat_map(|token| {
                let layout = Layout::of(token);
                layout.numbers(token).chain(layout.switches(token))
            })
            .collect();
        places.sort_unstable();
        places.dedup();
        assert_eq!(places.len(), Parameter::COUNT - 1);
        assert!(!places.contains(&Parameter::TRANSPOSE));
    }

    #[test]
    fn an_input_says_what_the_patch_is() {
        let mut patch = Patch::INIT;
        patch.set(Parameter::ALGORITHM, 4);
        patch.set(Parameter::FEEDBACK, 7);
        let values: Vec<u8> = PATCH.values(&patch, OPERATORS).collect();
        let mut input = vec![9.0; PATCH.inputs()];
        PATCH.write_input(&values, &mut input);
        assert_eq!(input[0], 1.0);
        let algorithm = &input[PATCH.number_count()..][..ALGORITHMS];
        assert_eq!(algorithm.iter().sum::<f32>(), 1.0);
        assert_eq!(algorithm[4], 1.0);
        assert_eq!(OPERATOR.inputs(), 18 + 32 + 2 + 4 + 4);
        assert_eq!(OPERATOR.outputs(), 18 * 9 + 2 + 4 + 4);
    }
}
