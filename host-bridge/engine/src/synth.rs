//! [`FmSynth`]: the instrument that plays a [`MorphTable`].

use presets::Parameter;

use crate::BLOCK;
use crate::batch::Batch;
use crate::controllers::{Controllers, Modulation, semitones};
use crate::dc_blocker::DcBlocker;
use crate::event::{Event, NoteAddress};
use crate::lfo::Lfo;
use crate::note::Key;
use crate::operators::logarithmic;
use crate::rate::RateConstants;
use crate::settings::{EngineKind, Settings};
use crate::spread::{Placed, Spread};
use crate::table::MorphTable;
use crate::tail::Tail;
use crate::tuning::Tuning;
use crate::voice::{self, Here, Surroundings, Voice};

/// Voices of a synth.
pub const VOICES: usize = 16;
/// Ended notes that are remembered until someone asks.
const ENDED: usize = 64;
/// One step of a voice's 16 bits.
const STEP: f32 = 1.0 / 32_768.0;

/// What a voice does in a window of up to 64 samples.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Start {
    /// It has no control step.
    Not,
    /// It has one at that sample.
    At(usize),
    /// It would have one, but it has ended.
    Over,
}

/// The six-operator FM synth. Sixteen voices, mono output.
///
/// Time is divided for each voice by itself: from its first sample on, every 64 samples are a
/// control step, at which the voice looks at the table, the controllers and the LFO, and decides the
/// 64 samples that follow. Whatever happens between two control steps is heard from the next one
/// on; a note starts, though, at its very sample. So the samples do not depend on how the calls of
/// [`FmSynth::render`] divide them.
pub struct FmSynth {
    constants: RateConstants,
    /// The sample rate in Hz.
    rate: f32,
    settings: Settings,
    spread: Spread,
    tuning: Tuning,
    tune: i32,
    controllers: Controllers,
    lfo: Lfo,
    here: Here,
    voices: Box<[Voice]>,
    /// What is left of notes that were cut off.
    tail: Tail,
    batch: Box<Batch>,
    /// Keys that went down so far.
    keys: u64,
    /// The voice that was started last.
    last: Option<usize>,
    dc_blocker: DcBlocker,
    ended: [NoteAddress; ENDED],
    ended_count: usize,
}

impl FmSynth {
    /// A silent synth for that sample rate in Hz (8 to 768 kHz). This is where memory is taken.
    pub fn new(rate: f64, kind: EngineKind) -> FmSynth {
        FmSynth::with_settings(
            rate,
            &Settings {
                kind,
                ..Settings::default()
            },
        )
    }

