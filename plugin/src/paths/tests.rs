use std::cell::Cell;
use std::fs;
use std::path::PathBuf;
use std::time::Instant;

use super::*;
use crate::library::{LibraryThread, State};
use crate::session::Choice;
use crate::shared::tests::desk;
use crate::worker::{PathWorker, Stage, Work};
use nice_plug_egui::RepaintNotifier;
use presets::factory;
use presets::library::{Library, Options, PathCache};
use rusqlite::Connection;

fn request() -> Request {
    let bank = factory::all();
    let (a, b) = (bank[0].patch, bank[40].patch);
    Request {
        generation: 1,
        table: Box::new(MorphTable::linear(&a, &b)),
        find: true,
        a,
        b,
        path: PathKind::Even,
        engine: EngineKind::Modern,
    }
}

#[test]
fn ends_are_exact_and_a_path_is_found_once() {
    let request = request();
    let mut paths = Paths::default();
    let mut early = Vec::new();
    let neural = paths.neural(&request, &mut |table| early.push(table));
    let neural = neural.unwrap();
    assert_eq!(early.len(), 1);
    for place in [0.0, 0.3, 0.8, 1.0] {
        assert_eq!(early[0].at(place), neural.at(place));
    }
    let mut told = 0;
    let even = paths.even(&request, &mut |_| told += 1, &|| true).unwrap();
    assert!(told > 0);
    for table in [&neural, &even] {
        assert_eq!(table.at(0.0), FractionalPatch::from(&request.a));
        assert_eq!(table.at(1.0), FractionalPatch::from(&request.b));
    }
    let again = Paths::default().even(&request, &mut |_| panic!("searched again"), &|| true);
    assert!(Arc::ptr_eq(&even, &again.unwrap()));
    let again = Paths::default().neural(&request, &mut |_| panic!("searched again"));
    assert!(Arc::ptr_eq(&neural, &again.unwrap()));
}

#[test]
fn a_search_that_is_not_wanted_any_more_ends() {
    let mut request = request();
    request.engine = EngineKind::MarkI;
    assert!(
        Paths::default()
            .even(&request, &mut |_| (), &|| false)
            .is_none()
    );
    assert!(recall(&Sought::of(&request, PathKind::Even)).is_none());
}

