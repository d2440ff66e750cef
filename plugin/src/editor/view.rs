//! What the user sees, as a function of plain data: no plug-in, no host, no thread in here.

use std::path::PathBuf;

use egui::{Align, Color32, ComboBox, Layout, RichText, ScrollArea, Sense, TextEdit, Ui};
use egui_file_dialog::FileDialog;

use super::bank::Bank;
use super::bar::{Bar, Touch};
use crate::session::{Choice, End, PathKind, Session};
use crate::trail::Trail;

/// The colour of A.
pub const ACCENT_A: Color32 = Color32::from_rgb(0x4c, 0xc9, 0xf0);
/// The colour of B.
pub const ACCENT_B: Color32 = Color32::from_rgb(0xf7, 0x8c, 0x4b);
/// What controls move on.
pub const TRACK: Color32 = Color32::from_rgb(0x1b, 0x1f, 0x27);
/// Lines that should not be looked at.
pub const FAINT: Color32 = Color32::from_rgb(0x36, 0x3d, 0x4a);
/// Behind everything.
pub const BACKGROUND: Color32 = Color32::from_rgb(0x12, 0x15, 0x1b);

/// A parameter of the host, in the order of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Knob {
    /// The position between A and B.
    Morph,
    /// How far it reaches past them.
    Beyond,
    /// Decibels.
    Volume,
    /// Cents.
    Tune,
}

impl Knob {
    /// All, in the order of the list.
    pub const ALL: [Knob; 4] = [Knob::Morph, Knob::Beyond, Knob::Volume, Knob::Tune];

    /// Its name, as in the host.
    pub const fn name(self) -> &'static str {
        match self {
            Knob::Morph => "Morph",
            Knob::Beyond => "Beyond",
            Knob::Volume => "Volume",
            Knob::Tune => "Tune",
        }
    }
}

/// Where a knob stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Setting {
    /// 0 to 1.
    pub value: f32,
    /// 0 to 1.
    pub default: f32,
    /// As the user reads it.
    pub text: String,
}

/// All that is shown.
pub struct View<'a> {
    /// A and B.
    pub session: &'a Session,
    /// The knobs, in the order of [`Knob::ALL`].
    pub settings: &'a [Setting; 4],
    /// What the path sounds like, if that is known.
    pub trail: Option<&'a Trail>,
    /// What the worker does.
    pub status: &'a str,
    /// What the user should know.
    pub notice: Option<&'a str>,
}

/// What the editor remembers from one frame to the next.
pub struct Memory {
    /// What A and B are chosen from.
    banks: [Bank; 2],
    search: [String; 2],
    /// Open while the user looks for a file for that end.
    dialog: Option<(End, FileDialog)>,
}

/// What the user did.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Took hold of a knob.
    Begin(Knob),
    /// Turned it, to a value of 0 to 1.
    Turn(Knob, f32),
    /// Let go of it.
    Release(Knob),
    /// Chose a patch for A or B.
    Choose(End, Choice),
    /// Exchanged A and B.
    Swap,
    /// Chose a file to choose from.
    Open(End, PathBuf),
    /// Chose how to travel.
    Travel(PathKind),
    /// Has read the notice.
    Dismiss,
}

impl Default for Memory {
    fn default() -> Memory {
        let factory = Bank::factory();
        Memory {
            banks: [factory.clone(), factory],
            search: Default::default(),
            dialog: None,
        }
    }
}

impl Memory {
    /// Has an end chosen from another bank.
    pub fn set_bank(&mut self, end: End, bank: Bank) {
        self.banks[end as usize] = bank;
        self.search[end as usize].clear();
    }

    /// What an end is chosen from.
    pub fn bank(&self, end: End) -> &Bank {
        &self.banks[end as usize]
    }
}

