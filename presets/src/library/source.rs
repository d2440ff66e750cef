//! Where patches come from: files, archives and databases, found under the paths that users name.
//! All of them are only read.

use std::fs::{self, File};
use std::io::{self, Read, Seek};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use super::spinvae;
use crate::patch::Patch;
use crate::sysex;

/// A bank of a file.
#[derive(Debug)]
pub struct Bank {
    /// Its place inside the file; empty: the file itself.
    pub entry: String,
    /// The cartridge's name.
    pub cartridge: String,
    /// The name of the folder it lies in.
    pub folder: String,
    /// Its patches.
    pub voices: Vec<Voice>,
}

/// A patch of a bank.
#[derive(Debug)]
pub struct Voice {
    /// Its place in the bank, counted from 0.
    pub position: u32,
    /// The patch, in range.
    pub patch: Patch,
    /// Its name there, and others that are known, with commas between.
    pub names: String,
    /// How many of its values were out of range.
    pub cleaned: u32,
    /// What is said of it there.
    pub tags: Vec<String>,
}

/// A file that may hold patches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFile {
    /// Where it lies, without `.` and links.
    pub path: PathBuf,
    /// Bytes.
    pub size: i64,
    /// Nanoseconds since 1970 of its last change.
    pub modified: i64,
}

/// What files of patches are called.
pub const EXTENSIONS: [&str; 9] = [
    "syx", "sysex", "dx7", "bin", "zip", "mid", "sqlite", "sqlite3", "db",
];
/// Longer files are not read, and no more is unpacked of one archive: no collection of DX7 voices is as
/// long.
const MAX_BYTES: u64 = 256 << 20;
/// More is not said of the voices of one file.
const MAX_NOTES: usize = 12;
/// More members of an archive are not read.
const MAX_MEMBERS: usize = 100_000;

/// The files under these paths: a file that is named itself whatever it is called, of a folder
/// those with a fitting name, however deep. Links to folders are not followed. In alphabetical
/// order; `ignored` counts what was passed over.
///
/// # Errors
/// The path that cannot be read, and why.
pub fn files(
    paths: &[PathBuf],
    ignored: &mut usize,
) -> Result<Vec<SourceFile>, (PathBuf, io::Error)> {
    let mut found = Vec::new();
    for path in paths {
        let known = |error| (path.clone(), error);
        let path = fs::canonicalize(path).map_err(known)?;
        if path.is_dir() {
            walk(&path, &mut found, ignored).map_err(|error| (path, error))?;
        } else {
            found.push(describe(path).map_err(known)?);
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found.dedup();
    Ok(found)
}

fn walk(folder: &Path, found: &mut Vec<SourceFile>, ignored: &mut usize) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let (path, kind) = (entry.path(), entry.file_type()?);
        if kind.is_dir() {
            // A folder in it that may not be read is passed over, like a file that may not.
            if walk(&path, found, ignored).is_err() {
                *ignored += 1;
            }
        } else if has_fitting_name(&path) && path.is_file() {
            found.push(describe(path)?);
        } else {
            *ignored += 1;
        }
    }
    Ok(())
}

fn describe(path: PathBuf) -> io::Result<SourceFile> {
    let data = fs::metadata(&path)?;
    let modified = data
        .modified()?
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Ok(SourceFile {
        path,
        size: data.len().try_into().unwrap_or(i64::MAX),
        modified: modified.as_nanos().try_into().unwrap_or(i64::MAX),
    })
}

fn has_fitting_name(path: &Path) -> bool {
    let extension = path
        .extension()
        .unwrap_or_default()
        .to_string_lossy()
        .to_lowercase();
    EXTENSIONS.contains(&&*extension)
}

