//! Sines and gains multiplied by adding logarithms, as Yamaha's chips do it: Dexed's "Mark I" (the
//! DX7) and "OPL" (a coarser chip).

use std::sync::LazyLock;

use super::{Block, Buses, OperatorControl, OperatorState, gain_step, scale};
use crate::BLOCK;
use crate::algorithm::ALGORITHMS;

/// One of the chips. `QUARTER` is the length of its tables: of a quarter of a sine and of an octave
/// of powers of two.
pub struct Chip<const QUARTER: usize> {
    /// The sine's first quarter as an attenuation; `QUARTER` is an octave.
    log_sine: [u16; QUARTER],
    /// An octave of powers of two, upwards.
    exponential: [u16; QUARTER],
    /// Bits of the phase below a step of the sine.
    phase_shift: u32,
    /// Bits from the unit of levels to that of the tables.
    level_shift: u32,
    /// Bits from the chip's output to Q24.
    output_shift: u32,
    /// Attenuation of a note that has not sounded yet, plus one.
    full_scale: i32,
    /// Attenuation above which, at both ends of a block, an operator is not rendered.
    silence: i32,
    /// Whether algorithms 4 and 6 loop over several operators, and 4, 6 and 32 take a quarter of
    /// the feedback.
    has_loops: bool,
}

/// The DX7's chips.
pub static MARK_ONE: LazyLock<Chip<1024>> = LazyLock::new(|| Chip {
    log_sine: log_sine(),
    exponential: exponential(4096.0),
    phase_shift: 12,
    level_shift: 0,
    output_shift: 13,
    full_scale: 16_384,
    silence: 16_284,
    has_loops: true,
});

/// Yamaha's OPL chips.
pub static OPL: LazyLock<Chip<256>> = LazyLock::new(|| Chip {
    log_sine: log_sine(),
    exponential: exponential(2048.0),
    phase_shift: 14,
    level_shift: 3,
    output_shift: 14,
    full_scale: 512,
    silence: 507,
    has_loops: false,
});

/// Builds the tables, which must not happen on the audio thread.
pub fn prepare() {
    LazyLock::force(&MARK_ONE);
    LazyLock::force(&OPL);
}

/// Rounded after an intermediate in single precision, which decides some last bits.
fn log_sine<const QUARTER: usize>() -> [u16; QUARTER] {
    let quarter = QUARTER as f64;
    std::array::from_fn(|i| {
        let angle = (i as f64 + 0.5) * std::f64::consts::FRAC_PI_2 / quarter;
        (f64::from((-quarter * angle.sin().log2()) as f32) + 0.5).floor() as u16
    })
}

fn exponential<const QUARTER: usize>(scale: f64) -> [u16; QUARTER] {
    // The OPL's table has ten bits, doubled.
    let (step, factor) = if QUARTER == 256 {
        (scale / 2.0, 2)
    } else {
        (scale, 1)
    };
    std::array::from_fn(|i| {
        let rise = ((i as f64 / QUARTER as f64).exp2() - 1.0) as f32;
        let mantissa = step as u16 + (f64::from(rise * step as f32) + 0.5).floor() as u16;
        mantissa * factor
    })
}

impl<const QUARTER: usize> Chip<QUARTER> {
    const OCTAVE_SHIFT: u32 = QUARTER.trailing_zeros();

    /// A sine of a phase (Q24 cycles) under an attenuation, Q24.
    #[inline(always)]
    fn sample(&self, phase: i32, attenuation: i32) -> i32 {
        let mask = QUARTER as i32 - 1;
        let step = phase >> self.phase_shift;
        // The second and the fourth quarter run backwards.
        let mirror = if step & QUARTER as i32 == 0 { 0 } else { mask };
        let place = (step ^ mirror) & mask;
        let log =
            i32::from(self.log_sine[place as usize % QUARTER]) + (attenuation << self.level_shift);
        let mantissa = i32::from(self.exponential[(!log & mask) as usize % QUARTER]);
        let magnitude = mantissa >> ((log >> Self::OCTAVE_SHIFT) & 31);
        // Negative values are the one's complement.
        let sign = if step & (2 * QUARTER as i32) == 0 {
            0
        } else {
            -1
        };
        (magnitude ^ sign) << self.output_shift
    }

