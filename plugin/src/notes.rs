//! The host's note events in the engine's words, and back.

use engine::{Event, NoteAddress};
use nice_plug::midi::{Channel, Key, VoiceID};
use nice_plug::prelude::NoteEvent;

use crate::parameters::MORPH_MODULATION;

/// What the engine shall do; `None` for what it does not know. `travel` is the change of position
/// that a change of Morph by 1 makes.
pub fn to_engine(event: &NoteEvent<()>, travel: f32) -> Option<Event> {
    Some(match *event {
        NoteEvent::NoteOn {
            voice_id,
            channel,
            key,
            velocity,
            ..
        } => Event::NoteOn {
            address: address(voice_id, channel, key),
            // A CLAP note-on of velocity 0 is a note-on.
            velocity: seven_bits(velocity).max(1),
        },
        NoteEvent::NoteOff {
            voice_id,
            channel,
            key,
            ..
        } => Event::NoteOff {
            address: address(voice_id, channel, key),
        },
        NoteEvent::Choke {
            voice_id,
            channel,
            key,
            ..
        } => Event::Choke {
            address: address(voice_id, channel, key),
        },
        NoteEvent::PolyTuning {
            voice_id,
            channel,
            key,
            tuning,
            ..
        } => Event::NoteTuning {
            address: address(voice_id, channel, key),
            semitones: tuning,
        },
        NoteEvent::PolyModulation {
            voice_id,
            poly_modulation_id: MORPH_MODULATION,
            normalized_offset,
            ..
        } => Event::NotePosition {
            address: NoteAddress {
                note_id: Some(voice_id),
                ..NoteAddress::default()
            },
            offset: normalized_offset * travel,
        },
        NoteEvent::MidiPitchBend { value, .. } => {
            // 14 bits, 8192 at rest; `as` saturates.
            Event::PitchBend(((value * 16_383.0).round() as i32 - 8192) as i16)
        }
        NoteEvent::MidiChannelPressure { pressure, .. } => {
            Event::ChannelPressure(seven_bits(pressure))
        }
        NoteEvent::MidiCC { cc, value, .. } => Event::Controller {
            number: cc,
            value: seven_bits(value),
        },
        _ => return None,
    })
}

/// Tells the host that a note's sound is over, at sample `timing` of its block.
pub fn ended(address: &NoteAddress, timing: usize) -> NoteEvent<()> {
    NoteEvent::VoiceTerminated {
        timing: timing as u32,
        voice_id: address.note_id.map_or(VoiceID::Wildcard, VoiceID::ID),
        channel: address.channel.map_or(Channel::Wildcard, Channel::Number),
        key: address.key.map_or(Key::Wildcard, Key::Number),
    }
}

fn address(voice: VoiceID, channel: Channel, key: Key) -> NoteAddress {
    NoteAddress {
        channel: channel.number(),
        key: key.number(),
        note_id: voice.id(),
    }
}

fn seven_bits(value: f32) -> u8 {
    (value * 127.0).round().clamp(0.0, 127.0) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn midi_values_arrive_as_they_were_sent() {
        for value in 0..=127u8 {
            let cc = NoteEvent::MidiCC {
                timing: 0,
                channel: 0,
                cc: 1,
                value: f32::from(value) / 127.0,
            };
            assert_eq!(
                to_engine(&cc, 1.0),
                Some(Event::Controller { number: 1, value })
            );
        }
        for bend in 0..16_384u16 {
            let event = NoteEvent::MidiPitchBend {
                timing: 0,
                channel: 0,
                value: f32::from(bend) / 16_383.0,
            };
            let expected = Event::PitchBend(bend as i16 - 8192);
            assert_eq!(to_engine(&event, 1.0), Some(expected));
        }
    }

    #[test]
    fn a_note_ends_under_the_address_it_began_with() {
        let address = NoteAddress {
            channel: Some(3),
            key: Some(64),
            note_id: Some(17),
        };
        let NoteEvent::VoiceTerminated {
            voice_id,
            channel,
            key,
            ..
        } = ended(&address, 5)
        else {
            panic!("not the end of a voice");
        };
        assert_eq!(super::address(voice_id, channel, key), address);
    }
}
