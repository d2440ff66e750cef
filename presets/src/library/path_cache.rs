//! [`PathCache`]: paths that were found once, kept in the library so that nobody searches them again.
//!
//! Nothing in it is the user's: a row that is lost, damaged or of another version is as one that was
//! never there, and is replaced when its path is found the next time. What a path is this crate does
//! not know: it keeps bytes, and who wrote them says with a checksum of its own whether they are whole.
//!
//! A guest in the library: it works only while this copy of the program has the library open, as an
//! editor has. So it makes no library, migrates none, and keeps none from another copy of the program;
//! and it has it open for moments only.

use std::path::PathBuf;

use rusqlite::{OptionalExtension, Transaction, params};

use super::error::{LibraryError, Result};
use super::store::{Options, Store};
use super::{Problem, folder};
use crate::patch::Patch;

/// Paths that are kept; of more, those go that were not used for longest.
pub const MOST: usize = 500;

/// Bytes that a path may have. Whole tables of noise have fewer, and damage must not fill the memory.
pub const MOST_BYTES: usize = 128 * 1024;

/// Counts of uses go up to here. Only damage is beyond, and would leave no number for the next use.
const MOST_USED: i64 = i64::MAX / 2;

/// What a path is found by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Where it begins, with its name: a search may look at all of it.
    pub a: Patch,
    /// Where it ends.
    pub b: Patch,
    /// A word for the arithmetic it is listened to with, the same in all versions.
    pub engine: &'static str,
    /// A word for how it leads from one to the other, the same in all versions.
    pub kind: &'static str,
    /// SHA-256 of the network's weights. Paths of another network are not found.
    pub model: [u8; 32],
    /// The version of the search. Paths of another are not found.
    pub search: String,
}

/// The paths in a library. Each thread has its own.
#[derive(Debug)]
pub struct PathCache {
    store: Store,
}

impl PathCache {
    /// In the library of this user; touches nothing.
    ///
    /// # Errors
    /// When the platform names no folder for it.
    pub fn of_user(options: Options) -> Result<PathCache> {
        let path = folder::library_file().ok_or(Problem::NoDataFolder)?;
        Ok(PathCache::at(path, options))
    }

    /// In the library in that file; touches nothing.
    pub fn at(path: impl Into<PathBuf>, options: Options) -> PathCache {
        PathCache {
            store: Store::for_guest(path.into(), options),
        }
    }

    /// The bytes of that path, if they are there.
    ///
    /// # Errors
    /// When the library is not open ([`Problem::Closed`]), or cannot be read within
    /// [`Options::wait`], or at all.
    pub fn get(&mut self, wanted: &Wanted) -> Result<Option<Vec<u8>>> {
        let got = self.store.read(|transaction| read(transaction, wanted));
        // An instance without an editor must not be the one that keeps the library open.
        self.store.close();
        got
    }

    /// Keeps the bytes of that path, as the one used last, in the place of what was kept of it before.
    ///
    /// # Errors
    /// When there are more than [`MOST_BYTES`], or the library is not open ([`Problem::Closed`]), or
    /// cannot be written within [`Options::wait`], or at all.
    pub fn put(&mut self, wanted: &Wanted, bytes: &[u8]) -> Result<()> {
        if bytes.len() > MOST_BYTES {
            let reason = format!("a path of {} bytes is none", bytes.len());
            return Err(LibraryError::request(reason));
        }
        let put = self
            .store
            .write(|transaction| write(transaction, wanted, bytes));
        self.store.close();
        put
    }
}

fn read(transaction: &Transaction, wanted: &Wanted) -> Result<Option<Vec<u8>>> {
    let mut select = transaction.prepare(
        "SELECT bytes FROM path
         WHERE a = ?1 AND b = ?2 AND engine = ?3 AND kind = ?4 AND model = ?5 AND search = ?6
           AND length(bytes) <= ?7",
    )?;
    let parameters = params![
        wanted.a.to_packed(),
        wanted.b.to_packed(),
        wanted.engine,
        wanted.kind,
        wanted.model,
        wanted.search,
        MOST_BYTES as u64,
    ];
    Ok(select.query_row(parameters, |row| row.get(0)).optional()?)
}

fn write(transaction: &Transaction, wanted: &Wanted, bytes: &[u8]) -> Result<()> {
    transaction.execute(
        "DELETE FROM path WHERE used NOT BETWEEN 0 AND ?1",
        [MOST_USED],
    )?;
    transaction.execute(
        "INSERT OR REPLACE INTO path (a, b, engine, kind, model, search, bytes, used)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, (SELECT coalesce(max(used), 0) + 1 FROM path))",
        params![
            wanted.a.to_packed(),
            wanted.b.to_packed(),
            wanted.engine,
            wanted.kind,
            wanted.model,
            wanted.search,
            bytes,
        ],
    )?;
    transaction.execute(
        "DELETE FROM path WHERE id IN
             (SELECT id FROM path ORDER BY used DESC, id DESC LIMIT -1 OFFSET ?1)",
        [MOST as u64],
    )?;
    Ok(())
}
