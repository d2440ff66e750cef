//! The envelope of an operator's level, in octaves (6.02 dB each), one step for each 64 samples.

use crate::BLOCK;
use crate::rate::{Pace, interpolate, split};
use crate::tables::{plateau, scaled_level};

/// An attack starts here at once, Q24 octaves.
const ATTACK_FLOOR: i32 = 1716 << 16;
/// The lowest target of a stage, Q24 octaves.
const FLOOR: i32 = 16 << 16;
/// Targets this far apart are no plateau at all; nearer ones are held in proportion, so that a
/// plateau comes and goes continuously. Whole parameters never come nearer without being equal.
const PLATEAU_REACH: f32 = FLOOR as f32;

/// What an operator's parameters make of the four stages at one key and velocity. While the patch
/// moves, these are made anew at every control step, so times are only worked out where a stage
/// asks for them.
#[derive(Clone, Copy, Debug, Default)]
pub struct EnvelopeSettings {
    /// Levels the stages end at, Q24 octaves.
    targets: [i32; 4],
    /// Rates 1 to 4, 0 to 99.
    rates: [f32; 4],
    /// What the key adds to the quantised rates.
    rate_scaling: f32,
    /// Level 1, 0 to 99.
    first: f32,
    pace: Pace,
}

/// The parameters an envelope is made of, at one key.
#[derive(Clone, Copy, Debug)]
pub struct EnvelopeInput {
    /// Rates 1 to 4, 0 to 99.
    pub rates: [f32; 4],
    /// Levels 1 to 4, 0 to 99.
    pub levels: [f32; 4],
    /// The operator's level with velocity and key, Q24 octaves.
    pub level: i32,
    /// What the key adds to the quantised rates.
    pub rate_scaling: f32,
}

/// Levels 0 to 99, Q24 octaves.
const LEVELS: [i32; 100] = {
    let mut levels = [0; 100];
    let mut level = 0;
    while level < 100 {
        levels[level] = (scaled_level(level as i32) >> 1) << 22;
        level += 1;
    }
    levels
};

impl EnvelopeSettings {
    /// The settings of those parameters.
    pub fn new(input: &EnvelopeInput, pace: Pace) -> Self {
        EnvelopeSettings {
            targets: input.levels.map(|level| {
                let steps = interpolate(level, |l| LEVELS[l.min(99)]);
                (steps + input.level - (4256 << 16)).max(FLOOR)
            }),
            rates: input.rates,
            rate_scaling: input.rate_scaling,
            first: input.levels[0],
            pace,
        }
    }

    /// How far a stage moves in a control step, Q24 octaves.
    fn increment(&self, stage: usize) -> i32 {
        let (whole, fraction) = split(self.rates[stage & 3]);
        let quantised = |rate: usize| ((rate.min(99) * 41) >> 6) as f32;
        let rate = quantised(whole) + (quantised(whole + 1) - quantised(whole)) * fraction;
        interpolate((rate + self.rate_scaling).min(63.0), |q| {
            self.pace.increment(q)
        })
    }

    /// Samples a stage is held whose target is reached already.
    fn hold(&self, stage: usize) -> i32 {
        self.plateau(stage, |samples, _| samples)
    }

    /// Samples the first stage is held because its level is 0.
    fn silence(&self) -> i32 {
        let share = (1.0 - self.first).max(0.0);
        if share == 0.0 {
            return 0;
        }
        let samples = self.plateau(
            0,
            |samples, rate| {
                if rate < 77 { samples / 20 } else { samples }
            },
        );
        (samples as f32 * share) as i32
    }

    fn plateau(&self, stage: usize, samples: impl Fn(i32, usize) -> i32) -> i32 {
        let rate = (self.rates[stage & 3] + self.rate_scaling).min(99.0);
        let samples = interpolate(rate, |rate| samples(plateau(rate.min(99) as i32), rate));
        self.pace.plateau(samples as f32)
    }
}

/// The envelope of an operator of a sounding note.
#[derive(Clone, Copy, Debug, Default)]
pub struct Envelope {
    level: i32,
    /// 0 to 3 as on the panel, less one; 4 after the last.
    stage: usize,
    down: bool,
    rising: bool,
    /// Of the stage, Q24 octaves a control step.
    increment: i32,
    /// Samples left of a plateau.
    hold: i32,
    settings: EnvelopeSettings,
}

impl Envelope {
    /// The envelope of a key that went down just now. It starts from silence.
    pub fn start(settings: EnvelopeSettings) -> Envelope {
        let mut envelope = Envelope {
            settings,
            down: true,
            ..Envelope::default()
        };
        envelope.enter(0);
        envelope
    }

