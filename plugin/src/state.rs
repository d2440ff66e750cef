//! What a project stores of a session, and how it is read again: every version of it, here alone.
//!
//! The state is JSON: `version` counts its format; A and B are 128 packed bytes in hex with their
//! origins; `table` is the path itself, every bit of it ([`table_text`]), so that a song sounds the
//! same tomorrow and under a newer program. What reads it changes nothing unless A and B are whole.

mod table_text;

use std::collections::BTreeMap;
use std::fmt;

use engine::{Between, EngineKind, MorphTable};
use host_bridge::Format;
use nice_plug::prelude::PluginState;
use presets::{PACKED_LEN, Patch};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::parameters::{LISTS, RANGES};
use crate::session::{Choice, Dexed, Lock, Locks, MAX_BEND, PathKind, Session};
pub use table_text::TableError;

/// The format that is written.
pub const VERSION: u64 = 4;

/// A session as it lies in a project, of any version, maybe damaged.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Saved(pub Value);

/// What a state gave.
#[derive(Debug)]
pub struct Restored {
    /// A, B and the options.
    pub session: Session,
    /// The path.
    pub table: Box<MorphTable>,
    /// Whether that is the path that was asked for, or one that plays until it is found.
    pub found: bool,
    /// Why the path had to be made anew, if it had to.
    pub remade: Option<TableError>,
}

/// Why a state was not taken over.
#[derive(Debug, PartialEq, Eq)]
pub enum StateError {
    /// It is no state of this plug-in.
    Foreign,
    /// It was written by a later version, in a format unknown here.
    Newer(u64),
    /// Something in it cannot be read.
    Damaged(String),
}

impl fmt::Display for StateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StateError::Foreign => f.write_str(
                "the project holds a state of another plug-in; A and B stay as they are",
            ),
            StateError::Newer(version) => write!(
                f,
                "the project was saved by a newer Tween (state {version}, this one reads up to \
                 {VERSION}); A and B stay as they are: update Tween to open it"
            ),
            StateError::Damaged(what) => {
                write!(
                    f,
                    "the project's state is damaged ({what}); A and B stay as they are"
                )
            }
        }
    }
}

impl std::error::Error for StateError {}

#[derive(Serialize, Deserialize)]
struct SavedSession {
    version: u64,
    /// The program that wrote it; only for people.
    #[serde(default)]
    program: String,
    a: SavedChoice,
    b: SavedChoice,
    /// Absent (before version 2), the linear path.
    #[serde(default)]
    path: SavedPath,
    /// Absent (before version 2), everything morphs.
    #[serde(default)]
    locks: SavedLocks,
    #[serde(default)]
    engine: SavedEngine,
    /// Absent (always, before version 3), the built-in engine plays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    dexed: Option<SavedDexed>,
    /// Absent (before version 2), what it was until then.
    #[serde(default = "first_bend_range")]
    bend_range: u8,
    /// Absent (always, before version 3), there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pins: Vec<f32>,
    /// Absent, it is to be found.
    #[serde(default)]
    table: Option<table_text::SavedTable>,
    /// Absent (before version 4), what it was until then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    between: Option<SavedBetween>,
    /// In version 3: a song of versions 1 or 2, saved again.
    #[serde(default, skip_serializing)]
    ratios_glide: bool,
    /// Whether `table` only plays until the path that was asked for is found.
    #[serde(default)]
    pending: bool,
}

/// What does not glide from one entry of the table to the next.
#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum SavedBetween {
    AllGlides,
    RatiosLeap,
    FarLeaps,
}

impl SavedBetween {
    /// What it was in states that do not say so.
    fn of_version(version: Option<u64>, ratios_glide: bool) -> SavedBetween {
        match version {
            Some(3) if !ratios_glide => SavedBetween::RatiosLeap,
            Some(..=3) => SavedBetween::AllGlides,
            _ => SavedBetween::FarLeaps,
        }
    }
}

#[derive(Serialize, Deserialize)]
struct SavedChoice {
    patch: String,
    #[serde(default)]
    origin: String,
}

#[derive(Clone, Copy, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum SavedEngine {
    #[default]
    Modern,
    MarkI,
    Opl,
}

