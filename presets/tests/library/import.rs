//! Files of all kinds come in; none of them changes.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use presets::library::{Background, Outcome, Problem, Query, Stage};
use presets::{Cartridge, Patch, sysex};
use rusqlite::Connection;

use crate::{Numbers, Scratch, go_on, patch};

fn bank(first: usize) -> Vec<u8> {
    let patches: Vec<Patch> = (first..first + 32)
        .map(|number| patch(number, &format!("P {number}")))
        .collect();
    Cartridge::new(&patches).unwrap().to_sysex(0).to_vec()
}

fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in members {
        writer
            .start_file(*name, zip::write::SimpleFileOptions::default())
            .unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn a_folder_of_all_kinds_comes_in_once() {
    let scratch = Scratch::new("folder");
    scratch.file("in/Rom 1/a.syx", &bank(0));
    scratch.file("in/Rom 1/same.SYX", &bank(0));
    scratch.file("in/single.syx", &sysex::single(&patch(40, "ALONE"), 3));
    let mut damaged = bank(50);
    let checksum = damaged.len() - 2;
    damaged[checksum] ^= 1;
    scratch.file("in/damaged.syx", &damaged);
    scratch.file("in/voices.bin", &patch(90, "BARE").to_packed().repeat(2));
    scratch.file("in/text.syx", b"this is not a bank, whatever its name says");
    scratch.file("in/readme.txt", b"passed over");
    let members: [(&str, &[u8]); 3] = [
        ("deep/inside.syx", &bank(100)),
        ("../../escape.syx", &sysex::single(&patch(140, "ESCAPE"), 0)),
        ("notes.txt", b"passed over"),
    ];
    scratch.file("in/archive.zip", &zip(&members));
    let before = contents(&scratch.path("in"));

    let mut library = scratch.library();
    let mut told = 0;
    let report = library
        .import(&[scratch.path("in")], |progress| {
            assert_eq!(
                (progress.stage, progress.done, progress.total),
                (Stage::Reading, told, 7)
            );
            told += 1;
            ControlFlow::Continue(())
        })
        .unwrap();
    assert_eq!(told, 7);
    assert_eq!(report.ignored, 1);
    let rows: BTreeMap<String, (usize, usize)> = report
        .files
        .iter()
        .map(|file| (name(&file.path), (file.voices, file.new)))
        .collect();
    let expected = [
        ("a.syx", (32, 32)),
        ("archive.zip", (33, 33)),
        ("damaged.syx", (32, 32)),
        ("same.SYX", (32, 0)),
        ("single.syx", (1, 1)),
        ("text.syx", (0, 0)),
        ("voices.bin", (2, 1)),
    ];
    assert_eq!(
        rows,
        expected.map(|(name, row)| (name.to_owned(), row)).into()
    );
    let refused = report
        .files
        .iter()
        .find(|file| name(&file.path) == "text.syx")
        .unwrap();
    assert!(
        matches!(refused.outcome, Outcome::Refused(_)),
        "{refused:?}"
    );
    let damaged = report
        .files
        .iter()
        .find(|file| name(&file.path) == "damaged.syx")
        .unwrap();
    assert!(
        damaged.notes.iter().any(|note| note.contains("checksum")),
        "{damaged:?}"
    );
    assert_eq!(contents(&scratch.path("in")), before, "files are only read");
    assert!(!scratch.path("escape.syx").exists());

    // Two origins, one preset; found by cartridge and by folder.
    for text in ["same p 7", "rom p 7"] {
        let query = Query {
            text: text.to_owned(),
            ..Query::default()
        };
        let found = library.search(&query, 0, 10).unwrap();
        assert_eq!(found[0].name, "P 7", "{text}");
        let origins = library.preset(found[0].id).unwrap().origins;
        assert_eq!(origins.len(), 2);
        assert_eq!((origins[0].position, &*origins[1].cartridge), (7, "same"));
    }

    // Again: nothing to do. Changed: read anew, and nothing is lost.
    let size = library.len().unwrap();
    let again = library.import(&[scratch.path("in")], go_on).unwrap();
    let unchanged = again
        .files
        .iter()
        .filter(|file| file.outcome == Outcome::Unchanged);
    assert_eq!(unchanged.count(), 6);
    scratch.file("in/single.syx", &sysex::single(&patch(41, "CHANGED 12"), 3));
    let changed = library.import(&[scratch.path("in")], go_on).unwrap();
    assert_eq!(changed.totals().1, 1);
    assert_eq!(library.len().unwrap(), size + 1);
    assert!(library.check().unwrap().is_sound());
}

fn name(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}

fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut all = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(contents(&path));
        } else {
            all.insert(path.display().to_string(), fs::read(&path).unwrap());
        }
    }
    all
}

