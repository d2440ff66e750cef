//! Plays a patch through any synth: the built-in one, or a hosted one.

pub mod offline;

pub use offline::{Note, Phrase, render, render_note};
