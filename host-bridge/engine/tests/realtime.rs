//! After it is built, the synth allocates and frees nothing: any heap use ends this process, in
//! debug and in release builds.

#![allow(
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "the audio thread's rules are not for tests"
)]

mod random;

use engine::{EngineKind, Event, FmSynth, MorphTable, NoteAddress, Settings, Tuning};
use nice_assert_no_alloc::{AllocDisabler, assert_no_alloc};
use random::Random;

#[global_allocator]
static ALLOCATOR: AllocDisabler = AllocDisabler;

#[test]
fn nothing_is_allocated_after_construction() {
    let mut random = Random(4);
    let tables: Vec<MorphTable> = (0..4)
        .map(|_| MorphTable::linear(&random.patch(), &random.patch()))
        .collect();
    let (mut input, mut output) = engine::table::channel(&tables[0]);
    let tuning = Tuning::default();
    let mut out = vec![0.0; 300];
    for kind in [EngineKind::Modern, EngineKind::MarkI, EngineKind::Opl] {
        for mono in [false, true] {
            let settings = Settings {
                kind,
                mono,
                ..Settings::default()
            };
            let mut synth = FmSynth::with_settings(48_000.0, &settings);
            for round in 0..600u64 {
                if round % 100 == 0 {
                    input.publish(&tables[round as usize / 100 % 4]);
                }
                assert_no_alloc(|| {
                    output.update();
                    let table = output.table();
                    let position = random.unit();
                    let value = random.below(128) as u8;
                    let key = Some(random.below(128) as u8);
                    let address = NoteAddress {
                        channel: Some(0),
                        key,
                        note_id: None,
                    };
                    let event = match random.below(9) {
                        0..4 => Event::NoteOn {
                            address,
                            velocity: value,
                        },
                        4 => Event::NoteOff { address },
                        5 => Event::Choke { address },
                        6 => Event::NotePosition {
                            address,
                            offset: random.unit(),
                        },
                        7 => Event::Controller {
                            number: value,
                            value,
                        },
                        _ => Event::PitchBend(i16::from(value)),
                    };
                    synth.event(&event, table, position);
                    synth.render(table, position, &mut out);
                    assert!(synth.ended().count() <= 64);
                    if round == 500 {
                        synth.set_tuning(&tuning);
                        synth.tune(0.3);
                        synth.reset();
                    }
                });
            }
        }
    }
}
