//! Reading `dexed_presets.sqlite`, the preset database of SPINVAE's authors. The file is only read.

use std::collections::BTreeMap;
use std::path::Path;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};

use super::npy;
use super::source::{Bank, Voice};
use crate::parameter::{OPERATOR_PARAMETERS, Operator, OperatorParameter, Parameter};
use crate::patch::Patch;

/// Dexed's host parameters, in the order of version 0.9.3.
const DEXED_PARAMETERS: usize = 155;
/// The first parameter of operator 1; operators 2 to 6 follow.
const FIRST_OPERATOR: usize = 23;
/// Parameters of an operator, its on-off switch at the end.
const DEXED_OPERATOR: usize = 22;
const OPERATOR_SWITCH: usize = 21;

/// The whole patch's parameters from number 4 on; 0 to 3 (cutoff, resonance, output, master tune)
/// are not of a DX7.
const GLOBALS: [Parameter; 19] = [
    Parameter::ALGORITHM,
    Parameter::FEEDBACK,
    Parameter::OSC_KEY_SYNC,
    Parameter::LFO_SPEED,
    Parameter::LFO_DELAY,
    Parameter::LFO_PM_DEPTH,
    Parameter::LFO_AM_DEPTH,
    Parameter::LFO_KEY_SYNC,
    Parameter::LFO_WAVE,
    Parameter::TRANSPOSE,
    Parameter::PITCH_MOD_SENSITIVITY,
    Parameter::PITCH_EG_RATE_1,
    Parameter::PITCH_EG_RATE_2,
    Parameter::PITCH_EG_RATE_3,
    Parameter::PITCH_EG_RATE_4,
    Parameter::PITCH_EG_LEVEL_1,
    Parameter::PITCH_EG_LEVEL_2,
    Parameter::PITCH_EG_LEVEL_3,
    Parameter::PITCH_EG_LEVEL_4,
];

use OperatorParameter::{
    AmpModSensitivity, BreakPoint, Coarse, Detune, EgLevel1, EgLevel2, EgLevel3, EgLevel4, EgRate1,
    EgRate2, EgRate3, EgRate4, Fine, LeftCurve, LeftDepth, Mode, OutputLevel, RateScaling,
    RightCurve, RightDepth, VelocitySensitivity,
};

/// An operator's parameters.
const OPERATOR: [OperatorParameter; OPERATOR_PARAMETERS] = [
    EgRate1,
    EgRate2,
    EgRate3,
    EgRate4,
    EgLevel1,
    EgLevel2,
    EgLevel3,
    EgLevel4,
    OutputLevel,
    Mode,
    Coarse,
    Fine,
    Detune,
    BreakPoint,
    LeftDepth,
    RightDepth,
    LeftCurve,
    RightCurve,
    RateScaling,
    AmpModSensitivity,
    VelocitySensitivity,
];

/// What a preset was changed by on its way to a DX7.
#[derive(Debug, Default, PartialEq, Eq)]
struct Changes {
    /// Values outside of 0 to 1.
    out_of_range: u32,
    /// Operators that were switched off, and have output level 0 now.
    switched_off: u32,
}

/// A DX7 patch of Dexed's parameters, each from 0 to 1.
fn patch(values: &[f64; DEXED_PARAMETERS], name: &str) -> (Patch, Changes) {
    let mut changes = Changes::default();
    let mut patch = Patch::INIT;
    let mut set = |patch: &mut Patch, parameter: Parameter, value: f64| {
        if !(0.0..=1.0).contains(&value) {
            changes.out_of_range += 1;
        }
        // What is no number becomes 0.
        let steps = value.clamp(0.0, 1.0) * f64::from(parameter.spec().max);
        patch.set(parameter, steps.round() as u8);
    };
    for (parameter, &value) in GLOBALS.into_iter().zip(&values[4..]) {
        set(&mut patch, parameter, value);
    }
    let operators = values[FIRST_OPERATOR..].chunks_exact(DEXED_OPERATOR);
    for (operator, block) in Operator::ALL.into_iter().zip(operators) {
        for (parameter, &value) in OPERATOR.into_iter().zip(block) {
            set(&mut patch, Parameter::of(operator, parameter), value);
        }
    }
    let operators = values[FIRST_OPERATOR..].chunks_exact(DEXED_OPERATOR);
    for (operator, block) in Operator::ALL.into_iter().zip(operators) {
        if block[OPERATOR_SWITCH] == 0.0 {
            changes.switched_off += u32::from(patch.op(operator, OutputLevel) > 0);
            patch.set_op(operator, OutputLevel, 0);
        }
    }
    patch.set_name(name);
    (patch, changes)
}

