//! [`Store`]: the database file, opened when it is first needed, and how to read and write it.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};

use super::claim::Claim;
use super::error::{LibraryError, Problem, Result};
use super::{repair, schema};

/// How a library waits and how far it may grow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// How long a call waits for others to finish their writes before it reports "busy".
    pub wait: Duration,
    /// The size in bytes that the database may reach; `None`: as large as the disk allows.
    pub max_bytes: Option<u64>,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            wait: Duration::from_secs(20),
            max_bytes: None,
        }
    }
}

/// A database file and, once something was asked of it, the connection to it.
#[derive(Debug)]
pub struct Store {
    path: PathBuf,
    options: Options,
    open: Open,
    connection: Option<Opened>,
}

/// How the database is opened.
type Open = fn(&Path, &Options) -> Result<Opened>;

/// A connection, and after it, in the order in which they are dropped, the right to have it.
#[derive(Debug)]
struct Opened {
    connection: Connection,
    _claim: Claim,
}

/// The size of a page, SQLite's default.
const PAGE_BYTES: u64 = 4096;

impl Store {
    /// A store in that file. Nothing is touched yet.
    pub fn new(path: PathBuf, options: Options) -> Store {
        Store {
            path,
            options,
            open,
            connection: None,
        }
    }

    /// The same for a guest: it is opened only while this copy of the program has it open already, as
    /// it is. What a guest writes may be lost if the power fails; nothing else is.
    pub fn for_guest(path: PathBuf, options: Options) -> Store {
        Store {
            open: open_as_guest,
            ..Store::new(path, options)
        }
    }

    /// The database file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// How it waits and how far it may grow.
    pub fn options(&self) -> Options {
        self.options
    }

    /// Closes the connection; the next call opens it again.
    pub fn close(&mut self) {
        self.connection = None;
    }

    /// Reads: all that `work` sees is of one moment.
    pub fn read<T>(&mut self, work: impl FnMut(&Transaction) -> Result<T>) -> Result<T> {
        self.transact(TransactionBehavior::Deferred, work)
    }

    /// Writes: all that `work` does is stored together, or nothing of it. The lock is taken at
    /// the beginning, so that a write can never fail in its middle because of another. `work` runs
    /// again where the database was busy.
    pub fn write<T>(&mut self, work: impl FnMut(&Transaction) -> Result<T>) -> Result<T> {
        self.transact(TransactionBehavior::Immediate, work)
    }

    fn transact<T>(
        &mut self,
        behavior: TransactionBehavior,
        mut work: impl FnMut(&Transaction) -> Result<T>,
    ) -> Result<T> {
        // SQLite waits by itself in all but a few moments: recovery after a crash, and the last
        // other connection closing. Those are short, and trying again covers them.
        let deadline = Instant::now() + self.options.wait;
        loop {
            let result = self.connection().and_then(|connection| {
                let transaction = connection.transaction_with_behavior(behavior)?;
                let value = work(&transaction)?;
                transaction.commit()?;
                Ok(value)
            });
            match result {
                Err(error) if error.is_busy() && Instant::now() < deadline => {
                    std::thread::sleep(Duration::from_millis(1));
                }
                result => return result.map_err(|error| error.at(&self.path)),
            }
        }
    }

    /// The connection, opened now if it was not yet.
    pub fn connection(&mut self) -> Result<&mut Connection> {
        if self.connection.is_none() {
            let opened = (self.open)(&self.path, &self.options);
            self.connection = Some(opened.map_err(|error| error.at(&self.path))?);
        }
        let opened = self.connection.as_mut().expect("it was opened just now");
        Ok(&mut opened.connection)
    }
}

/// Opens the library, and makes or migrates it where that is needed.
fn open(path: &Path, options: &Options) -> Result<Opened> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|error| LibraryError::io(folder, error))?;
    }
    let claim = Claim::take(path, || refuse_foreign(path))?;
    let mut connection = connect(path, options)?;
    match version(&connection)? {
        schema::VERSION => {}
        found if found > schema::VERSION => return Err(newer(found)),
        _ => {
            // One process makes or migrates the database; the others wait here and find it done.
            let _lock = lock_file(path, "lock")?;
            migrate(&mut connection, path)?;
        }
    }
    Ok(Opened {
        connection,
        _claim: claim,
    })
}

