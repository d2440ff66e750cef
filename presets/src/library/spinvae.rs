//! Reading `dexed_presets.sqlite`, the preset database of SPINVAE's authors. The file is only read.

use std::collections::BTreeMap;
use std::path::Path;

use rusqlite::config::DbConfig;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags, OptionalExtension};

use super::npy;
use super::source::{Bank, Voice};
use crate::dexed;
use crate::parameter::{Operator, OperatorParameter::OutputLevel, Parameter};
use crate::patch::Patch;

/// What a preset was changed by on its way to a DX7.
#[derive(Debug, Default, PartialEq, Eq)]
struct Changes {
    /// Values outside of 0 to 1.
    out_of_range: u32,
    /// Operators that were switched off, and have output level 0 now.
    switched_off: u32,
}

/// A DX7 patch of Dexed's parameters, each from 0 to 1.
fn patch(values: &[f64; dexed::COUNT], name: &str) -> (Patch, Changes) {
    let mut changes = Changes::default();
    let mut patch = Patch::INIT;
    let mut set = |patch: &mut Patch, parameter: Parameter, value: f64| {
        if !(0.0..=1.0).contains(&value) {
            changes.out_of_range += 1;
        }
        // What is no number becomes 0.
        let steps = value.clamp(0.0, 1.0) * f64::from(parameter.spec().max);
        patch.set(parameter, steps.round() as u8);
    };
    for (place, parameter) in dexed::parameters() {
        set(&mut patch, parameter, values[place]);
    }
    for operator in Operator::ALL {
        if values[dexed::switch(operator)] == 0.0 {
            changes.switched_off += u32::from(patch.op(operator, OutputLevel) > 0);
            patch.set_op(operator, OutputLevel, 0);
        }
    }
    patch.set_name(name);
    (patch, changes)
}

/// Reads all cartridges; `notes` gets what could not be read and what was changed.
///
/// # Errors
/// What is wrong with the database as a whole.
pub fn read(path: &Path, folder: &str, notes: &mut Vec<String>) -> Result<Vec<Bank>, String> {
    let database = open(path).map_err(|error| error.to_string())?;
    for table in ["preset", "cartridge"] {
        check(&database, table)?;
    }
    let columns = columns(&database, "preset").map_err(|error| error.to_string())?;
    let has = |column: &str| columns.iter().any(|other| other == column);
    for needed in ["name", "pickled_params_np_array"] {
        if !has(needed) {
            return Err(format!(
                "it is an SQLite database, but not SPINVAE's: its table `preset` has no column \
                 `{needed}`"
            ));
        }
    }
    let absent: Vec<_> = ["index_preset", "index_cart", "other_names", "labels"]
        .into_iter()
        .filter(|column| !has(column))
        .collect();
    if !absent.is_empty() {
        notes.push(format!("the table `preset` has no {}", absent.join(", ")));
    }
    let cartridges = cartridges(&database).unwrap_or_else(|_| {
        notes.push("the cartridges' names could not be read".to_owned());
        BTreeMap::new()
    });

    let or_null = |column: &'static str| if has(column) { column } else { "NULL" };
    let select = format!(
        "SELECT name, pickled_params_np_array, {}, {}, {}, {} FROM preset ORDER BY 4, 3, rowid",
        or_null("index_preset"),
        or_null("index_cart"),
        or_null("other_names"),
        or_null("labels"),
    );
    let mut banks = BTreeMap::new();
    let mut totals = Changes::default();
    let mut read_rows = || -> rusqlite::Result<()> {
        let mut statement = database.prepare(&select)?;
        let mut rows = statement.query([])?;
        let mut number = 0;
        while let Some(row) = rows.next()? {
            number += 1;
            let name = text(row.get_ref(0)?);
            let index: i64 = row
                .get::<_, Option<i64>>(2)
                .ok()
                .flatten()
                .unwrap_or(number);
            let values = match row.get_ref(1)? {
                ValueRef::Blob(bytes) => npy::read::<{ dexed::COUNT }>(bytes),
                other => Err(format!("it is {}, not a blob", other.data_type())),
            };
            let values = match values {
                Ok(values) => values,
                Err(reason) => {
                    notes.push(format!("preset {index} {name:?}: {reason}"));
                    continue;
                }
            };
            let (patch, changes) = patch(&values, &name);
            totals.switched_off += changes.switched_off;
            let cartridge: i64 = row.get::<_, Option<i64>>(3).ok().flatten().unwrap_or(-1);
            let bank: &mut Bank = banks.entry(cartridge).or_insert_with(|| Bank {
                entry: format!("cartridge {cartridge}"),
                cartridge: cartridges.get(&cartridge).cloned().unwrap_or_default(),
                folder: folder.to_owned(),
                voices: Vec::new(),
            });
            let others = text(row.get_ref(4)?);
            let names = [&*name, &*others]
                .into_iter()
                .filter(|name| !name.is_empty());
            bank.voices.push(Voice {
                position: bank.voices.len() as u32,
                patch,
                names: names.collect::<Vec<_>>().join(", "),
                cleaned: changes.out_of_range,
                tags: text(row.get_ref(5)?)
                    .split(',')
                    .map(|label| label.trim().to_owned())
                    .filter(|label| !label.is_empty())
                    .collect(),
            });
        }
        Ok(())
    };
    read_rows().map_err(|error| format!("its presets cannot be read: {error}"))?;
    if totals.switched_off > 0 {
        let count = totals.switched_off;
        notes.push(format!(
            "{count} operators were switched off: their output level is 0 now"
        ));
    }
    match banks.is_empty() {
        true => Err("it has no preset that can be read".to_owned()),
        false => Ok(banks.into_values().collect()),
    }
}

