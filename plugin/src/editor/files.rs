//! The file dialogs: what each is for, what it shows, and what comes of a choice.

use std::path::{Path, PathBuf};

use egui::{Align2, Ui, Vec2};
use egui_file_dialog::{FileDialog, Filter};
use presets::library::EXTENSIONS;
use presets::library::export::Existing;

use super::export::Export;
use super::view::Action;
use crate::library::Ask;
use crate::session::{Dexed, End};

/// What a file dialog is open for.
#[derive(Clone, Debug, PartialEq)]
pub enum Purpose {
    /// A sound for an end.
    Sound(End),
    /// A folder for the library.
    ImportFolder,
    /// Files for the library.
    ImportFiles,
    /// The user's own Dexed.
    Dexed,
    /// A file to be written, and the name that is proposed.
    Export(Export, String),
}

/// What a sound for an end may come from: no archives and databases, in which one would have to search.
const SOUNDS: [&str; 5] = ["syx", "sysex", "dx7", "bin", "mid"];
/// What a Dexed may be.
const PLUG_INS: [&str; 4] = ["clap", "so", "dll", "vst"];

/// The dialog that is open, and what is remembered of those before.
#[derive(Default)]
pub struct Memory {
    open: Option<(Purpose, FileDialog)>,
    /// Where the last choice was made; the next begins there.
    folder: Option<PathBuf>,
}

impl Memory {
    /// Opens a dialog.
    pub fn ask(&mut self, purpose: Purpose) {
        let folder = self.folder.clone().filter(|folder| folder.is_dir());
        let mut dialog = FileDialog::new()
            .title(&title(&purpose))
            .anchor(Align2::CENTER_CENTER, Vec2::ZERO)
            .default_size([640.0, 400.0])
            .initial_directory(folder.or_else(std::env::home_dir).unwrap_or_default());
        if cfg!(target_os = "linux") {
            // Device files say nothing to a musician, and what is on them lies in a folder as well.
            dialog = dialog.show_devices(false).show_removable_devices(false);
        }
        match &purpose {
            Purpose::Sound(_) => {
                dialog = only(dialog, "DX7 sounds", &SOUNDS);
                dialog.pick_file();
            }
            Purpose::ImportFiles => {
                dialog = only(dialog, "Sounds, archives", &EXTENSIONS);
                dialog.pick_multiple();
            }
            Purpose::ImportFolder => dialog.pick_directory(),
            Purpose::Dexed => {
                dialog = only(dialog, "Plug-ins", &PLUG_INS);
                dialog.pick_file();
            }
            Purpose::Export(_, name) => {
                dialog = dialog
                    .add_save_extension("DX7", "syx")
                    .default_save_extension("DX7")
                    .default_file_name(name);
                dialog.save_file();
            }
        }
        self.open = Some((purpose, dialog));
    }

    /// Whether a dialog has the keyboard.
    pub fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// Draws the dialog, if one is open, and says what the user chose.
    pub fn show(&mut self, ui: &Ui, actions: &mut Vec<Action>) {
        let Some((purpose, dialog)) = &mut self.open else {
            return;
        };
        dialog.update(ui.ctx());
        let several = dialog.take_picked_multiple();
        if let Some(paths) = several.or_else(|| dialog.take_picked().map(|path| vec![path])) {
            // What has no parent is a whole drive.
            let folder = |path: &PathBuf| path.parent().unwrap_or(path).to_owned();
            self.folder = paths.first().map(folder);
            actions.extend(chosen(purpose, paths));
            self.open = None;
        } else if *dialog.state() != egui_file_dialog::DialogState::Open {
            self.open = None;
        }
    }
}

fn title(purpose: &Purpose) -> String {
    match purpose {
        Purpose::Sound(end) => format!("Open a sound for {}", end.letter()),
        Purpose::ImportFolder => "Import a folder".to_owned(),
        Purpose::ImportFiles => "Import files".to_owned(),
        Purpose::Dexed => "Choose a Dexed".to_owned(),
        Purpose::Export(Export::Path, _) => "Export the path as a bank".to_owned(),
        Purpose::Export(Export::Sound(_), _) => "Export a sound".to_owned(),
    }
}

/// Shows folders and files with these endings, and all files for whoever asks.
fn only(dialog: FileDialog, name: &str, endings: &'static [&str]) -> FileDialog {
    let fits = move |path: &Path| endings.iter().any(|ending| ends_in(path, ending));
    dialog
        .add_file_filter(name, Filter::new(fits))
        .default_file_filter(name)
}

/// Banks of the eighties are called `ROM1A.SYX`.
fn ends_in(path: &Path, ending: &str) -> bool {
    path.extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case(ending))
}

