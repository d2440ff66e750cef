//! [`ClapInstance`]: one running instrument and the buffers it plays into.

use std::ffi::CStr;

use clack_extensions::audio_ports::{AudioPortInfoBuffer, PluginAudioPorts};
use clack_extensions::latency::PluginLatency;
use clack_extensions::params::{ParamInfoBuffer, PluginParams};
use clack_extensions::state::PluginState;
use clack_extensions::tail::{PluginTail, TailLength};
use clack_host::prelude::*;
use clack_host::utils::ClapId;

use super::ClapError;
use super::callbacks::{Headless, MainThread, Wishes};
use super::event::{HostEvent, OutEvent};

/// Events of one block in either direction that fit without taking memory.
const EVENTS: usize = 1024;

/// A parameter as the plug-in describes it.
#[derive(Clone, Debug, PartialEq)]
pub struct ParameterInfo {
    /// What names it in events.
    pub id: u32,
    /// What the user reads.
    pub name: String,
    /// Its least value.
    pub min: f64,
    /// Its largest value.
    pub max: f64,
    /// Its value in a new instance.
    pub default: f64,
    /// Whether a host may automate it.
    pub automatable: bool,
    /// Whether a host may modulate it for single notes.
    pub per_note: bool,
}

/// What the plug-in said about a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockStatus {
    /// It has more to say.
    Playing,
    /// It may be put to sleep until the next event.
    Silent,
}

/// What a performance sounded like.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Take {
    /// One sample per step of time, 1.0 is full scale.
    pub left: Vec<f32>,
    /// As long as `left`.
    pub right: Vec<f32>,
    /// What the plug-in told the host, and at which sample.
    pub events: Vec<(usize, OutEvent)>,
}

/// A plug-in that is there, and plays once it is activated.
pub struct ClapInstance {
    // Dropped in `Drop`, before `plugin`.
    processor: Option<StartedPluginAudioProcessor<Headless>>,
    plugin: PluginInstance<Headless>,
    sent: EventBuffer,
    told: EventBuffer,
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

impl ClapInstance {
    pub(super) fn new(entry: &PluginEntry, id: &CStr) -> Result<ClapInstance, ClapError> {
        let host = HostInfo::new(
            "Tween's headless host",
            "Tween",
            "",
            env!("CARGO_PKG_VERSION"),
        )
        .map_err(|error| refused("know its host", error))?;
        let plugin = PluginInstance::new(|()| Wishes::default(), |_| MainThread, entry, id, &host)
            .map_err(|error| refused("be made", error))?;
        Ok(ClapInstance {
            processor: None,
            plugin,
            sent: EventBuffer::with_capacity(EVENTS),
            told: EventBuffer::with_capacity(EVENTS),
            inputs: Vec::new(),
            outputs: Vec::new(),
            input_ports: AudioPorts::with_capacity(0, 0),
            output_ports: AudioPorts::with_capacity(0, 0),
            time: 0,
            samples: 0,
        })
    }

    /// All parameters, in the plug-in's order.
    pub fn parameters(&mut self) -> Vec<ParameterInfo> {
        use clack_extensions::params::ParamInfoFlags as Flags;
        let handle = self.plugin.plugin_handle();
        let Some(params) = handle.get_extension::<PluginParams>() else {
            return Vec::new();
        };
        let mut buffer = ParamInfoBuffer::new();
        let mut found = Vec::new();
        for index in 0..params.count(&handle) {
            if let Some(info) = params.get_info(&handle, index, &mut buffer) {
                found.push(ParameterInfo {
                    id: info.id.get(),
                    name: String::from_utf8_lossy(info.name).into_owned(),
                    min: info.min_value,
                    max: info.max_value,
                    default: info.default_value,
                    automatable: info.flags.contains(Flags::IS_AUTOMATABLE),
                    per_note: info.flags.contains(Flags::IS_MODULATABLE_PER_NOTE_ID),
                });
            }
        }
        found
    }

    /// The id of the parameter of that name.
    pub fn parameter(&mut self, name: &str) -> Option<u32> {
        let mut parameters = self.parameters().into_iter();
        parameters
            .find(|info| info.name == name)
            .map(|info| info.id)
    }

    /// A parameter's value.
    pub fn value(&mut self, id: u32) -> Option<f64> {
        let handle = self.plugin.plugin_handle();
        let params = handle.get_extension::<PluginParams>()?;
        params.get_value(&handle, ClapId::from_raw(id)?)
    }

    /// The delay it reports, in samples. Meaningful once activated.
    pub fn latency(&mut self) -> u32 {
        let handle = self.plugin.plugin_handle();
        let latency = handle.get_extension::<PluginLatency>();
        latency.map_or(0, |latency| latency.get(&handle))
    }

    /// How long it sounds after the last event: samples, or `None` for ever.
    pub fn tail(&mut self) -> Option<u32> {
        let Some(processor) = &mut self.processor else {
            return Some(0);
        };
        let handle = processor.plugin_handle();
        let tail = handle.get_extension::<PluginTail>();
        match tail.map(|tail| tail.get(&handle)) {
            None => Some(0),
            Some(TailLength::Finite(samples)) => Some(samples),
            Some(TailLength::Infinite) => None,
        }
    }

    /// What a host stores in its project.
    pub fn save_state(&mut self) -> Result<Vec<u8>, ClapError> {
        let handle = self.plugin.plugin_handle();
        let state = handle
            .get_extension::<PluginState>()
            .ok_or(ClapError::Lacks("state"))?;
        let mut bytes = Vec::new();
        state
            .save(&handle, &mut bytes)
            .map_err(|_| ClapError::State { saving: true })?;
        Ok(bytes)
    }

