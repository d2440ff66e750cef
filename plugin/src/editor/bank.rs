//! [`Bank`]: the patches one end is chosen from, the factory's or a file's.

use std::path::Path;

use presets::Patch;

use crate::session::Choice;

/// Patches to choose from, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bank {
    /// What it is called.
    pub name: String,
    /// Its patches, each with what it is called on a command line.
    pub choices: Vec<Choice>,
}

impl Bank {
    /// The factory bank.
    pub fn factory() -> Bank {
        let places = 0..presets::factory::all().len();
        Bank {
            name: "Factory".to_owned(),
            choices: places.map(Choice::factory).collect(),
        }
    }

    /// The patches of a sysex file.
    ///
    /// # Errors
    /// A line for the user, if it holds none or cannot be read.
    pub fn file(path: &Path) -> Result<Bank, String> {
        let import = presets::file::read(path).map_err(|error| error.to_string())?;
        let shown = path.display();
        let numbered = import.patches.iter().zip(1..);
        Ok(Bank {
            name: path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned(),
            choices: numbered
                .map(|(found, number)| Choice {
                    patch: found.patch,
                    origin: format!("{shown}#{number}"),
                })
                .collect(),
        })
    }

    /// The patch `step` places after that one, around the ends; the first if it is not of this bank.
    pub fn step(&self, from: &Patch, step: isize) -> Option<&Choice> {
        let len = self.choices.len();
        let place = self.choices.iter().position(|choice| choice.patch == *from);
        let place = place.map_or(0, |place| {
            (place + len).wrapping_add_signed(step) % len.max(1)
        });
        self.choices.get(place)
    }
}