/// Opens the library beside who has it open: makes, migrates and examines no file.
fn open_as_guest(path: &Path, options: &Options) -> Result<Opened> {
    let claim = Claim::join(path).ok_or(Problem::Closed)?;
    let connection = connect_with(path, options, OpenFlags::empty())?;
    // A guest's writes wait for no disk; in the log, what others commit is whole all the same.
    connection.execute_batch("PRAGMA synchronous = NORMAL")?;
    match version(&connection)? {
        schema::VERSION if application(&connection)? == schema::APPLICATION_ID => Ok(Opened {
            connection,
            _claim: claim,
        }),
        schema::VERSION => Err(Problem::Foreign.into()),
        found if found > schema::VERSION => Err(newer(found)),
        // Who has it open is making or migrating it.
        _ => Err(Problem::Busy.into()),
    }
}

/// A connection with our settings, whatever the schema's version; makes the file if there is none.
pub fn connect(path: &Path, options: &Options) -> Result<Connection> {
    connect_with(path, options, OpenFlags::SQLITE_OPEN_CREATE)
}

fn connect_with(path: &Path, options: &Options, more: OpenFlags) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | more;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(options.wait)?;
    connection.set_prepared_statement_cache_capacity(64);
    // FULL: what was committed is on the disk, also after a power failure.
    connection.execute_batch(
        "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA cache_size = -16000;",
    )?;
    if let Some(bytes) = options.max_bytes {
        let pages = i64::try_from(bytes / PAGE_BYTES).unwrap_or(i64::MAX);
        connection.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()))?;
    }
    Ok(connection)
}

/// The schema's version in the database; 0: it is empty.
pub fn version(connection: &Connection) -> Result<u32> {
    Ok(connection.pragma_query_value(None, "user_version", |row| row.get(0))?)
}

/// Whose database it is.
fn application(connection: &Connection) -> Result<i32> {
    Ok(connection.pragma_query_value(None, "application_id", |row| row.get(0))?)
}

/// Looks at the file's header, as bytes: a file that is not ours is not even opened by SQLite,
/// which might finish or roll back what another program left there.
pub fn refuse_foreign(path: &Path) -> Result<()> {
    const MAGIC: &[u8] = b"SQLite format 3\0";
    let mut header = Vec::new();
    match File::open(path) {
        Ok(file) => file.take(105).read_to_end(&mut header),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => Err(error),
    }
    .map_err(|error| LibraryError::io(path, error))?;
    if header.is_empty() {
        return Ok(());
    }
    if header.len() < 105 || !header.starts_with(MAGIC) {
        return Err(Problem::Foreign.into());
    }
    let application = i32::from_be_bytes(header[68..72].try_into().expect("four bytes"));
    // Made, but killed before the first table was in the file itself: no identity and no entry in
    // the first page, which holds the list of tables.
    let blank = application == 0 && header[103..105] == [0, 0];
    if application == schema::APPLICATION_ID || blank {
        Ok(())
    } else {
        Err(Problem::Foreign.into())
    }
}

/// Leads the database step by step to the present version; the caller holds the lock. What there
/// was before is kept in a backup beside it.
fn migrate(connection: &mut Connection, path: &Path) -> Result<()> {
    let found = version(connection)?;
    if found > schema::VERSION {
        return Err(newer(found));
    }
    if found == 0 {
        connection.pragma_update_and_check(None, "journal_mode", "wal", |_| Ok(()))?;
    } else if found < schema::VERSION {
        repair::back_up(connection, &repair::backup_path(path, &format!("v{found}")))?;
    }
    for step in found..schema::VERSION {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction.execute_batch(schema::MIGRATIONS[step as usize])?;
        transaction.pragma_update(None, "application_id", schema::APPLICATION_ID)?;
        transaction.pragma_update(None, "user_version", step + 1)?;
        transaction.commit()?;
    }
    Ok(())
}

/// Takes the lock of that kind, which ends with the value or with the process; waits for it.
pub fn lock_file(path: &Path, kind: &str) -> Result<File> {
    let lock = path.with_extension(kind);
    let file = File::create(&lock).map_err(|error| LibraryError::io(&lock, error))?;
    file.lock()
        .map_err(|error| LibraryError::io(&lock, error))?;
    Ok(file)
}

