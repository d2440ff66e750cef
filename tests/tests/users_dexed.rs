//! The user's Dexed in place of the built-in synth, with stubs that play one level for each patch and
//! misbehave: whatever they do, the plug-in plays on without a click, takes no memory while it plays,
//! leaves no note behind, and says what is wrong.

mod bare_host;
#[path = "../../host-bridge/tests/stub/mod.rs"]
mod stub;
mod tween;

use std::sync::Arc;
use std::time::{Duration, Instant};

use bare_host::Host;
use engine::MorphTable;
use host_bridge::clap_host::OutEvent;
use host_bridge::hosted::{Fault, Hosted, HostedError, HostedSynth};
use host_bridge::{Format, HostEvent, Note, render_note};
use nice_assert_no_alloc::assert_no_alloc;
use nice_plug::params::persist::PersistentField;
use plugin::audio_thread::AudioThread;
use plugin::keeper::{self, Open, Standing, Wish};
use plugin::parameters::Parameters;
use plugin::session::{Choice, Dexed, End, PathKind, Session};
use plugin::shared::Shared;
use plugin::state::Saved;
use presets::{FractionalPatch, Parameter, Patch};
use tween::{RATE, note};

/// Samples of a block.
const BLOCK: usize = 64;
/// The largest step from one sample to the next that fading the stubs' levels into each other makes:
/// they play up to 0.8, and a fade lasts 960 samples.
const STEP: f32 = 0.8 / 960.0 * 1.5;

fn open<const WRONG: u8>(wish: &Wish, _: &Dexed) -> Result<(Hosted, HostedSynth), HostedError> {
    stub::open::<WRONG>(wish.rate)
}

fn dexed() -> Option<Dexed> {
    Some(Dexed {
        format: Format::Clap,
        path: "/no/such/Dexed.clap".into(),
    })
}

/// The plug-in's audio thread and what it shares, both ends the same patch of this feedback, of which a
/// stub makes its level.
struct Rig {
    parameters: Parameters,
    audio: AudioThread,
    host: Host,
}

impl Rig {
    fn new(open: Open, feedback: u8) -> Rig {
        let (shared, arrivals) = Shared::with(open);
        let parameters = Parameters::new(Arc::new(shared));
        let (_, player) = plugin::audition::channel(parameters.shared.repaint());
        let mut rig = Rig {
            audio: AudioThread::new(arrivals, player),
            parameters,
            host: Host::new(RATE),
        };
        let mut patch = Patch::INIT;
        patch.set(Parameter::FEEDBACK, feedback);
        rig.parameters.shared.change(|session| {
            session.path = PathKind::Linear;
            for end in End::BOTH {
                *session.end_mut(end) = Choice {
                    patch,
                    origin: String::new(),
                };
            }
        });
        rig.activate();
        rig
    }

    fn activate(&mut self) -> u32 {
        self.audio.part(Some(RATE));
        let delay = self.parameters.shared.activate(RATE);
        self.audio.prepare(RATE, &self.parameters);
        delay
    }

    /// The next block; and whether anything sounds.
    fn block(&mut self) -> ([f32; BLOCK], bool) {
        let (mut left, mut right) = ([0.0; BLOCK], [0.0; BLOCK]);
        let Rig {
            parameters,
            audio,
            host,
        } = self;
        let sounds = audio.process(&mut [&mut left, &mut right], parameters, host);
        assert_eq!(left, right);
        (left, sounds)
    }

    fn blocks(&mut self, count: usize) -> Vec<f32> {
        (0..count).flat_map(|_| self.block().0).collect()
    }

    /// Plays until the keeper says so, and as long again as a fade takes.
    fn until(&mut self, wanted: impl Fn(&Standing) -> bool) -> Vec<f32> {
        let begun = Instant::now();
        let mut played = Vec::new();
        loop {
            played.extend(self.block().0);
            let standing = self.parameters.shared.snapshot().standing;
            if wanted(&standing) {
                break;
            }
            assert!(begun.elapsed() < Duration::from_secs(60), "{standing:?}");
            std::thread::yield_now();
        }
        played.extend(self.blocks(40));
        played
    }

    fn silent_at_last(&mut self) {
        let over = (0..20_000).any(|_| !self.block().1);
        assert!(over, "a note is stuck");
    }
}

impl Drop for Rig {
    fn drop(&mut self) {
        self.audio.part(None);
        self.parameters.shared.retire();
    }
}

fn largest_step(samples: &[f32]) -> f32 {
    let steps = samples.windows(2).map(|pair| (pair[1] - pair[0]).abs());
    steps.fold(0.0, f32::max)
}

