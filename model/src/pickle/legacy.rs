//! The container before PyTorch 1.6: five pickles one after the other, then the storages.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use candle_core::{Result, bail};

use super::machine::run;
use super::value::{Arena, Index, Value};

pub struct Legacy {
    bytes: Vec<u8>,
    /// Where each storage's elements lie.
    storages: BTreeMap<Arc<str>, Range<usize>>,
}

/// How the first of the pickles begins: protocol 2, a number of ten bytes.
pub const BEGINNING: [u8; 4] = [0x80, 0x02, 0x8A, 0x0A];

impl Legacy {
    /// Reads the structure: the values and which of them is the root.
    pub fn open(bytes: Vec<u8>) -> Result<(Legacy, Arena, Index)> {
        let mut at = 0;
        let mut next = || -> Result<(Arena, Index)> {
            let (arena, root, len) = run(&bytes[at..])?;
            at += len;
            Ok((arena, root))
        };
        // Magic number, protocol, properties of the machine it was saved on.
        for _ in 0..3 {
            next()?;
        }
        let (arena, root) = next()?;
        let (keys, list) = next()?;
        let Value::List(list) = keys.get(list) else {
            bail!("the storages are not listed");
        };

        // Sizes stand in the references, so the element's size is found there.
        let mut sizes = BTreeMap::new();
        arena.for_each_storage(|storage| {
            sizes.insert(storage.key.clone(), storage.element.size());
        });
        let mut storages = BTreeMap::new();
        for &key in list {
            let Value::Text(key) = keys.get(key) else {
                bail!("a storage's name is not text");
            };
            let Some(count) = bytes.get(at..at + 8) else {
                bail!("storage {key:?} is missing: the file ends early");
            };
            let count = count
                .iter()
                .rev()
                .fold(0u64, |n, &byte| n << 8 | u64::from(byte));
            let size = sizes.get(key).copied().unwrap_or(1);
            let end = usize::try_from(count)
                .ok()
                .and_then(|count| count.checked_mul(size)?.checked_add(at + 8));
            match end {
                Some(end) if end <= bytes.len() => {
                    storages.insert(key.clone(), at + 8..end);
                    at = end;
                }
                _ => bail!("storage {key:?} of {count} elements: the file ends early"),
            }
        }
        Ok((Legacy { bytes, storages }, arena, root))
    }

    /// The bytes of a storage.
    pub fn storage(&self, key: &str) -> Result<&[u8]> {
        match self.storages.get(key) {
            Some(range) => Ok(&self.bytes[range.clone()]),
            None => bail!("storage {key:?} is missing"),
        }
    }
}
