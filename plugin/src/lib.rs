//! Tween, the instrument: it morphs between two DX7 sounds with one knob that the host automates.
//!
//! One file per thread and per thing that crosses between them. Reading order:
//!
//! * [`parameters`]: what the host sees, frozen;
//! * [`session`] and [`state`], with [`table_bytes`]: what the user has chosen, and how a project
//!   stores it;
//! * [`shared`]: where main thread, editor and worker meet;
//! * [`worker`], with [`paths`] and [`trail`]: the thread that finds paths and listens to them;
//! * [`keeper`]: the thread that owns the user's Dexed;
//! * [`library`]: the thread that looks after the user's library;
//! * [`audition`]: what the editor has played;
//! * [`audio_thread`], with [`synths`], [`blocks`], [`notes`] and [`motion`]: what plays, inside the
//!   [`border`];
//! * [`editor`]: what the user sees.
//!
//! # What crosses between threads
//!
//! | from | to | what | by |
//! |---|---|---|---|
//! | main thread, editor, worker | audio thread | the path | triple buffer ([`engine::table`]) |
//! | main thread, editor | audio thread | engine, bend range | an atomic each |
//! | main thread, editor | keeper | what shall play | channel |
//! | keeper | audio thread, and back | the playing half of Dexed | a ring each way ([`host_bridge::hosted::exchange`]) |
//! | keeper, audio thread | each other | delay; why Dexed fell silent | an atomic each |
//! | editor | audio thread | what it has played | triple buffer and bits ([`audition`]) |
//! | host, editor | audio thread | parameters | nice-plug's atomics |
//! | audio thread | editor | where the voices are, which keys are down | triple buffer ([`audition`]) |
//! | main thread, editor | worker | requests | bounded channel, the latest wins |
//! | worker | worker of any instance, any day | paths that were found | the user's library, while an editor has it open ([`paths`]) |
//! | main thread, editor, worker | each other | session, path, progress, trail | the mutex of [`shared`] |
//!
//! The audio thread holds no lock, waits for nothing, and drops nothing that owns memory: what the
//! triple buffers hold is plain data of fixed size.
//!
//! CLAP comes from nice-plug ([`clap_entry`]), VST3 from clap-wrapper around it; both are entries of one library.
//! The worker is a thread of our own: nice-plug's background tasks are not used, because in 0.4.2
//! one instance's end can end the others'.

pub mod audio_thread;
pub mod audition;
pub mod blocks;
pub mod border;
pub mod editor;
mod entry;
pub mod keeper;
pub mod library;
pub mod motion;
pub mod notes;
pub mod parameters;
pub mod paths;
pub mod session;
pub mod shared;
pub mod state;
pub mod synths;
pub mod table_bytes;
pub mod trail;
pub mod worker;

use std::sync::Arc;

use nice_plug::prelude::*;

use audio_thread::AudioThread;
use audition::Remote;
use editor::TweenEditor;
use parameters::Parameters;
use shared::Shared;

/// The plug-in.
pub struct Tween {
    parameters: Arc<Parameters>,
    audio: AudioThread,
    remote: Remote,
}

impl Default for Tween {
    fn default() -> Tween {
        let (shared, arrivals) = Shared::new();
        let (remote, player) = audition::channel(shared.repaint());
        Tween {
            parameters: Arc::new(Parameters::new(Arc::new(shared))),
            audio: AudioThread::new(arrivals, player),
            remote,
        }
    }
}

impl Plugin for Tween {
    const NAME: &'static str = "Tween";
    const VENDOR: &'static str = "Tween";
    const URL: &'static str = "";
    const EMAIL: &'static str = "";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");

    const AUDIO_IO_LAYOUTS: &'static [AudioIOLayout] = &[AudioIOLayout {
        main_input_channels: None,
        main_output_channels: Some(new_nonzero_u32(2)),
        aux_input_ports: &[],
        aux_output_ports: &[],
        names: PortNames {
            layout: Some("Stereo"),
            main_input: None,
            main_output: Some("Output"),
            aux_inputs: &[],
            aux_outputs: &[],
        },
    }];
    const MIDI_INPUT: MidiConfig = MidiConfig::MidiCCs;
    const SAMPLE_ACCURATE_AUTOMATION: bool = true;
    /// More than this in one block takes memory on the audio thread. VST3 has a parameter for every
    /// controller of every channel, and a host under test moves all of them at once.
    const INPUT_EVENT_CAPACITY: usize = 8192;

    type Editor = TweenEditor;
    type SysExMessage = ();
    type BackgroundTask = ();

    fn params(&self) -> Arc<dyn Params> {
        self.parameters.clone()
    }

    fn editor(&mut self, _: AsyncExecutor<Self>) -> Option<TweenEditor> {
        let remote = self.remote.clone();
        Some(TweenEditor::new(self.parameters.clone(), remote))
    }

    fn filter_state(state: &mut PluginState) {
        state::migrate_parameters(state);
    }

    fn activate(
        &mut self,
        _: &AudioIOLayout,
        config: &BufferConfig,
        context: &mut impl ActivateContext<Self>,
    ) -> bool {
        let rate = config.sample_rate.into();
        self.audio.part(Some(rate));
        context.set_latency_samples(self.parameters.shared.activate(rate));
        self.audio.prepare(rate, &self.parameters);
        true
    }

    fn reset(&mut self) {
        self.audio.reset(&self.parameters);
    }

    fn process(
        &mut self,
        buffer: &mut Buffer,
        _: &mut AuxiliaryBuffers,
        context: &mut impl ProcessContext<Self>,
    ) -> ProcessStatus {
        let channels = buffer.as_slice();
        if self.audio.process(channels, &self.parameters, context) {
            ProcessStatus::KeepAlive
        } else {
            ProcessStatus::Normal
        }
    }
}

impl Drop for Tween {
    fn drop(&mut self) {
        // The keeper ends what comes home.
        self.audio.part(None);
        self.parameters.shared.retire();
    }
}

impl ClapPlugin for Tween {
    const CLAP_ID: &'static str = "audio.tween.tween";
    const CLAP_DESCRIPTION: Option<&'static str> = Some("Morphs between two DX7 sounds");
    const CLAP_MANUAL_URL: Option<&'static str> = None;
    const CLAP_SUPPORT_URL: Option<&'static str> = None;
    const CLAP_FEATURES: &'static [ClapFeature] = &[
        ClapFeature::Instrument,
        ClapFeature::Synthesizer,
        ClapFeature::Stereo,
    ];
    const CLAP_POLY_MODULATION_CONFIG: Option<PolyModulationConfig> = Some(PolyModulationConfig {
        max_voice_capacity: engine::synth::VOICES as u32,
        supports_overlapping_voices: true,
    });
}

pub use entry::clap_entry;
clap_wrapper::export_vst3!();
