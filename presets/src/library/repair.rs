//! Looking after the file: backups, the check of its integrity, and repair.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use rusqlite::Connection;

use super::error::{LibraryError, Problem, Result};
use super::store;
use super::{Library, Options, schema};

/// What a check found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Health {
    /// What is wrong, in SQLite's words; empty: the library is sound.
    pub faults: Vec<String>,
}

impl Health {
    /// Whether nothing is wrong.
    pub fn is_sound(&self) -> bool {
        self.faults.is_empty()
    }
}

/// What a repair did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repair {
    /// Where the damaged file lies now; `None`: it could be put right where it was.
    pub damaged: Option<PathBuf>,
    /// The backup that was restored, or its rows if that is all it had; `None`: there was none that
    /// could be read.
    pub restored: Option<PathBuf>,
    /// Presets in the library now.
    pub presets: u64,
}

impl Library {
    /// Checks every page, every index and the text index. Takes about a second for 50,000 presets.
    pub fn check(&mut self) -> Result<Health> {
        match self.store.connection().and_then(faults) {
            Ok(faults) => Ok(Health { faults }),
            Err(LibraryError {
                problem: Problem::Damaged(what),
                ..
            }) => Ok(Health { faults: vec![what] }),
            Err(error) => Err(error.at(self.path())),
        }
    }

    /// Writes a copy of the library beside it and says where. The copy before it is replaced only
    /// when the new one is complete.
    pub fn back_up(&mut self) -> Result<PathBuf> {
        let path = backup_path(self.path(), "backup");
        let written = self.store.connection().and_then(|connection| {
            // A damaged library must not replace the copy that could heal it.
            match faults(connection)?.into_iter().next() {
                Some(fault) => Err(Problem::Damaged(fault).into()),
                None => back_up(connection, &path),
            }
        });
        written.map_err(|error| error.at(self.store.path()))?;
        Ok(path)
    }

    /// Puts a damaged library right: indices are built anew; where that does not help, the latest
    /// readable backup takes its place, with all that can still be read in the damaged file added
    /// to it. The damaged file is kept. A sound library is left as it is.
    ///
    /// # Errors
    ///
    /// When a file cannot be written, or when the library is not damaged but of another program
    /// or a newer version.
    pub fn repair(&mut self) -> Result<Repair> {
        let path = self.path().to_owned();
        let _lock = store::lock_file(&path, "repair")?;
        let mut repair = Repair {
            damaged: None,
            restored: None,
            presets: 0,
        };
        let sound = match self.check() {
            Ok(health) => health.is_sound() || self.rebuild_indices(),
            Err(error) => match error.problem {
                Problem::Foreign if is_ours_by_backup(&path) => false,
                _ => return Err(error),
            },
        };
        self.store.close();
        self.sounds = None;
        if !sound {
            let damaged = set_aside(&path)?;
            repair.restored = restore(&path)?;
            if repair.restored.is_none() {
                // What was backed up may have been damaged already; its rows are better than none.
                repair.restored = backups(&path).find(|backup| is_backup(backup, integrity_is_ok));
                repair.restored.iter().for_each(|old| self.salvage(old));
            }
            self.salvage(&damaged);
            repair.damaged = Some(damaged);
        }
        repair.presets = self.len()?;
        Ok(repair)
    }

    /// Whether the library is sound once its indices are built anew from its tables.
    fn rebuild_indices(&mut self) -> bool {
        // Paths can be found again: their table is made anew before it makes the library unsound, if
        // that can still be done.
        let _ = self.store.write(|transaction| {
            transaction.execute_batch("DROP TABLE IF EXISTS path")?;
            Ok(transaction.execute_batch(schema::PATHS)?)
        });
        let rebuilt = self.store.write(|transaction| {
            transaction.execute_batch("REINDEX")?;
            super::document::rebuild(transaction)
        });
        rebuilt.is_ok() && self.check().is_ok_and(|health| health.is_sound())
    }

    /// Adds what can be read in a damaged file, row by row. What cannot be read is given up: that
    /// is the damage.
    fn salvage(&mut self, damaged: &Path) {
        let Ok(old) = Connection::open(damaged) else {
            return;
        };
        // Replacing a row must not take along what belongs to it.
        let copied = self
            .store
            .connection()
            .and_then(|connection| Ok(connection.execute_batch("PRAGMA foreign_keys = OFF")?));
        let copied = copied.and_then(|()| {
            self.store.write(|transaction| {
                for &(table, columns) in &SALVAGED {
                    // What the damage took of one table must not keep the others from coming over.
                    let _ = copy_rows(&old, transaction, table, columns);
                }
                transaction.execute_batch(WITHOUT_ORPHANS)?;
                super::document::rebuild(transaction)
            })
        });
        // The backup is in place whether or not something could be added to it.
        let _ = copied;
        self.store.close();
    }
}

