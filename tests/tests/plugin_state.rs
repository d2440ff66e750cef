//! What a host stores of the plug-in and gives back, whole or damaged; and the list of parameters.

mod tween;

use host_bridge::clap_host::ParameterInfo;
use host_bridge::{ClapInstance, HostEvent, Phrase};
use serde_json::{Value, json};
use tween::Random;

/// A chord at Morph 0.3.
fn sound(tween: &mut ClapInstance) -> Vec<f32> {
    let mut phrase = Phrase::new(12_000);
    phrase.note(0, 9000, 48, 100).note(100, 9000, 55, 80);
    tween.activate(tween::RATE, 256).unwrap();
    let score = HostEvent::score(&phrase, None);
    let take = tween.perform(&score, 12_000, &[256]).unwrap();
    tween.deactivate();
    take.left
}

fn set(tween: &mut ClapInstance, values: &[(&str, f64)]) {
    tween.activate(tween::RATE, 256).unwrap();
    for &(name, value) in values {
        let id = tween.parameter(name).unwrap();
        tween.send(0, &HostEvent::Parameter { id, value });
    }
    tween.process(256).unwrap();
    tween.deactivate();
}

#[test]
fn a_song_sounds_the_same_when_it_is_opened_again() {
    let patches = tween::patches();
    let mut tween = tween::instance();
    tween::load(&mut tween, &tween::session(&patches[5], &patches[70]));
    set(
        &mut tween,
        &[
            ("Morph", 0.3),
            ("Beyond", 0.4),
            ("Tune", 0.7),
            ("Volume", 0.8),
        ],
    );
    let state = tween.save_state().unwrap();
    let before = sound(&mut tween);
    assert!(before.iter().any(|&sample| sample.abs() > 1e-3));

    let mut other = tween::instance();
    assert_ne!(
        sound(&mut other),
        before,
        "a new instance must sound otherwise"
    );
    other.load_state(&state).unwrap();
    assert!(sound(&mut other) == before);
    assert!(
        other.save_state().unwrap() == state,
        "saved again, the state is the same"
    );

    // Under sounding notes too, without a new activation.
    let mut active = tween::instance();
    active.activate(tween::RATE, 256).unwrap();
    active.process(256).unwrap();
    active.load_state(&state).unwrap();
    assert!(sound(&mut active) == before);
}

#[test]
fn bad_states_leave_everything_as_it_was() {
    let patches = tween::patches();
    let mut tween = tween::instance();
    tween::load(&mut tween, &tween::session(&patches[1], &patches[2]));
    set(&mut tween, &[("Morph", 0.5)]);
    let good = tween.save_state().unwrap();
    let expected = sound(&mut tween);
    let json = tween::unwrap_state(&good);

    let mut random = Random(3);
    let noise: Vec<u8> = (0..5000).map(|_| random.next() as u8).collect();
    for bytes in [
        &b""[..],
        &[0; 8],
        &[255; 16],
        b"not a state at all",
        &noise,
        &good[..good.len() / 2],
    ] {
        assert!(
            tween.load_state(bytes).is_err(),
            "{} bytes were accepted",
            bytes.len()
        );
        assert!(sound(&mut tween) == expected);
    }
    // Readable by the framework, but not by us.
    for session in [
        "",
        "null",
        "{}",
        "{\"version\":99}",
        "{\"version\":1,\"a\":{\"patch\":\"00\"}}",
    ] {
        let mut state = json.clone();
        state["fields"]["session"] = session.into();
        tween.load_state(&tween::wrap_state(&state)).unwrap();
        assert!(sound(&mut tween) == expected, "{session}");
    }
    assert!(tween.save_state().unwrap() == good);
}

#[test]
fn values_out_of_range_come_into_range() {
    let mut tween = tween::instance();
    let mut state = tween::unwrap_state(&tween.save_state().unwrap());
    for value in [json!(1e300), json!(-7), json!(0.25)] {
        state["params"]["morph"] = json!({ "f32": value });
        tween.load_state(&tween::wrap_state(&state)).unwrap();
        let id = tween.parameter("Morph").unwrap();
        let found = tween.value(id).unwrap();
        assert!((0.0..=1.0).contains(&found), "{value} became {found}");
        // Still something that can be saved and loaded.
        let saved = tween.save_state().unwrap();
        tween.load_state(&saved).unwrap();
    }
    state["fields"]["window"] = "{\"width\":1e30,\"height\":-5}".into();
    tween.load_state(&tween::wrap_state(&state)).unwrap();
    let window: Value =
        tween::unwrap_state(&tween.save_state().unwrap())["fields"]["window"].clone();
    assert_eq!(window, "{\"width\":4000.0,\"height\":620.0}");
}

/// Songs are written with these: what is here may grow at its end, and nothing else.
#[test]
fn the_list_of_parameters_is_frozen() {
    let parameter = |id, name: &str, default, per_note| ParameterInfo {
        id,
        name: name.to_owned(),
        min: 0.0,
        max: 1.0,
        default,
        automatable: true,
        per_note,
    };
    let list = |id, name, max| ParameterInfo {
        max,
        ..parameter(id, name, 0.0, false)
    };
    let frozen = [
        parameter(104_083_720, "Morph", 0.0, true),
        parameter(755_163_663, "Beyond", 0.0, false),
        parameter(1_336_600_346, "Volume", f64::from(60f32 / 66.0), false),
        parameter(3_571_704, "Tune", 0.5, false),
        parameter(128_644_902, "Velocity to Morph", 0.5, false),
        parameter(496_217_896, "Key to Morph", 0.5, false),
        parameter(1_751_981_860, "Wheel to Morph", 0.5, false),
        parameter(146_471_550, "LFO to Morph", 0.5, false),
        list(151_787_799, "LFO shape", 5.0),
        list(697_649_765, "LFO sync", 12.0),
        parameter(697_597_098, "LFO rate", 0.471_743_136_644_363_4, false),
        parameter(893_093_849, "Envelope to Morph", 0.5, false),
        parameter(1_577_218_455, "Envelope attack", 0.0, false),
        parameter(
            884_469_387,
            "Envelope decay",
            0.471_743_136_644_363_4,
            false,
        ),
    ];
    assert_eq!(tween::instance().parameters(), frozen);
}
