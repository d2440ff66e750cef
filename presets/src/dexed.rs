//! The order of Dexed's host parameters (version 0.9.3), in which SPINVAE's authors keep their presets
//! and their network reads them: four that no DX7 has (cutoff, resonance, output, master tune), those
//! of the whole patch, then operators 1 to 6, each with a switch of its own at the end.

use crate::parameter::{Operator, OperatorParameter as Op, Parameter};

/// How many host parameters there are.
pub const COUNT: usize = 155;

const FIRST_OF_PATCH: usize = 4;
const FIRST_OF_OPERATORS: usize = FIRST_OF_PATCH + OF_PATCH.len();
/// Host parameters of an operator, its switch included.
const STRIDE: usize = OF_OPERATOR.len() + 1;

/// The parameters of the whole patch.
pub const OF_PATCH: [Parameter; 19] = [
    Parameter::ALGORITHM,
    Parameter::FEEDBACK,
    Parameter::OSC_KEY_SYNC,
    Parameter::LFO_SPEED,
    Parameter::LFO_DELAY,
    Parameter::LFO_PM_DEPTH,
    Parameter::LFO_AM_DEPTH,
    Parameter::LFO_KEY_SYNC,
    Parameter::LFO_WAVE,
    Parameter::TRANSPOSE,
    Parameter::PITCH_MOD_SENSITIVITY,
    Parameter::PITCH_EG_RATE_1,
    Parameter::PITCH_EG_RATE_2,
    Parameter::PITCH_EG_RATE_3,
    Parameter::PITCH_EG_RATE_4,
    Parameter::PITCH_EG_LEVEL_1,
    Parameter::PITCH_EG_LEVEL_2,
    Parameter::PITCH_EG_LEVEL_3,
    Parameter::PITCH_EG_LEVEL_4,
];

/// The parameters of every operator.
pub const OF_OPERATOR: [Op; 21] = [
    Op::EgRate1,
    Op::EgRate2,
    Op::EgRate3,
    Op::EgRate4,
    Op::EgLevel1,
    Op::EgLevel2,
    Op::EgLevel3,
    Op::EgLevel4,
    Op::OutputLevel,
    Op::Mode,
    Op::Coarse,
    Op::Fine,
    Op::Detune,
    Op::BreakPoint,
    Op::LeftDepth,
    Op::RightDepth,
    Op::LeftCurve,
    Op::RightCurve,
    Op::RateScaling,
    Op::AmpModSensitivity,
    Op::VelocitySensitivity,
];

/// The 145 parameters of a patch in Dexed's order, each with its place among the host parameters.
pub fn parameters() -> impl Iterator<Item = (usize, Parameter)> + Clone {
    let of_patch = (FIRST_OF_PATCH..).zip(OF_PATCH);
    let of_operators = Operator::ALL.into_iter().flat_map(|operator| {
        let first = first_of(operator);
        (first..).zip(OF_OPERATOR.map(|parameter| Parameter::of(operator, parameter)))
    });
    of_patch.chain(of_operators)
}

/// The place of the switch that turns an operator on.
pub const fn switch(operator: Operator) -> usize {
    first_of(operator) + OF_OPERATOR.len()
}

const fn first_of(operator: Operator) -> usize {
    FIRST_OF_OPERATORS + STRIDE * (operator.number() as usize - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_but_those_of_no_dx7_is_taken_once() {
        let mut places: Vec<usize> = parameters().map(|(place, _)| place).collect();
        places.extend(Operator::ALL.map(switch));
        places.sort_unstable();
        assert_eq!(places, (4..COUNT).collect::<Vec<_>>());
        let mut found: Vec<Parameter> = parameters().map(|(_, parameter)| parameter).collect();
        found.sort_unstable();
        assert_eq!(found, Parameter::all().collect::<Vec<_>>());
    }

    #[test]
    fn places_are_those_that_dexed_shows() {
        let place = |of: Parameter| parameters().find(|&(_, p)| p == of).map(|(i, _)| i);
        assert_eq!(place(Parameter::TRANSPOSE), Some(13));
        let coarse = Parameter::of(Operator::ALL[0], Op::Coarse);
        assert_eq!(place(coarse), Some(33));
        assert_eq!(switch(Operator::ALL[5]), 154);
    }
}
