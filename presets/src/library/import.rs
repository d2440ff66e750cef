//! Bringing files into the library: each once, in short writes, with a report for each.
//!
//! An import can be stopped at any moment, by its caller or with the whole program: what was
//! written stays, and the same import, called again, goes on where the other stopped.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension};

use super::error::{LibraryError, Problem, Result};
use super::preset::PresetId;
use super::source::{self, Bank, SourceFile};
use super::{Library, document, keep, store};

/// Voices in one write: few enough that others wait some milliseconds for its end.
const VOICES_PER_WRITE: usize = 256;

/// How far a long task is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// What it is doing.
    pub stage: Stage,
    /// Files read, or presets measured.
    pub done: usize,
    /// Of so many.
    pub total: usize,
    /// The file it is at; empty while measuring.
    pub file: PathBuf,
}

/// What a long task is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Reading files.
    Reading,
    /// Measuring sounds.
    Measuring,
}

/// What came of an import.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// File by file, in alphabetical order.
    pub files: Vec<FileReport>,
    /// Files of folders that were passed over because of their names.
    pub ignored: usize,
    /// Whether it was cancelled before its end.
    pub cancelled: bool,
}

/// What came of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileReport {
    /// The file.
    pub path: PathBuf,
    /// What was done with it.
    pub outcome: Outcome,
    /// Patches that were in it.
    pub voices: usize,
    /// Patches of it that the library did not have.
    pub new: usize,
    /// Patches of it with values out of range.
    pub cleaned: usize,
    /// What a person should know of it.
    pub notes: Vec<String>,
}

/// What was done with a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// All of it is in the library.
    Imported,
    /// It was in the library, and has not changed since.
    Unchanged,
    /// There is nothing in it, for this reason.
    Refused(String),
}

impl Report {
    /// Patches that were in all files, that the library did not have, and with values out of range.
    pub fn totals(&self) -> (usize, usize, usize) {
        self.files
            .iter()
            .fold((0, 0, 0), |(voices, new, cleaned), file| {
                (voices + file.voices, new + file.new, cleaned + file.cleaned)
            })
    }
}

impl Library {
    /// Imports files and folders. `progress` is told of every file and may stop the import.
    ///
    /// # Errors
    /// When a path cannot be read, another import is running, or the library cannot be written. A
    /// file that cannot be read, or that has nothing in it, is in the report.
    pub fn import(
        &mut self,
        paths: &[PathBuf],
        mut progress: impl FnMut(&Progress) -> ControlFlow<()>,
    ) -> Result<Report> {
        self.store.connection()?;
        let Some(_lock) = store::try_lock_file(self.path(), "import")? else {
            return Err(Problem::ImportRunning.into());
        };
        let mut report = Report::default();
        let files = source::files(paths, &mut report.ignored)
            .map_err(|(path, error)| LibraryError::io(&path, error))?;
        let jobs: Vec<String> = paths.iter().filter_map(|path| absolute(path)).collect();
        self.store.write(|transaction| {
            jobs.iter().try_for_each(|job| {
                transaction.execute("INSERT OR IGNORE INTO job (path) VALUES (?1)", [job])?;
                Ok(())
            })
        })?;

        let mut batch = Batch::default();
        for (index, file) in files.iter().enumerate() {
            let now = Progress {
                stage: Stage::Reading,
                done: index,
                total: files.len(),
                file: file.path.clone(),
            };
            if progress(&now).is_break() {
                report.cancelled = true;
                break;
            }
            self.import_file(file, &mut batch, &mut report)?;
        }
        self.flush(&mut batch, &mut report)?;
        // An import that was cancelled is at its end too: who cancelled it does not want the rest.
        self.store.write(|transaction| {
            jobs.iter().try_for_each(|job| {
                transaction.execute("DELETE FROM job WHERE path = ?1", [job])?;
                Ok(())
            })
        })?;
        Ok(report)
    }

    /// The paths of imports that ended with their program, before their end. Importing them again
    /// goes on.
    pub fn unfinished_imports(&mut self) -> Result<Vec<PathBuf>> {
        self.store.read(|transaction| {
            let mut statement = transaction.prepare_cached("SELECT path FROM job ORDER BY path")?;
            let paths =
                statement.query_map([], |row| row.get::<_, String>(0).map(PathBuf::from))?;
            Ok(paths.collect::<rusqlite::Result<_>>()?)
        })
    }

    fn import_file(
        &mut self,
        file: &SourceFile,
        batch: &mut Batch,
        report: &mut Report,
    ) -> Result<()> {
        let index = report.files.len();
        report.files.push(FileReport {
            path: file.path.clone(),
            outcome: Outcome::Imported,
            voices: 0,
            new: 0,
            cleaned: 0,
            notes: Vec::new(),
        });
        if self.is_imported(file)? {
            report.files[index].outcome = Outcome::Unchanged;
            return Ok(());
        }
        let mut notes = Vec::new();
        let read = source::read(file, &mut notes, |mut bank| {
            // A long bank goes over several writes.
            while bank.voices.len() + batch.voices > VOICES_PER_WRITE {
                let now = bank
                    .voices
                    .drain(..VOICES_PER_WRITE - batch.voices)
                    .collect();
                let part = Bank {
                    voices: now,
                    entry: bank.entry.clone(),
                    cartridge: bank.cartridge.clone(),
                    folder: bank.folder.clone(),
                };
                batch.add(index, file, part);
                self.flush(batch, report)?;
            }
            batch.add(index, file, bank);
            Ok::<(), LibraryError>(())
        });
        report.files[index].notes = notes;
        match read {
            Ok(taken) => taken?,
            Err(reason) => report.files[index].outcome = Outcome::Refused(reason),
        }
        if report.files[index].outcome == Outcome::Imported {
            batch.finished.push(file.clone());
        }
        Ok(())
    }

