//! The library under what happens to it in the wild: programs that are killed, forty of them at the
//! same time, folders that may not be written, and real sounds.

mod killed;
mod many;
mod rights;
mod sounds;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use end_to_end::numbered;
use presets::Cartridge;
use presets::library::{Library, Options};

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

    /// A folder of banks of 32 numbered patches each, without those before `first`.
    fn banks(&self, first: usize, banks: usize) -> PathBuf {
        let folder = self.path("banks");
        fs::create_dir_all(&folder).unwrap();
        for bank in 0..banks {
            let patches: Vec<_> = (0..32)
                .map(|place| numbered(first + 32 * bank + place))
                .collect();
            let bytes = Cartridge::new(&patches).unwrap().to_sysex(0);
            fs::write(folder.join(format!("bank-{bank:03}.syx")), bytes).unwrap();
        }
        folder
    }

    /// The program that uses the library, asked for that.
    fn user(&self, asked: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_library-user"));
        command.arg(asked).arg(self.path("library.sqlite"));
        command
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Numbers that look like chance, the same in every run.
struct Chance(u64);

impl Chance {
    /// A number below `end`.
    fn below(&mut self, end: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % end
    }
}
