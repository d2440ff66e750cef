//! The top of the window: undo and redo, and what the worker does.

use egui::{Rect, RichText, Ui};

use super::grid;
use super::theme::{self, GRID};
use super::view::{Action, View};
use crate::shared::Progress;

/// Draws undo, redo and what the worker does.
pub fn show(ui: &mut Ui, rect: Rect, view: &View, actions: &mut Vec<Action>) {
    let theme = view.theme();
    grid::row(ui, rect, |ui| {
        ui.label(RichText::new("Tween").size(theme::TITLE).strong());
        ui.add_space(GRID);
        for (place, sign, word) in [(0, "⟲", "Undo"), (1, "⟳", "Redo")] {
            let what = view.history[place];
            let hint = what.map_or_else(|| word.to_owned(), |what| format!("{word}: {what}"));
            ui.add_enabled_ui(what.is_some(), |ui| {
                if grid::sign(ui, sign, word, &hint).clicked() {
                    actions.push(if place == 0 {
                        Action::Undo
                    } else {
                        Action::Redo
                    });
                }
            });
        }
    });
    grid::row_from_right(ui, rect, |ui| {
        let (text, part, color) = match view.progress {
            Progress::Idle => (String::new(), None, theme.weak),
            Progress::Ready(_) => {
                let kind = view.session.path.name();
                (format!("{kind} path ready"), None, theme.weak)
            }
            Progress::Working(stage, part) => {
                (format!("{}…", stage.doing()), Some(*part), theme.text)
            }
            Progress::Failed(reason) => (reason.clone(), None, theme.warn),
        };
        if let Some(part) = part {
            let bar = egui::ProgressBar::new(part)
                .desired_width(96.0)
                .desired_height(8.0);
            ui.add(bar.fill(theme.between(part)));
        }
        ui.add(egui::Label::new(RichText::new(text).color(color)).truncate());
    });
}
