//! The FM synth and the morph table: everything that may run on the audio thread.
//!
//! Invariants: no `unsafe`, no plug-in API; after construction nothing here allocates, frees, locks,
//! does I/O or panics, in the failure paths too.

#![forbid(unsafe_code)]

pub mod event;
pub mod settings;
pub mod synth;
pub mod table;
pub mod tuning;

mod algorithm;
mod batch;
mod controllers;
mod dc_blocker;
mod envelope;
mod fade;
mod layer;
mod lfo;
mod note;
mod operators;
mod pitch_envelope;
mod rate;
mod tables;
mod tail;
mod voice;

pub use event::{Event, NoteAddress};
pub use settings::{EngineKind, Quirks, Route, Settings};
pub use synth::FmSynth;
pub use table::{MorphTable, MorphTableInput, MorphTableOutput};
pub use tuning::Tuning;

/// Samples between two control steps of a voice or the LFO, at every sample rate.
pub const BLOCK: usize = 64;
