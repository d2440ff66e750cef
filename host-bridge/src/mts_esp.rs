//! MTS-ESP: one master in the session tunes all instruments that listen.
//!
//! The master and its listeners meet in a small library that the user installs with any MTS-ESP
//! master, and that holds a table of 128 frequencies in memory they share. Where it is not installed,
//! or no master plays, keys have their usual pitch. Of the interface only the one table for all
//! channels is used: tables of single channels and keys that a master leaves out are not. A new tuning
//! is heard from each key's next note on.
//!
//! Source of the interface: <https://github.com/ODDSound/MTS-ESP>, whose client is meant to be asked at
//! every note on the audio thread: its functions only read that memory.

use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};
use std::ptr::NonNull;

use engine::Tuning;
use libloading::{Library, Symbol};

/// MIDI keys of a table.
const KEYS: usize = 128;

/// A registered listener.
pub struct MtsEsp {
    has_master: unsafe extern "C" fn() -> bool,
    deregister: unsafe extern "C" fn(),
    /// [`KEYS`] frequencies in Hz, which the master changes as it likes.
    table: NonNull<f64>,
    /// What the master said last; nothing without a master.
    last: Option<[f64; KEYS]>,
    /// What the pointers above point into.
    _library: Library,
}

// SAFETY: the pointers lead to functions without thread affinity and to memory that lives as long as
// the library, which the listener owns. Only the listener reads through them, from one thread at a time.
unsafe impl Send for MtsEsp {}

/// Why there is no listener.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MtsEspError {
    library: PathBuf,
    reason: String,
}

impl fmt::Display for MtsEspError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} cannot be used as the library of MTS-ESP: {}",
            self.library.display(),
            self.reason
        )
    }
}

impl std::error::Error for MtsEspError {}

impl MtsEsp {
    /// Registers a listener with the installed library; `None` where none is installed, or what is
    /// there is none. Takes memory and reads files.
    pub fn connect() -> Option<MtsEsp> {
        let library = installed();
        if library.exists() {
            MtsEsp::load(&library).ok()
        } else {
            None
        }
    }

    /// Registers a listener with that library. Takes memory and reads files.
    ///
    /// # Errors
    /// The file is no library, or lacks one of MTS-ESP's functions.
    pub fn load(file: &Path) -> Result<MtsEsp, MtsEspError> {
        let wrong = |reason: String| MtsEspError {
            library: file.to_owned(),
            reason,
        };
        // SAFETY: this runs code of a file at the place that MTS-ESP prescribes (or that a caller
        // names); that it is what it says cannot be checked.
        let library = unsafe { Library::new(file) }.map_err(|error| wrong(error.to_string()))?;
        // SAFETY: the names and signatures are those of the public interface.
        let (register, deregister, has_master, table) = unsafe {
            let symbols = || {
                let register: Symbol<unsafe extern "C" fn()> =
                    library.get(b"MTS_RegisterClient\0")?;
                let deregister: Symbol<unsafe extern "C" fn()> =
                    library.get(b"MTS_DeregisterClient\0")?;
                let has_master: Symbol<unsafe extern "C" fn() -> bool> =
                    library.get(b"MTS_HasMaster\0")?;
                let table: Symbol<unsafe extern "C" fn() -> *mut f64> =
                    library.get(b"MTS_GetTuningTable\0")?;
                Ok((*register, *deregister, *has_master, *table))
            };
            symbols().map_err(|error: libloading::Error| wrong(error.to_string()))?
        };
        // SAFETY: may be asked at any time.
        let table = NonNull::new(unsafe { table() })
            .ok_or_else(|| wrong("it has no table of frequencies".to_owned()))?;
        // SAFETY: balanced when the listener is dropped.
        unsafe { register() };
        Ok(MtsEsp {
            has_master,
            deregister,
            table,
            last: None,
            _library: library,
        })
    }

    /// The tuning, if it changed since the last call. For the audio thread: takes no memory, waits
    /// for nothing.
    pub fn update(&mut self) -> Option<Tuning> {
        // SAFETY: only reads the shared memory.
        if !unsafe { (self.has_master)() } {
            return self.last.take().map(|_| Tuning::default());
        }
        let now = std::array::from_fn(|key| {
            // SAFETY: the table has a place for each key. The master writes as this reads; a
            // frequency is one aligned load, and one that comes too late is seen at the next call.
            unsafe { self.table.add(key).read_volatile() }
        });
        // By bits, so that a frequency that is no number is not a change for ever.
        let is_same = |last: &[f64; KEYS]| last.map(f64::to_bits) == now.map(f64::to_bits);
        if self.last.as_ref().is_some_and(is_same) {
            return None;
        }
        self.last = Some(now);
        Some(Tuning::from_frequencies(&now))
    }
}

impl Drop for MtsEsp {
    fn drop(&mut self) {
        // SAFETY: registered once, when it was made.
        unsafe { (self.deregister)() };
    }
}

/// Where MTS-ESP's installers put the library.
fn installed() -> PathBuf {
    if cfg!(windows) {
        let folder = std::env::var_os("CommonProgramFiles")
            .unwrap_or_else(|| OsString::from(r"C:\Program Files\Common Files"));
        Path::new(&folder).join("MTS-ESP").join("LIBMTS.dll")
    } else if cfg!(target_os = "macos") {
        PathBuf::from("/Library/Application Support/MTS-ESP/libMTS.dylib")
    } else {
        PathBuf::from("/usr/local/lib/libMTS.so")
    }
}
