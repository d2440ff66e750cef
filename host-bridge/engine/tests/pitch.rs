//! Where wheel, note bend and tuning bring the pitch.

#![allow(
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    reason = "the audio thread's rules are not for tests"
)]

use engine::{Event, FmSynth, MorphTable, NoteAddress, Settings, Tuning};
use presets::Patch;

const RATE: f64 = 44_100.0;

fn address(channel: u8) -> NoteAddress {
    NoteAddress {
        channel: Some(channel),
        key: Some(69),
        note_id: None,
    }
}

fn on(channel: u8) -> Event {
    Event::NoteOn {
        address: address(channel),
        velocity: 100,
    }
}

/// Cycles in a second of A4 after these events.
fn cycles(settings: &Settings, tuning: &Tuning, events: &[Event]) -> usize {
    let table = MorphTable::constant(&Patch::INIT);
    let mut synth = FmSynth::with_settings(RATE, settings);
    synth.set_tuning(tuning);
    for event in events {
        synth.event(event, &table, 0.0);
    }
    let mut out = vec![0.0; RATE as usize];
    synth.render(&table, 0.0, &mut out);
    out.windows(2)
        .filter(|pair| pair[0] <= 0.0 && pair[1] > 0.0)
        .count()
}

fn assert_near(found: usize, hz: usize) {
    assert!(found.abs_diff(hz) <= 1, "{found} Hz instead of {hz}");
}

#[test]
fn the_wheel_reaches_its_range_either_way() {
    let settings = Settings {
        bend_up: 12.0,
        bend_down: 24.0,
        ..Settings::default()
    };
    let with = |bend| {
        cycles(
            &settings,
            &Tuning::default(),
            &[on(0), Event::PitchBend(bend)],
        )
    };
    assert_near(with(0), 440);
    assert_near(with(8191), 880);
    assert_near(with(-8192), 110);
    assert_near(with(-4096), 220);
}

#[test]
fn a_bend_of_one_note_leaves_the_others() {
    let bend = |channel, semitones| Event::NoteTuning {
        address: address(channel),
        semitones,
    };
    let alone = |events: &[Event]| cycles(&Settings::default(), &Tuning::default(), events);
    assert_near(alone(&[on(1), bend(1, 12.0)]), 880);
    assert_near(alone(&[on(1), bend(2, 12.0)]), 440);
    // The wheel comes on top: three semitones of it, and nine of the note's own.
    let wheel = Event::PitchBend(8191);
    assert_near(alone(&[on(1), bend(1, 9.0), wheel]), 880);
}

#[test]
fn keys_have_the_frequencies_of_their_tuning() {
    let mut frequencies: [f64; 128] = std::array::from_fn(|key| 3.0 * key as f64 + 1.0);
    frequencies[69] = 333.0;
    let tuning = Tuning::from_frequencies(&frequencies);
    assert_near(cycles(&Settings::default(), &tuning, &[on(0)]), 333);
}