/// Reads all cartridges; `notes` gets what could not be read and what was changed.
///
/// # Errors
/// What is wrong with the database as a whole.
pub fn read(path: &Path, folder: &str, notes: &mut Vec<String>) -> Result<Vec<Bank>, String> {
    let database = open(path).map_err(|error| error.to_string())?;
    let columns = columns(&database, "preset").map_err(|error| error.to_string())?;
    let has = |column: &str| columns.iter().any(|other| other == column);
    for needed in ["name", "pickled_params_np_array"] {
        if !has(needed) {
            return Err(format!(
                "it is an SQLite database, but not SPINVAE's: its table `preset` has no column \
                 `{needed}`"
            ));
        }
    }
    let absent: Vec<_> = ["index_preset", "index_cart", "other_names", "labels"]
        .into_iter()
        .filter(|column| !has(column))
        .collect();
    if !absent.is_empty() {
        notes.push(format!("the table `preset` has no {}", absent.join(", ")));
    }
    let cartridges = cartridges(&database).unwrap_or_else(|_| {
        notes.push("the cartridges' names could not be read".to_owned());
        BTreeMap::new()
    });

    let or_null = |column: &'static str| if has(column) { column } else { "NULL" };
    let select = format!(
        "SELECT name, pickled_params_np_array, {}, {}, {}, {} FROM preset ORDER BY 4, 3, rowid",
        or_null("index_preset"),
        or_null("index_cart"),
        or_null("other_names"),
        or_null("labels"),
    );
    let mut banks = BTreeMap::new();
    let mut totals = Changes::default();
    let mut read_rows = || -> rusqlite::Result<()> {
        let mut statement = database.prepare(&select)?;
        let mut rows = statement.query([])?;
        let mut number = 0;
        while let Some(row) = rows.next()? {
            number += 1;
            let name = text(row.get_ref(0)?);
            let index: i64 = row
                .get::<_, Option<i64>>(2)
                .ok()
                .flatten()
                .unwrap_or(number);
            let values = match row.get_ref(1)? {
                ValueRef::Blob(bytes) => npy::read::<DEXED_PARAMETERS>(bytes),
                other => Err(format!("it is {}, not a blob", other.data_type())),
            };
            let values = match values {
                Ok(values) => values,
                Err(reason) => {
                    notes.push(format!("preset {index} {name:?}: {reason}"));
                    continue;
                }
            };
            let (patch, changes) = patch(&values, &name);
            totals.switched_off += changes.switched_off;
            let cartridge: i64 = row.get::<_, Option<i64>>(3).ok().flatten().unwrap_or(-1);
            let bank: &mut Bank = banks.entry(cartridge).or_insert_with(|| Bank {
                entry: format!("cartridge {cartridge}"),
                cartridge: cartridges.get(&cartridge).cloned().unwrap_or_default(),
                folder: folder.to_owned(),
                voices: Vec::new(),
            });
            let others = text(row.get_ref(4)?);
            let names = [&*name, &*others]
                .into_iter()
                .filter(|name| !name.is_empty());
            bank.voices.push(Voice {
                position: bank.voices.len() as u32,
                patch,
                names: names.collect::<Vec<_>>().join(", "),
                cleaned: changes.out_of_range,
                tags: text(row.get_ref(5)?)
                    .split(',')
                    .map(|label| label.trim().to_owned())
                    .filter(|label| !label.is_empty())
                    .collect(),
            });
        }
        Ok(())
    };
    read_rows().map_err(|error| format!("its presets cannot be read: {error}"))?;
    if totals.switched_off > 0 {
        let count = totals.switched_off;
        notes.push(format!(
            "{count} operators were switched off: their output level is 0 now"
        ));
    }
    match banks.is_empty() {
        true => Err("it has no preset that can be read".to_owned()),
        false => Ok(banks.into_values().collect()),
    }
}

/// Opens a database that no call here can change, not even by SQLite's own files beside it.
fn open(path: &Path) -> rusqlite::Result<Connection> {
    let mut uri = "file:".to_owned();
    for byte in path.to_string_lossy().bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' => {
                uri.push(char::from(byte));
            }
            _ => uri += &format!("%{byte:02X}"),
        }
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
    Connection::open_with_flags(format!("{uri}?immutable=1"), flags)
}

fn columns(database: &Connection, table: &str) -> rusqlite::Result<Vec<String>> {
    let mut statement = database.prepare("SELECT name FROM pragma_table_info(?1)")?;
    statement.query_map([table], |row| row.get(0))?.collect()
}

fn cartridges(database: &Connection) -> rusqlite::Result<BTreeMap<i64, String>> {
    let mut statement = database.prepare("SELECT index_cart, name FROM cartridge")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, text(row.get_ref(1)?))))?;
    rows.collect()
}

/// A text, whatever its column was declared as; nothing for what is no text.
fn text(value: ValueRef) -> String {
    match value {
        ValueRef::Text(bytes) => String::from_utf8_lossy(bytes).trim().to_owned(),
        _ => String::new(),
    }
}
