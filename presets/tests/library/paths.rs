//! Paths that were found are kept, as many as may be, and only for who has the library open.

use std::fs;
use std::time::{Duration, Instant};

use presets::library::path_cache::{MOST, MOST_BYTES};
use presets::library::{Library, Options, PathCache, Problem, Wanted};
use rusqlite::Connection;

use crate::{Scratch, patch};

/// Small, so that a test waits for it.
const OPTIONS: Options = Options {
    wait: Duration::from_millis(20),
    max_bytes: None,
};

fn wanted(number: usize) -> Wanted {
    Wanted {
        a: patch(number, "A"),
        b: patch(number + 1, "B"),
        engine: "modern",
        kind: "even",
        model: [1; 32],
        search: "1".to_owned(),
    }
}

/// A library that is open, the paths in it, and a connection to look at them from outside.
fn open(scratch: &Scratch) -> (Library, PathCache, Connection) {
    let mut library = scratch.library();
    library.len().unwrap();
    let path = scratch.path("library.sqlite");
    let paths = PathCache::at(&path, OPTIONS);
    (library, paths, Connection::open(&path).unwrap())
}

#[test]
fn a_path_is_found_by_all_of_what_it_was_found_for_and_by_nothing_else() {
    let scratch = Scratch::new("paths");
    let (_library, mut paths, _) = open(&scratch);
    let first = wanted(1);
    paths.put(&first, b"first").unwrap();
    assert_eq!(paths.get(&first).unwrap().unwrap(), b"first");
    let renamed = presets::Patch::from_values(first.a.values(), b"ANOTHER   ");
    let others = [
        Wanted {
            a: renamed,
            ..first.clone()
        },
        Wanted {
            a: first.b,
            b: first.a,
            ..first.clone()
        },
        Wanted {
            engine: "mark-i",
            ..first.clone()
        },
        Wanted {
            kind: "neural",
            ..first.clone()
        },
        Wanted {
            model: [2; 32],
            ..first.clone()
        },
        Wanted {
            search: "2".to_owned(),
            ..first.clone()
        },
    ];
    for other in &others {
        assert_eq!(paths.get(other).unwrap(), None, "{other:?}");
    }
    // What another network or search found takes the place of what the former one did.
    paths.put(&others[5], b"second").unwrap();
    assert_eq!(paths.get(&others[5]).unwrap().unwrap(), b"second");
    assert_eq!(paths.get(&first).unwrap(), None);
}

#[test]
fn those_go_that_were_not_used_for_longest() {
    let scratch = Scratch::new("many-paths");
    let (mut library, mut paths, outside) = open(&scratch);
    for number in 0..MOST {
        paths.put(&wanted(number), &[7; 3000]).unwrap();
    }
    // The first is used again.
    paths.put(&wanted(0), b"again").unwrap();
    for number in MOST..MOST + 10 {
        paths.put(&wanted(number), b"new").unwrap();
    }
    let count = || -> usize {
        outside
            .query_row("SELECT count(*) FROM path", [], |row| row.get(0))
            .unwrap()
    };
    assert_eq!(count(), MOST);
    assert_eq!(paths.get(&wanted(0)).unwrap().unwrap(), b"again");
    for gone in 1..=10 {
        assert_eq!(paths.get(&wanted(gone)).unwrap(), None, "{gone}");
    }
    assert!(paths.get(&wanted(11)).unwrap().is_some());
    assert!(paths.get(&wanted(MOST + 9)).unwrap().is_some());
    // A count that damage has made as large as can be stops nothing.
    outside
        .execute("UPDATE path SET used = ?1 WHERE id % 7 = 0", [i64::MAX])
        .unwrap();
    paths.put(&wanted(7), b"on").unwrap();
    assert!(count() < MOST);
    assert!(library.check().unwrap().is_sound());
}

#[test]
fn nothing_is_made_or_opened_for_a_path() {
    let scratch = Scratch::new("no-paths");
    let file = scratch.path("library.sqlite");
    let mut paths = PathCache::at(&file, OPTIONS);
    let closed = |paths: &mut PathCache| {
        for error in [
            paths.get(&wanted(1)).unwrap_err(),
            paths.put(&wanted(1), b"path").unwrap_err(),
        ] {
            assert!(matches!(error.problem, Problem::Closed), "{error}");
        }
    };
    closed(&mut paths);
    assert_eq!(fs::read_dir(scratch.path("")).unwrap().count(), 0);
    let mut library = scratch.library();
    library.len().unwrap();
    paths.put(&wanted(1), b"path").unwrap();
    // It has let go of the library by itself: who has it open decides how long.
    drop(library);
    closed(&mut paths);
    assert_eq!(fs::read_dir(scratch.path("")).unwrap().count(), 2);
    // A file that is taken away under who has it open is not made anew.
    let mut library = scratch.library();
    library.len().unwrap();
    fs::rename(&file, scratch.path("elsewhere")).unwrap();
    assert!(paths.put(&wanted(1), b"path").is_err());
    assert!(!file.exists());
}

