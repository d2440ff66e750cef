//! Parameters that belong together: what the planner moves as one.

use presets::{FractionalPatch, Group, Kind, Operator, OperatorParameter, Parameter, Patch};

use OperatorParameter::{
    AmpModSensitivity, BreakPoint, Coarse, Detune, EgLevel1, EgLevel2, EgLevel3, EgLevel4, EgRate1,
    EgRate2, EgRate3, EgRate4, Fine, LeftCurve, LeftDepth, Mode, OutputLevel, RateScaling,
    RightCurve, RightDepth, VelocitySensitivity,
};

/// Values of a patch, each whole or between two steps.
pub type Values = [f32; Parameter::COUNT];

/// What makes an operator's pitch, its strength, and its course.
const TUNING: &[OperatorParameter] = &[Mode, Coarse, Fine, Detune];
const LEVEL: &[OperatorParameter] = &[
    OutputLevel,
    VelocitySensitivity,
    BreakPoint,
    LeftDepth,
    RightDepth,
    LeftCurve,
    RightCurve,
];
const ENVELOPE: &[OperatorParameter] = &[
    EgRate1,
    EgRate2,
    EgRate3,
    EgRate4,
    EgLevel1,
    EgLevel2,
    EgLevel3,
    EgLevel4,
    RateScaling,
    AmpModSensitivity,
];

/// The groups in which two patches differ: each operator's tuning, level and envelope; each
/// operator as a whole; all tunings, levels and envelopes; and what belongs to the whole patch.
pub fn differing(a: &Patch, b: &Patch) -> Vec<Vec<Parameter>> {
    let of = |operators: &[Operator], parameters: &[&[OperatorParameter]]| -> Vec<Parameter> {
        let mut group = Vec::new();
        for &operator in operators {
            for &parameter in parameters.iter().copied().flatten() {
                group.push(Parameter::of(operator, parameter));
            }
        }
        group
    };
    let kinds = [TUNING, LEVEL, ENVELOPE];
    let mut groups = Vec::new();
    for operator in Operator::ALL {
        groups.extend(kinds.map(|kind| of(&[operator], &[kind])));
        groups.push(of(&[operator], &kinds));
    }
    groups.extend(kinds.map(|kind| of(&Operator::ALL, &[kind])));
    let patch = |from: Parameter, to: Parameter| -> Vec<Parameter> {
        Parameter::all().filter(|&p| p >= from && p <= to).collect()
    };
    groups.push(vec![Parameter::ALGORITHM]);
    groups.push(vec![Parameter::FEEDBACK]);
    groups.push(vec![Parameter::ALGORITHM, Parameter::FEEDBACK]);
    groups.push(patch(
        Parameter::PITCH_EG_RATE_1,
        Parameter::PITCH_EG_LEVEL_4,
    ));
    groups.push(patch(Parameter::LFO_SPEED, Parameter::LFO_AM_DEPTH));
    groups.push(patch(
        Parameter::LFO_KEY_SYNC,
        Parameter::PITCH_MOD_SENSITIVITY,
    ));
    groups.push(vec![Parameter::OSC_KEY_SYNC]);
    groups.push(vec![Parameter::TRANSPOSE]);
    // A switch is found by sound, one by one.
    let switches = Parameter::switches().filter(|p| p.operator().is_some());
    groups.extend(switches.map(|p| vec![p]));
    groups.retain(|group| group.iter().any(|&p| a.get(p) != b.get(p)));
    groups
}

/// A value on the straight line from A to B, as a DX7 can hold it; a switch flips at the half.
pub fn between(a: &Patch, b: &Patch, parameter: Parameter, position: f32) -> f32 {
    let (from, to) = (f32::from(a.get(parameter)), f32::from(b.get(parameter)));
    if parameter.spec().kind == Kind::Switch {
        if position < 0.5 { from } else { to }
    } else {
        (from + (to - from) * position).round()
    }
}

/// The parameters of the operators that are heard themselves, by algorithm (1 to 32; facts of the
/// DX7): bit 0 is operator 1.
const CARRIERS: [u8; 32] = [
    0b000101, 0b000101, 0b001001, 0b001001, 0b010101, 0b010101, 0b000101, 0b000101, 0b000101,
    0b001001, 0b001001, 0b000101, 0b000101, 0b000101, 0b000101, 0b000001, 0b000001, 0b000001,
    0b011001, 0b001011, 0b011011, 0b011101, 0b011011, 0b011111, 0b011111, 0b001011, 0b001011,
    0b100101, 0b010111, 0b100111, 0b011111, 0b111111,
];

