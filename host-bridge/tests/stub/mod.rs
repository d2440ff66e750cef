//! Synths that misbehave, as CLAP plug-ins compiled into a test.

use std::io::{Read, Write};
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use clack_extensions::audio_ports::{
    AudioPortFlags, AudioPortInfo, AudioPortInfoWriter, AudioPortType, PluginAudioPorts,
    PluginAudioPortsImpl,
};
use clack_extensions::state::{PluginState, PluginStateImpl};
use clack_plugin::events::spaces::CoreEventSpace;
use clack_plugin::prelude::*;
use clack_plugin::stream::{InputStream, OutputStream};
use engine::EngineKind;
use host_bridge::ClapBundle;
use host_bridge::hosted::{DEXED_CLAP_ID, Hosted, HostedError, HostedSynth};

/// From this key on, a stub's notes ring until another patch comes.
pub const RINGING: u8 = 100;

/// What a stub does wrong.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wrong {
    Nothing,
    Making,
    Activating,
    Processing,
    NotANumber,
    Slow,
    AsksForCallbacks,
    NoDexedState,
}

/// How often a stub was called back, of all stubs that ask for that.
pub static CALLED_BACK: AtomicU32 = AtomicU32::new(0);

/// A synth of one constant level while notes are held, with a fault by its number.
struct Stub<const WRONG: u8>;

const WRONGS: [Wrong; 8] = [
    Wrong::Nothing,
    Wrong::Making,
    Wrong::Activating,
    Wrong::Processing,
    Wrong::NotANumber,
    Wrong::Slow,
    Wrong::AsksForCallbacks,
    Wrong::NoDexedState,
];

struct Main<'a>(HostSharedHandle<'a>, u8);

impl<'a> PluginMainThread<'a, ()> for Main<'a> {
    fn on_main_thread(&self) {
        CALLED_BACK.fetch_add(1, Ordering::Relaxed);
    }
}

impl<const WRONG: u8> Plugin for Stub<WRONG> {
    type AudioProcessor<'a> = Processor<'a>;
    type Shared<'a> = ();
    type MainThread<'a> = Main<'a>;

    fn declare_extensions(builder: &mut PluginExtensions<Self>, _: Option<&()>) {
        builder
            .register::<PluginAudioPorts>()
            .register::<PluginState>();
    }
}

impl<const WRONG: u8> DefaultPluginFactory for Stub<WRONG> {
    fn get_descriptor() -> PluginDescriptor {
        PluginDescriptor::new(DEXED_CLAP_ID, "Stub").with_version("9.9")
    }

    fn new_shared(_: HostSharedHandle<'_>) -> Result<(), PluginError> {
        Ok(())
    }

    fn new_main_thread<'a>(
        host: HostMainThreadHandle<'a>,
        (): &'a (),
    ) -> Result<Main<'a>, PluginError> {
        match WRONGS[usize::from(WRONG)] {
            Wrong::Making => Err(PluginError::Message("not today")),
            _ => Ok(Main(host.shared(), WRONG)),
        }
    }
}

impl PluginAudioPortsImpl for Main<'_> {
    fn count(&self, is_input: bool) -> u32 {
        u32::from(!is_input)
    }

    fn get(&self, _: u32, _: bool, writer: &mut AudioPortInfoWriter) {
        writer.set(&AudioPortInfo {
            id: ClapId::new(0),
            name: b"out",
            channel_count: 2,
            flags: AudioPortFlags::IS_MAIN,
            port_type: Some(AudioPortType::STEREO),
            in_place_pair: None,
        });
    }
}

