//! Operators that modulate themselves, several at a time.
//!
//! Each of their samples waits for the one before, about twenty cycles long. Four voices interleaved
//! take hardly longer than one.

use super::{Block, fed_back};
use crate::BLOCK;
use crate::tables::sine;

/// One operator with feedback over one block.
#[derive(Clone, Copy, Debug, Default)]
pub struct Lane {
    /// Phase at the first sample, Q24 cycles.
    pub phase: i32,
    /// What is added to it at every sample.
    pub increment: i32,
    /// Gain before the first sample, Q24.
    pub gain: i32,
    /// What is added to it before every sample.
    pub gain_step: i32,
    /// How much of the sum of the last two outputs goes back, Q24.
    pub amount: i32,
    /// The last two outputs, Q24.
    pub memory: [i32; 2],
}

/// Renders a block of each lane, overwriting `out`, and leaves the lanes' memories for the next
/// block. `out` is as long as `lanes`.
#[inline(always)]
pub fn render(lanes: &mut [Lane], out: &mut [Block]) {
    let (mut lanes, mut out) = (lanes, out);
    while lanes.len() > 2 {
        let count = lanes.len().min(4);
        let (now, later) = lanes.split_at_mut(count);
        let (blocks, blocks_later) = out.split_at_mut(count.min(out.len()));
        interleaved::<4>(now, blocks);
        (lanes, out) = (later, blocks_later);
    }
    match lanes.len() {
        2 => interleaved::<2>(lanes, out),
        1 => interleaved::<1>(lanes, out),
        _ => {}
    }
}

/// `N` lanes at once; missing ones are silent.
#[inline(always)]
fn interleaved<const N: usize>(lanes: &mut [Lane], out: &mut [Block]) {
    let mut work: [Lane; N] = std::array::from_fn(|n| lanes.get(n).copied().unwrap_or_default());
    let mut rendered = [[0; N]; BLOCK];
    for samples in &mut rendered {
        for (lane, sample) in work.iter_mut().zip(samples) {
            let [before, last] = lane.memory;
            let back = fed_back(before.wrapping_add(last), lane.amount);
            lane.gain = lane.gain.wrapping_add(lane.gain_step);
            let value = i64::from(sine(lane.phase.wrapping_add(back)));
            *sample = ((value * i64::from(lane.gain)) >> 24) as i32;
            lane.phase = lane.phase.wrapping_add(lane.increment);
            lane.memory = [last, *sample];
        }
    }
    for (n, (lane, block)) in lanes.iter_mut().zip(out).enumerate() {
        lane.memory = work[n].memory;
        for (sample, samples) in block.iter_mut().zip(&rendered) {
            *sample = samples[n];
        }
    }
}
