//! How it plays: the engine, and what moves Morph.

use egui::{Rect, RichText, Ui};
use engine::EngineKind;

use super::grid;
use super::theme::{self, GRID};
use super::view::{Action, View};

const ENGINES: [(EngineKind, &str, &str); 3] = [
    (EngineKind::Modern, "Modern", "Clean, 24 bits inside"),
    (
        EngineKind::MarkI,
        "Mark I",
        "As the DX7 of 1983 computed, with its grain",
    ),
    (
        EngineKind::Opl,
        "OPL",
        "As the sound chips of old computers",
    ),
];

/// Draws it.
pub fn show(ui: &mut Ui, rect: Rect, view: &View, actions: &mut Vec<Action>) {
    let theme = view.theme();
    let mut columns = grid::columns(rect, 2, 2.0 * GRID);
    if let Some(rect) = columns.next() {
        grid::column(ui, rect, |ui| {
            ui.label(RichText::new("Engine").size(theme::TITLE));
            for (kind, name, what) in ENGINES {
                ui.horizontal(|ui| {
                    let chosen = view.session.engine == kind;
                    if ui.radio(chosen, name).clicked() && !chosen {
                        actions.push(Action::Engine(kind));
                    }
                    ui.label(RichText::new(what).size(theme::SMALL).color(theme.weak));
                });
            }
        });
    }
}
