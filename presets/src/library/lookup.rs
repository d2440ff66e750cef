//! [`Lookup`]: `library:ID` on a command line.

use std::sync::{Mutex, PoisonError};

use super::preset::PresetId;
use super::{Library, Result};
use crate::patch::Patch;
use crate::reference;

/// Looks presets up by their numbers. The library is opened by the first one, so a lookup costs
/// nothing where no reference names the library.
#[derive(Debug)]
pub struct Lookup(Mutex<Result<Library>>);

impl Lookup {
    /// In the library of this user.
    pub fn of_user() -> Lookup {
        Lookup(Mutex::new(Library::of_user()))
    }

    /// In that library.
    pub fn of(library: Library) -> Lookup {
        Lookup(Mutex::new(Ok(library)))
    }
}

impl reference::Library for Lookup {
    fn preset(&self, id: &str) -> std::result::Result<Patch, String> {
        let number = id.parse().map_err(|_| {
            format!("library:{id} is no preset: a library's presets have numbers, as library:12")
        })?;
        match &mut *self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            // Looking something up must not make an empty library.
            Ok(library) if !library.path().exists() => Err(format!(
                "there is no library:{id}: your library is empty, import patches first"
            )),
            Ok(library) => library
                .patch(PresetId(number))
                .map_err(|error| error.to_string()),
            Err(error) => Err(error.to_string()),
        }
    }
}