/// Reads a file and hands over its banks one by one. `notes` gets what a person should know of it.
///
/// # Errors
/// Why there are no patches in it; `Ok(Err(_))` what `take` returned.
pub fn read<E>(
    file: &SourceFile,
    notes: &mut Vec<String>,
    mut take: impl FnMut(Bank) -> Result<(), E>,
) -> Result<Result<(), E>, String> {
    let path = &file.path;
    let folder = name_of(path.parent().unwrap_or(Path::new("")));
    let mut opened = File::open(path).map_err(|error| format!("it cannot be read: {error}"))?;
    let mut start = Vec::new();
    (&mut opened)
        .take(16)
        .read_to_end(&mut start)
        .and_then(|_| opened.rewind())
        .map_err(|error| format!("it cannot be read: {error}"))?;
    if start.starts_with(b"SQLite format 3\0") {
        for bank in spinvae::read(path, &folder, notes)? {
            if let Err(error) = take(bank) {
                return Ok(Err(error));
            }
        }
        return Ok(Ok(()));
    }
    if start.starts_with(b"PK\x03\x04") {
        return archive(opened, MAX_BYTES, &folder, notes, take);
    }
    let mut left = MAX_BYTES;
    let bytes = bytes(opened, &mut left)?;
    let voices = voices(path, &bytes, notes)?;
    Ok(take(Bank {
        entry: String::new(),
        cartridge: stem_of(path),
        folder,
        voices,
    }))
}

/// The banks of an archive, of which `left` bytes are unpacked.
fn archive<E>(
    file: impl Read + Seek,
    mut left: u64,
    folder: &str,
    notes: &mut Vec<String>,
    mut take: impl FnMut(Bank) -> Result<(), E>,
) -> Result<Result<(), E>, String> {
    let mut archive =
        zip::ZipArchive::new(file).map_err(|error| format!("it is a damaged archive: {error}"))?;
    if archive.len() > MAX_MEMBERS {
        notes.push(format!("only its first {MAX_MEMBERS} members were read"));
    }
    let mut any = false;
    for index in 0..archive.len().min(MAX_MEMBERS) {
        if left == 0 {
            notes.push(format!("only its first {} MiB were read", MAX_BYTES >> 20));
            break;
        }
        let member = match archive.by_index(index) {
            Ok(member) => member,
            Err(error) => {
                notes.push(format!("member {}: {error}", index + 1));
                continue;
            }
        };
        let entry = String::from_utf8_lossy(member.name_raw()).into_owned();
        let path = Path::new(&entry);
        // Nothing is unpacked to the disk: the name is only a name.
        if member.is_dir() || !has_fitting_name(path) {
            continue;
        }
        let mut said = Vec::new();
        let read = bytes(member, &mut left).and_then(|bytes| voices(path, &bytes, &mut said));
        notes.extend(said.into_iter().map(|note| format!("{entry}: {note}")));
        match read {
            Ok(voices) => {
                any = true;
                let inside = path.parent().map(name_of).unwrap_or_default();
                let bank = Bank {
                    cartridge: stem_of(path),
                    folder: format!("{folder} {inside}").trim().to_owned(),
                    entry,
                    voices,
                };
                if let Err(error) = take(bank) {
                    return Ok(Err(error));
                }
            }
            Err(reason) => notes.push(format!("{entry}: {reason}")),
        }
    }
    match any {
        true => Ok(Ok(())),
        false => Err("it is an archive without DX7 voices".to_owned()),
    }
}

/// All of a file or a member, unless it is longer than `left`, from which it is taken: an archive may
/// promise little and give much, and name the same member many times.
fn bytes(from: impl Read, left: &mut u64) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let read = from.take(*left + 1).read_to_end(&mut bytes);
    let fits = bytes.len() as u64 <= *left;
    // What was unpacked in vain took as long.
    *left = left.saturating_sub(bytes.len() as u64);
    read.map_err(|error| format!("it cannot be read: {error}"))?;
    if !fits {
        return Err(format!("more than {} MiB are not read", MAX_BYTES >> 20));
    }
    Ok(bytes)
}

fn voices(path: &Path, bytes: &[u8], notes: &mut Vec<String>) -> Result<Vec<Voice>, String> {
    let read = match crate::file::is_packed(path) {
        true => sysex::read_packed(bytes),
        false => sysex::read(bytes),
    };
    let import = read.map_err(|refusal| refusal.to_string())?;
    if !import.is_clean() {
        notes.extend(
            import
                .to_string()
                .lines()
                .take(MAX_NOTES)
                .map(str::to_owned),
        );
    }
    let voices = import
        .patches
        .iter()
        .zip(0..)
        .map(|(found, position)| Voice {
            position,
            patch: found.patch,
            names: found.patch.name(),
            cleaned: found.cleaning.clamped.len() as u32,
            tags: Vec::new(),
        });
    Ok(voices.collect())
}

fn name_of(path: &Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

fn stem_of(path: &Path) -> String {
    path.file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

#[cfg(test)]
mod tests;
