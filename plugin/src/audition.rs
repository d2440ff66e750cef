//! What the editor has played: sounds to be heard on their own, and the keys of its keyboard.
//!
//! The editor's end is a [`Remote`], the audio thread's a [`Player`]. Between them are a triple
//! buffer and two words of bits, so neither waits for the other, nothing can overflow, and a key that
//! was let go is let go.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use engine::synth::VOICES;
use engine::{EngineKind, Event, FmSynth, MorphTable, NoteAddress, Settings};
use nice_plug_egui::RepaintNotifier;
use presets::{FractionalPatch, Patch};

/// Middle C, as loud as most people play.
const KEY: u8 = 60;
const VELOCITY: u8 = 100;

/// A sound to be heard.
#[derive(Clone)]
struct Sound {
    /// The same everywhere.
    table: MorphTable,
    /// Counts the notes; of the same note only the sound changes.
    note: u64,
    /// Seconds until its key goes up; 0: it is up.
    held_s: f32,
}

/// The editor's end; all clones are one.
#[derive(Clone)]
pub struct Remote {
    sounds: Arc<Mutex<Sounds>>,
    keys: Arc<Keys>,
    voices: Arc<Mutex<triple_buffer::Output<Voices>>>,
}

/// What the instrument does: the positions on the path of the voices that sound, and the keys that
/// the host holds down, a bit for each of the 128.
#[derive(Clone, Copy, Default, PartialEq)]
struct Voices {
    count: usize,
    positions: [f32; VOICES],
    keys: u128,
}

/// What was sent last, and the way to send.
struct Sounds {
    last: Sound,
    input: triple_buffer::Input<Sound>,
}

/// What crosses besides sounds.
#[derive(Default)]
struct Keys {
    /// A bit for each of the 128 keys that are down.
    down: [AtomicU64; 2],
    /// Whether a window was opened: from then on sounds may come at any time.
    opened: AtomicBool,
}

/// The audio thread's end. It has a synth of its own, so that what is heard does not take voices from
/// what is played.
pub struct Player {
    sounds: triple_buffer::Output<Sound>,
    keys: Arc<Keys>,
    voices: triple_buffer::Input<Voices>,
    /// What was shown last.
    shown: Voices,
    /// Tells an open editor of voices that moved.
    repaint: RepaintNotifier,
    /// The keys of the editor that are down as far as the audio thread knows.
    down: [u64; 2],
    /// The keys that the host holds down: a bit for each.
    lit: u128,
    synth: FmSynth,
    note: u64,
    /// Samples until the key goes up.
    left: usize,
    rate: f64,
}

/// Both ends; `repaint` is called when voices move.
pub fn channel(repaint: RepaintNotifier) -> (Remote, Player) {
    let silence = Sound {
        table: MorphTable::constant(&Patch::INIT),
        note: 0,
        held_s: 0.0,
    };
    let (input, output) = triple_buffer::triple_buffer(&silence);
    let keys = Arc::new(Keys::default());
    let (shown, seen) = triple_buffer::triple_buffer(&Voices::default());
    let rate = 48_000.0;
    let player = Player {
        sounds: output,
        keys: keys.clone(),
        voices: shown,
        shown: Voices::default(),
        repaint,
        down: [0; 2],
        lit: 0,
        synth: FmSynth::new(rate, EngineKind::default()),
        note: 0,
        left: 0,
        rate,
    };
    let sounds = Arc::new(Mutex::new(Sounds {
        last: silence,
        input,
    }));
    let remote = Remote {
        sounds,
        keys,
        voices: Arc::new(Mutex::new(seen)),
    };
    (remote, player)
}

impl Remote {
    /// Plays a new note of a sound, its key down for so many seconds.
    pub fn play(&self, sound: &FractionalPatch, held_s: f32) {
        self.change(|heard| {
            heard.table = MorphTable::from_fn(|_| *sound);
            heard.note += 1;
            heard.held_s = held_s;
        });
    }

    /// Changes the sound of the note under way.
    pub fn bend_to(&self, sound: &FractionalPatch) {
        self.change(|heard| heard.table = MorphTable::from_fn(|_| *sound));
    }

    /// Lets the key go.
    pub fn silence(&self) {
        self.change(|heard| heard.held_s = 0.0);
    }

    /// Presses a key of the instrument itself, or lets it go.
    pub fn key(&self, key: u8, down: bool) {
        let (word, bit) = (usize::from(key / 64) % 2, 1 << (key % 64));
        let word = &self.keys.down[word];
        if down {
            word.fetch_or(bit, Ordering::Relaxed);
        } else {
            word.fetch_and(!bit, Ordering::Relaxed);
        }
    }