fn chosen(purpose: &Purpose, mut paths: Vec<PathBuf>) -> Option<Action> {
    Some(match purpose {
        Purpose::ImportFolder | Purpose::ImportFiles => Action::Library(Ask::Import(paths)),
        Purpose::Sound(end) => Action::Open(*end, paths.pop()?),
        Purpose::Dexed => Action::Dexed(Some(Dexed::at(paths.pop()?))),
        Purpose::Export(export, _) => {
            let (path, existing) = to_write(paths.pop()?);
            Action::Export(export.clone(), path, existing)
        }
    })
}

/// The file to write, and whether it may replace one. The dialog asks before it gives the name of a
/// file that exists; it has not asked of a name that is completed here.
fn to_write(path: PathBuf) -> (PathBuf, Existing) {
    if ends_in(&path, "syx") {
        let existing = if path.exists() {
            Existing::Replace
        } else {
            Existing::Keep
        };
        return (path, existing);
    }
    let mut whole = path.into_os_string();
    whole.push(".syx");
    (whole.into(), Existing::Keep)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::time::{Duration, Instant};

    use egui_kittest::Harness;
    use egui_kittest::kittest::Queryable;

    use super::*;

    struct Bench {
        memory: Memory,
        actions: Vec<Action>,
    }

    /// A dialog on a folder with those files, until `label` is to be seen.
    fn harness(name: &str, purpose: Purpose, label: &str) -> (PathBuf, Harness<'static, Bench>) {
        let folder = std::env::temp_dir().join(format!("tween-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(folder.join("deeper")).expect("a writable folder");
        // What is hidden by its name or its folder would not be shown either.
        let folder = folder.canonicalize().expect("a folder of our own");
        for file in ["ROM1A.SYX", "all.zip", "notes.txt"] {
            fs::write(folder.join(file), "old").expect("a writable folder");
        }
        let mut memory = Memory {
            folder: Some(folder.clone()),
            ..Memory::default()
        };
        memory.ask(purpose);
        let bench = Bench {
            memory,
            actions: Vec::new(),
        };
        let mut harness = Harness::builder()
            .with_size(Vec2::new(1040.0, 760.0))
            .build_ui_state(
                |ui, bench: &mut Bench| bench.memory.show(ui, &mut bench.actions),
                bench,
            );
        let began = Instant::now();
        while !shows(&harness, label) {
            assert!(began.elapsed() < Duration::from_secs(60), "no {label}");
            // A thread of the dialog reads the folder.
            std::thread::yield_now();
            harness.run_steps(2);
        }
        (folder, harness)
    }

    fn shows(harness: &Harness<Bench>, label: &str) -> bool {
        harness.query_all_by_label_contains(label).next().is_some()
    }

    #[test]
    fn only_folders_and_what_can_be_read_are_shown() {
        let sound = Purpose::Sound(End::A);
        for (name, purpose, zip) in [
            ("open", sound, false),
            ("import", Purpose::ImportFiles, true),
        ] {
            let (folder, harness) = harness(name, purpose, "ROM1A.SYX");
            assert!(shows(&harness, "deeper"));
            assert!(!shows(&harness, "notes.txt"));
            assert_eq!(shows(&harness, "all.zip"), zip);
            assert!(!cfg!(target_os = "linux") || !shows(&harness, "/dev/"));
            fs::remove_dir_all(folder).expect("a folder of our own");
        }
    }

    #[test]
    fn a_new_file_is_written_at_once_and_an_old_one_when_the_user_said_so() {
        let export = Purpose::Export(Export::Path, "A to B.syx".to_owned());
        let (folder, mut harness) = harness("save", export.clone(), "deeper");
        harness.get_by_label_contains("Save").click();
        harness.run_steps(4);
        let file = folder.join("A to B.syx");
        let expected = |existing| [Action::Export(Export::Path, file.clone(), existing)];
        assert_eq!(harness.state().actions, expected(Existing::Keep));

        fs::write(&file, "old").expect("a writable folder");
        let bench = harness.state_mut();
        bench.actions.clear();
        bench.memory.ask(export);
        harness.run_steps(4);
        harness.get_by_label_contains("Save").click();
        harness.run_steps(4);
        assert_eq!(harness.state().actions, [], "not yet");
        harness.get_by_label("Overwrite").click();
        harness.run_steps(4);
        assert_eq!(harness.state().actions, expected(Existing::Replace));
        fs::remove_dir_all(folder).expect("a folder of our own");
    }

    #[test]
    fn a_name_without_an_ending_gets_one_and_replaces_nothing() {
        let (path, existing) = to_write("/tmp/E.PIANO 1".into());
        assert_eq!(path, Path::new("/tmp/E.PIANO 1.syx"));
        assert_eq!(existing, Existing::Keep);
    }
}
