//! Variations of a patch, so that the model learns sounds and not a list: operators in another order,
//! a similar algorithm, small noise. Everything works on a copy.

use presets::{Kind, OperatorParameter, Parameter, Patch};

use crate::compact::symmetry;
use crate::random::Random;

/// Algorithms that sound alike, from 1 as on the panel.
const SIMILAR: [&[u8]; 12] = [
    &[1, 2],
    &[3, 4, 19],
    &[5, 6],
    &[7, 8, 9, 12, 13],
    &[10, 11],
    &[14, 15],
    &[16, 17, 18],
    &[20, 26, 27],
    &[21, 23],
    &[22, 24],
    &[25, 29, 31, 32],
    &[28, 30],
];

/// The patch with its operators in a random order of those that leave the sound as it is.
pub fn reordered(patch: &Patch, random: &mut Random) -> Patch {
    let orders = symmetry::orders(patch);
    symmetry::reorder(patch, &orders[random.below(orders.len())])
}

/// The patch with a similar algorithm, or its own.
pub fn similar(patch: &Patch, random: &mut Random) -> Patch {
    let mut out = *patch;
    let algorithm = patch.get(Parameter::ALGORITHM) + 1;
    if let Some(group) = SIMILAR.iter().find(|group| group.contains(&algorithm)) {
        out.set(Parameter::ALGORITHM, group[random.below(group.len())] - 1);
    }
    out
}

/// The patch with a similar algorithm and a little noise: steps of one, curves between linear and
/// exponential, another key sync or LFO wave. Modes, and the transposition, stay.
pub fn noisy(patch: &Patch, random: &mut Random) -> Patch {
    let mut out = similar(patch, random);
    for parameter in Parameter::all() {
        let spec = parameter.spec();
        let value = patch.get(parameter);
        if parameter == Parameter::TRANSPOSE || parameter == Parameter::ALGORITHM {
            continue;
        }
        let varied = match (spec.kind, spec.max) {
            // Curves: 0 and 3 are linear, 1 and 2 exponential; the sign stays.
            (Kind::Switch, 3) if random.uniform() < 0.5 => [1, 0, 3, 2][usize::from(value)],
            (Kind::Switch, 3) => value,
            (Kind::Switch, _) if parameter.operator().is_some() => value,
            (Kind::Switch, max) => random.below(usize::from(max) + 1) as u8,
            (Kind::Numeric, 99) => {
                let step = (0.5 * random.normal()).round();
                let level = is_output_level(parameter);
                // An operator that is off stays about off.
                let step = if level && value < 10 {
                    step.abs()
                } else {
                    step
                };
                (f32::from(value) + step).clamp(0.0, 99.0) as u8
            }
            (Kind::Numeric, max) => match random.uniform() {
                u if u < 0.05 => value.saturating_sub(1),
                u if u < 0.10 => (value + 1).min(max),
                _ => value,
            },
        };
        out.set(parameter, varied);
    }
    out
}

fn is_output_level(parameter: Parameter) -> bool {
    parameter
        .operator()
        .is_some_and(|op| Parameter::of(op, OperatorParameter::OutputLevel) == parameter)
}

/// A patch between two: numbers at fraction `t` of the way, every switch from either side.
pub fn mixed(a: &Patch, b: &Patch, t: f32, random: &mut Random) -> Patch {
    let mut out = *a;
    for parameter in Parameter::all() {
        let (from, to) = (a.get(parameter), b.get(parameter));
        let value = match parameter.spec().kind {
            Kind::Numeric => {
                (f32::from(from) + (f32::from(to) - f32::from(from)) * t).round() as u8
            }
            Kind::Switch if random.uniform() < t => to,
            Kind::Switch => from,
        };
        out.set(parameter, value);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variations_copy_and_stay_near() {
        let mut original = Patch::INIT;
        original.set(Parameter::ALGORITHM, 31);
        let before = original;
        let mut random = Random::new(5);
        let mut changed = 0;
        for _ in 0..50 {
            let patch = noisy(&original, &mut random);
            changed += usize::from(patch != original);
            let algorithm = patch.get(Parameter::ALGORITHM) + 1;
            assert!([25, 29, 31, 32].contains(&algorithm));
            for parameter in Parameter::all().filter(|p| p.spec().kind == Kind::Numeric) {
                let steps = patch.get(parameter).abs_diff(original.get(parameter));
                assert!(steps <= 3, "{parameter} moved by {steps}");
            }
            assert_eq!(reordered(&patch, &mut random).name(), patch.name());
        }
        assert_eq!(original, before);
        assert!(changed > 45);
    }

    #[test]
    fn a_mix_has_the_values_of_its_ends_at_the_ends() {
        let mut b = Patch::INIT;
        b.set(Parameter::ALGORITHM, 9);
        b.set(Parameter::FEEDBACK, 7);
        let mut random = Random::new(1);
        assert_eq!(
            mixed(&Patch::INIT, &b, 0.0, &mut random).values(),
            Patch::INIT.values()
        );
        assert_eq!(
            mixed(&Patch::INIT, &b, 1.0, &mut random).values(),
            b.values()
        );
    }
}
