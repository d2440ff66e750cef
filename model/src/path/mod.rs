//! The sounds between two patches.
//!
//! Reading order: [`latent`] is what a network says lies between them, [`even`] what listening finds,
//! with the network's help or without.

pub mod latent;

pub mod even;
