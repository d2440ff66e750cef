//! A patch as SPINVAE reads it: 144 rows of 3.
