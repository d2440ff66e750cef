//! Between whole patches and under sounding notes: the sound moves, and nothing clicks.

#![allow(
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "the audio thread's rules are not for tests"
)]

mod random;

use engine::{EngineKind, Event, FmSynth, MorphTable, NoteAddress};
use presets::{FractionalPatch, Operator, OperatorParameter, Parameter, Patch};
use random::Random;

const RATE: f64 = 44_100.0;
const ADDRESS: NoteAddress = NoteAddress {
    channel: Some(0),
    key: Some(55),
    note_id: None,
};

/// A held note while the position on the table moves; `position` is given the time from 0 to 1.
fn hold(table: &MorphTable, length: usize, position: impl Fn(f32) -> f32) -> Vec<f32> {
    let mut synth = FmSynth::new(RATE, EngineKind::Modern);
    let start = position(0.0);
    synth.event(
        &Event::NoteOn {
            address: ADDRESS,
            velocity: 100,
        },
        table,
        start,
    );
    let mut out = vec![0.0; length];
    for (i, block) in out.chunks_mut(64).enumerate() {
        synth.render(table, position((i * 64) as f32 / length as f32), block);
    }
    out
}

#[test]
fn every_number_moves_continuously() {
    let mut random = Random(11);
    let mut worst = (0.0, String::new());
    for parameter in Parameter::all().filter(|&p| FractionalPatch::is_continuous(p)) {
        let base = FractionalPatch::from(&random.playable_patch());
        let max = parameter.spec().max;
        let at = |value: f32| {
            let mut patch = base;
            patch.0[parameter.index()] = value;
            hold(&MorphTable::from_fn(|_| patch), 256, |_| 0.0)
        };
        for from in [0, max / 2, max - 1] {
            let mut before = at(f32::from(from));
            for hundredth in 1..=100 {
                let here = at(f32::from(from) + hundredth as f32 / 100.0);
                let pairs = before.iter().zip(&here);
                let moved = pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
                if moved > worst.0 {
                    worst = (moved, format!("{parameter} at {from} and {hundredth}/100"));
                }
                before = here;
            }
        }
    }
    println!("largest change of a sample in a step of 0.01: {worst:?}");
    // A full carrier's peak is 0.125, and a patch has up to six.
    assert!(worst.0 < 0.05, "{worst:?}");
}

/// The largest step from one sample to the next.
fn largest_step(sound: &[f32]) -> f32 {
    sound
        .windows(2)
        .map(|pair| (pair[1] - pair[0]).abs())
        .fold(0.0, f32::max)
}

/// The largest spectral flux: how much the magnitudes of a 256-sample spectrum rise, summed over 32
/// bins up to half the rate, from one frame to the next 64 samples later.
fn largest_flux(sound: &[f32]) -> f32 {
    const FRAME: usize = 256;
    const BINS: usize = 32;
    let wave: Vec<f32> = (0..FRAME)
        .map(|i| (std::f32::consts::TAU * i as f32 / FRAME as f32).cos())
        .collect();
    let magnitudes = |frame: &[f32]| -> [f32; BINS] {
        std::array::from_fn(|bin| {
            let step = 4 * bin + 2;
            let (mut re, mut im) = (0.0, 0.0);
            for (i, sample) in frame.iter().enumerate() {
                let windowed = sample * (0.5 - 0.5 * wave[i]);
                re += windowed * wave[i * step % FRAME];
                im += windowed * wave[(i * step + FRAME / 4) % FRAME];
            }
            re.hypot(im)
        })
    };
    let frames: Vec<_> = (0..sound.len().saturating_sub(FRAME))
        .step_by(64)
        .map(|start| magnitudes(&sound[start..start + FRAME]))
        .collect();
    let rises = frames.windows(2).map(|pair| {
        let bins = pair[0].iter().zip(&pair[1]);
        bins.map(|(a, b)| (b - a).max(0.0)).sum()
    });
    rises.fold(0.0, f32::max)
}

