//! [`Settings`]: what the user prefers in every project, and the page where it is chosen.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use egui::{Rect, RichText, Ui};
use serde::{Deserialize, Serialize};

use super::grid;
use super::theme::{self, GRID, ThemeKind};
use super::view::{Action, View};

/// What the user prefers.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// The colours.
    pub theme: ThemeKind,
    /// How large everything is, in hundredths.
    pub size: u16,
}

/// The sizes that are offered, in hundredths.
pub const SIZES: [u16; 7] = [75, 100, 125, 150, 175, 200, 250];

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            theme: ThemeKind::default(),
            size: 100,
        }
    }
}

impl Settings {
    /// The size as a factor, within what is offered.
    pub fn zoom(&self) -> f32 {
        f32::from(self.size.clamp(SIZES[0], SIZES[SIZES.len() - 1])) / 100.0
    }

    /// Where they are kept: beside the library.
    pub fn file() -> Option<PathBuf> {
        let library = presets::library::folder::library_file()?;
        Some(library.with_file_name("settings.json"))
    }

    /// What that file says; the defaults where it says nothing that can be read.
    pub fn read(file: &Path) -> Settings {
        let text = fs::read_to_string(file).unwrap_or_default();
        serde_json::from_str(&text).unwrap_or_default()
    }

    /// Writes that file, whole or not at all.
    ///
    /// # Errors
    /// If it or its folder cannot be written.
    pub fn write(&self, file: &Path) -> io::Result<()> {
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder)?;
        }
        let text = serde_json::to_string_pretty(self)?;
        let draft = file.with_extension(format!("{}.tmp", std::process::id()));
        fs::write(&draft, text)?;
        fs::rename(&draft, file)
    }
}

/// Draws the page.
pub fn show(ui: &mut Ui, rect: Rect, view: &View, actions: &mut Vec<Action>) {
    let (theme, now) = (view.theme(), *view.preferences);
    let mut columns = grid::columns(rect, 2, 2.0 * GRID);
    if let Some(rect) = columns.next() {
        grid::column(ui, rect, |ui| {
            ui.label(RichText::new("Window").size(theme::TITLE));
            let prefer = |settings| Action::Prefer(settings);
            ui.horizontal_wrapped(|ui| {
                ui.label("Size");
                for size in SIZES {
                    let chosen = now.size == size;
                    if ui.selectable_label(chosen, format!("{size} %")).clicked() {
                        actions.push(prefer(Settings { size, ..now }));
                    }
                }
            });
            ui.horizontal_wrapped(|ui| {
                ui.label("Colours");
                for kind in ThemeKind::ALL {
                    let chosen = now.theme == kind;
                    if ui.selectable_label(chosen, kind.name()).clicked() {
                        actions.push(prefer(Settings { theme: kind, ..now }));
                    }
                }
            });
            let hint = "Both are kept for all projects.";
            ui.label(RichText::new(hint).size(theme::SMALL).color(theme.weak));
        });
    }
    if let Some(rect) = columns.next() {
        grid::column(ui, rect, |ui| {
            ui.label(RichText::new("Keys").size(theme::TITLE));
            for (key, does) in [
                (
                    "Up, Down",
                    "in the list of sounds: hear the one above or below",
                ),
                ("Enter, Shift Enter", "load the chosen sound to A, to B"),
                (
                    "Left, Right",
                    "on a slider: a hundredth, with Shift a thousandth",
                ),
                ("Ctrl Z, Ctrl Shift Z", "undo, redo"),
                ("Double click", "on a slider: back to where it was born"),
            ] {
                ui.horizontal(|ui| {
                    let rect = ui.allocate_space(egui::vec2(130.0, 16.0)).1;
                    let font = egui::FontId::proportional(theme::BODY);
                    ui.painter().text(
                        rect.left_center(),
                        egui::Align2::LEFT_CENTER,
                        key,
                        font,
                        theme.text,
                    );
                    ui.label(RichText::new(does).size(theme::SMALL).color(theme.weak));
                });
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_read_back_and_damage_does_no_harm() {
        let folder = std::env::temp_dir().join(format!("tween-settings-{}", std::process::id()));
        let file = folder.join("settings.json");
        let settings = Settings {
            theme: ThemeKind::HighContrast,
            size: 175,
        };
        settings.write(&file).expect("a writable folder");
        assert_eq!(Settings::read(&file), settings);
        for damaged in ["", "{", "{\"size\":-1}", "{\"theme\":\"pink\"}"] {
            fs::write(&file, damaged).expect("a writable folder");
            assert_eq!(Settings::read(&file), Settings::default());
        }
        fs::write(&file, "{\"size\":9999}").expect("a writable folder");
        assert_eq!(Settings::read(&file).zoom(), 2.5);
        fs::remove_dir_all(&folder).expect("a folder of our own");
    }
}
