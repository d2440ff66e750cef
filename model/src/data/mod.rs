//! What the model learns from: patches, cleaned and split, and what was measured of their sound.

pub mod corpus;
pub mod split;

pub use corpus::{Corpus, Report};
pub use split::Split;
