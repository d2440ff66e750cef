//! [`Vst2Player`]: an instance by VST2, for Dexed up to 0.9.4hf1. The `vst` crate does what is unsafe
//! about it; what that asks of its callers is kept here.

// The `vst` crate is deprecated as a whole, as VST2 itself is, and there is no other.
#![allow(deprecated)]

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use engine::EngineKind;
use presets::sysex::SINGLE_LEN;
use vst::api;
use vst::buffer::{SendEventBuffer, WriteIntoPlaceholder};
use vst::event::{MidiEvent, SysExEvent};
use vst::host::{Host, HostBuffer, PluginInstance, PluginLoader};
use vst::plugin::Plugin;

use super::{About, HostedError, MAX_BLOCK, dexed_state};

/// The id of Dexed: "Dexd".
const DEXED: i32 = i32::from_be_bytes(*b"Dexd");

/// Events of one block.
const EVENTS: usize = 256;

/// Patches of one block.
const MESSAGES: usize = 16;

/// The `vst` crate keeps the host of a plug-in that is being made in one place for the whole
/// program. Held on the threads that make instances, never on the audio thread.
static MAKING: Mutex<()> = Mutex::new(());

/// What the plug-in may ask of this host: nothing. Each instance has one of its own, so that the
/// lock the `vst` crate puts around it is never waited for.
struct Silent;

impl Host for Silent {
    fn get_info(&self) -> (isize, String, String) {
        (1, "Tween".to_owned(), "Tween".to_owned())
    }

    fn get_block_size(&self) -> isize {
        MAX_BLOCK as isize
    }
}

#[derive(Clone, Copy)]
enum Sent {
    Midi([u8; 3]),
    /// The place of the message.
    Voice(usize),
}

/// An instance, and the buffers it plays into.
pub struct Vst2Player {
    plugin: PluginInstance,
    about: About,
    events: SendEventBuffer,
    /// Sample and event, in the order in which they came.
    sent: [(i32, Sent); EVENTS],
    sent_count: usize,
    messages: Box<[[u8; SINGLE_LEN]; MESSAGES]>,
    messages_used: usize,
    bound: HostBuffer<f32>,
    inputs: Vec<Vec<f32>>,
    outputs: Vec<[f32; MAX_BLOCK]>,
    samples: usize,
}

// SAFETY: the pointers in `bound` are set to buffers of this very value in the call that uses them,
// and mean nothing between calls; events and plug-in are nobody else's. VST2 lets any one thread at a
// time process.
unsafe impl Send for Vst2Player {}

impl Vst2Player {
    /// Loads a plug-in and makes it ready for a sample rate in Hz.
    pub fn open(path: &Path, kind: EngineKind, rate: f64) -> Result<Vst2Player, HostedError> {
        let library = library(path);
        let failed = |reason: &dyn std::fmt::Display| HostedError::Vst2 {
            path: path.to_owned(),
            reason: reason.to_string(),
        };
        if !library.exists() {
            return Err(failed(&"there is no such file"));
        }
        let mut plugin = {
            let _making = MAKING.lock().unwrap_or_else(PoisonError::into_inner);
            let mut loader = PluginLoader::load(&library, Arc::new(Mutex::new(Silent)))
                .map_err(|error| failed(&error))?;
            loader.instance().map_err(|error| failed(&error))?
        };
        let info = plugin.get_info();
        let (inputs, outputs) = (channels(info.inputs), channels(info.outputs));
        if outputs == 0 {
            return Err(failed(&"it has no audio output"));
        }
        if inputs.max(outputs) > CHANNELS {
            return Err(failed(&"it has too many channels for an instrument"));
        }
        plugin.init();
        plugin.set_sample_rate(rate as f32);
        plugin.set_block_size(MAX_BLOCK as i64);
        // Another instrument than Dexed keeps its state, and will not understand Dexed's patches.
        let parameters = plugin.get_parameter_object();
        let state = parameters.get_bank_data();
        if let Some(state) = dexed_state::changed(&state, &dexed_state::for_morphing(kind)) {
            parameters.load_bank_data(&state);
        }
        plugin.resume();
        let version = info.version;
        Ok(Vst2Player {
            plugin,
            about: About {
                version: format!(
                    "{}.{}.{}",
                    version >> 16,
                    version >> 8 & 0xFF,
                    version & 0xFF
                ),
                latency: info.initial_delay.max(0) as u32,
            },
            events: SendEventBuffer::new(EVENTS),
            sent: [(0, Sent::Midi([0; 3])); EVENTS],
            sent_count: 0,
            messages: Box::new([[0; SINGLE_LEN]; MESSAGES]),
            messages_used: 0,
            bound: HostBuffer::new(inputs, outputs),
            inputs: vec![vec![0.0; MAX_BLOCK]; inputs],
            outputs: vec![[0.0; MAX_BLOCK]; outputs],
            samples: 0,
        })
    }

    /// Whether it is Dexed.
    pub fn is_dexed(&self) -> bool {
        self.plugin.get_info().unique_id == DEXED
    }

    /// What it is called.
    pub fn name(&self) -> String {
        self.plugin.get_info().name
    }

    /// What it says of itself.
    pub fn about(&self) -> About {
        self.about.clone()
    }

    pub fn midi(&mut self, at: usize, bytes: [u8; 3]) {
        self.push(at, Sent::Midi(bytes));
    }

