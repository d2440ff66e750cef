//! A on the left, B on the right: which sound each is, and how to choose another.

use egui::{Align2, FontId, Label, Rect, RichText, Ui, Vec2, WidgetType};
use presets::Parameter;
use presets::library::PresetId;

use super::files::Purpose;
use super::theme::{self, GRID};
use super::view::{Action, Memory, Page, View};
use super::{algorithm, grid};
use crate::library::Ask;
use crate::session::{Choice, End};

/// In points.
pub const HEIGHT: f32 = 96.0;
const MIDDLE: f32 = 88.0;

/// Draws both ends and what is between them.
pub fn show(ui: &mut Ui, rect: Rect, view: &View, memory: &mut Memory, actions: &mut Vec<Action>) {
    let width = (rect.width() - MIDDLE) / 2.0 - GRID;
    let mut rest = rect;
    let a = grid::left(&mut rest, width, GRID);
    let b = grid::right(&mut rest, width, GRID);
    end_card(ui, a, End::A, view, memory, actions);
    end_card(ui, b, End::B, view, memory, actions);
    for (rect, (text, name, hint, action)) in rows(rest).zip([
        (
            "Swap",
            "Swap A and B",
            "A becomes B and B becomes A",
            Action::Swap,
        ),
        (
            "A ▶ B",
            "Copy A to B",
            "B becomes the sound of A",
            Action::Copy(End::A),
        ),
        (
            "A ◀ B",
            "Copy B to A",
            "A becomes the sound of B",
            Action::Copy(End::B),
        ),
    ]) {
        let button = egui::Button::new(text);
        let button = ui.put(rect, button).on_hover_text(hint);
        grid::name(&button, WidgetType::Button, name);
        if button.clicked() {
            actions.push(action);
        }
    }
    dropped(ui, a, b, actions);
}

fn rows(rect: Rect) -> impl Iterator<Item = Rect> {
    let mut rest = rect;
    let swap = grid::top(&mut rest, 36.0, 4.0);
    let ab = grid::top(&mut rest, 26.0, 4.0);
    let ba = grid::top(&mut rest, 26.0, 0.0);
    [swap, ab, ba].into_iter()
}

fn end_card(
    ui: &mut Ui,
    rect: Rect,
    end: End,
    view: &View,
    memory: &mut Memory,
    actions: &mut Vec<Action>,
) {
    let (theme, letter) = (view.theme(), end.letter());
    let (chosen, color) = (view.session.end(end), theme.end(end));
    ui.painter().rect_filled(rect, 6, theme.panel);
    let edge = Rect::from_min_size(rect.min, Vec2::new(rect.width(), 3.0));
    ui.painter().rect_filled(edge, 2, color);
    let mut rest = rect.shrink2(Vec2::new(GRID * 1.5, GRID));
    // The pictures look at each other across the middle.
    let picture = match end {
        End::A => grid::right(&mut rest, 78.0, GRID),
        End::B => grid::left(&mut rest, 78.0, 1.5 * GRID),
    };
    let number = usize::from(chosen.patch.get(Parameter::ALGORITHM));
    let mut drawing = picture;
    let caption = grid::bottom(&mut drawing, 14.0, 2.0);
    algorithm::paint(ui.painter(), drawing, number, theme, color);
    ui.painter().text(
        caption.center(),
        Align2::CENTER_CENTER,
        format!("ALG {}", number + 1),
        FontId::proportional(theme::SMALL),
        theme.weak,
    );
    let mut title = grid::top(&mut rest, 28.0, 0.0);
    let sign = grid::left(&mut title, 26.0, 4.0);
    ui.painter().text(
        sign.left_center(),
        Align2::LEFT_CENTER,
        letter,
        FontId::proportional(theme::FIGURE),
        color,
    );
    grid::row(ui, title, |ui| {
        let name = RichText::new(chosen.patch.name())
            .size(theme::TITLE)
            .monospace();
        ui.add(Label::new(name).truncate());
    });
    let origin = grid::top(&mut rest, 18.0, 4.0);
    grid::row(ui, origin, |ui| {
        let text = RichText::new(origin_text(chosen))
            .size(theme::SMALL)
            .color(theme.weak);
        ui.add(Label::new(text).truncate())
            .on_hover_text(&chosen.origin);
    });
    grid::row(ui, rest, |ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        buttons(ui, end, view, memory, actions);
    });
}

