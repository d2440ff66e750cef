//! [`Reference`]: how a patch is named on a command line.
//!
//! | reference | means |
//! |---|---|
//! | `FILE.syx` | the patch of a file that holds only one |
//! | `FILE.syx#12` | the twelfth patch of a file, counted from 1 as on a cartridge, through all its messages |
//! | `FILE.syx#E.PIANO 1` | the patch of that name |
//! | `FILE.bin#123` | the packed voice at that index, counted from 0: its bytes begin at 128 × 123 |
//! | `factory:NAME` | a patch of the factory bank |
//! | `library:ID` | a preset of the user's library, if there is one |
//!
//! A reference that is the name of an existing file as a whole means that file, so that a `#` in a
//! file's name does no harm. Names are compared as they are first, then without regard to case.

use std::convert::Infallible;
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use crate::factory;
use crate::file::{self, FileError};
use crate::patch::Patch;

/// The name of a patch. Anything can be parsed; whether there is such a patch shows when it is
/// looked up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reference {
    /// A file, and what of it; `None` for all.
    File(PathBuf, Option<String>),
    /// A name in the factory bank.
    Factory(String),
    /// A preset in the library.
    Library(String),
}

/// Where `library:ID` is looked up. The implementation is with whoever has the library open.
pub trait Library {
    /// The preset of that id.
    ///
    /// # Errors
    /// What is wrong with the id or the library, for a person.
    fn preset(&self, id: &str) -> Result<Patch, String>;
}

/// For callers that have no library open: every id is refused.
#[derive(Clone, Copy, Debug)]
pub struct NoLibrary;

impl Library for NoLibrary {
    fn preset(&self, _id: &str) -> Result<Patch, String> {
        Err("no library is open here: name a file or a factory patch".to_owned())
    }
}

impl FromStr for Reference {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Reference, Infallible> {
        Ok(if let Some(name) = text.strip_prefix("factory:") {
            Reference::Factory(name.to_owned())
        } else if let Some(id) = text.strip_prefix("library:") {
            Reference::Library(id.to_owned())
        } else {
            match text.rsplit_once('#') {
                Some((path, pick)) if !path.is_empty() && !Path::new(text).exists() => {
                    Reference::File(path.into(), Some(pick.to_owned()))
                }
                _ => Reference::File(text.into(), None),
            }
        })
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reference::File(path, None) => write!(f, "{}", path.display()),
            Reference::File(path, Some(pick)) => write!(f, "{}#{pick}", path.display()),
            Reference::Factory(name) => write!(f, "factory:{name}"),
            Reference::Library(id) => write!(f, "library:{id}"),
        }
    }
}

impl Reference {
    /// The one patch that is meant.
    ///
    /// # Errors
    /// [`ReferenceError`] if there is none, or several; it says what there is.
    pub fn patch(&self, library: &dyn Library) -> Result<Patch, ReferenceError> {
        match self {
            Reference::File(path, pick) => {
                let patches = read(path)?;
                let choice = Choice {
                    path,
                    first_number: if file::is_packed(path) { 0 } else { 1 },
                    patches: &patches,
                };
                match pick {
                    Some(pick) => choice.pick(pick),
                    None => choice.only(),
                }
                .map_err(ReferenceError::Unknown)
            }
            Reference::Factory(name) => factory::find(name)
                .map(|found| found.patch)
                .ok_or_else(|| ReferenceError::Unknown(no_factory_patch(name))),
            Reference::Library(id) => library
                .preset(id)
                .map_err(|reason| ReferenceError::Unknown(format!("{self}: {reason}"))),
        }
    }

    /// All patches that are meant: those of a whole file, or the one patch of any other reference.
    ///
    /// # Errors
    /// [`ReferenceError`] if there is none.
    pub fn patches(&self, library: &dyn Library) -> Result<Vec<Patch>, ReferenceError> {
        match self {
            Reference::File(path, None) => read(path),
            _ => Ok(vec![self.patch(library)?]),
        }
    }
}

fn read(path: &Path) -> Result<Vec<Patch>, ReferenceError> {
    let import = file::read(path).map_err(ReferenceError::File)?;
    Ok(import.patches.iter().map(|found| found.patch).collect())
}

