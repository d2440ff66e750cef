//! Songs of earlier versions: what they stored is kept as bytes, and must open and sound as it did.
//!
//! `fixtures/NAME.state` is a state as that version gave it to a host, `fixtures/NAME.f32le` what it
//! then played ([`play`]): the left channel, every bit of it. They are never made anew. A version that
//! changes the format adds files of its own.

mod tween;

use std::fs;
use std::path::Path;

use host_bridge::{HostEvent, Phrase};

/// The states of the first version (format 1), the second and the third, with the parameters they were
/// stored with.
const SONGS: [(&str, &[(&str, f64)]); 7] = [
    (
        "first-version-modern",
        &[
            ("Morph", 0.3),
            ("Beyond", 0.4),
            ("Tune", 0.7),
            ("Volume", 0.8),
        ],
    ),
    ("first-version-mark-one", &[("Morph", 0.75)]),
    ("first-version-untouched", &[("Morph", 0.0), ("Tune", 0.5)]),
    ("second-version-even", &[("Morph", 0.4), ("Beyond", 0.2)]),
    (
        "second-version-locked",
        &[
            ("Morph", 0.6),
            ("Velocity to Morph", 0.0),
            ("LFO to Morph", 0.2),
        ],
    ),
    ("third-version-untouched", &[("Morph", 0.4109375)]),
    (
        "third-version-of-the-second",
        &[("Morph", 0.4109375), ("Beyond", 0.2)],
    ),
];

fn fixture(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    fs::read(folder.join(name)).unwrap()
}

/// Two notes of an eighth of a second.
fn play(tween: &mut host_bridge::ClapInstance) -> Vec<f32> {
    let mut phrase = Phrase::new(6_000);
    phrase.note(0, 4500, 48, 100).note(100, 4500, 55, 80);
    tween.activate(tween::RATE, 256).unwrap();
    let score = HostEvent::score(&phrase, None);
    let take = tween.perform(&score, 6_000, &[256]).unwrap();
    tween.deactivate();
    assert!(take.left == take.right);
    take.left
}

#[test]
fn songs_of_earlier_versions_open_and_sound_the_same() {
    for (name, parameters) in SONGS {
        let mut tween = tween::instance();
        tween
            .load_state(&fixture(&format!("{name}.state")))
            .unwrap();
        for &(parameter, stored) in parameters {
            let id = tween.parameter(parameter).unwrap();
            let value = tween.value(id).unwrap();
            assert!((value - stored).abs() < 1e-6, "{name}: {parameter} {value}");
        }
        let before: Vec<f32> = fixture(&format!("{name}.f32le"))
            .chunks_exact(4)
            .map(|bytes| f32::from_le_bytes(bytes.try_into().unwrap()))
            .collect();
        assert!(before.iter().any(|sample| sample.abs() > 1e-3), "{name}");
        let now = play(&mut tween);
        let differing = now.iter().zip(&before).filter(|(x, y)| x != y).count();
        assert_eq!((now.len(), differing), (before.len(), 0), "{name}");

        // Saved by this version, in its own format, it is still the same song.
        let mut again = tween::instance();
        again.load_state(&tween.save_state().unwrap()).unwrap();
        assert!(play(&mut again) == before, "{name}, saved again");
    }
}