    /// Gives back what a host had stored.
    pub fn load_state(&mut self, mut bytes: &[u8]) -> Result<(), ClapError> {
        let handle = self.plugin.plugin_handle();
        let state = handle
            .get_extension::<PluginState>()
            .ok_or(ClapError::Lacks("state"))?;
        state
            .load(&handle, &mut bytes)
            .map_err(|_| ClapError::State { saving: false })?;
        self.pump();
        Ok(())
    }

    /// Makes it ready to play at a rate in Hz, in blocks of at most `max_block` samples.
    pub fn activate(&mut self, rate: f64, max_block: usize) -> Result<(), ClapError> {
        self.deactivate();
        self.inputs = self.port_buffers(true, max_block);
        self.outputs = self.port_buffers(false, max_block);
        let ports = |buffers: &[Vec<Vec<f32>>]| {
            AudioPorts::with_capacity(buffers.iter().map(Vec::len).sum(), buffers.len())
        };
        self.input_ports = ports(&self.inputs);
        self.output_ports = ports(&self.outputs);
        (self.time, self.samples) = (0, 0);
        self.sent.clear();
        self.told.clear();

        let configuration = PluginAudioConfiguration {
            sample_rate: rate,
            min_frames_count: 1,
            max_frames_count: u32::try_from(max_block).unwrap_or(u32::MAX),
        };
        let processor = self
            .plugin
            .activate(|_, _| (), configuration)
            .map_err(|error| refused("be activated", error))?;
        match processor.start_processing() {
            Ok(processor) => self.processor = Some(processor),
            Err(error) => {
                let reason = refused("start", &error);
                self.plugin.deactivate(error.into_stopped_processor());
                return Err(reason);
            }
        }
        Ok(())
    }

    /// Ends playing; the next [`activate`](ClapInstance::activate) may have another rate.
    pub fn deactivate(&mut self) {
        if let Some(processor) = self.processor.take() {
            self.plugin.deactivate(processor.stop_processing());
        }
    }

    /// Silences all and brings it back to how it was when activated.
    pub fn reset(&mut self) {
        if let Some(processor) = &mut self.processor {
            processor.reset();
        }
    }

    /// Has an event happen at sample `at` of the next block. Events of a block in order, please.
    pub fn send(&mut self, at: usize, event: &HostEvent) {
        event.push(u32::try_from(at).unwrap_or(u32::MAX), &mut self.sent);
    }

    /// Plays one block of that many samples, at most as many as activated for. The host's part takes
    /// no memory.
    pub fn process(&mut self, samples: usize) -> Result<BlockStatus, ClapError> {
        let processor = self.processor.as_mut().ok_or(ClapError::Refused {
            call: "process",
            reason: String::new(),
        })?;
        self.told.clear();
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
        let status = processor.process(
            &inputs,
            &mut outputs,
            &self.sent.as_input(),
            &mut self.told.as_output(),
            Some(self.time),
            None,
        );
        self.sent.clear();
        self.time += samples as u64;
        match status {
            Ok(ProcessStatus::Sleep) => Ok(BlockStatus::Silent),
            Ok(_) => Ok(BlockStatus::Playing),
            Err(error) => Err(refused("process", error)),
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

    /// Grants what the plug-in asked of the main thread. Between two blocks.
    pub fn pump(&mut self) {
        if self.plugin.access_shared_handler(Wishes::take_callback) {
            self.plugin.call_on_main_thread_callback();
        }
    }

    /// Plays a score of that many samples, in blocks of the sizes given, over and over from the
    /// first (each cut to what it was activated for, which is also the size if none are given).
    pub fn perform(
        &mut self,
        score: &[(usize, HostEvent)],
        samples: usize,
        blocks: &[usize],
    ) -> Result<Take, ClapError> {
        let largest = self
            .outputs
            .first()
            .and_then(|port| port.first())
            .map_or(0, Vec::len);
        let mut sizes = blocks.iter().copied().cycle();
        let mut score = score.iter().peekable();
        let mut take = Take::default();
        let mut start = 0;
        while start < samples {
            let size = sizes
                .next()
                .unwrap_or(largest)
                .clamp(1, largest.max(1))
                .min(samples - start);
            while let Some((at, event)) = score.next_if(|&&(at, _)| at < start + size) {
                self.send(at.saturating_sub(start), event);
            }
            self.process(size)?;
            let [left, right] = self.block();
            take.left.extend_from_slice(left);
            take.right.extend_from_slice(right);
            take.events
                .extend(self.told().map(|(at, event)| (start + at, event)));
            self.pump();
            start += size;
        }
        Ok(take)
    }

    fn port_buffers(&mut self, is_input: bool, samples: usize) -> Vec<Vec<Vec<f32>>> {
        let handle = self.plugin.plugin_handle();
        let Some(ports) = handle.get_extension::<PluginAudioPorts>() else {
            return Vec::new();
        };
        let mut buffer = AudioPortInfoBuffer::new();
        (0..ports.count(&handle, is_input))
            .map(|index| {
                let port = ports.get(&handle, index, is_input, &mut buffer);
                let channels = port.map_or(0, |port| port.channel_count as usize);
                vec![vec![0.0; samples]; channels]
            })
            .collect()
    }
}

impl Drop for ClapInstance {
    fn drop(&mut self) {
        self.deactivate();
    }
}

fn refused(call: &'static str, reason: impl std::fmt::Display) -> ClapError {
    ClapError::Refused {
        call,
        reason: reason.to_string(),
    }
}