    /// Whether the file is in the library as it is now. A file that has changed is forgotten, its
    /// presets are not.
    fn is_imported(&mut self, file: &SourceFile) -> Result<bool> {
        let path = file.path.to_string_lossy();
        let find = "SELECT size = ?2 AND modified = ?3, done FROM file WHERE path = ?1";
        let known: Option<(bool, bool)> = self.store.read(|transaction| {
            let mut statement = transaction.prepare_cached(find)?;
            let row = statement.query_row((&path, file.size, file.modified), |row| {
                Ok((row.get(0)?, row.get(1)?))
            });
            Ok(row.optional()?)
        })?;
        if let Some((false, _)) = known {
            self.store.write(|transaction| forget(transaction, &path))?;
        }
        Ok(known == Some((true, true)))
    }

    fn flush(&mut self, batch: &mut Batch, report: &mut Report) -> Result<()> {
        if batch.parts.is_empty() && batch.finished.is_empty() {
            return Ok(());
        }
        let stored = self.store.write(|transaction| {
            let parts = batch.parts.iter();
            let new = parts
                .map(|part| store_part(transaction, part))
                .collect::<Result<Vec<_>>>()?;
            for file in &batch.finished {
                let path = file.path.to_string_lossy();
                transaction
                    .prepare_cached("UPDATE file SET done = 1 WHERE path = ?1")?
                    .execute([path])?;
            }
            Ok(new)
        })?;
        for (part, new) in batch.parts.iter().zip(stored) {
            let file = &mut report.files[part.report];
            file.new += new;
            file.voices += part.bank.voices.len();
            file.cleaned += part
                .bank
                .voices
                .iter()
                .filter(|voice| voice.cleaned > 0)
                .count();
        }
        *batch = Batch::default();
        self.sounds = None;
        Ok(())
    }
}

/// What goes into the next write.
#[derive(Default)]
struct Batch {
    parts: Vec<Part>,
    voices: usize,
    /// Files whose last part is among them.
    finished: Vec<SourceFile>,
}

struct Part {
    /// The file's place in the report.
    report: usize,
    file: SourceFile,
    bank: Bank,
}

impl Batch {
    fn add(&mut self, report: usize, file: &SourceFile, bank: Bank) {
        self.voices += bank.voices.len();
        let file = file.clone();
        self.parts.push(Part { report, file, bank });
    }
}

/// Stores a part of a file; says how many of its patches are new.
fn store_part(connection: &Connection, part: &Part) -> Result<usize> {
    let path = part.file.path.to_string_lossy();
    connection
        .prepare_cached("INSERT OR IGNORE INTO file (path, size, modified) VALUES (?1, ?2, ?3)")?
        .execute((&path, part.file.size, part.file.modified))?;
    let file: i64 = connection
        .prepare_cached("SELECT id FROM file WHERE path = ?1")?
        .query_row([&path], |row| row.get(0))?;
    let bank = &part.bank;
    connection
        .prepare_cached(
            "INSERT OR IGNORE INTO source (file, entry, cartridge, folder)
             VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute((file, &bank.entry, &bank.cartridge, &bank.folder))?;
    let source: i64 = connection
        .prepare_cached("SELECT id FROM source WHERE file = ?1 AND entry = ?2")?
        .query_row((file, &bank.entry), |row| row.get(0))?;

    let mut new = 0;
    for voice in &bank.voices {
        let known = connection
            .prepare_cached("SELECT 1 FROM origin WHERE source = ?1 AND position = ?2")?
            .exists((source, voice.position))?;
        if known {
            continue;
        }
        let stored = keep::insert(connection, &voice.patch)?;
        new += usize::from(stored.new);
        connection
            .prepare_cached(
                "INSERT INTO origin (source, position, preset, name, cleaned)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute((
                source,
                voice.position,
                stored.id.0,
                &voice.names,
                voice.cleaned,
            ))?;
        for tag in &voice.tags {
            connection
                .prepare_cached("INSERT OR IGNORE INTO tag (preset, tag) VALUES (?1, ?2)")?
                .execute((stored.id.0, tag))?;
        }
        document::refresh(connection, stored.id)?;
    }
    Ok(new)
}

/// Takes a file out of the origins; its presets stay.
fn forget(connection: &Connection, path: &str) -> Result<()> {
    let presets = {
        let mut statement = connection.prepare(
            "SELECT DISTINCT preset FROM origin JOIN source ON source.id = origin.source
             JOIN file ON file.id = source.file WHERE path = ?1",
        )?;
        let presets = statement.query_map([path], |row| row.get(0).map(PresetId))?;
        presets.collect::<rusqlite::Result<Vec<_>>>()?
    };
    connection.execute("DELETE FROM file WHERE path = ?1", [path])?;
    presets
        .into_iter()
        .try_for_each(|preset| document::refresh(connection, preset))
}

fn absolute(path: &Path) -> Option<String> {
    let path = std::fs::canonicalize(path).ok()?;
    Some(path.to_string_lossy().into_owned())
}
