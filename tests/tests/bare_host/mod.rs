//! A host of the audio thread alone.

#![allow(dead_code, reason = "not every test releases what it presses")]

use std::collections::VecDeque;

use nice_plug::context::{PluginApi, process::SendEventError};
use nice_plug::midi::{Channel, Key, VoiceID};
use nice_plug::prelude::{NoteEvent, ProcessContext, Transport};
use plugin::Tween;

/// Gives it events and counts what comes back.
pub struct Host {
    pub events: VecDeque<NoteEvent<()>>,
    transport: Transport,
    /// How many notes it was told are over.
    pub ended: usize,
}

impl Host {
    pub fn new(rate: f64) -> Host {
        Host {
            events: VecDeque::with_capacity(16),
            transport: Transport::new(rate as f32),
            ended: 0,
        }
    }

    pub fn press(&mut self, id: u8, key: u8) {
        self.events.push_back(NoteEvent::NoteOn {
            timing: 0,
            voice_id: VoiceID::ID(id.into()),
            channel: Channel::Number(0),
            key: Key::Number(key),
            velocity: 100.0 / 127.0,
        });
    }

    pub fn release(&mut self, id: u8, key: u8) {
        self.events.push_back(NoteEvent::NoteOff {
            timing: 0,
            voice_id: VoiceID::ID(id.into()),
            channel: Channel::Number(0),
            key: Key::Number(key),
            velocity: 0.0,
        });
    }
}

impl ProcessContext<Tween> for Host {
    fn plugin_api(&self) -> PluginApi {
        PluginApi::Clap
    }

    fn execute_background(&self, (): ()) {}

    fn execute_gui(&self, (): ()) {}

    fn transport(&self) -> &Transport {
        &self.transport
    }

    fn next_event(&mut self) -> Option<NoteEvent<()>> {
        self.events.pop_front()
    }

    fn try_send_event(
        &mut self,
        event: NoteEvent<()>,
    ) -> Result<(), (NoteEvent<()>, SendEventError)> {
        self.ended += usize::from(matches!(event, NoteEvent::VoiceTerminated { .. }));
        Ok(())
    }

    fn set_latency_samples(&self, _: u32) {}

    fn request_restart(&self) {}

    fn set_current_voice_capacity(&self, _: u32) {}
}
