//! The plug-in in a host plays what the engine plays: the ends bit for bit, events at their samples,
//! the same samples for blocks of any sizes.

mod tween;

use engine::{EngineKind, Event, FmSynth, MorphTable, Spread};
use host_bridge::{ClapInstance, HostEvent, Note, OutEvent, Phrase, Step, Take, render_note};
use plugin::state::Saved;
use presets::{FractionalPatch, Patch};
use serde_json::Value;
use tween::{RATE, Random, note};

const NOTE: Note = Note {
    key: 57,
    velocity: 101,
    hold_s: 0.1,
    total_s: 0.15,
};

#[test]
fn the_ends_are_a_and_b_bit_for_bit() {
    let patches = tween::patches();
    let phrase = Phrase::of_note(&NOTE, RATE);
    let mut sounding = 0;
    for pair in 0..50 {
        let pick = |i: usize| patches[(pair * 2 + i) * 37 % patches.len()];
        let (a, b) = (pick(0), pick(1));
        let mut tween = tween::playing(&a, &b);
        let morph = tween.parameter("Morph").unwrap();
        for (position, patch) in [(0.0, a), (1.0, b)] {
            tween.reset();
            let mut score = vec![(
                0,
                HostEvent::Parameter {
                    id: morph,
                    value: position,
                },
            )];
            score.extend(HostEvent::score(&phrase, None));
            let take = tween.perform(&score, phrase.samples(), &[64]).unwrap();
            let patch = FractionalPatch::from(&patch);
            let alone = render_note(&patch, &NOTE, RATE, EngineKind::Modern);
            assert!(take.left == alone, "pair {pair} at {position}: {a:?} {b:?}");
            assert!(take.right == alone, "pair {pair} at {position}");
            sounding += usize::from(alone.iter().any(|&sample| sample.abs() > 1e-3));
        }
    }
    assert!(sounding >= 90, "only {sounding} of 100 ends sounded");
}

/// Half a second of everything a host can send.
fn busy_phrase(seed: u64) -> Phrase {
    let mut random = Random(seed);
    let mut phrase = Phrase::new(24_000);
    for i in 0..24 {
        let (from, key) = (random.below(20_000), 36 + random.below(48) as u8);
        let address = note(key, i);
        let velocity = 1 + random.below(127) as u8;
        let to = from + 1 + random.below(8000);
        phrase
            .step(from, Step::Play(Event::NoteOn { address, velocity }))
            .step(to, Step::Play(Event::NoteOff { address }));
        if i % 3 == 0 {
            let offset = random.below(1000) as f32 / 1000.0 - 0.5;
            let semitones = random.below(400) as f32 / 100.0 - 2.0;
            phrase
                .step(
                    from + 100,
                    Step::Play(Event::NotePosition { address, offset }),
                )
                .step(
                    from + 200,
                    Step::Play(Event::NoteTuning { address, semitones }),
                );
        }
    }
    for _ in 0..40 {
        let at = random.below(24_000);
        let value = random.below(128) as u8;
        let step = match random.below(5) {
            0 => Step::Play(Event::PitchBend(random.below(16_384) as i16 - 8192)),
            1 => Step::Play(Event::ChannelPressure(value)),
            2 => Step::Play(Event::Controller { number: 1, value }),
            3 => Step::Play(Event::Controller { number: 64, value }),
            _ => Step::Morph(value as f32 / 128.0),
        };
        phrase.step(at, step);
    }
    phrase
}

/// Without Beyond, voices stay between A and B.
const ENDS: Spread = Spread {
    velocity: 0.0,
    key: 0.0,
    envelope: 0.0,
    attack_s: 0.0,
    decay_s: 0.0,
    range: (0.0, 1.0),
};

/// What the engine makes of a phrase in one go.
fn engine_alone(table: &MorphTable, phrase: &Phrase, spread: &Spread) -> Vec<f32> {
    let mut synth = FmSynth::new(RATE, EngineKind::Modern);
    synth.spread(spread);
    let mut out = vec![0.0; phrase.samples()];
    let (mut done, mut position) = (0, 0.0);
    for &(at, step) in phrase.steps() {
        let at = at.min(phrase.samples());
        synth.render(table, position, &mut out[done..at]);
        done = at;
        match step {
            Step::Play(event) => synth.event(&event, table, position),
            Step::Morph(to) => position = to,
        }
    }
    synth.render(table, position, &mut out[done..]);
    out
}

fn play(a: &Patch, b: &Patch, phrase: &Phrase, blocks: &[usize]) -> Take {
    let mut tween = tween::playing(a, b);
    let morph = tween.parameter("Morph");
    let score = HostEvent::score(phrase, morph);
    tween.perform(&score, phrase.samples(), blocks).unwrap()
}

#[test]
fn blocks_of_any_sizes_give_the_same_samples_as_the_engine_alone() {
    let patches = tween::patches();
    let mut random = Random(7);
    let random_sizes: Vec<usize> = (0..200).map(|_| 1 + random.below(512)).collect();
    for seed in 0..3 {
        let pick = |i: usize| patches[(seed as usize * 5 + i) * 11 % patches.len()];
        let (a, b, phrase) = (pick(1), pick(2), busy_phrase(seed));
        let table = MorphTable::linear(&a, &b);
        let alone = engine_alone(&table, &phrase, &ENDS);
        assert!(alone.iter().any(|&sample| sample.abs() > 1e-3));
        for blocks in [&[1][..], &[17], &[64], &[512], &random_sizes] {
            let take = play(&a, &b, &phrase, blocks);
            let differing = take.left.iter().zip(&alone).position(|(x, y)| x != y);
            assert_eq!(differing, None, "seed {seed}, blocks {:?}…", &blocks[..1]);
        }
    }
}

