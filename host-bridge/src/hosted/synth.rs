//! [`HostedSynth`]: notes and a path in, samples out, by instances that take turns.

use std::fmt;
use std::time::{Duration, Instant};

use engine::{Event, MorphTable, NoteAddress};

use super::MAX_BLOCK;
use super::player::Player;
use super::slot::{Slot, SlotFault, on_grid};
use crate::offline::{Phrase, Step};

/// How many instances take turns.
pub const INSTANCES: usize = 2;

/// Notes that are known at once: as many as the instances have voices.
const NOTES: usize = 16 * INSTANCES;

/// Released notes are over when their instance was silent for this long, in seconds: longer than the
/// slowest tremolo that one would play is at its lowest.
const SILENT_S: f64 = 0.25;

/// This many blocks in a row that take far longer than they last are too many.
const SLOW_BLOCKS: u32 = 4;

/// Far longer than a block of any host lasts.
const SLOW: Duration = Duration::from_millis(40);

/// Controllers with a meaning for all notes.
const SUSTAIN: u8 = 64;
const ALL_SOUND_OFF: u8 = 120;
const ALL_NOTES_OFF: u8 = 123;

/// Why a hosted synth fell silent. It stays silent; the built-in one should play on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The plug-in said that it failed.
    Process,
    /// It played something that is no number.
    NotFinite,
    /// It took far longer for its samples than they last, several times in a row.
    TooSlow,
}

impl Fault {
    /// All, in the order of their numbers.
    pub const ALL: [Fault; 3] = [Fault::Process, Fault::NotFinite, Fault::TooSlow];
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Fault::Process => "the hosted synth reported an error while playing",
            Fault::NotFinite => "the hosted synth played something that is no number",
            Fault::TooSlow => "the hosted synth was too slow to play",
        })
    }
}

/// A note, from its beginning until nothing of it is heard.
#[derive(Clone, Copy)]
struct Note {
    address: NoteAddress,
    key: u8,
    slot: usize,
    /// Counts notes.
    number: u64,
    held: bool,
}

/// Plays a path through a hosted plug-in. Nothing here takes memory, locks or waits; what the
/// plug-in does cannot be known.
pub struct HostedSynth {
    slots: [Slot; INSTANCES],
    notes: [Option<Note>; NOTES],
    ended: [Option<NoteAddress>; 2 * NOTES],
    /// Notes begun.
    count: u64,
    pedal: bool,
    /// Samples of silence after which released notes are over.
    silent: u32,
    slow_blocks: u32,
    fault: Option<Fault>,
}

impl HostedSynth {
    pub(super) fn new(players: [Player; INSTANCES], rate: f64) -> HostedSynth {
        HostedSynth {
            slots: players.map(Slot::new),
            notes: [None; NOTES],
            ended: [None; 2 * NOTES],
            count: 0,
            pedal: false,
            // `as` saturates.
            silent: (SILENT_S * rate) as u32,
            slow_blocks: 0,
            fault: None,
        }
    }

    pub(super) fn into_players(self) -> [Player; INSTANCES] {
        self.slots.map(Slot::into_player)
    }

    /// What made it fall silent, if something did.
    pub fn fault(&self) -> Option<Fault> {
        self.fault
    }

    /// How many notes are held or may still be heard.
    pub fn voices(&self) -> usize {
        self.notes.iter().flatten().count()
    }

    /// Ends all notes at once.
    pub fn reset(&mut self) {
        self.control(SUSTAIN, 0);
        self.control(ALL_SOUND_OFF, 0);
        self.notes = [None; NOTES];
        self.ended = [None; 2 * NOTES];
    }

    /// What happens before the next sample. A note takes the sound at this position of the path; for
    /// sounding notes see [the module](super).
    pub fn event(&mut self, event: &Event, table: &MorphTable, position: f32) {
        match *event {
            Event::NoteOn { address, velocity } => {
                self.note_on(address, velocity, table, position);
            }
            Event::NoteOff { address } => self.release(&address),
            Event::Choke { address } => self.release(&address),
            Event::PitchBend(bend) => {
                let value = (i32::from(bend) + 8192).clamp(0, 16_383);
                self.send([0xE0, (value & 0x7F) as u8, (value >> 7) as u8]);
            }
            Event::ChannelPressure(value) => self.send([0xD0, value & 0x7F, 0]),
            Event::Controller { number, value } => self.control(number, value),
            // Dexed has nothing for single notes.
            Event::NotePosition { .. } | Event::NoteTuning { .. } => {}
        }
    }

    /// Plays the next samples.
    pub fn render(&mut self, out: &mut [f32]) {
        out.fill(0.0);
        if self.fault.is_some() {
            return;
        }
        for block in out.chunks_mut(MAX_BLOCK) {
            let begun = Instant::now();
            for slot in &mut self.slots {
                if let Err(fault) = slot.render(block) {
                    self.fault = Some(match fault {
                        SlotFault::Process => Fault::Process,
                        SlotFault::NotFinite => Fault::NotFinite,
                    });
                }
            }
            self.slow_blocks = if begun.elapsed() > SLOW {
                self.slow_blocks + 1
            } else {
                0
            };
            if self.slow_blocks >= SLOW_BLOCKS {
                self.fault = Some(Fault::TooSlow);
            }
        }
        for i in 0..NOTES {
            let over = self.notes[i].is_some_and(|note| {
                !note.held && !self.pedal && self.slots[note.slot].is_quiet(self.silent)
            });
            if over || self.fault.is_some() {
                self.end(i);
            }
        }
    }

