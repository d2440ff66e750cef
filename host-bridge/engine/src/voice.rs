//! [`Voice`]: one note, from its key going down until it can no longer be heard.

use std::sync::LazyLock;

use presets::{FractionalPatch, Kind, Parameter, Sounding};

use crate::controllers::Modulation;
use crate::event::NoteAddress;
use crate::fade::Fade;
use crate::layer::Layer;
use crate::lfo::LfoOutput;
use crate::note::{self, Key, NoteSettings};
use crate::operators::feedback::Lane;
use crate::operators::lanes::Lanes;
use crate::operators::{Block, Buses};
use crate::rate::RateConstants;
use crate::settings::{EngineKind, Settings};
use crate::spread::{Placed, Spread};
use crate::{BLOCK, table::MorphTable};

/// By how much of its range a parameter may move under a sounding note at one control step. If one
/// would move further, the new sound is crossfaded in like a switch.
const SLEW: f32 = 1.0 / 16.0;

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
    /// How the voices are spread around it.
    pub spread: &'a Spread,
    /// The sample rate in Hz.
    pub rate: f32,
    /// The sound there.
    pub here: &'a Here,
}

/// The sound at the instrument's position, which most voices share.
pub struct Here {
    /// The table and the position it was taken from.
    place: Option<(u64, f32)>,
    patch: FractionalPatch,
}

impl Here {
    /// Before any table was seen.
    pub const NOWHERE: Here = Here {
        place: None,
        patch: FractionalPatch([0.0; Parameter::COUNT]),
    };

    /// Takes the sound at that position, unless it is the one it has.
    pub fn look(&mut self, table: &MorphTable, position: f32) {
        let place = Some((table.id(), position));
        if self.place != place {
            self.place = place;
            self.patch = table.at(position);
        }
    }

    /// The sound.
    pub fn patch(&self) -> &FractionalPatch {
        &self.patch
    }

    /// The sound, if it is that of this table and position.
    fn at(&self, place: (u64, f32)) -> Option<&FractionalPatch> {
        (self.place == Some(place)).then_some(&self.patch)
    }
}

/// How each parameter changes under a sounding note.
struct Manners {
    /// By how much at most in a control step. A switch does not move: a second layer fades it in.
    steps: [f32; Parameter::COUNT],
    /// The distance that is no difference: 0, or infinity for what stays as it was when the note
    /// began.
    ignored: [f32; Parameter::COUNT],
}

static MANNERS: LazyLock<Manners> = LazyLock::new(|| {
    let mut manners = Manners {
        steps: [0.0; Parameter::COUNT],
        ignored: [0.0; Parameter::COUNT],
    };
    for parameter in Parameter::all() {
        let (spec, i) = (parameter.spec(), parameter.index());
        match (spec.sounding, spec.kind) {
            (Sounding::Follows, Kind::Numeric) => manners.steps[i] = f32::from(spec.max) * SLEW,
            (Sounding::Follows, Kind::Switch) | (Sounding::Twin, _) => {}
            (Sounding::NextNote, _) => manners.ignored[i] = f32::INFINITY,
        }
    }
    manners
});

/// Builds what voices look up, which must not happen on the audio thread.
pub fn prepare() {
    LazyLock::force(&MANNERS);
    note::prepare();
}

/// One of the sixteen voices.
#[derive(Clone)]
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
    /// Control steps since its key went down.
    age: u32,
    /// This note's own bend, Q24 octaves.
    pub bend: i32,
    /// What sounds.
    pub layer: Layer,
    /// What sounded before a switch or a jump, while it is faded out.
    twin: Option<Twin>,
    /// Nothing of it has been rendered yet.
    fresh: bool,
    /// The sound it has now.
    patch: FractionalPatch,
    /// The table and the position that `patch` was taken from, once it has arrived there.
    seen: Option<(u64, f32)>,
    /// Where on the path its last control step was.
    place: Option<f32>,
    /// Samples of `block` still to be played.
    ready: usize,
    block: Block,
}

