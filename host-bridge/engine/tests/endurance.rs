//! A minute of everything at once: the sound stays finite and bounded, and no voice stays behind.

#![allow(
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "the audio thread's rules are not for tests"
)]

mod random;

use engine::{EngineKind, Event, FmSynth, MorphTable, NoteAddress, Route, Settings};
use presets::{Operator, OperatorParameter, Patch};
use random::Random;

#[test]
fn a_minute_of_anything() {
    let mut random = Random(77);
    let tables: Vec<MorphTable> = (0..24)
        .map(|_| MorphTable::linear(&random.patch(), &random.patch()))
        .collect();
    for (kind, seconds) in [
        (EngineKind::Modern, 40),
        (EngineKind::MarkI, 10),
        (EngineKind::Opl, 10),
    ] {
        let all = Route {
            range: 99,
            pitch: true,
            amp: true,
            eg_bias: true,
        };
        let settings = Settings {
            kind,
            wheel: all,
            breath: all,
            ..Settings::default()
        };
        let mut synth = FmSynth::with_settings(44_100.0, &settings);
        let mut table = &tables[0];
        let mut position = 0.0;
        let mut out = [0.0; 700];
        let mut left = seconds * 44_100usize;
        while left > 0 {
            let length = (1 + random.below(700) as usize).min(left);
            left -= length;
            let value = random.below(128) as u8;
            let address = NoteAddress {
                channel: (random.below(4) > 0).then_some(0),
                key: Some(random.below(128) as u8),
                note_id: (random.below(3) == 0).then_some(i32::from(value)),
            };
            let event = match random.below(24) {
                0..8 => Event::NoteOn {
                    address,
                    velocity: value,
                },
                8..14 => Event::NoteOff { address },
                14 => Event::Choke { address },
                15 => Event::NotePosition {
                    address,
                    offset: random.unit() * 4.0 - 2.0,
                },
                16 => Event::NoteTuning {
                    address,
                    semitones: random.unit() * 200.0 - 100.0,
                },
                17 => Event::PitchBend(random.bits() as i16),
                18 => Event::ChannelPressure(value),
                19..22 => Event::Controller {
                    number: random.below(128) as u8,
                    value,
                },
                22 => {
                    table = &tables[random.below(24) as usize];
                    continue;
                }
                _ => {
                    position =
                        [random.unit(), -9.0, f32::NAN, f32::INFINITY][random.below(4) as usize];
                    continue;
                }
            };
            synth.event(&event, table, position);
            synth.render(table, position, &mut out[..length]);
            for sample in &out[..length] {
                // Sixteen voices at full scale, and the DC blocker's overshoot.
                assert!(
                    sample.is_finite() && sample.abs() <= 32.0,
                    "{kind:?}: {sample}"
                );
            }
            assert!(synth.voices() <= 16);
            if random.below(50) == 0 {
                synth.ended().for_each(drop);
            }
        }
        no_voice_stays(&mut synth, position);
    }
}

/// With all keys and pedals up, in a sound that releases fast, every voice ends.
fn no_voice_stays(synth: &mut FmSynth, position: f32) {
    let mut short = Patch::INIT;
    for operator in Operator::ALL {
        short.set_op(operator, OperatorParameter::EgLevel4, 0);
        short.set_op(operator, OperatorParameter::EgRate4, 99);
    }
    let table = MorphTable::constant(&short);
    synth.event(
        &Event::Controller {
            number: 64,
            value: 0,
        },
        &table,
        position,
    );
    synth.event(
        &Event::Controller {
            number: 123,
            value: 0,
        },
        &table,
        position,
    );
    let mut out = vec![0.0; 44_100];
    synth.render(&table, position, &mut out);
    assert_eq!(synth.voices(), 0, "voices that stay");
    synth.render(&table, position, &mut out);
    assert!(
        out.iter().all(|sample| sample.abs() < 1e-6),
        "silence after the last voice"
    );
}

#[test]
fn all_sound_off_ends_every_note_and_reports_it_once() {
    let table = MorphTable::constant(&Patch::INIT);
    let mut synth = FmSynth::new(44_100.0, EngineKind::Modern);
    let mut out = [0.0; 100];
    for key in 0..20 {
        let address = NoteAddress {
            channel: Some(0),
            key: Some(40 + key),
            note_id: Some(key.into()),
        };
        synth.event(
            &Event::NoteOn {
                address,
                velocity: 100,
            },
            &table,
            0.0,
        );
        synth.render(&table, 0.0, &mut out);
    }
    assert_eq!(synth.voices(), 16);
    synth.event(
        &Event::Controller {
            number: 120,
            value: 0,
        },
        &table,
        0.0,
    );
    assert_eq!(synth.voices(), 0);
    let mut ids: Vec<_> = synth.ended().map(|note| note.note_id.unwrap()).collect();
    ids.sort_unstable();
    assert_eq!(ids, (0..20).collect::<Vec<_>>());
    assert_eq!(synth.ended().count(), 0);
}