/// The rule of the docs: a change of Morph at sample `k` is seen at the voice's next control step,
/// one of every 64 samples from its own first one on.
#[test]
fn automation_takes_effect_at_the_next_control_step() {
    let patches = tween::patches();
    let (a, b) = (patches[0], patches[patches.len() / 2]);
    let start = 100;
    let mut still = Phrase::new(4000);
    still.note(start, 4000, 60, 100);
    let unmoved = play(&a, &b, &still, &[512]).left;
    for k in [start + 64, start + 65, 777, 1000, 1023, 1024] {
        let mut phrase = still.clone();
        phrase.step(k, Step::Morph(1.0));
        let moved = play(&a, &b, &phrase, &[100]).left;
        let step = start + (k - start).div_ceil(64) * 64;
        let first = moved
            .iter()
            .zip(&unmoved)
            .position(|(x, y)| x != y)
            .unwrap();
        assert!(
            (step..step + 64).contains(&first),
            "moved at {k}, heard at {first}"
        );
    }
}

#[test]
fn every_note_that_began_is_reported_to_have_ended() {
    let patches = tween::patches();
    let mut tween = tween::playing(&patches[0], &patches[1]);
    let mut phrase = busy_phrase(11);
    // Lifts the pedal, so that everything can end.
    phrase.step(
        23_999,
        Step::Play(Event::Controller {
            number: 64,
            value: 0,
        }),
    );
    let begun: Vec<_> = phrase
        .steps()
        .iter()
        .filter_map(|(_, step)| match step {
            Step::Play(Event::NoteOn { address, .. }) => Some(*address),
            _ => None,
        })
        .collect();
    let score = HostEvent::score(&phrase, None);
    let samples = phrase.samples() + 30 * RATE as usize;
    let take = tween.perform(&score, samples, &[512]).unwrap();
    for address in begun {
        let end = OutEvent::NoteEnd(address);
        let ends = take
            .events
            .iter()
            .filter(|(_, event)| *event == end)
            .count();
        assert_eq!(ends, 1, "{address:?}");
    }
    let rest = &take.left[take.left.len() - 480..];
    assert!(
        rest.iter().all(|sample| sample.abs() < 1e-4),
        "something is stuck"
    );
    assert_eq!(tween.tail(), Some(0));
}

#[test]
fn there_is_no_latency_and_a_reset_repeats() {
    let patches = tween::patches();
    let mut tween = tween::playing(&patches[3], &patches[4]);
    assert_eq!(tween.latency(), 0);
    let score = HostEvent::score(&busy_phrase(5), None);
    let first = tween.perform(&score, 24_000, &[64]).unwrap();
    tween.reset();
    let second = tween.perform(&score, 24_000, &[64]).unwrap();
    assert!(first.left == second.left);
}

#[test]
fn volume_and_tune_do_what_they_say() {
    let sine = Patch::INIT;
    let mut phrase = Phrase::new(24_000);
    phrase.note(0, 24_000, 69, 100);
    let with = |name: &str, value: f64| {
        let mut tween = tween::playing(&sine, &sine);
        let id = tween.parameter(name).unwrap();
        let mut score = vec![(0, HostEvent::Parameter { id, value })];
        score.extend(HostEvent::score(&phrase, None));
        tween.perform(&score, 24_000, &[512]).unwrap().left
    };
    let peak = |samples: &[f32]| samples[12_000..].iter().fold(0f32, |m, s| m.max(s.abs()));
    let crossings = |samples: &[f32]| {
        samples
            .windows(2)
            .filter(|w| w[0] < 0.0 && w[1] >= 0.0)
            .count()
    };
    let plain = with("Volume", 60.0 / 66.0);
    // -20 dB of a range of -60 to 6 dB.
    let quiet = with("Volume", 40.0 / 66.0);
    assert!((peak(&quiet) / peak(&plain) - 0.1).abs() < 1e-3);
    assert_eq!(peak(&with("Volume", 0.0)), 0.0);
    // Half a second of 440 Hz, and of a semitone above it.
    assert!((219..=220).contains(&crossings(&plain)));
    assert!((232..=233).contains(&crossings(&with("Tune", 1.0))));
}

/// A and B are chosen, and without an editor the plug-in finds the even path between them.
#[test]
fn the_even_path_is_found_and_ends_are_exact() {
    let bank = presets::factory::all();
    let (a, b) = (bank[3].patch, bank[50].patch);
    let mut session = serde_json::to_value(tween::session(&a, &b)).unwrap();
    session["path"] = "even".into();
    session["table"].take();
    let mut tween = tween::instance();
    tween::load(&mut tween, &Saved(session.clone()));
    tween.activate(RATE, 64).unwrap();
    let found = |tween: &mut ClapInstance| -> Value {
        let state = tween::unwrap_state(&tween.save_state().unwrap());
        serde_json::from_str(state["fields"]["session"].as_str().unwrap()).unwrap()
    };
    let asked = std::time::Instant::now();
    while found(&mut tween)["pending"] == true {
        // What it plays until then is a path too.
        tween.process(64).unwrap();
        assert!(asked.elapsed().as_secs() < 120, "it has not found a path");
    }
    let even = Saved(found(&mut tween)).restore().unwrap();
    assert!(*even.table != MorphTable::linear(&a, &b));
    assert_eq!(even.table.at(0.0), FractionalPatch::from(&a));
    assert_eq!(even.table.at(1.0), FractionalPatch::from(&b));
    // Opened again it is there at once, and the same.
    let mut again = tween::instance();
    tween::load(&mut again, &Saved(found(&mut tween)));
    assert_eq!(found(&mut again), found(&mut tween));
}
