//! The library as a list: search as you type, filters, favourites, and the keyboard all the way.

mod list;

use egui::{ComboBox, Key, Modifiers, Rect, RichText, TextEdit, Ui, WidgetType};

use super::files::Purpose;
use super::grid;
use super::theme::{self, GRID};
use super::view::{self, Action, View};
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
    /// Enter was pressed: where the chosen row goes once the list is the one that was asked for. Who
    /// types fast is faster than a search, and means what was typed.
    wanted: Option<End>,
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
            wanted: None,
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
    if !memory.files.is_open() {
        keys(ui, shelf, &mut memory.browser, actions);
    }
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
        .id(search_id())
        .hint_text("Search names, tags, files")
        // Enter is for the list, and the next word may follow at once.
        .return_key(None)
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
            // Else the list would take the key, and with it another sound.
            let entered = field.lost_focus()
                && ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Enter));
            let add = ui
                .button("Add tag")
                .on_hover_text("Give the chosen sound this tag");
            if let Some(found) = chosen
                && (add.clicked() || entered)
                && !browser.tag.trim().is_empty()
            {
                let tag = std::mem::take(&mut browser.tag);
                actions.push(Action::Library(Ask::Tag(found.id, tag)));
            }
        });
    });
    ui.horizontal(|ui| {
        if ui.button("Import folder…").clicked() {
            memory.files.ask(Purpose::ImportFolder);
        }
        if ui.button("Import files…").clicked() {
            memory.files.ask(Purpose::ImportFiles);
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
    let focus = ui.memory(egui::Memory::focused);
    let elsewhere = focus.is_some_and(|id| id != list_id() && id != search_id());
    if elsewhere {
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
    if enter {
        browser.wanted = Some(if shift { End::B } else { End::A });
        if focus == Some(search_id()) {
            select_all(ui, search_id(), &browser.query.text);
        }
    }
    let wanted = browser.wanted.take_if(|_| browser.query == shelf.query);
    let row = (browser.row + down + 10 * page_down)
        .saturating_sub(up + 10 * page_up)
        .min(found.len().saturating_sub(1));
    let Some(chosen) = found.get(row) else {
        return;
    };
    if down + up + page_down + page_up > 0 {
        browser.row = row;
        browser.follow = true;
        actions.push(Action::Library(Ask::Audition(chosen.id)));
    }
    if let Some(end) = wanted {
        actions.push(Action::Library(Ask::Load(chosen.id, end)));
    }
}

/// Selects the text of a field, so that what is typed next takes its place.
fn select_all(ui: &Ui, field: egui::Id, text: &str) {
    use egui::text::{CCursor, CCursorRange};
    if let Some(mut state) = TextEdit::load_state(ui.ctx(), field) {
        let end = CCursor::new(text.chars().count());
        let all = CCursorRange::two(CCursor::default(), end);
        state.cursor.set_char_range(Some(all));
        state.store(ui.ctx(), field);
    }
}

fn search_id() -> egui::Id {
    egui::Id::new("search of the library")
}

fn list_id() -> egui::Id {
    egui::Id::new("presets of the library")
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
            memory.files.ask(Purpose::ImportFolder);
        }
    });
}
