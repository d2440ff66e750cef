//! Plays a patch through any synth: the built-in one, or a hosted one.

pub mod clap_host;
pub mod folders;
pub mod hosted;
pub mod mts_esp;
pub mod offline;
pub mod priority;
pub mod scala;

#[cfg(feature = "measure")]
pub mod measure;

#[cfg(feature = "fidelity")]
pub mod fidelity;

pub use clap_host::{
    ClapBundle, ClapError, ClapInstance, ClapPlayer, HostEvent, OutEvent, Score, Take,
};
pub use hosted::{Format, Hosted, HostedError, HostedSynth};
pub use offline::{Note, Phrase, Step, render, render_note};
