//! Takes bytes apart into sysex messages and what lies between them.

use std::borrow::Cow;

use super::{BANK_DATA_LEN, PACKED_LEN, UNPACKED_LEN, checksum};

/// What the input is made of, in order and without gaps.
pub(super) enum Piece<'a> {
    /// A message with DX7 voices.
    Voices {
        offset: usize,
        channel: u8,
        body: Body<'a>,
        faults: Vec<Fault>,
    },
    /// A message of another kind.
    Foreign(Foreign),
    /// So many bytes that are not part of any message.
    Stray(usize),
}

pub(super) enum Body<'a> {
    /// An unpacked voice.
    Single(Box<[u8; UNPACKED_LEN]>),
    /// One to 32 packed voices.
    Bank(Cow<'a, [u8]>),
}

/// What is wrong with a message whose voices were taken all the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The checksum in the message is not that of its data.
    Checksum {
        /// In the message.
        stated: u8,
        /// Of the data.
        computed: u8,
    },
    /// There is no checksum.
    NoChecksum,
    /// The number of data bytes in the header is not the one of this kind of message.
    Count {
        /// In the header.
        stated: u16,
    },
    /// Data is missing; `voices` whole ones were left.
    Truncated {
        /// How many data bytes are missing.
        missing: usize,
        /// How many whole voices were taken.
        voices: usize,
    },
    /// Bytes after the checksum, which were left out.
    Surplus(usize),
    /// There is no `F7` at the end.
    NoEnd,
}

/// A message that holds no DX7 voice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Foreign {
    /// A DX7 voice or bank that breaks off before its first voice is whole.
    CutOff,
    /// 32 voices of a four-operator synth (TX81Z, DX21, DX27, DX100).
    FourOperatorBank,
    /// One voice of a four-operator synth.
    FourOperatorVoice,
    /// What a DX7II or TX802 adds to its voices (ACED, AMEM). The voices themselves are DX7 voices.
    Supplement,
    /// Performances or function settings of a DX7, DX7II or TX802.
    Performance,
    /// Another named Yamaha dump (`LM  ...`): system setup, tunings, performances of later models.
    NamedYamaha,
    /// A Yamaha message of a format not listed here.
    OtherYamaha,
    /// A change of one parameter.
    ParameterChange,
    /// A request that the synth dump something.
    DumpRequest,
    /// A message of another manufacturer, by the number at its start; 0 for the three-byte numbers.
    Maker(u8),
    /// `F0` with nothing behind it.
    Empty,
}

const YAMAHA: u8 = 0x43;
/// Manufacturer, channel, format and two bytes of count.
const HEADER_LEN: usize = 5;

/// The pieces of the input.
pub(super) fn pieces(bytes: &[u8]) -> impl Iterator<Item = Piece<'_>> {
    let in_midi_file = bytes.starts_with(b"MThd");
    let mut position = 0;
    std::iter::from_fn(move || {
        let rest = bytes.get(position..).filter(|rest| !rest.is_empty())?;
        let stray = rest
            .iter()
            .position(|&byte| byte == 0xF0)
            .unwrap_or(rest.len());
        if stray > 0 {
            position += stray;
            return Some(Piece::Stray(stray));
        }
        let length_bytes = if in_midi_file {
            variable_length(&rest[1..])
        } else {
            0
        };
        let message = Message::at_start(&rest[1 + length_bytes..]);
        let offset = position;
        position += 1 + length_bytes + message.length;
        Some(message.piece(offset))
    })
}

/// How many bytes the length of a MIDI file's sysex event takes.
fn variable_length(bytes: &[u8]) -> usize {
    let more = bytes.iter().take(3).take_while(|&&b| b >= 0x80).count();
    (more + 1).min(bytes.len())
}

/// A message without its `F0` and `F7`.
struct Message<'a> {
    body: Cow<'a, [u8]>,
    /// Bytes of the input it takes after its `F0`.
    length: usize,
    ended: bool,
}