/// The layer that is faded out. It keeps the sound it had.
#[derive(Clone, Copy)]
struct Twin {
    layer: Layer,
    fade: Fade,
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
            age: 0,
            bend: 0,
            layer: Layer::default(),
            twin: None,
            fresh: false,
            patch: FractionalPatch([0.0; Parameter::COUNT]),
            seen: None,
            place: None,
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
        glide_from: Option<[i32; 6]>,
    ) {
        self.patch = *patch;
        self.seen = None;
        self.place = None;
        self.fresh = true;
        self.age = 0;
        self.twin = None;
        self.ready = 0;
        let twice = settings.quirks.plateaus_scaled_twice;
        let note = NoteSettings::new(patch, &self.key, constants, twice);
        self.layer.start(note, glide_from);
    }

    /// The key goes up, or the pedal that held it.
    pub fn release(&mut self) {
        self.layer.release();
        if let Some(twin) = &mut self.twin {
            twin.layer.release();
        }
    }

    /// Oscillators and gains start from zero.
    pub fn sync(&mut self) {
        self.layer.state.phase = [0; 6];
        self.layer.state.gain = [0; 6];
    }

    /// Phases, gains and what is rendered already go on from another voice, and with `envelopes`
    /// these too.
    pub fn take_over(&mut self, other: &Voice, envelopes: bool) {
        self.layer.state.phase = other.layer.state.phase;
        self.layer.state.gain = other.layer.state.gain;
        self.ready = other.ready;
        self.block = other.block;
        if envelopes {
            self.layer.envelopes = other.layer.envelopes;
        }
    }

    /// Whether it would be missed.
    pub fn is_playing(&self) -> bool {
        self.order > 0 && self.layer.is_playing()
    }

    /// Whether nothing of it will be heard any more.
    pub fn has_ended(&self, kind: EngineKind) -> bool {
        let released = !self.down && !self.sustained && self.ready == 0;
        released && self.twin.is_none() && !self.fresh && self.layer.has_faded(kind)
    }

    /// Its note, as far as its place on the path depends on it.
    pub fn placed(&self) -> Placed {
        Placed {
            key: self.address.key.unwrap_or_default(),
            velocity: self.key.velocity,
            offset: self.offset,
            age: self.age,
        }
    }

    /// Where on the path it is; `None` before its first control step.
    pub fn position(&self) -> Option<f32> {
        self.place
    }

    /// Samples until its next control step.
    pub fn ready(&self) -> usize {
        self.ready
    }

    /// Whether any of its note has been rendered.
    pub fn has_sounded(&self) -> bool {
        !self.fresh
    }

    /// Decides the next 64 samples. Returns the operators with feedback that can be rendered first:
    /// the layer's, and that of the one that fades out.
    pub fn step(&mut self, around: &Surroundings) -> [Option<Lane>; 2] {
        let position = around
            .spread
            .place(around.position, &self.placed(), around.rate);
        self.age = self.age.saturating_add(1);
        self.place = Some(position);
        let place = (around.table.id(), position);
        if self.seen != Some(place) {
            let arrived = match around.here.at(place) {
                Some(target) => self.follow(target, around),
                None => self.follow(&around.table.at(position), around),
            };
            self.seen = arrived.then_some(place);
        }
        self.fresh = false;
        let bend = around.modulation.bend.saturating_add(self.bend);
        let glissando = around.settings.glissando;
        let glide = around.modulation.glide.map(|time| {
            (
                around.constants.glide[usize::from(glissando)][usize::from(time & 127)],
                glissando,
            )
        });
        let kind = around.settings.kind;
        let step = |layer: &mut Layer| {
            layer.step(
                &around.lfo,
                &around.modulation,
                bend,
                glide,
                around.constants,
            );
            layer.plan(kind)
        };
        [
            step(&mut self.layer),
            self.twin.as_mut().and_then(|twin| step(&mut twin.layer)),
        ]
    }

    /// Renders what was decided.
    #[inline(always)]
    pub fn render<L: Lanes>(
        &mut self,
        simd: L,
        settings: &Settings,
        feedback: [Option<(&Lane, &Block)>; 2],
        buses: &mut Buses,
    ) {
        self.ready = BLOCK;
        let mut old = [0; BLOCK];
        let layers = [
            Some((&mut self.layer, &mut self.block)),
            self.twin.as_mut().map(|twin| (&mut twin.layer, &mut old)),
        ];
        for (layer, feedback) in layers.into_iter().zip(feedback) {
            let Some((layer, block)) = layer else {
                continue;
            };
            layer.render(simd, settings.kind, feedback, buses, block);
        }
        if let Some(twin) = &mut self.twin
            && twin.fade.mix(&old, &mut self.block)
        {
            self.twin = None;
        }
        let clips_wrong = settings.quirks.clips_to_the_wrong_side;
        for sample in &mut self.block {
            *sample = quantise(*sample, clips_wrong);
        }
    }

    /// Adds its next samples to `out` (32,768 is full scale), never more than are ready.
    pub fn mix(&mut self, out: &mut [i32]) {
        let from = BLOCK - self.ready.min(BLOCK);
        for (out, sample) in out.iter_mut().zip(&self.block[from..]) {
            *out += sample;
        }
        self.ready -= self.ready.min(out.len());
    }

    /// Moves towards another sound; says whether it is there.
    fn follow(&mut self, target: &FractionalPatch, around: &Surroundings) -> bool {
        let twice = around.settings.quirks.plateaus_scaled_twice;
        let meaning = |patch: &_, key: &_| NoteSettings::new(patch, key, around.constants, twice);
        if self.fresh {
            if *target != self.patch {
                self.patch = *target;
                let glide_from = self.layer.glide_from;
                self.layer.start(meaning(target, &self.key), glide_from);
            }
            return true;
        }
        let Manners { steps, ignored } = &*MANNERS;
        let (mut jumps, mut differs) = (false, false);
        let mut moved = self.patch;
        for (i, value) in moved.0.iter_mut().enumerate() {
            let (left, step) = (target.0[i] - *value, steps[i]);
            let distance = left.abs();
            differs |= distance > ignored[i];
            jumps |= distance > step.max(ignored[i]);
            *value += left.max(-step).min(step);
        }
        if !differs {
            return true;
        }
        if jumps && self.twin.is_none() {
            self.twin = Some(Twin {
                layer: self.layer,
                fade: Fade::new(),
            });
            for (i, value) in moved.0.iter_mut().enumerate() {
                if ignored[i] == 0.0 {
                    *value = target.0[i];
                }
            }
            jumps = false;
        }
        self.patch = moved;
        self.layer.follow(meaning(&self.patch, &self.key));
        // One crossfade at a time; what still jumps waits until this one is over.
        !jumps
    }
}

/// A voice's sum of operators as Dexed puts it out: 16 bits, a full carrier at an eighth.
#[inline(always)]
fn quantise(sum: i32, clips_wrong: bool) -> i32 {
    const LOWEST: i32 = -32_768;
    let bits = sum >> 13;
    let lowest = if clips_wrong { -LOWEST } else { LOWEST };
    if bits < LOWEST {
        lowest
    } else {
        bits.min(32_767)
    }
}
