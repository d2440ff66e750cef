//! The user's collection: tens of thousands of presets in one SQLite database, found in a moment.
//!
//! Reading order: [`Library`] opens it; [`import`] fills it; [`search`] and [`similar`] find in it;
//! [`keep`], [`cartridge`] and [`export`] are what users do with what they found; [`path_cache`] is
//! what the program notes there for itself. `schema` and `store` are the ground: the tables and the
//! transactions; `repair` heals it.
//!
//! Invariants: nothing is opened before it is asked for, so that a plug-in can be scanned without a
//! file being touched; every call either does all it says or leaves the database as it was; files
//! that users import are only read. Any number of programs may use one library at a time. None of
//! this runs on an audio thread, and the instrument plays without it.

mod claim;
mod document;
mod npy;
mod preset;
mod repair;
mod schema;
mod spinvae;
mod store;

// Public for the fuzz targets: an import writes what it reads, and is too slow for a million files.
#[doc(hidden)]
pub mod source;

pub mod background;
pub mod cartridge;
pub mod category;
pub mod error;
pub mod export;
pub mod folder;
pub mod import;
pub mod keep;
mod lookup;
pub mod map;
mod measuring;
pub mod path_cache;
pub mod search;
pub mod similar;
pub mod sound;

use std::path::{Path, PathBuf};

pub use background::Background;
pub use cartridge::CartridgeId;
pub use category::Category;
pub use error::{LibraryError, Problem, Result};
pub use import::{FileReport, Outcome, Progress, Report, Stage};
pub use keep::Stored;
pub use lookup::Lookup;
pub use map::MapPoint;
pub use path_cache::{PathCache, Wanted};
pub use preset::{Origin, Preset, PresetId};
pub use repair::{Health, Repair};
pub use search::{Found, Query, Shape, Sort, Tone};
pub use similar::Similar;
pub use sound::{Features, Measure};
pub use source::EXTENSIONS;
pub use store::Options;

use similar::SoundIndex;
use store::Store;

/// A handle on the user's library. Making one touches nothing: the file is opened, and made or
/// migrated if need be, by the first call that reads or writes. Every thread uses its own handle;
/// [`Library::another`] makes one.
#[derive(Debug)]
pub struct Library {
    store: Store,
    /// The measured sounds, once something was compared.
    sounds: Option<SoundIndex>,
}

impl Library {
    /// The library of this user, in the platform's folder or where `TWEEN_LIBRARY` says.
    ///
    /// # Errors
    /// When neither names a place.
    pub fn of_user() -> Result<Library> {
        let path = folder::library_file().ok_or(Problem::NoDataFolder)?;
        Ok(Library::at(path, Options::default()))
    }

    /// The library in that file, which need not exist yet.
    pub fn at(path: impl Into<PathBuf>, options: Options) -> Library {
        Library {
            store: Store::new(path.into(), options),
            sounds: None,
        }
    }

    /// Another handle on the same library, for another thread.
    pub fn another(&self) -> Library {
        Library::at(self.path(), self.store.options())
    }

    /// The file.
    pub fn path(&self) -> &Path {
        self.store.path()
    }
}
