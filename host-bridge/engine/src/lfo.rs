//! The one LFO that all notes of a synth hear.

use presets::{FractionalPatch, Parameter};

use crate::BLOCK;
use crate::rate::{RateConstants, split};
use crate::tables::{ONE, sine};

/// What a control step of the LFO gives to every note.
#[derive(Clone, Copy, Debug, Default)]
pub struct LfoOutput {
    phase: u32,
    random: u8,
    /// How far the delay has let the modulation in, Q24.
    pub delay: i32,
}

impl LfoOutput {
    /// The LFO with that wave (0 to 5, anything else rests in the middle), 0 to 1, Q24.
    pub fn wave(&self, wave: u8) -> i32 {
        let phase = self.phase;
        match wave {
            0 => {
                let folded = if phase >> 31 == 0 { phase } else { !phase };
                ((folded >> 7) & 0x00FF_FFFF) as i32
            }
            1 => ((!phase ^ 1 << 31) >> 8) as i32,
            2 => ((phase ^ 1 << 31) >> 8) as i32,
            3 => ((!phase >> 7) & 1 << 24) as i32,
            4 => (ONE >> 1) + (sine((phase >> 8) as i32) >> 1),
            5 => (i32::from(self.random ^ 0x80) + 1) << 16,
            _ => ONE >> 1,
        }
    }
}

/// Phase, random state and delay. It keeps a 64-sample grid of its own, which starts anew with the
/// first key that goes down.
#[derive(Clone, Copy, Debug, Default)]
pub struct Lfo {
    phase: u32,
    random: u8,
    delay: u32,
    /// Increments of the delay before and after its half.
    delay_increments: [u32; 2],
    /// Samples until the next step.
    countdown: usize,
    /// Samples that the next step stands for.
    span: usize,
    output: LfoOutput,
}

impl Lfo {
    /// An LFO at the start of everything.
    pub fn new() -> Lfo {
        Lfo {
            span: BLOCK,
            ..Lfo::default()
        }
    }

    /// The first key goes down: the delay begins again, and with key sync the wave too. The step
    /// due here is taken before the note's.
    pub fn key_down(&mut self, sync: bool) {
        if sync {
            self.phase = (1 << 31) - 1;
            self.span = BLOCK;
        } else if self.countdown > 0 {
            self.span = BLOCK - self.countdown.min(BLOCK);
        }
        self.countdown = 0;
        self.delay = 0;
    }

    /// Samples until [`Lfo::step`] is due.
    pub fn countdown(&self) -> usize {
        self.countdown
    }

    /// Time goes on; never past the next step.
    pub fn advance(&mut self, samples: usize) {
        self.countdown = self.countdown.saturating_sub(samples);
    }

    /// One control step with the speed and the delay of a patch.
    pub fn step(&mut self, patch: &FractionalPatch, constants: &RateConstants) {
        let full = constants.lfo_increment(patch.get(Parameter::LFO_SPEED));
        let increment = if self.span == BLOCK {
            full
        } else {
            (u64::from(full) * self.span as u64 / BLOCK as u64) as u32
        };
        self.phase = self.phase.wrapping_add(increment);
        if self.phase < increment {
            self.random = self.random.wrapping_mul(179).wrapping_add(17);
        }
        self.delay_increments =
            delay_increments(patch.get(Parameter::LFO_DELAY), constants.lfo_delay);
        self.output = LfoOutput {
            phase: self.phase,
            random: self.random,
            delay: self.step_delay(),
        };
        self.countdown = BLOCK;
        self.span = BLOCK;
    }

    /// What the last step gave.
    pub fn output(&self) -> LfoOutput {
        self.output
    }

    fn step_delay(&mut self) -> i32 {
        const HALF: u32 = 1 << 31;
        let increment = self.delay_increments[usize::from(self.delay >= HALF)];
        let Some(delay) = self.delay.checked_add(increment) else {
            return ONE;
        };
        self.delay = delay;
        if delay < HALF {
            0
        } else {
            ((delay >> 7) & 0x00FF_FFFF) as i32
        }
    }
}

/// Increments of the delay before its half (nothing is heard) and after (it fades in).
fn delay_increments(delay: f32, unit: u32) -> [u32; 2] {
    let at = |delay: usize| -> [u32; 2] {
        if delay == 0 {
            return [u32::MAX; 2];
        }
        let a = 99 - delay.min(99) as u32;
        let a = (16 + (a & 15)) << (1 + (a >> 4));
        [
            unit.saturating_mul(a),
            unit.saturating_mul((a & 0xFF80).max(0x80)),
        ]
    };
    let (whole, fraction) = split(delay);
    let here = at(whole);
    if fraction == 0.0 {
        return here;
    }
    let there = at(whole + 1);
    std::array::from_fn(|i| {
        let (from, to) = (f64::from(here[i]), f64::from(there[i]));
        (from + (to - from) * f64::from(fraction)) as u32
    })
}
