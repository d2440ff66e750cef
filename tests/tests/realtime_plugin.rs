//! `process()` of the plug-in takes and gives back no memory, whatever happens around it: an
//! allocation in it aborts this test.

mod bare_host;
mod tween;

use std::fs::File;
use std::hint;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bare_host::Host;
use engine::{EngineKind, Event};
use host_bridge::{HostEvent, Note, Phrase, Step, render_note};
use nice_assert_no_alloc::assert_no_alloc;
use nice_plug::prelude::NoteEvent;
use plugin::audio_thread::AudioThread;
use plugin::border;
use plugin::parameters::Parameters;
use plugin::session::{Choice, End};
use plugin::shared::{Progress, Shared};
use plugin::worker::Stage;
use presets::FractionalPatch;
use tween::{RATE, Random, note};

/// What all of these tests rest on: what must not be inside the border ends the program.
#[test]
fn what_takes_memory_inside_the_border_ends_the_program() {
    const NAME: &str = "what_takes_memory_inside_the_border_ends_the_program";
    const CHILD: &str = "TWEEN_CROSSES_THE_BORDER";
    let cross = match std::env::var(CHILD) {
        Ok(what) if what == "memory" => || drop(hint::black_box(Box::new(1u8))),
        // RealtimeSanitizer alone sees this: nothing is allocated.
        Ok(_) => || drop(hint::black_box(File::open("/"))),
        Err(_) => {
            let crossings: &[&str] = if cfg!(rtsan) {
                &["memory", "file"]
            } else {
                println!("not built with RealtimeSanitizer: memory alone is watched");
                &["memory"]
            };
            for what in crossings {
                let mut child = Command::new(std::env::current_exe().unwrap());
                child
                    .args(["--exact", NAME, "--nocapture"])
                    .env(CHILD, what);
                let ended = child.output().unwrap();
                assert!(!ended.status.success(), "{what} was let through");
            }
            return;
        }
    };
    border::inside(cross);
    // Not reached; if it is, the parent says so.
}

#[test]
fn process_takes_no_memory() {
    let patches = tween::patches();
    let mut random = Random(1);
    let mut tween = tween::playing(&patches[0], &patches[1]);
    let morph = tween.parameter("Morph").unwrap();
    let mut sounded = 0;
    for block in 0..3000 {
        // A project is opened, or the user chooses: the table changes under the notes.
        if block % 50 == 49 {
            let [a, b] = [0; 2].map(|_| patches[random.below(patches.len())]);
            tween::load(&mut tween, &tween::session(&a, &b));
        }
        let mut phrase = Phrase::new(64);
        for _ in 0..random.below(6) {
            let address = note(30 + random.below(70) as u8, random.below(200) as i32);
            let value = random.below(128) as u8;
            let event = match random.below(9) {
                0..3 => Event::NoteOn {
                    address,
                    velocity: value,
                },
                3..6 => Event::NoteOff { address },
                6 => Event::Choke { address },
                7 => Event::NotePosition {
                    address,
                    offset: f32::from(value) / 64.0 - 1.0,
                },
                _ => Event::Controller {
                    number: value,
                    value: 127 - value,
                },
            };
            phrase.step(random.below(64), Step::Play(event));
        }
        phrase.step(
            random.below(64),
            Step::Morph(random.below(1000) as f32 / 999.0),
        );
        for (at, event) in HostEvent::score(&phrase, Some(morph)) {
            tween.send(at, &event);
        }
        assert_no_alloc(|| tween.process(64)).unwrap();
        sounded += usize::from(tween.block()[0].iter().any(|&sample| sample != 0.0));
        tween.pump();
    }
    assert!(sounded > 2000, "only {sounded} blocks of 3000 sounded");
}

fn modulate(host: &mut Host, id: u8, offset: f32) {
    host.events.push_back(NoteEvent::PolyModulation {
        timing: 0,
        voice_id: id.into(),
        poly_modulation_id: plugin::parameters::MORPH_MODULATION,
        normalized_offset: offset,
    });
}

/// The user chooses in the editor while a chord is held and swept: what was chosen plays in the same
/// block, the worker finds its paths, and the audio thread takes no memory for any of them.
#[test]
fn choosing_under_a_chord_plays_at_once_and_takes_no_memory() {
    let (shared, tables) = Shared::new();
    let parameters = Parameters::new(Arc::new(shared));
    let shared = &parameters.shared;
    let (remote, player) = plugin::audition::channel(Shared::new().0.repaint());
    let mut audio = AudioThread::new(tables, player);
    audio.prepare(RATE, &parameters);
    let mut host = Host::new(RATE);
    let (mut left, mut right) = ([0.0; 64], [0.0; 64]);
    let mut block = |host: &mut Host, audio: &mut AudioThread| {
        audio.process(&mut [&mut left, &mut right], &parameters, host);
        left
    };

    // Morph is at A: a note in the block after the choice is already A's.
    let first = Note {
        key: 60,
        velocity: 100,
        hold_s: 1.0,
        total_s: 64.0 / RATE,
    };
    for place in [7, 50, 21] {
        audio.reset(&parameters);
        let choice = Choice::factory(place);
        let patch = FractionalPatch::from(&choice.patch);
        shared.choose(End::A, choice);
        host.press(1, 60);
        let expected = render_note(&patch, &first, RATE, EngineKind::Modern);
        assert!(block(&mut host, &mut audio)[..] == expected[..]);
    }

    remote.open();
    for (id, key) in [(2, 48), (3, 55), (4, 64)] {
        host.press(id, key);
    }
    for place in [70, 12] {
        shared.choose(End::B, Choice::factory(place));
        let asked = Instant::now();
        let (mut blocks, mut even) = (0u32, None);
        loop {
            let progress = shared.snapshot().progress;
            if let Progress::Failed(reason) = &progress {
                panic!("the worker gave up: {reason}");
            }
            let listens = matches!(progress, Progress::Working(Stage::Trail, _));
            if even.is_none() && (listens || matches!(progress, Progress::Ready(_))) {
                even = Some(asked.elapsed());
            }
            if matches!(progress, Progress::Ready(_)) {
                break;
            }
            assert!(asked.elapsed() < Duration::from_secs(120), "{progress:?}");
            blocks += 1;
            let sweep = 0.5 - 0.5 * (blocks as f32 / 400.0).cos();
            for (id, share) in [(2, 1.0), (3, 0.5), (4, -1.0)] {
                modulate(&mut host, id, sweep * share);
            }
            block(&mut host, &mut audio);
            let mut expected = [sweep, 0.5 * sweep, 0.0, 0.0];
            expected.sort_by(f32::total_cmp);
            let mut found = remote.voices();
            found.sort_by(f32::total_cmp);
            assert!(found.len() <= 4, "{found:?}");
            if let Some(top) = found.last() {
                assert!(*top <= expected[3] + 1e-3 && found[0] >= 0.0, "{found:?}");
            }
            std::thread::yield_now();
        }
        println!("the even path was there after {even:?} and {blocks} blocks beside it");
        assert!(blocks > 0);
    }
}
