//! Even paths as the built-in synth plays them: exact ends, valid entries, loudness that keeps to its
//! line, something to hear past the ends, and the same again for the same request.

use engine::EngineKind;
use host_bridge::{Note, render_note};
use model::path::even::hearing::{self, Ear};
use model::path::even::{self, BEYOND_STEPS, ENTRIES, Entries, RENDERS, STEPS};
use presets::{FractionalPatch, Group, OperatorParameter, Parameter, Patch, factory};

/// How far from the line of loudness between A and B an entry should lie, and how much louder than the
/// louder end what lies past them may be, LU.
const OFF_LU: f32 = 1.5;
const LOUDER_LU: f32 = 3.0;

fn play(patch: &FractionalPatch) -> Vec<f32> {
    let note = Note {
        key: hearing::NOTE.0,
        velocity: hearing::NOTE.1,
        hold_s: hearing::HOLD_S,
        total_s: hearing::TOTAL_S,
    };
    render_note(patch, &note, hearing::RATE, EngineKind::Modern)
}

fn plan(a: &Patch, b: &Patch, ear: &mut Ear) -> Entries {
    let request = even::Request {
        a,
        b,
        candidates: &[],
        foresight: None,
        renders: RENDERS,
    };
    even::plan(&request, ear, &mut play, &mut |_| true).expect("both ends sound and differ")
}

/// Pairs of factory sounds that have little to do with each other.
fn pairs() -> impl Iterator<Item = [Patch; 2]> {
    let bank = factory::all();
    let of = move |place: usize| bank[place % bank.len()].patch;
    (0..6).map(move |pair| [of(5 * pair), of(9 * pair + bank.len() / 2)])
}

#[test]
fn loudness_keeps_to_its_line_and_what_lies_past_the_ends_sounds() {
    let mut ear = Ear::new();
    let (mut entries, mut off) = (0, 0);
    for [a, b] in pairs() {
        let path = plan(&a, &b, &mut ear);
        let last = BEYOND_STEPS + STEPS;
        assert_eq!(path[BEYOND_STEPS], FractionalPatch::from(&a));
        assert_eq!(path[last], FractionalPatch::from(&b));
        let loudness: Vec<f32> = path
            .iter()
            .map(|entry| {
                let heard = ear.hear(&play(entry));
                assert!(!heard.is_silent(), "{} to {}", a.name(), b.name());
                heard.loudness()
            })
            .collect();
        let (of_a, of_b) = (loudness[BEYOND_STEPS], loudness[last]);
        for step in 1..STEPS {
            let line = of_a + (of_b - of_a) * step as f32 / STEPS as f32;
            let away = (loudness[BEYOND_STEPS + step] - line).abs();
            entries += 1;
            off += usize::from(away > OFF_LU);
            assert!(
                away < 2.0 * OFF_LU,
                "{} to {}, step {step}: {away} LU",
                a.name(),
                b.name()
            );
        }
        for beyond in (0..BEYOND_STEPS).chain(last + 1..ENTRIES) {
            let louder = loudness[beyond] - of_a.max(of_b);
            assert!(
                louder <= LOUDER_LU,
                "{} to {}, entry {beyond}: {louder} LU",
                a.name(),
                b.name()
            );
        }
    }
    println!("{off} of {entries} entries are more than {OFF_LU} LU off the line");
    assert!(off * 20 <= entries, "{off} of {entries}");
}

fn tunes(parameter: &Parameter) -> bool {
    let coarse = |operator| Parameter::of(operator, OperatorParameter::Coarse);
    parameter.spec().group == Group::Pitch || parameter.operator().map(coarse) == Some(*parameter)
}

#[test]
fn past_the_ends_the_pitch_is_kept() {
    let [a, b] = pairs().next().unwrap();
    let path = plan(&a, &b, &mut Ear::new());
    for (end, beyond) in [
        (&a, 0..BEYOND_STEPS),
        (&b, BEYOND_STEPS + STEPS + 1..ENTRIES),
    ] {
        for entry in beyond {
            for parameter in Parameter::all().filter(tunes) {
                let kept = f32::from(end.get(parameter));
                assert_eq!(
                    path[entry].get(parameter),
                    kept,
                    "entry {entry}, {parameter}"
                );
            }
        }
    }
}

#[test]
fn the_same_request_has_the_same_path_whatever_was_heard_before() {
    let [a, b] = pairs().nth(1).unwrap();
    let [c, d] = pairs().nth(2).unwrap();
    let mut ear = Ear::new();
    let first = plan(&a, &b, &mut ear);
    plan(&c, &d, &mut ear);
    assert_eq!(plan(&a, &b, &mut ear), first);
    assert_eq!(plan(&a, &b, &mut Ear::new()), first);
}
