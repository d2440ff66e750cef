//! The library as a list: search as you type, filters, favourites, and the keyboard all the way.

mod list;

use egui::{Color32, ComboBox, Key, Rect, RichText, TextEdit, Ui, WidgetType};

use super::grid;
use super::theme::{self, GRID};
use super::view::{self, Action, Purpose, View};
use crate::library::{Ask, Category, Found, MOST, Query, Shape, Shelf, Sort, State, Tone};
use crate::session::End;

/// What is remembered of it.
pub struct Memory {
    /// What is looked for.
    pub query: Query,
    /// What was asked last.
    asked: Option<Query>,
    /// The row that was chosen.
    row: usize,
    /// Where a click on a sound takes it.
    pub target: End,
    /// Whether the search field shall have the keyboard.
    pub wants_focus: bool,
    /// The list shall be moved to the chosen row.
    follow: bool,
    tag: String,
}

impl Default for Memory {
    fn default() -> Memory {
        Memory {
            query: Query::default(),
            asked: None,
            row: 0,
            target: End::A,
            wants_focus: false,
            follow: false,
            tag: String::new(),
        }
    }
}

/// Draws it.
pub fn show(
    ui: &mut Ui,
    rect: Rect,
    view: &View,
    memory: &mut view::Memory,
    actions: &mut Vec<Action>,
) {
    let shelf = view.library;
    let mut rest = rect;
    if shelf.importing.is_some() || shelf.report.is_some() {
        // A report of one line needs no more room than an import that runs.
        let lines = shelf.report.as_ref().map_or(1, Vec::len);
        let height = if shelf.importing.is_some() || lines == 1 {
            26.0
        } else {
            70.0f32.min(rest.height() / 2.0)
        };
        let rect = grid::top(&mut rest, height, GRID);
        import_state(ui, rect, view, actions);
    }
    if let State::Failed(text) | State::Busy(text) = &shelf.state {
        let rect = grid::top(&mut rest, 24.0, GRID);
        let retry = matches!(shelf.state, State::Busy(_));
        trouble(ui, rect, view, text, retry, memory, actions);
    }
    if shelf.total == 0 && shelf.importing.is_none() {
        empty(ui, rest, view, memory, actions);
        return;
    }
    let filters = grid::left(&mut rest, 216.0, 1.5 * GRID);
    grid::column(ui, filters, |ui| filter_column(ui, view, memory, actions));
    let head = grid::top(&mut rest, 22.0, 2.0);
    grid::row(ui, head, |ui| {
        let text = RichText::new(summary(shelf))
            .size(theme::SMALL)
            .color(view.theme().weak);
        ui.add(egui::Label::new(text).truncate());
        if shelf.like.is_some() && ui.small_button("Back to the search").clicked() {
            memory.browser.asked = None;
        }
    });
    keys(ui, shelf, &mut memory.browser, actions);
    list::show(ui, rest, view, &mut memory.browser, actions);
    if memory.browser.asked.as_ref() != Some(&memory.browser.query) {
        memory.browser.row = 0;
        memory.browser.asked = Some(memory.browser.query.clone());
        actions.push(Action::Library(Ask::Search(memory.browser.query.clone())));
    }
}

/// What is in the list.
fn summary(shelf: &Shelf) -> String {
    if let Some(name) = &shelf.like {
        return format!(
            "{} sounds like {name}, the nearest first",
            shelf.found.len()
        );
    }
    let fitting = shelf.fitting;
    match shelf.found.len() {
        MOST => format!(
            "the first {MOST} of {fitting} that fit, {} in all",
            shelf.total
        ),
        _ => format!("{fitting} of {} sounds", shelf.total),
    }
}

