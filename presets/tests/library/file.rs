//! The file itself: opened late, migrated with a backup, refused or repaired.

use std::fs;
use std::io::{Seek, SeekFrom, Write};

use presets::library::{Library, Options, Problem, Query};
use rusqlite::Connection;

use crate::{Numbers, Scratch, go_on, patch};

#[test]
fn nothing_is_touched_before_it_is_asked_for() {
    let scratch = Scratch::new("lazy");
    let library = Library::at(scratch.path("sub/library.sqlite"), Options::default());
    let mut other = library.another();
    assert!(!scratch.path("sub").exists());
    assert!(other.is_empty().unwrap());
    assert!(scratch.path("sub/library.sqlite").exists());
}

#[test]
fn what_is_not_ours_is_refused_and_left_as_it_is() {
    let scratch = Scratch::new("foreign");
    let foreign = scratch.path("foreign.sqlite");
    let connection = Connection::open(&foreign).unwrap();
    connection
        .execute_batch("CREATE TABLE precious (thing); INSERT INTO precious VALUES (1)")
        .unwrap();
    drop(connection);
    let newer = scratch.path("newer.sqlite");
    Library::at(&newer, Options::default()).len().unwrap();
    let connection = Connection::open(&newer).unwrap();
    connection.pragma_update(None, "user_version", 99).unwrap();
    drop(connection);

    let cases = [
        (
            scratch.file("text.sqlite", b"a letter to a friend"),
            "not a Tween library",
        ),
        (
            scratch.file("long.sqlite", &[7; 10_000]),
            "not a Tween library",
        ),
        (foreign, "not a Tween library"),
        (newer, "newer Tween (version 99"),
    ];
    for (path, said) in cases {
        let before = fs::read(&path).unwrap();
        let mut library = Library::at(&path, Options::default());
        for error in [
            library.len().unwrap_err(),
            library.save(&patch(1, "P"), &[]).unwrap_err(),
        ] {
            assert!(error.to_string().contains(said), "{error}");
        }
        drop(library);
        assert_eq!(fs::read(&path).unwrap(), before, "{}", path.display());
    }
}

#[test]
fn a_full_disk_is_said_and_nothing_is_lost() {
    let scratch = Scratch::new("full");
    let options = Options {
        max_bytes: Some(600_000),
        ..Options::default()
    };
    let mut library = Library::at(scratch.path("library.sqlite"), options);
    let mut stored = Vec::new();
    let error = (0..)
        .find_map(|number| match library.save(&patch(number, "P"), &[]) {
            Ok(saved) => {
                stored.push(saved.id);
                None
            }
            Err(error) => Some(error),
        })
        .unwrap();
    assert!(matches!(error.problem, Problem::Full), "{error}");
    assert!(stored.len() > 100, "{}", stored.len());
    assert_eq!(library.len().unwrap(), stored.len() as u64);
    assert!(library.check().unwrap().is_sound());
    // With space again it goes on.
    scratch.library().save(&patch(1_000_000, "Q"), &[]).unwrap();
}

#[test]
fn damage_in_what_a_table_is_does_not_stay() {
    for backup in ["nothing", "backup", "v2"] {
        let scratch = Scratch::new(&format!("altered-{backup}"));
        let path = scratch.path("library.sqlite");
        let mut library = scratch.library();
        let id = library.save(&patch(1, "MINE"), &["kept"]).unwrap().id;
        drop(library);
        Connection::open(&path)
            .unwrap()
            .execute_batch(
                "PRAGMA writable_schema = ON;
                 UPDATE sqlite_schema SET sql = replace(sql, 'ES cartridge', 'ES cartri8ge');
                 PRAGMA wal_checkpoint(TRUNCATE);",
            )
            .unwrap();
        // One that was made when the damage was there already.
        fs::copy(&path, scratch.path(&format!("library.{backup}.sqlite"))).unwrap();

        let mut library = scratch.library();
        let health = library.check().unwrap();
        assert!(health.faults[0].contains("slot"), "{health:?}");
        let repair = library.repair().unwrap();
        assert!(repair.damaged.is_some());
        assert_eq!(repair.restored.is_some(), backup != "nothing");
        assert!(library.check().unwrap().is_sound());
        assert_eq!(library.patch(id).unwrap(), patch(1, "MINE"));
        assert_eq!(library.preset(id).unwrap().tags, ["kept"]);
    }
}

#[test]
fn a_damaged_library_is_healed_from_its_backup_and_itself() {
    let scratch = Scratch::new("damaged");
    let mut library = scratch.library();
    let ids: Vec<_> = (0..400)
        .map(|number| {
            library
                .save(&patch(number, &format!("P{number}")), &[])
                .unwrap()
                .id
        })
        .collect();
    library.measure(&Numbers, 1, go_on).unwrap();
    library.back_up().unwrap();
    // After the backup: a favourite, a tag and a preset more.
    library.set_favourite(ids[3], true).unwrap();
    library.tag(ids[3], "kept").unwrap();
    library.save(&patch(1000, "LATE"), &[]).unwrap();
    assert!(
        library.repair().unwrap().damaged.is_none(),
        "a sound library is left as it is"
    );
    drop(library);

    // Noise over some pages in the middle of the file.
    let path = scratch.path("library.sqlite");
    let length = fs::metadata(&path).unwrap().len();
    let mut file = fs::OpenOptions::new().write(true).open(&path).unwrap();
    file.seek(SeekFrom::Start(length / 2 / 4096 * 4096))
        .unwrap();
    file.write_all(&[0xA5; 6 * 4096]).unwrap();
    drop(file);

    let mut library = scratch.library();
    let health = library.check().unwrap();
    assert!(!health.is_sound());
    assert!(
        library.back_up().is_err(),
        "damage must not replace the backup"
    );
    let repair = library.repair().unwrap();
    assert!(library.check().unwrap().is_sound());
    assert!(library.len().unwrap() >= 400, "{repair:?}");
    for (number, &id) in ids.iter().enumerate() {
        assert_eq!(
            library.patch(id).unwrap(),
            patch(number, &format!("P{number}"))
        );
    }
    if let Some(damaged) = repair.damaged {
        assert!(damaged.exists());
    }
    let query = Query {
        text: "p399".to_owned(),
        ..Query::default()
    };
    assert_eq!(library.search(&query, 0, 5).unwrap().len(), 1);
}

#[test]
fn a_library_without_its_first_page_comes_back_from_the_backup() {
    let scratch = Scratch::new("headless");
    let mut library = scratch.library();
    let id = library.save(&patch(1, "P"), &[]).unwrap().id;
    library.back_up().unwrap();
    drop(library);
    scratch.file("library.sqlite", &[0xFF; 40_000]);
    let mut library = scratch.library();
    assert!(library.len().is_err());
    let repair = library.repair().unwrap();
    assert_eq!(repair.presets, 1);
    assert_eq!(fs::read(repair.damaged.unwrap()).unwrap(), [0xFF; 40_000]);
    assert_eq!(library.patch(id).unwrap(), patch(1, "P"));
}
