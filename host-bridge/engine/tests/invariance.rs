//! The samples depend on what is played, and on nothing else: not on how a render is divided, not on
//! the processor, not on what was played before a reset.

#![allow(
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "the audio thread's rules are not for tests"
)]

mod random;

use engine::{EngineKind, Event, FmSynth, MorphTable, NoteAddress, Settings};
use presets::{Parameter, Patch};
use random::Random;

const RATE: f64 = 44_100.0;

/// What happens at a sample: an event, or a new position on the table.
type Step = (usize, Option<Event>, f32);

/// Notes, controllers and Morph at random samples, in order.
fn steps(random: &mut Random, length: usize) -> Vec<Step> {
    let mut steps: Vec<Step> = (0..120)
        .map(|_| {
            let at = random.below(length as u64) as usize;
            let key = Some(36 + random.below(48) as u8);
            let address = NoteAddress {
                channel: Some(0),
                key,
                note_id: None,
            };
            let value = random.below(128) as u8;
            let event = match random.below(12) {
                0..4 => Event::NoteOn {
                    address,
                    velocity: value,
                },
                4..6 => Event::NoteOff { address },
                6 => Event::Controller { number: 1, value },
                7 => Event::Controller { number: 64, value },
                8 => Event::PitchBend(i16::from(value) * 128 - 8192),
                9 => Event::NotePosition {
                    address,
                    offset: random.unit() - 0.5,
                },
                10 => Event::Choke { address },
                _ => return (at, None, random.unit()),
            };
            (at, Some(event), 0.0)
        })
        .collect();
    steps.sort_by_key(|step| step.0);
    steps
}

fn play(
    synth: &mut FmSynth,
    table: &MorphTable,
    steps: &[Step],
    length: usize,
    mut chunk: impl FnMut() -> usize,
) -> Vec<f32> {
    let mut out = vec![0.0; length];
    let (mut done, mut position) = (0, 0.0);
    let render =
        |synth: &mut FmSynth, out: &mut [f32], position, chunk: &mut dyn FnMut() -> usize| {
            let mut rest = out;
            while !rest.is_empty() {
                let (now, later) = rest.split_at_mut(chunk().clamp(1, rest.len()));
                synth.render(table, position, now);
                rest = later;
            }
        };
    for &(at, event, to) in steps {
        render(synth, &mut out[done..at], position, &mut chunk);
        done = at;
        match event {
            Some(event) => synth.event(&event, table, position),
            None => position = to,
        }
    }
    render(synth, &mut out[done..], position, &mut chunk);
    out
}

fn assert_same(name: &str, one: &[f32], other: &[f32]) {
    let first = one
        .iter()
        .zip(other)
        .position(|(a, b)| a.to_bits() != b.to_bits());
    assert_eq!(first, None, "{name}: the first sample that differs");
}

#[test]
fn blocks_may_be_split_anywhere() {
    let mut random = Random(3);
    for kind in [EngineKind::Modern, EngineKind::MarkI, EngineKind::Opl] {
        for mono in [false, true] {
            let table = MorphTable::linear(&random.playable_patch(), &random.playable_patch());
            let steps = steps(&mut random, 60_000);
            let settings = Settings {
                kind,
                mono,
                ..Settings::default()
            };
            let synth = || FmSynth::with_settings(RATE, &settings);
            let whole = play(&mut synth(), &table, &steps, 60_000, || usize::MAX);
            assert!(whole.iter().any(|sample| sample.abs() > 0.01), "it sounds");
            for chunk in [1, 17, 64, 512] {
                let split = play(&mut synth(), &table, &steps, 60_000, || chunk);
                assert_same(
                    &format!("{kind:?}, mono {mono}, chunks of {chunk}"),
                    &whole,
                    &split,
                );
            }
            let mut sizes = Random(8);
            let split = play(&mut synth(), &table, &steps, 60_000, || {
                sizes.below(300) as usize
            });
            assert_same("random chunks", &whole, &split);

            let mut baseline = synth();
            baseline.use_baseline_instructions();
            let split = play(&mut baseline, &table, &steps, 60_000, || 512);
            assert_same("baseline instructions", &whole, &split);

            let mut used = synth();
            play(&mut used, &table, &steps, 60_000, || 512);
            used.reset();
            let again = play(&mut used, &table, &steps, 60_000, || 512);
            assert_same("after a reset", &whole, &again);
        }
    }
}

#[test]
fn a_note_is_the_same_wherever_it_starts() {
    let patch = Random(5).playable_patch();
    let table = MorphTable::constant(&patch);
    let address = NoteAddress {
        channel: Some(0),
        key: Some(57),
        note_id: None,
    };
    let note = |start: usize| {
        let steps = [
            (
                start,
                Some(Event::NoteOn {
                    address,
                    velocity: 90,
                }),
                0.0,
            ),
            (start + 5000, Some(Event::NoteOff { address }), 0.0),
        ];
        let mut synth = FmSynth::new(RATE, EngineKind::Modern);
        play(&mut synth, &table, &steps, start + 9000, || 256).split_off(start)
    };
    let first = note(0);
    for start in [1, 63, 64, 1000, 4321] {
        assert_same(&format!("from sample {start}"), &first, &note(start));
    }
}

#[test]
fn every_rate_plays_in_tune() {
    let table = MorphTable::constant(&Patch::INIT);
    let address = NoteAddress {
        channel: Some(0),
        key: Some(69),
        note_id: None,
    };
    for rate in [
        8_000.0, 16_000.0, 22_050.0, 44_100.0, 48_000.0, 96_000.0, 192_000.0, 768_000.0,
    ] {
        let mut synth = FmSynth::new(rate, EngineKind::Modern);
        synth.event(
            &Event::NoteOn {
                address,
                velocity: 100,
            },
            &table,
            0.0,
        );
        let mut out = vec![0.0; rate as usize];
        synth.render(&table, 0.0, &mut out);
        let rises = out
            .windows(2)
            .filter(|pair| pair[0] <= 0.0 && pair[1] > 0.0)
            .count();
        assert!(
            (439..=441).contains(&rises),
            "{rate} Hz: {rises} cycles a second"
        );
    }
}

#[test]
fn plateaus_last_equally_long_at_every_rate() {
    // Levels 1 and 2 are equal: the second stage holds for a time that only its rate decides.
    let mut patch = Patch::INIT;
    for operator in presets::Operator::ALL {
        patch.set_op(operator, presets::OperatorParameter::EgRate2, 40);
        patch.set_op(operator, presets::OperatorParameter::EgLevel3, 0);
    }
    assert_eq!(patch.get(Parameter::ALGORITHM), 0);
    let table = MorphTable::constant(&patch);
    let address = NoteAddress {
        channel: Some(0),
        key: Some(69),
        note_id: None,
    };
    let lasts = |rate: f64| {
        let mut synth = FmSynth::new(rate, EngineKind::Modern);
        synth.event(
            &Event::NoteOn {
                address,
                velocity: 100,
            },
            &table,
            0.0,
        );
        let mut out = vec![0.0; rate as usize];
        synth.render(&table, 0.0, &mut out);
        out.iter().rposition(|sample| sample.abs() > 0.05).unwrap() as f64 / rate
    };
    let expected = lasts(44_100.0);
    assert!((0.49..0.53).contains(&expected), "{expected} s at 44.1 kHz");
    for rate in [16_000.0, 48_000.0, 96_000.0, 192_000.0] {
        assert!(
            (lasts(rate) - expected).abs() < 0.02,
            "{rate} Hz: {} s",
            lasts(rate)
        );
    }
}
