//! [`Voice`]: one note, from its key going down until it can no longer be heard.

use presets::{FractionalPatch, Parameter};

use crate::algorithm::ALGORITHMS;
use crate::controllers::Modulation;
use crate::event::NoteAddress;
use crate::layer::Layer;
use crate::lfo::LfoOutput;
use crate::note::{Key, NoteSettings};
use crate::operators::{Block, mark_one, modern};
use crate::rate::RateConstants;
use crate::settings::{EngineKind, Settings};
use crate::{BLOCK, table::MorphTable};

/// What all voices share at a control step.
pub struct Surroundings<'a> {
    /// Of the sample rate.
    pub constants: &'a RateConstants,
    /// What does not move.
    pub settings: &'a Settings,
    /// What the LFO says.
    pub lfo: LfoOutput,
    /// What the controllers say.
    pub modulation: Modulation,
    /// The path.
    pub table: &'a MorphTable,
    /// Where on the path the instrument is.
    pub position: f32,
}

/// One of the sixteen voices.
#[derive(Clone, Copy)]
pub struct Voice {
    /// Whose note it plays.
    pub address: NoteAddress,
    /// The key after transposition.
    pub key: Key,
    /// When its key went down, counted in keys; 0 before the first.
    pub order: u64,
    /// Whether its key is down.
    pub down: bool,
    /// Whether the pedal holds it.
    pub sustained: bool,
    /// Whether it is rendered.
    pub live: bool,
    /// Added to the instrument's position for this note.
    pub offset: f32,
    /// This note's own bend, Q24 octaves.
    pub bend: i32,
    /// What sounds.
    pub layer: Layer,
    /// Nothing of it has been rendered yet.
    fresh: bool,
    /// The sound it has now.
    patch: FractionalPatch,
    /// The table and the position that `patch` was taken from.
    seen: (u64, f32),
    /// Samples of `block` still to be played.
    ready: usize,
    block: Block,
}

impl Voice {
    /// A voice that has never played.
    pub fn new() -> Voice {
        Voice {
            address: NoteAddress {
                channel: None,
                key: None,
                note_id: None,
            },
            key: Key::default(),
            order: 0,
            down: false,
            sustained: false,
            live: false,
            offset: 0.0,
            bend: 0,
            layer: Layer::default(),
            fresh: false,
            patch: FractionalPatch([0.0; Parameter::COUNT]),
            seen: (0, 0.0),
            ready: 0,
            block: [0; BLOCK],
        }
    }

    /// A key goes down: the voice plays `patch` from its next sample on.
    pub fn start(
        &mut self,
        patch: &FractionalPatch,
        constants: &RateConstants,
        settings: &Settings,
        glide_from: Option<&Layer>,
    ) {
        self.patch = *patch;
        self.seen = (0, 0.0);
        self.fresh = true;
        self.ready = 0;
        let twice = settings.quirks.plateaus_scaled_twice;
        let note = NoteSettings::new(patch, &self.key, constants, twice);
        self.layer.start(note, glide_from);
    }

    /// Oscillators and gains start from zero.
    pub fn sync(&mut self) {
        self.layer.state.phase = [0; 6];
        self.layer.state.gain = [0; 6];
    }

    /// The feedback's memory is emptied.
    pub fn forget(&mut self) {
        self.layer.state.feedback = [0; 2];
    }

    /// Envelopes, phases and gains go on from another voice.
    pub fn take_over(&mut self, other: &Layer) {
        self.layer.envelopes = other.envelopes;
        self.take_signal(other);
    }

    /// Phases and gains go on from another voice.
    pub fn take_signal(&mut self, other: &Layer) {
        self.layer.state.phase = other.state.phase;
        self.layer.state.gain = other.state.gain;
    }

    /// Whether an operator that adds to its bus is still active.
    pub fn is_playing(&self) -> bool {
        let algorithm = &ALGORITHMS[self.layer.settings.algorithm & 31];
        let mut operators = algorithm.iter().zip(&self.layer.envelopes);
        self.order > 0 && operators.any(|(wiring, envelope)| wiring.adds && envelope.is_active())
    }

    /// Whether nothing of it will be heard any more.
    pub fn has_ended(&self, kind: EngineKind) -> bool {
        let silent = |place| match kind {
            EngineKind::Modern => modern::is_silent(&self.layer.state, place),
            EngineKind::MarkI => mark_one::is_silent(&self.layer.state, place),
        };
        !self.down && !self.sustained && !self.is_playing() && (0..6).all(silent)
    }

    /// Samples until its next control step.
    pub fn ready(&self) -> usize {
        self.ready
    }

    /// Decides and renders the next 64 samples.
    pub fn step(&mut self, around: &Surroundings) {
        let place = (around.table.id(), around.position + self.offset);
        if place != self.seen {
            self.seen = place;
            self.follow(&around.table.at(place.1), around);
        }
        self.fresh = false;
        let bend = around.modulation.bend.saturating_add(self.bend);
        let glides = usize::from(around.settings.glissando);
        let glide = around
            .modulation
            .glide
            .map(|time| around.constants.glide[glides][usize::from(time & 127)]);
        self.layer.step(
            &around.lfo,
            &around.modulation,
            bend,
            glide,
            around.constants,
        );
        self.layer.render(around.settings.kind, &mut self.block);
        self.ready = BLOCK;
    }

    /// Adds its next samples to `out`, never more than are ready.
    pub fn mix(&mut self, out: &mut [f32], clips_wrong: bool) {
        let from = BLOCK - self.ready.min(BLOCK);
        for (out, sample) in out.iter_mut().zip(&self.block[from..]) {
            *out += quantise(*sample, clips_wrong);
        }
        self.ready -= self.ready.min(out.len());
    }

    fn follow(&mut self, patch: &FractionalPatch, around: &Surroundings) {
        if *patch == self.patch {
            return;
        }
        self.patch = *patch;
        let twice = around.settings.quirks.plateaus_scaled_twice;
        let note = NoteSettings::new(patch, &self.key, around.constants, twice);
        if self.fresh {
            let glide = self.layer;
            self.layer.start(note, Some(&glide));
        } else {
            self.layer.follow(note);
        }
    }
}

/// A voice's sum of operators as Dexed puts it out: 16 bits, a full carrier at an eighth.
fn quantise(sum: i32, clips_wrong: bool) -> f32 {
    let sum = sum >> 4;
    let bits = if sum < -(1 << 24) {
        if clips_wrong { 32_768 } else { -32_768 }
    } else if sum >= 1 << 24 {
        32_767
    } else {
        sum >> 9
    };
    bits as f32 / 32_768.0
}
