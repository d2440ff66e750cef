//! [`PickleFile`]: a file that PyTorch saved, of either kind.

use std::fs::File;
use std::io::{Cursor, Read, Seek, SeekFrom};
use std::path::Path;

use candle_core::{DType, Device, Result, Tensor, bail};

use super::legacy::{self, Legacy};
use super::machine::run;
use super::value::{Arena, ElementType, Index, TensorRef, Value};
use super::zipped::Zipped;

/// No checkpoint is larger: the published one has 318 MB.
const LARGEST_FILE: u64 = 2 << 30;

/// An opened file: its structure is read, its tensors are read one by one.
pub struct PickleFile {
    container: Container,
    /// The values of its structure.
    pub arena: Arena,
    /// The outermost of them.
    pub root: Index,
}

enum Container {
    Zipped(Box<Zipped<Box<dyn ReadSeek>>>),
    Legacy(Legacy),
}

trait ReadSeek: Read + Seek {}

impl<T: Read + Seek> ReadSeek for T {}

/// A tensor in a file, not read yet.
pub type StoredTensor = TensorRef;

impl PickleFile {
    /// Opens a file.
    ///
    /// # Errors
    /// If it is neither kind of file, damaged, or wants to run anything.
    pub fn open(path: &Path) -> Result<PickleFile> {
        match File::open(path) {
            Ok(file) => Self::from_reader(Box::new(file)),
            Err(error) => bail!("cannot be opened: {error}"),
        }
    }

    /// The same for a file in memory.
    pub fn from_bytes(bytes: Vec<u8>) -> Result<PickleFile> {
        Self::from_reader(Box::new(Cursor::new(bytes)))
    }

    fn from_reader(mut reader: Box<dyn ReadSeek>) -> Result<PickleFile> {
        let mut beginning = [0; 4];
        let mut read = || -> std::io::Result<u64> {
            let len = reader.seek(SeekFrom::End(0))?;
            reader.seek(SeekFrom::Start(0))?;
            reader.read_exact(&mut beginning)?;
            reader.seek(SeekFrom::Start(0))?;
            Ok(len)
        };
        match read() {
            Ok(len) if len > LARGEST_FILE => {
                bail!("larger than any checkpoint is ({LARGEST_FILE} bytes)")
            }
            Ok(_) => {}
            Err(error) => bail!("cannot be read: {error}"),
        }
        if &beginning == b"PK\x03\x04" {
            let mut zipped = Zipped::open(reader)?;
            let (arena, root, _) = run(&zipped.pickle()?)?;
            let container = Container::Zipped(Box::new(zipped));
            Ok(PickleFile {
                container,
                arena,
                root,
            })
        } else if beginning == legacy::BEGINNING {
            let mut bytes = Vec::new();
            if let Err(error) = reader.take(LARGEST_FILE).read_to_end(&mut bytes) {
                bail!("cannot be read: {error}");
            }
            let (legacy, arena, root) = Legacy::open(bytes)?;
            let container = Container::Legacy(legacy);
            Ok(PickleFile {
                container,
                arena,
                root,
            })
        } else {
            bail!("not a checkpoint of PyTorch: it begins with {beginning:02x?}")
        }
    }

    /// Reads a tensor: as f32, or as i64 if it holds whole numbers.
    ///
    /// # Errors
    /// If it is empty, reaches beyond its storage, or its elements are not in order.
    pub fn read(&mut self, tensor: &StoredTensor) -> Result<Tensor> {
        let element = tensor.storage.element;
        let mut count = 1usize;
        for (&size, &stride) in tensor.shape.iter().zip(&tensor.strides).rev() {
            if size > 1 && stride != count {
                bail!(
                    "its elements are not in order: shape {:?}, strides {:?}",
                    tensor.shape,
                    tensor.strides
                );
            }
            if size == 0 {
                bail!("shape {:?} is empty", tensor.shape);
            }
            count = match count.checked_mul(size) {
                Some(count) => count,
                None => bail!("shape {:?} is too large", tensor.shape),
            };
        }
        if tensor.shape.len() != tensor.strides.len() {
            bail!("shape {:?}, strides {:?}", tensor.shape, tensor.strides);
        }
        let range = (|| {
            let first = tensor.offset.checked_mul(element.size())?;
            let last = first.checked_add(count.checked_mul(element.size())?)?;
            Some(first..last)
        })();
        let Some(range) = range else {
            bail!("shape {:?} is too large", tensor.shape);
        };
        let storage = &tensor.storage.key;
        let read;
        let bytes = match &mut self.container {
            Container::Zipped(zipped) => {
                read = zipped.storage(storage, range.end)?;
                &read
            }
            Container::Legacy(legacy) => legacy.storage(storage)?,
        };
        let Some(bytes) = bytes.get(range) else {
            bail!(
                "storage {storage:?} has {} bytes, too few for shape {:?}",
                bytes.len(),
                tensor.shape
            );
        };
        let dtype = match element {
            ElementType::F32 => DType::F32,
            ElementType::F64 => DType::F64,
            ElementType::F16 => DType::F16,
            ElementType::BF16 => DType::BF16,
            ElementType::I64 => DType::I64,
            ElementType::I32 => DType::I32,
            ElementType::U8 => DType::U8,
        };
        let values = Tensor::from_raw_buffer(bytes, dtype, &tensor.shape, &Device::Cpu)?;
        match dtype {
            DType::I64 | DType::I32 | DType::U8 => values.to_dtype(DType::I64),
            _ => values.to_dtype(DType::F32),
        }
    }

    /// The tensors of a dictionary by their names, in their order.
    ///
    /// # Errors
    /// If the value is no dictionary or holds something else.
    pub fn tensors(&self, dictionary: Index) -> Result<Vec<(&str, &StoredTensor)>> {
        let Some(entries) = self.arena.entries(dictionary) else {
            bail!("not a dictionary of tensors");
        };
        entries
            .map(|(name, value)| match self.arena.get(value) {
                Value::Tensor(tensor) => Ok((name, tensor)),
                other => bail!("{name:?} is no tensor but {}", kind(other)),
            })
            .collect()
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::None => "None",
        Value::Bool(_) | Value::Int(_) | Value::Float(_) => "a number",
        Value::Text(_) => "text",
        Value::List(_) => "a list",
        Value::Dict(_) => "a dictionary",
        Value::Global(_) => "a function",
        Value::Storage(_) => "a storage",
        Value::Tensor(_) => "a tensor",
        Value::Opaque => "an object",
    }
}
