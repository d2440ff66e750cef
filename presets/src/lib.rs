//! What a DX7 patch is: its parameters, its bytes, and the files it travels in.
//!
//! Reading order: [`parameter`] is the table of the 145 parameters, [`patch`] one sound, made of
//! them.
//!
//! Invariants: a [`Patch`] is always in range (cleaning happens where bytes come in, and is
//! reported); nothing here knows of audio, of a plug-in or of the model.

#![forbid(unsafe_code)]

pub mod fractional;
pub mod parameter;
pub mod patch;

pub use fractional::FractionalPatch;
pub use parameter::{Group, Kind, Operator, OperatorParameter, Parameter, Sounding, Spec};
pub use patch::{Cleaning, PACKED_LEN, Patch, UNPACKED_LEN};
