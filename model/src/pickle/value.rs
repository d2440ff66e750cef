//! What a pickle is made of.

use std::sync::Arc;

/// The number of a value in its [`Arena`].
pub type Index = usize;

/// A value; containers hold the numbers of others.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Python's `None`.
    None,
    /// A truth value.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A fraction.
    Float(f64),
    /// Text; shared, since a file can refer to a long one many times.
    Text(Arc<str>),
    /// A list or a tuple.
    List(Vec<Index>),
    /// Keys and values in their order.
    Dict(Vec<(Index, Index)>),
    /// A class or function by its name, not called.
    Global(String),
    /// A piece of memory that tensors lie in.
    Storage(StorageRef),
    /// A tensor.
    Tensor(TensorRef),
    /// The result of a call that was not made.
    Opaque,
}

/// A piece of memory that tensors lie in.
#[derive(Clone, Debug, PartialEq)]
pub struct StorageRef {
    /// What it is called in the file.
    pub key: Arc<str>,
    /// What it holds.
    pub element: ElementType,
    /// How many of them.
    pub count: usize,
}

/// Where a tensor lies in its storage.
#[derive(Clone, Debug, PartialEq)]
pub struct TensorRef {
    /// Its storage.
    pub storage: StorageRef,
    /// Its first element.
    pub offset: usize,
    /// Its sizes.
    pub shape: Vec<usize>,
    /// Elements from one index to the next, per dimension.
    pub strides: Vec<usize>,
}

/// Types of elements that weights have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum ElementType {
    F32,
    F64,
    F16,
    BF16,
    I64,
    I32,
    U8,
}

impl ElementType {
    /// The type of a storage class of PyTorch.
    pub fn of_class(name: &str) -> Option<ElementType> {
        Some(match name {
            "torch.FloatStorage" => ElementType::F32,
            "torch.DoubleStorage" => ElementType::F64,
            "torch.HalfStorage" => ElementType::F16,
            "torch.BFloat16Storage" => ElementType::BF16,
            "torch.LongStorage" => ElementType::I64,
            "torch.IntStorage" => ElementType::I32,
            "torch.ByteStorage" | "torch.BoolStorage" => ElementType::U8,
            _ => return None,
        })
    }

    /// Bytes of an element.
    pub fn size(self) -> usize {
        match self {
            ElementType::F64 | ElementType::I64 => 8,
            ElementType::F32 | ElementType::I32 => 4,
            ElementType::F16 | ElementType::BF16 => 2,
            ElementType::U8 => 1,
        }
    }
}

/// All values of a pickle.
#[derive(Clone, Debug, Default)]
pub struct Arena(Vec<Value>);

impl Arena {
    /// Keeps a value.
    pub fn add(&mut self, value: Value) -> Index {
        self.0.push(value);
        self.0.len() - 1
    }

    /// A value; `None` for numbers that are not of this arena.
    pub fn get(&self, index: Index) -> &Value {
        self.0.get(index).unwrap_or(&Value::None)
    }

    /// The same to change it.
    pub fn get_mut(&mut self, index: Index) -> Option<&mut Value> {
        self.0.get_mut(index)
    }

    /// The entries of a dictionary whose keys are text.
    pub fn entries(&self, index: Index) -> Option<impl Iterator<Item = (&str, Index)>> {
        let Value::Dict(pairs) = self.get(index) else {
            return None;
        };
        Some(
            pairs
                .iter()
                .filter_map(|&(key, value)| match self.get(key) {
                    Value::Text(key) => Some((&**key, value)),
                    _ => None,
                }),
        )
    }

    /// The value of that key of a dictionary; the last of several.
    pub fn entry(&self, index: Index, key: &str) -> Option<Index> {
        let entries = self.entries(index)?;
        entries
            .filter(|&(found, _)| found == key)
            .map(|(_, value)| value)
            .last()
    }

    /// Calls `f` with every storage.
    pub fn for_each_storage(&self, mut f: impl FnMut(&StorageRef)) {
        for value in &self.0 {
            if let Value::Storage(storage) = value {
                f(storage);
            }
        }
    }
}