    /// The key goes up: the last stage begins from wherever the level is.
    pub fn release(&mut self) {
        if self.down {
            self.down = false;
            let at_rest = self.level == self.settings.targets[2];
            self.enter(3);
            if !at_rest && !self.at_target() {
                self.hold = 0;
            }
        }
    }

    /// Whether it can still be heard, or stays at a last level above 0 for ever.
    pub fn is_active(&self) -> bool {
        self.stage < 4 || self.settings.targets[3] > FLOOR
    }

    /// Whether its level is down and, with the key up, will stay there: an operator may also be
    /// silent because the LFO takes its level away for a moment.
    pub fn has_faded(&self) -> bool {
        self.settings.targets[3] <= FLOOR && self.level <= 2 * FLOOR
    }

    /// Takes new settings under the sounding note. The level keeps its place between where the
    /// stage came from and where it goes, and a level at rest moves with its target.
    pub fn follow(&mut self, settings: EnvelopeSettings) {
        let old = core::mem::replace(&mut self.settings, settings);
        let new = &self.settings;
        let place = match (self.stage, self.down) {
            (4.., _) => (3, 3),
            (3, true) => (2, 2),
            (3, false) => (3, 3),
            (0, _) => (0, 0),
            (stage, _) => (stage - 1, stage),
        };
        let (from, to) = (old.targets[place.0 & 3], old.targets[place.1 & 3]);
        let (from_moved, to_moved) = (
            i64::from(new.targets[place.0 & 3]) - i64::from(from),
            i64::from(new.targets[place.1 & 3]) - i64::from(to),
        );
        let moved = if self.stage == 0 && self.down {
            // An attack comes from silence, which does not move.
            to_moved * i64::from(self.level) / i64::from(to.max(1))
        } else if from == to {
            to_moved
        } else {
            let span = i64::from(to) - i64::from(from);
            let done = (i64::from(self.level) - i64::from(from)).clamp(span.min(0), span.max(0));
            from_moved + (to_moved - from_moved) * done / span
        };
        // A plateau is as far gone as before.
        let whole = |settings: &EnvelopeSettings| match self.stage {
            0 => i64::from(settings.silence()),
            stage => i64::from(settings.hold(stage)),
        };
        if self.hold > 0 {
            let (old, new) = (whole(&old).max(1), whole(&self.settings));
            self.hold = (i64::from(self.hold) * new / old).clamp(0, i64::from(i32::MAX)) as i32;
        }
        if self.level > 0 {
            self.level = (i64::from(self.level) + moved).clamp(0, i64::from(i32::MAX)) as i32;
        }
        if self.stage < 4 {
            self.rising = self.settings.targets[self.stage] > self.level;
            self.increment = self.settings.increment(self.stage);
        }
    }

    /// One control step; the level, in Q24 octaves (15 is an operator's gain of 2).
    pub fn step(&mut self) -> i32 {
        if self.hold > 0 {
            self.hold -= BLOCK as i32;
            if self.hold <= 0 {
                self.hold = 0;
                let silent = self.stage == 0 && self.settings.first == 0.0;
                if silent || self.at_target() {
                    self.enter(self.stage + 1);
                }
            }
        }
        let moving = self.stage < 3 || (self.stage == 3 && !self.down);
        if moving && self.hold == 0 {
            let stage = self.stage & 3;
            let (target, increment) = (self.settings.targets[stage], self.increment);
            let (level, arrived) = if self.rising {
                let level = self.level.max(ATTACK_FLOOR);
                let octaves = ((17 << 24) - level) >> 24;
                let level = level.saturating_add(octaves.saturating_mul(increment));
                (level, level >= target)
            } else {
                let level = self.level.saturating_sub(increment);
                (level, level <= target)
            };
            self.level = level;
            if arrived {
                self.level = target;
                self.enter(stage + 1);
            }
        }
        self.level
    }

    fn at_target(&self) -> bool {
        self.settings.targets.get(self.stage) == Some(&self.level)
    }

    fn enter(&mut self, stage: usize) {
        self.stage = stage;
        let Some(&target) = self.settings.targets.get(stage) else {
            return;
        };
        self.rising = target > self.level;
        self.increment = self.settings.increment(stage);
        let distance = (target as f32 - self.level as f32).abs();
        let silence = if stage == 0 {
            self.settings.silence()
        } else {
            0
        };
        self.hold = if silence > 0 {
            silence
        } else if distance == 0.0 {
            self.settings.hold(stage)
        } else {
            let nearness = (1.0 - distance / PLATEAU_REACH).max(0.0);
            if nearness > 0.0 {
                (self.settings.hold(stage) as f32 * nearness) as i32
            } else {
                0
            }
        };
    }
}
