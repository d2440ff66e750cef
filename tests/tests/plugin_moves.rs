//! What moves Morph besides its knob, for all voices or for one; and a path that is exchanged under
//! held notes.

mod tween;

use engine::{EngineKind, Event, FmSynth, MorphTable, NoteAddress, Spread};
use host_bridge::{HostEvent, Note, Phrase, Step, render_note};
use plugin::paths::Paths;
use plugin::session::PathKind;
use plugin::worker::Request;
use presets::{FractionalPatch, Group, Parameter, Patch};
use tween::{RATE, note};

const SAMPLES: usize = 24_000;

/// Held between A and B, as without Beyond.
const STILL: Spread = Spread {
    velocity: 0.0,
    key: 0.0,
    envelope: 0.0,
    attack_s: 0.0,
    decay_s: 0.0,
    range: (0.0, 1.0),
};

fn ends() -> (Patch, Patch) {
    let bank = presets::factory::all();
    (bank[2].patch, bank[60].patch)
}

/// Notes of several keys and velocities, with the wheel halfway up from the beginning.
fn notes() -> Phrase {
    let mut phrase = Phrase::new(SAMPLES);
    let wheel = Event::Controller {
        number: 1,
        value: 64,
    };
    phrase.step(0, Step::Play(wheel));
    for (i, (key, velocity)) in [(36, 30), (60, 127), (79, 64)].into_iter().enumerate() {
        let address = note(key, i as i32);
        phrase
            .step(1000 * i, Step::Play(Event::NoteOn { address, velocity }))
            .step(15_000, Step::Play(Event::NoteOff { address }));
    }
    phrase
}

/// The plug-in with these parameters set from the first sample on (0 to 1, or a place in a list).
fn through_the_host(values: &[(&str, f64)], phrase: &Phrase, block: usize) -> Vec<f32> {
    let (a, b) = ends();
    let mut tween = tween::playing(&a, &b);
    let mut score = Vec::new();
    for &(name, value) in values {
        let id = tween.parameter(name).unwrap();
        score.push((0, HostEvent::Parameter { id, value }));
    }
    score.extend(HostEvent::score(phrase, tween.parameter("Morph")));
    let take = tween.perform(&score, phrase.samples(), &[block]).unwrap();
    take.left
}

/// The engine alone, with the instrument's position given for every 64 samples.
fn alone(spread: &Spread, phrase: &Phrase, position: impl Fn(usize) -> f32) -> Vec<f32> {
    let (a, b) = ends();
    let table = MorphTable::linear(&a, &b);
    let mut synth = FmSynth::new(RATE, EngineKind::Modern);
    synth.spread(spread);
    let mut out = vec![0.0; phrase.samples()];
    let mut steps = phrase.steps().iter().peekable();
    let mut done = 0;
    while done < out.len() {
        let position = position(done / 64);
        while let Some((_, step)) = steps.next_if(|&&(at, _)| at <= done) {
            if let Step::Play(event) = step {
                synth.event(event, &table, position);
            }
        }
        let next = steps.peek().map_or(out.len(), |&&(at, _)| at);
        let end = next.min((done / 64 + 1) * 64).min(out.len());
        synth.render(&table, position, &mut out[done..end]);
        done = end;
    }
    out
}