#[test]
fn who_is_in_the_way_costs_little_time() {
    let scratch = Scratch::new("busy-paths");
    let (_library, mut paths, outside) = open(&scratch);
    paths.put(&wanted(1), b"path").unwrap();
    outside.execute_batch("BEGIN IMMEDIATE").unwrap();
    let began = Instant::now();
    let error = paths.put(&wanted(2), b"path").unwrap_err();
    assert!(error.is_busy(), "{error}");
    // Readers need not wait for writers.
    assert!(paths.get(&wanted(1)).unwrap().is_some());
    assert!(began.elapsed() < Duration::from_secs(2));
}

#[test]
fn what_is_damaged_or_too_long_is_as_if_it_were_not_there() {
    let scratch = Scratch::new("damaged-paths");
    let (_library, mut paths, outside) = open(&scratch);
    assert!(paths.put(&wanted(1), &[0; MOST_BYTES + 1]).is_err());
    for damage in [
        "bytes = zeroblob(200000)",
        "model = x'01'",
        "a = x'00'",
        "kind = ''",
    ] {
        paths.put(&wanted(1), b"path").unwrap();
        outside
            .execute(&format!("UPDATE path SET {damage}"), [])
            .unwrap();
        assert_eq!(paths.get(&wanted(1)).unwrap(), None, "{damage}");
    }
    paths.put(&wanted(1), b"path").unwrap();
    assert_eq!(paths.get(&wanted(1)).unwrap().unwrap(), b"path");
    outside.execute_batch("DROP TABLE path").unwrap();
    assert!(paths.get(&wanted(1)).is_err() && paths.put(&wanted(1), b"path").is_err());
}

#[test]
fn a_repair_gives_paths_up_and_keeps_what_is_the_users() {
    let scratch = Scratch::new("repaired-paths");
    let (mut library, mut paths, outside) = open(&scratch);
    let ids: Vec<_> = (0..50)
        .map(|number| library.save(&patch(number, "P"), &["mine"]).unwrap().id)
        .collect();
    for number in 0..50 {
        paths.put(&wanted(number), &[7; 3000]).unwrap();
    }
    // Rows that break a rule of their table, which no index built anew puts right.
    outside
        .execute_batch(
            "PRAGMA writable_schema = ON;
             UPDATE sqlite_schema SET sql = replace(sql, 'UNIQUE', 'CHECK (used < 0), UNIQUE')
                 WHERE name = 'path';",
        )
        .unwrap();
    drop((library, outside));
    let mut library = scratch.library();
    let health = library.check().unwrap();
    assert!(health.faults[0].contains("CHECK"), "{health:?}");
    let repair = library.repair().unwrap();
    assert!(
        repair.damaged.is_none(),
        "put right where it was: {repair:?}"
    );
    assert_eq!(paths.get(&wanted(1)).unwrap(), None);
    for (number, &id) in ids.iter().enumerate() {
        assert_eq!(library.patch(id).unwrap(), patch(number, "P"));
        assert_eq!(library.preset(id).unwrap().tags, ["mine"]);
    }
    drop(library);

    // Without the table, and nothing else amiss.
    let (mut library, mut paths, outside) = open(&scratch);
    outside.execute_batch("DROP TABLE path").unwrap();
    assert!(!library.check().unwrap().is_sound());
    assert_eq!(library.repair().unwrap().damaged, None);
    paths.put(&wanted(1), b"path").unwrap();
    assert_eq!(paths.get(&wanted(1)).unwrap().unwrap(), b"path");
    drop((library, outside));

    // Pages of the table full of noise: the library is set aside, and all but the paths comes over.
    let (mut library, mut paths, outside) = open(&scratch);
    for number in 0..50 {
        paths.put(&wanted(number), &[0x5B; 3000]).unwrap();
    }
    let root: u64 = outside
        .query_row(
            "SELECT rootpage FROM sqlite_schema WHERE name = 'path'",
            [],
            |row| row.get(0),
        )
        .unwrap();
    outside
        .execute_batch("PRAGMA wal_checkpoint(TRUNCATE)")
        .unwrap();
    library.len().unwrap();
    drop((library, outside));
    let file = scratch.path("library.sqlite");
    let mut bytes = fs::read(&file).unwrap();
    let page = (root as usize - 1) * 4096;
    bytes[page..page + 4096].fill(0xA5);
    fs::write(&file, bytes).unwrap();
    let mut library = scratch.library();
    assert!(!library.check().unwrap().is_sound());
    assert!(paths.get(&wanted(1)).is_err());
    library.repair().unwrap();
    assert!(library.check().unwrap().is_sound());
    assert_eq!(library.len().unwrap(), 50);
    for (number, &id) in ids.iter().enumerate() {
        assert_eq!(library.patch(id).unwrap(), patch(number, "P"));
    }
    paths.put(&wanted(1), b"path").unwrap();
    assert_eq!(paths.get(&wanted(1)).unwrap().unwrap(), b"path");
}