/// A library of a test's own, gone at its end.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Scratch {
        let folder = std::env::temp_dir().join(format!("tween-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        Scratch(folder)
    }

    fn file(&self) -> PathBuf {
        self.0.join("library.sqlite")
    }

    /// The library, open as an editor has it.
    fn open(&self) -> Library {
        let mut library = Library::at(self.file(), Options::default());
        library.len().unwrap();
        library
    }

    /// What an instance that was just made knows.
    fn paths(&self, max_bytes: Option<u64>) -> Paths {
        let wait = std::time::Duration::from_millis(50);
        let options = Options { wait, max_bytes };
        Paths::known_to(Kept::of(PathCache::at(self.file(), options)))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The process ends, and another begins: nothing between these ends is remembered.
fn forget(request: &Request) {
    let mut memory = MEMORY.lock().unwrap_or_else(PoisonError::into_inner);
    memory.retain(|(known, _)| (known.a, known.b) != (request.a, request.b));
}

/// Whether anything was searched: whoever searches listens.
fn has_searched(paths: &Paths) -> bool {
    paths.ear.is_some() || paths.pool.is_some()
}

#[test]
fn what_was_found_yesterday_is_not_searched_today() {
    let scratch = Scratch::new("yesterday");
    drop(scratch.open());
    let file = scratch.file();
    let open = move || Ok(Library::at(file, Options::default()));
    let editor = LibraryThread::start(open, RepaintNotifier::new()).unwrap();
    while editor.shelf().state != State::Ready {
        std::thread::yield_now();
    }
    let bank = factory::all();
    let choice = |place: usize| Choice {
        patch: bank[place].patch,
        origin: String::new(),
    };
    let (desk, _output, request) = desk(choice(7), choice(60));
    let searches = Cell::new(0);
    let instance = || {
        forget(&request);
        let mut worker = PathWorker::new(scratch.paths(None));
        let began = Instant::now();
        let tables = [Stage::Neural, Stage::Even].map(|stage| {
            worker.work(stage, &request, &desk, &|| true).unwrap();
            desk.table(request.generation).unwrap()
        });
        println!("both after {:.1} ms", began.elapsed().as_secs_f64() * 1e3);
        searches.set(searches.get() + u32::from(has_searched(worker.paths())));
        tables
    };
    let yesterday = instance();
    let today = instance();
    let later = instance();
    for stage in 0..2 {
        assert_eq!(today[stage], yesterday[stage]);
        assert_eq!(later[stage], yesterday[stage]);
        let entries = [&today, &yesterday].map(|tables| {
            let entries = tables[stage].entries().iter();
            let values = entries.flat_map(|entry| entry.0);
            values.map(f32::to_bits).collect::<Vec<_>>()
        });
        assert_eq!(entries[0], entries[1]);
    }
    assert_eq!(searches.get(), 1);
    let bytes: Vec<usize> = {
        let outside = Connection::open(scratch.file()).unwrap();
        let mut select = outside.prepare("SELECT length(bytes) FROM path").unwrap();
        let rows = select.query_map([], |row| row.get(0)).unwrap();
        rows.map(Result::unwrap).collect()
    };
    println!("{bytes:?} bytes");
    assert_eq!(bytes.len(), 2);

    // Without an editor that has the library open it is searched as before.
    drop(editor);
    instance();
    assert_eq!(searches.get(), 2);
    assert_eq!(fs::read_dir(&scratch.0).unwrap().count(), 2);
}

#[test]
fn damage_in_the_library_is_searched_anew_and_replaced() {
    let scratch = Scratch::new("damaged-path");
    let _library = scratch.open();
    let mut request = request();
    request.b = factory::all()[11].patch;
    let searched = |paths: &mut Paths| {
        forget(&request);
        let table = paths.neural(&request, &mut |_| ()).unwrap();
        paths.keep();
        (has_searched(paths), table)
    };
    let (_, first) = searched(&mut scratch.paths(None));
    for damage in [
        "bytes = substr(bytes, 1, 200)",
        "bytes = zeroblob(length(bytes))",
        "bytes = x'' ",
        "model = zeroblob(32)",
        "search = 'of tomorrow'",
    ] {
        let outside = Connection::open(scratch.file()).unwrap();
        let update = format!("UPDATE path SET {damage}");
        assert_eq!(outside.execute(&update, []).unwrap(), 1);
        drop(outside);
        for has_to_search in [true, false] {
            let (has_searched, table) = searched(&mut scratch.paths(None));
            assert_eq!(has_searched, has_to_search, "{damage}");
            assert_eq!(table, first);
        }
    }
}

#[test]
fn a_library_that_cannot_be_had_is_done_without() {
    let mut request = request();
    request.a = factory::all()[12].patch;
    let found = |paths: &mut Paths| {
        forget(&request);
        let table = paths.neural(&request, &mut |_| ()).unwrap();
        let began = Instant::now();
        paths.keep();
        assert!(began.elapsed().as_secs() < 2);
        table
    };
    let first = found(&mut Paths::default());

    let none = Scratch::new("no-library");
    assert_eq!(found(&mut none.paths(None)), first);
    assert_eq!(fs::read_dir(&none.0).unwrap().count(), 0);

    let scratch = Scratch::new("no-use");
    let mut library = scratch.open();
    let count = || -> u64 {
        let outside = Connection::open(scratch.file()).unwrap();
        let count = outside.query_row("SELECT count(*) FROM path", [], |row| row.get(0));
        count.unwrap()
    };
    // Full, once what was made of it is filled.
    let mut filler = scratch.paths(None);
    for place in 20..25 {
        let mut sought = Sought::of(&request, PathKind::Neural);
        sought.a = factory::all()[place].patch;
        filler.latest = Some((sought, first.clone()));
        filler.keep();
    }
    assert_eq!(count(), 5);
    assert_eq!(found(&mut scratch.paths(Some(4096))), first);
    assert_eq!(count(), 5);
    // Another program writes.
    let writer = Connection::open(scratch.file()).unwrap();
    writer.execute_batch("BEGIN IMMEDIATE").unwrap();
    assert_eq!(found(&mut scratch.paths(None)), first);
    drop(writer);
    assert_eq!(count(), 5);
    // It may not be written; root may all the same.
    let set = |mode: [u32; 2]| {
        #[cfg(unix)]
        for (path, mode) in [(scratch.file(), mode[0]), (scratch.0.clone(), mode[1])] {
            use std::os::unix::fs::PermissionsExt as _;
            fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        }
    };
    set([0o444, 0o555]);
    assert_eq!(found(&mut scratch.paths(None)), first);
    set([0o644, 0o755]);
    assert!(library.check().unwrap().is_sound());
}