/// The patches of a file to choose from.
struct Choice<'a> {
    path: &'a Path,
    first_number: usize,
    patches: &'a [Patch],
}

impl Choice<'_> {
    fn only(&self) -> Result<Patch, String> {
        match self.patches {
            [patch] => Ok(*patch),
            _ => Err(format!(
                "{self} has {} patches: name one of them, as {self}#{} or {self}#{}",
                self.patches.len(),
                self.first_number,
                self.patches[0].name()
            )),
        }
    }

    fn pick(&self, pick: &str) -> Result<Patch, String> {
        if pick.bytes().all(|byte| byte.is_ascii_digit()) && !pick.is_empty() {
            return pick
                .parse()
                .ok()
                .and_then(|number: usize| self.patches.get(number.checked_sub(self.first_number)?))
                .copied()
                .ok_or_else(|| {
                    let last = self.patches.len() - 1 + self.first_number;
                    let range = match self.patches.len() {
                        1 => format!("only #{last}"),
                        _ => format!("#{} to #{last}", self.first_number),
                    };
                    format!("{self} has no patch #{pick}: it has {range}")
                });
        }
        let named = |same: &dyn Fn(&str) -> bool| {
            let found = self.patches.iter().enumerate();
            found
                .filter(|(_, patch)| same(&patch.name()))
                .collect::<Vec<_>>()
        };
        let mut found = named(&|name| name == pick.trim_end());
        if found.is_empty() {
            found = named(&|name| same_but_for_case(name, pick));
        }
        match found[..] {
            [(_, patch)] => Ok(*patch),
            [] => {
                let names: Vec<String> = self.patches.iter().map(Patch::name).collect();
                let near = nearest(pick, names.iter().map(String::as_str));
                Err(format!("{self} has no patch {pick:?}: {near}"))
            }
            [(_, first), ..] if found.iter().all(|(_, patch)| *patch == first) => Ok(*first),
            _ => {
                let numbers: Vec<String> = found
                    .iter()
                    .map(|(index, _)| format!("#{}", index + self.first_number))
                    .take(8)
                    .collect();
                Err(format!(
                    "{self} has {} different patches {pick:?}: name one by its number, such as {}",
                    found.len(),
                    numbers.join(", ")
                ))
            }
        }
    }
}

impl fmt::Display for Choice<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.path.display().fmt(f)
    }
}

fn no_factory_patch(name: &str) -> String {
    let all = factory::all();
    let names: Vec<String> = all.iter().map(|found| found.patch.name()).collect();
    let near = nearest(name, names.iter().map(String::as_str));
    format!("the factory bank has no patch {name:?}: {near}")
}

/// Whether two names are equal to a person: case and spaces at the ends do not count.
pub(crate) fn same_but_for_case(a: &str, b: &str) -> bool {
    a.trim().to_lowercase() == b.trim().to_lowercase()
}

/// `the nearest names are "A", "B" and "C"`.
fn nearest<'a>(wanted: &str, names: impl Iterator<Item = &'a str>) -> String {
    // A name has ten characters; what is far longer is as far from all of them.
    let wanted: String = wanted.to_lowercase().chars().take(32).collect();
    let mut names: Vec<(usize, &str)> = names
        .filter(|name| !name.is_empty())
        .map(|name| (strsim::osa_distance(&wanted, &name.to_lowercase()), name))
        .collect();
    names.sort();
    names.dedup();
    match names[..] {
        [] => "its patches have no names, only numbers".to_owned(),
        [(_, only)] => format!("the only name there is {only:?}"),
        [(_, a), (_, b)] => format!("the names there are {a:?} and {b:?}"),
        [(_, a), (_, b), (_, c), ..] => format!("the nearest names are {a:?}, {b:?} and {c:?}"),
    }
}

/// Why a reference gives no patch. One line, for a person.
#[derive(Debug)]
pub enum ReferenceError {
    /// The file gives no patches at all.
    File(FileError),
    /// There is no such patch, or more than one.
    Unknown(String),
}

impl fmt::Display for ReferenceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ReferenceError::File(error) => error.fmt(f),
            ReferenceError::Unknown(message) => f.write_str(message),
        }
    }
}

impl std::error::Error for ReferenceError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            ReferenceError::File(error) => Some(error),
            ReferenceError::Unknown(_) => None,
        }
    }
}