fn buttons(ui: &mut Ui, end: End, view: &View, memory: &mut Memory, actions: &mut Vec<Action>) {
    let letter = end.letter();
    let chosen = view.session.end(end);
    let id = preset_id(chosen);
    for (sign, word, forward) in [("⏴", "Previous", false), ("⏵", "Next", true)] {
        let hint = format!("{word} sound for {letter}");
        if grid::sign(ui, sign, format!("{word} {letter}"), &hint).clicked() {
            if id.is_some() {
                actions.push(Action::Library(Ask::Step {
                    query: memory.browser.query.clone(),
                    from: id,
                    forward,
                    end,
                }));
            } else {
                let step = if forward { 1 } else { -1 };
                let choice = memory.bank(end).step(&chosen.patch, step).cloned();
                actions.extend(choice.map(|choice| Action::Choose(end, choice)));
            }
        }
    }
    let surprise = format!("Surprise {letter}");
    if grid::sign(ui, "🎲", surprise, "A sound you did not expect").clicked() {
        actions.push(if view.library.total > 0 {
            Action::Library(Ask::Surprise(id, end))
        } else {
            Action::Choose(end, any_factory(ui, chosen))
        });
    }
    let favourite = view.library.is_favourite(&chosen.patch);
    let star = if favourite { "★" } else { "☆" };
    let hint = if favourite {
        "No longer a favourite"
    } else {
        "Keep as a favourite in your library"
    };
    if grid::sign(ui, star, format!("Favourite {letter}"), hint).clicked() {
        let patch = Box::new(chosen.patch);
        actions.push(Action::Library(Ask::FavouritePatch(patch, !favourite)));
    }
    let browse = ui
        .button("Browse")
        .on_hover_text("Choose from your library");
    grid::name(&browse, WidgetType::Button, format!("Browse for {letter}"));
    if browse.clicked() {
        memory.page = Page::Browse;
        memory.browser.target = end;
        memory.browser.wants_focus = true;
    }
    let open = ui
        .button("Open…")
        .on_hover_text("A .syx file: a bank or a single voice. Or drop one here");
    grid::name(&open, WidgetType::Button, format!("Open file for {letter}"));
    if open.clicked() {
        memory.files.ask(Purpose::Sound(end));
    }
}

/// The number of a choice in the library, if it is from there.
pub fn preset_id(choice: &Choice) -> Option<PresetId> {
    let number = choice.origin.strip_prefix("library:")?;
    number.parse().ok().map(PresetId)
}

/// Some patch of the factory bank, another one with every click.
fn any_factory(ui: &Ui, chosen: &Choice) -> Choice {
    let here = chosen.place().unwrap_or(0);
    let moment = ui.input(|input| (input.time * 1000.0) as usize);
    Choice::factory(here + 1 + moment * 37 % 95)
}

/// Where a sound is from, for people.
fn origin_text(choice: &Choice) -> String {
    let origin = &choice.origin;
    // By the sound, as the library's list says it: most come from there by way of the library.
    if origin.starts_with("factory:") || choice.place().is_some() {
        return "Factory bank".to_owned();
    }
    if preset_id(choice).is_some() {
        return "Your library".to_owned();
    }
    match origin.rsplit(['/', '\\']).next() {
        Some("") | None => "Not from a file".to_owned(),
        Some(file) => match file.rsplit_once('#') {
            Some((file, number)) => format!("{file}, sound {number}"),
            None => file.to_owned(),
        },
    }
}

/// Files dropped on a card are for that end, files dropped elsewhere for the library.
fn dropped(ui: &Ui, a: Rect, b: Rect, actions: &mut Vec<Action>) {
    let (paths, at) = ui.input(|input| {
        let paths = input
            .raw
            .dropped_files
            .iter()
            .map(|file| file.path().to_path_buf());
        (paths.collect::<Vec<_>>(), input.pointer.latest_pos())
    });
    let Some(first) = paths.first() else {
        return;
    };
    let on = |rect: Rect| at.is_some_and(|at| rect.contains(at));
    actions.push(if on(a) {
        Action::Open(End::A, first.clone())
    } else if on(b) {
        Action::Open(End::B, first.clone())
    } else {
        Action::Library(Ask::Import(paths))
    });
}
