//! Tween in this process, as a host sees it.

#![allow(dead_code, reason = "every test binary uses another part of it")]

use std::path::{Path, PathBuf};

use engine::{EngineKind, MorphTable, NoteAddress};
use host_bridge::{ClapBundle, ClapInstance};
use nice_assert_no_alloc::AllocDisabler;
use plugin::session::{Choice, PathKind, Session};
use plugin::state::Saved;
use presets::{PACKED_LEN, Patch};
use serde_json::Value;

/// Ends the test at an allocation in `process()`: see `plugin::border`.
#[global_allocator]
static ALLOCATOR: AllocDisabler = AllocDisabler;

/// The id that songs know the plug-in by.
pub const ID: &str = "audio.tween.tween";
pub const RATE: f64 = 48_000.0;

/// The finished CLAP file, where `TWEEN_BUNDLES` names the folder that `cargo xtask test` built it in.
pub fn finished() -> Option<PathBuf> {
    let folder = std::env::var_os("TWEEN_BUNDLES").map(PathBuf::from)?;
    Some(folder.join("Tween.clap"))
}

/// A new instance, not activated.
pub fn instance() -> ClapInstance {
    let bundle = ClapBundle::linked(&plugin::clap_entry, Path::new("/Tween.clap")).unwrap();
    bundle.instantiate(ID).unwrap()
}

/// An instance with these ends and the linear path between them, ready to play.
pub fn playing(a: &Patch, b: &Patch) -> ClapInstance {
    let mut tween = instance();
    load(&mut tween, &session(a, b));
    tween.activate(RATE, 512).unwrap();
    tween
}

pub fn session(a: &Patch, b: &Patch) -> Saved {
    let choice = |patch: &Patch| Choice {
        patch: *patch,
        origin: String::new(),
    };
    let session = Session {
        a: choice(a),
        b: choice(b),
        path: PathKind::Linear,
        engine: EngineKind::Modern,
        ..Session::default()
    };
    Saved::new(&session, &MorphTable::linear(a, b), true)
}

/// Gives the instance a state that differs from its own in the session alone.
pub fn load(tween: &mut ClapInstance, session: &Saved) {
    let mut state = unwrap_state(&tween.save_state().unwrap());
    state["fields"]["session"] = serde_json::to_string(session).unwrap().into();
    tween.load_state(&wrap_state(&state)).unwrap();
}

/// The JSON in a state: eight bytes of its length go before it.
pub fn unwrap_state(bytes: &[u8]) -> Value {
    serde_json::from_slice(&bytes[8..]).unwrap()
}

pub fn wrap_state(state: &Value) -> Vec<u8> {
    let json = serde_json::to_vec(state).unwrap();
    let mut bytes = (json.len() as u64).to_le_bytes().to_vec();
    bytes.extend(json);
    bytes
}

pub fn note(key: u8, note_id: i32) -> NoteAddress {
    NoteAddress {
        channel: Some(0),
        key: Some(key),
        note_id: Some(note_id),
    }
}

/// Patches to try: the factory bank, and of the voices of the wild, where they are at hand, some.
pub fn patches() -> Vec<Patch> {
    let mut patches: Vec<Patch> = presets::factory::all().iter().map(|f| f.patch).collect();
    let wild = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/dx7-voices.bin");
    match std::fs::read(&wild) {
        Ok(bytes) => {
            let voices = bytes.chunks_exact(PACKED_LEN).step_by(301);
            patches.extend(voices.map(|voice| Patch::from_packed(voice.try_into().unwrap()).0));
        }
        Err(error) => println!(
            "only the factory bank is tried: {}: {error}",
            wild.display()
        ),
    }
    patches
}

/// Numbers without order, always the same: 0 to 2^32 - 1.
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u32 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 32) as u32
    }

    pub fn below(&mut self, end: usize) -> usize {
        self.next() as usize % end
    }
}