/// Opens a database that no call here can change, not even by SQLite's own files beside it.
fn open(path: &Path) -> rusqlite::Result<Connection> {
    let mut uri = "file:".to_owned();
    for byte in path.to_string_lossy().bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' => {
                uri.push(char::from(byte));
            }
            _ => uri += &format!("%{byte:02X}"),
        }
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
    let database = Connection::open_with_flags(format!("{uri}?immutable=1"), flags)?;
    // What the file defines is a stranger's.
    database.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    Ok(database)
}

/// Looks at a table before it is read, if it is there: its rows must lie in the file. A view makes up
/// its rows, without end if it likes, and a damaged table may lead over the same pages again and
/// again.
fn check(database: &Connection, table: &str) -> Result<(), String> {
    let kind = "SELECT type FROM pragma_table_list(?1) WHERE schema = 'main'";
    let kind: Option<String> = database
        .query_row(kind, [table], |row| row.get(0))
        .optional()
        .map_err(|error| error.to_string())?;
    match kind.as_deref() {
        None => return Ok(()),
        Some("table") => {}
        Some(_) => return Err(format!("its `{table}` is not a table with rows of its own")),
    }
    let found: String = database
        .query_row(&format!("PRAGMA quick_check({table})"), [], |row| {
            row.get(0)
        })
        .map_err(|error| error.to_string())?;
    match found.as_str() {
        "ok" => Ok(()),
        _ => Err(format!("its table `{table}` is damaged")),
    }
}

fn columns(database: &Connection, table: &str) -> rusqlite::Result<Vec<String>> {
    let mut statement = database.prepare("SELECT name FROM pragma_table_info(?1)")?;
    statement.query_map([table], |row| row.get(0))?.collect()
}

fn cartridges(database: &Connection) -> rusqlite::Result<BTreeMap<i64, String>> {
    let mut statement = database.prepare("SELECT index_cart, name FROM cartridge")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, text(row.get_ref(1)?))))?;
    rows.collect()
}

/// A text, whatever its column was declared as; nothing for what is no text.
fn text(value: ValueRef) -> String {
    match value {
        ValueRef::Text(bytes) => String::from_utf8_lossy(bytes).trim().to_owned(),
        _ => String::new(),
    }
}
