//! Dexed's "modern" arithmetic: an interpolated sine times a gain that moves sample by sample.

use super::feedback::Lane;
use super::lanes::{LANES, Lanes};
use super::{Block, Buses, OperatorControl, OperatorState, gain_step};
use crate::BLOCK;
use crate::algorithm::ALGORITHMS;
use crate::tables::exp2;

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
pub fn render<L: Lanes>(
    simd: L,
    state: &OperatorState,
    control: &OperatorControl,
    plan: &Plan,
    feedback: &Block,
    buses: &mut Buses,
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
        let places = ramp.places(simd, buses.input(wiring));
        match buses.output(wiring, out) {
            (target, true) => ramp.render::<L, true>(simd, &places, target),
            (target, false) => ramp.render::<L, false>(simd, &places, target),
        }
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

/// The phases of a block, and where they lie in the table of sines. These go through memory, because
/// that takes a processor less than to take vectors apart.
struct Places {
    phases: [[i32; LANES]; EIGHTS],
    steps: [[i32; LANES]; EIGHTS],
}

/// A block is so many times eight samples.
const EIGHTS: usize = BLOCK / LANES;

impl Ramp {
    /// Its phases under that modulation.
    #[inline(always)]
    fn places<L: Lanes>(&self, simd: L, modulation: Option<&Block>) -> Places {
        let mut places = Places {
            phases: [[0; LANES]; EIGHTS],
            steps: [[0; LANES]; EIGHTS],
        };
        let mut phase = simd.progression(self.phase, self.increment);
        let increment = simd.splat(self.increment.wrapping_mul(LANES as i32));
        let modulation = modulation.map(|modulation| modulation.as_chunks::<LANES>().0);
        for i in 0..EIGHTS {
            let modulated = match modulation {
                Some(modulation) => simd.add(phase, simd.load(&modulation[i])),
                None => phase,
            };
            places.phases[i] = simd.store(modulated);
            places.steps[i] = simd.store(simd.steps(modulated));
            phase = simd.add(phase, increment);
        }
        places
    }

    /// Its samples, overwriting `out` or added to it.
    #[inline(always)]
    fn render<L: Lanes, const ADDS: bool>(&self, simd: L, places: &Places, out: &mut Block) {
        let first = self.gain.wrapping_add(self.gain_step);
        let mut gain = simd.progression(first, self.gain_step);
        let step = simd.splat(self.gain_step.wrapping_mul(LANES as i32));
        for (i, out) in out.as_chunks_mut::<LANES>().0.iter_mut().enumerate() {
            let sine = simd.sine_at(simd.load(&places.phases[i]), &places.steps[i]);
            let sample = simd.scale(sine, gain);
            *out = simd.store(if ADDS {
                simd.add(simd.load(out), sample)
            } else {
                sample
            });
            gain = simd.add(gain, step);
        }
    }
}