/// Output levels of the operators that are heard themselves.
pub fn carrier_levels(values: &Values) -> impl Iterator<Item = Parameter> {
    // `as` saturates, and an algorithm past the table has the last one's carriers.
    let algorithm = (values[Parameter::ALGORITHM.index()] as usize).min(CARRIERS.len() - 1);
    let carriers = CARRIERS[algorithm];
    Operator::ALL
        .into_iter()
        .filter(move |operator| carriers & (1 << (operator.number() - 1)) != 0)
        .map(|operator| Parameter::of(operator, OutputLevel))
}

/// dB of a step of output level.
pub const LEVEL_DB: f32 = 0.7526;
/// Below this, steps of output level are no longer equal.
const EVEN_FROM: f32 = 20.0;

/// Makes the carriers louder by as many whole steps as come nearest to `by` dB and their range
/// allows; gives back the dB by which they are louder now.
pub fn louder(values: &mut Values, by: f32) -> f32 {
    let audible: Vec<Parameter> = carrier_levels(values)
        .filter(|p| values[p.index()] >= EVEN_FROM)
        .collect();
    let levels = || audible.iter().map(|p| values[p.index()]);
    let up = levels().map(|level| 99.0 - level).fold(f32::MAX, f32::min);
    let down = levels()
        .map(|level| level - EVEN_FROM)
        .fold(f32::MAX, f32::min);
    if audible.is_empty() {
        return 0.0;
    }
    let steps = (by / LEVEL_DB).round().clamp(-down, up);
    for parameter in audible {
        values[parameter.index()] += steps;
    }
    steps * LEVEL_DB
}

/// Makes the carriers louder by that many dB, with fractions, as far as the range of each allows.
pub fn shift_carriers(values: &mut Values, by: f32) {
    let audible: Vec<Parameter> = carrier_levels(values)
        .filter(|p| values[p.index()] >= EVEN_FROM)
        .collect();
    for parameter in audible {
        let level = &mut values[parameter.index()];
        *level = (*level + by / LEVEL_DB).clamp(EVEN_FROM, 99.0);
    }
}

/// Moves a value by so many steps, as far as its range goes.
pub fn shift(values: &mut Values, parameter: Parameter, by: f32) {
    let value = &mut values[parameter.index()];
    *value = (*value + by).clamp(0.0, f32::from(parameter.spec().max));
}

/// Whether a parameter takes part in the pitch of what sounds.
pub fn makes_pitch(parameter: Parameter) -> bool {
    const MODULATION: [Parameter; 2] = [Parameter::LFO_PM_DEPTH, Parameter::PITCH_MOD_SENSITIVITY];
    let tuning = parameter.operator().is_some_and(|operator| {
        TUNING
            .iter()
            .any(|&tuning| Parameter::of(operator, tuning) == parameter)
    });
    tuning || parameter.spec().group == Group::Pitch || MODULATION.contains(&parameter)
}

/// The values of a patch.
pub fn values(patch: &Patch) -> Values {
    FractionalPatch::from(patch).0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn carriers_become_louder_together_as_far_as_they_can() {
        let mut patch = Patch::INIT;
        patch.set(Parameter::ALGORITHM, 4);
        for (operator, level) in [(1, 90), (3, 80), (5, 10), (2, 70)] {
            let operator = Operator::new(operator).unwrap();
            patch.set_op(operator, OutputLevel, level);
        }
        let mut values = values(&patch);
        assert!((louder(&mut values, 3.0) - 4.0 * LEVEL_DB).abs() < 1e-6);
        let level = |values: &Values, operator: u8| {
            values[Parameter::of(Operator::new(operator).unwrap(), OutputLevel).index()]
        };
        assert_eq!(
            [1, 3, 5, 2].map(|operator| level(&values, operator)),
            [94.0, 84.0, 10.0, 70.0]
        );
        assert!((louder(&mut values, 30.0) - 5.0 * LEVEL_DB).abs() < 1e-6);
    }

    #[test]
    fn only_what_differs_is_moved() {
        let mut b = Patch::INIT;
        assert!(differing(&Patch::INIT, &b).is_empty());
        b.set(Parameter::FEEDBACK, 7);
        let groups = differing(&Patch::INIT, &b);
        assert_eq!(groups.len(), 2);
        assert!(
            groups
                .iter()
                .all(|group| group.contains(&Parameter::FEEDBACK))
        );
    }
}
