//! Hosting plug-ins that misbehave, compiled into this test: each fault is a value, and what played
//! before it ends without a click.

mod stub;

use std::sync::atomic::Ordering;

use engine::{EngineKind, Event as Play, MorphTable, NoteAddress};
use host_bridge::hosted::{Fault, Format, Hosted, HostedError, HostedSynth};
use presets::Patch;
use stub::{CALLED_BACK, RINGING};

const RATE: f64 = 48_000.0;

fn open<const WRONG: u8>() -> Result<(Hosted, HostedSynth), HostedError> {
    stub::open::<WRONG>(RATE)
}

fn address(key: u8) -> NoteAddress {
    NoteAddress {
        channel: Some(0),
        key: Some(key),
        note_id: None,
    }
}

fn on(key: u8) -> Play {
    Play::NoteOn {
        address: address(key),
        velocity: 100,
    }
}

fn off(key: u8) -> Play {
    Play::NoteOff {
        address: address(key),
    }
}

/// From feedback 0 to feedback 7: a stub's level tells where on the path a note began.
fn table() -> MorphTable {
    let end = |feedback| {
        let mut patch = Patch::INIT;
        patch.set(presets::Parameter::FEEDBACK, feedback);
        patch
    };
    MorphTable::linear(&end(0), &end(7))
}

fn level(synth: &mut HostedSynth) -> f32 {
    let mut out = [0.0; 1024];
    synth.render(&mut out);
    *out.last().unwrap()
}

#[test]
fn what_cannot_be_made_is_an_error_that_says_so() {
    for (opened, call) in [
        (open::<1>(), "be made"),
        (open::<2>(), "be activated"),
        (open::<7>(), "state"),
    ] {
        let error = opened.err().map(|error| error.to_string());
        assert!(
            error.as_ref().is_some_and(|error| error.contains(call)),
            "{error:?}"
        );
    }
}

#[test]
fn a_text_file_named_dexed_is_an_error() {
    let folder = std::env::temp_dir().join(format!("tween-text-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("Dexed.clap");
    std::fs::write(&path, "no plug-in").unwrap();
    assert_eq!(
        Format::Clap.find_in(std::slice::from_ref(&folder)),
        std::slice::from_ref(&path)
    );
    let opened = Hosted::open(Format::Clap, &path, EngineKind::Modern, RATE);
    let error = opened.err().map(|error| error.to_string()).unwrap();
    assert!(error.contains("is not a CLAP plug-in"), "{error}");
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn faults_while_playing_silence_the_synth_without_a_click() {
    for (opened, fault) in [
        (open::<3>(), Fault::Process),
        (open::<4>(), Fault::NotFinite),
        (open::<5>(), Fault::TooSlow),
    ] {
        let (hosted, mut synth) = opened.unwrap();
        level(&mut synth);
        assert_eq!(synth.fault(), None);
        synth.event(&on(60), &table(), 0.0);
        let mut out = [0.0; 512];
        synth.render(&mut out);
        assert_eq!(synth.fault(), Some(fault));
        assert!(out.iter().all(|sample| sample.is_finite()));
        assert_eq!(level(&mut synth), 0.0, "{fault}");
        assert_eq!(
            synth.ended().count(),
            1,
            "the host is told that its note is over"
        );
        hosted.close(synth);
    }
}

#[test]
fn a_plugin_that_asks_is_called_back_on_its_main_thread() {
    let (mut hosted, mut synth) = open::<6>().unwrap();
    level(&mut synth);
    assert_eq!(CALLED_BACK.load(Ordering::Relaxed), 0);
    hosted.pump();
    assert_eq!(CALLED_BACK.load(Ordering::Relaxed), 2, "one per instance");
    hosted.close(synth);
}

#[test]
fn new_notes_take_the_new_sound_and_held_ones_keep_theirs() {
    let (hosted, mut synth) = open::<0>().unwrap();
    assert_eq!(hosted.about().version, "9.9");
    let table = table();
    synth.event(&on(60), &table, 0.0);
    assert_eq!(level(&mut synth), 0.1);
    synth.event(&on(64), &table, 1.0);
    assert!((level(&mut synth) - 0.9).abs() < 1e-6, "0.1 held, 0.8 new");
    // Both instances hold a note: a third sound has to wait, but its note plays.
    synth.event(&off(64), &table, 1.0);
    synth.event(&on(67), &table, 0.5);
    synth.event(&on(69), &table, 0.0);
    assert_eq!(
        synth.voices(),
        3,
        "64 ended when its instance took another sound"
    );
    synth.event(
        &Play::Controller {
            number: 123,
            value: 0,
        },
        &table,
        0.0,
    );
    assert_eq!(level(&mut synth), 0.0, "no note is stuck");
    hosted.close(synth);
}

#[test]
fn a_cut_is_faded() {
    let (hosted, mut synth) = open::<0>().unwrap();
    let table = table();
    for (key, position) in [(RINGING, 0.0), (RINGING + 1, 1.0)] {
        synth.event(&on(key), &table, position);
        synth.event(&off(key), &table, position);
    }
    // On Dexed's grid of 64 samples, because the stub cuts at once.
    let mut out = [0.0; 1024];
    synth.render(&mut out[..512]);
    synth.event(&on(60), &table, 0.4);
    synth.render(&mut out[512..]);
    let steps = out[400..].windows(2).map(|pair| (pair[1] - pair[0]).abs());
    let largest = steps.fold(0.0, f32::max);
    assert!(largest > 0.0 && largest < 0.005, "{largest}");
    hosted.close(synth);
}
