//! Dexed 1.0.1 as a plug-in to measure against: its state with one patch, and its notes.

use std::path::Path;

use anyhow::{Context, Result, bail};
use host_bridge::clap_host::{ClapBundle, ClapInstance, HostEvent};
use presets::{Cartridge, Patch};

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
        let ids = bundle.ids();
        let Some(id) = ids.iter().find(|id| id.ends_with("dexed")) else {
            bail!(
                "{} holds {ids:?}, but no Dexed to compare with",
                file.display()
            );
        };
        let mut instance = bundle.instantiate(id)?;
        instance.load_state(&state(patch)?)?;
        instance.activate(RATE, BUFFER)?;
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

/// A state of Dexed: an XML document that JUCE frames. Attributes that are missing are 0, so all that
/// would silence it are there; engine type 0 is the modern one.
fn state(patch: &Patch) -> Result<Vec<u8>> {
    // The edit buffer has all operators on, and bytes that nothing reads.
    let mut program = patch.to_unpacked().to_vec();
    program.extend([0x3F, 0, 0, 0, 0, 0]);
    let bank = Cartridge::new(&[*patch]).context("a patch fits into a cartridge")?;
    let xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?> <dexedState cutoff=\"1\" reso=\"0\" gain=\"1\" \
         currentProgram=\"0\" engineType=\"0\" masterTune=\"0\" opSwitch=\"111111\" \
         transpose12AsScale=\"1\" mpeEnabled=\"0\" mpePitchBendRange=\"24\" monoMode=\"0\" \
         portamento=\"0\" glissando=\"0\" wheelMod=\"0 0 0 0\" footMod=\"0 0 0 0\" \
         breathMod=\"0 0 0 0\" aftertouchMod=\"0 0 0 0\"><dexedBlob base64:sysex=\"{}\" \
         base64:program=\"{}\"/></dexedState>",
        juce_base64(&bank.to_sysex(0)),
        juce_base64(&program),
    );
    let mut bytes = b"VC2!".to_vec();
    bytes.extend(u32::try_from(xml.len())?.to_le_bytes());
    bytes.extend(xml.bytes());
    bytes.push(0);
    Ok(bytes)
}

/// JUCE's own base 64: the length, a full stop, then six bits a character, lowest bits first.
fn juce_base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b".ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+";
    let bit = |i: usize| bytes.get(i / 8).map_or(0, |byte| byte >> (i % 8) & 1);
    let digits = (0..(bytes.len() * 8).div_ceil(6)).map(|digit| {
        let value: u8 = (0..6).map(|i| bit(digit * 6 + i) << i).sum();
        char::from(DIGITS[usize::from(value)])
    });
    format!("{}.{}", bytes.len(), digits.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn six_bits_from_the_lowest_on() {
        assert_eq!(juce_base64(&[]), "0.");
        assert_eq!(juce_base64(&[1]), "1.A.");
        // 0b11_000001 and 0b0000_1000: digits 1, then 0b100011 (35), then 0.
        assert_eq!(juce_base64(&[0xC1, 0x08]), "2.Ai.");
    }
}
