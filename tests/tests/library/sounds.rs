//! More like this, with real patches, played by the built-in engine.

use std::ops::ControlFlow;
use std::path::Path;

use host_bridge::measure::Ear;
use presets::library::Measure;
use presets::library::sound::SILENT_DB;
use presets::{Parameter, Patch, factory, file};

use crate::{Chance, Scratch};

/// Patches with noise that are looked for.
const NOISY: usize = 200;
/// Of the collection, where it is at hand; `PRESETS=26260` in the environment asks for all of it.
const PRESETS: usize = 2000;

/// A step up or down in `count` numeric parameters.
fn noisy(patch: &Patch, chance: &mut Chance, count: usize) -> Patch {
    let mut noisy = *patch;
    for _ in 0..count {
        let parameter = Parameter::new(chance.below(Parameter::COUNT)).unwrap();
        let spec = parameter.spec();
        if spec.kind == presets::Kind::Numeric && spec.max == 99 {
            let value = noisy.get(parameter);
            noisy.set(
                parameter,
                if chance.below(2) == 0 {
                    value + 1
                } else {
                    value.saturating_sub(1)
                },
            );
        }
    }
    noisy
}

#[test]
fn a_patch_with_a_little_noise_finds_its_original_first() {
    let voices = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/dx7-voices.bin");
    let patches: Vec<Patch> = if voices.exists() {
        let import = file::read(&voices).unwrap();
        let presets = std::env::var("PRESETS").map_or(PRESETS, |n| n.parse().unwrap());
        // Spread over the whole collection.
        let step = (import.patches.len() / presets).max(1);
        import
            .patches
            .iter()
            .step_by(step)
            .take(presets)
            .map(|found| found.patch)
            .collect()
    } else {
        println!("the collection is not here: the factory bank has to do");
        factory::all().iter().map(|preset| preset.patch).collect()
    };
    let scratch = Scratch::new("sounds");
    let mut library = scratch.library();
    let ids: Vec<_> = patches
        .iter()
        .map(|patch| library.save(patch, &[]).unwrap().id)
        .collect();
    let ear = Ear::new();
    library
        .measure(&ear, 2, |_| ControlFlow::Continue(()))
        .unwrap();

    let mut chance = Chance(3);
    let (mut first, mut asked) = (0, 0);
    while asked < NOISY {
        let index = chance.below(patches.len());
        let noisy = noisy(&patches[index], &mut chance, 12);
        let features = ear.measure(&noisy);
        if features.loudness <= SILENT_DB {
            continue;
        }
        asked += 1;
        let like = library.like(&noisy, &features, 1).unwrap();
        first += usize::from(like[0].found.id == ids[index]);
    }
    println!(
        "{first} of {NOISY} patches with noise found their original first among {}",
        patches.len()
    );
    assert!(first * 100 >= NOISY * 95, "{first} of {NOISY}");
}