    /// The positions on the path of the voices that sound.
    pub fn voices(&self) -> Vec<f32> {
        let mut voices = self.voices.lock().unwrap_or_else(PoisonError::into_inner);
        let voices = voices.read();
        voices.positions[..voices.count.min(VOICES)].to_vec()
    }

    /// The keys that the host holds down, a bit for each.
    pub fn keys(&self) -> u128 {
        let mut voices = self.voices.lock().unwrap_or_else(PoisonError::into_inner);
        voices.read().keys
    }

    /// A window was opened.
    pub fn open(&self) {
        self.keys.opened.store(true, Ordering::Relaxed);
    }

    fn change(&self, change: impl FnOnce(&mut Sound)) {
        let mut sounds = self.sounds.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut sounds.last);
        let sound = sounds.last.clone();
        sounds.input.write(sound);
    }
}

impl Player {
    /// Makes it ready for a sample rate in Hz. The only place here where memory is taken.
    pub fn prepare(&mut self, rate: f64, settings: &Settings) {
        self.synth = FmSynth::with_settings(rate, settings);
        self.rate = rate;
        self.left = 0;
    }

    /// Whether sounds may come at any time.
    pub fn is_awake(&self) -> bool {
        self.keys.opened.load(Ordering::Relaxed)
    }

    /// What was done on the keyboard since the last call, as events for the instrument.
    pub fn keys(&mut self, mut event: impl FnMut(&Event)) {
        for (word, down) in self.keys.down.iter().enumerate() {
            let now = down.load(Ordering::Relaxed);
            let mut changed = now ^ self.down[word];
            self.down[word] = now;
            while changed != 0 {
                let bit = changed.trailing_zeros();
                changed &= changed - 1;
                let address = address(word as u8 * 64 + bit as u8);
                event(&if now >> bit & 1 == 1 {
                    Event::NoteOn {
                        address,
                        velocity: VELOCITY,
                    }
                } else {
                    Event::NoteOff { address }
                });
            }
        }
    }

    /// Sees what the host tells the instrument, to know which keys are down.
    pub fn see(&mut self, event: &Event) {
        let bit = |key: u8| 1u128.checked_shl(key.into()).unwrap_or(0);
        match event {
            Event::NoteOn { address, velocity } if *velocity > 0 => {
                self.lit |= address.key.map_or(0, bit);
            }
            Event::NoteOn { address, .. }
            | Event::NoteOff { address }
            | Event::Choke { address } => self.lit &= !address.key.map_or(u128::MAX, bit),
            // All sound off, and from 123 on all notes off.
            Event::Controller { number: 120, .. }
            | Event::Controller {
                number: 123..=127, ..
            } => self.lit = 0,
            _ => {}
        }
    }

    /// No key is down.
    pub fn reset(&mut self) {
        self.lit = 0;
    }

    /// Shows where the instrument's voices are, once a window was opened, if they moved.
    pub fn show(&mut self, positions: impl Iterator<Item = f32>) {
        if !self.is_awake() {
            return;
        }
        let mut voices = Voices {
            keys: self.lit,
            ..Voices::default()
        };
        for (place, position) in voices.positions.iter_mut().zip(positions) {
            *place = position;
            voices.count += 1;
        }
        if voices != self.shown {
            self.shown = voices;
            self.voices.write(voices);
            self.repaint.request_repaint();
        }
    }

    /// Adds what is to be heard.
    pub fn add(&mut self, settings: &Settings, out: &mut [f32], scratch: &mut [f32]) {
        self.sounds.update();
        let sound = self.sounds.output_buffer();
        if self.synth.settings().kind != settings.kind {
            self.synth.set(settings);
        }
        if sound.note != self.note {
            let up = Event::NoteOff {
                address: address(KEY),
            };
            self.synth.event(&up, &sound.table, 0.0);
            let down = Event::NoteOn {
                address: address(KEY),
                velocity: VELOCITY,
            };
            self.synth.event(&down, &sound.table, 0.0);
            self.note = sound.note;
            self.left = (f64::from(sound.held_s) * self.rate) as usize;
        }
        if self.synth.voices() == 0 {
            return;
        }
        if self.left < out.len() || sound.held_s == 0.0 {
            let up = Event::NoteOff {
                address: address(KEY),
            };
            self.synth.event(&up, &sound.table, 0.0);
        }
        self.left = self.left.saturating_sub(out.len());
        let scratch = &mut scratch[..out.len()];
        self.synth.render(&sound.table, 0.0, scratch);
        for _ in self.synth.ended() {}
        for (out, heard) in out.iter_mut().zip(scratch) {
            *out += *heard;
        }
    }
}

