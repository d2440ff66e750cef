//! A [`MorphTable`] as text: its [bytes](crate::table_bytes) in base64.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD as BASE64;
use engine::MorphTable;
use engine::table::{BEYOND_STEPS, STEPS};
use presets::Patch;
use serde::{Deserialize, Serialize};

use crate::table_bytes;
pub use crate::table_bytes::TableError;

/// A table in a state. Its shape is said with it, so that a version with another can tell.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SavedTable {
    steps: usize,
    beyond: usize,
    data: String,
}

/// The table as text.
pub fn write(table: &MorphTable) -> SavedTable {
    SavedTable {
        steps: STEPS,
        beyond: BEYOND_STEPS,
        data: BASE64.encode(table_bytes::write(table)),
    }
}

/// The table of a text, which must lead from `a` to `b`.
pub fn read(saved: &SavedTable, a: &Patch, b: &Patch) -> Result<MorphTable, TableError> {
    if (saved.steps, saved.beyond) != (STEPS, BEYOND_STEPS) {
        return Err(TableError::Shape);
    }
    let bytes = BASE64
        .decode(&saved.data)
        .map_err(|_| TableError::Unreadable)?;
    table_bytes::read(&bytes, a, b)
}
