//! The network whose trained weights ship with the plug-in.
//!
//! Reading order: [`layout`] is a patch as the network reads it, [`network`] the network (on
//! [`ops`]), [`likelihood`] and [`objective`] what its outputs mean; [`Compact`] is all of it for
//! whoever wants patches encoded and decoded, [`slopes`] what it foretells of changes to a patch.
//! [`symmetry`] knows which operators may change places.

pub mod symmetry;

pub mod layout;
pub mod likelihood;
pub mod network;
pub mod objective;
pub mod ops;
#[cfg(feature = "train")]
pub mod relaxed;

pub mod codec;
pub mod slopes;

pub use codec::{Compact, Decoding};
pub use network::Config;
pub use slopes::Slopes;

use crate::data::picture;
use timbre::FEATURES;

impl Config {
    /// What ships.
    pub const COMPACT: Config = Config {
        width: 128,
        heads: 4,
        encoder_blocks: 3,
        decoder_blocks: 3,
        operator_latent: 24,
        patch_latent: 64,
        heard: FEATURES + picture::VALUES,
    };

    /// Learns something in seconds, for tests.
    pub const TINY: Config = Config {
        width: 32,
        heads: 2,
        encoder_blocks: 1,
        decoder_blocks: 1,
        operator_latent: 8,
        patch_latent: 48,
        heard: FEATURES + picture::VALUES,
    };

    /// The configuration of that name: `compact` or `tiny`.
    pub fn named(name: &str) -> Option<Config> {
        match name {
            "compact" => Some(Config::COMPACT),
            "tiny" => Some(Config::TINY),
            _ => None,
        }
    }
}