/// The tables that are salvaged, parents first; not `path`, which holds nothing that could not be
/// found again.
const SALVAGED: [(&str, &str); 8] = [
    (
        "preset",
        "id, voice, name, algorithm, category, corrected, author, favourite, rating, note, used, \
         brightness, sustain, loudness, silent, near",
    ),
    ("file", "id, path, size, modified, done"),
    ("source", "id, file, entry, cartridge, folder"),
    ("origin", "source, position, preset, name, cleaned"),
    ("tag", "preset, tag"),
    ("cartridge", "id, name"),
    ("slot", "cartridge, position, preset"),
    ("sound", "preset, measure, attack, pitched, timbre"),
];

/// Removes what belongs to rows that could not be read.
const WITHOUT_ORPHANS: &str = "
    DELETE FROM source WHERE file NOT IN (SELECT id FROM file);
    DELETE FROM origin WHERE source NOT IN (SELECT id FROM source)
        OR preset NOT IN (SELECT id FROM preset);
    DELETE FROM tag WHERE preset NOT IN (SELECT id FROM preset);
    DELETE FROM slot WHERE cartridge NOT IN (SELECT id FROM cartridge)
        OR preset NOT IN (SELECT id FROM preset);
    DELETE FROM sound WHERE preset NOT IN (SELECT id FROM preset);
    UPDATE preset SET near = NULL WHERE near NOT IN (SELECT id FROM preset);
";

fn copy_rows(old: &Connection, new: &Connection, table: &str, columns: &str) -> Result<()> {
    // Those of an older version have fewer columns.
    let mut there = old.prepare("SELECT 1 FROM pragma_table_info(?1) WHERE name = ?2")?;
    let mut known = Vec::new();
    for column in columns.split(", ") {
        if there.exists([table, column])? {
            known.push(column);
        }
    }
    let count = known.len();
    let columns = known.join(", ");
    let marks = vec!["?"; count].join(", ");
    // Where the backup has an older state of the same row, the damaged file's is the later one.
    let mut insert = new.prepare(&format!(
        "INSERT OR REPLACE INTO {table} ({columns}) VALUES ({marks})"
    ))?;
    let mut select = old.prepare(&format!("SELECT {columns} FROM {table}"))?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        let values = (0..count)
            .map(|column| row.get::<_, rusqlite::types::Value>(column))
            .collect::<rusqlite::Result<Vec<_>>>()?;
        // A row that breaks a rule of the tables is part of the damage.
        let _ = insert.execute(rusqlite::params_from_iter(values));
    }
    Ok(())
}

/// What SQLite's own checks find; empty: nothing.
fn faults(connection: &mut Connection) -> Result<Vec<String>> {
    let mut statement = connection.prepare("PRAGMA integrity_check(20)")?;
    let lines = statement.query_map([], |row| row.get::<_, String>(0))?;
    let mut faults = lines.collect::<rusqlite::Result<Vec<_>>>()?;
    faults.retain(|line| line != "ok");
    drop(statement);
    faults.extend(altered(connection)?);
    let orphans: i64 =
        connection.query_row("SELECT count(*) FROM pragma_foreign_key_check", [], |row| {
            row.get(0)
        })?;
    if orphans > 0 {
        faults.push(format!("{orphans} rows belong to rows that do not exist"));
    }
    let documents: i64 = connection.query_row(
        "SELECT (SELECT count(*) FROM preset) - (SELECT count(*) FROM document_docsize)",
        [],
        |row| row.get(0),
    )?;
    if documents != 0 {
        faults.push("the text index does not fit the presets".to_owned());
    }
    Ok(faults)
}

/// Tables and indices that are not as the schema makes them: damage can be in there too, where SQLite
/// takes it for what we wanted.
fn altered(connection: &Connection) -> Result<Vec<String>> {
    let mut same =
        connection.prepare("SELECT 1 FROM sqlite_schema WHERE name = ?1 AND sql = ?2")?;
    let mut altered = Vec::new();
    for (name, sql) in as_made(store::version(connection)? as usize)? {
        if !same.exists([name, sql])? {
            altered.push(format!("{name} is not as it was made"));
        }
    }
    Ok(altered)
}