    /// A silent synth with settings other than the default.
    #[expect(
        clippy::disallowed_methods,
        reason = "memory is taken here and nowhere else"
    )]
    pub fn with_settings(rate: f64, settings: &Settings) -> FmSynth {
        logarithmic::prepare();
        voice::prepare();
        let constants = RateConstants::new(rate);
        FmSynth {
            rate: rate as f32,
            settings: *settings,
            spread: Spread::default(),
            tuning: Tuning::default(),
            tune: 0,
            controllers: Controllers::default(),
            lfo: Lfo::new(),
            here: Here::NOWHERE,
            voices: vec![Voice::new(); VOICES].into(),
            tail: Tail::new(rate),
            batch: Box::new(Batch::new()),
            keys: 0,
            last: None,
            dc_blocker: DcBlocker::new(constants.dc_pole),
            ended: [Voice::new().address; ENDED],
            ended_count: 0,
            constants,
        }
    }

    /// Back to how it was built: no voices, controllers at rest. Two renders from a reset are equal.
    pub fn reset(&mut self) {
        self.controllers = Controllers::default();
        self.lfo = Lfo::new();
        self.voices.fill(Voice::new());
        self.tail.clear();
        self.keys = 0;
        self.last = None;
        self.dc_blocker = DcBlocker::new(self.constants.dc_pole);
        self.ended_count = 0;
    }

    /// From now on the synth uses only instructions that every processor of this kind has. The
    /// samples are the same; this is how that is shown.
    pub fn use_baseline_instructions(&mut self) {
        self.batch.use_baseline();
    }

    /// Changes the settings. Sounding notes take them at their next control step, so a change of
    /// the engine kind under them may click.
    pub fn set(&mut self, settings: &Settings) {
        self.settings = *settings;
    }

    /// The settings in force.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Spreads the voices around the instrument's position, from their next control steps on.
    pub fn spread(&mut self, spread: &Spread) {
        self.spread = *spread;
    }

    /// Where on the path each sounding voice is.
    pub fn positions(&self) -> impl Iterator<Item = f32> {
        let live = self.voices.iter().filter(|voice| voice.live);
        live.filter_map(Voice::position)
    }

    /// Tunes the whole instrument up or down, in semitones.
    pub fn tune(&mut self, up: f32) {
        self.tune = semitones(up);
    }

    /// Gives the keys other pitches, from each key's next note on.
    pub fn set_tuning(&mut self, tuning: &Tuning) {
        self.tuning = tuning.clone();
    }

    /// Something happens before the next rendered sample.
    pub fn event(&mut self, event: &Event, table: &MorphTable, position: f32) {
        match *event {
            Event::NoteOn {
                address,
                velocity: 0,
            } => self.note_off(&address),
            Event::NoteOn { address, velocity } => {
                self.note_on(address, velocity, table, position);
            }
            Event::NoteOff { address } => self.note_off(&address),
            Event::Choke { address } => {
                for voice in 0..VOICES {
                    if self.voices[voice].address.matches(&address) {
                        self.cut_off(voice, table, position);
                    }
                }
            }
            Event::NotePosition { address, offset } => {
                for voice in self.sounding(&address) {
                    voice.offset = if offset.is_finite() { offset } else { 0.0 };
                }
            }
            Event::NoteTuning {
                address,
                semitones: bend,
            } => {
                for voice in self.sounding(&address) {
                    voice.bend = semitones(bend);
                }
            }
            Event::PitchBend(bend) => self.controllers.bend = bend.clamp(-8192, 8191),
            Event::ChannelPressure(pressure) => self.controllers.pressure = pressure.min(127),
            Event::Controller { number: 120, .. } => {
                for voice in 0..VOICES {
                    self.cut_off(voice, table, position);
                }
            }
            Event::Controller { number, value } => self.controller(number, value.min(127)),
        }
    }

    /// Renders the next `out.len()` samples, overwriting `out` (1.0 is full scale). Voices take the
    /// table at `position` at their next control step.
    pub fn render(&mut self, table: &MorphTable, position: f32, out: &mut [f32]) {
        self.render_raw(table, position, out);
        self.dc_blocker.process(out);
    }

    /// As [`FmSynth::render`], but before the DC blocker: a sum of 16-bit voices.
    pub fn render_raw(&mut self, table: &MorphTable, position: f32, out: &mut [f32]) {
        out.fill(0.0);
        self.tail.mix(out);
        let modulation = self.modulation();
        let mut rest = out;
        while !rest.is_empty() {
            if self.lfo.countdown() == 0 {
                let position = self.spread.hold(position);
                self.here.look(table, position);
                self.lfo.step(self.here.patch(), &self.constants);
            }
            let window = rest.len().min(self.lfo.countdown());
            let (now, later) = rest.split_at_mut(window);
            self.render_window(table, position, modulation, now);
            self.lfo.advance(window);
            rest = later;
        }
    }

    /// Renders up to 64 samples in which the LFO stands still, so that each voice has at most one
    /// control step in them and all voices that have one can be rendered together.
    fn render_window(
        &mut self,
        table: &MorphTable,
        position: f32,
        modulation: Modulation,
        out: &mut [f32],
    ) {
        self.here.look(table, self.spread.hold(position));
        let around = Surroundings {
            constants: &self.constants,
            settings: &self.settings,
            lfo: self.lfo.output(),
            modulation,
            table,
            position,
            spread: &self.spread,
            rate: self.rate,
            here: &self.here,
        };
        let quirks = self.settings.quirks;
        let mut sum = [0; BLOCK];
        let sum = &mut sum[..out.len().min(BLOCK)];
        let mut starts = [Start::Not; VOICES];
        for (place, (voice, start)) in self.voices.iter_mut().zip(&mut starts).enumerate() {
            if !voice.live {
                continue;
            }
            let ready = voice.ready().min(sum.len());
            voice.mix(&mut sum[..ready]);
            if ready == sum.len() {
                continue;
            }
            // Seen here, at the voice's own control step, which may be inside the window.
            if !quirks.ended_voices_run && voice.has_ended(self.settings.kind) {
                *start = Start::Over;
            } else {
                self.batch.add(place, voice.step(&around));
                *start = Start::At(ready);
            }
        }
        self.batch.render(&self.settings, &mut self.voices);
        for (voice, start) in self.voices.iter_mut().zip(starts) {
            if let Start::At(start) = start {
                voice.mix(&mut sum[start..]);
            }
        }
        for (out, &sum) in out.iter_mut().zip(sum.iter()) {
            *out += sum as f32 * STEP;
        }
        for (voice, start) in starts.into_iter().enumerate() {
            if start == Start::Over {
                self.end(voice);
            }
        }
    }

    fn modulation(&self) -> Modulation {
        Modulation::new(&self.controllers, &self.settings, self.tune)
    }

    /// The notes whose voices ended since the last call, each once.
    pub fn ended(&mut self) -> impl Iterator<Item = NoteAddress> {
        let count = std::mem::take(&mut self.ended_count);
        self.ended.iter().copied().take(count)
    }

    /// How many voices sound.
    pub fn voices(&self) -> usize {
        self.voices.iter().filter(|voice| voice.live).count()
    }

    fn sounding(&mut self, address: &NoteAddress) -> impl Iterator<Item = &mut Voice> {
        self.voices
            .iter_mut()
            .filter(move |voice| voice.live && voice.address.matches(address))
    }

    fn note_on(&mut self, address: NoteAddress, velocity: u8, table: &MorphTable, position: f32) {
        let Some(key) = address.key else { return };
        let new = Placed {
            key,
            velocity: velocity.min(127),
            offset: 0.0,
            age: 0,
        };
        let patch = table.at(self.spread.place(position, &new, self.rate));
        let transpose = patch.get(Parameter::TRANSPOSE) as i32 - 24;
        let note = i32::from(key.min(127)) + transpose;
        let chosen = self.choose_voice(note);
        if self.voices.iter().all(|voice| !voice.down) {
            self.lfo.key_down(patch.get(Parameter::LFO_KEY_SYNC) >= 0.5);
        }
        let quirks = self.settings.quirks;
        let steals = self.voices[chosen].is_playing();
        let continues = steals && quirks.stolen_voices_continue;
        let glide_from = self.last.map(|last| self.voices[last].layer.glide);
        if !quirks.stolen_voices_continue {
            self.cut_off(chosen, table, position);
        }
        self.keys += 1;
        let synced = patch.get(Parameter::OSC_KEY_SYNC) >= 0.5;
        let same_pitch = self
            .voices
            .iter()
            .enumerate()
            .find(|(i, voice)| *i != chosen && voice.key.note == note && voice.is_playing());
        let phase = same_pitch.map(|(_, voice)| voice.layer.state.phase);
        let voice = &mut self.voices[chosen];
        voice.address = address;
        voice.key = Key::new(note, velocity.min(127), self.tuning.pitch(note));
        voice.order = self.keys;
        voice.down = true;
        voice.sustained = false;
        voice.offset = 0.0;
        voice.bend = 0;
        voice.start(&patch, &self.constants, &self.settings, glide_from);
        if synced && !continues {
            voice.sync();
        } else if !synced && let Some(phase) = phase {
            voice.layer.state.phase = phase;
        }
        if !quirks.feedback_survives {
            voice.layer.state.feedback = [0; 2];
        }
        self.last = Some(chosen);
        if self.settings.mono && !self.take_over_mono(chosen) {
            return;
        }
        self.voices[chosen].live = true;
    }

    /// In mono: whether the new note sounds, after it took over what sounded before.
    fn take_over_mono(&mut self, chosen: usize) -> bool {
        let note = self.voices[chosen].key.note;
        let sounding = (0..VOICES).find(|&other| other != chosen && self.voices[other].live);
        let Some(other) = sounding else { return true };
        let legato = self.voices[other].down;
        if legato && self.voices[other].key.note >= note {
            return false;
        }
        self.hand_over(other, chosen, legato);
        if !legato {
            self.report(other);
        }
        true
    }

    /// In mono: one voice falls silent and another goes on where it was.
    fn hand_over(&mut self, from: usize, to: usize, envelopes: bool) {
        self.voices[from].live = false;
        if let Ok([from, to]) = self.voices.get_disjoint_mut([from, to]) {
            to.take_over(from, envelopes);
        }
    }

    /// The voice that suits a new note best: a silent one, then a released one, then one of the
    /// same key, then the one whose key went down longest ago.
    fn choose_voice(&self, note: i32) -> usize {
        let first = self.last.map_or(0, |last| last + 1);
        let rank = |voice: &Voice| {
            let score = i32::from(!voice.is_playing()) * 4
                + i32::from(!voice.down) * 2
                + i32::from(voice.order > 0 && voice.key.note == note);
            (score, std::cmp::Reverse(voice.order))
        };
        let mut best = first % VOICES;
        for i in 0..VOICES {
            let candidate = (first + i) % VOICES;
            if rank(&self.voices[candidate]) > rank(&self.voices[best]) {
                best = candidate;
            }
        }
        best
    }

    fn note_off(&mut self, address: &NoteAddress) {
        for released in 0..VOICES {
            let voice = &self.voices[released];
            if !voice.down || !voice.address.matches(address) {
                continue;
            }
            self.voices[released].down = false;
            if self.settings.mono {
                self.hand_back_mono(released);
            }
            let voice = &mut self.voices[released];
            if self.controllers.sustain {
                voice.sustained = true;
            } else {
                voice.release();
            }
            if !self.voices[released].live {
                // In mono a key may go up whose note is not the one that sounds.
                self.report(released);
            }
        }
    }

    /// In mono: the highest key still down takes over from the one that was released.
    fn hand_back_mono(&mut self, released: usize) {
        let heir = (0..VOICES)
            .filter(|&voice| self.voices[voice].down)
            .max_by_key(|&voice| (self.voices[voice].key.note, std::cmp::Reverse(voice)));
        if let Some(heir) = heir
            && self.voices[released].live
        {
            self.voices[heir].live = true;
            self.hand_over(released, heir, true);
        }
    }

    fn controller(&mut self, number: u8, value: u8) {
        let controllers = &mut self.controllers;
        match number {
            1 => controllers.wheel = value,
            2 => controllers.breath = value,
            4 => controllers.foot = value,
            5 => controllers.portamento_time = value,
            64 => {
                controllers.sustain = value >= 64;
                if !controllers.sustain {
                    for voice in self.voices.iter_mut().filter(|voice| voice.sustained) {
                        voice.sustained = false;
                        voice.release();
                    }
                }
            }
            65 => controllers.portamento = value >= 64,
            123 => self.note_off(&NoteAddress {
                channel: None,
                key: None,
                note_id: None,
            }),
            _ => {}
        }
    }

    /// The voice's note ends at once; what is left of its sound fades out within milliseconds.
    fn cut_off(&mut self, cut: usize, table: &MorphTable, position: f32) {
        self.here.look(table, self.spread.hold(position));
        let around = Surroundings {
            constants: &self.constants,
            settings: &self.settings,
            lfo: self.lfo.output(),
            modulation: self.modulation(),
            table,
            position,
            spread: &self.spread,
            rate: self.rate,
            here: &self.here,
        };
        if self.voices[cut].live && self.voices[cut].has_sounded() {
            self.tail.add(|out| {
                let mut rest = out;
                while !rest.is_empty() {
                    if self.voices[cut].ready() == 0 {
                        self.batch.add(cut, self.voices[cut].step(&around));
                        self.batch.render(&self.settings, &mut self.voices);
                    }
                    let length = self.voices[cut].ready().min(rest.len());
                    let mut sum = [0; BLOCK];
                    self.voices[cut].mix(&mut sum[..length]);
                    let (now, later) = rest.split_at_mut(length);
                    for (out, sum) in now.iter_mut().zip(sum) {
                        *out = sum as f32 * STEP;
                    }
                    rest = later;
                }
            });
        }
        self.end(cut);
    }

    /// The voice falls silent and its note is reported.
    fn end(&mut self, voice: usize) {
        let voice_ended = &mut self.voices[voice];
        voice_ended.down = false;
        voice_ended.sustained = false;
        if std::mem::take(&mut voice_ended.live) {
            self.report(voice);
        }
    }

    fn report(&mut self, voice: usize) {
        if let Some(slot) = self.ended.get_mut(self.ended_count) {
            *slot = self.voices[voice].address;
            self.ended_count += 1;
        }
    }
}
