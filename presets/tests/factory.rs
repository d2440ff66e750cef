//! The factory bank as it ships: the cartridges are those of the source, and every patch is named,
//! tagged, playable and our own. How it sounds is tested with the engine, in the end-to-end tests.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use presets::factory::{self, CARTRIDGES, FactoryPatch};
use presets::{Cartridge, Operator, OperatorParameter, Parameter, Patch, sysex};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("factory")
}

/// The list of the patches that lies beside the cartridges.
fn list() -> String {
    let mut text = String::from(
        "# The factory bank\n\n\
         96 patches composed for Tween, as cartridges for a DX7 or for Dexed. Both the cartridges and\n\
         this list are made from `presets/src/factory`: `UPDATE_FACTORY=1 cargo test -p presets`.\n",
    );
    for found in factory::all() {
        if found.number == 1 {
            let name = CARTRIDGES[found.cartridge - 1];
            text += &format!("\n## {name}\n\n| # | name | family | tags |\n|---|---|---|---|\n");
        }
        let (name, tags) = (found.patch.name(), found.tags.join(", "));
        let family = found.family.tag();
        text += &format!("| {} | {name} | {family} | {tags} |\n", found.number);
    }
    text
}

#[test]
fn the_cartridges_are_made_from_the_source() {
    let cartridge = |number| {
        let patches: Vec<Patch> = factory::all()
            .iter()
            .filter(|found| found.cartridge == number)
            .map(|found| found.patch)
            .collect();
        Cartridge::new(&patches).unwrap().to_sysex(0).to_vec()
    };
    let mut files = vec![("README.md".to_owned(), list().into_bytes())];
    for (index, name) in CARTRIDGES.iter().enumerate() {
        files.push((format!("{name}.syx"), cartridge(index + 1)));
    }
    for (name, bytes) in files {
        let path = folder().join(&name);
        if std::env::var_os("UPDATE_FACTORY").is_some() {
            fs::write(&path, &bytes).unwrap();
        }
        assert!(
            fs::read(&path).unwrap() == bytes,
            "{name} is not that of the source: UPDATE_FACTORY=1 cargo test -p presets makes it anew"
        );
    }
}

#[test]
fn the_cartridges_are_full_and_in_order() {
    let mut found = factory::all().iter();
    for (index, name) in CARTRIDGES.iter().enumerate() {
        let import = sysex::read(&fs::read(folder().join(format!("{name}.syx"))).unwrap()).unwrap();
        assert!(import.is_clean(), "{import}");
        assert_eq!(import.patches.len(), Cartridge::LEN);
        for imported in &import.patches {
            let found = found.next().unwrap();
            assert_eq!(found.patch, imported.patch);
            assert_eq!(
                (found.cartridge, found.number),
                (index + 1, imported.number + 1)
            );
        }
    }
    assert!(found.next().is_none());
}

#[test]
fn names_find_their_patches() {
    let names: HashSet<String> = factory::all().iter().map(|f| f.patch.name()).collect();
    assert_eq!(names.len(), factory::all().len(), "names are unique");
    for found in factory::all() {
        let name = found.patch.name();
        let allowed = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == ' ';
        assert!(!name.is_empty() && name.chars().all(allowed), "{name}");
        assert_eq!(
            factory::find(&name.to_lowercase()).unwrap().patch,
            found.patch
        );
    }
    assert!(factory::find("NO SUCH").is_none());
}

#[track_caller]
fn check_playable(found: &FactoryPatch) {
    let (name, patch) = (found.patch.name(), &found.patch);
    assert!(!found.tags.is_empty(), "{name} has no tags");
    for tag in found.tags {
        assert!(
            tag.chars().all(|c| c.is_lowercase() || " -".contains(c)),
            "{name}: {tag}"
        );
    }
    let heard = Operator::ALL.into_iter().filter(|&operator| {
        patch.op(operator, OperatorParameter::OutputLevel) > 0
            && patch.op(operator, OperatorParameter::VelocitySensitivity) > 0
    });
    assert!(heard.count() > 0, "{name} does not listen to velocity");
    assert!(
        patch.get(Parameter::PITCH_EG_LEVEL_3) == 50 || found.family == factory::Family::Effect,
        "{name} is held out of tune"
    );
    // The wheel must not be dead where a player expects vibrato.
    assert!(
        patch.get(Parameter::PITCH_MOD_SENSITIVITY) > 0,
        "{name} has no vibrato"
    );
}

#[test]
fn every_patch_is_tagged_and_playable() {
    factory::all().iter().for_each(check_playable);
    let families: HashSet<_> = factory::all().iter().map(|found| found.family).collect();
    assert_eq!(families.len(), 12);
}

/// No voice of the public collection has one of our names or is nearer than 25 of the 145 values
/// (those few that come near are the DX7's initial voice under other names); within the bank, where
/// families share their logic, 20 values keep two patches apart.
#[test]
fn every_patch_is_our_own() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/dx7-voices.bin");
    let others: Vec<Patch> = match fs::read(&path) {
        Ok(bytes) => {
            let import = sysex::read_packed(&bytes).unwrap();
            import.patches.iter().map(|found| found.patch).collect()
        }
        Err(error) => {
            println!("skipped the collection: {}: {error}", path.display());
            Vec::new()
        }
    };
    let ours: Vec<Patch> = factory::all().iter().map(|found| found.patch).collect();
    for (index, patch) in ours.iter().enumerate() {
        for other in &others {
            assert_ne!(patch.name().to_lowercase(), other.name().to_lowercase());
            check_apart(patch, other, 25);
        }
        for other in &ours[..index] {
            check_apart(patch, other, 20);
        }
    }
}

#[track_caller]
fn check_apart(patch: &Patch, other: &Patch, least: usize) {
    let values = patch.values().iter().zip(other.values());
    let differ = values.filter(|(a, b)| a != b).count();
    assert!(
        differ >= least,
        "{patch:?} differs from {other:?} in {differ} values"
    );
}