#[test]
fn an_import_that_is_cancelled_keeps_what_it_has() {
    let scratch = Scratch::new("cancel");
    for file in 0..10 {
        scratch.file(&format!("in/{file}.syx"), &bank(32 * file));
    }
    let mut library = scratch.library();
    let report = library
        .import(&[scratch.path("in")], |progress| match progress.done {
            6 => ControlFlow::Break(()),
            _ => ControlFlow::Continue(()),
        })
        .unwrap();
    assert!(report.cancelled);
    assert_eq!(library.len().unwrap(), 6 * 32);
    assert!(library.unfinished_imports().unwrap().is_empty());
    library.import(&[scratch.path("in")], go_on).unwrap();
    assert_eq!(library.len().unwrap(), 320);
}

#[test]
fn one_import_runs_at_a_time_and_others_are_told() {
    let scratch = Scratch::new("one-import");
    let path = scratch.file("a.syx", &bank(0));
    let mut other = scratch.library();
    let paths = [path];
    scratch
        .library()
        .import(&paths, |_| {
            let error = other.import(&paths, go_on).unwrap_err();
            assert!(matches!(error.problem, Problem::ImportRunning), "{error}");
            ControlFlow::Continue(())
        })
        .unwrap();
}

#[test]
fn an_import_in_the_background_measures_too() {
    let scratch = Scratch::new("background");
    let path = scratch.file("a.syx", &bank(0));
    let import = Background::start(scratch.library(), vec![path], Arc::new(Numbers), 2);
    let report = import.finish().unwrap();
    assert_eq!(report.totals(), (32, 32, 0));
    let mut library = scratch.library();
    let id = library.search(&Query::default(), 0, 1).unwrap()[0].id;
    assert!(library.features(id).unwrap().is_some());
    let missing = vec![scratch.path("missing")];
    let import = Background::start(scratch.library(), missing, Arc::new(Numbers), 2);
    assert!(import.finish().unwrap_err().to_string().contains("missing"));
}