impl<'a> Message<'a> {
    /// The message whose `F0` was just before these bytes.
    ///
    /// It ends at the first `F7`, or before the next `F0`. A voice dump that would be broken by
    /// that, but has an `F7` exactly where it should, is a dump with stray high bits: its length
    /// counts.
    fn at_start(bytes: &'a [u8]) -> Message<'a> {
        let natural = Message::to_next_status(bytes);
        let Some(expected) = natural.data_len().map(|data| HEADER_LEN + data + 1) else {
            return natural;
        };
        if !(natural.ended && natural.body.len() == expected) && bytes.get(expected) == Some(&0xF7)
        {
            return Message {
                body: Cow::Borrowed(&bytes[..expected]),
                length: expected + 1,
                ended: true,
            };
        }
        natural
    }

    fn to_next_status(bytes: &'a [u8]) -> Message<'a> {
        let end = bytes.iter().position(|&byte| matches!(byte, 0xF0 | 0xF7));
        let ended = end.is_some_and(|end| bytes[end] == 0xF7);
        let raw = &bytes[..end.unwrap_or(bytes.len())];
        // Clock and active sensing may come between any two bytes of a cable.
        let real_time = |byte: &u8| *byte >= 0xF8;
        let body = if raw.iter().any(real_time) {
            Cow::Owned(raw.iter().copied().filter(|b| !real_time(b)).collect())
        } else {
            Cow::Borrowed(raw)
        };
        Message {
            body,
            length: raw.len() + usize::from(ended),
            ended,
        }
    }

    /// How many data bytes a DX7 voice dump has that begins like this message.
    fn data_len(&self) -> Option<usize> {
        match self.body.get(..3)? {
            [YAMAHA, 0x00..=0x0F, 0] => Some(UNPACKED_LEN),
            [YAMAHA, 0x00..=0x0F, 9] => Some(BANK_DATA_LEN),
            _ => None,
        }
    }

    fn piece(self, offset: usize) -> Piece<'a> {
        let Some(expected) = self.data_len() else {
            return Piece::Foreign(self.foreign());
        };
        let single = expected == UNPACKED_LEN;
        let body = self.body;
        let found = body.len().saturating_sub(HEADER_LEN).min(expected);
        let voices = if single {
            found / UNPACKED_LEN
        } else {
            found / PACKED_LEN
        };
        if voices == 0 {
            return Piece::Foreign(Foreign::CutOff);
        }

        let (header, data) = body.split_at(HEADER_LEN);
        let mut faults = Vec::new();
        let stated = u16::from(header[3]) << 7 | u16::from(header[4]);
        if usize::from(stated) != expected {
            faults.push(Fault::Count { stated });
        }
        if found < expected {
            let missing = expected - found;
            faults.push(Fault::Truncated { missing, voices });
        } else {
            let computed = checksum(&data[..expected]);
            match data.get(expected) {
                None => faults.push(Fault::NoChecksum),
                Some(&stated) if stated != computed => {
                    faults.push(Fault::Checksum { stated, computed });
                }
                Some(_) => {}
            }
            if data.len() > expected + 1 {
                faults.push(Fault::Surplus(data.len() - expected - 1));
            }
        }
        if !self.ended {
            faults.push(Fault::NoEnd);
        }

        let channel = header[1];
        let voices_data = HEADER_LEN..HEADER_LEN + voices * PACKED_LEN;
        let body = match data.first_chunk::<UNPACKED_LEN>() {
            Some(voice) if single => Body::Single(Box::new(*voice)),
            _ => Body::Bank(match body {
                Cow::Borrowed(bytes) => Cow::Borrowed(&bytes[voices_data]),
                Cow::Owned(bytes) => Cow::Owned(bytes[voices_data].to_vec()),
            }),
        };
        Piece::Voices {
            offset,
            channel,
            body,
            faults,
        }
    }

    fn foreign(&self) -> Foreign {
        match *self.body {
            [] => Foreign::Empty,
            [YAMAHA, 0x10..=0x1F, ..] => Foreign::ParameterChange,
            [YAMAHA, 0x20..=0x2F, ..] => Foreign::DumpRequest,
            [YAMAHA, 0x00..=0x0F, format, ..] => match format {
                1 | 2 => Foreign::Performance,
                3 => Foreign::FourOperatorVoice,
                4 => Foreign::FourOperatorBank,
                5 | 6 => Foreign::Supplement,
                0x7E => Foreign::NamedYamaha,
                _ => Foreign::OtherYamaha,
            },
            [YAMAHA, ..] => Foreign::OtherYamaha,
            [maker, ..] => Foreign::Maker(maker),
        }
    }
}
