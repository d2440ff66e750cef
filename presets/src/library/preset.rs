//! [`Preset`]: a patch in the library, with where it came from and what the user said of it.

use std::fmt;
use std::path::PathBuf;

use rusqlite::{Connection, OptionalExtension};

use super::Library;
use super::category::Category;
use super::error::{LibraryError, Result};
use crate::patch::{PACKED_LEN, Patch};

/// A preset's number: given once, never again, also after the preset was deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PresetId(pub i64);

/// `library:12`, the reference by which commands name it.
impl fmt::Display for PresetId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "library:{}", self.0)
    }
}

/// A row of the library.
#[derive(Clone, Debug, PartialEq)]
pub struct Preset {
    /// Its number.
    pub id: PresetId,
    /// The sound, under the name it has in the library.
    pub patch: Patch,
    /// Guessed, or as the user corrected it.
    pub category: Category,
    /// Who made it, where that is known.
    pub author: String,
    /// Marked by the user.
    pub favourite: bool,
    /// Stars from 1 to 5; 0: not rated.
    pub rating: u8,
    /// The user's words on it.
    pub note: String,
    /// The user's tags, in alphabetical order.
    pub tags: Vec<String>,
    /// Every place it was found at, the first import first.
    pub origins: Vec<Origin>,
}

/// A place a preset was found at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The file.
    pub file: PathBuf,
    /// Its place in an archive or a database; empty: the file itself.
    pub entry: String,
    /// The cartridge's name.
    pub cartridge: String,
    /// Its voice, counted from 0.
    pub position: u32,
    /// Its name there.
    pub name: String,
    /// How many of its values were out of range there, and were brought into it.
    pub cleaned: u32,
}

/// Bytes of a packed voice without its name: what makes two presets different.
pub const VOICE_LEN: usize = PACKED_LEN - 10;

/// What is stored of a patch beside its name.
pub fn voice(patch: &Patch) -> [u8; VOICE_LEN] {
    let packed = patch.to_packed();
    std::array::from_fn(|i| packed[i])
}

/// The patch of a stored voice and name.
pub fn patch(voice: &[u8], name: &str) -> Result<Patch> {
    let Ok(voice) = <&[u8; VOICE_LEN]>::try_from(voice) else {
        let length = voice.len();
        return Err(LibraryError::request(format!(
            "the preset {name:?} is stored with {length} bytes, not {VOICE_LEN}: check the library"
        )));
    };
    let mut packed = [0; PACKED_LEN];
    packed[..VOICE_LEN].copy_from_slice(voice);
    let (mut patch, _) = Patch::from_packed(&packed);
    patch.set_name(name);
    Ok(patch)
}

impl Library {
    /// The sound of a preset.
    pub fn patch(&mut self, id: PresetId) -> Result<Patch> {
        self.store.read(|transaction| load_patch(transaction, id))
    }

    /// All of a preset.
    pub fn preset(&mut self, id: PresetId) -> Result<Preset> {
        self.store.read(|transaction| {
            let mut statement = transaction.prepare_cached(
                "SELECT voice, name, category, author, favourite, rating, note
                 FROM preset WHERE id = ?1",
            )?;
            let row = statement.query_row([id.0], |row| {
                let voice_and_name: (Vec<u8>, String) = (row.get(0)?, row.get(1)?);
                let preset = Preset {
                    id,
                    patch: Patch::INIT,
                    category: Category::from_key(&row.get::<_, String>(2)?)
                        .unwrap_or(Category::Other),
                    author: row.get(3)?,
                    favourite: row.get(4)?,
                    rating: row.get(5)?,
                    note: row.get(6)?,
                    tags: Vec::new(),
                    origins: Vec::new(),
                };
                Ok((voice_and_name, preset))
            });
            let ((voice, name), mut preset) = row.optional()?.ok_or_else(|| missing(id))?;
            preset.patch = patch(&voice, &name)?;
            preset.tags = tags(transaction, id)?;
            preset.origins = origins(transaction, id)?;
            Ok(preset)
        })
    }
}

/// The sound of a preset.
pub fn load_patch(connection: &Connection, id: PresetId) -> Result<Patch> {
    let mut statement =
        connection.prepare_cached("SELECT voice, name FROM preset WHERE id = ?1")?;
    let row: Option<(Vec<u8>, String)> = statement
        .query_row([id.0], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let (voice, name) = row.ok_or_else(|| missing(id))?;
    patch(&voice, &name)
}

/// The error for a preset that does not exist.
pub fn missing(id: PresetId) -> LibraryError {
    LibraryError::request(format!(
        "{id} is not in the library: `cargo xtask library search` lists what is"
    ))
}

fn tags(connection: &Connection, id: PresetId) -> Result<Vec<String>> {
    let mut statement =
        connection.prepare_cached("SELECT tag FROM tag WHERE preset = ?1 ORDER BY tag")?;
    let tags = statement.query_map([id.0], |row| row.get(0))?;
    Ok(tags.collect::<rusqlite::Result<_>>()?)
}

fn origins(connection: &Connection, id: PresetId) -> Result<Vec<Origin>> {
    let mut statement = connection.prepare_cached(
        "SELECT file.path, entry, cartridge, position, name, cleaned
         FROM origin JOIN source ON source.id = origin.source JOIN file ON file.id = source.file
         WHERE preset = ?1 ORDER BY source.id, position",
    )?;
    let origins = statement.query_map([id.0], |row| {
        Ok(Origin {
            file: PathBuf::from(row.get::<_, String>(0)?),
            entry: row.get(1)?,
            cartridge: row.get(2)?,
            position: row.get(3)?,
            name: row.get(4)?,
            cleaned: row.get(5)?,
        })
    })?;
    Ok(origins.collect::<rusqlite::Result<_>>()?)
}
