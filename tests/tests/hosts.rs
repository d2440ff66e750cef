//! What the roughest hosts do: blocks of any size, rates nobody uses, storms of parameters, states
//! in the middle of notes, forty instances at once.

mod tween;

use engine::Event;
use host_bridge::{ClapInstance, HostEvent, Phrase, Step};
use tween::{Random, note};

const PARAMETERS: usize = 64;

/// The loudest sample of the last block, after a look at every one.
fn loudest(tween: &ClapInstance, what: &str) -> f32 {
    let [left, right] = tween.block();
    let both = left.iter().chain(right);
    both.fold(0.0, |loudest, sample| {
        assert!(sample.is_finite(), "{what}: {sample}");
        loudest.max(sample.abs())
    })
}

fn chord(tween: &mut ClapInstance, root: u8) {
    for (id, key) in [0, 4, 7, 12].into_iter().enumerate() {
        let address = note(root + key, id as i32);
        let on = Event::NoteOn {
            address,
            velocity: 100,
        };
        let mut phrase = Phrase::new(1);
        phrase.step(0, Step::Play(on));
        for (at, event) in HostEvent::score(&phrase, None) {
            tween.send(at, &event);
        }
    }
}

#[test]
fn every_rate_and_every_size_of_block_sounds() {
    let patches = tween::patches();
    let mut tween = tween::instance();
    tween::load(&mut tween, &tween::session(&patches[2], &patches[60]));
    let morph = tween.parameter("Morph").unwrap();
    for rate in [
        8_000.0, 11_025.0, 22_050.0, 44_100.0, 48_000.0, 88_200.0, 96_000.0, 192_000.0, 384_000.0,
        768_000.0,
    ] {
        for block in [1, 7, 64, 1023, 4096, 16_384] {
            tween.activate(rate, block).unwrap();
            chord(&mut tween, 48);
            let (mut heard, mut done) = (0.0f32, 0);
            // A twentieth of a second, and at least two blocks.
            while done < (rate / 20.0) as usize || done < 2 * block {
                let value = done as f64 % 997.0 / 996.0;
                tween.send(0, &HostEvent::Parameter { id: morph, value });
                tween.process(block).unwrap();
                heard = heard.max(loudest(&tween, &format!("{rate} Hz, blocks of {block}")));
                done += block;
            }
            assert!(heard > 1e-3, "{rate} Hz, blocks of {block}: {heard}");
            assert!(heard < 4.0, "{rate} Hz, blocks of {block}: {heard}");
        }
    }
}

#[test]
fn storms_of_parameters_and_states_under_notes_leave_it_playing() {
    let patches = tween::patches();
    let mut random = Random(17);
    let mut tween = tween::playing(&patches[0], &patches[1]);
    let parameters = tween.parameters();
    let mut states: Vec<Vec<u8>> = Vec::new();
    let mut sounded = 0;
    for block in 0..1500 {
        if block % 10 == 0 {
            chord(&mut tween, 30 + random.below(60) as u8);
        }
        for at in 0..random.below(PARAMETERS) {
            let parameter = &parameters[random.below(parameters.len())];
            let span = parameter.max - parameter.min;
            let (id, share) = (parameter.id, f64::from(random.next()) / f64::from(u32::MAX));
            let value = parameter.min + span * share;
            tween.send(at, &HostEvent::Parameter { id, value });
        }
        tween.process(PARAMETERS).unwrap();
        sounded += usize::from(loudest(&tween, "in the storm") > 0.0);
        match random.below(40) {
            // Saved in the middle of the sweep: what is saved can be opened.
            0 => states.push(tween.save_state().unwrap()),
            1 if !states.is_empty() => {
                let state = &states[random.below(states.len())];
                tween.load_state(state).unwrap();
            }
            2 => {
                let [a, b] = [0; 2].map(|_| patches[random.below(patches.len())]);
                tween::load(&mut tween, &tween::session(&a, &b));
            }
            // Damaged, it is refused or taken, and nothing else happens.
            3 if !states.is_empty() => {
                let mut state = states[random.below(states.len())].clone();
                for _ in 0..4 {
                    let at = random.below(state.len());
                    state[at] = random.next() as u8;
                }
                let _ = tween.load_state(&state);
            }
            _ => {}
        }
        tween.pump();
    }
    assert!(
        states.len() > 10 && sounded > 1000,
        "{} {sounded}",
        states.len()
    );
}

