//! What users keep: saved sounds, favourites, ratings, tags, notes, names.

use rusqlite::{Connection, OptionalExtension};

use super::category::Category;
use super::error::{LibraryError, Result};
use super::preset::{self, PresetId};
use super::{Library, document};
use crate::parameter::Parameter;
use crate::patch::Patch;

/// What became of a patch that was stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stored {
    /// The preset that holds it.
    pub id: PresetId,
    /// Whether it is new; if not, the very same sound was in the library before.
    pub new: bool,
}

/// Stores a patch unless its sound is there; its document is the caller's to refresh.
pub fn insert(connection: &Connection, patch: &Patch) -> Result<Stored> {
    let voice = preset::voice(patch);
    let mut find = connection.prepare_cached("SELECT id FROM preset WHERE voice = ?1")?;
    if let Some(id) = find.query_row([&voice[..]], |row| row.get(0)).optional()? {
        let id = PresetId(id);
        return Ok(Stored { id, new: false });
    }
    let name = patch.name();
    connection
        .prepare_cached(
            "INSERT INTO preset (voice, name, algorithm, category) VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute((
            &voice[..],
            &name,
            patch.get(Parameter::ALGORITHM) + 1,
            Category::of_name(&name).key(),
        ))?;
    let id = PresetId(connection.last_insert_rowid());
    Ok(Stored { id, new: true })
}

impl Library {
    /// Saves a patch, a point of a path for instance, as a preset with these tags. A sound that is
    /// there already keeps its name and gets the tags.
    pub fn save(&mut self, patch: &Patch, tags: &[&str]) -> Result<Stored> {
        let tags = tags
            .iter()
            .map(|tag| clean_tag(tag))
            .collect::<Result<Vec<_>>>()?;
        self.store.write(|transaction| {
            let stored = insert(transaction, patch)?;
            for tag in &tags {
                add_tag(transaction, stored.id, tag)?;
            }
            document::refresh(transaction, stored.id)?;
            Ok(stored)
        })
    }

    /// Marks a favourite, or takes the mark away.
    pub fn set_favourite(&mut self, id: PresetId, favourite: bool) -> Result<()> {
        self.update(id, "favourite = ?2", favourite)
    }

    /// Gives one to five stars; 0 takes them away.
    pub fn set_rating(&mut self, id: PresetId, stars: u8) -> Result<()> {
        if stars > 5 {
            let reason = format!("a rating is 0 to 5 stars, not {stars}");
            return Err(LibraryError::request(reason));
        }
        self.update(id, "rating = ?2", stars)
    }

    /// Keeps the user's words on a preset.
    pub fn set_note(&mut self, id: PresetId, note: &str) -> Result<()> {
        self.update(id, "note = ?2", note)
    }

    /// Says who made a preset.
    pub fn set_author(&mut self, id: PresetId, author: &str) -> Result<()> {
        self.update(id, "author = ?2", author.trim())
    }

    /// Corrects the category; no later guess changes it again.
    pub fn set_category(&mut self, id: PresetId, category: Category) -> Result<()> {
        self.update(id, "category = ?2, corrected = 1", category.key())
    }

    /// Gives a preset another name: ten characters of a DX7, the others become `?`. The names it
    /// had in files still find it.
    pub fn rename(&mut self, id: PresetId, name: &str) -> Result<()> {
        let mut named = Patch::INIT;
        named.set_name(name);
        if named.name().is_empty() {
            return Err(LibraryError::request("a preset needs a name"));
        }
        self.update(id, "name = ?2", named.name())
    }

    /// Adds a tag.
    pub fn tag(&mut self, id: PresetId, tag: &str) -> Result<()> {
        let tag = clean_tag(tag)?;
        self.store.write(|transaction| {
            exists(transaction, id)?;
            add_tag(transaction, id, &tag)?;
            document::refresh(transaction, id)
        })
    }

    /// Takes a tag away.
    pub fn untag(&mut self, id: PresetId, tag: &str) -> Result<()> {
        self.store.write(|transaction| {
            transaction.execute(
                "DELETE FROM tag WHERE preset = ?1 AND tag = ?2",
                (id.0, tag),
            )?;
            document::refresh(transaction, id)
        })
    }

    /// All tags with how many presets have each, the most used first.
    pub fn tags(&mut self) -> Result<Vec<(String, u64)>> {
        self.store.read(|transaction| {
            let mut statement = transaction.prepare_cached(
                "SELECT tag, count(*) FROM tag GROUP BY tag ORDER BY count(*) DESC, tag",
            )?;
            let tags = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok(tags.collect::<rusqlite::Result<_>>()?)
        })
    }

    /// Notes that a preset was used just now.
    pub fn mark_used(&mut self, id: PresetId) -> Result<()> {
        self.store.write(|transaction| {
            exists(transaction, id)?;
            transaction.execute(
                "UPDATE preset SET used = (SELECT max(used) FROM preset) + 1 WHERE id = ?1",
                [id.0],
            )?;
            Ok(())
        })
    }

    /// Removes a preset from the library; the files it came from stay as they are.
    pub fn delete(&mut self, id: PresetId) -> Result<()> {
        self.sounds = None;
        self.store.write(|transaction| {
            exists(transaction, id)?;
            transaction.execute("DELETE FROM preset WHERE id = ?1", [id.0])?;
            document::refresh(transaction, id)
        })
    }

    fn update(&mut self, id: PresetId, set: &str, value: impl rusqlite::ToSql) -> Result<()> {
        self.store.write(|transaction| {
            exists(transaction, id)?;
            transaction
                .prepare_cached(&format!("UPDATE preset SET {set} WHERE id = ?1"))?
                .execute((id.0, &value))?;
            document::refresh(transaction, id)
        })
    }
}

/// An error unless the preset is in the library.
pub fn exists(connection: &Connection, id: PresetId) -> Result<()> {
    let mut statement = connection.prepare_cached("SELECT 1 FROM preset WHERE id = ?1")?;
    match statement.exists([id.0])? {
        true => Ok(()),
        false => Err(preset::missing(id)),
    }
}

fn add_tag(connection: &Connection, id: PresetId, tag: &str) -> Result<()> {
    connection
        .prepare_cached("INSERT OR IGNORE INTO tag (preset, tag) VALUES (?1, ?2)")?
        .execute((id.0, tag))?;
    Ok(())
}

/// A tag as it is stored: without spaces around it, not empty, without a comma.
fn clean_tag(tag: &str) -> Result<String> {
    let tag = tag.trim();
    if tag.is_empty() || tag.contains(',') {
        let reason = format!("{tag:?} is no tag: a tag is not empty and has no comma");
        return Err(LibraryError::request(reason));
    }
    Ok(tag.to_owned())
}
