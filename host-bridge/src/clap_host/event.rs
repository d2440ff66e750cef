//! What the host sends and what the plug-in sends back.

use clack_host::events::event_types::{
    MidiEvent, NoteChokeEvent, NoteExpressionEvent, NoteExpressionType, NoteOffEvent, NoteOnEvent,
    ParamModEvent, ParamValueEvent,
};
use clack_host::events::spaces::CoreEventSpace;
use clack_host::events::{Match, Pckn, UnknownEvent};
use clack_host::prelude::EventBuffer;
use clack_host::utils::ClapId;
use engine::{Event, NoteAddress};

use crate::offline::{Phrase, Step};

/// Something the host sends to the plug-in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum HostEvent {
    /// A key goes down.
    NoteOn {
        /// Which note.
        address: NoteAddress,
        /// 0 to 1.
        velocity: f64,
    },
    /// A key goes up.
    NoteOff {
        /// Which notes.
        address: NoteAddress,
    },
    /// Notes end at once.
    Choke {
        /// Which notes.
        address: NoteAddress,
    },
    /// Note expression: these notes are tuned away from their key.
    Tuning {
        /// Which notes.
        address: NoteAddress,
        /// Semitones, -120 to 120.
        semitones: f64,
    },
    /// A MIDI message of three bytes: controllers, wheel, pressure.
    Midi([u8; 3]),
    /// Automation: a parameter takes a value.
    Parameter {
        /// The parameter's CLAP id ([`ParameterInfo::id`](super::ParameterInfo::id)).
        id: u32,
        /// Between the parameter's least and largest.
        value: f64,
    },
    /// Modulation: a parameter is away from its value, for these notes.
    Modulation {
        /// The parameter's CLAP id.
        id: u32,
        /// Which notes; an address without any part means all and the notes to come.
        address: NoteAddress,
        /// Added to the parameter's value.
        amount: f64,
    },
}

/// What happens at which sample of a performance; in order of the samples.
pub type Score = Vec<(usize, HostEvent)>;

impl HostEvent {
    /// A phrase of the built-in engine as a host would send it: notes as notes, controllers as MIDI
    /// on channel 1, positions as automation of the parameter `morph` (`None`: left out).
    pub fn score(phrase: &Phrase, morph: Option<u32>) -> Score {
        let steps = phrase.steps().iter();
        steps
            .filter_map(|&(at, step)| Some((at, HostEvent::of_step(step, morph)?)))
            .collect()
    }

    fn of_step(step: Step, morph: Option<u32>) -> Option<HostEvent> {
        let event = match step {
            Step::Morph(position) => HostEvent::Parameter {
                id: morph?,
                value: position.into(),
            },
            Step::Play(Event::NoteOn { address, velocity }) => HostEvent::NoteOn {
                address,
                velocity: f64::from(velocity) / 127.0,
            },
            Step::Play(Event::NoteOff { address }) => HostEvent::NoteOff { address },
            Step::Play(Event::Choke { address }) => HostEvent::Choke { address },
            Step::Play(Event::NotePosition { address, offset }) => HostEvent::Modulation {
                id: morph?,
                address,
                amount: offset.into(),
            },
            Step::Play(Event::NoteTuning { address, semitones }) => HostEvent::Tuning {
                address,
                semitones: semitones.into(),
            },
            Step::Play(Event::PitchBend(bend)) => {
                let value = (i32::from(bend) + 8192).clamp(0, 16_383);
                HostEvent::Midi([0xE0, (value & 0x7F) as u8, (value >> 7) as u8])
            }
            Step::Play(Event::ChannelPressure(value)) => HostEvent::Midi([0xD0, value & 0x7F, 0]),
            Step::Play(Event::Controller { number, value }) => {
                HostEvent::Midi([0xB0, number & 0x7F, value & 0x7F])
            }
        };
        Some(event)
    }

    /// Appends the event to what the plug-in gets with the next block, at sample `at` of it.
    pub(super) fn push(&self, at: u32, events: &mut EventBuffer) {
        // A parameter id that CLAP reserves names no parameter, so that nothing is sent.
        match *self {
            HostEvent::NoteOn { address, velocity } => {
                events.push(&NoteOnEvent::new(at, pckn(&address), velocity));
            }
            HostEvent::NoteOff { address } => {
                events.push(&NoteOffEvent::new(at, pckn(&address), 0.0));
            }
            HostEvent::Choke { address } => events.push(&NoteChokeEvent::new(at, pckn(&address))),
            HostEvent::Tuning { address, semitones } => events.push(&NoteExpressionEvent::new(
                at,
                pckn(&address),
                NoteExpressionType::Tuning,
                semitones,
            )),
            HostEvent::Midi(bytes) => events.push(&MidiEvent::new(at, 0, bytes)),
            HostEvent::Parameter { id, value } => {
                if let Some(id) = ClapId::from_raw(id) {
                    events.push(&ParamValueEvent::new(at, id, Pckn::match_all(), value));
                }
            }
            HostEvent::Modulation {
                id,
                address,
                amount,
            } => {
                if let Some(id) = ClapId::from_raw(id) {
                    events.push(&ParamModEvent::new(at, id, pckn(&address), amount));
                }
            }
        }
    }
}

/// Something the plug-in tells the host.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum OutEvent {
    /// A note's sound is over.
    NoteEnd(NoteAddress),
    /// The plug-in's own editor turned a parameter.
    Parameter {
        /// The parameter's CLAP id.
        id: u32,
        /// Between the parameter's least and largest.
        value: f64,
    },
    /// The user takes hold of a parameter in the plug-in's editor.
    GestureBegin(u32),
    /// The user lets go of it.
    GestureEnd(u32),
}

impl OutEvent {
    /// Reads an event; `None` for a kind that no instrument of interest sends.
    pub(super) fn read(event: &UnknownEvent) -> Option<OutEvent> {
        match event.as_core_event()? {
            CoreEventSpace::NoteEnd(end) => Some(OutEvent::NoteEnd(address(&end.pckn()))),
            CoreEventSpace::ParamValue(value) => Some(OutEvent::Parameter {
                id: value.param_id()?.get(),
                value: value.value(),
            }),
            CoreEventSpace::ParamGestureBegin(begin) => {
                Some(OutEvent::GestureBegin(begin.param_id()?.get()))
            }
            CoreEventSpace::ParamGestureEnd(end) => {
                Some(OutEvent::GestureEnd(end.param_id()?.get()))
            }
            _ => None,
        }
    }
}

fn pckn(address: &NoteAddress) -> Pckn {
    fn part<T, U: From<T>>(part: Option<T>) -> Match<U> {
        part.map_or(Match::All, |value| Match::Specific(value.into()))
    }
    let note_id = address.note_id.and_then(|id| u32::try_from(id).ok());
    let port = if *address == NoteAddress::default() {
        Match::All
    } else {
        Match::Specific(0)
    };
    Pckn::new(
        port,
        part(address.channel),
        part(address.key),
        part::<_, u32>(note_id),
    )
}

fn address(pckn: &Pckn) -> NoteAddress {
    fn part<T, U: TryFrom<T>>(part: Match<T>) -> Option<U> {
        part.into_specific().and_then(|value| value.try_into().ok())
    }
    NoteAddress {
        channel: part(pckn.channel),
        key: part(pckn.key),
        note_id: part(pckn.note_id),
    }
}
