//! The finished bundle, loaded from its file: it plays what the engine plays. `cargo xtask test`
//! builds it and says where it is in `TWEEN_BUNDLES`.

mod tween;

use std::path::PathBuf;

use engine::EngineKind;
use host_bridge::{ClapBundle, HostEvent, Note, Phrase, render_note};
use presets::FractionalPatch;
use tween::RATE;

const NOTE: Note = Note {
    key: 62,
    velocity: 93,
    hold_s: 0.2,
    total_s: 0.3,
};

/// The finished CLAP file, if there is one.
fn bundle() -> Option<PathBuf> {
    let file = tween::finished();
    if file.is_none() {
        println!("skipped: TWEEN_BUNDLES names no bundles, `cargo xtask test` builds them");
    }
    file
}

#[test]
fn it_is_not_large() {
    let Some(file) = bundle() else { return };
    let bytes = std::fs::metadata(&file).unwrap().len();
    assert!(bytes < 60_000_000, "{bytes} bytes");
}

#[test]
fn the_bundle_plays_both_ends_bit_for_bit() {
    let Some(file) = bundle() else { return };
    let bundle = ClapBundle::load(&file).unwrap();
    let mut playing = bundle.instantiate(tween::ID).unwrap();
    let bank = presets::factory::all();
    let (a, b) = (bank[0].patch, bank[bank.len() / 2].patch);
    tween::load(&mut playing, &tween::session(&a, &b));
    playing.activate(RATE, 256).unwrap();
    let id = playing.parameter("Morph").unwrap();
    let phrase = Phrase::of_note(&NOTE, RATE);
    for (value, patch) in [(0.0, a), (1.0, b)] {
        playing.reset();
        let mut score = vec![(0, HostEvent::Parameter { id, value })];
        score.extend(HostEvent::score(&phrase, None));
        let take = playing.perform(&score, phrase.samples(), &[]).unwrap();
        let patch = FractionalPatch::from(&patch);
        let alone = render_note(&patch, &NOTE, RATE, EngineKind::Modern);
        assert!(alone.iter().any(|sample| sample.abs() > 1e-3));
        assert!(take.left == alone && take.right == alone, "at {value}");
    }
}
