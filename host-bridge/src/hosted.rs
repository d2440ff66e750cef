//! Plays through the user's own Dexed, by CLAP or by VST2.
//!
//! [`Hosted::open`] loads a plug-in and gives two halves: [`Hosted`] owns the plug-in's instances and
//! stays on the thread that made it; [`HostedSynth`] plays them and may go to the audio thread. They
//! part again by [`Hosted::close`]. Where the two threads must not wait for each other,
//! [`exchange`] carries the playing half to and fro.
//!
//! **What a hosted synth cannot do.** Dexed takes a new patch by ending all its voices, so sounding
//! notes keep the sound they began with: Morph is heard by the notes that begin after it moved. Each
//! new sound goes to an instance with nothing to say; if all of them sound, the one with only
//! released notes is taken, its end faded; if all hold notes, the new note takes the sound that was
//! set last. Patches are rounded to the DX7's whole numbers. Tune and note tuning are Dexed's own
//! business. A note begins at Dexed's next control step, up to 63 samples late.
//!
//! **What a foreign program can do.** It runs inside this process: to load it is to trust it. [`probe`]
//! looks at a file in another process first, so that one which ends its host is found out.

mod dexed_state;
pub mod exchange;
mod player;
pub mod probe;
mod slot;
mod synth;
mod vst2;

use std::fmt;
use std::path::{Path, PathBuf};

use engine::EngineKind;

use crate::clap_host::{ClapBundle, ClapError, ClapInstance};
use crate::folders;
pub use dexed_state::Attribute;
use player::Player;
pub use synth::{Fault, HostedSynth, INSTANCES};

/// The CLAP id of Dexed.
pub const DEXED_CLAP_ID: &str = "com.digital-suburban.dexed";

/// The longest block that a hosted instance is asked for; longer ones are divided.
pub const MAX_BLOCK: usize = 64;

/// How a plug-in is loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// Dexed 0.9.7 and later.
    Clap,
    /// Dexed up to 0.9.4hf1.
    Vst2,
}

impl Format {
    /// All.
    pub const ALL: [Format; 2] = [Format::Clap, Format::Vst2];

    /// Its name, as users read it.
    pub const fn name(self) -> &'static str {
        match self {
            Format::Clap => "CLAP",
            Format::Vst2 => "VST2",
        }
    }

    /// Every Dexed of this format in the usual folders, the user's own first.
    pub fn find(self) -> Vec<PathBuf> {
        self.find_in(&folders::of_plugins())
    }

    /// Every file in these folders that by its name is a Dexed of this format.
    pub fn find_in(self, folders: &[PathBuf]) -> Vec<PathBuf> {
        let extensions: &[&str] = match self {
            Format::Clap => &["clap"],
            Format::Vst2 => &["so", "dll", "vst"],
        };
        folders::find(folders, &|name| {
            let extension = Path::new(name).extension().and_then(|e| e.to_str());
            name.to_lowercase().starts_with("dexed")
                && extension.is_some_and(|e| extensions.contains(&e))
        })
    }
}

/// Why a hosted synth does not play.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HostedError {
    /// There is none in the usual folders.
    NotFound(Format),
    /// The file is no Dexed.
    NotDexed {
        /// The file.
        path: PathBuf,
        /// What it is instead.
        found: String,
    },
    /// It could not be loaded or does not do what a host asks of it.
    Clap(ClapError),
    /// It could not be loaded or made.
    Vst2 {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// This Dexed ends the program that loads it where there is no display.
    NoDisplay(PathBuf),
    /// Loaded in a process of its own, it ended that.
    Crashed {
        /// The file.
        path: PathBuf,
        /// What became of the process.
        how: String,
    },
}

impl fmt::Display for HostedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            HostedError::NotFound(format) => write!(
                f,
                "no Dexed ({}) in the plug-in folders: install it there, or say where it is",
                format.name()
            ),
            HostedError::NotDexed { path, found } => {
                write!(f, "{} is not Dexed but {found}", path.display())
            }
            HostedError::Clap(error) => error.fmt(f),
            HostedError::Vst2 { path, reason } => {
                write!(f, "{} does not load as VST2: {reason}", path.display())
            }
            HostedError::NoDisplay(path) => write!(
                f,
                "{} would end this program, because there is no display (DISPLAY is not set): \
                 start a display first, or take the CLAP of Dexed",
                path.display()
            ),
            HostedError::Crashed { path, how } => write!(
                f,
                "{} is not used: loaded on trial in a process of its own, it {how}",
                path.display()
            ),
        }
    }
}

impl std::error::Error for HostedError {}

impl From<ClapError> for HostedError {
    fn from(error: ClapError) -> HostedError {
        HostedError::Clap(error)
    }
}

/// What a loaded plug-in says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// Its version; empty if it says none.
    pub version: String,
    /// The delay it reports, in samples.
    pub latency: u32,
}

/// The instances of a hosted plug-in, on the thread that made them.
pub struct Hosted {
    about: About,
    clap: Vec<ClapInstance>,
    // After the instances: the library has to be there while they go.
    _bundle: Option<ClapBundle>,
}

