//! Named trainable tensors and buffers.
