//! A [`MorphTable`] as bytes: every bit of its entries, in a few kilobytes. A song keeps them as text
//! ([`state`](crate::state)), the library as they are ([`paths`](crate::paths)).
//!
//! The values of one parameter after the other, each exclusive-or'd with the value before it, the
//! four bytes of all in four planes, deflated. Paths are smooth and most parameters of them stand
//! still, so nearly all of these bytes are zero. The number of entries is said by whoever stores them.

use std::fmt;
use std::io::{Read, Write};

use engine::MorphTable;
use engine::table::{BEYOND_STEPS, ENTRIES, STEPS};
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use presets::{FractionalPatch, Parameter, Patch};

/// Bytes of a table before they are deflated.
const BYTES: usize = Parameter::COUNT * ENTRIES * 4;

/// Why a stored table was not taken.
#[derive(Debug, PartialEq, Eq)]
pub enum TableError {
    /// It has another number of entries than this version's.
    Shape,
    /// It is no table.
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

/// The entries as bytes.
pub fn write(table: &MorphTable) -> Vec<u8> {
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
    encoder.finish().expect("memory")
}

/// The table of such bytes, which must lead from `a` to `b`; between its entries is what is between
/// those of a new one.
///
/// # Errors
/// If the bytes are not those of such a table.
pub fn read(deflated: &[u8], a: &Patch, b: &Patch) -> Result<MorphTable, TableError> {
    let mut planes = Vec::new();
    // One byte more than there may be, so that more is seen without being read.
    DeflateDecoder::new(deflated)
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