impl PluginStateImpl for Main<'_> {
    fn save(&self, output: &mut OutputStream) -> Result<(), PluginError> {
        let xml = b"<dexedState gain=\"0\"/>";
        if WRONGS[usize::from(self.1)] == Wrong::NoDexedState {
            output.write_all(b"something else")?;
            return Ok(());
        }
        output.write_all(b"VC2!")?;
        output.write_all(&(xml.len() as u32).to_le_bytes())?;
        output.write_all(xml)?;
        output.write_all(&[0])?;
        Ok(())
    }

    fn load(&self, input: &mut InputStream) -> Result<(), PluginError> {
        let mut bytes = Vec::new();
        input.read_to_end(&mut bytes)?;
        let text = String::from_utf8_lossy(&bytes);
        let as_asked = text.contains("gain=\"1.0\"") && text.contains("mpeEnabled=\"0\"");
        as_asked
            .then_some(())
            .ok_or(PluginError::Message("not the state that was asked for"))
    }
}

struct Processor<'a> {
    host: HostSharedHandle<'a>,
    wrong: Wrong,
    /// Of the last patch; the level of every note.
    feedback: u8,
    held: [u8; 128],
}

impl<'a> PluginAudioProcessor<'a, (), Main<'a>> for Processor<'a> {
    fn activate(
        _: HostAudioProcessorHandle<'a>,
        main: &Main<'a>,
        (): &'a (),
        _: PluginAudioConfiguration,
    ) -> Result<Self, PluginError> {
        let wrong = WRONGS[usize::from(main.1)];
        if wrong == Wrong::Activating {
            return Err(PluginError::Message("not today"));
        }
        Ok(Processor {
            host: main.0,
            wrong,
            feedback: 0,
            held: [0; 128],
        })
    }

    fn process(
        &mut self,
        _: Process,
        mut audio: Audio,
        events: Events,
    ) -> Result<ProcessStatus, PluginError> {
        for event in events.input {
            match event.as_core_event() {
                Some(CoreEventSpace::Midi(midi)) => match midi.data() {
                    [0x90, key, _] => self.held[usize::from(key)] += 1,
                    [0x80, key, _] if key < RINGING => self.held[usize::from(key)] -= 1,
                    _ => {}
                },
                Some(CoreEventSpace::MidiSysEx(message)) => {
                    // SAFETY: the host keeps the message until `process` is over.
                    let bytes = unsafe { message.data() };
                    assert_eq!(bytes.len(), 163);
                    self.feedback = bytes[6 + 135];
                    self.held = [0; 128];
                }
                _ => {}
            }
        }
        let sounds = self.held.iter().any(|&count| count > 0);
        let level = f32::from(self.feedback + 1) / 10.0;
        let mut sample = if sounds { level } else { 0.0 };
        match self.wrong {
            Wrong::Processing if sounds => return Err(PluginError::Message("not today")),
            Wrong::NotANumber if sounds => sample = f32::NAN,
            Wrong::Slow if sounds => std::thread::sleep(Duration::from_millis(100)),
            Wrong::AsksForCallbacks => self.host.request_callback(),
            _ => {}
        }
        for mut port in audio.output_ports() {
            let channels = port.channels()?.into_f32();
            for channel in channels.into_iter().flatten() {
                channel.fill(sample);
            }
        }
        Ok(ProcessStatus::Continue)
    }
}

/// Opens the stub of that number in [`WRONGS`], for that sample rate in Hz.
pub fn open<const WRONG: u8>(rate: f64) -> Result<(Hosted, HostedSynth), HostedError> {
    static ENTRIES: [EntryDescriptor; 8] = [
        clack_plugin::clack_entry!(SinglePluginEntry<Stub<0>>),
        clack_plugin::clack_entry!(SinglePluginEntry<Stub<1>>),
        clack_plugin::clack_entry!(SinglePluginEntry<Stub<2>>),
        clack_plugin::clack_entry!(SinglePluginEntry<Stub<3>>),
        clack_plugin::clack_entry!(SinglePluginEntry<Stub<4>>),
        clack_plugin::clack_entry!(SinglePluginEntry<Stub<5>>),
        clack_plugin::clack_entry!(SinglePluginEntry<Stub<6>>),
        clack_plugin::clack_entry!(SinglePluginEntry<Stub<7>>),
    ];
    let path = Path::new("stub.clap");
    let bundle = ClapBundle::linked(&ENTRIES[usize::from(WRONG)], path)?;
    Hosted::from_bundle(bundle, path, EngineKind::Modern, rate)
}