    pub fn voice(&mut self, at: usize, message: &[u8; SINGLE_LEN]) -> bool {
        let place = self.messages_used;
        if place == MESSAGES || !self.push(at, Sent::Voice(place)) {
            return false;
        }
        self.messages[place] = *message;
        self.messages_used += 1;
        true
    }

    fn push(&mut self, at: usize, event: Sent) -> bool {
        let Some(place) = self.sent.get_mut(self.sent_count) else {
            return false;
        };
        *place = (i32::try_from(at).unwrap_or(i32::MAX), event);
        self.sent_count += 1;
        true
    }

    /// Plays a block of at most [`MAX_BLOCK`] samples.
    pub fn process(&mut self, samples: usize) {
        self.samples = samples.min(MAX_BLOCK);
        if self.sent_count > 0 {
            let messages = &self.messages;
            self.events
                .store_events(
                    self.sent[..self.sent_count]
                        .iter()
                        .map(|&(at, event)| Placed {
                            at,
                            event,
                            messages,
                        }),
                );
            self.plugin.process_events(self.events.events());
        }
        let inputs: &[Vec<f32>] = &self.inputs;
        // Blocks shorter than the longest end early; `Cut` makes slices of them.
        let samples = self.samples;
        let mut outputs: [Cut; CHANNELS] = std::array::from_fn(|_| Cut(&mut []));
        let count = self.outputs.len();
        for (cut, channel) in outputs.iter_mut().zip(&mut self.outputs) {
            *cut = Cut(&mut channel[..samples]);
        }
        let mut ins: [&[f32]; CHANNELS] = [&[]; CHANNELS];
        for (cut, channel) in ins.iter_mut().zip(inputs) {
            *cut = &channel[..samples];
        }
        let mut buffer = self.bound.bind(&ins[..inputs.len()], &mut outputs[..count]);
        self.plugin.process(&mut buffer);
        // The events point into `messages` until here.
        (self.sent_count, self.messages_used) = (0, 0);
    }

    pub fn block(&self) -> &[f32] {
        self.outputs
            .first()
            .map_or(&[], |channel| &channel[..self.samples])
    }
}

impl Drop for Vst2Player {
    fn drop(&mut self) {
        self.plugin.suspend();
    }
}

/// Channels of one instance in either direction at most; instruments with more are refused.
const CHANNELS: usize = 16;

struct Cut<'a>(&'a mut [f32]);

impl AsMut<[f32]> for Cut<'_> {
    fn as_mut(&mut self) -> &mut [f32] {
        self.0
    }
}

/// An event as the `vst` crate writes it.
struct Placed<'a> {
    at: i32,
    event: Sent,
    messages: &'a [[u8; SINGLE_LEN]; MESSAGES],
}

impl WriteIntoPlaceholder for Placed<'_> {
    fn write_into(&self, out: &mut api::SysExEvent) {
        match self.event {
            Sent::Midi(data) => MidiEvent {
                data,
                delta_frames: self.at,
                live: true,
                note_length: None,
                note_offset: None,
                detune: 0,
                note_off_velocity: 0,
            }
            .write_into(out),
            Sent::Voice(place) => SysExEvent {
                payload: &self.messages[place],
                delta_frames: self.at,
            }
            .write_into(out),
        }
    }
}

fn channels(count: i32) -> usize {
    usize::try_from(count).unwrap_or(0)
}

/// The library in a path that a user would name: in a bundle of macOS it lies deep inside.
fn library(path: &Path) -> PathBuf {
    let inside = path.join("Contents/MacOS");
    let name = path.file_stem().unwrap_or_default();
    if cfg!(target_os = "macos") && inside.is_dir() {
        inside.join(name)
    } else {
        path.to_owned()
    }
}

/// Whether there is a display. Dexed 0.9.4hf1 ends the program without.
pub fn has_display() -> bool {
    let is_x11 = cfg!(all(unix, not(target_os = "macos")));
    !is_x11 || std::env::var_os("DISPLAY").is_some_and(|display| !display.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An instrument of Debian's package `amsynth`.
    const AMSYNTH: &str = "/usr/lib/vst/amsynth_vst.so";

    #[test]
    fn a_foreign_instrument_plays_a_note_and_is_known_not_to_be_dexed() {
        let path = Path::new(AMSYNTH);
        if !path.exists() {
            eprintln!("skipped: there is no {AMSYNTH} (Debian package amsynth)");
            return;
        }
        let mut player = Vst2Player::open(path, EngineKind::Modern, 48_000.0).unwrap();
        assert!(!player.is_dexed());
        let peak = |player: &mut Vst2Player, blocks: usize| {
            let mut peak = 0.0f32;
            for samples in (0..blocks).map(|i| MAX_BLOCK - i % 3) {
                player.process(samples);
                assert_eq!(player.block().len(), samples);
                peak = player
                    .block()
                    .iter()
                    .fold(peak, |peak, sample| peak.max(sample.abs()));
            }
            peak
        };
        assert_eq!(peak(&mut player, 10), 0.0);
        player.midi(3, [0x90, 60, 100]);
        assert!(
            player.voice(3, &[0; SINGLE_LEN]),
            "a message it does not know"
        );
        assert!(peak(&mut player, 200) > 0.01);
    }

    #[test]
    fn what_is_no_vst2_is_an_error() {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        for file in ["Cargo.toml", "missing.so"] {
            let path = here.join(file);
            let error = Vst2Player::open(&path, EngineKind::Modern, 48_000.0).err();
            assert!(matches!(error, Some(HostedError::Vst2 { path: found, .. }) if found == path));
        }
    }
}
