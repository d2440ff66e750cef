//! What the user changes in the library can be taken back; what the user exports is in its file.

use std::cell::RefCell;
use std::path::Path;

use nice_plug_egui::RepaintNotifier;
use plugin::library::{Ask, Change, Fetched, LibraryThread, Shelf, State};
use plugin::shared::Shared;
use presets::library::Problem;
use presets::library::export::Existing;
use presets::{Patch, sysex};

use crate::scenes::{Folder, library, wait};

/// Asks, and waits for the change that undo is to know.
fn changed(library: &LibraryThread, ask: Ask) -> Change {
    assert!(library.ask(ask));
    let fetched = RefCell::new(Vec::new());
    wait(library, |_| {
        fetched.borrow_mut().extend(library.fetched());
        !fetched.borrow().is_empty()
    });
    match &fetched.take()[..] {
        [Fetched::Changed(change)] => change.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_saved_sound_its_mark_and_its_tag_go_and_come_back() {
    let folder = Folder::new("changes");
    let library = library(&folder);
    let patch = Box::new(Patch::INIT);
    let save = changed(&library, Ask::Save(patch.clone()));
    let shelf = wait(&library, |shelf| shelf.total == 1);
    let id = shelf.found[0].id;
    let mark = changed(&library, Ask::FavouritePatch(patch, true));
    let tag = changed(&library, Ask::Tag(id, "wide".to_owned()));
    wait(&library, |shelf| shelf.tags.contains(&"wide".to_owned()));

    let quietly = |ask: Ask| assert!(library.ask(Ask::Quietly(Box::new(ask))));
    quietly(tag.back);
    wait(&library, |shelf| !shelf.tags.contains(&"wide".to_owned()));
    quietly(mark.back);
    wait(&library, |shelf| shelf.favourites.is_empty());
    quietly(save.back);
    wait(&library, |shelf| shelf.total == 0);
    quietly(save.again);
    wait(&library, |shelf| shelf.total == 1);
    quietly(mark.again);
    wait(&library, |shelf| shelf.favourites.len() == 1);
    assert!(library.fetched().is_empty(), "undo is no new change");
}

#[test]
fn what_was_there_before_is_not_taken_away() {
    let folder = Folder::new("no-changes");
    let library = library(&folder);
    let patch = Box::new(Patch::INIT);
    changed(&library, Ask::Save(patch.clone()));
    let shelf = wait(&library, |shelf| shelf.total == 1);
    let id = shelf.found[0].id;
    // Neither the sound nor the tag is new; the mark after them is, and its answer comes last.
    assert!(library.ask(Ask::Save(patch)));
    assert!(library.ask(Ask::Tag(id, "saved".to_owned())));
    let change = changed(&library, Ask::Favourite(id, true));
    assert_eq!(change.again, Ask::Favourite(id, true));
    assert!(library.fetched().is_empty());
}

/// Exports, and waits for what is said of it.
fn exported(library: &LibraryThread, patches: &[Patch], file: &Path, existing: Existing) -> String {
    let ask = Ask::Export(patches.to_vec(), file.to_owned(), existing);
    assert!(library.ask(ask));
    let shelf = wait(library, |shelf| shelf.report.is_some());
    assert!(library.ask(Ask::DismissReport));
    wait(library, |shelf| shelf.report.is_none());
    shelf.report.unwrap_or_default().concat()
}

fn read(file: &Path) -> Vec<Patch> {
    let import = sysex::read(&std::fs::read(file).expect("a file")).expect("sysex");
    assert!(import.is_clean());
    import.patches.iter().map(|found| found.patch).collect()
}

#[test]
fn an_export_is_in_its_file_and_replaces_only_what_it_may() {
    let folder = Folder::new("exports");
    let library = library(&folder);
    let (shared, _arrivals) = Shared::new();
    let (session, path) = (shared.snapshot().session, shared.bank());
    let file = folder.path().join("A to B.syx");
    let said = exported(&library, &path, &file, Existing::Keep);
    assert!(
        said.starts_with("Exported to /") && said.contains("A to B.syx"),
        "{said}"
    );
    let bank = read(&file);
    assert_eq!(bank, path);
    assert_eq!([bank[0], bank[31]], [session.a.patch, session.b.patch]);
    for (place, patch) in bank.iter().enumerate() {
        let sound = shared.sound_at(place as f32 / 31.0);
        assert_eq!(*patch, sound.round(&patch.name()), "{place}");
    }

    let one = [session.a.patch];
    let said = exported(&library, &one, &file, Existing::Keep);
    assert!(
        said.starts_with("Not exported") && said.contains("exists"),
        "{said}"
    );
    assert_eq!(read(&file), path, "it is as it was");
    exported(&library, &one, &file, Existing::Replace);
    assert_eq!(read(&file), one);
    let nowhere = folder.path().join("no/such/folder.syx");
    let said = exported(&library, &one, &nowhere, Existing::Keep);
    assert!(said.starts_with("Not exported"), "{said}");
    let files = std::fs::read_dir(folder.path()).expect("a folder").count();
    assert_eq!(
        files, 1,
        "nothing half-written lies about, and no library was made"
    );
}

#[test]
fn an_export_needs_no_library_and_what_needs_one_says_so() {
    let folder = Folder::new("no-library");
    let open = || Err(Problem::Twice.into());
    let library = LibraryThread::start(open, RepaintNotifier::new()).expect("a thread");
    let failed = |shelf: &Shelf| matches!(shelf.state, State::Failed(_));
    wait(&library, failed);
    let file = folder.path().join("one.syx");
    exported(&library, &[Patch::INIT], &file, Existing::Keep);
    assert_eq!(read(&file), [Patch::INIT]);
    assert!(library.ask(Ask::Save(Box::new(Patch::INIT))));
    let shelf = wait(&library, |shelf| shelf.report.is_some());
    assert!(failed(&shelf), "{:?}", shelf.state);
    let said = shelf.report.unwrap_or_default().concat();
    assert!(said.contains("no library"), "{said}");
}