/// Takes the lock of that kind if nobody has it.
pub fn try_lock_file(path: &Path, kind: &str) -> Result<Option<File>> {
    let lock = path.with_extension(kind);
    let file = File::create(&lock).map_err(|error| LibraryError::io(&lock, error))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(fs::TryLockError::WouldBlock) => Ok(None),
        Err(fs::TryLockError::Error(error)) => Err(LibraryError::io(&lock, error)),
    }
}

fn newer(found: u32) -> LibraryError {
    let known = schema::VERSION;
    Problem::Newer { found, known }.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::{Library, PathCache, Query, Wanted};
    use crate::patch::Patch;

    /// A library as the first `version` steps of the schema make it, with a preset in it.
    fn old(path: &Path, version: usize) {
        let connection = connect(path, &Options::default()).unwrap();
        for step in &schema::MIGRATIONS[..version] {
            connection.execute_batch(step).unwrap();
        }
        connection
            .pragma_update(None, "application_id", schema::APPLICATION_ID)
            .unwrap();
        connection
            .pragma_update(None, "user_version", version as u32)
            .unwrap();
        let voice = crate::library::preset::voice(&Patch::INIT);
        let insert = "INSERT INTO preset (voice, name, algorithm, category, favourite)
                      VALUES (?1, 'INIT VOICE', 1, 'other', 1)";
        connection.execute(insert, [&voice[..]]).unwrap();
        crate::library::document::rebuild(&connection).unwrap();
    }

    fn wanted() -> Wanted {
        Wanted {
            a: Patch::INIT,
            b: Patch::INIT,
            engine: "modern",
            kind: "even",
            model: [7; 32],
            search: "1".to_owned(),
        }
    }

    #[test]
    fn a_guest_waits_for_who_makes_the_library_and_refuses_what_it_does_not_know() {
        let folder = std::env::temp_dir().join(format!("tween-guest-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let path = folder.join("library.sqlite");
        old(&path, schema::MIGRATIONS.len() - 1);
        let options = Options {
            wait: Duration::from_millis(10),
            ..Options::default()
        };
        // As a claim is held while the library is being migrated.
        let claim = Claim::take(&path, || Ok(())).unwrap();
        let refusal = || {
            let refused = PathCache::at(&path, options).get(&wanted()).unwrap_err();
            refused.problem
        };
        assert!(matches!(refusal(), Problem::Busy));
        for (field, value) in [
            ("user_version", schema::VERSION as i32 + 1),
            ("user_version", schema::VERSION as i32),
            ("application_id", 7),
        ] {
            let connection = Connection::open(&path).unwrap();
            connection.pragma_update(None, field, value).unwrap();
            drop(connection);
            match (field, value) {
                ("application_id", _) => assert!(matches!(refusal(), Problem::Foreign)),
                // There is no such table.
                (_, value) if value == schema::VERSION as i32 => {
                    assert!(matches!(refusal(), Problem::Sql(_)));
                }
                _ => assert!(matches!(refusal(), Problem::Newer { .. })),
            }
        }
        drop(claim);
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn every_older_version_is_migrated_with_a_backup() {
        for version in 1..schema::MIGRATIONS.len() {
            let folder =
                std::env::temp_dir().join(format!("tween-v{version}-{}", std::process::id()));
            fs::create_dir_all(&folder).unwrap();
            let path = folder.join("library.sqlite");
            old(&path, version);
            let mut library = Library::at(&path, Options::default());
            let query = Query {
                text: "init".to_owned(),
                favourites: true,
                ..Query::default()
            };
            let found = library.search(&query, 0, 10).unwrap();
            assert_eq!(library.patch(found[0].id).unwrap(), Patch::INIT);
            assert!(library.check().unwrap().is_sound());
            let mut paths = PathCache::at(&path, Options::default());
            assert_eq!(paths.get(&wanted()).unwrap(), None);
            paths.put(&wanted(), b"a path").unwrap();
            assert_eq!(paths.get(&wanted()).unwrap().unwrap(), b"a path");
            let backup = repair::backup_path(&path, &format!("v{version}"));
            let kept = Connection::open(&backup).unwrap();
            assert_eq!(super::version(&kept).unwrap(), version as u32);
            drop((library, kept));
            fs::remove_dir_all(&folder).unwrap();
        }
    }
}
