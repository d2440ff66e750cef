//! The factory bank: 96 patches composed for this project, on three cartridges.
//!
//! They are written in the files of [this folder](self), a family of eight to a file, in words that
//! say what an operator does ([`sound`]). The cartridges in `presets/factory/*.syx`, for a DX7 or for
//! Dexed, are made from them; a test proves that they hold the same patches, and with
//! `UPDATE_FACTORY=1` in its environment writes them anew.
//!
//! Within a family the operators have the same tasks where the sounds allow it (which of them
//! sounds, which of them strikes), so that a path between two of its patches is of one kind.

#[allow(dead_code, reason = "for families that are still being written")]
mod sound;

mod electric_pianos;

use std::sync::LazyLock;

use crate::patch::Patch;
use crate::reference::same_but_for_case;
use sound::Sound;

/// A patch of the factory bank.
#[derive(Clone, Copy, Debug)]
pub struct FactoryPatch {
    /// The patch.
    pub patch: Patch,
    /// What kind of sound it is.
    pub family: Family,
    /// What else to find it by: single words in lower case.
    pub tags: &'static [&'static str],
    /// Its cartridge, counted from 1.
    pub cartridge: usize,
    /// Its number on the cartridge, 1 to 32.
    pub number: usize,
}

/// The twelve families of the bank, in its order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Family {
    ElectricPiano,
    Mallet,
    Bell,
    Pluck,
    Organ,
    Brass,
    Strings,
    Pad,
    Bass,
    Lead,
    Drum,
    Effect,
}

impl Family {
    /// The word to find it by.
    pub const fn tag(self) -> &'static str {
        match self {
            Family::ElectricPiano => "electric piano",
            Family::Mallet => "mallet",
            Family::Bell => "bell",
            Family::Pluck => "pluck",
            Family::Organ => "organ",
            Family::Brass => "brass",
            Family::Strings => "strings",
            Family::Pad => "pad",
            Family::Bass => "bass",
            Family::Lead => "lead",
            Family::Drum => "drum",
            Family::Effect => "effect",
        }
    }
}

/// The bank in its order.
static FAMILIES: [(Family, &[Sound]); 1] =
    [(Family::ElectricPiano, &electric_pianos::ELECTRIC_PIANOS)];

/// All patches, in the order of the cartridges.
pub fn all() -> &'static [FactoryPatch] {
    static ALL: LazyLock<Vec<FactoryPatch>> = LazyLock::new(|| {
        let sounds = FAMILIES
            .iter()
            .flat_map(|(family, sounds)| sounds.iter().map(move |sound| (*family, sound)));
        sounds
            .enumerate()
            .map(|(index, (family, sound))| FactoryPatch {
                patch: sound.patch,
                family,
                tags: sound.tags,
                cartridge: index / 32 + 1,
                number: index % 32 + 1,
            })
            .collect()
    });
    &ALL
}

/// The patch of that name; case and spaces at the ends do not count.
pub fn find(name: &str) -> Option<&'static FactoryPatch> {
    all()
        .iter()
        .find(|found| same_but_for_case(&found.patch.name(), name))
}
