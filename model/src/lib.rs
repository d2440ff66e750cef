//! SPINVAE in candle: two DX7 patches in, everything that lies between them out.
//!
//! Reading order: [`tokens`] is a patch as the model reads it, [`spectrogram`] a sound as it hears
//! it; [`ops`] computes, with gradients; [`paper`] is the network exactly as published and
//! [`compact`] the one that ships; [`path`] is what both are for.
//!
//! Invariants: audio comes in as slices, so nothing here knows who rendered it; all random numbers
//! come from [`random`], so that equal seeds give equal results; threads are those of the caller's
//! pool, and nothing is left running.

// One call, that of gemm in `ops::matrix`, is let through.
#![deny(unsafe_code)]

pub mod spectrogram;
pub mod tokens;

pub mod checkpoint;
pub mod ops;
#[cfg(feature = "train")]
pub mod optimizer;
pub mod parameters;
pub mod pool;
pub mod random;

pub mod compact;
pub mod data;
pub mod paper;

pub mod convert;
pub mod latent;
pub mod pickle;
pub mod spinvae;
#[cfg(feature = "train")]
pub mod training;

pub mod evaluation;
pub mod path;

pub use spinvae::{Decoded, Latent, Network, Refinement, Spinvae};
