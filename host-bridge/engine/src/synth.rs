//! [`FmSynth`]: the instrument that plays a [`MorphTable`].

use presets::Parameter;

use crate::BLOCK;
use crate::controllers::{Controllers, Modulation, semitones};
use crate::dc_blocker::DcBlocker;
use crate::event::{Event, NoteAddress};
use crate::lfo::Lfo;
use crate::note::Key;
use crate::operators::mark_one;
use crate::rate::RateConstants;
use crate::settings::{EngineKind, Settings};
use crate::table::MorphTable;
use crate::tuning::Tuning;
use crate::voice::{Surroundings, Voice};

/// Voices of a synth.
pub const VOICES: usize = 16;
/// Ended notes that are remembered until someone asks.
const ENDED: usize = 64;

/// The six-operator FM synth. Sixteen voices, mono output.
///
/// Time is divided for each voice by itself: from its first sample on, every 64 samples are a
/// control step, at which the voice looks at the table, the controllers and the LFO, and decides the
/// 64 samples that follow. Whatever happens between two control steps is heard from the next one
/// on; a note starts, though, at its very sample. So the samples do not depend on how the calls of
/// [`FmSynth::render`] divide them.
pub struct FmSynth {
    constants: RateConstants,
    settings: Settings,
    tuning: Tuning,
    tune: i32,
    controllers: Controllers,
    lfo: Lfo,
    voices: [Voice; VOICES],
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
    pub fn with_settings(rate: f64, settings: &Settings) -> FmSynth {
        mark_one::prepare();
        let constants = RateConstants::new(rate);
        FmSynth {
            settings: *settings,
            tuning: Tuning::default(),
            tune: 0,
            controllers: Controllers::default(),
            lfo: Lfo::new(),
            voices: [Voice::new(); VOICES],
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
        self.voices = [Voice::new(); VOICES];
        self.keys = 0;
        self.last = None;
        self.dc_blocker = DcBlocker::new(self.constants.dc_pole);
        self.ended_count = 0;
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
                    if self.voices[voice].live && self.voices[voice].address.matches(&address) {
                        self.end(voice);
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
        let modulation = Modulation::new(&self.controllers, &self.settings, self.tune);
        let mut rest = out;
        while !rest.is_empty() {
            if self.lfo.countdown() == 0 {
                self.lfo.step(&table.at(position), &self.constants);
            }
            let window = rest.len().min(self.lfo.countdown());
            let around = Surroundings {
                constants: &self.constants,
                settings: &self.settings,
                lfo: self.lfo.output(),
                modulation,
                table,
                position,
            };
            let (now, later) = rest.split_at_mut(window);
            let clips_wrong = self.settings.quirks.clips_to_the_wrong_side;
            for voice in self.voices.iter_mut().filter(|voice| voice.live) {
                let ready = voice.ready().min(window);
                let (old, new) = now.split_at_mut(ready);
                voice.mix(old, clips_wrong);
                if !new.is_empty() {
                    voice.step(&around);
                    voice.mix(new, clips_wrong);
                }
            }
            self.lfo.advance(window);
            rest = later;
            for voice in 0..VOICES {
                let done = &self.voices[voice];
                if done.live
                    && done.ready() == 0
                    && !self.settings.quirks.ended_voices_run
                    && done.has_ended(self.settings.kind)
                {
                    self.end(voice);
                }
            }
        }
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
        let patch = table.at(position);
        let transpose = patch.get(Parameter::TRANSPOSE) as i32 - 24;
        let note = i32::from(key.min(127)) + transpose;
        let chosen = self.choose_voice(note);
        if self.voices.iter().all(|voice| !voice.down) {
            self.lfo.key_down(patch.get(Parameter::LFO_KEY_SYNC) >= 0.5);
        }
        let quirks = self.settings.quirks;
        let steals = self.voices[chosen].is_playing();
        let continues = steals && quirks.stolen_voices_continue;
        let glide_from = self.last.map(|last| self.voices[last].layer);
        if self.voices[chosen].live && !quirks.ended_voices_run {
            self.end(chosen);
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
        voice.start(&patch, &self.constants, &self.settings, glide_from.as_ref());
        if synced && !continues {
            voice.sync();
        } else if !synced && let Some(phase) = phase {
            voice.layer.state.phase = phase;
        }
        if !quirks.feedback_survives {
            voice.forget();
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
        let before = self.voices[other];
        if before.down && before.key.note >= note {
            return false;
        }
        self.voices[other].live = false;
        if before.down {
            self.voices[chosen].take_over(&before.layer);
        } else {
            self.voices[chosen].take_signal(&before.layer);
        }
        true
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
                voice.layer.release();
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
            let before = self.voices[released].layer;
            self.voices[released].live = false;
            self.voices[heir].live = true;
            self.voices[heir].take_over(&before);
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
                        voice.layer.release();
                    }
                }
            }
            65 => controllers.portamento = value >= 64,
            120 => {
                for voice in 0..VOICES {
                    self.end(voice);
                }
            }
            123 => self.note_off(&NoteAddress {
                channel: None,
                key: None,
                note_id: None,
            }),
            _ => {}
        }
    }

    /// The voice falls silent and its note is reported.
    fn end(&mut self, voice: usize) {
        let voice = &mut self.voices[voice];
        if !std::mem::take(&mut voice.live) {
            return;
        }
        voice.down = false;
        voice.sustained = false;
        if let Some(slot) = self.ended.get_mut(self.ended_count) {
            *slot = voice.address;
            self.ended_count += 1;
        }
    }
}

const _: () = assert!(BLOCK == 64, "control steps are Dexed's");
