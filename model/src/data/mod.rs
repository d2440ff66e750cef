//! What the model learns from: patches, cleaned and split, and what was measured of their sound.
//!
//! Reading order: [`corpus`] gathers patches, [`split`] divides them, [`sounds`] plays and measures
//! them (with a small [`picture`] of each), [`augment`] varies them.

pub mod corpus;
pub mod split;

#[cfg(feature = "train")]
pub mod augment;
pub mod picture;
#[cfg(feature = "train")]
pub mod sounds;

pub use corpus::{Corpus, Report};
pub use split::Split;