/// The tables and indices of a version of the schema, with the statements that make them. What the
/// text index makes for itself is SQLite's affair.
fn as_made(version: usize) -> Result<&'static [(String, String)]> {
    static MADE: [OnceLock<Vec<(String, String)>>; schema::MIGRATIONS.len()] =
        [const { OnceLock::new() }; schema::MIGRATIONS.len()];
    let Some(steps) = schema::MIGRATIONS
        .get(..version)
        .filter(|steps| !steps.is_empty())
    else {
        return Ok(&[]);
    };
    let made = &MADE[steps.len() - 1];
    if made.get().is_none() {
        let connection = Connection::open_in_memory()?;
        for step in steps {
            connection.execute_batch(step)?;
        }
        let mut all = connection.prepare(
            "SELECT name, sql FROM sqlite_schema
             WHERE sql IS NOT NULL AND name NOT GLOB 'document_*'",
        )?;
        let all = all.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let _ = made.set(all.collect::<rusqlite::Result<_>>()?);
    }
    Ok(made.get().map_or(&[], Vec::as_slice))
}

/// `library.sqlite` and `v1` make `library.v1.sqlite`.
pub fn backup_path(path: &Path, label: &str) -> PathBuf {
    path.with_extension(format!("{label}.sqlite"))
}

/// Writes a complete copy: first under another name, on the disk before it takes its place.
pub fn back_up(connection: &Connection, to: &Path) -> Result<()> {
    let unfinished = to.with_extension(format!("{}.unfinished", std::process::id()));
    let io = |error| LibraryError::io(to, error);
    if unfinished.exists() {
        fs::remove_file(&unfinished).map_err(io)?;
    }
    let written = connection
        .execute("VACUUM INTO ?1", [unfinished.to_string_lossy()])
        .map_err(LibraryError::from)
        .and_then(|_| {
            File::open(&unfinished)
                .and_then(|file| file.sync_all())
                .map_err(io)?;
            fs::rename(&unfinished, to).map_err(io)
        });
    if written.is_err() {
        // It may never have come to be; the error that matters is the one already at hand.
        let _ = fs::remove_file(&unfinished);
    }
    written
}

/// A file without our mark may still be ours with its first page lost: then a backup lies beside.
fn is_ours_by_backup(path: &Path) -> bool {
    backups(path).next().is_some()
}

/// The backups beside the library that are ours, the latest first.
fn backups(path: &Path) -> impl Iterator<Item = PathBuf> {
    let stem = path
        .file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let folder = path.parent().map(Path::to_owned).unwrap_or_default();
    let is_backup = move |candidate: &PathBuf| {
        let name = candidate.file_name().unwrap_or_default().to_string_lossy();
        name.strip_prefix(&format!("{stem}."))
            .and_then(|rest| rest.strip_suffix(".sqlite"))
            .is_some_and(|label| label == "backup" || label.starts_with('v'))
    };
    let mut found: Vec<PathBuf> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(is_backup)
        .collect();
    found.sort_by_key(|path| fs::metadata(path).and_then(|data| data.modified()).ok());
    found.into_iter().rev()
}

/// Moves the library and what belongs to it out of the way, under a name that is free.
fn set_aside(path: &Path) -> Result<PathBuf> {
    let free = (1..)
        .map(|number| backup_path(path, &format!("damaged-{number}")))
        .find(|candidate| !candidate.exists())
        .expect("some number is free");
    for suffix in ["", "-wal", "-shm"] {
        let from = PathBuf::from(format!("{}{suffix}", path.display()));
        let to = PathBuf::from(format!("{}{suffix}", free.display()));
        if from.exists() {
            fs::rename(&from, &to).map_err(|error| LibraryError::io(&from, error))?;
        }
    }
    Ok(free)
}

/// Puts the latest sound backup in the library's place; says which.
fn restore(path: &Path) -> Result<Option<PathBuf>> {
    let is_sound = |connection: &mut Connection| faults(connection).is_ok_and(|f| f.is_empty());
    let Some(backup) = backups(path).find(|backup| is_backup(backup, is_sound)) else {
        return Ok(None);
    };
    let unfinished = path.with_extension("restored");
    fs::copy(&backup, &unfinished)
        .and_then(|_| fs::rename(&unfinished, path))
        .map_err(|error| LibraryError::io(path, error))?;
    Ok(Some(backup))
}

/// Whether a file is a library of a version that is known, and good enough.
fn is_backup(file: &Path, is_good: impl FnOnce(&mut Connection) -> bool) -> bool {
    let opened = store::connect(file, &Options::default()).and_then(|mut connection| {
        let known = (1..=schema::VERSION).contains(&store::version(&connection)?);
        Ok(known && is_good(&mut connection))
    });
    opened.unwrap_or(false)
}

/// Whether a database of any version holds together.
fn integrity_is_ok(connection: &mut Connection) -> bool {
    connection
        .pragma_query_value(None, "integrity_check", |row| row.get::<_, String>(0))
        .is_ok_and(|answer| answer == "ok")
}
