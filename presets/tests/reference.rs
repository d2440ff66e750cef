//! How patches are named: files, numbers, names, the factory bank, and errors that say what there is.

use std::fs;
use std::path::PathBuf;

use presets::{Cartridge, Library, NoLibrary, Patch, Reference, factory};

/// A folder of its own for each test, removed at its end.
struct Folder(PathBuf);

impl Folder {
    fn new(test: &str) -> Folder {
        let folder = std::env::temp_dir().join(format!("tween-{test}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        Folder(folder)
    }

    fn file(&self, name: &str, bytes: &[u8]) -> String {
        let path = self.0.join(name);
        fs::write(&path, bytes).unwrap();
        path.to_str().unwrap().to_owned()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // A folder that stays behind is no reason to fail.
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn patch(name: &str) -> Patch {
    let mut patch = Patch::INIT;
    patch.set_name(name);
    patch
}

fn resolve(reference: &str) -> Result<Patch, String> {
    let reference: Reference = reference.parse().unwrap();
    reference
        .patch(&NoLibrary)
        .map_err(|error| error.to_string())
}

#[track_caller]
fn check(reference: &str, name: &str) {
    assert_eq!(
        resolve(reference).map(|patch| patch.name()),
        Ok(name.to_owned())
    );
}

#[track_caller]
fn check_error(reference: &str, expected: &str) {
    let message = resolve(reference).unwrap_err();
    assert!(message.contains(expected), "{message:?} lacks {expected:?}");
}

#[test]
fn patches_of_a_bank() {
    let folder = Folder::new("bank");
    let mut other = patch("TWICE");
    other.set(presets::Parameter::FEEDBACK, 5);
    let patches = [
        patch("E.PIANO 1"),
        patch("e.piano 1"),
        patch("Bells"),
        patch("TWICE"),
        other,
    ];
    let bank = folder.file("b.syx", &Cartridge::new(&patches).unwrap().to_sysex(0));

    check(&format!("{bank}#1"), "E.PIANO 1");
    check(&format!("{bank}#3"), "Bells");
    check(&format!("{bank}#32"), "INIT VOICE");
    check(&format!("{bank}#E.PIANO 1"), "E.PIANO 1");
    check(&format!("{bank}#e.piano 1"), "e.piano 1");
    check(&format!("{bank}#BELLS"), "Bells");
    // The same patch many times is one patch.
    check(&format!("{bank}#init voice"), "INIT VOICE");

    check_error(&bank, "has 32 patches: name one of them");
    check_error(&format!("{bank}#0"), "it has #1 to #32");
    check_error(&format!("{bank}#33"), "it has #1 to #32");
    check_error(&format!("{bank}#99999999999999999999"), "it has #1 to #32");
    check_error(&format!("{bank}#BELS"), "the nearest names are \"Bells\"");
    check_error(
        &format!("{bank}#twice"),
        "2 different patches \"twice\": name one by its number, such as #4, #5",
    );
    check_error(&format!("{bank}#"), "no patch \"\"");

    let whole: Reference = bank.parse().unwrap();
    assert_eq!(whole.patches(&NoLibrary).unwrap().len(), 32);
}

#[test]
fn packed_voices_are_counted_from_zero() {
    let folder = Folder::new("packed");
    let bytes = [patch("ZERO").to_packed(), patch("ONE").to_packed()].concat();
    let file = folder.file("v.bin", &bytes);
    check(&format!("{file}#0"), "ZERO");
    check(&format!("{file}#1"), "ONE");
    check_error(&format!("{file}#2"), "it has #0 to #1");
    check_error(&file, "name one of them");
}

#[test]
fn a_single_voice_needs_no_number() {
    let folder = Folder::new("single");
    let file = folder.file("a#b.syx", &presets::sysex::single(&patch("ALONE"), 3));
    check(&file, "ALONE");
    check(&format!("{file}#1"), "ALONE");
    check_error(&format!("{file}#2"), "it has only #1");
}

#[test]
fn files_that_are_no_good() {
    let folder = Folder::new("bad");
    check_error("no-such-file.syx", "no-such-file.syx: no such file");
    check_error("no-such-file.syx#3", "no-such-file.syx: no such file");
    check_error(&folder.file("empty.syx", b""), "it is empty");
    check_error(&folder.file("text.syx#1", b"hello"), "it is a text file");
    check_error(folder.0.to_str().unwrap(), "is a folder");
}

#[test]
fn factory_and_library() {
    let first = &factory::all()[0];
    let name = first.patch.name();
    assert_eq!(resolve(&format!("factory:{name}")), Ok(first.patch));
    assert_eq!(
        resolve(&format!("factory:{}", name.to_lowercase())),
        Ok(first.patch)
    );
    let misspelt = format!("factory:{}", &name[1..]);
    check_error(&misspelt, &format!("the nearest names are {name:?}"));
    check_error("library:7", "library:7: no library is open");

    struct One;
    impl Library for One {
        fn preset(&self, id: &str) -> Result<Patch, String> {
            (id == "7")
                .then(|| patch("SEVEN"))
                .ok_or_else(|| format!("no preset {id}"))
        }
    }
    let reference: Reference = "library:7".parse().unwrap();
    assert_eq!(reference.patch(&One).unwrap().name(), "SEVEN");
    assert_eq!(reference.to_string(), "library:7");
}
