//! [`Compact::slopes`]: how timbre changes with the numbers of a patch, as the network's ear foretells
//! it.

use candle_core::{Device, Result, Tensor, Var};
use presets::{Parameter, Patch};
use timbre::FEATURES;

use super::Compact;
use super::codec::inputs;
use super::layout::{Layout, OPERATORS};
use super::objective::patch_values;

/// How much something changes with each number of a patch, for the whole of the number's range.
pub type Slopes = [f32; Parameter::COUNT];

impl Compact {
    /// For each patch, how the sum of the timbre features, weighed, changes with each of its numbers:
    /// followed back from the ear through decoder and encoder to the patch. `weights` has a row for each
    /// patch, and is for features as the ear foretells them, squashed (see [`crate::data::sounds`]).
    /// Switches have no slope, and of transpositions nothing is known: 0.
    ///
    /// # Errors
    /// Only if memory cannot be had.
    pub fn slopes(&self, patches: &[Patch], weights: &[[f32; FEATURES]]) -> Result<Vec<Slopes>> {
        let values: Vec<_> = patches.iter().map(patch_values).collect();
        let (operators, patch) = inputs(&values)?;
        let (operators, patch) = (Var::from_tensor(&operators)?, Var::from_tensor(&patch)?);
        let network = self.network();
        let latents = network.encode(&operators, &patch)?.mean;
        let Some(heard) = network.decode(&latents, true)?.heard else {
            candle_core::bail!("the network did not listen");
        };
        let weights = Tensor::from_vec(weights.concat(), (patches.len(), FEATURES), &Device::Cpu)?;
        let sum = (heard.narrow(1, 0, FEATURES)? * weights)?.sum_all()?;
        let gradients = sum.backward()?;
        let by = |input: &Var| -> Result<Vec<Vec<f32>>> {
            match gradients.get(input) {
                Some(gradient) => gradient.to_vec2(),
                None => candle_core::bail!("nothing depends on the patch"),
            }
        };
        let (operators, patch) = (by(&operators)?, by(&patch)?);
        let of_patches = operators.chunks_exact(OPERATORS).zip(&patch);
        Ok(of_patches
            .map(|(operators, patch)| {
                let mut slopes = [0.0; Parameter::COUNT];
                let tokens = operators.iter().chain([patch]);
                for (token, gradient) in tokens.enumerate() {
                    let numbers = Layout::of(token).numbers(token);
                    for (parameter, gradient) in numbers.zip(gradient) {
                        // Inputs reach from -1 to 1.
                        slopes[parameter.index()] = 2.0 * gradient;
                    }
                }
                slopes
            })
            .collect())
    }
}

#[cfg(test)]
mod tests {
    use presets::{Operator, OperatorParameter};

    use super::*;
    use crate::compact::Config;
    use crate::random::Random;

    #[test]
    fn slopes_are_what_a_step_changes() {
        let model = Compact::untrained(Config::TINY, 1).unwrap();
        let mut random = Random::new(2);
        let mut patch = Patch::INIT;
        for parameter in Parameter::all() {
            let values = usize::from(parameter.spec().max) + 1;
            patch.set(parameter, random.below(values) as u8);
        }
        let weights: [f32; FEATURES] = std::array::from_fn(|_| random.normal());
        let other = [1.0; FEATURES];
        let slopes = model
            .slopes(&[Patch::INIT, patch], &[other, weights])
            .unwrap()[1];
        let foretold = |parameter, step: i16| -> f32 {
            let mut patch = patch;
            let value = i16::from(patch.get(parameter)) + step;
            patch.set(parameter, u8::try_from(value).unwrap());
            let latents = model.encode(&[patch]).unwrap();
            let timbre = &model.decode(&latents).unwrap()[0].timbre;
            timbre
                .iter()
                .zip(&weights)
                .map(|(x, weight)| x * weight)
                .sum()
        };
        let of = |operator| Parameter::of(Operator::ALL[operator], OperatorParameter::OutputLevel);
        for parameter in [of(0), of(3), of(5), Parameter::LFO_SPEED] {
            let inside = 1..parameter.spec().max;
            assert!(inside.contains(&patch.get(parameter)), "{parameter}");
            let step = foretold(parameter, 1) - foretold(parameter, -1);
            let slope = step / 2.0 * f32::from(parameter.spec().max);
            let found = slopes[parameter.index()];
            assert!(
                (slope - found).abs() < 0.02 * slope.abs().max(0.1),
                "{parameter}: {found}, not {slope}"
            );
        }
        assert_eq!(slopes[Parameter::ALGORITHM.index()], 0.0);
        assert_eq!(slopes[Parameter::TRANSPOSE.index()], 0.0);
    }
}
