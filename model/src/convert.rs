//! The authors' checkpoint as a file of ours.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use candle_core::{DType, Device, Result, Shape, Tensor, bail};
use candle_nn::Init;
use candle_nn::var_builder::{SimpleBackend, VarBuilder};
use sha2::{Digest, Sha256};

use crate::checkpoint::Checkpoint;
use crate::paper::{Config, Paper};
use crate::pickle::{PickleFile, StoredTensor, Value};
use crate::spectrogram::Range;

/// The parts of a checkpoint.
const GROUPS: [&str; 3] = ["audio", "latent", "preset"];

/// Prefixes under which some tensors of the preset part are stored once more, and where they are
/// stored first.
const ALIASES: [(&str, &str); 4] = [
    ("preset.1.embedding.", "preset.0.embedding."),
    ("preset.1.child_decoder.embedding.", "preset.0.embedding."),
    (
        "preset.1.child_decoder.categorical_module.",
        "preset.1.categorical_module.",
    ),
    (
        "preset.1.child_decoder.numerical_distrib_linear.",
        "preset.1.numerical_distrib_linear.",
    ),
];

/// Reads the checkpoint of SPINVAE that its authors' training saves, and gives its weights names and
/// metadata of ours: `configuration`, `source_sha256` and, if given, the `range` of levels of the
/// spectrograms it was trained with, which the checkpoint itself does not hold.
///
/// # Errors
/// If the file is not a checkpoint, is damaged, wants to run code, or differs from the published
/// model in a tensor; the message names the file, and the tensor or the reason.
pub fn convert(path: &Path, range: Option<Range>) -> Result<Checkpoint> {
    let result = (|| {
        let hash = match std::fs::File::open(path) {
            Ok(mut file) => {
                let mut hash = Sha256::new();
                let mut block = vec![0; 1 << 16];
                loop {
                    match std::io::Read::read(&mut file, &mut block) {
                        Ok(0) => break,
                        Ok(len) => hash.update(&block[..len]),
                        Err(error) => bail!("cannot be read: {error}"),
                    }
                }
                hash.finalize()
            }
            Err(error) => bail!("cannot be opened: {error}"),
        };
        let hash: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        let mut checkpoint = weights(PickleFile::open(path)?, &Config::PAPER)?;
        checkpoint.metadata.insert("source_sha256".into(), hash);
        if let Some(Range { min, max }) = range {
            let levels = [("spectrogram_min", min), ("spectrogram_max", max)];
            for (key, value) in levels {
                checkpoint.metadata.insert(key.into(), value.to_string());
            }
        }
        Ok(checkpoint)
    })();
    result.map_err(|error: candle_core::Error| {
        candle_core::Error::Msg(format!("{}: {error}", path.display()))
    })
}

/// The weights of a network of that configuration in a checkpoint.
fn weights(mut file: PickleFile, config: &Config) -> Result<Checkpoint> {
    let expected = shapes(config)?;
    let stored = stored(&file)?;
    let mut tensors = BTreeMap::new();
    for (name, shape) in &expected {
        let Some(tensor) = stored.get(name) else {
            bail!("tensor {name:?} is missing");
        };
        if tensor.shape != *shape {
            bail!(
                "tensor {name:?} has shape {:?}, expected {shape:?}",
                tensor.shape
            );
        }
        tensors.insert(name.clone(), read(&mut file, name, tensor)?);
    }
    for (name, tensor) in &stored {
        if expected.contains_key(name) {
            continue;
        }
        let first = ALIASES.iter().find_map(|(alias, first)| {
            let rest = name.strip_prefix(alias)?;
            Some(format!("{first}{rest}"))
        });
        let Some(first) = first.filter(|first| expected.contains_key(first)) else {
            bail!("tensor {name:?} is not one of the published model");
        };
        let is_same = stored.get(&first) == Some(tensor) || {
            tensor.shape == expected[&first]
                && bits(&read(&mut file, name, tensor)?)? == bits(&tensors[&first])?
        };
        if !is_same {
            bail!("tensor {name:?} differs from {first:?}, of which it should be a copy");
        }
    }
    let metadata = [("configuration", "paper"), ("format", "tween-1")];
    Ok(Checkpoint {
        tensors,
        metadata: metadata.map(|(k, v)| (k.into(), v.into())).into(),
    })
}

fn read(file: &mut PickleFile, name: &str, tensor: &StoredTensor) -> Result<Tensor> {
    match file.read(tensor) {
        Ok(tensor) => Ok(tensor),
        Err(error) => bail!("tensor {name:?}: {error}"),
    }
}

fn bits(tensor: &Tensor) -> Result<Vec<u32>> {
    let values: Vec<f32> = tensor.flatten_all()?.to_vec1()?;
    Ok(values.iter().map(|x| x.to_bits()).collect())
}

/// All tensors of a checkpoint, with the name of their part before their own.
///
/// # Errors
/// If a part is missing or is something else.
pub fn stored(file: &PickleFile) -> Result<BTreeMap<String, StoredTensor>> {
    let mut stored = BTreeMap::new();
    for group in GROUPS {
        let Some(part) = file.arena.entry(file.root, group) else {
            bail!("not a checkpoint of SPINVAE: it has no part {group:?}");
        };
        let Some(state) = file.arena.entry(part, "model_state_dict") else {
            bail!("part {group:?} has no weights (\"model_state_dict\")");
        };
        if *file.arena.get(state) == Value::None {
            bail!(
                "part {group:?} has no weights: this is a checkpoint of the first stage of training, \
                 which knows no patches"
            );
        }
        let tensors = match file.tensors(state) {
            Ok(tensors) => tensors,
            Err(error) => bail!("part {group:?}: {error}"),
        };
        for (name, tensor) in tensors {
            stored.insert(format!("{group}.{name}"), tensor.clone());
        }
    }
    Ok(stored)
}

/// Names and shapes of all tensors of a network.
fn shapes(config: &Config) -> Result<BTreeMap<String, Vec<usize>>> {
    let shapes = Shapes::default();
    let vb = VarBuilder::from_backend(Box::new(shapes.clone()), DType::F32, Device::Cpu);
    Paper::new(vb, config.clone())?;
    let shapes = shapes.0.lock().unwrap_or_else(PoisonError::into_inner);
    Ok(shapes.clone())
}

/// Gives a network zeros and remembers what it asked for.
#[derive(Clone, Default)]
struct Shapes(Arc<Mutex<BTreeMap<String, Vec<usize>>>>);

impl SimpleBackend for Shapes {
    fn get(
        &self,
        shape: Shape,
        name: &str,
        _: Init,
        dtype: DType,
        device: &Device,
    ) -> Result<Tensor> {
        let mut shapes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        shapes.insert(name.to_owned(), shape.dims().to_vec());
        Tensor::zeros(shape, dtype, device)
    }

    fn get_unchecked(&self, name: &str, _: DType, _: &Device) -> Result<Tensor> {
        bail!("tensor {name:?} has no shape")
    }

    fn contains_tensor(&self, _: &str) -> bool {
        true
    }
}
