//! Operators that modulate themselves, several at a time.
//!
//! Each of their samples waits for the one before, so that time can only be saved by rendering
//! those of several voices side by side: sixteen take hardly longer than one.

use super::lanes::{LANES, Lanes};
use super::{Block, scale};
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

/// So few lanes are rendered one number at a time, which is faster than to fill vectors with silence.
const FEW: usize = 3;

/// Renders a block of each lane, overwriting `out`, and leaves the lanes' memories for the next
/// block. `out` is as long as `lanes`.
#[inline(always)]
pub fn render<L: Lanes>(simd: L, lanes: &mut [Lane], out: &mut [Block]) {
    let (mut lanes, mut out) = (lanes, out);
    while !lanes.is_empty() {
        let count = lanes.len();
        let count = if count <= FEW {
            count
        } else {
            count.min(2 * LANES)
        };
        let (now, later) = lanes.split_at_mut(count);
        let (blocks, blocks_later) = out.split_at_mut(count.min(out.len()));
        if count == 1 {
            interleaved::<1>(now, blocks);
        } else if count <= FEW {
            interleaved::<FEW>(now, blocks);
        } else if count <= LANES {
            side_by_side::<L, 1>(simd, now, blocks);
        } else {
            side_by_side::<L, 2>(simd, now, blocks);
        }
        (lanes, out) = (later, blocks_later);
    }
}

/// `N` lanes, one number at a time; missing ones are silent.
#[inline(always)]
fn interleaved<const N: usize>(lanes: &mut [Lane], out: &mut [Block]) {
    let mut work: [Lane; N] = std::array::from_fn(|n| lanes.get(n).copied().unwrap_or_default());
    let mut rendered = [[0; N]; BLOCK];
    for samples in &mut rendered {
        for (lane, sample) in work.iter_mut().zip(samples) {
            let [before, last] = lane.memory;
            let back = scale(before.wrapping_add(last), lane.amount);
            lane.gain = lane.gain.wrapping_add(lane.gain_step);
            *sample = scale(sine(lane.phase.wrapping_add(back)), lane.gain);
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

/// [`LANES`] lanes side by side, part by part of a [`Lane`].
#[derive(Clone, Copy)]
struct Group<V> {
    phase: V,
    increment: V,
    gain: V,
    gain_step: V,
    amount: V,
    memory: [V; 2],
}

impl<V: Copy> Group<V> {
    /// Those lanes; missing ones are silent.
    #[inline(always)]
    fn new<L: Lanes<Vector = V>>(simd: L, lanes: &[Lane]) -> Group<V> {
        let mut parts = [[0; LANES]; 7];
        for (n, lane) in lanes.iter().take(LANES).enumerate() {
            let [before, last] = lane.memory;
            let numbers = [
                lane.phase,
                lane.increment,
                lane.gain,
                lane.gain_step,
                lane.amount,
                before,
                last,
            ];
            for (part, number) in parts.iter_mut().zip(numbers) {
                part[n] = number;
            }
        }
        Group {
            phase: simd.load(&parts[0]),
            increment: simd.load(&parts[1]),
            gain: simd.load(&parts[2]),
            gain_step: simd.load(&parts[3]),
            amount: simd.load(&parts[4]),
            memory: [simd.load(&parts[5]), simd.load(&parts[6])],
        }
    }

    /// The next sample of each.
    #[inline(always)]
    fn next<L: Lanes<Vector = V>>(&mut self, simd: L) -> V {
        let [before, last] = self.memory;
        let back = simd.scale(simd.add(before, last), self.amount);
        self.gain = simd.add(self.gain, self.gain_step);
        let sample = simd.scale(simd.sine(simd.add(self.phase, back)), self.gain);
        self.phase = simd.add(self.phase, self.increment);
        self.memory = [last, sample];
        sample
    }
}

/// Up to `N` times [`LANES`] lanes at once.
#[inline(always)]
fn side_by_side<L: Lanes, const N: usize>(simd: L, lanes: &mut [Lane], out: &mut [Block]) {
    let mut groups = [Group::new(simd, &[]); N];
    for (group, lanes) in groups.iter_mut().zip(lanes.chunks(LANES)) {
        *group = Group::new(simd, lanes);
    }
    let mut rendered = [[[0; LANES]; BLOCK]; N];
    for i in 0..BLOCK {
        for (group, rendered) in groups.iter_mut().zip(&mut rendered) {
            rendered[i] = simd.store(group.next(simd));
        }
    }
    let lanes = lanes.chunks_mut(LANES).zip(out.chunks_mut(LANES));
    for (rendered, (lanes, out)) in rendered.iter().zip(lanes) {
        for (n, (lane, block)) in lanes.iter_mut().zip(out).enumerate() {
            for (sample, samples) in block.iter_mut().zip(rendered) {
                *sample = samples[n];
            }
            lane.memory = [block[BLOCK - 2], block[BLOCK - 1]];
        }
    }
}
