//! What can go wrong with a library, in words for the person who has to put it right.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

/// The result of whatever touches the library.
pub type Result<T> = std::result::Result<T, LibraryError>;

/// What went wrong, and with which file.
#[derive(Debug)]
pub struct LibraryError {
    /// The kind of the trouble.
    pub problem: Problem,
    /// The file it happened with; empty where none is concerned.
    pub path: PathBuf,
}

/// The kinds of trouble. Whatever it is, the file is as it was before the call.
#[derive(Debug)]
pub enum Problem {
    /// The platform names no folder for the user's data.
    NoDataFolder,
    /// The file is no SQLite database, or one that another program made.
    Foreign,
    /// A later version of this program made the database.
    Newer {
        /// The schema's version in the file.
        found: u32,
        /// The latest version known here.
        known: u32,
    },
    /// The database is damaged; what SQLite says of it.
    Damaged(String),
    /// The disk, or the size the library may have, is used up.
    Full,
    /// The file or its folder may not be written.
    ReadOnly,
    /// Others kept the database locked for all of the time to wait.
    Busy,
    /// This process has loaded the program twice, and the other copy has the library open.
    Twice,
    /// Nobody has the library open, and it was not to be opened for this.
    Closed,
    /// Another import is running.
    ImportRunning,
    /// What was asked for does not exist, or a value is not allowed.
    Request(String),
    /// A file could not be read or written.
    Io(io::Error),
    /// Anything else that SQLite reports.
    Sql(rusqlite::Error),
}

impl LibraryError {
    /// A request that cannot be fulfilled, with the reason.
    pub(super) fn request(reason: impl Into<String>) -> LibraryError {
        Problem::Request(reason.into()).into()
    }

    /// A file that could not be read or written.
    pub(super) fn io(path: &Path, error: io::Error) -> LibraryError {
        let problem = match error.kind() {
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                Problem::ReadOnly
            }
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Problem::Full,
            _ => Problem::Io(error),
        };
        LibraryError::from(problem).at(path)
    }

    /// Says with which file it happened, unless that is known.
    pub(super) fn at(mut self, path: &Path) -> LibraryError {
        if self.path.as_os_str().is_empty() && !matches!(self.problem, Problem::Request(_)) {
            self.path = path.to_owned();
        }
        self
    }

    /// Whether waiting a moment and trying again may help.
    pub fn is_busy(&self) -> bool {
        matches!(self.problem, Problem::Busy)
    }

    /// Whether it may help to try again when the user has put something right.
    pub fn may_pass(&self) -> bool {
        matches!(self.problem, Problem::Busy | Problem::Twice)
    }
}

impl From<Problem> for LibraryError {
    fn from(problem: Problem) -> LibraryError {
        LibraryError {
            problem,
            path: PathBuf::new(),
        }
    }
}

impl From<rusqlite::Error> for LibraryError {
    fn from(error: rusqlite::Error) -> LibraryError {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Problem::Busy,
            Some(ErrorCode::DiskFull) => Problem::Full,
            Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
                Problem::ReadOnly
            }
            Some(ErrorCode::DatabaseCorrupt) => Problem::Damaged(error.to_string()),
            Some(ErrorCode::NotADatabase) => Problem::Foreign,
            _ => Problem::Sql(error),
        }
        .into()
    }
}

impl fmt::Display for LibraryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.as_os_str().is_empty() {
            write!(f, "{}: ", self.path.display())?;
        }
        match &self.problem {
            Problem::NoDataFolder => f.write_str(
                "no folder for the library: set TWEEN_LIBRARY to the file that shall hold it",
            ),
            Problem::Foreign => f.write_str(
                "this file is not a Tween library and was left as it is: \
                 move it away, or set TWEEN_LIBRARY to another file",
            ),
            Problem::Newer { found, known } => write!(
                f,
                "the library was written by a newer Tween (version {found}, this one reads up to \
                 {known}) and was left as it is: install that Tween again, \
                 or set TWEEN_LIBRARY to another file"
            ),
            Problem::Damaged(what) => write!(
                f,
                "the library is damaged ({what}): `cargo xtask library check --repair` restores \
                 it and keeps the damaged file"
            ),
            Problem::Full => f.write_str("no space left; nothing of this step was stored"),
            Problem::ReadOnly => {
                f.write_str("cannot be written: check the rights of the file and its folder")
            }
            Problem::Busy => f.write_str("the library is busy; try again in a moment"),
            Problem::Twice => f.write_str(
                "this host has Tween open as CLAP and as VST3; the library is open in one of them \
                 and must not be opened twice: use only one of the two in this host",
            ),
            Problem::Closed => f.write_str("the library is not open"),
            Problem::ImportRunning => {
                f.write_str("another import is running; wait for its end or cancel it")
            }
            Problem::Request(reason) => f.write_str(reason),
            Problem::Io(error) => error.fmt(f),
            Problem::Sql(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for LibraryError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.problem {
            Problem::Io(error) => Some(error),
            Problem::Sql(error) => Some(error),
            _ => None,
        }
    }
}
