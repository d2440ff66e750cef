//! Named tensors and a few words about them in one safetensors file: weights, and the whole state of
//! a training run.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;

use candle_core::{DType, Device, Result, Tensor, bail};
use safetensors::tensor::{Dtype, TensorView};
use safetensors::{SafeTensors, serialize};

/// No file of weights is larger: the published checkpoint, moments included, has 318 MB.
const LARGEST_FILE: u64 = 2 << 30;

/// Tensors by name, and metadata: text by key.
#[derive(Clone, Debug, Default)]
pub struct Checkpoint {
    /// All f32 but for counters, which are i64.
    pub tensors: BTreeMap<String, Tensor>,
    /// What the file says of itself.
    pub metadata: BTreeMap<String, String>,
}

impl Checkpoint {
    /// Reads a file. Half-precision tensors become f32.
    ///
    /// # Errors
    /// If the file cannot be read or is not safetensors; the message names the file and the tensor.
    pub fn read(path: &Path) -> Result<Checkpoint> {
        let fail =
            |reason: String| candle_core::Error::Msg(format!("{}: {reason}", path.display()));
        let file = File::open(path).map_err(|error| fail(format!("cannot be opened: {error}")))?;
        let mut bytes = Vec::new();
        file.take(LARGEST_FILE + 1)
            .read_to_end(&mut bytes)
            .map_err(|error| fail(format!("cannot be read: {error}")))?;
        Checkpoint::from_bytes(&bytes).map_err(|error| fail(error.to_string()))
    }

    /// Reads the bytes of a file.
    ///
    /// # Errors
    /// If they are not safetensors, or hold tensors of kinds that no model has.
    pub fn from_bytes(bytes: &[u8]) -> Result<Checkpoint> {
        if bytes.len() as u64 > LARGEST_FILE {
            bail!("larger than any weights are ({LARGEST_FILE} bytes)");
        }
        let file = match SafeTensors::deserialize(bytes) {
            Ok(file) => file,
            Err(error) => bail!("not a safetensors file: {error}"),
        };
        let mut tensors = BTreeMap::new();
        for (name, view) in file.tensors() {
            tensors.insert(name.clone(), tensor(&name, &view)?);
        }
        let metadata = match SafeTensors::read_metadata(bytes) {
            Ok((_, header)) => header.metadata().clone().unwrap_or_default(),
            Err(error) => bail!("not a safetensors file: {error}"),
        };
        Ok(Checkpoint {
            tensors,
            metadata: metadata.into_iter().collect(),
        })
    }

    /// How many numbers it holds.
    pub fn values(&self) -> usize {
        self.tensors.values().map(Tensor::elem_count).sum()
    }

    /// The bytes of a file.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        let mut data = Vec::new();
        for (name, tensor) in &self.tensors {
            let tensor = tensor.to_device(&Device::Cpu)?.flatten_all()?;
            let (dtype, bytes): (_, Vec<u8>) = match tensor.dtype() {
                DType::F32 => {
                    let values = tensor.to_vec1::<f32>()?;
                    let bytes = values.iter().flat_map(|x| x.to_le_bytes());
                    (Dtype::F32, bytes.collect())
                }
                DType::F16 => {
                    let values = tensor.to_vec1::<half::f16>()?;
                    let bytes = values.iter().flat_map(|x| x.to_le_bytes());
                    (Dtype::F16, bytes.collect())
                }
                DType::I64 => {
                    let values = tensor.to_vec1::<i64>()?;
                    let bytes = values.iter().flat_map(|x| x.to_le_bytes());
                    (Dtype::I64, bytes.collect())
                }
                other => bail!("tensor {name:?}: {other:?} values are not kept in files"),
            };
            data.push((name, dtype, bytes));
        }
        let views = data
            .iter()
            .map(|(name, dtype, bytes)| {
                let shape = self.tensors[*name].dims().to_vec();
                match TensorView::new(*dtype, shape, bytes) {
                    Ok(view) => Ok((name.as_str(), view)),
                    Err(error) => bail!("tensor {name:?}: {error}"),
                }
            })
            .collect::<Result<Vec<_>>>()?;
        let metadata: HashMap<_, _> = self.metadata.clone().into_iter().collect();
        match serialize(views, Some(metadata)) {
            Ok(bytes) => Ok(bytes),
            Err(error) => bail!("cannot be written: {error}"),
        }
    }

    /// Writes a file; what was there before stays until the new one is complete.
    ///
    /// # Errors
    /// If it cannot be written; the message names the file.
    pub fn write(&self, path: &Path) -> Result<()> {
        let bytes = self.to_bytes()?;
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(".part");
        let part = path.with_file_name(name);
        let write = || -> std::io::Result<()> {
            let mut file = File::create(&part)?;
            file.write_all(&bytes)?;
            file.sync_all()?;
            std::fs::rename(&part, path)
        };
        if let Err(error) = write() {
            // The error that counts is the one above.
            let _ = std::fs::remove_file(&part);
            bail!("{}: cannot be written: {error}", path.display());
        }
        Ok(())
    }

    /// A metadata value.
    ///
    /// # Errors
    /// If it is missing or not of that type.
    pub fn metadata<T: std::str::FromStr>(&self, key: &str) -> Result<T> {
        let Some(text) = self.metadata.get(key) else {
            bail!("metadata {key:?} is missing");
        };
        match text.parse() {
            Ok(value) => Ok(value),
            Err(_) => bail!("metadata {key:?} is {text:?}, which is not understood"),
        }
    }
}

