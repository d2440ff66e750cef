//! The machine that runs a pickle's instructions. Their codes are documented in Python's
//! `pickletools`.

use std::collections::BTreeMap;

use candle_core::{Result, bail};

use super::value::{Arena, ElementType, Index, StorageRef, TensorRef, Value};

/// Values of a pickle: enough for fifty thousand tensors.
const MOST_VALUES: usize = 1 << 20;
/// Bytes of a function's name: it is put together from two texts, each of which can be used again.
const LONGEST_NAME: usize = 256;

/// Runs the pickle that `bytes` begin with. Returns its result and how many bytes it has.
pub fn run(bytes: &[u8]) -> Result<(Arena, Index, usize)> {
    let mut machine = Machine {
        bytes,
        at: 0,
        arena: Arena::default(),
        stack: Vec::new(),
        marks: Vec::new(),
        memo: BTreeMap::new(),
    };
    loop {
        let start = machine.at;
        match machine.step() {
            Ok(false) => {}
            Ok(true) => break,
            Err(error) => bail!("pickle: {error} (byte {start})"),
        }
    }
    let result = machine.pop()?;
    Ok((machine.arena, result, machine.at))
}

struct Machine<'a> {
    bytes: &'a [u8],
    at: usize,
    arena: Arena,
    stack: Vec<Index>,
    marks: Vec<usize>,
    memo: BTreeMap<usize, Index>,
}

impl<'a> Machine<'a> {
    /// Runs one instruction; `true` after the last.
    fn step(&mut self) -> Result<bool> {
        match self.byte()? {
            // PROTO and FRAME only announce.
            0x80 => drop(self.byte()?),
            0x95 => drop(self.take(8)?),
            b'.' => return Ok(true),

            b'(' => self.marks.push(self.stack.len()),
            b'0' => drop(self.pop()?),
            b'1' => drop(self.pop_to_mark()?),
            b'2' => {
                let top = self.pop()?;
                self.stack.extend([top, top]);
            }

            b'N' => self.push(Value::None)?,
            0x88 => self.push(Value::Bool(true))?,
            0x89 => self.push(Value::Bool(false))?,
            b'K' => {
                let value = self.byte()?;
                self.push(Value::Int(i64::from(value)))?;
            }
            b'M' => {
                let value = self.number(2)?;
                self.push(Value::Int(value as i64))?;
            }
            b'J' => {
                let value = self.number(4)?;
                self.push(Value::Int(i64::from(value as u32 as i32)))?;
            }
            0x8A => self.long()?,
            b'G' => {
                let bytes = self.take(8)?;
                let mut bits = [0; 8];
                bits.copy_from_slice(bytes);
                self.push(Value::Float(f64::from_be_bytes(bits)))?;
            }
            b'X' | b'T' | b'B' => self.text(4)?,
            0x8C | b'U' | b'C' => self.text(1)?,
            0x8D | 0x8E => self.text(8)?,

            b']' | b')' | 0x8F => self.push(Value::List(Vec::new()))?,
            b'}' => self.push(Value::Dict(Vec::new()))?,
            b't' | b'l' | 0x91 => {
                let items = self.pop_to_mark()?;
                self.push(Value::List(items))?;
            }
            0x85 => self.tuple(1)?,
            0x86 => self.tuple(2)?,
            0x87 => self.tuple(3)?,
            b'd' => {
                let items = self.pop_to_mark()?;
                let pairs = items.chunks_exact(2).map(|pair| (pair[0], pair[1]));
                let pairs = pairs.collect();
                self.push(Value::Dict(pairs))?;
            }
            b'a' => {
                let item = self.pop()?;
                self.append(&[item])?;
            }
            b'e' | 0x90 => {
                let items = self.pop_to_mark()?;
                self.append(&items)?;
            }
            b's' => {
                let (value, key) = (self.pop()?, self.pop()?);
                self.set_items(&[key, value])?;
            }
            b'u' => {
                let items = self.pop_to_mark()?;
                self.set_items(&items)?;
            }

            b'q' => {
                let place = self.byte()?;
                self.memoize(usize::from(place))?;
            }
            b'r' => {
                let place = self.number(4)?;
                self.memoize(place)?;
            }
            0x94 => self.memoize(self.memo.len())?,
            b'h' => {
                let place = self.byte()?;
                self.recall(usize::from(place))?;
            }
            b'j' => {
                let place = self.number(4)?;
                self.recall(place)?;
            }

            b'c' => {
                let (module, name) = (self.line()?, self.line()?);
                self.global(&module, &name)?;
            }
            0x93 => {
                let (name, module) = (self.pop()?, self.pop()?);
                let text = |index| match self.arena.get(index) {
                    Value::Text(text) => Ok(text.clone()),
                    _ => bail!("a function's name is not text"),
                };
                let (module, name) = (text(module)?, text(name)?);
                self.global(&module, &name)?;
            }
            b'R' | 0x81 => self.call()?,
            // Attributes of an object; nothing that is read here has any that matter.
            b'b' => drop(self.pop()?),
            b'Q' => self.persistent()?,
            code => bail!("instruction {code:#04x} is not one that weights need"),
        }
        Ok(false)
    }

