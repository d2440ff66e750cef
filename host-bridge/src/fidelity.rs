//! Compares the engine with recorded renders of Dexed 1.0.1, sample for sample.
//!
//! A golden folder holds `manifest.json` and one FLAC per item: the 16-bit sum of Dexed's voices
//! before its DC blocker, in 24-bit files. Items are replayed on Dexed's grid, where a MIDI message
//! takes effect at the first multiple of 64 samples at or after its time.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use engine::{BLOCK, EngineKind, Event, FmSynth, MorphTable, NoteAddress, Quirks, Route, Settings};
use presets::Patch;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

mod flac;
mod through_dexed;

pub use through_dexed::{HostedReport, compare_hosted};

/// What a comparison found.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// Items compared.
    pub items: usize,
    /// Items with at least one sample that differs, before or after the DC blocker.
    pub items_differing: usize,
    /// Samples that differ, over all items, before the DC blocker.
    pub samples_differing: usize,
    /// Samples compared.
    pub samples: usize,
    /// Items whose samples after the DC blocker differ from the recorded checksum.
    pub outputs_differing: usize,
    /// The items that differ.
    pub differing: Vec<Difference>,
}

/// One item that differs.
#[derive(Clone, Debug, Serialize)]
pub struct Difference {
    /// As in the manifest.
    pub id: String,
    /// How many samples differ before the DC blocker.
    pub samples: usize,
    /// The first of them; `null` if only the DC blocker's output differs.
    pub first: Option<usize>,
    /// Largest difference, in 16-bit steps.
    pub largest: i32,
    /// Whether the samples after the DC blocker differ from the recorded checksum.
    pub output_differs: bool,
}

/// Why a golden folder could not be compared.
#[derive(Debug)]
pub struct Error(String);

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Error {}

/// A golden folder's manifest.
#[derive(Debug, Deserialize)]
pub struct Manifest {
    conditions: Conditions,
    /// The items, in the file's order.
    pub items: Vec<Item>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Conditions {
    note_on_sample: usize,
    note_off_sample: usize,
}

/// One recorded render.
#[derive(Debug, Deserialize)]
pub struct Item {
    /// Its name.
    pub id: String,
    file: String,
    voice_hex: String,
    engine: String,
    rate: f64,
    total_s: f64,
    note: Option<u8>,
    velocity: Option<u8>,
    midi_events: Option<Vec<MidiEvent>>,
    #[serde(default)]
    controller_config: BTreeMap<String, String>,
    fx_sha256_f32le: String,
}

#[derive(Debug, Deserialize)]
struct MidiEvent {
    sample: usize,
    hex: String,
}

/// Compares every item of a golden folder, played with these quirks; `progress` is told each
/// item's name before it is rendered.
///
/// # Errors
/// The folder is not a golden folder, or a file in it cannot be read.
pub fn compare(
    folder: &Path,
    quirks: Quirks,
    mut progress: impl FnMut(&str),
) -> Result<Report, Error> {
    let manifest = manifest(folder)?;
    let mut report = Report {
        items: 0,
        items_differing: 0,
        samples_differing: 0,
        samples: 0,
        outputs_differing: 0,
        differing: Vec::new(),
    };
    for item in &manifest.items {
        progress(&item.id);
        let recorded = flac::read(&folder.join(&item.file))?;
        let (raw, output) = item.render(&manifest.conditions, quirks)?;
        if raw.len() != recorded.len() {
            return Err(Error(format!(
                "{}: the manifest says {} samples, {} holds {}",
                item.id,
                raw.len(),
                item.file,
                recorded.len()
            )));
        }
        let differences = || {
            raw.iter()
                .zip(&recorded)
                .map(|(&a, &b)| i32::from(a) - i32::from(b))
        };
        let samples = differences().filter(|&difference| difference != 0).count();
        let output_differs =
            sha256(output.iter().flat_map(|s| s.to_le_bytes())) != item.fx_sha256_f32le;
        report.items += 1;
        report.samples += raw.len();
        report.samples_differing += samples;
        report.outputs_differing += usize::from(output_differs);
        if samples > 0 || output_differs {
            report.items_differing += 1;
            report.differing.push(Difference {
                id: item.id.clone(),
                samples,
                first: differences().position(|difference| difference != 0),
                largest: differences().map(i32::abs).max().unwrap_or(0),
                output_differs,
            });
        }
    }
    Ok(report)
}

/// Reads a golden folder's manifest.
///
/// # Errors
/// It is missing or not a manifest.
pub fn manifest(folder: &Path) -> Result<Manifest, Error> {
    let path = folder.join("manifest.json");
    let text = fs::read_to_string(&path)
        .map_err(|error| Error(format!("cannot read {}: {error}", path.display())))?;
    serde_json::from_str(&text).map_err(|error| {
        Error(format!(
            "{} is not a golden manifest: {error}",
            path.display()
        ))
    })
}

impl Item {
    /// The patch it plays.
    ///
    /// # Errors
    /// The manifest's bytes are not those of a packed voice.
    pub fn patch(&self) -> Result<Patch, Error> {
        let bytes = hex(&self.voice_hex)
            .and_then(|bytes| <[u8; 128]>::try_from(bytes).ok())
            .ok_or_else(|| Error(format!("{}: `voice_hex` is not 128 bytes in hex", self.id)))?;
        Ok(Patch::from_packed(&bytes).0)
    }

