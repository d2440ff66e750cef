//! AdamW with a state that can be saved.
