//! The factory bank: 96 patches composed for this project, on three cartridges.
//!
//! They are written in the files of [this folder](self), a family of eight to a file, in words that
//! say what an operator does ([`sound`]). The cartridges in `presets/factory/*.syx`, for a DX7 or for
//! Dexed, are made from them; a test proves that they hold the same patches, and with
//! `UPDATE_FACTORY=1` in its environment writes them anew.
//!
//! Within a family the operators have the same tasks where the sounds allow it (which of them
//! sounds, which of them strikes), so that a path between two of its patches is of one kind.

mod sound;

mod bells;
mod electric_pianos;
mod mallets;
mod plucks;

mod brass;
mod organs;
mod pads;
mod strings;

mod basses;
mod drums;
mod effects;
mod leads;

use std::sync::LazyLock;

use crate::cartridge::Cartridge;
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
static FAMILIES: [(Family, &[Sound]); 12] = [
    (Family::ElectricPiano, &electric_pianos::ELECTRIC_PIANOS),
    (Family::Mallet, &mallets::MALLETS),
    (Family::Bell, &bells::BELLS),
    (Family::Pluck, &plucks::PLUCKS),
    (Family::Organ, &organs::ORGANS),
    (Family::Brass, &brass::BRASS),
    (Family::Strings, &strings::STRINGS),
    (Family::Pad, &pads::PADS),
    (Family::Bass, &basses::BASSES),
    (Family::Lead, &leads::LEADS),
    (Family::Drum, &drums::DRUMS),
    (Family::Effect, &effects::EFFECTS),
];

/// The names of the cartridges in `presets/factory`, without `.syx`.
pub const CARTRIDGES: [&str; 3] = ["tween-1-keys", "tween-2-ensemble", "tween-3-stage"];

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
                cartridge: index / Cartridge::LEN + 1,
                number: index % Cartridge::LEN + 1,
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
