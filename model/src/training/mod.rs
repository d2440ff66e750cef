//! Training of the compact model, on the processor.
//!
//! Reading order: [`mod@run`] is a whole training; [`material`] is what is learned from, [`loss`] what
//! is to become small, [`trainer`] takes the steps, [`checkpoint`] keeps them.

pub mod run;

pub mod checkpoint;
pub mod loss;
pub mod material;
pub mod trainer;

#[cfg(test)]
mod tests;

pub use loss::Figures;
pub use material::Material;
pub use run::{Files, Limit, Outcome, Standing, run};
pub use trainer::{Plan, Trainer};
