//! How good a path is, by the measure of the published evaluation (SPINVAE, ICASSP 2023): the
//! timbre of nine sounds from A to B, how smoothly it moves and how straight, against the path
//! parameter by parameter.
//!
//! Reading order: [`mod@reference`] is the paths that others are held against, [`mod@metrics`] the two
//! figures of one path, [`comparison`] many paths against their references by [`wilcoxon`]'s test,
//! [`reconstruction`] what a path makes of its ends.
//!
//! Smoothness alone rewards a path that does not move, so the reconstruction of the ends belongs
//! beside it.

pub mod comparison;
pub mod metrics;
pub mod reconstruction;
pub mod reference;
pub mod wilcoxon;

pub use comparison::{Comparison, FeatureComparison, Margin, compare, margin};
pub use metrics::{Features, Metrics, metrics};
pub use reconstruction::Reconstruction;

/// Steps of the published protocol, both ends included.
pub const STEPS: usize = 9;
/// The published note: MIDI key and velocity.
pub const NOTE: (u8, u8) = (56, 75);
/// Seconds that it is held, and of the whole sound.
pub const HOLD_S: f64 = 3.0;
/// Seconds of the whole sound.
pub const TOTAL_S: f64 = 4.0;
/// Samples per second of the sounds that are measured, Hz.
pub const RATE: f64 = 16_000.0;
/// Samples per second at which the published sounds were made before they were brought down, Hz.
pub const RENDER_RATE: f64 = 48_000.0;
