//! [`Adam`] with either kind of weight decay and a state that can be saved, and the [`Gradients`] it
//! takes.

use std::collections::BTreeMap;

use candle_core::backprop::GradStore;
use candle_core::{Result, Tensor, Var, bail};

use crate::ops::vector::vectorised;
use crate::parameters::Parameters;

/// How weights are kept small.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Decay {
    /// AdamW: tensors of two or more dimensions shrink by this share of the learning rate; norms
    /// and biases do not.
    Decoupled(f64),
    /// Added to every gradient, as the published model was trained (facts 4.2).
    Coupled(f64),
}

/// Settings of [`Adam`]; the learning rate is given at each step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AdamConfig {
    /// Of the mean of gradients.
    pub beta1: f64,
    /// Of the mean of squared gradients.
    pub beta2: f64,
    /// Added to the root of the latter.
    pub epsilon: f64,
    /// How weights are kept small.
    pub decay: Decay,
}

impl Default for AdamConfig {
    fn default() -> AdamConfig {
        AdamConfig {
            beta1: 0.9,
            beta2: 0.999,
            epsilon: 1e-8,
            decay: Decay::Decoupled(0.01),
        }
    }
}

/// One gradient per trainable tensor, in the order of their names.
#[derive(Clone, Debug)]
pub struct Gradients(Vec<Vec<f32>>);

impl Gradients {
    /// Those of the trainable tensors after `loss.backward()`.
    ///
    /// # Errors
    /// If a tensor has none: then an operation has lost it, or the network does not use the tensor.
    pub fn of(parameters: &Parameters, store: &GradStore) -> Result<Gradients> {
        let gradients = parameters.trainable().into_iter().map(|(name, var)| {
            let Some(gradient) = store.get(&var) else {
                bail!("tensor {name:?} got no gradient");
            };
            gradient.flatten_all()?.to_vec1()
        });
        Ok(Gradients(gradients.collect::<Result<_>>()?))
    }

    /// Adds those of another part of the batch.
    pub fn add(&mut self, other: &Gradients) {
        for (a, b) in self.0.iter_mut().zip(&other.0) {
            vectorised!(a.iter_mut().zip(b).for_each(|(a, b)| *a += b));
        }
    }

    /// Multiplies all by a number.
    pub fn scale(&mut self, factor: f32) {
        for gradient in &mut self.0 {
            vectorised!(gradient.iter_mut().for_each(|g| *g *= factor));
        }
    }

    /// Euclidean length of all together.
    pub fn norm(&self) -> f64 {
        let square = |g: &f32| f64::from(*g) * f64::from(*g);
        let squares = self.0.iter().flatten().map(square);
        squares.sum::<f64>().sqrt()
    }

    /// Makes them no longer than `longest`, and returns how long they were. Gradients that are not
    /// finite are left as they are: see the returned length.
    pub fn clip(&mut self, longest: f64) -> f64 {
        let norm = self.norm();
        if norm > longest && norm.is_finite() {
            self.scale((longest / norm) as f32);
        }
        norm
    }

    /// The gradients of each tensor.
    pub fn iter(&self) -> impl Iterator<Item = &[f32]> {
        self.0.iter().map(Vec::as_slice)
    }
}

/// Adam by Kingma and Ba with bias correction, with decoupled decay AdamW by Loshchilov and Hutter.
pub struct Adam {
    config: AdamConfig,
    tensors: Vec<Moments>,
    steps: u64,
}

struct Moments {
    name: String,
    var: Var,
    mean: Vec<f32>,
    square: Vec<f32>,
}

impl Adam {
    /// For the trainable tensors of a network that has been built.
    pub fn new(parameters: &Parameters, config: AdamConfig) -> Adam {
        let tensors = parameters.trainable().into_iter().map(|(name, var)| {
            let zeros = vec![0.0; var.elem_count()];
            Moments {
                name,
                var,
                mean: zeros.clone(),
                square: zeros,
            }
        });
        Adam {
            config,
            tensors: tensors.collect(),
            steps: 0,
        }
    }

    /// Steps taken, over all resumed runs.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// Changes the tensors by one step.
    ///
    /// # Errors
    /// If the gradients are of other tensors, or not finite; then nothing is changed.
    pub fn step(&mut self, gradients: &Gradients, learning_rate: f64) -> Result<()> {
        let expected: Vec<usize> = self.tensors.iter().map(|t| t.mean.len()).collect();
        let found: Vec<usize> = gradients.iter().map(<[f32]>::len).collect();
        if expected != found {
            bail!("gradients are not those of the optimizer's tensors");
        }
        if !gradients.norm().is_finite() {
            bail!("a gradient is not a finite number");
        }
        self.steps += 1;
        let AdamConfig {
            beta1,
            beta2,
            epsilon,
            decay,
        } = self.config;
        let steps = i32::try_from(self.steps).unwrap_or(i32::MAX);
        let rate = (learning_rate / (1.0 - beta1.powi(steps))) as f32;
        let correction = (1.0 / (1.0 - beta2.powi(steps)).sqrt()) as f32;
        let (gain1, gain2) = ((1.0 - beta1) as f32, (1.0 - beta2) as f32);
        let epsilon = epsilon as f32;
        for (tensor, gradient) in self.tensors.iter_mut().zip(gradients.iter()) {
            let (keep, coupled) = match decay {
                Decay::Decoupled(decay) if tensor.var.rank() >= 2 => {
                    ((1.0 - learning_rate * decay) as f32, 0.0)
                }
                Decay::Decoupled(_) => (1.0, 0.0),
                Decay::Coupled(decay) => (1.0, decay as f32),
            };
            let mut values: Vec<f32> = tensor.var.flatten_all()?.to_vec1()?;
            let (mean, square) = (&mut tensor.mean, &mut tensor.square);
            vectorised!({
                let moments = mean.iter_mut().zip(square.iter_mut());
                for ((x, (mean, square)), &gradient) in values.iter_mut().zip(moments).zip(gradient)
                {
                    let gradient = gradient + coupled * *x;
                    *mean += gain1 * (gradient - *mean);
                    *square += gain2 * (gradient * gradient - *square);
                    let deviation = square.sqrt() * correction + epsilon;
                    *x = keep * *x - rate * *mean / deviation;
                }
            });
            let values = Tensor::from_vec(values, tensor.var.shape(), tensor.var.device())?;
            tensor.var.set(&values)?;
        }
        Ok(())
    }