fn filter_column(ui: &mut Ui, view: &View, memory: &mut view::Memory, actions: &mut Vec<Action>) {
    let browser = &mut memory.browser;
    ui.spacing_mut().item_spacing.y = 6.0;
    let width = ui.available_width();
    let field = TextEdit::singleline(&mut browser.query.text)
        .hint_text("Search names, tags, files")
        .desired_width(width - 8.0);
    let field = ui.add(field);
    grid::name(&field, WidgetType::TextEdit, "Search");
    if std::mem::take(&mut browser.wants_focus) {
        field.request_focus();
    }
    let half = (width - GRID) / 2.0;
    ui.horizontal(|ui| {
        ui.set_width(width);
        let all = std::iter::once((None, "All kinds".to_owned()))
            .chain(Category::all().map(|kind| (Some(kind), kind.to_string())));
        pick(ui, "Kind", half, &mut browser.query.category, all);
        let tags = view
            .library
            .tags
            .iter()
            .map(|tag| (Some(tag.clone()), tag.clone()));
        let all = std::iter::once((None, "All tags".to_owned())).chain(tags);
        pick(ui, "Tags", half, &mut browser.query.tag, all);
    });
    ui.horizontal(|ui| {
        let tones = [
            (None, "Any tone"),
            (Some(Tone::Bright), "Bright"),
            (Some(Tone::Dark), "Dark"),
        ];
        pick(ui, "Tone", half, &mut browser.query.tone, owned(tones));
        let shapes = [
            (None, "Any shape"),
            (Some(Shape::Percussive), "Percussive"),
            (Some(Shape::Sustained), "Sustained"),
        ];
        pick(ui, "Shape", half, &mut browser.query.shape, owned(shapes));
    });
    ui.horizontal(|ui| {
        let sorts = [
            (Sort::Best, "Best first"),
            (Sort::Name, "By name"),
            (Sort::Used, "Last used"),
            (Sort::Newest, "Newest"),
            (Sort::Rating, "Rating"),
            (Sort::Brightest, "Brightest"),
            (Sort::Darkest, "Darkest"),
        ];
        pick(ui, "Order", half, &mut browser.query.sort, owned(sorts));
        ui.checkbox(&mut browser.query.favourites, "Favourites");
    });
    ui.horizontal(|ui| {
        let chosen = view.library.found.get(browser.row);
        ui.add_enabled_ui(chosen.is_some(), |ui| {
            let tag = TextEdit::singleline(&mut browser.tag)
                .hint_text("Tag")
                .desired_width(half - 8.0);
            let field = ui.add(tag);
            grid::name(&field, WidgetType::TextEdit, "Tag for the chosen sound");
            let add = ui
                .button("Add tag")
                .on_hover_text("Give the chosen sound this tag");
            if let Some(found) = chosen
                && add.clicked()
                && !browser.tag.trim().is_empty()
            {
                let tag = std::mem::take(&mut browser.tag);
                actions.push(Action::Library(Ask::Tag(found.id, tag)));
            }
        });
    });
    ui.horizontal(|ui| {
        if ui.button("Import folder…").clicked() {
            memory.ask_for_file(Purpose::Import);
        }
    });
}

