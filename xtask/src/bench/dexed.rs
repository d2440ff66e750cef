//! Dexed 1.0.1 as a plug-in to measure against: one patch, and its notes.

use std::path::Path;

use anyhow::{Context, Result};
use engine::EngineKind;
use host_bridge::clap_host::{ClapBundle, ClapInstance, HostEvent};
use host_bridge::hosted;
use presets::{Patch, sysex};

use super::engine::{BUFFER, RATE, SLICE, address};

/// Dexed in a CLAP host, its modern engine playing `voices` held notes of a patch.
pub struct Dexed {
    // Dropped before the bundle.
    instance: ClapInstance,
    _bundle: ClapBundle,
}

impl Dexed {
    /// Loads that file.
    ///
    /// # Errors
    /// It is no plug-in, or not Dexed.
    pub fn new(file: &Path, patch: &Patch, voices: usize) -> Result<Dexed> {
        let bundle = ClapBundle::load(file)?;
        let mut instance = hosted::instance(&bundle, file, EngineKind::Modern)?;
        instance.activate(RATE, BUFFER)?;
        let mut player = instance.take_player().context("Dexed plays nothing")?;
        player.send_voice(0, &sysex::single(patch, 0));
        // It is this instance's own.
        let _ = instance.give_back(player);
        for voice in 0..voices {
            let event = HostEvent::NoteOn {
                address: address(voice),
                velocity: 100.0 / 127.0,
            };
            instance.send(0, &event);
        }
        Ok(Dexed {
            instance,
            _bundle: bundle,
        })
    }

    /// Whether its last block was sound.
    pub fn sounds(&self) -> bool {
        self.instance.block()[0].iter().any(|sample| *sample != 0.0)
    }

    /// Plays a slice.
    ///
    /// # Errors
    /// The plug-in refuses.
    pub fn play(&mut self) -> Result<()> {
        for _ in 0..SLICE / BUFFER {
            self.instance.process(BUFFER)?;
        }
        Ok(())
    }
}
