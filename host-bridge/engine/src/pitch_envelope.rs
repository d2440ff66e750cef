//! The envelope that bends the pitch of all operators of a note.

use crate::rate::{RateConstants, interpolate};
use crate::tables::PITCH_LEVEL;

/// Speeds and targets of the four stages, Q24 octaves (a control step).
#[derive(Clone, Copy, Debug, Default)]
pub struct PitchEnvelopeSettings {
    increments: [i32; 4],
    targets: [i32; 4],
}

impl PitchEnvelopeSettings {
    /// From four rates and four levels, 0 to 99 each.
    pub fn new(rates: [f32; 4], levels: [f32; 4], constants: &RateConstants) -> Self {
        PitchEnvelopeSettings {
            increments: rates.map(|rate| constants.pitch_increment(rate)),
            targets: levels.map(|level| interpolate(level, |l| PITCH_LEVEL[l.min(99)] << 19)),
        }
    }
}

/// The pitch envelope of a sounding note.
#[derive(Clone, Copy, Debug, Default)]
pub struct PitchEnvelope {
    level: i32,
    stage: usize,
    down: bool,
    rising: bool,
    settings: PitchEnvelopeSettings,
}

impl PitchEnvelope {
    /// The envelope of a key that went down just now: it starts from its last level.
    pub fn start(settings: PitchEnvelopeSettings) -> PitchEnvelope {
        let mut envelope = PitchEnvelope {
            level: settings.targets[3],
            stage: 0,
            down: true,
            rising: false,
            settings,
        };
        envelope.enter(0);
        envelope
    }

    /// The key goes up.
    pub fn release(&mut self) {
        if self.down {
            self.down = false;
            self.enter(3);
        }
    }

    /// Takes new settings under the sounding note; the level moves with the target it is at or
    /// heads for.
    pub fn follow(&mut self, settings: PitchEnvelopeSettings) {
        let resting = self.stage > 3 || (self.stage == 3 && self.down);
        let at = if self.stage > 3 {
            3
        } else if resting {
            2
        } else {
            self.stage
        };
        if resting {
            self.level += settings.targets[at] - self.settings.targets[at];
        }
        self.settings = settings;
        if !resting {
            self.rising = self.settings.targets[at] > self.level;
        }
    }

    /// One control step; the bend, in Q24 octaves.
    pub fn step(&mut self) -> i32 {
        if self.stage < 3 || (self.stage == 3 && !self.down) {
            let (target, increment) = (
                self.settings.targets[self.stage & 3],
                self.settings.increments[self.stage & 3],
            );
            let (level, arrived) = if self.rising {
                let level = self.level.saturating_add(increment);
                (level, level >= target)
            } else {
                let level = self.level.saturating_sub(increment);
                (level, level <= target)
            };
            self.level = level;
            if arrived {
                self.level = target;
                self.enter(self.stage + 1);
            }
        }
        self.level
    }

    fn enter(&mut self, stage: usize) {
        self.stage = stage;
        if let Some(&target) = self.settings.targets.get(stage) {
            self.rising = target > self.level;
        }
    }
}
