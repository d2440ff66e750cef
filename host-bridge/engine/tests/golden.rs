//! Renders of the initial voice and of patches made for this test, committed as samples, so that a
//! change of the sound is seen where no recorded renders of Dexed are at hand.
//!
//! `UPDATE_GOLDEN=1 cargo test -p engine --test golden` writes the files anew.

#![allow(
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "the audio thread's rules are not for tests"
)]

mod random;

use std::fs;
use std::path::Path;

use engine::{EngineKind, Event, FmSynth, MorphTable, NoteAddress};
use presets::Patch;
use random::Random;

const RATE: f64 = 22_050.0;
const LENGTH: usize = 4096;

/// A note of `patch` in the 16 bits of the engine: held for half of the time.
fn render(patch: &Patch, kind: EngineKind) -> Vec<i16> {
    let table = MorphTable::constant(patch);
    let address = NoteAddress {
        channel: Some(0),
        key: Some(60),
        note_id: None,
    };
    let mut synth = FmSynth::new(RATE, kind);
    let mut out = vec![0.0; LENGTH];
    let (held, released) = out.split_at_mut(LENGTH / 2);
    synth.event(
        &Event::NoteOn {
            address,
            velocity: 100,
        },
        &table,
        0.0,
    );
    synth.render_raw(&table, 0.0, held);
    synth.event(&Event::NoteOff { address }, &table, 0.0);
    synth.render_raw(&table, 0.0, released);
    out.iter()
        .map(|&sample| (sample * 32_768.0) as i16)
        .collect()
}

fn check(name: &str, samples: &[i16]) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        let bytes: Vec<u8> = samples
            .iter()
            .flat_map(|sample| sample.to_le_bytes())
            .collect();
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
    }
    let bytes = fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let golden: Vec<i16> = bytes
        .as_chunks()
        .0
        .iter()
        .map(|&pair| i16::from_le_bytes(pair))
        .collect();
    assert_eq!(golden.len(), samples.len(), "{name}");
    let first = golden
        .iter()
        .zip(samples)
        .position(|(golden, sample)| golden != sample);
    if let Some(first) = first {
        let largest = golden
            .iter()
            .zip(samples)
            .map(|(a, b)| a.abs_diff(*b))
            .max();
        panic!(
            "{name}: sample {first} is {}, not {}; by up to {largest:?} in all",
            samples[first], golden[first]
        );
    }
    assert!(samples.iter().any(|&sample| sample != 0), "{name} sounds");
}

#[test]
fn sounds_are_as_they_were() {
    let mut random = Random(1983);
    let patches: Vec<Patch> = std::iter::once(Patch::INIT)
        .chain((0..3).map(|_| random.playable_patch()))
        .collect();
    for (number, patch) in patches.iter().enumerate() {
        for (name, kind) in [
            ("modern", EngineKind::Modern),
            ("mark-one", EngineKind::MarkI),
            ("opl", EngineKind::Opl),
        ] {
            check(&format!("{number}-{name}.i16le"), &render(patch, kind));
        }
    }
}
