//! Dexed's "modern" arithmetic: an interpolated sine times a gain that moves sample by sample.

use super::feedback::Lane;
use super::{Block, Buses, OperatorControl, OperatorState, Scratch, gain_step};
use crate::BLOCK;
use crate::algorithm::ALGORITHMS;
use crate::tables::{FRACTION, SINE, STEPS_LOG, exp2};

/// Below this gain (Q24), at both ends of a block, an operator is not rendered.
const SILENCE: i32 = 1120;

/// Whether an operator was silent at the end of the last block.
pub fn is_silent(state: &OperatorState, place: usize) -> bool {
    state.gain[place] < SILENCE
}

/// A block decided but not rendered: where gains come from and go to, and the operator with
/// feedback, which is rendered first and together with those of other voices.
#[derive(Clone, Copy, Debug, Default)]
pub struct Plan {
    phase: [i32; 6],
    from: [i32; 6],
    /// The operator that modulates itself, if it sounds.
    pub feedback: Option<Lane>,
}

/// Takes the operators one block further, apart from their sound.
pub fn plan(state: &mut OperatorState, control: &OperatorControl) -> Plan {
    let from = state.gain;
    let phase = state.phase;
    state.gain = control.level.map(|level| exp2(level - (14 << 24)));
    for (phase, increment) in state.phase.iter_mut().zip(control.increment) {
        *phase = phase.wrapping_add(increment.wrapping_mul(BLOCK as i32));
    }
    let algorithm = &ALGORITHMS[control.algorithm & 31];
    // No operator with feedback is modulated by another one, in any algorithm.
    let place = algorithm
        .iter()
        .position(|wiring| wiring.feedback)
        .unwrap_or(0);
    let sounds = from[place] >= SILENCE || state.gain[place] >= SILENCE;
    let lane = Lane {
        phase: phase[place],
        increment: control.increment[place],
        gain: from[place],
        gain_step: gain_step(from[place], state.gain[place]),
        amount: control.feedback,
        memory: state.feedback,
    };
    let feedback = (sounds && control.feedback > 0).then_some(lane);
    Plan {
        phase,
        from,
        feedback,
    }
}

/// Renders 64 samples, overwriting `out`; `feedback` is what the lane of the plan gave.
#[inline(always)]
pub fn render(
    state: &OperatorState,
    control: &OperatorControl,
    plan: &Plan,
    feedback: &Block,
    buses: &mut Buses,
    scratch: &mut Scratch,
    out: &mut Block,
) {
    buses.begin();
    for (place, wiring) in ALGORITHMS[control.algorithm & 31].iter().enumerate() {
        let (from, to) = (plan.from[place], state.gain[place]);
        if from < SILENCE && to < SILENCE {
            buses.skip(wiring);
            continue;
        }
        if wiring.feedback && plan.feedback.is_some() {
            buses.put(wiring, feedback, out);
            continue;
        }
        let ramp = Ramp {
            phase: plan.phase[place],
            increment: control.increment[place],
            gain: from,
            gain_step: gain_step(from, to),
        };
        ramp.render(buses.input(wiring), scratch);
        buses.put(wiring, &scratch.rendered, out);
    }
    buses.end(out);
}

/// One operator over one block.
struct Ramp {
    phase: i32,
    increment: i32,
    gain: i32,
    gain_step: i32,
}

impl Ramp {
    /// In three passes, of which the first and the last are arithmetic on several samples at a time
    /// where the processor can, and the second only fetches.
    #[inline(always)]
    fn render(&self, modulation: Option<&Block>, scratch: &mut Scratch) {
        let Scratch {
            phases,
            segments,
            rendered,
        } = scratch;
        let mut phase = self.phase;
        // A whole 32-bit number is one cycle here, so that its top bits are a step of the table.
        let mut widen = |phases: &mut u32, modulation: i32| {
            *phases = (phase.wrapping_add(modulation) as u32) << 8;
            phase = phase.wrapping_add(self.increment);
        };
        match modulation {
            Some(modulation) => {
                for (phase, modulation) in phases.iter_mut().zip(modulation) {
                    widen(phase, *modulation);
                }
            }
            None => phases.iter_mut().for_each(|phase| widen(phase, 0)),
        }
        let eights = segments.as_chunks_mut::<8>().0.iter_mut();
        for (segments, phases) in eights.zip(phases.as_chunks::<8>().0) {
            for (segment, phase) in segments.iter_mut().zip(phases) {
                *segment = SINE[(phase >> (32 - STEPS_LOG)) as usize];
            }
        }
        let mut gain = i64::from(self.gain);
        for i in 0..BLOCK {
            gain += i64::from(self.gain_step);
            let fraction = (phases[i] >> 8) as i32 & ((1 << FRACTION) - 1);
            let sine = i64::from(segments[i].at(fraction));
            rendered[i] = ((sine * i64::from(gain as i32)) >> 24) as i32;
        }
    }
}