/// Draws everything and says what the user did, in order.
pub fn show(ui: &mut Ui, view: &View, memory: &mut Memory) -> Vec<Action> {
    let mut actions = Vec::new();
    egui::Frame::new()
        .fill(BACKGROUND)
        .inner_margin(16)
        .show(ui, |ui| {
            header(ui, view, &mut actions);
            ui.add_space(10.0);
            ui.columns(2, |columns| {
                for (column, end) in columns.iter_mut().zip(End::BOTH) {
                    end_panel(column, end, view, memory, &mut actions);
                }
            });
            ui.add_space(14.0);
            morph(ui, view, &mut actions);
            ui.add_space(14.0);
            ui.columns(3, |columns| {
                for (column, knob) in
                    columns
                        .iter_mut()
                        .zip([Knob::Beyond, Knob::Volume, Knob::Tune])
                {
                    small_knob(column, knob, view, &mut actions);
                }
            });
            notice(ui, view, &mut actions);
            ui.allocate_space(ui.available_size());
        });
    file_dialog(ui, memory, &mut actions);
    actions
}

fn header(ui: &mut Ui, view: &View, actions: &mut Vec<Action>) {
    ui.horizontal(|ui| {
        ui.label(RichText::new("Tween").size(22.0).strong());
        if ui.button("Swap A and B").clicked() {
            actions.push(Action::Swap);
        }
        for path in PathKind::ALL {
            let chosen = view.session.path == path;
            let button = ui
                .selectable_label(chosen, path.name())
                .on_hover_text(meaning(path));
            if button.clicked() && !chosen {
                actions.push(Action::Travel(path));
            }
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.label(RichText::new(view.status).weak());
        });
    });
}

fn meaning(path: PathKind) -> &'static str {
    match path {
        PathKind::Even => "Equal turns of Morph are equal steps of sound",
        PathKind::Neural => "The way a network trained on many sounds goes",
        PathKind::Linear => "Every parameter in a straight line",
    }
}

fn end_panel(ui: &mut Ui, end: End, view: &View, memory: &mut Memory, actions: &mut Vec<Action>) {
    let (letter, color) = (end.letter(), accent(end));
    let chosen = view.session.end(end);
    ui.horizontal(|ui| {
        ui.label(RichText::new(letter).size(26.0).strong().color(color));
        ui.vertical(|ui| {
            ui.label(
                RichText::new(chosen.patch.name())
                    .size(18.0)
                    .strong()
                    .monospace(),
            );
            ui.add(egui::Label::new(RichText::new(&chosen.origin).weak().small()).truncate());
        });
    });
    ui.horizontal(|ui| {
        for (sign, word, step) in [("◀", "Previous", -1), ("▶", "Next", 1)] {
            let button = ui
                .button(sign)
                .on_hover_text(format!("{word} patch for {letter}"));
            name(&button, format!("{word} {letter}"));
            if button.clicked() {
                let choice = memory.bank(end).step(&chosen.patch, step);
                actions.extend(choice.map(|choice| Action::Choose(end, choice.clone())));
            }
        }
        patch_list(ui, end, chosen, memory, actions);
        let open = ui
            .button("Open…")
            .on_hover_text(".syx file: a bank or a single voice");
        name(&open, format!("Open file for {letter}"));
        if open.clicked() {
            let mut dialog = FileDialog::new();
            dialog.pick_file();
            memory.dialog = Some((end, dialog));
        }
    });
}

fn patch_list(
    ui: &mut Ui,
    end: End,
    chosen: &Choice,
    memory: &mut Memory,
    actions: &mut Vec<Action>,
) {
    let letter = end.letter();
    let bank = &memory.banks[end as usize];
    let search = &mut memory.search[end as usize];
    let list = ComboBox::from_id_salt(("patches", letter))
        .selected_text(&bank.name)
        .width(150.0)
        .close_behavior(egui::PopupCloseBehavior::CloseOnClickOutside)
        .show_ui(ui, |ui| {
            let field = ui.add(TextEdit::singleline(search).hint_text("Search"));
            name(&field, format!("Search {letter}"));
            ScrollArea::vertical().max_height(260.0).show(ui, |ui| {
                let wanted = search.to_lowercase();
                for choice in &bank.choices {
                    let text = choice.patch.name();
                    if !text.to_lowercase().contains(&wanted) {
                        continue;
                    }
                    let label = RichText::new(text).monospace();
                    if ui
                        .selectable_label(choice.patch == chosen.patch, label)
                        .clicked()
                    {
                        actions.push(Action::Choose(end, choice.clone()));
                        ui.close();
                    }
                }
            });
        });
    name(&list.response, format!("Patches for {letter}"));
}