#[test]
fn chosen_while_a_chord_sounds_it_takes_over_and_gives_back_without_a_click() {
    let mut rig = Rig::new(open::<0>, 5);
    for (id, key) in [(1, 48), (2, 55), (3, 60)] {
        rig.host.press(id, key);
    }
    let chord = rig.blocks(200);
    let usual = largest_step(&chord);
    assert!(usual > 0.0);

    rig.parameters.shared.choose_dexed(dexed());
    let fading = rig.until(|standing| *standing == Standing::Plays("9.9".to_owned()));
    assert!(largest_step(&fading) <= usual * 1.01, "a click");
    assert_eq!(fading.last(), Some(&0.0), "the chord is over");
    rig.silent_at_last();

    // Notes are Dexed's now: a stub plays a tenth for each step of feedback, from 1 on.
    rig.host.press(4, 60);
    let held = rig.blocks(20);
    assert!((held.last().unwrap() - 0.6).abs() < 1e-6);

    rig.parameters.shared.choose_dexed(None);
    let fading = rig.until(|standing| *standing == Standing::BuiltIn);
    assert!(largest_step(&fading) <= STEP, "{}", largest_step(&fading));
    // Its next note is the built-in synth's, as if nothing had been.
    rig.silent_at_last();
    rig.audio.reset(&rig.parameters);
    rig.host.press(5, 62);
    let patch = FractionalPatch::from(&rig.parameters.shared.snapshot().session.a.patch);
    let note = Note {
        key: 62,
        velocity: 100,
        hold_s: 1.0,
        total_s: BLOCK as f64 / RATE,
    };
    let expected = render_note(&patch, &note, RATE, engine::EngineKind::Modern);
    assert!(rig.block().0[..] == expected[..]);
}

#[test]
fn what_was_chosen_plays_from_the_first_sample_after_activation() {
    let mut rig = Rig::new(open::<0>, 3);
    rig.parameters.shared.choose_dexed(dexed());
    for _ in 0..3 {
        assert_eq!(rig.activate(), 0);
        rig.host.press(1, 60);
        assert!(rig.blocks(4).iter().all(|&sample| sample == 0.4));
        rig.host.release(1, 60);
        rig.silent_at_last();
    }
}

#[test]
fn one_that_cannot_be_had_is_said_and_the_built_in_synth_plays_on() {
    let opens: [(Open, &str); 4] = [
        (open::<1>, "be made"),
        (open::<2>, "be activated"),
        (open::<7>, "state"),
        (keeper::open, "/no/such/Dexed.clap"),
    ];
    for (open, said) in opens {
        let mut rig = Rig::new(open, 5);
        rig.host.press(1, 60);
        let usual = largest_step(&rig.blocks(200));
        rig.parameters.shared.choose_dexed(dexed());
        let played = rig.until(
            |standing| matches!(standing, Standing::Missing(reason) if reason.contains(said)),
        );
        assert!(largest_step(&played) <= usual * 1.01);
        assert!(played[played.len() - BLOCK..].iter().any(|&s| s != 0.0));
        rig.host.release(1, 60);
        rig.silent_at_last();
    }
}

#[test]
fn one_that_fails_while_it_plays_is_said_and_the_built_in_synth_takes_its_place() {
    let opens: [(Open, Fault); 3] = [
        (open::<3>, Fault::Process),
        (open::<4>, Fault::NotFinite),
        (open::<5>, Fault::TooSlow),
    ];
    for (open, fault) in opens {
        let mut rig = Rig::new(open, 5);
        rig.parameters.shared.choose_dexed(dexed());
        rig.activate();
        rig.host.press(1, 60);
        let played = rig.until(|standing| *standing == Standing::Missing(fault.to_string()));
        assert!(played.iter().all(|sample| sample.is_finite()), "{fault}");
        rig.host.release(1, 60);
        rig.silent_at_last();
        rig.host.press(2, 60);
        assert!(
            rig.blocks(40).iter().any(|&sample| sample != 0.0),
            "{fault}"
        );
    }
}

#[test]
fn a_song_saved_with_a_dexed_that_is_gone_opens_says_so_and_keeps_the_choice() {
    let session = Session {
        path: PathKind::Linear,
        dexed: dexed(),
        ..Session::default()
    };
    let [a, b] = session.ends();
    let saved = Saved::new(&session, &MorphTable::linear(&a, &b), true);
    let mut rig = Rig::new(keeper::open, 0);
    PersistentField::set(&rig.parameters.shared, saved);
    rig.until(|standing| matches!(standing, Standing::Missing(reason) if reason.contains("Dexed")));
    rig.host.press(1, 60);
    assert!(rig.blocks(40).iter().any(|&sample| sample != 0.0));
    let saved = PersistentField::map(&rig.parameters.shared, Saved::clone);
    let again = saved.restore().expect("a state").session;
    assert_eq!(again.dexed, dexed());
}

