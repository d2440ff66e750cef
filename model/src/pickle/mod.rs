//! Reads the files that PyTorch saves, without ever running what is in them.
//!
//! Python's pickle format is a program: its reader calls any function that the file names. The
//! machine here knows the few instructions that lists, dictionaries, numbers and text need; the
//! only functions it knows build tensors and ordered dictionaries, and any other that is called is
//! either kept as an opaque value or refused with its name.
//!
//! Memory is bounded by the size of the file: every instruction makes at most one value, of which
//! there are not more than a million, and values refer to each other by number, so that a file cannot
//! nest or repeat itself into something large.

mod file;
mod legacy;
mod machine;
mod value;
mod zipped;

pub use file::{PickleFile, StoredTensor};
pub use value::{ElementType, Value};
