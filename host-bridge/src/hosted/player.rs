//! [`Player`]: one instance that plays, whatever its format.

use presets::sysex::SINGLE_LEN;

use super::vst2::Vst2Player;
use crate::clap_host::{ClapPlayer, HostEvent};

/// One instance. Nothing here takes memory, locks or waits.
pub enum Player {
    /// By CLAP.
    Clap(Box<ClapPlayer>),
    /// By VST2.
    Vst2(Box<Vst2Player>),
}

impl Player {
    /// Has a MIDI message arrive at sample `at` of the next block. One for which the block has no
    /// room is left out: there is room for some hundreds.
    pub fn midi(&mut self, at: usize, bytes: [u8; 3]) {
        match self {
            Player::Clap(player) if player.room() > 0 => player.send(at, &HostEvent::Midi(bytes)),
            Player::Clap(_) => {}
            Player::Vst2(player) => player.midi(at, bytes),
        }
    }

    /// Has a patch arrive at sample `at` of the next block; says no if there is no room for it.
    pub fn voice(&mut self, at: usize, message: &[u8; SINGLE_LEN]) -> bool {
        match self {
            Player::Clap(player) => player.room() > 0 && player.send_voice(at, message),
            Player::Vst2(player) => player.voice(at, message),
        }
    }

    /// Plays a block of that many samples, at most [`MAX_BLOCK`](super::MAX_BLOCK).
    ///
    /// # Errors
    /// The plug-in says that it failed.
    pub fn process(&mut self, samples: usize) -> Result<(), ()> {
        match self {
            Player::Clap(player) => player.process_deaf(samples).map(|_| ()).map_err(|_| ()),
            Player::Vst2(player) => {
                player.process(samples);
                Ok(())
            }
        }
    }

    /// The last block: its left channel, which in Dexed is the right one too.
    pub fn block(&self) -> &[f32] {
        match self {
            Player::Clap(player) => player.block()[0],
            Player::Vst2(player) => player.block(),
        }
    }
}
