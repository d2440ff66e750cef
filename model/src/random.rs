//! The generator of all random numbers of this crate.
