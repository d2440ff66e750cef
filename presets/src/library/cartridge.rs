//! The user's own cartridges: 32 places each, filled with presets.

use rusqlite::{Connection, OptionalExtension};

use super::error::{LibraryError, Result};
use super::preset::{self, PresetId};
use super::{Library, document, keep};
use crate::patch::Patch;

/// A user cartridge's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CartridgeId(pub i64);

/// How many patches a cartridge has.
pub const SLOTS: usize = 32;

impl Library {
    /// Makes an empty cartridge of that name.
    pub fn create_cartridge(&mut self, name: &str) -> Result<CartridgeId> {
        let name = clean_name(name)?;
        self.store.write(|transaction| {
            if named(transaction, &name)?.is_some() {
                return Err(taken(&name));
            }
            transaction.execute("INSERT INTO cartridge (name) VALUES (?1)", [&name])?;
            Ok(CartridgeId(transaction.last_insert_rowid()))
        })
    }

    /// All user cartridges with their names, in alphabetical order.
    pub fn cartridges(&mut self) -> Result<Vec<(CartridgeId, String)>> {
        self.store.read(|transaction| {
            let mut statement =
                transaction.prepare_cached("SELECT id, name FROM cartridge ORDER BY name")?;
            let all = statement.query_map([], |row| Ok((CartridgeId(row.get(0)?), row.get(1)?)))?;
            Ok(all.collect::<rusqlite::Result<_>>()?)
        })
    }

    /// Gives a cartridge another name.
    pub fn rename_cartridge(&mut self, id: CartridgeId, name: &str) -> Result<()> {
        let name = clean_name(name)?;
        self.store.write(|transaction| {
            if named(transaction, &name)?.is_some_and(|other| other != id) {
                return Err(taken(&name));
            }
            let changed = transaction.execute(
                "UPDATE cartridge SET name = ?2 WHERE id = ?1",
                (id.0, &name),
            )?;
            if changed == 0 {
                return Err(missing(id));
            }
            refresh(transaction, &presets(transaction, id)?)
        })
    }

    /// Deletes a cartridge; its presets stay in the library.
    pub fn delete_cartridge(&mut self, id: CartridgeId) -> Result<()> {
        self.store.write(|transaction| {
            let presets = presets(transaction, id)?;
            if transaction.execute("DELETE FROM cartridge WHERE id = ?1", [id.0])? == 0 {
                return Err(missing(id));
            }
            refresh(transaction, &presets)
        })
    }

    /// Puts a preset into a place, 0 to 31, or empties the place. What was there stays in the
    /// library.
    pub fn set_slot(
        &mut self,
        id: CartridgeId,
        position: usize,
        preset: Option<PresetId>,
    ) -> Result<()> {
        if position >= SLOTS {
            let reason = format!("a cartridge has places 1 to {SLOTS}, not {}", position + 1);
            return Err(LibraryError::request(reason));
        }
        self.store.write(|transaction| {
            if !transaction
                .prepare("SELECT 1 FROM cartridge WHERE id = ?1")?
                .exists([id.0])?
            {
                return Err(missing(id));
            }
            let mut changed = presets(transaction, id)?;
            transaction.execute(
                "DELETE FROM slot WHERE cartridge = ?1 AND position = ?2",
                (id.0, position as i64),
            )?;
            if let Some(preset) = preset {
                keep::exists(transaction, preset)?;
                transaction.execute(
                    "INSERT INTO slot (cartridge, position, preset) VALUES (?1, ?2, ?3)",
                    (id.0, position as i64, preset.0),
                )?;
                changed.push(preset);
            }
            refresh(transaction, &changed)
        })
    }

    /// The presets of a cartridge, place by place.
    pub fn slots(&mut self, id: CartridgeId) -> Result<[Option<PresetId>; SLOTS]> {
        self.store.read(|transaction| {
            let mut slots = [None; SLOTS];
            let mut statement = transaction
                .prepare_cached("SELECT position, preset FROM slot WHERE cartridge = ?1")?;
            let mut rows = statement.query([id.0])?;
            while let Some(row) = rows.next()? {
                // The table's rule keeps positions below 32.
                slots[row.get::<_, usize>(0)? % SLOTS] = Some(PresetId(row.get(1)?));
            }
            Ok(slots)
        })
    }

    /// The 32 sounds of a cartridge; an empty place is the initial voice.
    pub fn cartridge_patches(&mut self, id: CartridgeId) -> Result<[Patch; SLOTS]> {
        let slots = self.slots(id)?;
        self.store.read(|transaction| {
            let mut patches = [Patch::INIT; SLOTS];
            for (patch, slot) in patches.iter_mut().zip(slots) {
                if let Some(slot) = slot {
                    *patch = preset::load_patch(transaction, slot)?;
                }
            }
            Ok(patches)
        })
    }
}

fn named(connection: &Connection, name: &str) -> Result<Option<CartridgeId>> {
    let id = connection
        .query_row("SELECT id FROM cartridge WHERE name = ?1", [name], |row| {
            row.get(0)
        })
        .optional()?;
    Ok(id.map(CartridgeId))
}

fn presets(connection: &Connection, id: CartridgeId) -> Result<Vec<PresetId>> {
    let mut statement = connection.prepare("SELECT preset FROM slot WHERE cartridge = ?1")?;
    let presets = statement.query_map([id.0], |row| row.get(0).map(PresetId))?;
    Ok(presets.collect::<rusqlite::Result<_>>()?)
}

fn refresh(connection: &Connection, presets: &[PresetId]) -> Result<()> {
    presets
        .iter()
        .try_for_each(|&preset| document::refresh(connection, preset))
}

fn clean_name(name: &str) -> Result<String> {
    match name.trim() {
        "" => Err(LibraryError::request("a cartridge needs a name")),
        name => Ok(name.to_owned()),
    }
}

fn taken(name: &str) -> LibraryError {
    LibraryError::request(format!("there is a cartridge {name:?} already"))
}

fn missing(id: CartridgeId) -> LibraryError {
    LibraryError::request(format!("there is no cartridge number {}", id.0))
}
