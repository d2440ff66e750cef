//! Six operators making sound: 64 samples at a time, in one of two arithmetics.

pub mod mark_one;
pub mod modern;

use crate::BLOCK;

/// 64 samples of a voice or a bus, Q24.
pub type Block = [i32; BLOCK];

/// What the operators of a note remember from block to block. Index 0 is OP6.
#[derive(Clone, Copy, Debug, Default)]
pub struct OperatorState {
    /// Phases, Q24 cycles.
    pub phase: [i32; 6],
    /// Gains or attenuations at the end of the last block, in the unit of the engine kind.
    pub gain: [i32; 6],
    /// The last two outputs of the operator with feedback, Q24.
    pub feedback: [i32; 2],
}

/// What the control step decided for the coming block. Index 0 is OP6.
#[derive(Clone, Copy, Debug, Default)]
pub struct OperatorControl {
    /// Phase increments a sample, Q24 cycles.
    pub increment: [i32; 6],
    /// Levels at the end of the block, Q24 octaves.
    pub level: [i32; 6],
    /// The algorithm, 0 to 31.
    pub algorithm: usize,
    /// How much of the sum of the last two outputs goes back, Q24; 0 is none.
    pub feedback: i32,
}

/// What is added to a gain at every sample so that it arrives after a block.
#[inline(always)]
fn gain_step(from: i32, to: i32) -> i32 {
    (to - from + (BLOCK as i32 >> 1)) >> 6
}

/// The feedback's share of the sum of the last two outputs.
#[inline(always)]
fn fed_back(sum: i32, amount: i32) -> i32 {
    ((i64::from(sum) * i64::from(amount)) >> 24) as i32
}
