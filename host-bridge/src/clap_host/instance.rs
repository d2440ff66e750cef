//! [`ClapInstance`]: one running instrument.

use std::ffi::CStr;

use clack_extensions::audio_ports::{AudioPortInfoBuffer, PluginAudioPorts};
use clack_extensions::latency::PluginLatency;
use clack_extensions::params::{ParamInfoBuffer, PluginParams};
use clack_extensions::state::PluginState;
use clack_host::prelude::*;
use clack_host::utils::ClapId;

use super::callbacks::{Headless, MainThread, Wishes};
use super::event::{HostEvent, OutEvent};
use super::player::{BlockStatus, ClapPlayer};
use super::{ClapError, refused};

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
    player: Option<ClapPlayer>,
    /// Whether its window is open, which is closed in `Drop` too.
    #[cfg(target_os = "linux")]
    pub(super) window: bool,
    pub(super) plugin: PluginInstance<Headless>,
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
            player: None,
            #[cfg(target_os = "linux")]
            window: false,
            plugin,
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
        self.player.as_mut().map_or(Some(0), ClapPlayer::tail)
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
        let inputs = self.port_buffers(true, max_block);
        let outputs = self.port_buffers(false, max_block);
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
            Ok(processor) => self.player = Some(ClapPlayer::new(processor, inputs, outputs)),
            Err(error) => {
                let reason = refused("start", &error);
                self.plugin.deactivate(error.into_stopped_processor());
                return Err(reason);
            }
        }
        Ok(())
    }

    /// Ends playing; the next [`activate`](ClapInstance::activate) may have another rate. Nothing
    /// happens while the player is elsewhere.
    pub fn deactivate(&mut self) {
        if let Some(player) = self.player.take() {
            self.plugin.deactivate(player.stop());
        }
    }

    /// Takes the part that plays, to be sent to the audio thread. `None` if it is not activated, or
    /// already there.
    pub fn take_player(&mut self) -> Option<ClapPlayer> {
        self.player.take()
    }

    /// Takes the part that plays back: to be deactivated, and to be dropped, the plug-in needs it.
    /// Gives back what is another instance's.
    pub fn give_back(&mut self, player: ClapPlayer) -> Option<ClapPlayer> {
        if !player.plays(&self.plugin) {
            return Some(player);
        }
        self.player = Some(player);
        None
    }

    /// Silences all and brings it back to how it was when activated.
    pub fn reset(&mut self) {
        if let Some(player) = &mut self.player {
            player.reset();
        }
    }

    /// Has an event happen at sample `at` of the next block. Events of a block in order, please.
    pub fn send(&mut self, at: usize, event: &HostEvent) {
        if let Some(player) = &mut self.player {
            player.send(at, event);
        }
    }

    /// Plays one block of that many samples, at most as many as activated for. The host's part takes
    /// no memory.
    pub fn process(&mut self, samples: usize) -> Result<BlockStatus, ClapError> {
        let player = self.player.as_mut().ok_or(ClapError::Refused {
            call: "process",
            reason: String::new(),
        })?;
        player
            .process(samples)
            .map_err(|error| refused("process", error))
    }

    /// The last block, left and right (equal if the plug-in is mono; empty if it has no output).
    pub fn block(&self) -> [&[f32]; 2] {
        self.player.as_ref().map_or([&[]; 2], ClapPlayer::block)
    }

    /// What the plug-in told with the last block: sample of the block, and event.
    pub fn told(&self) -> impl Iterator<Item = (usize, OutEvent)> + '_ {
        self.player.iter().flat_map(ClapPlayer::told)
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
        let largest = self.player.as_ref().map_or(0, ClapPlayer::longest_block);
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
        #[cfg(target_os = "linux")]
        self.close_window();
        self.deactivate();
    }
}
