//! [`Foresight`]: where a sound would have to move, foretold without playing it.

use presets::{Kind, Parameter, Patch};

use super::chance::Chance;
use super::groups::{Values, makes_pitch, shift};
use super::yardstick::Features;

/// Foretells how timbre changes with the numbers of a patch. A network does, and not very well; but
/// its slopes point to the few of 145 parameters that are worth a try.
pub trait Foresight {
    /// For each patch, how the sum of the timbre features, weighed, changes with each number, for the
    /// whole of its range; 0 for what has no slope. `weights` has a row for each patch, for features in
    /// standard deviations and squashed (asinh). `None` if nothing can be foretold.
    fn slopes(&self, patches: &[Patch], weights: &[Features]) -> Option<Vec<Values>>;
}

/// Largest slope of a squashed feature by which it is weighed: few sounds are so far out.
const STEEPEST: f32 = 10.0;
/// Largest part of its range by which a number is moved.
const LARGEST: f32 = 0.25;

/// Weights for squashed features of a sound, from those for features as they are.
pub fn squashed(weights: &Features, features: &Features) -> Features {
    std::array::from_fn(|i| weights[i] * (1.0 + features[i] * features[i]).sqrt().min(STEEPEST))
}

/// A sound of the path, and how the measure of the path would change with its numbers.
pub struct Foreseen {
    /// The step it lies at.
    pub step: usize,
    /// Its values.
    pub values: Values,
    /// By number; less of the measure is better.
    pub slopes: Values,
}

impl Foreseen {
    /// Its values with one number moved to where the path should become better: the steeper the
    /// likelier, by the square. What makes pitch stays on its line: a sound a little out of tune may
    /// measure well.
    pub fn moved(&self, chance: &mut Chance) -> Values {
        let steepness = |parameter: Parameter| {
            let index = parameter.index();
            let (slope, value) = (self.slopes[index], self.values[index]);
            let max = f32::from(parameter.spec().max);
            // At its border it cannot go on.
            let is_free = if slope > 0.0 {
                value > 0.0
            } else {
                value < max
            };
            let is_number = parameter.spec().kind == Kind::Numeric;
            if is_free && is_number && !makes_pitch(parameter) {
                slope * slope
            } else {
                0.0
            }
        };
        let steepness: Vec<f32> = Parameter::all().map(steepness).collect();
        let mut values = self.values;
        if let Some(parameter) = chance.weighed(&steepness).and_then(Parameter::new) {
            let size = chance.size(LARGEST * f32::from(parameter.spec().max));
            let by = size.copysign(-self.slopes[parameter.index()]);
            shift(&mut values, parameter, by);
        }
        values
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn foreseen(slopes: &[(Parameter, f32)]) -> Foreseen {
        let mut foreseen = Foreseen {
            step: 1,
            values: [3.0; Parameter::COUNT],
            slopes: [0.0; Parameter::COUNT],
        };
        for &(parameter, slope) in slopes {
            foreseen.slopes[parameter.index()] = slope;
        }
        foreseen
    }

    #[test]
    fn what_is_steep_goes_down() {
        let foreseen = foreseen(&[(Parameter::LFO_SPEED, -2.0), (Parameter::FEEDBACK, 1.0)]);
        let mut chance = Chance::new(1);
        let (mut up, mut down) = (0, 0);
        for _ in 0..500 {
            let values = foreseen.moved(&mut chance);
            for parameter in Parameter::all() {
                let by = values[parameter.index()] - 3.0;
                match parameter {
                    _ if by == 0.0 => {}
                    Parameter::LFO_SPEED if (1.0..=25.0).contains(&by) => up += 1,
                    Parameter::FEEDBACK if (-2.0..=-1.0).contains(&by) => down += 1,
                    other => panic!("{other} by {by}"),
                }
            }
        }
        assert_eq!(up + down, 500);
        assert!((350..450).contains(&up), "{up}: four of five");
    }

    #[test]
    fn nothing_goes_past_its_border_and_switches_and_pitch_stay() {
        let mut foreseen = foreseen(&[
            (Parameter::ALGORITHM, 5.0),
            (Parameter::PITCH_EG_LEVEL_1, 5.0),
            (Parameter::LFO_SPEED, 1.0),
        ]);
        foreseen.values[Parameter::LFO_SPEED.index()] = 0.0;
        assert_eq!(foreseen.moved(&mut Chance::new(1)), foreseen.values);
    }
}