    fn take(&mut self, count: usize) -> Result<&'a [u8]> {
        let end = self.at.checked_add(count);
        match end.and_then(|end| self.bytes.get(self.at..end)) {
            Some(bytes) => {
                self.at += count;
                Ok(bytes)
            }
            None => bail!("ends in the middle"),
        }
    }

    fn byte(&mut self) -> Result<u8> {
        Ok(self.take(1)?[0])
    }

    /// A little-endian number of up to 8 bytes.
    fn number(&mut self, count: usize) -> Result<usize> {
        let bytes = self.take(count)?.iter().rev();
        Ok(bytes.fold(0, |number, &byte| number << 8 | usize::from(byte)))
    }

    fn line(&mut self) -> Result<String> {
        let rest = &self.bytes[self.at..];
        let Some(len) = rest.iter().position(|&byte| byte == b'\n') else {
            bail!("ends in the middle");
        };
        let text = String::from_utf8_lossy(self.take(len + 1)?).into_owned();
        Ok(text.trim_end().to_owned())
    }

    fn text(&mut self, size: usize) -> Result<()> {
        let len = self.number(size)?;
        let text = String::from_utf8_lossy(self.take(len)?);
        self.push(Value::Text(text.into()))?;
        Ok(())
    }

    fn long(&mut self) -> Result<()> {
        let len = usize::from(self.byte()?);
        let bytes = self.take(len)?;
        // Longer ones, such as a file's own magic number, need not be exact.
        let mut value: i64 = if bytes.last().is_some_and(|byte| byte & 0x80 != 0) {
            -1
        } else {
            0
        };
        for &byte in bytes.iter().take(8).rev() {
            value = value << 8 | i64::from(byte);
        }
        self.push(Value::Int(value))?;
        Ok(())
    }

    fn push(&mut self, value: Value) -> Result<()> {
        let index = self.arena.add(value);
        if index >= MOST_VALUES {
            bail!("more than {MOST_VALUES} values, which no weights need");
        }
        self.stack.push(index);
        Ok(())
    }

    /// The top of the stack, above the last mark.
    fn pop(&mut self) -> Result<Index> {
        if self.stack.len() <= self.marks.last().copied().unwrap_or(0) {
            bail!("takes from an empty stack");
        }
        match self.stack.pop() {
            Some(index) => Ok(index),
            None => bail!("takes from an empty stack"),
        }
    }

    fn pop_to_mark(&mut self) -> Result<Vec<Index>> {
        match self.marks.pop() {
            Some(mark) if mark <= self.stack.len() => Ok(self.stack.split_off(mark)),
            _ => bail!("a mark is missing"),
        }
    }

    fn tuple(&mut self, count: usize) -> Result<()> {
        let mut items = Vec::new();
        for _ in 0..count {
            items.insert(0, self.pop()?);
        }
        self.push(Value::List(items))?;
        Ok(())
    }

    /// The value on top of the stack.
    fn top(&mut self) -> Result<Option<&mut Value>> {
        let index = self.pop()?;
        self.stack.push(index);
        Ok(self.arena.get_mut(index))
    }

    fn append(&mut self, items: &[Index]) -> Result<()> {
        match self.top()? {
            Some(Value::List(list)) => list.extend(items),
            Some(Value::Opaque) => {}
            _ => bail!("appends to what is not a list"),
        }
        Ok(())
    }

    fn set_items(&mut self, items: &[Index]) -> Result<()> {
        match self.top()? {
            Some(Value::Dict(pairs)) => {
                pairs.extend(items.chunks_exact(2).map(|pair| (pair[0], pair[1])));
            }
            Some(Value::Opaque) => {}
            _ => bail!("sets an entry of what is not a dictionary"),
        }
        Ok(())
    }

    fn memoize(&mut self, place: usize) -> Result<()> {
        let index = self.pop()?;
        self.stack.push(index);
        self.memo.insert(place, index);
        Ok(())
    }

    fn recall(&mut self, place: usize) -> Result<()> {
        match self.memo.get(&place) {
            Some(&index) => {
                self.stack.push(index);
                Ok(())
            }
            None => bail!("recalls value {place}, which was never kept"),
        }
    }

    fn global(&mut self, module: &str, name: &str) -> Result<()> {
        if module.len() + name.len() > LONGEST_NAME {
            bail!("wants to use a function whose name has more than {LONGEST_NAME} bytes");
        }
        let root = module.split('.').next().unwrap_or(module);
        if !["torch", "collections", "numpy"].contains(&root) {
            bail!("wants to use {module}.{name}, which no weights need; nothing was run");
        }
        self.push(Value::Global(format!("{module}.{name}")))?;
        Ok(())
    }

    /// A call: of the functions that are known, what they would return; of others nothing.
    fn call(&mut self) -> Result<()> {
        let (arguments, function) = (self.pop()?, self.pop()?);
        let Value::Global(name) = self.arena.get(function) else {
            bail!("calls what is not a function");
        };
        let Value::List(arguments) = self.arena.get(arguments) else {
            bail!("calls {name} without a list of arguments");
        };
        match name.as_str() {
            "collections.OrderedDict" => self.push(Value::Dict(Vec::new()))?,
            "torch._utils._rebuild_tensor_v2" => {
                let tensor = self.tensor(arguments)?;
                self.push(Value::Tensor(tensor))?;
            }
            "torch._utils._rebuild_parameter" => match arguments.first() {
                Some(&tensor) => self.stack.push(tensor),
                None => bail!("a parameter without a tensor"),
            },
            _ => self.push(Value::Opaque)?,
        }
        Ok(())
    }

    fn tensor(&self, arguments: &[Index]) -> Result<TensorRef> {
        let &[storage, offset, shape, strides, ..] = arguments else {
            bail!("a tensor of {} arguments", arguments.len());
        };
        let Value::Storage(storage) = self.arena.get(storage) else {
            bail!("a tensor without a storage");
        };
        Ok(TensorRef {
            storage: storage.clone(),
            offset: self.size(offset)?,
            shape: self.sizes(shape)?,
            strides: self.sizes(strides)?,
        })
    }

    fn size(&self, index: Index) -> Result<usize> {
        match *self.arena.get(index) {
            Value::Int(value) if (0..1 << 40).contains(&value) => Ok(value as usize),
            _ => bail!("a size is not a number"),
        }
    }

    fn sizes(&self, index: Index) -> Result<Vec<usize>> {
        match self.arena.get(index) {
            Value::List(items) if items.len() <= 8 => {
                items.iter().map(|&item| self.size(item)).collect()
            }
            _ => bail!("the sizes of a tensor are not a short list"),
        }
    }

    /// A storage: `('storage', class, key, location, count)`, and in old files a view of it.
    fn persistent(&mut self) -> Result<()> {
        let id = self.pop()?;
        let Value::List(parts) = self.arena.get(id) else {
            bail!("a reference that is not to a storage");
        };
        let &[kind, class, key, _, count, ..] = parts.as_slice() else {
            bail!("a reference of {} parts", parts.len());
        };
        let (Value::Text(kind), Value::Global(class), Value::Text(key)) = (
            self.arena.get(kind),
            self.arena.get(class),
            self.arena.get(key),
        ) else {
            bail!("a reference that is not to a storage");
        };
        if **kind != *"storage" {
            bail!("a reference to a {kind:?}");
        }
        if let Some(&view) = parts.get(5)
            && *self.arena.get(view) != Value::None
        {
            bail!("storage {key:?} is a view of another, as only very old files have");
        }
        let Some(element) = ElementType::of_class(class) else {
            bail!("storage {key:?} is a {class}");
        };
        let storage = StorageRef {
            key: key.clone(),
            element,
            count: self.size(count)?,
        };
        self.push(Value::Storage(storage))?;
        Ok(())
    }
}