#[derive(Serialize, Deserialize)]
struct SavedDexed {
    format: SavedFormat,
    /// What in it is no Unicode is replaced; such a file has to be chosen again.
    path: String,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum SavedFormat {
    Clap,
    Vst2,
}

#[derive(Clone, Copy, Default, Serialize, Deserialize)]
struct SavedLocks {
    timbre: SavedLock,
    envelope: SavedLock,
    pitch: SavedLock,
    modulation: SavedLock,
}

#[derive(Clone, Copy, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum SavedLock {
    #[default]
    Morphs,
    A,
    B,
}

fn first_bend_range() -> u8 {
    3
}

#[derive(Clone, Copy, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum SavedPath {
    #[default]
    Linear,
    Neural,
    Even,
}

impl From<PathKind> for SavedPath {
    fn from(kind: PathKind) -> SavedPath {
        match kind {
            PathKind::Linear => SavedPath::Linear,
            PathKind::Neural => SavedPath::Neural,
            PathKind::Even => SavedPath::Even,
        }
    }
}

impl From<SavedPath> for PathKind {
    fn from(saved: SavedPath) -> PathKind {
        match saved {
            SavedPath::Linear => PathKind::Linear,
            SavedPath::Neural => PathKind::Neural,
            SavedPath::Even => PathKind::Even,
        }
    }
}

impl From<Between> for SavedBetween {
    fn from(between: Between) -> SavedBetween {
        match between {
            Between::AllGlides => SavedBetween::AllGlides,
            Between::RatiosLeap => SavedBetween::RatiosLeap,
            Between::FarLeaps => SavedBetween::FarLeaps,
        }
    }
}

impl From<SavedBetween> for Between {
    fn from(saved: SavedBetween) -> Between {
        match saved {
            SavedBetween::AllGlides => Between::AllGlides,
            SavedBetween::RatiosLeap => Between::RatiosLeap,
            SavedBetween::FarLeaps => Between::FarLeaps,
        }
    }
}

impl From<Lock> for SavedLock {
    fn from(lock: Lock) -> SavedLock {
        match lock {
            Lock::Morphs => SavedLock::Morphs,
            Lock::A => SavedLock::A,
            Lock::B => SavedLock::B,
        }
    }
}

impl From<SavedLock> for Lock {
    fn from(saved: SavedLock) -> Lock {
        match saved {
            SavedLock::Morphs => Lock::Morphs,
            SavedLock::A => Lock::A,
            SavedLock::B => Lock::B,
        }
    }
}

impl From<Locks> for SavedLocks {
    fn from(locks: Locks) -> SavedLocks {
        SavedLocks {
            timbre: locks.timbre.into(),
            envelope: locks.envelope.into(),
            pitch: locks.pitch.into(),
            modulation: locks.modulation.into(),
        }
    }
}

impl From<SavedLocks> for Locks {
    fn from(saved: SavedLocks) -> Locks {
        Locks {
            timbre: saved.timbre.into(),
            envelope: saved.envelope.into(),
            pitch: saved.pitch.into(),
            modulation: saved.modulation.into(),
        }
    }
}

impl From<&Dexed> for SavedDexed {
    fn from(dexed: &Dexed) -> SavedDexed {
        SavedDexed {
            format: match dexed.format {
                Format::Clap => SavedFormat::Clap,
                Format::Vst2 => SavedFormat::Vst2,
            },
            path: dexed.path.to_string_lossy().into_owned(),
        }
    }
}

impl From<SavedDexed> for Dexed {
    fn from(saved: SavedDexed) -> Dexed {
        Dexed {
            format: match saved.format {
                SavedFormat::Clap => Format::Clap,
                SavedFormat::Vst2 => Format::Vst2,
            },
            path: saved.path.into(),
        }
    }
}

impl From<EngineKind> for SavedEngine {
    fn from(kind: EngineKind) -> SavedEngine {
        match kind {
            EngineKind::Modern => SavedEngine::Modern,
            EngineKind::MarkI => SavedEngine::MarkI,
            EngineKind::Opl => SavedEngine::Opl,
        }
    }
}

impl From<SavedEngine> for EngineKind {
    fn from(saved: SavedEngine) -> EngineKind {
        match saved {
            SavedEngine::Modern => EngineKind::Modern,
            SavedEngine::MarkI => EngineKind::MarkI,
            SavedEngine::Opl => EngineKind::Opl,
        }
    }
}

