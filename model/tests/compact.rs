//! The weights that ship: they load, encode what they have not seen, and their paths keep their ends.

use std::path::Path;
use std::time::Instant;

use model::compact::network::{Network, Weights};
use model::compact::{Compact, Config};
use model::data::{Corpus, Split};
use model::path::CompactPath;
use presets::{FractionalPatch, Kind, Parameter, Patch};

fn shipped() -> Compact {
    Compact::shipped().expect("the shipped weights load")
}

/// The patches that the project composed itself.
fn factory() -> Vec<Patch> {
    presets::factory::all()
        .iter()
        .map(|found| found.patch)
        .collect()
}

/// The patches of the project's data that the training has not seen; `None`, with a reason, where
/// the data is absent.
fn held_back() -> Option<Vec<Patch>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/dx7-voices.bin");
    let Ok(bytes) = std::fs::read(&path) else {
        eprintln!("skipped: {} is not there", path.display());
        return None;
    };
    let mut corpus = Corpus::default();
    corpus.add_packed(&bytes).unwrap();
    let test = Split::of(&corpus.patches).test;
    Some(
        test.into_iter()
            .map(|index| corpus.patches[index])
            .collect(),
    )
}

#[test]
fn sizes_that_no_network_has_are_refused() {
    let tiny = Config::TINY;
    let sizes = [
        Config { heads: 0, ..tiny },
        Config { heads: 3, ..tiny },
        Config { heard: 0, ..tiny },
        Config {
            width: usize::MAX / 2,
            ..tiny
        },
        Config {
            encoder_blocks: usize::MAX,
            ..tiny
        },
    ];
    for config in sizes {
        let error = Network::new(config, Weights::new()).unwrap_err();
        let message = error.to_string();
        assert!(message.contains("no network has these sizes"), "{message}");
    }
}

/// The part of the switches that are reconstructed, and the mean distance of the numbers, as a DX7
/// can hold them, in parts of their ranges.
fn reconstruction(model: &Compact, patches: &[Patch], latents: &[Vec<f32>]) -> (f64, f64) {
    let (mut right, mut switches, mut distance, mut numbers) = (0.0, 0.0, 0.0, 0.0);
    for (patch, decoding) in patches.iter().zip(model.decode(latents).unwrap()) {
        let decoded = decoding.patch.round("");
        for parameter in Parameter::all().filter(|&p| p != Parameter::TRANSPOSE) {
            let away = decoded.get(parameter).abs_diff(patch.get(parameter));
            if parameter.spec().kind == Kind::Switch {
                right += f64::from(u8::from(away == 0));
                switches += 1.0;
            } else {
                distance += f64::from(away) / f64::from(parameter.spec().max);
                numbers += 1.0;
            }
        }
    }
    (right / switches, distance / numbers)
}

#[test]
fn patches_it_has_not_seen_come_back() {
    let model = shipped();
    let check = |what: &str, patches: &[Patch]| {
        let latents = model.encode(patches).unwrap();
        let (switches, numbers) = reconstruction(&model, patches, &latents);
        println!(
            "{what}: {} patches, {:.1} % of the switches, numbers off by {:.2} % of their range",
            patches.len(),
            100.0 * switches,
            100.0 * numbers
        );
        assert!(switches >= 0.95, "{what}: {switches}");
        assert!(numbers <= 0.02, "{what}: {numbers}");
    };
    check("factory bank", &factory());
    if let Some(patches) = held_back() {
        check("held back", &patches);
    }
}

#[test]
fn encoded_closely_they_come_back_closer() {
    let model = shipped();
    let mut patches = factory();
    patches.extend(held_back().into_iter().flatten().take(64));
    let of = |latents: &[Vec<f32>]| reconstruction(&model, &patches, latents);
    let (switches, numbers) = of(&model.encode(&patches).unwrap());
    let (closer_switches, closer_numbers) = of(&model.encode_closely(&patches).unwrap());
    println!(
        "numbers off by {:.3} % of their range, closely {:.3} %; switches {:.2} %, closely {:.2} %",
        100.0 * numbers,
        100.0 * closer_numbers,
        100.0 * switches,
        100.0 * closer_switches
    );
    assert!(closer_numbers < numbers / 2.0, "{closer_numbers}");
    assert!(closer_switches >= switches.max(0.995), "{closer_switches}");
}

#[test]
fn paths_between_real_patches_keep_their_ends() {
    let model = shipped();
    let patches = held_back().unwrap_or_else(factory);
    for pair in patches.chunks_exact(2).take(100) {
        let path = CompactPath::new(&model, &pair[0], &pair[1]).unwrap();
        for (position, end) in [(0.0, &pair[0]), (1.0, &pair[1])] {
            assert_eq!(path.at(position), FractionalPatch::from(end));
            assert_eq!(path.at(position).round(&end.name()).values(), end.values());
        }
        // Next to an end only what is rounded away has moved.
        let beside = path.at(1e-4).round("");
        assert_eq!(beside.values(), pair[0].values());
    }
}

#[test]
fn a_path_is_quick() {
    let model = shipped();
    let patches = factory();
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .build()
        .unwrap();
    let took = pool.install(|| {
        CompactPath::new(&model, &patches[0], &patches[1]).unwrap();
        let started = Instant::now();
        CompactPath::new(&model, &patches[2], &patches[3]).unwrap();
        started.elapsed()
    });
    // A figure to read, not to judge by: the machine may be doing other things.
    println!("two patches encoded, 41 points decoded in {took:?} on one thread");
}
