//! The text index: what of a preset is searched, and what the user's words ask of it.

use rusqlite::{Connection, OptionalExtension};

use super::error::Result;
use super::preset::PresetId;

/// Writes a preset's document anew, after anything in it changed.
pub fn refresh(connection: &Connection, preset: PresetId) -> Result<()> {
    let mut select = connection.prepare_cached(
        "SELECT name, author,
            (SELECT group_concat(DISTINCT name) FROM origin WHERE preset = ?1),
            (SELECT group_concat(tag) FROM tag WHERE preset = ?1),
            (SELECT group_concat(DISTINCT cartridge) FROM origin
                JOIN source ON source.id = origin.source WHERE preset = ?1),
            (SELECT group_concat(DISTINCT cartridge.name) FROM slot
                JOIN cartridge ON cartridge.id = slot.cartridge WHERE preset = ?1),
            (SELECT group_concat(DISTINCT folder) FROM origin
                JOIN source ON source.id = origin.source WHERE preset = ?1)
         FROM preset WHERE id = ?1",
    )?;
    let text = select
        .query_row([preset.0], |row| {
            let text = |column| {
                row.get::<_, Option<String>>(column)
                    .map(Option::unwrap_or_default)
            };
            let (name, names): (String, String) = (text(0)?, text(2)?);
            let joined: Vec<String> = names.split(',').chain([&*name]).map(joined).collect();
            Ok([
                format!("{name} {names}"),
                joined.join(" "),
                text(3)?,
                format!("{} {}", text(4)?, text(5)?),
                text(6)?,
                text(1)?,
            ])
        })
        .optional()?;
    match text {
        Some([name, joined, tags, cartridge, folder, author]) => connection
            .prepare_cached(
                "INSERT OR REPLACE INTO document
                    (rowid, name, joined, tags, cartridge, folder, author)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute((preset.0, name, joined, tags, cartridge, folder, author))?,
        None => connection
            .prepare_cached("DELETE FROM document WHERE rowid = ?1")?
            .execute([preset.0])?,
    };
    Ok(())
}

/// Writes all documents anew.
pub fn rebuild(connection: &Connection) -> Result<()> {
    connection.execute_batch("INSERT INTO document (document) VALUES ('delete-all')")?;
    let mut select = connection.prepare("SELECT id FROM preset")?;
    let ids = select.query_map([], |row| row.get(0).map(PresetId))?;
    for id in ids {
        refresh(connection, id?)?;
    }
    Ok(())
}

/// The user's words as a query of the index: every word must occur, each as the beginning of a
/// word of the document. `None` where there is nothing to look for.
pub fn query(text: &str) -> Option<String> {
    let words = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty());
    // Letters and digits alone: nothing in it can be taken for the query language.
    let words: Vec<String> = words.map(|word| format!("\"{word}\"*")).collect();
    (!words.is_empty()).then(|| words.join(" "))
}

/// A name without what is neither a letter nor a digit.
fn joined(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_become_prefixes_and_nothing_else() {
        let cases = [
            ("e.pi", Some("\"e\"* \"pi\"*")),
            ("  ", None),
            ("\"' OR *", Some("\"OR\"*")),
            ("Ünï 7", Some("\"Ünï\"* \"7\"*")),
        ];
        for (text, expected) in cases {
            assert_eq!(query(text).as_deref(), expected, "{text}");
        }
    }
}