#[test]
fn forty_instances_play_as_one_does_alone() {
    let patches = tween::patches();
    let make = |i: usize| tween::playing(&patches[i % patches.len()], &patches[i + 40]);
    let play = |tween: &mut ClapInstance| -> Vec<f32> {
        let mut heard = Vec::new();
        for _ in 0..10 {
            tween.process(64).unwrap();
            heard.extend_from_slice(tween.block()[0]);
        }
        heard
    };
    let alone: Vec<Vec<f32>> = (0..40)
        .map(|i| {
            let mut tween = make(i);
            chord(&mut tween, 50);
            play(&mut tween)
        })
        .collect();
    let mut all: Vec<ClapInstance> = (0..40).map(make).collect();
    for tween in &mut all {
        chord(tween, 50);
    }
    let mut together = vec![Vec::new(); all.len()];
    for _ in 0..10 {
        for (tween, heard) in all.iter_mut().zip(&mut together) {
            tween.process(64).unwrap();
            heard.extend_from_slice(tween.block()[0]);
        }
    }
    assert!(together == alone);
    // They go in another order than they came.
    while !all.is_empty() {
        drop(all.swap_remove(all.len() / 2));
    }
}

/// Some hosts automate at the end of a block, one past its last sample (Ardour does, in VST3), and later
/// still would be a mistake of theirs: all of it comes at the last sample, and nothing is lost.
#[test]
fn events_after_the_last_sample_come_at_the_last() {
    const BLOCK: usize = 64;
    let patches = tween::patches();
    let play = |at: usize, storm: usize| {
        let mut tween = tween::playing(&patches[2], &patches[60]);
        let morph = tween.parameter("Morph").unwrap();
        chord(&mut tween, 48);
        let mut heard = Vec::new();
        for block in 0..200 {
            let value = block as f64 / 199.0;
            for _ in 0..storm {
                tween.send(at, &HostEvent::Parameter { id: morph, value });
            }
            if block == 100 {
                let midi = HostEvent::Midi([0x90, 67, 100]);
                tween.send(at, &midi);
            }
            tween.process(BLOCK).unwrap();
            heard.extend_from_slice(tween.block()[0]);
        }
        assert!((tween.value(morph).unwrap() - 1.0).abs() < 1e-6, "{at}");
        heard
    };
    let in_time = play(BLOCK - 1, 1);
    assert!(in_time.iter().any(|sample| sample.abs() > 1e-3));
    for at in [BLOCK, BLOCK + 1, 5000] {
        assert!(
            play(at, 1) == in_time,
            "events at {at} in blocks of {BLOCK}"
        );
    }
    assert!(play(BLOCK, 100) == in_time);
    // More than there is room for: it plays on, whatever becomes of the rest.
    assert!(play_on(&patches[2], &patches[60], 1000) > 1e-3);
}

/// The loudest sample of a chord under that many late events a block.
fn play_on(a: &presets::Patch, b: &presets::Patch, storm: usize) -> f32 {
    let mut tween = tween::playing(a, b);
    let morph = tween.parameter("Morph").unwrap();
    chord(&mut tween, 48);
    let mut heard = 0.0f32;
    for _ in 0..50 {
        for step in 0..storm {
            let value = step as f64 / storm as f64;
            tween.send(64 + step, &HostEvent::Parameter { id: morph, value });
        }
        tween.process(64).unwrap();
        heard = heard.max(loudest(&tween, "late events"));
    }
    heard
}