fn morph(ui: &mut Ui, view: &View, actions: &mut Vec<Action>) {
    let setting = &view.settings[Knob::Morph as usize];
    ui.horizontal(|ui| {
        ui.label(RichText::new("A").strong().color(ACCENT_A));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.label(RichText::new("B").strong().color(ACCENT_B));
            ui.with_layout(
                Layout::centered_and_justified(egui::Direction::TopDown),
                |ui| {
                    ui.label(RichText::new(format!("Morph {}", setting.text)).size(16.0));
                },
            );
        });
    });
    let curves = view.trail.map_or_else(Vec::new, curves);
    let bar = Bar {
        name: Knob::Morph.name(),
        value: setting.value,
        default: setting.default,
        text: &setting.text,
        height: 72.0,
        curves: &curves,
    };
    push(Knob::Morph, bar.show(ui), actions);
}

fn small_knob(ui: &mut Ui, knob: Knob, view: &View, actions: &mut Vec<Action>) {
    let setting = &view.settings[knob as usize];
    ui.horizontal(|ui| {
        ui.label(knob.name());
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.label(RichText::new(&setting.text).weak());
        });
    });
    let bar = Bar {
        name: knob.name(),
        value: setting.value,
        default: setting.default,
        text: &setting.text,
        height: 24.0,
        curves: &[],
    };
    push(knob, bar.show(ui), actions);
}

fn notice(ui: &mut Ui, view: &View, actions: &mut Vec<Action>) {
    let Some(notice) = view.notice else {
        return;
    };
    ui.add_space(10.0);
    ui.horizontal(|ui| {
        if ui.button("OK").clicked() {
            actions.push(Action::Dismiss);
        }
        ui.add(egui::Label::new(RichText::new(notice).color(ACCENT_B)).wrap());
    });
}

fn file_dialog(ui: &mut Ui, memory: &mut Memory, actions: &mut Vec<Action>) {
    let Some((end, dialog)) = &mut memory.dialog else {
        return;
    };
    dialog.update(ui.ctx());
    if let Some(path) = dialog.take_picked() {
        actions.push(Action::Open(*end, path));
        memory.dialog = None;
    }
}

/// Loudness and brightness of a trail as curves between 0 and 1.
fn curves(trail: &Trail) -> Vec<(Color32, Vec<f32>)> {
    // From -60 dB to full scale, from 100 Hz to 6.4 kHz.
    let loudness = trail
        .iter()
        .map(|p| ((p.level_db + 60.0) / 60.0).clamp(0.0, 1.0));
    let brightness = trail
        .iter()
        .map(|p| ((p.brightness.max(1.0) / 100.0).log2() / 6.0).clamp(0.0, 1.0));
    vec![
        (Color32::from_rgb(0x5a, 0x66, 0x78), loudness.collect()),
        (Color32::from_rgb(0xc0, 0xa8, 0x5a), brightness.collect()),
    ]
}

fn push(knob: Knob, touch: Touch, actions: &mut Vec<Action>) {
    if touch.begun {
        actions.push(Action::Begin(knob));
    }
    actions.extend(touch.value.map(|value| Action::Turn(knob, value)));
    if touch.ended {
        actions.push(Action::Release(knob));
    }
}

/// Gives a widget the name that screen readers and tests find it by.
fn name(response: &egui::Response, name: String) {
    let enabled = response.sense != Sense::empty();
    response
        .widget_info(|| egui::WidgetInfo::labeled(egui::WidgetType::Button, enabled, name.clone()));
}

fn accent(end: End) -> Color32 {
    match end {
        End::A => ACCENT_A,
        End::B => ACCENT_B,
    }
}
