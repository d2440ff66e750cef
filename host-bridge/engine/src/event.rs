//! What a player does: notes and controllers, addressed as CLAP addresses them.

/// Names one or several sounding notes. `None` matches any.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NoteAddress {
    /// MIDI channel, 0 to 15.
    pub channel: Option<u8>,
    /// MIDI key, 0 to 127 (60 is middle C).
    pub key: Option<u8>,
    /// The host's own number of the note.
    pub note_id: Option<i32>,
}

impl NoteAddress {
    /// Whether the two may mean the same note: every part that both state is equal.
    pub fn matches(&self, other: &NoteAddress) -> bool {
        fn part<T: PartialEq>(a: Option<T>, b: Option<T>) -> bool {
            a.zip(b).is_none_or(|(a, b)| a == b)
        }
        part(self.channel, other.channel)
            && part(self.key, other.key)
            && part(self.note_id, other.note_id)
    }
}

/// Something that happens between two samples.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Event {
    /// A key goes down.
    NoteOn {
        /// The note; its key must be stated.
        address: NoteAddress,
        /// MIDI velocity, 1 to 127.
        velocity: u8,
    },
    /// A key goes up; its release begins, now or when the pedal lifts.
    NoteOff {
        /// Which notes.
        address: NoteAddress,
    },
    /// Notes end at once, with a fade too short to hear.
    Choke {
        /// Which notes.
        address: NoteAddress,
    },
    /// These notes take their own position in the table: the global one plus `offset`.
    NotePosition {
        /// Which notes.
        address: NoteAddress,
        /// Added to the global position, for these notes alone.
        offset: f32,
    },
    /// These notes are tuned away from their key (MPE bend, note expression), in semitones.
    NoteTuning {
        /// Which notes.
        address: NoteAddress,
        /// Semitones up or down.
        semitones: f32,
    },
    /// The pitch wheel of the instrument, -8192 to 8191.
    PitchBend(i16),
    /// Channel pressure, 0 to 127.
    ChannelPressure(u8),
    /// A MIDI controller and its value, 0 to 127: 1 wheel, 2 breath, 4 foot, 5 portamento time,
    /// 64 sustain, 65 portamento, 120 all sound off, 123 all notes off. Others are ignored.
    Controller {
        /// Its number.
        number: u8,
        /// Its value.
        value: u8,
    },
}