    /// The notes that were over since this was last called.
    pub fn ended(&mut self) -> impl Iterator<Item = NoteAddress> {
        std::mem::replace(&mut self.ended, [None; 2 * NOTES])
            .into_iter()
            .flatten()
    }

    /// Plays a whole phrase on a table, at position 0 until the phrase says otherwise: mono, 1.0 is full
    /// scale. After a fault there is only silence.
    pub fn perform(&mut self, table: &MorphTable, phrase: &Phrase) -> Vec<f32> {
        let mut out = vec![0.0; phrase.samples()];
        let (mut done, mut position) = (0, 0.0);
        for &(at, step) in phrase.steps() {
            let at = at.min(phrase.samples());
            self.render(&mut out[done..at]);
            done = at;
            match step {
                Step::Play(event) => self.event(&event, table, position),
                Step::Morph(to) => position = to,
            }
        }
        self.render(&mut out[done..]);
        out
    }

    fn note_on(&mut self, address: NoteAddress, velocity: u8, table: &MorphTable, position: f32) {
        let Some(key) = address.key.filter(|&key| key < 128) else {
            return;
        };
        let slot = self.slot_for(&on_grid(&table.at(position)));
        let place = self.place();
        self.count += 1;
        self.slots[slot].used = self.count;
        self.slots[slot].midi([0x90, key, velocity.clamp(1, 127)]);
        self.notes[place] = Some(Note {
            address,
            key,
            slot,
            number: self.count,
            held: true,
        });
    }

    /// The instance that shall play a note with this patch, and has been given it if it can be.
    fn slot_for(&mut self, patch: &presets::Patch) -> usize {
        if let Some(slot) = self.slots.iter().position(|slot| slot.has(patch)) {
            return slot;
        }
        let sounds = |slot: usize, held: bool| {
            let notes = self.notes.iter().flatten();
            notes
                .filter(|note| note.slot == slot)
                .any(|note| !held || note.held || self.pedal)
        };
        let oldest =
            |slots: &mut dyn Iterator<Item = usize>| slots.min_by_key(|&i| self.slots[i].used);
        let silent = oldest(&mut (0..INSTANCES).filter(|&slot| !sounds(slot, false)));
        let released = || oldest(&mut (0..INSTANCES).filter(|&slot| !sounds(slot, true)));
        let chosen = silent.or_else(released);
        let latest = (0..INSTANCES)
            .max_by_key(|&i| self.slots[i].used)
            .unwrap_or(0);
        match chosen {
            Some(slot) if self.slots[slot].load(patch) => {
                self.end_all(slot);
                slot
            }
            _ => latest,
        }
    }

    /// A free place for a note, made free by the oldest note's end if there is none.
    fn place(&mut self) -> usize {
        if let Some(free) = self.notes.iter().position(Option::is_none) {
            return free;
        }
        let oldest = |i: &usize| self.notes[*i].map(|note| (note.held, note.number));
        let place = (0..NOTES).min_by_key(oldest).unwrap_or(0);
        if let Some(note) = self.notes[place].filter(|note| note.held) {
            self.slots[note.slot].midi([0x80, note.key, 0]);
        }
        self.end(place);
        place
    }

    fn release(&mut self, address: &NoteAddress) {
        // Of notes that may be meant, Dexed releases one per message, the first begun.
        for note in self.notes.iter_mut().flatten() {
            if note.held && address.matches(&note.address) {
                note.held = false;
                self.slots[note.slot].midi([0x80, note.key, 0]);
            }
        }
    }

    fn control(&mut self, number: u8, value: u8) {
        match number {
            // Dexed's own misses transposed notes.
            ALL_NOTES_OFF => return self.release(&NoteAddress::default()),
            ALL_SOUND_OFF => (0..NOTES).for_each(|place| self.end(place)),
            SUSTAIN => self.pedal = value > 63,
            _ => {}
        }
        self.send([0xB0, number & 0x7F, value & 0x7F]);
    }

    fn send(&mut self, bytes: [u8; 3]) {
        self.slots.iter_mut().for_each(|slot| slot.midi(bytes));
    }

    /// All notes of an instance are over.
    fn end_all(&mut self, slot: usize) {
        for place in 0..NOTES {
            if self.notes[place].is_some_and(|note| note.slot == slot) {
                self.end(place);
            }
        }
    }

    fn end(&mut self, place: usize) {
        let Some(note) = self.notes[place].take() else {
            return;
        };
        // There is room for more than can end before they are asked for.
        if let Some(free) = self.ended.iter_mut().find(|ended| ended.is_none()) {
            *free = Some(note.address);
        }
    }
}
