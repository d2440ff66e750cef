//! Patches from a file on disk.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::sysex::{self, Import, Refusal};

/// Longer files are refused: the largest known collection of voices is a tenth of this.
const MAX_LEN: u64 = 64 << 20;

/// Whether a file of that name holds packed voices without headers: it ends in `.bin`.
pub fn is_packed(path: &Path) -> bool {
    path.extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("bin"))
}

/// Reads a file: packed voices ([`sysex::read_packed`]) if its name ends in `.bin`, sysex
/// ([`sysex::read`]) otherwise.
///
/// # Errors
/// [`FileError`] if it cannot be read, is over 64 MiB, or holds no patches.
pub fn read(path: &Path) -> Result<Import, FileError> {
    let error = |reason| FileError {
        path: path.to_owned(),
        reason,
    };
    let bytes = bytes(path).map_err(error)?;
    let import = if is_packed(path) {
        sysex::read_packed(&bytes)
    } else {
        sysex::read(&bytes)
    };
    import.map_err(|refusal| error(Reason::Refused(refusal)))
}

fn bytes(path: &Path) -> Result<Vec<u8>, Reason> {
    if path.is_dir() {
        return Err(Reason::Folder);
    }
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(MAX_LEN + 1).read_to_end(&mut bytes))
        .map_err(Reason::Io)?;
    if bytes.len() as u64 > MAX_LEN {
        return Err(Reason::TooLong);
    }
    Ok(bytes)
}

/// Why there are no patches to be had from a file.
#[derive(Debug)]
pub struct FileError {
    path: PathBuf,
    reason: Reason,
}

#[derive(Debug)]
enum Reason {
    Folder,
    Io(io::Error),
    TooLong,
    Refused(Refusal),
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.path.display())?;
        match &self.reason {
            Reason::Folder => f.write_str("is a folder: name a file in it"),
            Reason::Io(error) if error.kind() == io::ErrorKind::NotFound => {
                f.write_str("no such file")
            }
            Reason::Io(error) => write!(f, "cannot be read: {error}"),
            Reason::TooLong => write!(f, "is longer than {} MiB: no DX7 file is", MAX_LEN >> 20),
            Reason::Refused(refusal) => refusal.fmt(f),
        }
    }
}

impl std::error::Error for FileError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.reason {
            Reason::Io(error) => Some(error),
            Reason::Refused(refusal) => Some(refusal),
            Reason::Folder | Reason::TooLong => None,
        }
    }
}
