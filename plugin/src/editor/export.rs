//! Sounds as files for a DX7: the menu under the trail, and what its files are called.

use egui::Ui;
use presets::Patch;

use super::files::Purpose;
use super::strip::saved_name;
use super::view::{Memory, View};
use crate::shared::Progress;
use crate::worker::Stage;

/// What is written to a file.
#[derive(Clone, Debug, PartialEq)]
pub enum Export {
    /// The path that plays, as a bank.
    Path,
    /// One sound.
    Sound(Box<Patch>),
}

/// Draws the menu.
pub fn menu(ui: &mut Ui, view: &View, memory: &mut Memory) {
    let menu = ui.menu_button("Export", |ui| {
        // The straight path plays meanwhile, and is not what one waits for.
        let found = match view.progress {
            Progress::Working(stage, _) => *stage == Stage::Trail,
            _ => true,
        };
        let path = egui::Button::new("A to B as a bank of 32…");
        let path = ui
            .add_enabled(found, path)
            .on_disabled_hover_text("The path is being found");
        if path.clicked() {
            let [a, b] = [&view.session.a, &view.session.b].map(|end| end.patch.name());
            let name = file_name(&format!("{} to {}", a.trim(), b.trim()));
            memory.files.ask(Purpose::Export(Export::Path, name));
        }
        // No hints here: over one line they would hide the other.
        if ui.button("Sound under the knob…").clicked() {
            let name = saved_name(view, &memory.strip.name);
            let patch = Box::new(view.under.round(&name));
            let export = Export::Sound(patch);
            memory.files.ask(Purpose::Export(export, file_name(&name)));
        }
    });
    let hint = "Write a .syx file for a DX7 or Dexed";
    menu.response.on_hover_text(hint);
}

/// A name that every system allows for a file.
fn file_name(name: &str) -> String {
    let allowed = |c: char| c.is_ascii_alphanumeric() || " .,+-_()#&'!%".contains(c);
    let name: String = name
        .chars()
        .map(|c| if allowed(c) { c } else { '-' })
        .collect();
    // A file that begins with a dot is hidden; one called so on Windows loses what it ends in.
    let name = name.trim_matches(['.', ' ']);
    match name {
        "" => "Tween.syx".to_owned(),
        name => format!("{name}.syx"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_sound_has_a_name_for_its_file() {
        for (name, expected) in [
            ("E.PIANO 1 to BRASS 1", "E.PIANO 1 to BRASS 1.syx"),
            ("A/B\\C:D", "A-B-C-D.syx"),
            ("MORPH  48%", "MORPH  48%.syx"),
            ("..", "Tween.syx"),
            ("", "Tween.syx"),
            ("¥→ to", "-- to.syx"),
            (".HIDDEN ", "HIDDEN.syx"),
        ] {
            assert_eq!(file_name(name), expected);
        }
    }
}
