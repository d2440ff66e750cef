//! A headless CLAP host: loads a bundle, plays it, returns what it sounded like.
//!
//! [`ClapBundle`] is the file (or a plug-in linked into this program), [`ClapInstance`] one running
//! instrument of it. [`ClapInstance::perform`] plays a whole [`Score`] in blocks of any sizes;
//! [`ClapInstance::process`] is one block, for who wants to look at that alone.
//!
//! On Linux a plug-in may show its window in one of the caller's ([`ClapInstance::open_window`]).
//!
//! A [`ClapInstance`] cannot leave the thread that made it; the part of it that plays can
//! ([`ClapInstance::take_player`]), and comes back before the instance ends.

mod callbacks;
mod event;
mod instance;
mod player;
#[cfg(target_os = "linux")]
mod window;

use std::ffi::CString;
use std::fmt;
use std::path::{Path, PathBuf};

use clack_host::entry::EntryDescriptor;
use clack_host::prelude::PluginEntry;

pub use event::{HostEvent, OutEvent, Score};
pub use instance::{ClapInstance, ParameterInfo, Take};
pub use player::{BlockStatus, ClapPlayer};

/// Why a plug-in could not be loaded or does not do what a host asks of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClapError {
    /// There is no such file or folder.
    NotFound(PathBuf),
    /// The file is no CLAP plug-in that this machine can load.
    NotLoaded {
        /// What was to be loaded.
        path: PathBuf,
        /// What the loader said.
        reason: String,
    },
    /// The bundle has no plug-in of that id.
    NoSuchPlugin {
        /// The id that was asked for.
        id: String,
        /// The ids that it has.
        found: Vec<String>,
    },
    /// The plug-in refused to be made, activated or started, or to process.
    Refused {
        /// The call it refused.
        call: &'static str,
        /// What it said.
        reason: String,
    },
    /// The plug-in lacks an extension.
    Lacks(&'static str),
    /// The plug-in did not accept a state, or did not give one.
    State {
        /// Whether it was asked for its state, not given one.
        saving: bool,
    },
}

impl fmt::Display for ClapError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ClapError::NotFound(path) => write!(f, "there is no plug-in at {}", path.display()),
            ClapError::NotLoaded { path, reason } => {
                write!(
                    f,
                    "{} is not a CLAP plug-in that loads here: {reason}",
                    path.display()
                )
            }
            ClapError::NoSuchPlugin { id, found } => {
                write!(f, "the bundle has no plug-in {id:?}, only {found:?}")
            }
            ClapError::Refused { call, reason } => {
                write!(f, "the plug-in refused to {call}: {reason}")
            }
            ClapError::Lacks(extension) => write!(f, "the plug-in lacks the extension {extension}"),
            ClapError::State { saving: true } => f.write_str("the plug-in did not give its state"),
            ClapError::State { saving: false } => {
                f.write_str("the plug-in did not accept the state it was given")
            }
        }
    }
}

impl std::error::Error for ClapError {}

/// A loaded `.clap` file, or a CLAP entry of this program.
pub struct ClapBundle {
    entry: PluginEntry,
}

impl ClapBundle {
    /// Loads a `.clap` file.
    pub fn load(path: &Path) -> Result<ClapBundle, ClapError> {
        if !path.exists() {
            return Err(ClapError::NotFound(path.to_owned()));
        }
        // A name without a folder would be looked for among the system's libraries.
        let path = &std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        // SAFETY: this runs code of a file that the user named as a plug-in to be loaded; that it is
        // what it says cannot be checked by any host. A file that is no library, or has no CLAP
        // entry, is an error below.
        let entry = unsafe { PluginEntry::load(path) };
        ClapBundle::loaded(entry, path)
    }

    /// The plug-in whose `clap_entry` is linked into this program, as if it lay at `path`.
    pub fn linked(entry: &'static EntryDescriptor, path: &Path) -> Result<ClapBundle, ClapError> {
        let c_path = CString::new(path.as_os_str().as_encoded_bytes())
            .map_err(|_| ClapError::NotFound(path.to_owned()))?;
        // SAFETY: a static entry of this program is made by an export macro of a plug-in framework,
        // whose functions keep to CLAP's contract, and lives as long as the program.
        let entry = unsafe { PluginEntry::load_from_raw(entry, &c_path) };
        ClapBundle::loaded(entry, path)
    }

    fn loaded(
        entry: Result<PluginEntry, impl fmt::Display>,
        path: &Path,
    ) -> Result<ClapBundle, ClapError> {
        let entry = entry.map_err(|error| ClapError::NotLoaded {
            path: path.to_owned(),
            reason: error.to_string(),
        })?;
        Ok(ClapBundle { entry })
    }

    /// The ids of its plug-ins.
    pub fn ids(&self) -> Vec<String> {
        let factory = self.entry.get_plugin_factory();
        factory
            .iter()
            .flat_map(clack_host::factory::plugin::PluginFactory::plugin_descriptors)
            .filter_map(|descriptor| Some(descriptor.id()?.to_str().ok()?.to_owned()))
            .collect()
    }

    /// The version that the plug-in of that id says it has; `None` if it says none.
    pub fn version(&self, id: &str) -> Option<String> {
        let factory = self.entry.get_plugin_factory()?;
        let mut descriptors = factory.plugin_descriptors();
        let ours = descriptors.find(|d| {
            d.id()
                .is_some_and(|found| found.to_bytes() == id.as_bytes())
        })?;
        let version = ours.version()?.to_string_lossy().into_owned();
        Some(version).filter(|version| !version.is_empty())
    }

    /// A new instance of the plug-in of that id.
    pub fn instantiate(&self, id: &str) -> Result<ClapInstance, ClapError> {
        let found = self.ids();
        let c_id = CString::new(id)
            .ok()
            .filter(|_| found.iter().any(|other| other == id));
        let c_id = c_id.ok_or_else(|| ClapError::NoSuchPlugin {
            id: id.to_owned(),
            found,
        })?;
        ClapInstance::new(&self.entry, &c_id)
    }
}

fn refused(call: &'static str, reason: impl fmt::Display) -> ClapError {
    ClapError::Refused {
        call,
        reason: reason.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_plugin_is_an_error() {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let missing = here.join("no-such.clap");
        let error = ClapBundle::load(&missing).err();
        assert_eq!(error, Some(ClapError::NotFound(missing)));

        let text = here.join("Cargo.toml");
        let error = ClapBundle::load(&text).err();
        assert!(matches!(error, Some(ClapError::NotLoaded { path, .. }) if path == text));
    }
}
