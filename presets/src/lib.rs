//! What a DX7 patch is: its parameters, its bytes, and the files it travels in.
//!
//! Reading order: [`parameter`] is the table of the 145 parameters, [`patch`] one sound, made of
//! them; [`sysex`] and [`cartridge`] are the bytes patches travel in, [`dexed`]
//! is the order in which Dexed shows them to its host, [`file`](mod@file) and
//! [`reference`](mod@reference) how they are found; `library` (a feature of that name) is the user's
//! collection; [`factory`] is the bank that comes with Tween.
//!
//! Invariants: a [`Patch`] is always in range (cleaning happens where bytes come in, and is
//! reported); nothing here knows of audio, of a plug-in or of the model.

#![forbid(unsafe_code)]

pub mod parameter;
pub mod patch;

pub mod cartridge;
pub mod dexed;
pub mod sysex;

pub mod file;
pub mod reference;

#[cfg(feature = "library")]
pub mod library;

pub mod factory;
pub mod fractional;

pub use cartridge::Cartridge;
pub use factory::FactoryPatch;
pub use fractional::FractionalPatch;
pub use parameter::{Group, Kind, Operator, OperatorParameter, Parameter, Sounding, Spec};
pub use patch::{Cleaning, PACKED_LEN, Patch, UNPACKED_LEN};
pub use reference::{Library, NoLibrary, Reference};
