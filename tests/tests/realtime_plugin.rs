//! `process()` of the plug-in takes and gives back no memory, whatever happens around it: an
//! allocation in it aborts this test.

mod tween;

use engine::Event;
use host_bridge::{HostEvent, Phrase, Step};
use nice_assert_no_alloc::{AllocDisabler, assert_no_alloc};
use tween::{Random, note};

#[global_allocator]
static ALLOCATOR: AllocDisabler = AllocDisabler;

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