#[test]
fn choosing_over_and_over_while_notes_come_and_go_leaves_nothing_behind() {
    let mut rig = Rig::new(open::<6>, 2);
    for round in 0..30u8 {
        let choice = (round % 3 != 0).then(dexed).flatten();
        rig.parameters.shared.choose_dexed(choice.clone());
        for note in 0..6 {
            rig.host.press(note, 50 + note);
            rig.blocks(usize::from(note));
            rig.host.release(note, 50 + note);
            rig.blocks(3);
        }
    }
    rig.parameters.shared.choose_dexed(None);
    rig.until(|standing| *standing == Standing::BuiltIn);
    rig.silent_at_last();
}

/// Where a real Dexed lies, for whoever has one.
const REAL: &str = "TWEEN_DEXED";

#[test]
fn a_minute_of_morphing_through_a_real_dexed_drops_nothing_and_leaves_nothing() {
    let Some(path) = std::env::var_os(REAL) else {
        println!("skipped: {REAL} does not say where a Dexed is");
        return;
    };
    let dexed = minute(Some(Dexed::at(path.into())));
    let built_in = minute(None);
    // Of the built-in synth, sounding notes move as well: what is heard must be another synth.
    let apart = dexed.iter().zip(&built_in).map(|(a, b)| (a - b).abs());
    let largest = apart.fold(0.0, f32::max);
    println!(
        "samples step by {} at most, of the built-in synth by {}; they are up to {largest} apart",
        largest_step(&dexed),
        largest_step(&built_in)
    );
    assert!(largest > 0.01, "it was not Dexed that played");
}

/// A minute of chords under a moving Morph, through the whole plug-in.
fn minute(dexed: Option<Dexed>) -> Vec<f32> {
    let session = Session {
        path: PathKind::Linear,
        dexed,
        ..Session::default()
    };
    let [a, b] = session.ends();
    let saved = Saved::new(&session, &MorphTable::linear(&a, &b), true);
    let mut tween = tween::instance();
    tween::load(&mut tween, &saved);
    tween.activate(RATE, BLOCK).unwrap();
    let morph = tween.parameter("Morph").unwrap();

    // A chord of three every half second, each held for nine tenths of one, while Morph goes there
    // and back every twenty seconds; then as long a rest as the last one needs.
    let blocks_of = |seconds: f64| (seconds * RATE / BLOCK as f64) as usize;
    let (every, held, minute) = (blocks_of(0.5), blocks_of(0.9), blocks_of(60.0));
    let chord = |begun: usize| {
        let number = begun / every;
        [40, 47, 56].map(|key| {
            note(
                key + (number % 12) as u8,
                (number * 100) as i32 + key as i32,
            )
        })
    };
    let (mut pressed, mut ended, mut unheard, mut energy) = (0, 0, 0, 0.0f32);
    let mut played = Vec::new();
    for block in 0..minute + blocks_of(20.0) {
        if block < minute && block % every == 0 {
            for address in chord(block) {
                let velocity = 0.8;
                tween.send(0, &HostEvent::NoteOn { address, velocity });
                pressed += 1;
            }
        }
        if block >= held && block < minute + held && (block - held) % every == 0 {
            for address in chord(block - held) {
                tween.send(0, &HostEvent::NoteOff { address });
            }
        }
        let turn = block as f64 / blocks_of(20.0) as f64;
        let value = 0.5 - 0.5 * (turn * std::f64::consts::TAU).cos();
        tween.send(0, &HostEvent::Parameter { id: morph, value });
        assert_no_alloc(|| tween.process(BLOCK)).unwrap();
        let samples = tween.block()[0];
        energy += samples.iter().map(|sample| sample * sample).sum::<f32>();
        played.extend_from_slice(samples);
        let over = |(_, event): &(usize, OutEvent)| matches!(event, OutEvent::NoteEnd(_));
        ended += tween.told().filter(over).count();
        if block < minute && block % every == every - 1 {
            unheard += usize::from(std::mem::take(&mut energy) < 1e-3);
        }
    }
    println!("{pressed} notes begun, {ended} over; {unheard} chords unheard");
    assert_eq!(ended, pressed, "each note is over once");
    assert_eq!(unheard, 0);
    let rest = &played[played.len() - BLOCK..];
    assert!(rest.iter().all(|s| s.abs() < 1e-4), "something sounds on");
    played
}
