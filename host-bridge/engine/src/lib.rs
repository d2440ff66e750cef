//! The FM synth and the morph table: everything that may run on the audio thread.
//!
//! Invariants: no `unsafe`, no plug-in API; after construction nothing here allocates, frees, locks,
//! does I/O or panics, in the failure paths too.

#![forbid(unsafe_code)]

pub mod event;
pub mod synth;
pub mod table;

pub use event::{Event, NoteAddress};
pub use synth::{EngineKind, FmSynth};
pub use table::{MorphTable, MorphTableInput, MorphTableOutput};
