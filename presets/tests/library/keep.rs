//! Favourites, names, cartridges, exports.

use std::fs;

use presets::library::export::{self, Existing};
use presets::library::{Category, PresetId, Problem};
use presets::{FractionalPatch, Parameter, Patch, sysex};

use crate::{Scratch, patch};

#[test]
fn what_the_user_says_of_a_preset_is_kept() {
    let scratch = Scratch::new("keep");
    let mut library = scratch.library();
    let stored = library
        .save(&patch(1, "BRASS 1"), &["mine", "loud"])
        .unwrap();
    assert!(stored.new);
    let id = stored.id;
    library.set_favourite(id, true).unwrap();
    library.set_rating(id, 5).unwrap();
    library.set_note(id, "opens the second act").unwrap();
    library.set_author(id, " Ada ").unwrap();
    library.set_category(id, Category::Pad).unwrap();
    library.rename(id, "BRASSPAD").unwrap();
    library.untag(id, "LOUD").unwrap();

    let kept = scratch.library().preset(id).unwrap();
    assert_eq!(kept.patch, {
        let mut patch = patch(1, "");
        patch.set_name("BRASSPAD");
        patch
    });
    assert!(kept.favourite);
    assert_eq!(
        (kept.rating, &*kept.note, &*kept.author),
        (5, "opens the second act", "Ada")
    );
    assert_eq!(
        (kept.category, kept.tags),
        (Category::Pad, vec!["mine".to_owned()])
    );

    // The very same sound under another name is the same preset.
    let again = library.save(&patch(1, "COPY"), &[]).unwrap();
    assert_eq!((again.id, again.new), (id, false));
}

#[test]
fn what_cannot_be_is_said() {
    let scratch = Scratch::new("requests");
    let mut library = scratch.library();
    let id = library.save(&patch(1, "P"), &[]).unwrap().id;
    let errors = [
        library.set_rating(id, 6).unwrap_err(),
        library.rename(id, "   ").unwrap_err(),
        library.tag(id, "a,b").unwrap_err(),
        library.set_favourite(PresetId(99), true).unwrap_err(),
        library.patch(PresetId(99)).unwrap_err(),
        library.create_cartridge(" ").unwrap_err(),
    ];
    for error in errors {
        assert!(matches!(error.problem, Problem::Request(_)), "{error}");
    }
    library.delete(id).unwrap();
    assert!(library.is_empty().unwrap());
    // Numbers are never given again: a reference cannot come to mean another sound.
    assert!(library.save(&patch(2, "Q"), &[]).unwrap().id > id);
}

#[test]
fn user_cartridges_hold_presets() {
    let scratch = Scratch::new("cartridges");
    let mut library = scratch.library();
    let live = library.create_cartridge("Live").unwrap();
    assert!(library.create_cartridge("LIVE").is_err());
    let id = library.save(&patch(1, "ONE"), &[]).unwrap().id;
    library.set_slot(live, 31, Some(id)).unwrap();
    assert!(library.set_slot(live, 32, Some(id)).is_err());
    let slots = library.slots(live).unwrap();
    assert_eq!((slots[31], slots[0]), (Some(id), None));
    let patches = library.cartridge_patches(live).unwrap();
    assert_eq!((patches[31], patches[0]), (patch(1, "ONE"), Patch::INIT));
    library.rename_cartridge(live, "Stage").unwrap();
    assert_eq!(library.cartridges().unwrap(), [(live, "Stage".to_owned())]);
    library.delete_cartridge(live).unwrap();
    assert!(library.cartridges().unwrap().is_empty());
    assert_eq!(library.len().unwrap(), 1);
}

#[test]
fn exports_read_back_and_never_replace_by_themselves() {
    let scratch = Scratch::new("exports");
    let (single, bank) = (scratch.path("one.syx"), scratch.path("bank.syx"));
    export::single(&patch(1, "ONE"), &single, Existing::Keep).unwrap();
    let read = sysex::read(&fs::read(&single).unwrap()).unwrap();
    assert!(read.is_clean());
    assert_eq!(read.patches[0].patch, patch(1, "ONE"));

    let before = fs::read(&single).unwrap();
    let error = export::single(&patch(2, "TWO"), &single, Existing::Keep).unwrap_err();
    assert!(error.to_string().contains("exists"), "{error}");
    assert_eq!(fs::read(&single).unwrap(), before);
    export::single(&patch(2, "TWO"), &single, Existing::Replace).unwrap();
    assert_ne!(fs::read(&single).unwrap(), before);

    let patches: Vec<Patch> = (0..30).map(|number| patch(number, "P")).collect();
    export::bank(&patches, &bank, Existing::Keep).unwrap();
    let read = sysex::read(&fs::read(&bank).unwrap()).unwrap();
    assert!(read.is_clean());
    assert_eq!(read.patches.len(), 32);
    assert_eq!(read.patches[29].patch, patches[29]);
    assert_eq!(read.patches[31].patch, Patch::INIT);
    assert!(export::bank(&[Patch::INIT; 33], &bank, Existing::Replace).is_err());
}

#[test]
fn a_path_is_a_bank_of_equal_steps_with_exact_ends() {
    let mut b = Patch::INIT;
    b.set(Parameter::FEEDBACK, 7);
    b.set_name("B END");
    // A name that no text can say.
    let a = Patch::from_values(Patch::INIT.values(), b"A\x00END \x01\x7F\x5C.");
    let path = |position: f32| FractionalPatch::from(if position < 0.5 { &a } else { &b });
    let bank = export::bank_of_path(path, [&a, &b], 0.0..=1.0);
    assert_eq!(bank.len(), 32);
    assert_eq!([bank[0], bank[31]], [a, b]);
    assert_eq!(
        [bank[1].name(), bank[16].name()],
        ["MORPH   3%", "MORPH  52%"]
    );

    let beyond = export::steps(path, [&a, &b], -0.5..=1.5, 5);
    let places: Vec<f32> = beyond.iter().map(|(position, _)| *position).collect();
    assert_eq!(places, [-0.5, 0.0, 0.5, 1.0, 1.5]);
    assert_eq!([beyond[1].1, beyond[3].1], [a, b]);
    assert_eq!(
        [beyond[0].1.name(), beyond[4].1.name()],
        ["MORPH -50%", "MORPH 150%"]
    );
}
