//! A [`MorphTable`] as text: every bit of it, in a few kilobytes.
//!
//! The values of one parameter after the other, each exclusive-or'd with the value before it, the
//! four bytes of all in four planes, deflated, in base64. Paths are smooth and most parameters of
//! them stand still, so nearly all of these bytes are zero.

use std::fmt;
use std::io::{Read, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD as BASE64;
use engine::MorphTable;
use engine::table::{BEYOND_STEPS, ENTRIES, STEPS};
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use presets::{FractionalPatch, Parameter, Patch};
use serde::{Deserialize, Serialize};

/// Bytes of a table before they are deflated.
const BYTES: usize = Parameter::COUNT * ENTRIES * 4;

/// A table in a state. Its shape is said with it, so that a version with another can tell.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SavedTable {
    steps: usize,
    beyond: usize,
    data: String,
}

/// Why the table of a state was not taken.
#[derive(Debug, PartialEq, Eq)]
pub enum TableError {
    /// It has another number of entries than this version's.
    Shape,
    /// It is no text of a table.
    Unreadable,
    /// A value is outside its parameter's range, or between the settings of a switch.
    OutOfRange(Parameter),
    /// It does not begin with A or end with B.
    Ends,
}

impl fmt::Display for TableError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TableError::Shape => f.write_str("it has another number of steps"),
            TableError::Unreadable => f.write_str("it cannot be read"),
            TableError::OutOfRange(parameter) => write!(f, "{parameter} is out of its range"),
            TableError::Ends => f.write_str("its ends are not A and B"),
        }
    }
}

/// The table as text.
pub fn write(table: &MorphTable) -> SavedTable {
    let mut planes = vec![0; BYTES];
    let plane = ENTRIES * Parameter::COUNT;
    for parameter in Parameter::all() {
        let mut before = 0;
        for (entry, patch) in table.entries().iter().enumerate() {
            let bits = patch.get(parameter).to_bits();
            let place = parameter.index() * ENTRIES + entry;
            for (i, byte) in (bits ^ before).to_le_bytes().into_iter().enumerate() {
                planes[i * plane + place] = byte;
            }
            before = bits;
        }
    }
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    // PANIC: writing into memory does not fail.
    encoder.write_all(&planes).expect("memory");
    SavedTable {
        steps: STEPS,
        beyond: BEYOND_STEPS,
        data: BASE64.encode(encoder.finish().expect("memory")),
    }
}

/// The table of a text, which must lead from `a` to `b`.
pub fn read(saved: &SavedTable, a: &Patch, b: &Patch) -> Result<MorphTable, TableError> {
    if (saved.steps, saved.beyond) != (STEPS, BEYOND_STEPS) {
        return Err(TableError::Shape);
    }
    let deflated = BASE64
        .decode(&saved.data)
        .map_err(|_| TableError::Unreadable)?;
    let mut planes = Vec::new();
    // One byte more than there may be, so that more is seen without being read.
    DeflateDecoder::new(deflated.as_slice())
        .take(BYTES as u64 + 1)
        .read_to_end(&mut planes)
        .map_err(|_| TableError::Unreadable)?;
    if planes.len() != BYTES {
        return Err(TableError::Unreadable);
    }

    let mut entries = Box::new([FractionalPatch([0.0; Parameter::COUNT]); ENTRIES]);
    let plane = ENTRIES * Parameter::COUNT;
    for parameter in Parameter::all() {
        let mut bits = 0;
        for (entry, patch) in entries.iter_mut().enumerate() {
            let place = parameter.index() * ENTRIES + entry;
            bits ^= u32::from_le_bytes(std::array::from_fn(|i| planes[i * plane + place]));
            let value = f32::from_bits(bits);
            let in_range = (0.0..=f32::from(parameter.spec().max)).contains(&value);
            let whole = FractionalPatch::is_continuous(parameter) || value.fract() == 0.0;
            if !(in_range && whole) {
                return Err(TableError::OutOfRange(parameter));
            }
            patch.0[parameter.index()] = value;
        }
    }
    let ends = [entries[BEYOND_STEPS], entries[BEYOND_STEPS + STEPS]];
    if ends != [FractionalPatch::from(a), FractionalPatch::from(b)] {
        return Err(TableError::Ends);
    }
    Ok(MorphTable::from_entries(&entries))
}
