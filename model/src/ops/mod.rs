//! The operations of the networks, each with its own gradient.
