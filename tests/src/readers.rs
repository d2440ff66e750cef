//! What must hold of every reader of foreign bytes, whatever they are: nothing panics, an error has a
//! text, no more comes out than went in, and what was taken can be written and read again.
//!
//! The targets of `tests/fuzz` call these with what libFuzzer thinks of, the mutation tests with
//! damaged copies, and `tests/seeds.rs` with the files in `fuzz/seeds`. Each says whether it took the
//! bytes.

use std::convert::Infallible;
use std::fs;
use std::path::Path;
use std::sync::LazyLock;
use std::time::Duration;

use host_bridge::scala::{self, KeyboardMap, Scale};
use model::Spinvae;
use model::checkpoint::Checkpoint;
use model::compact::Compact;
use model::convert::stored;
use model::pickle::PickleFile;
use model::pool::Pool;
use nice_plug::plugin::ParamValue;
use nice_plug::prelude::PluginState;
use plugin::parameters::{LISTS, RANGES};
use plugin::state::{Saved, migrate_parameters};
use presets::library::source::{self, SourceFile};
use presets::library::{Library, LibraryError, Options, PathCache, Query, Wanted};
use presets::{PACKED_LEN, Parameter, Patch};

/// A reader under its name, which is that of its target and of its folder of seeds.
pub type Reader = (&'static str, fn(&[u8]) -> bool);

/// All of them.
pub const ALL: [Reader; 9] = [
    ("sysex", sysex),
    ("archive", archive),
    ("database", database),
    ("library", library),
    ("state", state),
    ("checkpoint", checkpoint),
    ("safetensors", safetensors),
    ("scale", scale),
    ("keyboard_map", keyboard_map),
];

/// Whether something was read; if not, why has a text.
fn has_text<T>(read: Result<T, impl std::fmt::Display>) -> bool {
    match read {
        Ok(_) => true,
        Err(error) => {
            assert!(!error.to_string().is_empty());
            false
        }
    }
}

/// A file of sysex, or of packed voices.
pub fn sysex(bytes: &[u8]) -> bool {
    let mut taken = false;
    for result in [
        presets::sysex::read(bytes),
        presets::sysex::read_packed(bytes),
    ] {
        let import = match result {
            Ok(import) => import,
            refused => {
                has_text(refused);
                continue;
            }
        };
        taken = true;
        assert!(!import.patches.is_empty());
        assert!(import.patches.len() <= bytes.len() / PACKED_LEN);
        assert!(import.stray_bytes <= bytes.len());
        assert!(import.to_string().starts_with(&import.summary()));
        let voices: usize = import.sources.iter().map(|source| source.voices).sum();
        assert_eq!(voices, import.patches.len());
        for found in &import.patches {
            let source = &import.sources[found.source];
            assert!(found.number < source.voices && source.offset < bytes.len());
            is_kept(&found.patch);
        }
    }
    taken
}

/// A patch is in range, and a DX7 gives it back.
fn is_kept(patch: &Patch) {
    assert!(Parameter::all().all(|p| patch.get(p) <= p.spec().max));
    let again = presets::sysex::read(&presets::sysex::single(patch, 0)).unwrap();
    assert!(again.is_clean() && again.patches[0].patch == *patch);
}

/// An archive that a user imports.
pub fn archive(bytes: &[u8]) -> bool {
    // A member has 46 bytes in the directory, deflate makes at most 1032 bytes of one.
    let most = (bytes.len() / 46).saturating_mul(bytes.len() * 1032 / PACKED_LEN);
    imported("archive.zip", bytes, most)
}

/// A database of SPINVAE's that a user imports.
pub fn database(bytes: &[u8]) -> bool {
    // A row has at least five bytes: its place, its length, its number and what it holds.
    imported("database.sqlite", bytes, bytes.len() / 5)
}

/// Reads a file as an import does; it has at most so many patches.
fn imported(name: &str, bytes: &[u8], most: usize) -> bool {
    let path = std::env::temp_dir().join(format!("tween-{}-{name}", std::process::id()));
    fs::write(&path, bytes).unwrap();
    let file = SourceFile {
        path,
        size: bytes.len() as i64,
        modified: 0,
    };
    let (mut notes, mut voices) = (Vec::new(), 0);
    let read = source::read(&file, &mut notes, |bank| {
        for (voice, place) in bank.voices.iter().zip(0..) {
            assert_eq!(voice.position, place);
            assert!(voice.cleaned <= Parameter::COUNT as u32);
            is_kept(&voice.patch);
        }
        voices += bank.voices.len();
        Ok::<(), Infallible>(())
    });
    fs::remove_file(&file.path).unwrap();
    assert!(voices <= most, "{voices} patches of {} bytes", bytes.len());
    assert!(notes.iter().all(|note| !note.is_empty()));
    has_text(read)
}

/// The file of a user's library, damaged: what is read of it is whole, and a repair leaves a sound one.
pub fn library(bytes: &[u8]) -> bool {
    let folder = std::env::temp_dir().join(format!("tween-{}-library", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let path = folder.join("library.sqlite");
    fs::write(&path, bytes).unwrap();
    let options = Options {
        wait: Duration::ZERO,
        ..Options::default()
    };
    let mut library = Library::at(&path, options);
    let read = look_through(&mut library);
    look_for_a_path(&path, options);
    let healed = library.repair().map(|_| library.check());
    if let Ok(health) = healed {
        assert!(health.unwrap().is_sound());
        has_text(look_through(&mut library));
        if let Some(found) = look_for_a_path(&path, options) {
            assert_eq!(found, PATH);
        }
    }
    drop(library);
    fs::remove_dir_all(&folder).unwrap();
    has_text(read)
}

/// What is kept of a path here.
const PATH: &[u8] = b"a path";

/// Looks for a path that was found, keeps it, and looks again. That it cannot be had is no matter.
fn look_for_a_path(library: &Path, options: Options) -> Option<Vec<u8>> {
    let mut paths = PathCache::at(library, options);
    let wanted = Wanted {
        a: Patch::INIT,
        b: Patch::INIT,
        engine: "modern",
        kind: "even",
        model: [0; 32],
        search: "seed".to_owned(),
    };
    has_text(paths.get(&wanted));
    match has_text(paths.put(&wanted, PATH)) {
        true => paths.get(&wanted).ok().flatten(),
        false => None,
    }
}

/// Reads what a browser shows.
fn look_through(library: &mut Library) -> Result<(), LibraryError> {
    let all = Query {
        silent: true,
        ..Query::default()
    };
    for found in library.search(&all, 0, 1000)? {
        is_kept(&library.preset(found.id)?.patch);
    }
    for (id, _) in library.cartridges()? {
        library.cartridge_patches(id)?.iter().for_each(is_kept);
    }
    library.map()?;
    Ok(())
}

/// The state in a song: all of it as a host keeps it, or the session that is a part of it.
pub fn state(bytes: &[u8]) -> bool {
    // The host's has its length before it, in eight bytes.
    let whole = bytes.get(8..).map(serde_json::from_slice::<PluginState>);
    let session = match whole {
        Some(Ok(mut state)) => {
            migrate_parameters(&mut state);
            are_in_range(&state);
            state.fields.remove("session").unwrap_or_default().into()
        }
        _ => bytes.to_vec(),
    };
    let Ok(saved) = serde_json::from_slice::<Saved>(&session) else {
        return false;
    };
    has_text(saved.restore().map(|restored| {
        let session = &restored.session;
        for choice in [&session.a, &session.b] {
            is_kept(&choice.patch);
        }
        let again = Saved::new(session, &restored.table, restored.found);
        let text = serde_json::to_vec(&again).unwrap();
        let again: Saved = serde_json::from_slice(&text).unwrap();
        let again = again.restore().unwrap();
        assert_eq!(again.session, *session);
        assert!(*again.table == *restored.table && again.remade.is_none());
        assert_eq!(again.found, restored.found);
    }))
}

/// A host takes any number for a parameter's value.
fn are_in_range(state: &PluginState) {
    for (id, min, max, _) in RANGES {
        match state.params.get(id) {
            None => {}
            Some(ParamValue::F32(number)) => assert!((min..=max).contains(number), "{id} {number}"),
            Some(other) => panic!("{id} {other:?}"),
        }
    }
    for (id, max) in LISTS {
        match state.params.get(id) {
            None => {}
            Some(ParamValue::I32(place)) => assert!((0..=max).contains(place), "{id} {place}"),
            Some(other) => panic!("{id} {other:?}"),
        }
    }
}

/// A checkpoint of PyTorch, of either kind: all that converting one reads of it.
pub fn checkpoint(bytes: &[u8]) -> bool {
    let read = || {
        let mut file = PickleFile::from_bytes(bytes.to_vec())?;
        let mut tensors = std::collections::BTreeMap::new();
        for (name, tensor) in stored(&file)? {
            let tensor = file.read(&tensor)?;
            assert!(tensor.elem_count() <= bytes.len());
            tensors.insert(name, tensor);
        }
        let metadata = Default::default();
        Ok::<_, Error>(Checkpoint { tensors, metadata })
    };
    has_text(read().map(|checkpoint| is_written_and_read(&checkpoint)))
}

/// What the readers of weights return.
type Error = Box<dyn std::error::Error + Send + Sync>;

/// What is written of it is the same: names, shapes and every bit, also of what is no number.
fn is_written_and_read(checkpoint: &Checkpoint) {
    let again = Checkpoint::from_bytes(&checkpoint.to_bytes().unwrap()).unwrap();
    assert_eq!(again.metadata, checkpoint.metadata);
    assert!(again.tensors.keys().eq(checkpoint.tensors.keys()));
    for name in checkpoint.tensors.keys() {
        let bytes = |of: &Checkpoint| {
            let tensors = [(name.clone(), of.tensors[name].clone())].into();
            let metadata = Default::default();
            Checkpoint { tensors, metadata }.to_bytes().unwrap()
        };
        assert!(bytes(&again) == bytes(checkpoint), "{name}");
    }
}

/// Weights of a network, as ours are kept; where they are whole, the network computes.
pub fn safetensors(bytes: &[u8]) -> bool {
    static POOL: LazyLock<Pool> = LazyLock::new(|| Pool::new(1).unwrap());
    let read = || -> Result<(), Error> {
        let checkpoint = Checkpoint::from_bytes(bytes)?;
        assert!(checkpoint.values() <= bytes.len() / 2);
        is_written_and_read(&checkpoint);
        if !checkpoint.metadata.contains_key("config") {
            Spinvae::from_checkpoint(checkpoint, 1)?;
            return Ok(());
        }
        let (compact, decoded) = POOL.run(|| {
            let compact = Compact::load(bytes)?;
            let latents = compact.encode(&[Patch::INIT])?;
            let decoded = compact.decode(&latents)?;
            Ok((compact, decoded))
        })?;
        assert!(compact.latent_len() <= bytes.len());
        is_kept(&decoded[0].patch.round("DECODED"));
        Ok(())
    };
    has_text(read())
}

/// A scale of Scala's.
pub fn scale(bytes: &[u8]) -> bool {
    let scale = Scale::parse(&String::from_utf8_lossy(bytes));
    has_text(scale.map(|scale| plays(&scale, &KeyboardMap::default())))
}

/// A keyboard map of Scala's, with a scale that repeats at no octave.
pub fn keyboard_map(bytes: &[u8]) -> bool {
    static SCALE: LazyLock<Scale> =
        LazyLock::new(|| Scale::parse("fifths\n3\n9/8\n316.0\n3/2\n").unwrap());
    let map = KeyboardMap::parse(&String::from_utf8_lossy(bytes));
    has_text(map.map(|map| plays(&SCALE, &map)))
}

/// A scale and a keyboard map together, where both are taken.
pub fn tuning(scale: &[u8], map: &[u8]) -> bool {
    let [scale, map] = [scale, map].map(String::from_utf8_lossy);
    match (Scale::parse(&scale), KeyboardMap::parse(&map)) {
        (Ok(scale), Ok(map)) => {
            plays(&scale, &map);
            true
        }
        _ => false,
    }
}

/// Every key has a pitch that the engine can play.
fn plays(scale: &Scale, map: &KeyboardMap) {
    let tuning = scala::tuning(scale, map);
    let octaves = |key| f64::from(tuning.pitch(key)) / f64::from(1 << 24);
    assert!((-128..256).all(|key| (-8.0..=17.0).contains(&octaves(key))));
}
