//! The operations of the networks, each with its own gradient.
//!
//! Every public function takes and returns tensors of f32. On the CPU it runs loops of this
//! module; on another device it composes stock operations of candle, which are also what the tests
//! compare with. The reasons for loops of our own: several of candle's operations lose gradients
//! without an error or fail for the sizes of this model, and its elementwise operations of more
//! than 65,535 elements start threads that spin, which a plug-in must not leave in its host.
//!
//! Threads are those of the pool that a function is called in, and results do not depend on how
//! many they are.

pub(crate) mod matrix;
mod operation;
pub(crate) mod vector;

mod attention;
mod batch_norm;
mod chain;
mod convolution;
mod elementwise;
mod embedding;
mod layer_norm;
mod likelihood;
mod linear;
mod skip;

#[cfg(test)]
mod tests;

pub use attention::{cross_attention, self_attention};
pub use batch_norm::{Statistics, batch_norm_silu};
pub use chain::{Layer, feed_forward, projected_self_attention};
pub use convolution::{Sliding, conv_transpose2d, conv2d};
pub use elementwise::{add, clamp_unit, glu, sigmoid, silu, softplus};
pub use embedding::{Entry, embed};
pub use layer_norm::{add_layer_norm, layer_norm};
pub use likelihood::{
    COMPONENTS, cross_entropy, gaussian_nll, logistic_mixture_nll, logistic_mixture_probabilities,
};
pub use linear::{Activation, linear};
pub use matrix::operations_per_second;
pub use skip::{add_enlarged, add_pooled, mix_neighbours};