fn address(key: u8) -> NoteAddress {
    NoteAddress {
        channel: None,
        key: Some(key),
        note_id: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn play(player: &mut Player, blocks: usize) -> f32 {
        let settings = Settings::default();
        let (mut out, mut scratch) = ([0.0; 64], [0.0; 64]);
        let mut loudest: f32 = 0.0;
        for _ in 0..blocks {
            out.fill(0.0);
            player.add(&settings, &mut out, &mut scratch);
            loudest = out
                .iter()
                .fold(loudest, |most, sample| most.max(sample.abs()));
        }
        loudest
    }

    fn sound() -> FractionalPatch {
        FractionalPatch::from(&presets::factory::all()[0].patch)
    }

    #[test]
    fn a_sound_is_heard_once_and_ends_by_itself() {
        let (remote, mut player) = channel(RepaintNotifier::new());
        assert_eq!(play(&mut player, 10), 0.0);
        remote.play(&sound(), 0.1);
        assert!(play(&mut player, 100) > 0.01);
        play(&mut player, 20 * 750);
        assert_eq!(player.synth.voices(), 0, "the note has ended");
        assert_eq!(play(&mut player, 10), 0.0);
    }

    #[test]
    fn a_held_sound_goes_on_while_it_changes_until_it_is_let_go() {
        let (remote, mut player) = channel(RepaintNotifier::new());
        let organ = presets::factory::all()
            .iter()
            .find(|found| found.family == presets::factory::Family::Organ)
            .expect("an organ");
        remote.play(&FractionalPatch::from(&organ.patch), f32::INFINITY);
        play(&mut player, 2000);
        remote.bend_to(&FractionalPatch::from(&organ.patch));
        assert!(play(&mut player, 2000) > 0.01);
        remote.silence();
        play(&mut player, 20 * 750);
        assert_eq!(player.synth.voices(), 0);
    }

    #[test]
    fn voices_are_seen_once_a_window_was_opened() {
        let (remote, mut player) = channel(RepaintNotifier::new());
        player.show([0.5].into_iter());
        assert_eq!(remote.voices(), Vec::<f32>::new());
        remote.open();
        player.show([0.5, -0.25].into_iter());
        assert_eq!(remote.voices(), [0.5, -0.25]);
        player.show(std::iter::empty());
        assert_eq!(remote.voices(), Vec::<f32>::new());
    }

    #[test]
    fn keys_are_seen_while_the_host_holds_them_down() {
        let (remote, mut player) = channel(RepaintNotifier::new());
        remote.open();
        let on = |key, velocity| Event::NoteOn {
            address: address(key),
            velocity,
        };
        let off = |key| Event::NoteOff {
            address: address(key),
        };
        let all_off = Event::Controller {
            number: 123,
            value: 0,
        };
        let everything = Event::Choke {
            address: NoteAddress::default(),
        };
        for (event, expected) in [
            (on(0, 100), 1),
            (on(127, 1), 1 | 1 << 127),
            (off(0), 1 << 127),
            // A running note-off, as MIDI has it.
            (on(127, 0), 0),
            (on(60, 100), 1 << 60),
            (all_off, 0),
            (on(60, 100), 1 << 60),
            (everything, 0),
        ] {
            player.see(&event);
            player.show(std::iter::empty());
            assert_eq!(remote.keys(), expected, "{event:?}");
        }
    }

    #[test]
    fn every_key_goes_down_and_up() {
        let (remote, mut player) = channel(RepaintNotifier::new());
        let mut events = Vec::new();
        for key in [0, 63, 64, 127] {
            remote.key(key, true);
        }
        player.keys(|event| events.push(*event));
        for key in [0, 63, 64, 127] {
            remote.key(key, false);
        }
        player.keys(|event| events.push(*event));
        player.keys(|event| events.push(*event));
        let keys = events.iter().map(|event| match event {
            Event::NoteOn { address, .. } => (true, address.key),
            Event::NoteOff { address } => (false, address.key),
            other => panic!("{other:?}"),
        });
        let all = [0, 63, 64, 127].map(Some);
        let expected = all
            .map(|key| (true, key))
            .into_iter()
            .chain(all.map(|key| (false, key)));
        assert!(keys.eq(expected));
    }
}