    /// The attenuation of a level in Q24 octaves.
    fn attenuation(&self, level: i32) -> i32 {
        let units = self.full_scale.trailing_zeros();
        (self.full_scale - (level >> (28 - units))).max(0)
    }

    /// The attenuation a block starts from: exactly 0 is a note that has not sounded.
    fn stored(&self, attenuation: i32) -> i32 {
        if attenuation == 0 {
            self.full_scale - 1
        } else {
            attenuation
        }
    }

    /// Whether an operator was silent at the end of the last block.
    pub fn is_silent(&self, state: &OperatorState, place: usize) -> bool {
        self.stored(state.gain[place]) > self.silence
    }

    /// Renders 64 samples, overwriting `out`.
    #[inline(always)]
    pub fn render(
        &self,
        state: &mut OperatorState,
        control: &OperatorControl,
        buses: &mut Buses,
        out: &mut Block,
    ) {
        let number = control.algorithm & 31;
        let algorithm = &ALGORITHMS[number];
        let (loop_length, amount) = match number {
            3 if self.has_loops => (3, control.feedback >> 2),
            5 if self.has_loops => (2, control.feedback >> 2),
            31 if self.has_loops => (1, control.feedback >> 2),
            _ => (1, control.feedback),
        };
        let to = control.level.map(|level| self.attenuation(level));
        let start = *state;
        state.gain = to;
        for (phase, increment) in state.phase.iter_mut().zip(control.increment) {
            *phase = phase.wrapping_add(increment.wrapping_mul(BLOCK as i32));
        }
        let ramp = |place: usize, from: i32| Ramp {
            phase: start.phase[place],
            increment: control.increment[place],
            attenuation: from,
            step: gain_step(from, to[place]),
        };
        buses.begin();
        let mut in_loop = 0;
        for (place, wiring) in algorithm.iter().enumerate() {
            if in_loop > 0 {
                in_loop -= 1;
                continue;
            }
            let from = self.stored(start.gain[place]);
            if from > self.silence && to[place] > self.silence {
                buses.skip(wiring);
                continue;
            }
            let ramp = ramp(place, from);
            let mut rendered = [0; BLOCK];
            let mut last_wiring = wiring;
            if let Some(input) = buses.input(wiring) {
                for (i, (out, input)) in rendered.iter_mut().zip(input).enumerate() {
                    *out = ramp.sample(self, i, *input);
                }
            } else if wiring.feedback && amount > 0 {
                // Inside a loop only the first operator's level moves within the block.
                let inner = [1, 2].map(|i| {
                    let place = (place + i).min(5);
                    Ramp {
                        phase: start.phase[place],
                        increment: control.increment[place],
                        attenuation: to[place],
                        step: 0,
                    }
                });
                let inner = &inner[..loop_length - 1];
                let [mut before, mut last] = start.feedback;
                for (i, out) in rendered.iter_mut().enumerate() {
                    let back = scale(before.wrapping_add(last), amount);
                    before = last;
                    last = inner
                        .iter()
                        .fold(ramp.sample(self, i, back), |input, inner| {
                            inner.sample(self, i, input)
                        });
                    *out = last;
                }
                state.feedback = [before, last];
                in_loop = inner.len();
                last_wiring = &algorithm[(place + in_loop).min(5)];
            } else {
                for (i, out) in rendered.iter_mut().enumerate() {
                    *out = ramp.sample(self, i, 0);
                }
            }
            buses.put(last_wiring, &rendered, out);
        }
        buses.end(out);
    }
}

/// One operator over one block.
struct Ramp {
    phase: i32,
    increment: i32,
    attenuation: i32,
    step: i32,
}

impl Ramp {
    #[inline(always)]
    fn sample<const QUARTER: usize>(&self, chip: &Chip<QUARTER>, i: usize, modulation: i32) -> i32 {
        let i = i as i32;
        let phase = self.phase.wrapping_add(self.increment.wrapping_mul(i));
        let attenuation = self.attenuation + self.step * (i + 1);
        chip.sample(phase.wrapping_add(modulation), attenuation)
    }
}
