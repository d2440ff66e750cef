//! How it plays: who plays, the engine, the wheel, and what stays as it is at one end.

use egui::{Rect, RichText, Ui};
use engine::EngineKind;
use presets::Group;

use super::grid;
use super::synth;
use super::theme::{self, GRID};
use super::view::{Action, Memory, View};
use crate::session::{Lock, MAX_BEND};

const ENGINES: [(EngineKind, &str, &str); 3] = [
    (EngineKind::Modern, "Modern", "Clean, 24 bits inside"),
    (
        EngineKind::MarkI,
        "Mark I",
        "As the DX7 computed, with its grain",
    ),
    (
        EngineKind::Opl,
        "OPL",
        "As the sound chips of old computers",
    ),
];

const GROUPS: [(Group, &str); 4] = [
    (Group::Timbre, "Timbre"),
    (Group::Envelope, "Envelopes"),
    (Group::Pitch, "Pitch"),
    (Group::Modulation, "Modulation"),
];

/// Draws it.
pub fn show(ui: &mut Ui, rect: Rect, view: &View, memory: &mut Memory, actions: &mut Vec<Action>) {
    let mut columns = grid::columns(rect, 3, 2.0 * GRID);
    if let Some(rect) = columns.next() {
        grid::column(ui, rect, |ui| synth::show(ui, view, memory, actions));
    }
    if let Some(rect) = columns.next() {
        grid::column(ui, rect, |ui| engine(ui, view, actions));
    }
    if let Some(rect) = columns.next() {
        grid::column(ui, rect, |ui| locks(ui, view, actions));
    }
}

fn engine(ui: &mut Ui, view: &View, actions: &mut Vec<Action>) {
    let theme = view.theme();
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
    ui.horizontal(|ui| {
        ui.label("Pitch wheel bends");
        let mut bend = view.session.bend_range;
        let field = egui::DragValue::new(&mut bend)
            .range(0..=MAX_BEND)
            .suffix(" semitones");
        let field = ui.add(field);
        grid::name(&field, egui::WidgetType::DragValue, "Bend range");
        if bend != view.session.bend_range {
            actions.push(Action::Bend(bend));
        }
    });
}

fn locks(ui: &mut Ui, view: &View, actions: &mut Vec<Action>) {
    let theme = view.theme();
    ui.label(RichText::new("Locks").size(theme::TITLE));
    for (group, name) in GROUPS {
        ui.horizontal(|ui| {
            let (_, label) = ui.allocate_space(egui::vec2(90.0, 20.0));
            let font = egui::FontId::proportional(theme::BODY);
            let align = egui::Align2::LEFT_CENTER;
            ui.painter()
                .text(label.left_center(), align, name, font, theme.text);
            for (lock, word) in Lock::ALL.into_iter().zip(["Morphs", "as A", "as B"]) {
                let chosen = view.session.locks.of(group) == lock;
                let button = ui.selectable_label(chosen, word);
                let kind = egui::WidgetType::SelectableLabel;
                grid::name(&button, kind, format!("{name} {word}"));
                if button.clicked() && !chosen {
                    let mut locks = view.session.locks;
                    *locks.of_mut(group) = lock;
                    actions.push(Action::Locks(locks));
                }
            }
        });
    }
    let hint = "What is locked sounds the same along the whole way.";
    ui.label(RichText::new(hint).size(theme::SMALL).color(theme.weak));
}
