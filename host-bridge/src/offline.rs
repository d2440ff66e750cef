//! Offline rendering: notes in, samples out, with the built-in engine and nothing else.
//!
//! Every render starts from a fresh synth, so the same call gives the same samples, on any thread.

use engine::{EngineKind, Event, FmSynth, MorphTable, NoteAddress};
use presets::FractionalPatch;

/// One note, for renders that want nothing more.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Note {
    /// MIDI key, 0 to 127 (60 is middle C).
    pub key: u8,
    /// MIDI velocity, 1 to 127.
    pub velocity: u8,
    /// Seconds from the key's going down to its going up.
    pub hold_s: f64,
    /// Seconds of the whole render; what sounds after that is cut.
    pub total_s: f64,
}

/// Something that happens in a phrase.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Step {
    /// A note, a controller, the wheel.
    Play(Event),
    /// The position in the table from here on: 0 is A, 1 is B.
    Morph(f32),
}

/// What is played, and when: steps at sample numbers, in order, and a length.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Phrase {
    steps: Vec<(usize, Step)>,
    samples: usize,
}

impl Phrase {
    /// Silence of that many samples.
    pub fn new(samples: usize) -> Phrase {
        Phrase {
            steps: Vec::new(),
            samples,
        }
    }

    /// One note at that sample rate in Hz, from the first sample on.
    pub fn of_note(note: &Note, rate: f64) -> Phrase {
        // `as` saturates: a time that is no number or below zero becomes the first sample.
        let sample = |seconds: f64| (seconds * rate).round() as usize;
        let mut phrase = Phrase::new(sample(note.total_s));
        phrase.note(0, sample(note.hold_s), note.key, note.velocity);
        phrase
    }

    /// Adds a step before sample `at`. Steps of one sample happen in the order they were added.
    pub fn step(&mut self, at: usize, step: Step) -> &mut Phrase {
        let place = self.steps.partition_point(|&(other, _)| other <= at);
        self.steps.insert(place, (at, step));
        self
    }

    /// Adds a note that is held from sample `from` to sample `to`.
    pub fn note(&mut self, from: usize, to: usize, key: u8, velocity: u8) -> &mut Phrase {
        let address = NoteAddress {
            channel: Some(0),
            key: Some(key),
            note_id: None,
        };
        self.step(from, Step::Play(Event::NoteOn { address, velocity }))
            .step(to, Step::Play(Event::NoteOff { address }))
    }

    /// Its steps, in order.
    pub fn steps(&self) -> &[(usize, Step)] {
        &self.steps
    }

    /// How many samples it lasts. Steps at or after that do not happen.
    pub fn samples(&self) -> usize {
        self.samples
    }
}

/// One note of one patch: mono, 1.0 is full scale, `total_s * rate` samples.
pub fn render_note(patch: &FractionalPatch, note: &Note, rate: f64, kind: EngineKind) -> Vec<f32> {
    let table = MorphTable::from_fn(|_| *patch);
    render(&table, &Phrase::of_note(note, rate), rate, kind)
}

/// A phrase on a table, at position 0 until the phrase says otherwise: mono, 1.0 is full scale.
pub fn render(table: &MorphTable, phrase: &Phrase, rate: f64, kind: EngineKind) -> Vec<f32> {
    let mut synth = FmSynth::new(rate, kind);
    let mut out = vec![0.0; phrase.samples];
    let (mut done, mut position) = (0, 0.0);
    for &(at, step) in &phrase.steps {
        let at = at.min(phrase.samples);
        synth.render(table, position, &mut out[done..at]);
        done = at;
        match step {
            Step::Play(event) => synth.event(&event, table, position),
            Step::Morph(to) => position = to,
        }
    }
    synth.render(table, position, &mut out[done..]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use presets::Patch;

    const NOTE: Note = Note {
        key: 60,
        velocity: 100,
        hold_s: 0.1,
        total_s: 0.2,
    };

    #[test]
    fn a_render_is_as_long_as_said_and_repeats() {
        let patch = FractionalPatch::from(&Patch::INIT);
        let first = render_note(&patch, &NOTE, 16_000.0, EngineKind::Modern);
        assert_eq!(first.len(), 3200);
        assert_eq!(
            first,
            render_note(&patch, &NOTE, 16_000.0, EngineKind::Modern)
        );
    }

    #[test]
    fn steps_stay_in_order() {
        let mut phrase = Phrase::new(100);
        phrase
            .step(50, Step::Morph(0.5))
            .step(10, Step::Morph(0.1))
            .step(50, Step::Morph(0.6));
        let order = [
            (10, Step::Morph(0.1)),
            (50, Step::Morph(0.5)),
            (50, Step::Morph(0.6)),
        ];
        assert_eq!(phrase.steps(), order);
    }
}
