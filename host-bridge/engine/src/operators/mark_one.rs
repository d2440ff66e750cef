//! The DX7's own arithmetic as Dexed's "Mark I" has it: sines and gains multiplied by adding
//! logarithms, and loops over several operators in algorithms 4 and 6.

use std::sync::LazyLock;

use super::{Block, OperatorControl, OperatorState, fed_back, gain_step};
use crate::BLOCK;
use crate::algorithm::{ALGORITHMS, BUSES};

/// Attenuation above which, at both ends of a block, an operator is not rendered (1024 an octave).
const SILENCE: i32 = 16_284;
/// Attenuation of a note that has not sounded yet.
const FRESH: i32 = 16_383;

/// Quarter of a sine and an octave of powers of two.
struct Tables {
    /// -1024 log2 of the sine's first quarter.
    log_sine: [u16; 1024],
    /// 4096 to 8191: an octave upwards.
    exponential: [u16; 1024],
}

static TABLES: LazyLock<Tables> = LazyLock::new(|| Tables {
    log_sine: std::array::from_fn(|i| {
        let angle = (i as f64 + 0.5) * std::f64::consts::PI / 2048.0;
        (f64::from(-1024.0 * angle.sin().log2() as f32) + 0.5).floor() as u16
    }),
    exponential: std::array::from_fn(|i| {
        let rise = ((i as f64 / 1024.0).exp2() - 1.0) as f32;
        4096 + (f64::from(rise * 4096.0) + 0.5).floor() as u16
    }),
});

/// Builds the tables, which must not happen on the audio thread.
pub fn prepare() {
    LazyLock::force(&TABLES);
}

impl Tables {
    /// A sine of a phase (Q24 cycles), attenuated by 1024 an octave, Q24.
    #[inline(always)]
    fn sample(&self, phase: i32, attenuation: i32) -> i32 {
        let step = phase >> 12;
        let quarter = step & 1023;
        let place = if step & 1024 == 0 {
            quarter
        } else {
            1023 - quarter
        };
        let log = i32::from(self.log_sine[place as usize & 1023]) + attenuation;
        let mantissa = i32::from(self.exponential[!log as usize & 1023]);
        let magnitude = mantissa >> ((log >> 10) & 31);
        if step & 2048 == 0 {
            magnitude << 13
        } else {
            !magnitude << 13
        }
    }
}

/// The attenuation of a level in Q24 octaves.
fn attenuation(level: i32) -> i32 {
    (16_384 - (level >> 14)).max(0)
}

/// The attenuation a block starts from: a gain of exactly 0 is a note that has not sounded.
fn stored(gain: i32) -> i32 {
    if gain == 0 { FRESH } else { gain }
}

/// Whether an operator was silent at the end of the last block.
pub fn is_silent(state: &OperatorState, place: usize) -> bool {
    stored(state.gain[place]) > SILENCE
}

/// Renders 64 samples, overwriting `out`.
pub fn render(state: &mut OperatorState, control: &OperatorControl, out: &mut Block) {
    let number = control.algorithm & 31;
    let algorithm = &ALGORITHMS[number];
    // Loops over several operators, and algorithm 32, take a quarter of the feedback.
    let (loop_length, amount) = match number {
        3 => (3, control.feedback >> 2),
        5 => (2, control.feedback >> 2),
        31 => (1, control.feedback >> 2),
        _ => (1, control.feedback),
    };
    let mut buses = [[0; BLOCK]; BUSES];
    let mut filled = 0u8;
    out.fill(0);
    let mut place = 0;
    while let Some(&(mut wiring)) = algorithm.get(place) {
        let from = stored(state.gain[place]);
        let to = attenuation(control.level[place]);
        let bus_bit = |bus: u8| 1u8 << (bus & 7);
        let mut rendered = [0; BLOCK];
        if from > SILENCE && to > SILENCE {
            state.gain[place] = to;
            advance(state, control, place);
            if let (false, Some(bus)) = (wiring.adds, wiring.output) {
                filled &= !bus_bit(bus);
            }
            place += 1;
            continue;
        }
        let input = wiring.input.filter(|&bus| filled & bus_bit(bus) != 0);
        if let Some(bus) = input {
            let input = &buses[usize::from(bus) % BUSES];
            let ramp = Ramp::new(state, control, place, from, to);
            for (i, (out, input)) in rendered.iter_mut().zip(input).enumerate() {
                *out = ramp.sample(i, *input);
            }
        } else if wiring.feedback && amount > 0 {
            let ramp = Ramp::new(state, control, place, from, to);
            let inner: [Ramp; 2] = std::array::from_fn(|i| {
                let place = (place + 1 + i).min(5);
                let level = attenuation(control.level[place]);
                Ramp::new(state, control, place, level, level)
            });
            let inner = &inner[..loop_length - 1];
            let [mut before, mut last] = state.feedback;
            for (i, out) in rendered.iter_mut().enumerate() {
                let back = fed_back(before.wrapping_add(last), amount);
                before = last;
                last = inner
                    .iter()
                    .fold(ramp.sample(i, back), |input, inner| inner.sample(i, input));
                *out = last;
            }
            state.feedback = [before, last];
            for _ in inner {
                state.gain[place] = attenuation(control.level[place]);
                advance(state, control, place);
                place += 1;
            }
            wiring = algorithm[place];
        } else {
            let ramp = Ramp::new(state, control, place, from, to);
            for (i, out) in rendered.iter_mut().enumerate() {
                *out = ramp.sample(i, 0);
            }
        }
        state.gain[place] = attenuation(control.level[place]);
        advance(state, control, place);
        match wiring.output {
            None => add(out, &rendered),
            Some(bus) => {
                let target = &mut buses[usize::from(bus) % BUSES];
                if wiring.adds && filled & bus_bit(bus) != 0 {
                    add(target, &rendered);
                } else {
                    *target = rendered;
                }
                filled |= bus_bit(bus);
            }
        }
        place += 1;
    }
}

fn advance(state: &mut OperatorState, control: &OperatorControl, place: usize) {
    let block = control.increment[place].wrapping_mul(BLOCK as i32);
    state.phase[place] = state.phase[place].wrapping_add(block);
}

fn add(to: &mut Block, from: &Block) {
    for (to, from) in to.iter_mut().zip(from) {
        *to = to.wrapping_add(*from);
    }
}

/// One operator over one block.
struct Ramp {
    tables: &'static Tables,
    phase: i32,
    increment: i32,
    attenuation: i32,
    step: i32,
}

impl Ramp {
    fn new(
        state: &OperatorState,
        control: &OperatorControl,
        place: usize,
        from: i32,
        to: i32,
    ) -> Ramp {
        Ramp {
            tables: &TABLES,
            phase: state.phase[place],
            increment: control.increment[place],
            attenuation: from,
            step: gain_step(from, to),
        }
    }

    #[inline(always)]
    fn sample(&self, i: usize, modulation: i32) -> i32 {
        let i = i as i32;
        let phase = self.phase.wrapping_add(self.increment.wrapping_mul(i));
        let attenuation = self.attenuation + self.step * (i + 1);
        self.tables
            .sample(phase.wrapping_add(modulation), attenuation)
    }
}