fn tensor(name: &str, view: &TensorView) -> Result<Tensor> {
    let (bytes, shape) = (view.data(), view.shape());
    // No weights are; and where one size is 0, the others could be too large to be multiplied.
    if shape.contains(&0) {
        bail!("tensor {name:?} is empty: {shape:?}");
    }
    // Widened here: candle's own conversion starts threads.
    let half = |widen: fn([u8; 2]) -> f32| {
        let values = bytes.chunks_exact(2).map(|pair| widen([pair[0], pair[1]]));
        Tensor::from_vec(values.collect::<Vec<_>>(), shape, &Device::Cpu)
    };
    match view.dtype() {
        Dtype::F32 => Tensor::from_raw_buffer(bytes, DType::F32, shape, &Device::Cpu),
        Dtype::I64 => Tensor::from_raw_buffer(bytes, DType::I64, shape, &Device::Cpu),
        Dtype::F16 => half(|pair| half::f16::from_le_bytes(pair).to_f32()),
        Dtype::BF16 => half(|pair| half::bf16::from_le_bytes(pair).to_f32()),
        other => bail!("tensor {name:?}: {other:?} values, expected F32, F16, BF16 or I64"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Checkpoint {
        let mut checkpoint = Checkpoint::default();
        let values = Tensor::new(&[[1f32, 2.5], [-3.0, 1e-9]], &Device::Cpu).unwrap();
        checkpoint.tensors.insert("a.weight".to_owned(), values);
        let counter = Tensor::new(7i64, &Device::Cpu).unwrap();
        checkpoint.tensors.insert("a.count".to_owned(), counter);
        checkpoint
            .metadata
            .insert("steps".to_owned(), "12".to_owned());
        checkpoint
    }

    #[test]
    fn a_file_gives_back_what_was_written() {
        let folder = std::env::temp_dir().join(format!("tween-checkpoint-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join("a.safetensors");
        sample().write(&path).unwrap();
        let read = Checkpoint::read(&path).unwrap();
        let values = read.tensors["a.weight"].to_vec2::<f32>().unwrap();
        assert_eq!(values, [[1.0, 2.5], [-3.0, 1e-9]]);
        assert_eq!(read.tensors["a.count"].to_scalar::<i64>().unwrap(), 7);
        assert_eq!(read.metadata::<u64>("steps").unwrap(), 12);
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1);
        std::fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn errors_name_the_file_and_the_reason() {
        let missing = Checkpoint::read(Path::new("no/such.safetensors"));
        let message = missing.unwrap_err().to_string();
        assert!(
            message.contains("no/such.safetensors: cannot be opened"),
            "{message}"
        );
        let message = sample().metadata::<u64>("epoch").unwrap_err().to_string();
        assert!(message.contains("\"epoch\" is missing"), "{message}");
        assert!(Checkpoint::from_bytes(b"not a file").is_err());
        let header =
            r#"{"a":{"dtype":"F32","shape":[0,1099511627776,1099511627776],"data_offsets":[0,0]}}"#;
        let file = [&(header.len() as u64).to_le_bytes(), header.as_bytes()].concat();
        let message = Checkpoint::from_bytes(&file).unwrap_err().to_string();
        assert!(message.contains("tensor \"a\" is empty"), "{message}");
    }
}
