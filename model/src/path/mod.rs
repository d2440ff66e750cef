//! The sounds between two patches.
//!
//! Reading order: [`latent`] is what any network says lies between them, [`compact`] the same, quicker,
//! with the model that ships; [`even`] is what listening finds,
//! with the network's help or without.

pub mod compact;
pub mod latent;

pub mod even;

pub use compact::CompactPath;