    /// The moments of every tensor under `adam.mean/NAME` and `adam.square/NAME`.
    pub fn state(&self) -> Result<BTreeMap<String, Tensor>> {
        let mut state = BTreeMap::new();
        for tensor in &self.tensors {
            for (kind, values) in [("mean", &tensor.mean), ("square", &tensor.square)] {
                let values = Tensor::from_slice(values, tensor.var.shape(), tensor.var.device())?;
                state.insert(format!("adam.{kind}/{}", tensor.name), values);
            }
        }
        Ok(state)
    }

    /// Continues from a [`state`](Adam::state) after so many steps.
    ///
    /// # Errors
    /// If a moment is missing or has another size; then nothing is changed.
    pub fn restore(&mut self, state: &BTreeMap<String, Tensor>, steps: u64) -> Result<()> {
        let mut moments = Vec::new();
        for tensor in &self.tensors {
            for kind in ["mean", "square"] {
                let name = format!("adam.{kind}/{}", tensor.name);
                match state.get(&name) {
                    Some(values) if values.elem_count() == tensor.mean.len() => {
                        moments.push(values.flatten_all()?.to_vec1()?);
                    }
                    Some(values) => bail!("tensor {name:?} has shape {:?}", values.dims()),
                    None => bail!("tensor {name:?} is missing"),
                }
            }
        }
        let mut moments = moments.into_iter();
        for tensor in &mut self.tensors {
            if let (Some(mean), Some(square)) = (moments.next(), moments.next()) {
                tensor.mean = mean;
                tensor.square = square;
            }
        }
        self.steps = steps;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use candle_core::Device;
    use candle_nn::Init;

    use super::*;

    fn one_parameter() -> (Parameters, Tensor) {
        let parameters = Parameters::new(0, &Device::Cpu);
        let x = parameters.builder();
        let x = x.get_with_hints((1, 2), "x", Init::Const(1.0)).unwrap();
        (parameters, x)
    }

    fn step(parameters: &Parameters, x: &Tensor, adam: &mut Adam) {
        let loss = x.sqr().unwrap().sum_all().unwrap();
        let store = loss.backward().unwrap();
        let gradients = Gradients::of(parameters, &store).unwrap();
        adam.step(&gradients, 0.1).unwrap();
    }

    #[test]
    fn first_steps_are_those_of_the_formula() {
        // Of x^2 from 1 at rate 0.1: the first step is the rate; the second follows from
        // m = 0.9 * 0.2 + 0.1 * 1.8 = 0.36, v = 0.999 * 0.004 + 0.001 * 3.24 = 0.007236.
        let (parameters, x) = one_parameter();
        let decay = Decay::Coupled(0.0);
        let mut adam = Adam::new(
            &parameters,
            AdamConfig {
                decay,
                ..AdamConfig::default()
            },
        );
        step(&parameters, &x, &mut adam);
        let first: f32 = x.to_vec2().unwrap()[0][0];
        assert!((first - 0.9).abs() < 1e-6, "{first}");
        step(&parameters, &x, &mut adam);
        let expected = 0.9 - 0.1 * (0.36 / 0.19) / (0.007_236f64 / 0.001_999).sqrt();
        let second: f32 = x.to_vec2().unwrap()[0][1];
        assert!((f64::from(second) - expected).abs() < 1e-6, "{second}");
    }

    #[test]
    fn continues_exactly_from_a_saved_state() {
        let (parameters, x) = one_parameter();
        let mut adam = Adam::new(&parameters, AdamConfig::default());
        step(&parameters, &x, &mut adam);
        let (state, values) = (adam.state().unwrap(), x.to_vec2::<f32>().unwrap());
        step(&parameters, &x, &mut adam);
        let expected = x.to_vec2::<f32>().unwrap();

        let var = Parameters::get(&parameters, "x").unwrap();
        var.set(&Tensor::new(values, &Device::Cpu).unwrap())
            .unwrap();
        let mut resumed = Adam::new(&parameters, AdamConfig::default());
        resumed.restore(&state, 1).unwrap();
        step(&parameters, &x, &mut resumed);
        assert_eq!(x.to_vec2::<f32>().unwrap(), expected);
    }

    #[test]
    fn gradients_are_clipped_and_lost_ones_reported() {
        let (parameters, x) = one_parameter();
        let store = (&x * 3.0).unwrap().sum_all().unwrap().backward().unwrap();
        let mut gradients = Gradients::of(&parameters, &store).unwrap();
        assert!((gradients.clip(1.0) - 18f64.sqrt()).abs() < 1e-6);
        assert!((gradients.norm() - 1.0).abs() < 1e-6);

        parameters.builder().get(1, "unused").unwrap();
        let error = Gradients::of(&parameters, &store).unwrap_err().to_string();
        assert!(error.contains("\"unused\" got no gradient"), "{error}");
    }
}
