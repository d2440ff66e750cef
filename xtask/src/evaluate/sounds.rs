//! What patches sound like at the published note, and what those sounds measure.

use std::collections::HashMap;

use engine::EngineKind;
use host_bridge::{Note, render_note};
use model::evaluation::{self, Features, HOLD_S, RATE, TOTAL_S};
use presets::{FractionalPatch, Parameter, Patch};
use timbre::{Analyser, Decimator};

/// The published note.
pub const NOTE: Note = Note {
    key: evaluation::NOTE.0,
    velocity: evaluation::NOTE.1,
    hold_s: HOLD_S,
    total_s: TOTAL_S,
};

/// Plays and measures, and remembers what it measured last. One for each thread.
pub struct Sounds {
    rate: f64,
    decimator: Decimator,
    analyser: Analyser,
    known: HashMap<[u8; Parameter::COUNT], Features>,
}

impl Sounds {
    /// Notes are played at that sample rate, in Hz, and measured at [`RATE`].
    pub fn new(rate: u32) -> Sounds {
        let rate = f64::from(rate);
        Sounds {
            rate,
            decimator: Decimator::new((rate / RATE) as usize),
            analyser: Analyser::new(RATE, (TOTAL_S * RATE) as usize),
            known: HashMap::new(),
        }
    }

    /// Forgets what was measured: the next pair shares nothing with this one.
    pub fn forget(&mut self) {
        self.known.clear();
    }

    /// The standardised features of a patch.
    pub fn features(&mut self, patch: &Patch) -> Features {
        if let Some(features) = self.known.get(patch.values()) {
            return *features;
        }
        let features = self.measure(&self.audio(patch));
        self.known.insert(*patch.values(), features);
        features
    }

    /// The standardised features of the sounds of A and B faded into each other.
    pub fn crossfade(&mut self, a: &Patch, b: &Patch, position: f64) -> Features {
        let (a, b) = (self.audio(a), self.audio(b));
        let position = position as f32;
        let mixed: Vec<f32> = a
            .iter()
            .zip(&b)
            .map(|(a, b)| a + (b - a) * position)
            .collect();
        self.measure(&mixed)
    }

    fn audio(&self, patch: &Patch) -> Vec<f32> {
        let samples = render(&patch.into(), &NOTE, self.rate);
        self.decimator.decimate(&samples)
    }

    fn measure(&mut self, samples: &[f32]) -> Features {
        self.analyser.measure(samples).standardised()
    }
}

/// A note of a patch, by the built-in engine.
pub fn render(patch: &FractionalPatch, note: &Note, rate: f64) -> Vec<f32> {
    render_note(patch, note, rate, EngineKind::Modern)
}
