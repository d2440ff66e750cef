//! Placeholder, replaced by its first commit.
#![forbid(unsafe_code)]
pub mod data;