fn owned<T, const N: usize>(all: [(T, &'static str); N]) -> impl Iterator<Item = (T, String)> {
    all.into_iter()
        .map(|(value, text)| (value, text.to_owned()))
}

/// A list to choose one value from.
fn pick<T: PartialEq + Clone>(
    ui: &mut Ui,
    called: &str,
    width: f32,
    value: &mut T,
    all: impl Iterator<Item = (T, String)>,
) {
    let all: Vec<(T, String)> = all.collect();
    let text = all.iter().find(|(other, _)| other == value);
    let text = text.map_or(String::new(), |(_, text)| text.clone());
    let list = ComboBox::from_id_salt(called)
        .selected_text(&text)
        .width(width - 2.0)
        .show_ui(ui, |ui| {
            for (other, text) in all {
                ui.selectable_value(value, other, text);
            }
        });
    grid::name(&list.response, WidgetType::ComboBox, called);
}

/// Arrows choose and play, Enter loads to A, Shift-Enter to B.
fn keys(ui: &mut Ui, shelf: &Shelf, browser: &mut Memory, actions: &mut Vec<Action>) {
    let found: &[Found] = &shelf.found;
    let elsewhere = ui
        .memory(egui::Memory::focused)
        .is_some_and(|id| id != list_id());
    let searching = ui.ctx().text_edit_focused();
    if (elsewhere && !searching) || found.is_empty() {
        return;
    }
    let (down, up, page_down, page_up, enter, shift) = ui.input(|input| {
        (
            input.num_presses(Key::ArrowDown),
            input.num_presses(Key::ArrowUp),
            input.num_presses(Key::PageDown),
            input.num_presses(Key::PageUp),
            input.key_pressed(Key::Enter),
            input.modifiers.shift,
        )
    });
    let last = found.len() - 1;
    let row = (browser.row + down + 10 * page_down)
        .saturating_sub(up + 10 * page_up)
        .min(last);
    if down + up + page_down + page_up > 0 {
        browser.row = row;
        browser.follow = true;
        actions.push(Action::Library(Ask::Audition(found[row].id)));
    }
    if enter {
        let end = if shift { End::B } else { End::A };
        actions.push(Action::Library(Ask::Load(found[row].id, end)));
    }
}

fn list_id() -> egui::Id {
    egui::Id::new("presets of the library")
}

fn import_state(ui: &mut Ui, rect: Rect, view: &View, actions: &mut Vec<Action>) {
    let (shelf, theme) = (view.library, view.theme());
    ui.painter().rect_filled(rect, 5, theme.background);
    if let Some(importing) = &shelf.importing {
        grid::row(ui, rect.shrink2(egui::Vec2::new(GRID, 0.0)), |ui| {
            let bar = egui::ProgressBar::new(importing.part).desired_width(160.0);
            ui.add(bar.desired_height(8.0).fill(theme.a));
            if ui.button("Cancel import").clicked() {
                actions.push(Action::Library(Ask::CancelImport));
            }
            ui.add(egui::Label::new(&importing.doing).truncate());
        });
        return;
    }
    let Some(report) = &shelf.report else {
        return;
    };
    grid::column(ui, rect.shrink2(egui::Vec2::new(GRID, 3.0)), |ui| {
        ui.horizontal(|ui| {
            if ui.small_button("Close report").clicked() {
                actions.push(Action::Library(Ask::DismissReport));
            }
            if let Some(sum) = report.first() {
                ui.add(egui::Label::new(RichText::new(sum).strong()).truncate());
            }
        });
        egui::ScrollArea::vertical()
            .id_salt("report")
            .auto_shrink(false)
            .show(ui, |ui| {
                for line in &report[1..] {
                    let text = RichText::new(line).size(theme::SMALL).color(theme.weak);
                    ui.add(egui::Label::new(text).truncate())
                        .on_hover_text(line);
                }
            });
    });
}

fn trouble(
    ui: &mut Ui,
    rect: Rect,
    view: &View,
    text: &str,
    retry: bool,
    memory: &mut view::Memory,
    actions: &mut Vec<Action>,
) {
    let color: Color32 = view.theme().warn;
    grid::row(ui, rect, |ui| {
        if retry && ui.button("Try again").clicked() {
            let query = memory.browser.query.clone();
            actions.push(Action::Library(Ask::Search(query)));
        }
        ui.add(egui::Label::new(RichText::new(text).color(color)).truncate())
            .on_hover_text(text);
    });
}

/// What an empty library offers.
fn empty(
    ui: &mut Ui,
    rect: Rect,
    view: &View,
    memory: &mut view::Memory,
    actions: &mut Vec<Action>,
) {
    let theme = view.theme();
    let opening = view.library.state == State::Opening;
    let middle = Rect::from_center_size(
        rect.center(),
        egui::Vec2::new(rect.width().min(560.0), rect.height().min(120.0)),
    );
    let layout = egui::Layout::top_down(egui::Align::Center);
    grid::within(ui, middle, layout, |ui| {
        if opening {
            ui.label(RichText::new("Opening your library…").color(theme.weak));
            return;
        }
        ui.label(RichText::new("Your library is empty").size(theme::TITLE));
        ui.label(
            RichText::new("Begin with Tween's own 96 sounds, or with a folder of .syx files.")
                .color(theme.weak),
        );
        ui.add_space(GRID);
        let row = ui.available_rect_before_wrap();
        let mut row = Rect::from_center_size(
            row.center_top() + egui::vec2(0.0, 15.0),
            egui::vec2(420.0, 30.0),
        );
        let left = grid::left(&mut row, 206.0, GRID);
        if ui
            .put(left, egui::Button::new("Add the factory bank"))
            .clicked()
        {
            actions.push(Action::Library(Ask::ImportFactory));
        }
        if ui.put(row, egui::Button::new("Import a folder…")).clicked() {
            memory.ask_for_file(Purpose::Import);
        }
    });
}