    /// Samples before the DC blocker, and after.
    fn render(
        &self,
        conditions: &Conditions,
        quirks: Quirks,
    ) -> Result<(Vec<i16>, Vec<f32>), Error> {
        let settings = self.settings(quirks)?;
        let table = MorphTable::constant(&self.patch()?);
        let events = self.events(conditions)?;
        let length = (self.total_s * self.rate).round() as usize;
        let play = |raw: bool| {
            let mut synth = FmSynth::with_settings(self.rate, &settings);
            let mut out = vec![0.0; length];
            let mut done = 0;
            let mut render = |synth: &mut FmSynth, to: usize| {
                let part = &mut out[done..to];
                if raw {
                    synth.render_raw(&table, 0.0, part);
                } else {
                    synth.render(&table, 0.0, part);
                }
                done = to;
            };
            for (at, event) in &events {
                render(&mut synth, (*at).min(length));
                synth.event(event, &table, 0.0);
            }
            render(&mut synth, length);
            out
        };
        let raw = play(true)
            .iter()
            .map(|&sample| (sample * 32_768.0) as i16)
            .collect();
        Ok((raw, play(false)))
    }

    fn settings(&self, quirks: Quirks) -> Result<Settings, Error> {
        let route = |name: &str| -> Result<Route, Error> {
            let Some(text) = self.controller_config.get(name) else {
                return Ok(Route::default());
            };
            let numbers: Vec<u8> = text.split(' ').filter_map(|n| n.parse().ok()).collect();
            let [range, pitch, amp, eg] = numbers[..] else {
                return Err(Error(format!(
                    "{}: `{name}` is not four numbers: `{text}`",
                    self.id
                )));
            };
            Ok(Route {
                range,
                pitch: pitch != 0,
                amp: amp != 0,
                eg_bias: eg != 0,
            })
        };
        let is_on = |name: &str| {
            self.controller_config
                .get(name)
                .is_some_and(|value| value != "0")
        };
        Ok(Settings {
            kind: match self.engine.as_str() {
                "modern" => EngineKind::Modern,
                "mki" => EngineKind::MarkI,
                "opl" => EngineKind::Opl,
                other => return Err(Error(format!("{}: no engine `{other}`", self.id))),
            },
            mono: is_on("monoMode"),
            glissando: is_on("glissando"),
            wheel: route("wheelMod")?,
            foot: route("footMod")?,
            breath: route("breathMod")?,
            pressure: route("aftertouchMod")?,
            quirks,
            ..Settings::DEXED
        })
    }

    /// What happens, at samples on Dexed's grid.
    fn events(&self, conditions: &Conditions) -> Result<Vec<(usize, Event)>, Error> {
        let on_grid = |sample: usize| sample.div_ceil(BLOCK) * BLOCK;
        if let Some(midi) = &self.midi_events {
            let event = |event: &MidiEvent| {
                let bytes = hex(&event.hex)
                    .filter(|bytes| bytes.len() == 3)
                    .ok_or_else(|| {
                        Error(format!("{}: no MIDI message: `{}`", self.id, event.hex))
                    })?;
                Ok(from_midi([bytes[0], bytes[1], bytes[2]]).map(|e| (on_grid(event.sample), e)))
            };
            return midi.iter().filter_map(|e| event(e).transpose()).collect();
        }
        let (Some(note), Some(velocity)) = (self.note, self.velocity) else {
            return Err(Error(format!(
                "{}: neither a note nor MIDI events",
                self.id
            )));
        };
        let on = from_midi([0x90, note, velocity]);
        let off = from_midi([0x80, note, 0]);
        Ok(on
            .map(|on| (on_grid(conditions.note_on_sample), on))
            .into_iter()
            .chain(off.map(|off| (on_grid(conditions.note_off_sample), off)))
            .collect())
    }
}

/// The event of a MIDI message; `None` for those the engine does not know.
fn from_midi([status, first, second]: [u8; 3]) -> Option<Event> {
    let address = NoteAddress {
        channel: Some(status & 15),
        key: Some(first),
        note_id: None,
    };
    Some(match status >> 4 {
        0x8 => Event::NoteOff { address },
        0x9 => Event::NoteOn {
            address,
            velocity: second,
        },
        0xB => Event::Controller {
            number: first,
            value: second,
        },
        0xD => Event::ChannelPressure(first),
        0xE => Event::PitchBend((i16::from(second) << 7 | i16::from(first)) - 8192),
        _ => return None,
    })
}

fn hex(text: &str) -> Option<Vec<u8>> {
    (text.len().is_multiple_of(2) && text.is_ascii())
        .then(|| (0..text.len() / 2).map(|i| u8::from_str_radix(&text[2 * i..2 * i + 2], 16).ok()))
        .and_then(Iterator::collect)
}

fn sha256(bytes: impl Iterator<Item = u8>) -> String {
    let bytes: Vec<u8> = bytes.collect();
    Sha256::digest(&bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
