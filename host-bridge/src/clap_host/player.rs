//! [`ClapPlayer`]: the part of an instrument that plays, and may do so on another thread.

use clack_extensions::tail::{PluginTail, TailLength};
use clack_host::events::event_types::MidiSysExEvent;
use clack_host::prelude::*;
use presets::sysex::SINGLE_LEN;

use super::callbacks::Headless;
use super::event::{HostEvent, OutEvent};

/// Events of one block in either direction that fit without taking memory.
const EVENTS: usize = 1024;

/// System exclusive messages of one block; further ones are refused.
const MESSAGES: usize = 16;

/// What the plug-in said about a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockStatus {
    /// It has more to say.
    Playing,
    /// It may be put to sleep until the next event.
    Silent,
}

/// The part of a [`ClapInstance`](super::ClapInstance) that plays, with the buffers it plays into.
///
/// It may be sent to the audio thread, and must come back
/// ([`give_back`](super::ClapInstance::give_back)) before the instance ends.
pub struct ClapPlayer {
    processor: StartedPluginAudioProcessor<Headless>,
    sent: EventBuffer,
    told: EventBuffer,
    /// What events in `sent` point to: a fixed place until the block is over.
    messages: Box<[[u8; SINGLE_LEN]; MESSAGES]>,
    messages_used: usize,
    /// Channels of each port.
    inputs: Vec<Vec<Vec<f32>>>,
    outputs: Vec<Vec<Vec<f32>>>,
    input_ports: AudioPorts,
    output_ports: AudioPorts,
    /// Samples processed since the activation.
    time: u64,
    /// Samples of the last block.
    samples: usize,
}

impl ClapPlayer {
    pub(super) fn new(
        processor: StartedPluginAudioProcessor<Headless>,
        inputs: Vec<Vec<Vec<f32>>>,
        outputs: Vec<Vec<Vec<f32>>>,
    ) -> ClapPlayer {
        let ports = |buffers: &[Vec<Vec<f32>>]| {
            AudioPorts::with_capacity(buffers.iter().map(Vec::len).sum(), buffers.len())
        };
        ClapPlayer {
            processor,
            sent: EventBuffer::with_capacity(EVENTS),
            told: EventBuffer::with_capacity(EVENTS),
            messages: Box::new([[0; SINGLE_LEN]; MESSAGES]),
            messages_used: 0,
            input_ports: ports(&inputs),
            output_ports: ports(&outputs),
            inputs,
            outputs,
            time: 0,
            samples: 0,
        }
    }

    pub(super) fn stop(self) -> StoppedPluginAudioProcessor<Headless> {
        self.processor.stop_processing()
    }

    pub(super) fn plays(&self, plugin: &PluginInstance<Headless>) -> bool {
        self.processor.matches(plugin)
    }

    pub(super) fn tail(&mut self) -> Option<u32> {
        let handle = self.processor.plugin_handle();
        let tail = handle.get_extension::<PluginTail>();
        match tail.map(|tail| tail.get(&handle)) {
            None => Some(0),
            Some(TailLength::Finite(samples)) => Some(samples),
            Some(TailLength::Infinite) => None,
        }
    }

    /// Samples of the longest block it was activated for.
    pub fn longest_block(&self) -> usize {
        let port = self.outputs.first().and_then(|port| port.first());
        port.map_or(0, Vec::len)
    }

    /// Silences all and brings it back to how it was when activated.
    pub fn reset(&mut self) {
        self.processor.reset();
    }

    /// How many more events the next block has room for without taking memory.
    pub fn room(&self) -> usize {
        EVENTS.saturating_sub(self.sent.len() as usize)
    }

    /// Has an event happen at sample `at` of the next block. Events of a block in order, please.
    pub fn send(&mut self, at: usize, event: &HostEvent) {
        event.push(u32::try_from(at).unwrap_or(u32::MAX), &mut self.sent);
    }

    /// Has a patch arrive at sample `at` of the next block, as the single-voice message of a DX7.
    /// Says no, and does nothing, if the block has had sixteen.
    pub fn send_voice(&mut self, at: usize, message: &[u8; SINGLE_LEN]) -> bool {
        let Some(place) = self.messages.get_mut(self.messages_used) else {
            return false;
        };
        *place = *message;
        self.messages_used += 1;
        let at = u32::try_from(at).unwrap_or(u32::MAX);
        // SAFETY: the event points into `messages`, a box of its own that is neither moved nor freed
        // while `self` lives. `process` clears `sent` before `messages_used` returns to 0, so that
        // no place is written again while an event points to it.
        let event = unsafe { MidiSysExEvent::new(at, 0, place) };
        self.sent.push(&event);
        true
    }

    /// Plays one block of that many samples, at most as many as activated for. The host's part takes
    /// no memory, unless the plug-in tells more than a thousand events.
    pub fn process(&mut self, samples: usize) -> Result<BlockStatus, PluginInstanceError> {
        self.told.clear();
        self.play(samples, true)
    }

    /// As [`process`](ClapPlayer::process), without listening to what the plug-in tells: it takes no
    /// memory however much that is.
    pub fn process_deaf(&mut self, samples: usize) -> Result<BlockStatus, PluginInstanceError> {
        self.play(samples, false)
    }

    fn play(&mut self, samples: usize, listen: bool) -> Result<BlockStatus, PluginInstanceError> {
        self.samples = samples;
        let inputs = self
            .input_ports
            .with_input_buffers(self.inputs.iter_mut().map(|port| {
                let channels = port
                    .iter_mut()
                    .map(|c| InputChannel::constant(&mut c[..samples]));
                AudioPortBuffer {
                    latency: 0,
                    channels: AudioPortBufferType::f32_input_only(channels),
                }
            }));
        let mut outputs = self
            .output_ports
            .with_output_buffers(self.outputs.iter_mut().map(|port| {
                let channels = port.iter_mut().map(|c| &mut c[..samples]);
                AudioPortBuffer {
                    latency: 0,
                    channels: AudioPortBufferType::f32_output_only(channels),
                }
            }));
        let mut told = if listen {
            self.told.as_output()
        } else {
            OutputEvents::void()
        };
        let status = self.processor.process(
            &inputs,
            &mut outputs,
            &self.sent.as_input(),
            &mut told,
            Some(self.time),
            None,
        );
        self.sent.clear();
        self.messages_used = 0;
        self.time += samples as u64;
        match status? {
            ProcessStatus::Sleep => Ok(BlockStatus::Silent),
            _ => Ok(BlockStatus::Playing),
        }
    }

    /// The last block, left and right (equal if the plug-in is mono; empty if it has no output).
    pub fn block(&self) -> [&[f32]; 2] {
        let channels = self.outputs.first().map_or(&[][..], Vec::as_slice);
        match channels {
            [] => [&[]; 2],
            [mono] => [&mono[..self.samples]; 2],
            [left, right, ..] => [&left[..self.samples], &right[..self.samples]],
        }
    }

    /// What the plug-in told with the last block: sample of the block, and event.
    pub fn told(&self) -> impl Iterator<Item = (usize, OutEvent)> + '_ {
        let events = self.told.iter();
        events.filter_map(|event| Some((event.header().time() as usize, OutEvent::read(event)?)))
    }
}
