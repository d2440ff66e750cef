//! [`Cartridge`]: 32 patches, and the bank message that a DX7 and Dexed load.

use std::fmt;

use crate::patch::{PACKED_LEN, Patch};
use crate::sysex::{BANK_DATA_LEN, BANK_LEN, BANK_VOICES, checksum};

/// 32 patches, as on a DX7's memory cartridge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cartridge {
    patches: [Patch; BANK_VOICES],
}

/// More patches than a cartridge holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooManyPatches(pub usize);

impl Cartridge {
    /// How many patches it holds.
    pub const LEN: usize = BANK_VOICES;

    /// A cartridge of these patches in this order; free places hold [`Patch::INIT`].
    ///
    /// # Errors
    /// [`TooManyPatches`] if there are more than 32.
    pub fn new(patches: &[Patch]) -> Result<Cartridge, TooManyPatches> {
        let mut cartridge = Cartridge::default();
        cartridge
            .patches
            .get_mut(..patches.len())
            .ok_or(TooManyPatches(patches.len()))?
            .copy_from_slice(patches);
        Ok(cartridge)
    }

    /// Its 32 patches.
    pub fn patches(&self) -> &[Patch; BANK_VOICES] {
        &self.patches
    }

    /// The bank message, for a DX7 on that MIDI channel (0 to 15, only the low four bits count).
    pub fn to_sysex(&self, channel: u8) -> [u8; BANK_LEN] {
        let mut bytes = [0; BANK_LEN];
        bytes[..6].copy_from_slice(&[0xF0, 0x43, channel & 0x0F, 0x09, 0x20, 0x00]);
        let data = &mut bytes[6..6 + BANK_DATA_LEN];
        for (voice, patch) in data.chunks_exact_mut(PACKED_LEN).zip(&self.patches) {
            voice.copy_from_slice(&patch.to_packed());
        }
        bytes[BANK_LEN - 2] = checksum(&bytes[6..6 + BANK_DATA_LEN]);
        bytes[BANK_LEN - 1] = 0xF7;
        bytes
    }
}

/// 32 times [`Patch::INIT`].
impl Default for Cartridge {
    fn default() -> Cartridge {
        Cartridge {
            patches: [Patch::INIT; BANK_VOICES],
        }
    }
}

impl fmt::Display for TooManyPatches {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a cartridge holds {BANK_VOICES} patches, not {}", self.0)
    }
}

impl std::error::Error for TooManyPatches {}
