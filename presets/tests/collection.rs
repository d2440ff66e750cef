//! The public collection of 26,260 voices survives import, export and import. The collection is not
//! part of the project: without it, the factory bank takes its place.

use std::fs;
use std::path::Path;

use presets::patch::PACKED_LEN;
use presets::sysex::{self, BANK_DATA_LEN};
use presets::{Cartridge, Patch, factory};

/// Packed voices, from the collection if there is one.
fn voices() -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/dx7-voices.bin");
    fs::read(&path).unwrap_or_else(|error| {
        println!(
            "skipped the collection, took the factory bank: {}: {error}",
            path.display()
        );
        factory::all()
            .iter()
            .flat_map(|found| found.patch.to_packed())
            .collect()
    })
}

#[test]
fn every_voice_survives_import_export_import() {
    let bytes = voices();
    let import = sysex::read_packed(&bytes).unwrap();
    assert_eq!(import.patches.len(), bytes.len() / PACKED_LEN);
    assert_eq!(import.stray_bytes, 0);
    let patches: Vec<Patch> = import.patches.iter().map(|found| found.patch).collect();
    println!("{}", import.summary());

    // What needed no cleaning comes out as it came in, byte for byte.
    for (found, voice) in import.patches.iter().zip(bytes.chunks_exact(PACKED_LEN)) {
        assert_eq!(
            found.cleaning.is_clean(),
            found.patch.to_packed() == *voice,
            "{found}"
        );
    }
    for patches in patches.chunks(Cartridge::LEN) {
        let bank = Cartridge::new(patches).unwrap().to_sysex(0);
        let again = sysex::read(&bank).unwrap();
        assert!(again.is_clean(), "{again}");
        assert!(
            patches.iter().eq(again
                .patches
                .iter()
                .map(|found| &found.patch)
                .take(patches.len()))
        );
    }
    for patch in &patches {
        let again = sysex::read(&sysex::single(patch, 0)).unwrap();
        assert!(again.is_clean(), "{again}");
        assert_eq!(again.patches[0].patch, *patch);
    }
}

#[test]
fn every_stretch_of_voices_is_known_for_a_bare_bank() {
    for bank in voices().chunks_exact(BANK_DATA_LEN) {
        let import = sysex::read(bank).unwrap();
        assert_eq!(import.patches.len(), Cartridge::LEN);
    }
}
