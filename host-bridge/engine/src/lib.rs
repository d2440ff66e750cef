//! The FM synth and the morph table: everything that may run on the audio thread.
//!
//! Invariants: no `unsafe`, no plug-in API; after construction nothing here allocates, frees, locks,
//! does I/O or panics, in the failure paths too. `clippy.toml` beside this crate forbids what would.
//!
//! # Fidelity
//!
//! With [`Settings::DEXED`] the engine equals Dexed 1.0.1 in all three of its arithmetics, sample for
//! sample; `cargo xtask fidelity` shows it. The integer formats are therefore Dexed's: phases in Q24
//! cycles, levels and pitches in Q24 octaves, 64 samples between control steps, 16 bits a voice.
//!
//! Faults of Dexed that are fixed, each with the setting that brings it back where it can be heard:
//!
//! * Feedback memory survived a note, so that equal notes sounded different
//!   ([`Quirks::feedback_survives`]).
//! * Voices that had ended went on for ever: they cost time, and moved the phases that patches
//!   without oscillator key sync start from ([`Quirks::ended_voices_run`]).
//! * A stolen voice jumped to its new note; now what it played fades out, and the note begins afresh
//!   ([`Quirks::stolen_voices_continue`]).
//! * Plateaus of envelopes were scaled by the sample rate twice, so that a patch was not the same at
//!   48 kHz as at 44.1 ([`Quirks::plateaus_scaled_twice`]).
//! * Overflow downwards was clipped to the top: a loud click ([`Quirks::clips_to_the_wrong_side`]).
//! * Notes waited for a 64-sample grid. Each voice has a grid of its own from its first sample on;
//!   played on the common grid, notes are Dexed's.
//! * Rate tables were shared by all instances of a process, so that one at another sample rate
//!   detuned the rest. Each synth has its own.
//! * LFO, sample and hold, phases and feedback began with whatever memory held. They begin at zero.
//! * All notes off missed transposed notes.
//! * Below 32 kHz the frequency table overflowed; it is 64 bits wide.
//! * The DC blocker depended on the processor's denormal mode; it flushes by itself.
//!
//! Peculiarities that are kept, because existing patches are made with them:
//!
//! * Envelopes begin at silence, not at level 4, and levels move in steps of 1.5 dB.
//! * An operator with amplitude sensitivity is 1.1 dB softer even without modulation.
//! * A bus whose first modulator is silent counts as empty.
//! * Pitch bend moves operators of fixed frequency, and their detune only has an effect upwards.
//! * The LFO is 3.3 % faster than its table, and restarts only with the first key that goes down.
//! * EG bias at rest nearly mutes the operators that listen to it.
//! * Each voice is rounded down to 16 bits.
//! * A patch whose level 4 is above 0 goes on sounding after its key went up, until it is stolen.
//!
//! # Between patches
//!
//! Numeric parameters take fractions: every integer function of one is taken straight from one whole
//! number to the next, so that whole patches give exactly the integers. Sounding voices follow the
//! table at their control steps, without a new attack. A switch, and a parameter that jumps, is
//! crossfaded by a second layer within 1024 samples, with its loudness led from the old to the new.

#![forbid(unsafe_code)]

pub mod algorithm;
pub mod event;
pub mod settings;
pub mod spread;
pub mod synth;
pub mod table;
pub mod tuning;

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
pub use spread::Spread;
pub use synth::FmSynth;
pub use table::{Between, MorphTable, MorphTableInput, MorphTableOutput};
pub use tuning::Tuning;

/// Samples between two control steps of a voice or the LFO, at every sample rate.
pub const BLOCK: usize = 64;
