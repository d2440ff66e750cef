//! [`Claim`]: one SQLite in a process has the library open, and nobody reads the file beside it.
//!
//! On Unix, locks on a file belong to the process: who closes any handle of that file gives up all
//! locks that the process has on it. SQLite looks after that among its own connections, but knows
//! nothing of a second copy of itself, as there is one where a host has loaded the CLAP and the VST3,
//! and nothing of a handle that we open ourselves. Either would take the locks from under a write,
//! and the library could be damaged ("How To Corrupt An SQLite Database File", 2.2).

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::error::{Problem, Result};
use super::store;

/// The libraries that this copy of the program has open: how often, and the lock that tells other
/// copies in the same process.
static OPEN: Mutex<BTreeMap<PathBuf, Open>> = Mutex::new(BTreeMap::new());

struct Open {
    times: usize,
    mark: Option<Mark>,
}

/// The right to have a connection to a library; to be dropped after the connection.
#[derive(Debug)]
pub struct Claim(PathBuf);

impl Claim {
    /// Claims the library in that file. `look` may read the file by itself: it is called if no
    /// connection is open.
    ///
    /// # Errors
    /// Another copy of the program in this process has it open, or what `look` finds.
    pub fn take(path: &Path, look: impl FnOnce() -> Result<()>) -> Result<Claim> {
        let path = plain(path);
        let mut all = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(open) = all.get_mut(&path) {
            open.times += 1;
        } else {
            let mark = Mark::set(&path)?;
            look()?;
            all.insert(path.clone(), Open { times: 1, mark });
        }
        Ok(Claim(path))
    }

    /// Claims a library that this copy of the program has open, until its last claim goes; `None` if it
    /// has not. Looks at no file, and keeps the library from no other copy that could have it without
    /// this.
    pub fn join(path: &Path) -> Option<Claim> {
        let path = plain(path);
        let mut all = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
        all.get_mut(&path)?.times += 1;
        Some(Claim(path))
    }
}

/// The same for all ways to write it; the file itself need not be there yet.
fn plain(path: &Path) -> PathBuf {
    let folder = path.parent().and_then(|folder| folder.canonicalize().ok());
    match (folder, path.file_name()) {
        (Some(folder), Some(name)) => folder.join(name),
        _ => path.to_owned(),
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        let mut all = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(open) = all.get_mut(&self.0) {
            open.times -= 1;
            if open.times == 0 {
                drop(open.mark.take());
                all.remove(&self.0);
            }
        }
    }
}

/// An empty file beside the library with the number of this process in its name, locked in the way
/// that belongs to the handle and not to the process.
struct Mark {
    path: PathBuf,
    _file: File,
}

/// What the names of marks begin with, after the library's own.
const KIND: &str = "open-";
/// Marks of processes that were killed go when they are that old.
const STALE: Duration = Duration::from_secs(60);

impl Mark {
    /// `None` where there is no need of it (Windows), or where no file can be made: then the library
    /// cannot be written either.
    fn set(library: &Path) -> Result<Option<Mark>> {
        if cfg!(windows) {
            return Ok(None);
        }
        sweep(library);
        let kind = format!("{KIND}{}", std::process::id());
        match store::try_lock_file(library, &kind) {
            Ok(Some(file)) => Ok(Some(Mark {
                path: library.with_extension(kind),
                _file: file,
            })),
            Ok(None) => Err(Problem::Twice.into()),
            Err(_) => Ok(None),
        }
    }
}

impl Drop for Mark {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

/// Takes away the marks that killed processes left.
fn sweep(library: &Path) {
    let (Some(folder), Some(stem)) = (library.parent(), library.file_stem()) else {
        return;
    };
    let begins = format!("{}.{KIND}", stem.to_string_lossy());
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let marks = entry.file_name().to_string_lossy().starts_with(&begins);
        let old = || {
            let made = entry.metadata().and_then(|data| data.modified()).ok();
            made.and_then(|made| made.elapsed().ok()) > Some(STALE)
        };
        if marks
            && old()
            && let Ok(file) = File::open(entry.path())
            && file.try_lock().is_ok()
        {
            let _ = fs::remove_file(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Folder {
            let folder = std::env::temp_dir().join(format!("tween-{name}-{}", std::process::id()));
            let _ = fs::remove_dir_all(&folder);
            fs::create_dir_all(&folder).unwrap();
            Folder(folder)
        }

        fn names(&self) -> usize {
            fs::read_dir(&self.0).unwrap().count()
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn one_copy_may_open_it_often_and_looks_once() {
        let folder = Folder::new("claims");
        let library = folder.0.join("library.sqlite");
        let mut looked = 0;
        let mut take = || {
            Claim::take(&library, || {
                looked += 1;
                Ok(())
            })
        };
        let claims = [take().unwrap(), take().unwrap()];
        assert_eq!(folder.names(), 1);
        drop(claims);
        assert_eq!(folder.names(), 0);
        drop(take().unwrap());
        assert_eq!(looked, 2);
    }

    #[test]
    fn only_what_is_open_is_joined() {
        let folder = Folder::new("joined-claim");
        let library = folder.0.join("library.sqlite");
        assert!(Claim::join(&library).is_none());
        let first = Claim::take(&library, || Ok(())).unwrap();
        let joined = Claim::join(&library).unwrap();
        drop(first);
        assert!(Claim::join(&library).is_some());
        drop(joined);
        assert!(Claim::join(&library).is_none());
        assert_eq!(folder.names(), 0);
    }

    #[cfg(unix)]
    #[test]
    fn another_copy_in_the_process_may_not() {
        let folder = Folder::new("second-claim");
        let library = folder.0.join("library.sqlite");
        // What the other copy would do: its own list knows nothing of ours.
        let others = Mark::set(&library).unwrap();
        let refused = Claim::take(&library, || Ok(())).unwrap_err();
        assert!(matches!(refused.problem, Problem::Twice));
        drop(others);
        Claim::take(&library, || Ok(())).unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn marks_of_the_killed_go_and_those_of_the_living_stay() {
        let folder = Folder::new("stale-claims");
        let library = folder.0.join("library.sqlite");
        let long_ago = std::time::SystemTime::now() - 2 * STALE;
        let mark = |process: &str| {
            let file = File::create(folder.0.join(format!("library.{KIND}{process}"))).unwrap();
            file.set_modified(long_ago).unwrap();
            file
        };
        let living = mark("1");
        living.lock().unwrap();
        drop(mark("2"));
        drop(Claim::take(&library, || Ok(())).unwrap());
        assert_eq!(folder.names(), 1);
    }
}
