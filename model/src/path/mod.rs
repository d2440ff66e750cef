//! The sounds between two patches.

pub mod even;