#[test]
fn spinvae_s_database_comes_in_with_labels_and_changes_told() {
    let scratch = Scratch::new("spinvae");
    let path = scratch.path("dexed_presets.sqlite");
    let database = Connection::open(&path).unwrap();
    database
        .execute_batch(
            "CREATE TABLE cartridge (index_cart INTEGER UNIQUE, name TEXT);
             CREATE TABLE preset (index_preset INTEGER, name TEXT, other_names TEXT,
                index_cart INTEGER, pickled_params_np_array NPARRAY, labels TEXT);
             INSERT INTO cartridge VALUES (5, 'Fives.syx');",
        )
        .unwrap();
    // All in the middle, but for algorithm 31 of 32, transposition 24 and operator 2, which is off.
    let mut values = [0.5; 155];
    values[4] = 30.0 / 31.0;
    values[13] = 0.5;
    for operator in 0..6 {
        values[23 + 22 * operator + 21] = if operator == 1 { 0.0 } else { 1.0 };
        values[23 + 22 * operator + 10] = operator as f64 / 31.0;
    }
    let insert = |index: i64, blob: &[u8], cartridge: i64| {
        let row = (index, "MIDDLE", "MIDDLING", cartridge, blob, "harmonic,sfx");
        database
            .execute("INSERT INTO preset VALUES (?1, ?2, ?3, ?4, ?5, ?6)", row)
            .unwrap();
    };
    insert(700, &npy(&values), 5);
    insert(701, b"\x80\x03 a pickle", 5);
    insert(702, &npy(&values[..154]), 6);
    drop(database);
    let before = fs::read(&path).unwrap();

    let mut library = scratch.library();
    let report = library.import(std::slice::from_ref(&path), go_on).unwrap();
    assert_eq!(report.totals(), (1, 1, 0), "{report:?}");
    let notes = report.files[0].notes.join("\n");
    for said in ["701", "702", "(154,)", "1 operators were switched off"] {
        assert!(notes.contains(said), "{notes}");
    }
    let query = Query {
        text: "middling fives".to_owned(),
        ..Query::default()
    };
    let found = library.search(&query, 0, 10).unwrap();
    let preset = library.preset(found[0].id).unwrap();
    assert_eq!(preset.tags, ["harmonic", "sfx"]);
    use presets::{Operator, OperatorParameter, Parameter};
    assert_eq!(preset.patch.get(Parameter::ALGORITHM), 30);
    assert_eq!(preset.patch.get(Parameter::TRANSPOSE), 24);
    for (number, operator) in Operator::ALL.into_iter().enumerate() {
        let level = if number == 1 { 0 } else { 50 };
        assert_eq!(
            preset.patch.op(operator, OperatorParameter::OutputLevel),
            level
        );
        assert_eq!(
            preset.patch.op(operator, OperatorParameter::Coarse),
            number as u8
        );
    }
    assert_eq!(fs::read(&path).unwrap(), before);
    assert!(!scratch.path("dexed_presets.sqlite-wal").exists());

    // Any other database is a clear refusal, and so is one whose rows have no end.
    for (name, schema, said) in [
        (
            "other.sqlite",
            "CREATE TABLE preset (name TEXT)",
            "pickled_params_np_array",
        ),
        (
            "endless.sqlite",
            "CREATE VIEW preset AS
                WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)
                SELECT i AS name, x'00' AS pickled_params_np_array FROM n",
            "not a table with rows of its own",
        ),
    ] {
        let other = scratch.path(name);
        let database = Connection::open(&other).unwrap();
        database.execute_batch(schema).unwrap();
        let report = library.import(&[other], go_on).unwrap();
        match &report.files[0].outcome {
            Outcome::Refused(reason) => assert!(reason.contains(said), "{reason}"),
            outcome => panic!("{outcome:?}"),
        }
    }
}

/// A NumPy file of 64-bit numbers.
fn npy(numbers: &[f64]) -> Vec<u8> {
    let length = numbers.len();
    let header = format!("{{'descr': '<f8', 'fortran_order': False, 'shape': ({length},), }}\n");
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((header.len() as u16).to_le_bytes());
    bytes.extend(header.as_bytes());
    bytes.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
    bytes
}

#[test]
fn a_lying_archive_and_odd_files_are_refused_with_reasons() {
    let scratch = Scratch::new("odd");
    let mut cut = zip(&[("a.syx", &bank(0))]);
    cut.truncate(cut.len() / 2);
    let cases = [
        (scratch.file("cut.zip", &cut), "archive"),
        (
            scratch.file("empty.zip", &zip(&[("a.txt", b"text")])),
            "without DX7 voices",
        ),
        (scratch.file("empty.syx", b""), ""),
        (
            scratch.file("cut.sqlite", b"SQLite format 3\0 and no more"),
            "",
        ),
    ];
    let mut library = scratch.library();
    for (path, said) in cases {
        let report = library.import(std::slice::from_ref(&path), go_on).unwrap();
        match &report.files[0].outcome {
            Outcome::Refused(reason) => assert!(reason.contains(said), "{reason}"),
            outcome => panic!("{}: {outcome:?}", path.display()),
        }
    }
    assert!(library.is_empty().unwrap());
}
