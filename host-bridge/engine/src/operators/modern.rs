//! Dexed's "modern" arithmetic: an interpolated sine times a gain that moves sample by sample.

use super::{Block, OperatorControl, OperatorState, fed_back, gain_step};
use crate::BLOCK;
use crate::algorithm::{ALGORITHMS, BUSES};
use crate::tables::{exp2, sine};

/// Below this gain (Q24), at both ends of a block, an operator is not rendered.
pub const SILENCE: i32 = 1120;

/// Whether a block of this state and control would be all zeros, and so would the next.
pub fn is_silent(state: &OperatorState, place: usize) -> bool {
    state.gain[place] < SILENCE
}

/// Renders 64 samples, overwriting `out`.
pub fn render(state: &mut OperatorState, control: &OperatorControl, out: &mut Block) {
    let algorithm = &ALGORITHMS[control.algorithm & 31];
    let mut buses = [[0; BLOCK]; BUSES];
    let mut filled = 0u8;
    out.fill(0);
    for (place, wiring) in algorithm.iter().enumerate() {
        let from = state.gain[place];
        let to = exp2(control.level[place] - (14 << 24));
        state.gain[place] = to;
        let phase = state.phase[place];
        let increment = control.increment[place];
        state.phase[place] = phase.wrapping_add(increment.wrapping_mul(BLOCK as i32));
        let bus_bit = wiring.output.map_or(0, |bus| 1 << (bus & 7));
        if from < SILENCE && to < SILENCE {
            // A bus whose first modulator is silent counts as empty.
            if !wiring.adds {
                filled &= !bus_bit;
            }
            continue;
        }
        let voice = Voice {
            phase,
            increment,
            gain: from,
            gain_step: gain_step(from, to),
        };
        let mut rendered = [0; BLOCK];
        let input = wiring.input.filter(|&bus| filled & 1 << (bus & 7) != 0);
        if let Some(bus) = input {
            voice.modulated(&buses[usize::from(bus) % BUSES], &mut rendered);
        } else if wiring.feedback && control.feedback > 0 {
            voice.self_modulated(control.feedback, &mut state.feedback, &mut rendered);
        } else {
            voice.plain(&mut rendered);
        }
        match wiring.output {
            None => add(out, &rendered),
            Some(bus) => {
                let target = &mut buses[usize::from(bus) % BUSES];
                if wiring.adds && filled & bus_bit != 0 {
                    add(target, &rendered);
                } else {
                    *target = rendered;
                }
                filled |= bus_bit;
            }
        }
    }
}

fn add(to: &mut Block, from: &Block) {
    for (to, from) in to.iter_mut().zip(from) {
        *to = to.wrapping_add(*from);
    }
}

/// One operator over one block.
struct Voice {
    phase: i32,
    increment: i32,
    gain: i32,
    gain_step: i32,
}

impl Voice {
    #[inline(always)]
    fn sample(&self, i: usize, modulation: i32) -> i32 {
        let i = i as i32;
        let phase = self.phase.wrapping_add(self.increment.wrapping_mul(i));
        let gain = self.gain.wrapping_add(self.gain_step.wrapping_mul(i + 1));
        ((i64::from(sine(phase.wrapping_add(modulation))) * i64::from(gain)) >> 24) as i32
    }

    fn plain(&self, out: &mut Block) {
        for (i, out) in out.iter_mut().enumerate() {
            *out = self.sample(i, 0);
        }
    }

    fn modulated(&self, input: &Block, out: &mut Block) {
        for (i, (out, input)) in out.iter_mut().zip(input).enumerate() {
            *out = self.sample(i, *input);
        }
    }

    fn self_modulated(&self, amount: i32, memory: &mut [i32; 2], out: &mut Block) {
        let [mut before, mut last] = *memory;
        for (i, out) in out.iter_mut().enumerate() {
            let back = fed_back(before.wrapping_add(last), amount);
            before = last;
            last = self.sample(i, back);
            *out = last;
        }
        *memory = [before, last];
    }
}