/// A click: by how much the largest sample step and the largest spectral flux of a note under which
/// Morph moves exceed those of the same note at rest, anywhere on the way.
#[test]
fn nothing_clicks() {
    const ATTACK: usize = 4096;
    const LENGTH: usize = 16_384;
    const PAIRS: usize = 300;
    let mut random = Random(2026);
    let mut clicks = [Vec::new(), Vec::new()];
    for _ in 0..PAIRS {
        let table = MorphTable::linear(&random.playable_patch(), &random.playable_patch());
        // The attack is not what is compared.
        let measure = |sound: Vec<f32>| {
            [
                largest_step(&sound[ATTACK..]),
                largest_flux(&sound[ATTACK..]),
            ]
        };
        // From A to B in a sweep over every switch, and from there at once back to A.
        let sweep = |time: f32| {
            if time < 0.75 {
                (time / 0.7).min(1.0)
            } else {
                0.0
            }
        };
        let moving = measure(hold(&table, LENGTH, sweep));
        let mut resting = [0.0f32; 2];
        for position in [0.0, 0.25, 0.45, 0.499, 0.5, 0.55, 0.75, 1.0] {
            let rest = measure(hold(&table, LENGTH / 2, |_| position));
            resting = std::array::from_fn(|i| resting[i].max(rest[i]));
        }
        for (i, clicks) in clicks.iter_mut().enumerate() {
            clicks.push(moving[i] / resting[i].max(0.001));
        }
    }
    let [steps, flux] = clicks.map(|mut clicks| {
        clicks.sort_by(f32::total_cmp);
        [
            clicks[PAIRS / 2],
            clicks[PAIRS * 95 / 100],
            clicks[PAIRS - 1],
        ]
    });
    println!("against rest: sample steps {steps:?}, spectral flux {flux:?} (median, 95 %, most)");
    assert!(steps[1] < 1.3 && steps[2] < 1.8, "sample steps {steps:?}");
    assert!(flux[1] < 1.7 && flux[2] < 3.5, "spectral flux {flux:?}");
}

/// Levels at rest follow the table: a note held from A to B is as loud as one that begins at B.
#[test]
fn a_sounding_note_arrives_where_a_new_one_begins() {
    let mut random = Random(9);
    for _ in 0..40 {
        let mut steady = || {
            let mut patch: Patch = random.playable_patch();
            for operator in Operator::ALL {
                patch.set_op(operator, OperatorParameter::EgLevel1, 85);
                patch.set_op(operator, OperatorParameter::EgLevel2, 87);
                patch.set_op(operator, OperatorParameter::EgLevel3, 89);
            }
            patch
        };
        let table = MorphTable::linear(&steady(), &steady());
        let loudness = |sound: Vec<f32>| {
            let energy: f32 = sound[30_000..].iter().map(|x| x * x).sum();
            10.0 * (energy / 14_100.0).max(1e-12).log10()
        };
        let moved = loudness(hold(&table, 44_100, |time| (time * 2.0).min(1.0)));
        let straight = loudness(hold(&table, 44_100, |_| 1.0));
        assert!(
            (moved - straight).abs() < 1.0,
            "{moved} dB and {straight} dB"
        );
    }
}

#[test]
fn each_note_may_have_its_own_position() {
    let mut random = Random(21);
    let table = MorphTable::linear(&random.playable_patch(), &random.playable_patch());
    let render = |position: f32, offset: f32| {
        let mut synth = FmSynth::new(RATE, EngineKind::Modern);
        synth.event(
            &Event::NoteOn {
                address: ADDRESS,
                velocity: 100,
            },
            &table,
            position,
        );
        synth.event(
            &Event::NotePosition {
                address: ADDRESS,
                offset,
            },
            &table,
            position,
        );
        let mut out = vec![0.0; 8192];
        synth.render(&table, position, &mut out);
        out
    };
    assert_eq!(render(0.25, 0.5), render(0.75, 0.0));
    assert_ne!(render(0.25, 0.5), render(0.25, 0.0));
}
