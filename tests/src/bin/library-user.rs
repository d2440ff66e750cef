//! A program that uses a library, for tests that end it in the middle of that, or run many of it.
//! What it is asked for is its first argument, the library's file the second.

use std::io::Write;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::process::ExitCode;
use std::thread;

use end_to_end::numbered;
use presets::Patch;
use presets::library::{Library, LibraryError, Options, PathCache, Query, Wanted};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let number = |text: &str| text.parse::<usize>().expect("a number");
    let result = match words[..] {
        ["open", file] => Library::at(file, Options::default()).len().map(drop),
        ["save", file] => Library::at(file, Options::default())
            .save(&numbered(1), &[])
            .map(drop),
        ["path", file] => path(file),
        ["write", file, first] => write(file, number(first)),
        ["import", file, folder] => import(file, folder),
        ["instances", file, first, count] => instances(file, number(first), number(count)),
        _ => panic!("not understood: {words:?}"),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Says something to whoever watches, at once.
fn say(text: impl std::fmt::Display) {
    let mut out = std::io::stdout().lock();
    // The watcher may be gone; then this will end soon.
    let _ = writeln!(out, "{text}").and_then(|()| out.flush());
}

/// Keeps a path in a library that can be read at least. What cannot be kept is not there, and in
/// nobody's way.
fn path(file: &str) -> Result<(), LibraryError> {
    let mut library = Library::at(file, Options::default());
    let presets = library.len()?;
    let mut paths = PathCache::at(file, Options::default());
    let wanted = Wanted {
        a: Patch::INIT,
        b: numbered(1),
        engine: "modern",
        kind: "even",
        model: [0; 32],
        search: String::new(),
    };
    let kept = paths.put(&wanted, b"a path");
    assert_eq!(paths.get(&wanted)?.is_some(), kept.is_ok());
    assert_eq!(library.len()?, presets);
    kept
}

/// Saves patch after patch, each a favourite, and says the number of each when it is stored.
fn write(file: &str, first: usize) -> Result<(), LibraryError> {
    let mut library = Library::at(file, Options::default());
    for number in first.. {
        let stored = library.save(&numbered(number), &["written"])?;
        library.set_favourite(stored.id, true)?;
        say(number);
    }
    Ok(())
}

/// Imports a folder and says each file that it begins.
fn import(file: &str, folder: &str) -> Result<(), LibraryError> {
    let mut library = Library::at(file, Options::default());
    library.import(&[PathBuf::from(folder)], |progress| {
        say(progress.done);
        ControlFlow::Continue(())
    })?;
    say("whole");
    Ok(())
}

/// Writes of each instance.
const WRITES: usize = 10;

/// So many instances at once, each of which saves, marks, searches and steps.
fn instances(file: &str, first: usize, count: usize) -> Result<(), LibraryError> {
    let instance = |first: usize| {
        let mut library = Library::at(file, Options::default());
        for number in first..first + WRITES {
            let stored = library.save(&numbered(number), &[])?;
            library.set_favourite(stored.id, true)?;
            library.mark_used(stored.id)?;
            let text = format!("n{number}");
            let found = library.search(
                &Query {
                    text,
                    ..Query::default()
                },
                0,
                5,
            )?;
            assert_eq!(
                found.first().map(|found| found.id),
                Some(stored.id),
                "its own write"
            );
            library.step(&Query::default(), Some(stored.id), true)?;
        }
        Ok(())
    };
    thread::scope(|scope| {
        let instance = &instance;
        let all: Vec<_> = (0..count)
            .map(|index| scope.spawn(move || instance(first + index * WRITES)))
            .collect();
        all.into_iter()
            .try_for_each(|instance| instance.join().expect("no instance panics"))
    })
}
