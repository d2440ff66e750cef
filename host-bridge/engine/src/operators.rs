//! Six operators making sound: 64 samples at a time, in one of three arithmetics.

pub mod feedback;
pub mod lanes;
pub mod logarithmic;
pub mod modern;

use crate::BLOCK;
use crate::algorithm::{BUSES, Wiring};

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

/// The blocks that modulators play on, and which of them hold anything. A bus whose first modulator
/// is silent counts as empty, and so does the output before its first carrier.
#[derive(Clone, Debug)]
pub struct Buses {
    blocks: [Block; BUSES],
    filled: u8,
}

/// The bit of the voice's output among those of the buses.
const OUTPUT: u8 = 7;

impl Buses {
    /// Empty buses.
    pub const EMPTY: Buses = Buses {
        blocks: [[0; BLOCK]; BUSES],
        filled: 0,
    };

    /// Before the first operator of a block.
    #[inline(always)]
    fn begin(&mut self) {
        self.filled = 0;
    }

    /// After the last: an output that nobody played on is silent.
    #[inline(always)]
    fn end(&self, out: &mut Block) {
        if self.filled & 1 << OUTPUT == 0 {
            out.fill(0);
        }
    }

    /// What modulates an operator, if anything does.
    #[inline(always)]
    fn input(&self, wiring: &Wiring) -> Option<&Block> {
        let bus = wiring
            .input
            .filter(|&bus| self.filled & 1 << (bus & 7) != 0)?;
        Some(&self.blocks[usize::from(bus) % BUSES])
    }

    /// An operator was silent.
    #[inline(always)]
    fn skip(&mut self, wiring: &Wiring) {
        if let (false, Some(bus)) = (wiring.adds, wiring.output) {
            self.filled &= !(1 << (bus & 7));
        }
    }

    /// Where an operator's sound goes: its bus, or the voice's output. Whether it is added to what
    /// is there, or else takes its place.
    #[inline(always)]
    fn output<'a>(&'a mut self, wiring: &Wiring, out: &'a mut Block) -> (&'a mut Block, bool) {
        let bit = 1 << (wiring.output.unwrap_or(OUTPUT) & 7);
        let adds = wiring.adds && self.filled & bit != 0;
        self.filled |= bit;
        match wiring.output {
            None => (out, adds),
            Some(bus) => (&mut self.blocks[usize::from(bus) % BUSES], adds),
        }
    }

    /// An operator's sound, already rendered, goes there.
    #[inline(always)]
    fn put(&mut self, wiring: &Wiring, rendered: &Block, out: &mut Block) {
        match self.output(wiring, out) {
            (target, true) => {
                for (target, sample) in target.iter_mut().zip(rendered) {
                    *target = target.wrapping_add(*sample);
                }
            }
            (target, false) => *target = *rendered,
        }
    }
}

/// What is added to a gain at every sample so that it arrives after a block.
#[inline(always)]
fn gain_step(from: i32, to: i32) -> i32 {
    (to - from + (BLOCK as i32 >> 1)) >> 6
}

/// The product of two Q24 numbers, rounded down: Q24.
#[inline(always)]
fn scale(a: i32, b: i32) -> i32 {
    ((i64::from(a) * i64::from(b)) >> 24) as i32
}
