//! SPINVAE as published.