#[test]
fn every_source_moves_morph_by_its_amount_and_blocks_do_not_matter() {
    let spread = |velocity, key, envelope| Spread {
        velocity,
        key,
        envelope,
        decay_s: 1.0,
        ..STILL
    };
    let lfo = |shape: fn(f64) -> f64| {
        move |step: usize| 0.25 + 0.5 * shape(step as f64 * (64.0 / RATE)) as f32
    };
    let sine = lfo(|cycles| (cycles * std::f64::consts::TAU).sin());
    let square = lfo(|cycles| {
        if cycles.rem_euclid(1.0) < 0.5 {
            1.0
        } else {
            -1.0
        }
    });
    let phrase = notes();
    type Position<'a> = &'a dyn Fn(usize) -> f32;
    type Case<'a> = (&'a [(&'a str, f64)], Spread, Position<'a>);
    let still: Position = &|_| 0.25;
    let cases: [Case; 7] = [
        (&[], STILL, still),
        (&[("Velocity to Morph", 1.0)], spread(1.0, 0.0, 0.0), still),
        (&[("Key to Morph", 0.25)], spread(0.0, -0.5, 0.0), still),
        (&[("Envelope to Morph", 0.75)], spread(0.0, 0.0, 0.5), still),
        (&[("Wheel to Morph", 1.0)], STILL, &|_| 0.25 + 64.0 / 127.0),
        // At its default rate of 1 Hz; half a second is half a cycle.
        (&[("LFO to Morph", 0.75)], STILL, &sine),
        (
            &[("LFO to Morph", 0.75), ("LFO shape", 4.0)],
            STILL,
            &square,
        ),
    ];
    let unmoved = alone(&STILL, &phrase, still);
    for (i, (values, spread, position)) in cases.into_iter().enumerate() {
        let expected = alone(&spread, &phrase, position);
        assert_eq!(expected == unmoved, i == 0, "{values:?} has an effect");
        let values = [&[("Morph", 0.25)], values].concat();
        for block in [1, 17, 64, 512] {
            let found = through_the_host(&values, &phrase, block);
            let differs = found.iter().zip(&expected).position(|(a, b)| a != b);
            assert_eq!(differs, None, "{values:?} in blocks of {block}");
        }
    }
}

const NOTE: Note = Note {
    key: 57,
    velocity: 101,
    hold_s: 0.1,
    total_s: 0.15,
};

/// Per-note modulation takes a note to B while the knob is at A, never further; per-note tuning, as
/// MPE has it, moves that note alone. The LFO, transposition and key syncs are where the instrument
/// is, so here A and B have the same.
#[test]
fn one_note_can_be_elsewhere_and_otherwise_tuned() {
    let (a, mut b) = ends();
    for parameter in Parameter::all() {
        let group = parameter.spec().group;
        let shared = matches!(group, Group::Modulation | Group::Pitch);
        if shared || parameter == Parameter::OSC_KEY_SYNC {
            b.set(parameter, a.get(parameter));
        }
    }
    let expected = |patch: &Patch| {
        render_note(
            &FractionalPatch::from(patch),
            &NOTE,
            RATE,
            EngineKind::Modern,
        )
    };
    let mut tween = tween::playing(&a, &b);
    let morph = tween.parameter("Morph").unwrap();
    let on = |address| HostEvent::NoteOn {
        address,
        velocity: 101.0 / 127.0,
    };
    for (amount, end) in [(1.0, &b), (7.0, &b), (-1.0, &a)] {
        tween.reset();
        let address = note(57, 4);
        let modulation = HostEvent::Modulation {
            id: morph,
            address: NoteAddress {
                note_id: Some(4),
                ..NoteAddress::default()
            },
            amount,
        };
        let score = [
            (0, on(address)),
            (0, modulation),
            (4800, HostEvent::NoteOff { address }),
        ];
        let take = tween.perform(&score, 7200, &[64]).unwrap();
        assert!(take.left == expected(end), "by {amount}");
    }

    let crossings = |bend: Option<(i32, f64)>| {
        let mut tween = tween::playing(&Patch::INIT, &Patch::INIT);
        let mut score = vec![(0, on(note(57, 4)))];
        score.extend(bend.map(|(id, semitones)| {
            let address = note(57, id);
            (0, HostEvent::Tuning { address, semitones })
        }));
        let take = tween.perform(&score, 24_000, &[512]).unwrap().left;
        let rises = take.windows(2).filter(|w| w[0] < 0.0 && w[1] >= 0.0);
        rises.count()
    };
    // Half a second of 220 Hz.
    assert!((109..=110).contains(&crossings(None)));
    assert!((219..=220).contains(&crossings(Some((4, 12.0)))));
    assert!((109..=110).contains(&crossings(Some((5, 12.0)))));
}

/// The largest step from one sample to the next.
fn largest_step(sound: &[f32]) -> f32 {
    let steps = sound.windows(2).map(|pair| (pair[1] - pair[0]).abs());
    steps.fold(0.0, f32::max)
}

/// A chord held while Morph sweeps and A stays, but B is another one twice and the path between
/// them gets better under the notes: no step of the samples is larger than the same chord makes at
/// rest somewhere on these paths, by more than the engine may have under any sweep.
#[test]
fn a_path_that_is_exchanged_under_held_notes_does_not_click() {
    const ATTACK: usize = 4096;
    /// As the engine's own test of clicks has it for a single path.
    const BOUND: f32 = 1.8;
    let bank = presets::factory::all();
    let mut worst = 0.0f32;
    for (a, bs) in [(2, [60, 33]), (17, [5, 80])] {
        let a = bank[a].patch;
        let mut tables = Vec::new();
        for b in bs.map(|b| bank[b].patch) {
            let linear = MorphTable::linear(&a, &b);
            let request = Request {
                generation: 1,
                table: Box::new(linear.clone()),
                find: true,
                a,
                b,
                path: PathKind::Even,
                engine: EngineKind::Modern,
            };
            let mut paths = Paths::default();
            let neural = paths.neural(&request, &mut |_| ()).unwrap();
            let even = paths.even(&request, &mut |_| (), &|| true).unwrap();
            tables.extend([linear, (*neural).clone(), (*even).clone()]);
        }
        let play = |table: &dyn Fn(usize) -> usize, position: &dyn Fn(usize) -> f32| {
            let mut synth = FmSynth::new(RATE, EngineKind::Modern);
            for (i, key) in [48, 55, 64].into_iter().enumerate() {
                let address = note(key, i as i32);
                let velocity = 100;
                let event = Event::NoteOn { address, velocity };
                synth.event(&event, &tables[table(0)], position(0));
            }
            let mut out = vec![0.0; 36_000];
            for (block, out) in out.chunks_mut(64).enumerate() {
                synth.render(&tables[table(block)], position(block), out);
            }
            out
        };
        // Up and down again; a new table every 60 ms, in the middle of the way too.
        let sweep = |block: usize| 1.0 - (block as f32 / 280.0 - 1.0).abs();
        let moving = play(&|block| block / 45 % tables.len(), &sweep);
        let mut resting = 0.0f32;
        for table in 0..tables.len() {
            for eighth in 0..=8 {
                let rest = play(&|_| table, &|_| eighth as f32 / 8.0);
                resting = resting.max(largest_step(&rest[ATTACK..]));
            }
        }
        worst = worst.max(largest_step(&moving[ATTACK..]) / resting);
    }
    println!("largest step of a sample under exchanged paths, against rest: {worst:.2}");
    assert!(worst < BOUND, "{worst}");
}
