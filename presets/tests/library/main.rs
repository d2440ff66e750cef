//! The library, by what users do with it: import, find, keep, export, and what may go wrong.

mod collection;
mod file;
mod find;
mod import;
mod keep;
mod paths;

use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use presets::library::sound::TIMBRE_LEN;
use presets::library::{Features, Library, Measure, Options, Progress};
use presets::{Parameter, Patch};

/// A folder of a test's own, gone at its end.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Scratch {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        Scratch(folder)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    fn library(&self) -> Library {
        Library::at(self.path("library.sqlite"), Options::default())
    }

    /// Writes a file and says where.
    fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        path
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A patch unlike all others of other numbers.
fn patch(number: usize, name: &str) -> Patch {
    let mut patch = Patch::INIT;
    let mut state = number as u32 + 1;
    for parameter in Parameter::all() {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        patch.set(parameter, (state >> 16) as u8 % (parameter.spec().max + 1));
    }
    patch.set_name(name);
    patch
}

/// A measure that plays nothing: its numbers come from the patch's, so that near patches have near
/// features.
struct Numbers;

impl Measure for Numbers {
    fn version(&self) -> u32 {
        1
    }

    fn measure(&self, patch: &Patch) -> Features {
        let values = patch.values();
        let silent = patch == &Patch::from_values(&[0; Parameter::COUNT], patch.name_bytes());
        Features {
            brightness: 100.0 * f32::from(patch.get(Parameter::LFO_SPEED)),
            attack: 0.01,
            sustain: -f32::from(patch.get(Parameter::LFO_DELAY)),
            loudness: if silent { -120.0 } else { -12.0 },
            pitched: 1.0,
            timbre: std::array::from_fn::<_, TIMBRE_LEN, _>(|i| f32::from(values[3 * i])),
        }
    }
}

/// Takes no notice of any progress.
fn go_on(_: &Progress) -> ControlFlow<()> {
    ControlFlow::Continue(())
}