impl Hosted {
    /// Loads a Dexed and makes its instances ready for a sample rate in Hz. All hosted instances of
    /// one program must have the same rate: Dexed keeps its tables for all of them together.
    pub fn open(
        format: Format,
        path: &Path,
        kind: EngineKind,
        rate: f64,
    ) -> Result<(Hosted, HostedSynth), HostedError> {
        match format {
            Format::Clap => Hosted::from_bundle(ClapBundle::load(path)?, path, kind, rate),
            Format::Vst2 => {
                if !vst2::has_display() {
                    return Err(HostedError::NoDisplay(path.to_owned()));
                }
                let open = || vst2::Vst2Player::open(path, kind, rate);
                let players = [open()?, open()?];
                if !players[0].is_dexed() {
                    return Err(HostedError::NotDexed {
                        path: path.to_owned(),
                        found: players[0].name(),
                    });
                }
                let about = players[0].about();
                let hosted = Hosted {
                    about,
                    clap: Vec::new(),
                    _bundle: None,
                };
                Ok((
                    hosted,
                    HostedSynth::new(players.map(|player| Player::Vst2(Box::new(player))), rate),
                ))
            }
        }
    }

    /// The same of a CLAP bundle that is loaded.
    pub fn from_bundle(
        bundle: ClapBundle,
        path: &Path,
        kind: EngineKind,
        rate: f64,
    ) -> Result<(Hosted, HostedSynth), HostedError> {
        let mut first = instance(&bundle, path, kind)?;
        let mut second = instance(&bundle, path, kind)?;
        let players = [activated(&mut first, rate)?, activated(&mut second, rate)?];
        let about = About {
            version: bundle.version(DEXED_CLAP_ID).unwrap_or_default(),
            latency: first.latency(),
        };
        let hosted = Hosted {
            about,
            clap: vec![first, second],
            _bundle: Some(bundle),
        };
        Ok((hosted, HostedSynth::new(players, rate)))
    }

    /// What the plug-in says of itself.
    pub fn about(&self) -> &About {
        &self.about
    }

    /// Grants what the instances asked of their main thread. To be called a few times a second.
    pub fn pump(&mut self) {
        self.clap.iter_mut().for_each(ClapInstance::pump);
    }

    /// Ends the instances in the order they need.
    pub fn close(mut self, synth: HostedSynth) {
        for player in synth.into_players() {
            if let Player::Clap(player) = player {
                let mut player = *player;
                for instance in &mut self.clap {
                    match instance.give_back(player) {
                        None => break,
                        Some(other) => player = other,
                    }
                }
            }
        }
    }
}

/// One instance of Dexed as the command line compares it: its state changed by `attributes`, then
/// one patch, then MIDI messages at samples of one take.
///
/// # Errors
/// As [`Hosted::open`]; also if the plug-in refuses to process.
pub fn perform(
    bundle: &ClapBundle,
    path: &Path,
    attributes: &[Attribute],
    rate: f64,
    patch: &presets::Patch,
    midi: &[(usize, [u8; 3])],
    samples: usize,
) -> Result<Vec<f32>, HostedError> {
    let mut instance = dexed(bundle, path)?;
    prepare(&mut instance, attributes)?;
    let mut player = activated(&mut instance, rate)?;
    player.voice(0, &presets::sysex::single(patch, 0));
    let mut out = Vec::with_capacity(samples);
    let mut midi = midi.iter().peekable();
    let mut result = Ok(());
    while out.len() < samples && result.is_ok() {
        let start = out.len();
        let length = MAX_BLOCK.min(samples - start);
        while let Some((at, bytes)) = midi.next_if(|(at, _)| *at < start + length) {
            player.midi(at - start, *bytes);
        }
        result = player.process(length).map_err(|()| {
            HostedError::Clap(ClapError::Refused {
                call: "process",
                reason: "it reports an error".to_owned(),
            })
        });
        out.extend_from_slice(player.block());
    }
    if let Player::Clap(player) = player {
        // It is this instance's own.
        let _ = instance.give_back(*player);
    }
    result.map(|()| out)
}

/// An instance of Dexed, not activated, in the state that morphing needs.
///
/// # Errors
/// As [`Hosted::open`].
pub fn instance(
    bundle: &ClapBundle,
    path: &Path,
    kind: EngineKind,
) -> Result<ClapInstance, HostedError> {
    let mut instance = dexed(bundle, path)?;
    prepare(&mut instance, &dexed_state::for_morphing(kind))?;
    Ok(instance)
}

fn dexed(bundle: &ClapBundle, path: &Path) -> Result<ClapInstance, HostedError> {
    bundle
        .instantiate(DEXED_CLAP_ID)
        .map_err(|error| match error {
            ClapError::NoSuchPlugin { found, .. } => HostedError::NotDexed {
                path: path.to_owned(),
                found: if found.is_empty() {
                    "a bundle without plug-ins".to_owned()
                } else {
                    found.join(", ")
                },
            },
            other => other.into(),
        })
}

/// Gives an instance the state that morphing needs, keeping all else of its own.
fn prepare(instance: &mut ClapInstance, attributes: &[Attribute]) -> Result<(), HostedError> {
    let state = instance.save_state()?;
    let changed =
        dexed_state::changed(&state, attributes).ok_or(ClapError::State { saving: true })?;
    Ok(instance.load_state(&changed)?)
}

fn activated(instance: &mut ClapInstance, rate: f64) -> Result<Player, HostedError> {
    instance.activate(rate, MAX_BLOCK)?;
    let player = instance.take_player().ok_or(ClapError::Lacks("audio"))?;
    if player.longest_block() < MAX_BLOCK {
        // It has no output. Its player goes back, or the instance could not end.
        let _ = instance.give_back(player);
        return Err(ClapError::Lacks("audio output").into());
    }
    Ok(Player::Clap(Box::new(player)))
}
