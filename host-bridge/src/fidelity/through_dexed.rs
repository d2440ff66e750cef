//! The same items through a Dexed that is installed here.

use std::path::Path;

use serde::Serialize;

use super::{Conditions, Error, Item, hex, manifest, sha256};
use crate::clap_host::ClapBundle;
use crate::hosted::{self, Attribute};

/// The engines' names in a manifest, and what Dexed's state has for them.
const ENGINES: [(&str, &str); 3] = [("modern", "0"), ("mki", "1"), ("opl", "2")];

/// What a comparison found.
#[derive(Clone, Debug, Serialize)]
pub struct HostedReport {
    /// The version that the plug-in says it has.
    pub version: String,
    /// Items compared.
    pub items: usize,
    /// Those whose samples have not the recorded checksum, as in the manifest.
    pub differing: Vec<String>,
}

/// Plays every item of a golden folder through a Dexed at `path`, each with an instance of its own,
/// and compares the checksum of what the plug-in gave. `progress` is told each item's name.
///
/// Dexed does not set all its memory when it is made: items with a free-running LFO or feedback may
/// differ from run to run unless the system gives it zeros.
///
/// # Errors
/// The folder is not a golden folder, or the plug-in does not play.
pub fn compare_hosted(
    folder: &Path,
    path: &Path,
    mut progress: impl FnMut(&str),
) -> Result<HostedReport, Error> {
    let refused = |error: &dyn std::fmt::Display| Error(error.to_string());
    let manifest = manifest(folder)?;
    let bundle = ClapBundle::load(path).map_err(|error| refused(&error))?;
    let mut report = HostedReport {
        version: bundle.version(hosted::DEXED_CLAP_ID).unwrap_or_default(),
        items: 0,
        differing: Vec::new(),
    };
    for item in &manifest.items {
        progress(&item.id);
        let samples = hosted::perform(
            &bundle,
            path,
            &item.attributes()?,
            item.rate,
            &item.patch()?,
            &item.midi(&manifest.conditions)?,
            (item.total_s * item.rate).round() as usize,
        )
        .map_err(|error| refused(&error))?;
        report.items += 1;
        if sha256(samples.iter().flat_map(|s| s.to_le_bytes())) != item.fx_sha256_f32le {
            report.differing.push(item.id.clone());
        }
    }
    Ok(report)
}

impl Item {
    /// What Dexed's state has to say for it.
    fn attributes(&self) -> Result<Vec<Attribute>, Error> {
        let engine = ENGINES.iter().find(|(name, _)| *name == self.engine);
        let (_, engine) =
            engine.ok_or_else(|| Error(format!("{}: no engine `{}`", self.id, self.engine)))?;
        let mut attributes = vec![("engineType", (*engine).to_owned())];
        let fixed = [
            ("mpeEnabled", "0"),
            ("monoMode", "0"),
            ("opSwitch", "111111"),
            ("cutoff", "1.0"),
            ("reso", "0.0"),
            ("gain", "1.0"),
            ("masterTune", "0"),
            ("portamento", "0"),
            ("glissando", "0"),
            ("wheelMod", "0 0 0 0"),
            ("footMod", "0 0 0 0"),
            ("breathMod", "0 0 0 0"),
            ("aftertouchMod", "0 0 0 0"),
        ];
        for (name, value) in fixed {
            let set = self
                .controller_config
                .get(name)
                .map_or(value, String::as_str);
            attributes.push((name, set.to_owned()));
        }
        Ok(attributes)
    }

    /// Its MIDI messages, at their samples.
    fn midi(&self, conditions: &Conditions) -> Result<Vec<(usize, [u8; 3])>, Error> {
        if let Some(events) = &self.midi_events {
            let message = |event: &super::MidiEvent| {
                let bytes = hex(&event.hex).and_then(|bytes| <[u8; 3]>::try_from(bytes).ok());
                let bytes = bytes.ok_or_else(|| {
                    Error(format!("{}: no MIDI message: `{}`", self.id, event.hex))
                })?;
                Ok((event.sample, bytes))
            };
            return events.iter().map(message).collect();
        }
        let (Some(note), Some(velocity)) = (self.note, self.velocity) else {
            return Err(Error(format!(
                "{}: neither a note nor MIDI events",
                self.id
            )));
        };
        Ok(vec![
            (conditions.note_on_sample, [0x90, note, velocity]),
            (conditions.note_off_sample, [0x80, note, 0]),
        ])
    }
}
