//! [`Parameters`]: the named tensors of a network that is being trained.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use candle_core::{DType, Device, Result, Shape, Tensor, Var, bail};
use candle_nn::init::{Init, NormalOrUniform};
use candle_nn::var_builder::{SimpleBackend, VarBuilder};

use crate::random::Random;

/// Names of tensors that are part of a network's state but are not trained.
const BUFFERS: [&str; 3] = ["running_mean", "running_var", "num_batches_tracked"];

/// The named tensors of a network, created with seeded random values as the network asks for them.
///
/// A clone is another handle on the same tensors. The first values of a tensor depend on the seed
/// and its name alone, not on the order in which a network asks.
#[derive(Clone)]
pub struct Parameters {
    seed: u64,
    device: Device,
    tensors: Arc<Mutex<BTreeMap<String, Var>>>,
}

impl Parameters {
    /// None yet.
    pub fn new(seed: u64, device: &Device) -> Parameters {
        Parameters {
            seed,
            device: device.clone(),
            tensors: Arc::default(),
        }
    }

    /// What a network is built with.
    pub fn builder(&self) -> VarBuilder<'static> {
        VarBuilder::from_backend(Box::new(self.clone()), DType::F32, self.device.clone())
    }

    /// All tensors in the order of their names, buffers included.
    pub fn all(&self) -> Vec<(String, Var)> {
        let tensors = self.lock();
        tensors
            .iter()
            .map(|(name, var)| (name.clone(), var.clone()))
            .collect()
    }

    /// The tensors that training changes, in the order of their names.
    pub fn trainable(&self) -> Vec<(String, Var)> {
        let mut all = self.all();
        all.retain(|(name, _)| is_trainable(name));
        all
    }

    /// The tensor of that name.
    pub fn get(&self, name: &str) -> Option<Var> {
        self.lock().get(name).cloned()
    }

    /// Number of trainable values.
    pub fn count(&self) -> usize {
        self.trainable()
            .iter()
            .map(|(_, var)| var.elem_count())
            .sum()
    }

    /// Gives every tensor the value of the same name in `values`; names that no tensor has are
    /// ignored.
    ///
    /// # Errors
    /// If a tensor has no value or one of another shape; then no tensor is changed.
    pub fn load(&self, values: &BTreeMap<String, Tensor>) -> Result<()> {
        let mut pairs = Vec::new();
        for (name, var) in self.all() {
            let Some(value) = values.get(&name) else {
                bail!("tensor {name:?} is missing");
            };
            if value.dims() != var.dims() {
                bail!(
                    "tensor {name:?} has shape {:?}, expected {:?}",
                    value.dims(),
                    var.dims()
                );
            }
            pairs.push((var.clone(), value.to_dtype(var.dtype())?));
        }
        pairs.iter().try_for_each(|(var, value)| var.set(value))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Var>> {
        // The map is never left half-changed.
        self.tensors.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether training changes the tensor of that name, or only keeps it.
pub fn is_trainable(name: &str) -> bool {
    let last = name.rsplit('.').next().unwrap_or(name);
    !BUFFERS.contains(&last)
}

fn first_values(shape: &Shape, init: Init, mut random: Random) -> Vec<f32> {
    let count = shape.elem_count();
    let mut normal = |mean: f64, deviation: f64| -> Vec<f32> {
        let values = random.normals(count).into_iter();
        values
            .map(|x| (mean + deviation * f64::from(x)) as f32)
            .collect()
    };
    match init {
        Init::Const(value) => vec![value as f32; count],
        Init::Randn { mean, stdev } => normal(mean, stdev),
        Init::Uniform { lo, up } => uniform(count, lo, up, &mut random),
        Init::Kaiming {
            dist,
            fan,
            non_linearity,
        } => {
            let deviation = non_linearity.gain() / (fan.for_shape(shape) as f64).sqrt();
            match dist {
                NormalOrUniform::Normal => normal(0.0, deviation),
                NormalOrUniform::Uniform => {
                    let bound = 3f64.sqrt() * deviation;
                    uniform(count, -bound, bound, &mut random)
                }
            }
        }
    }
}

fn uniform(count: usize, low: f64, high: f64, random: &mut Random) -> Vec<f32> {
    (0..count)
        .map(|_| (low + (high - low) * f64::from(random.uniform())) as f32)
        .collect()
}

impl SimpleBackend for Parameters {
    fn get(
        &self,
        shape: Shape,
        name: &str,
        init: Init,
        dtype: DType,
        device: &Device,
    ) -> Result<Tensor> {
        let mut tensors = self.lock();
        if let Some(var) = tensors.get(name) {
            if var.shape() != &shape {
                bail!(
                    "tensor {name:?} has shape {:?}, expected {:?}",
                    var.dims(),
                    shape.dims()
                );
            }
            return Ok(var.as_tensor().clone());
        }
        let values = first_values(&shape, init, Random::for_part(self.seed, name));
        let var = Var::from_tensor(&Tensor::from_vec(values, shape, device)?.to_dtype(dtype)?)?;
        let tensor = var.as_tensor().clone();
        tensors.insert(name.to_owned(), var);
        Ok(tensor)
    }

    fn get_unchecked(&self, name: &str, dtype: DType, _: &Device) -> Result<Tensor> {
        match self.get(name) {
            Some(var) => var.to_dtype(dtype),
            None => bail!("tensor {name:?} is missing"),
        }
    }

    fn contains_tensor(&self, name: &str) -> bool {
        self.lock().contains_key(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_values_depend_on_seed_and_name_alone() {
        let values = |seed, names: &[&str]| {
            let parameters = Parameters::new(seed, &Device::Cpu);
            let builder = parameters.builder();
            for name in names {
                let normal = candle_nn::init::DEFAULT_KAIMING_NORMAL;
                builder
                    .pp("a")
                    .get_with_hints((2, 3), name, normal)
                    .unwrap();
            }
            let var = Parameters::get(&parameters, "a.x").unwrap();
            var.flatten_all().unwrap().to_vec1::<f32>().unwrap()
        };
        assert_eq!(values(1, &["x"]), values(1, &["y", "x"]));
        assert_ne!(values(1, &["x"]), values(2, &["x"]));
    }

    #[test]
    fn buffers_are_not_trained() {
        let parameters = Parameters::new(0, &Device::Cpu);
        let builder = parameters.builder().pp("norm");
        builder.get(3, "weight").unwrap();
        builder.get(3, "running_mean").unwrap();
        assert_eq!(parameters.all().len(), 2);
        assert_eq!(parameters.trainable()[0].0, "norm.weight");
        assert_eq!(parameters.count(), 3);
    }
}