impl Saved {
    /// What a project shall store; `found` says that the table is the path that was asked for.
    pub fn new(session: &Session, table: &MorphTable, found: bool) -> Saved {
        let choice = |choice: &Choice| SavedChoice {
            patch: hex(&choice.patch.to_packed()),
            origin: choice.origin.clone(),
        };
        let saved = SavedSession {
            version: VERSION,
            program: env!("CARGO_PKG_VERSION").to_owned(),
            a: choice(&session.a),
            b: choice(&session.b),
            path: session.path.into(),
            locks: session.locks.into(),
            engine: session.engine.into(),
            dexed: session.dexed.as_ref().map(SavedDexed::from),
            bend_range: session.bend_range,
            pins: session.pins.clone(),
            table: Some(table_text::write(table)),
            between: Some(table.between().into()),
            ratios_glide: false,
            pending: !found,
        };
        // PANIC: strings, numbers and structs of them always become JSON.
        Saved(serde_json::to_value(saved).expect("plain data"))
    }

    /// The session in it, whatever its version.
    ///
    /// # Errors
    /// [`StateError`] if A or B cannot be had. A path that cannot is made anew, as the linear one.
    pub fn restore(&self) -> Result<Restored, StateError> {
        let version = self.0.get("version").and_then(Value::as_u64);
        let saved: SavedSession = match version.ok_or(StateError::Foreign)? {
            // What an older one lacks has defaults, with which it sounds as it did.
            1..=VERSION => SavedSession::deserialize(&self.0)
                .map_err(|error| StateError::Damaged(error.to_string()))?,
            0 => return Err(StateError::Foreign),
            newer => return Err(StateError::Newer(newer)),
        };
        let session = Session {
            a: saved.a.read("A")?,
            b: saved.b.read("B")?,
            path: saved.path.into(),
            locks: saved.locks.into(),
            engine: saved.engine.into(),
            dexed: saved.dexed.map(Dexed::from),
            bend_range: saved.bend_range.min(MAX_BEND),
            // What lies off every path is none.
            pins: saved
                .pins
                .into_iter()
                .filter(|pin| (-0.5..=1.5).contains(pin))
                .collect(),
        };
        let [a, b] = &session.ends();
        let read = saved.table.map(|saved| table_text::read(&saved, a, b));
        let (table, whole, remade) = match read {
            None => (MorphTable::linear(a, b), false, None),
            Some(Ok(table)) => (table, true, None),
            Some(Err(error)) => (MorphTable::linear(a, b), false, Some(error)),
        };
        let before = || SavedBetween::of_version(version, saved.ratios_glide);
        let between = saved.between.unwrap_or_else(before);
        // The path parameter by parameter, in the place of one that cannot be read, is today's.
        let table = if whole {
            table.with(between.into())
        } else {
            table
        };
        let found = session.path == PathKind::Linear || (whole && !saved.pending);
        Ok(Restored {
            session,
            table: Box::new(table),
            found,
            remade,
        })
    }
}

impl SavedChoice {
    fn read(&self, end: &str) -> Result<Choice, StateError> {
        let bytes = unhex(&self.patch).ok_or_else(|| {
            StateError::Damaged(format!(
                "the patch of {end} is not {PACKED_LEN} bytes in hex"
            ))
        })?;
        let (patch, _) = Patch::from_packed(&bytes);
        Ok(Choice {
            patch,
            origin: self.origin.clone(),
        })
    }
}

/// Brings the parameters of a state of any version into this version's ranges: a host would take
/// anything for a value.
pub fn migrate_parameters(state: &mut PluginState) {
    use nice_plug::plugin::ParamValue;
    let params: &mut BTreeMap<String, ParamValue> = &mut state.params;
    for (id, min, max, default) in RANGES {
        if let Some(value) = params.get_mut(id) {
            let number = match value {
                ParamValue::F32(number) if number.is_finite() => number.clamp(min, max),
                _ => default,
            };
            *value = ParamValue::F32(number);
        }
    }
    for (id, max) in LISTS {
        if let Some(value) = params.get_mut(id) {
            let place = match value {
                ParamValue::I32(place) => (*place).clamp(0, max),
                _ => 0,
            };
            *value = ParamValue::I32(place);
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Option<[u8; PACKED_LEN]> {
    let digits = text.as_bytes();
    if digits.len() != 2 * PACKED_LEN {
        return None;
    }
    let mut bytes = [0; PACKED_LEN];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        let digit = |digit: u8| char::from(digit).to_digit(16);
        *byte = (digit(pair[0])? << 4 | digit(pair[1])?) as u8;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests;
