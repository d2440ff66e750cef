//! What the user changes in the library can be taken back.

use std::cell::RefCell;

use plugin::library::{Ask, Change, Fetched, LibraryThread};
use presets::Patch;

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
