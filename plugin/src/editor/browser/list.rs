//! The rows of the browser.

use egui::{Align2, FontId, Pos2, Rect, ScrollArea, Sense, Ui, Vec2, WidgetType};

use super::super::grid;
use super::super::stage::preset_id;
use super::super::theme::{self, mix};
use super::super::view::{Action, View};
use super::Memory;
use crate::library::{Ask, Found};
use crate::session::End;

/// In points.
const ROW: f32 = 24.0;

/// Draws the rows that are in sight.
pub fn show(ui: &mut Ui, rect: Rect, view: &View, browser: &mut Memory, actions: &mut Vec<Action>) {
    let found = &view.library.found;
    let follow = std::mem::take(&mut browser.follow);
    grid::column(ui, rect, |ui| {
        ui.spacing_mut().item_spacing = Vec2::ZERO;
        let mut area = ScrollArea::vertical()
            .id_salt(super::list_id())
            .auto_shrink(false);
        if follow {
            let middle = browser.row as f32 * ROW - (rect.height() - ROW) / 2.0;
            area = area.vertical_scroll_offset(middle.max(0.0));
        }
        area.show_rows(ui, ROW, found.len(), |ui, rows| {
            for row in rows {
                if let Some(preset) = found.get(row) {
                    self::row(ui, preset, row, view, browser, actions);
                }
            }
        });
    });
}

fn row(
    ui: &mut Ui,
    preset: &Found,
    row: usize,
    view: &View,
    browser: &mut Memory,
    actions: &mut Vec<Action>,
) {
    let theme = view.theme();
    let size = Vec2::new(ui.available_width(), ROW);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    grid::name(&response, WidgetType::SelectableLabel, preset.name.clone());
    let chosen = browser.row == row;
    if response.clicked() {
        browser.row = row;
        actions.push(Action::Library(Ask::Audition(preset.id)));
    }
    if response.double_clicked() {
        actions.push(Action::Library(Ask::Load(preset.id, browser.target)));
    }
    let painter = ui.painter_at(rect);
    if chosen || response.hovered() {
        let strength = if chosen { 0.22 } else { 0.08 };
        painter.rect_filled(rect, 4, mix(theme.panel, theme.a, strength));
    }
    let mut rest = rect.shrink2(Vec2::new(4.0, 0.0));
    let star = grid::left(&mut rest, 24.0, 4.0);
    let mut buttons = grid::right(&mut rest, 108.0, 8.0);
    let weak = FontId::proportional(theme::SMALL);
    let write = |rect: Rect, text: &str, font: &FontId, color| {
        let painter = painter.with_clip_rect(rect);
        painter.text(
            rect.left_center(),
            Align2::LEFT_CENTER,
            text,
            font.clone(),
            color,
        );
    };
    let name = grid::left(&mut rest, 120.0, 8.0);
    write(
        name,
        &preset.name,
        &FontId::monospace(theme::BODY),
        theme.text,
    );
    for end in End::BOTH {
        if preset_id(view.session.end(end)) == Some(preset.id) {
            let x = name.right() - if end == End::A { 22.0 } else { 8.0 };
            let at = Pos2::new(x, name.center().y);
            painter.text(
                at,
                Align2::CENTER_CENTER,
                end.letter(),
                weak.clone(),
                theme.end(end),
            );
        }
    }
    let kind = grid::left(&mut rest, 80.0, 8.0);
    write(kind, &preset.category.to_string(), &weak, theme.weak);
    let number = grid::left(&mut rest, 48.0, 8.0);
    write(
        number,
        &format!("ALG {}", preset.algorithm),
        &weak,
        theme.weak,
    );
    let cartridge = if preset.factory {
        "Factory bank"
    } else if preset.cartridge.is_empty() {
        "saved here"
    } else {
        &preset.cartridge
    };
    write(rest, cartridge, &weak, theme.weak);
    let sign = if preset.favourite { "★" } else { "☆" };
    let sign = egui::Button::new(sign).frame(false);
    let button = ui.put(star, sign);
    grid::name(
        &button,
        WidgetType::Button,
        format!("Favourite {}", preset.name),
    );
    if button.clicked() {
        actions.push(Action::Library(Ask::Favourite(
            preset.id,
            !preset.favourite,
        )));
    }
    for (text, hint, name, ask) in [
        ("A", "Load to A", "to A", Ask::Load(preset.id, End::A)),
        ("B", "Load to B", "to B", Ask::Load(preset.id, End::B)),
        (
            "Alike",
            "Sounds like this one",
            "more like",
            Ask::MoreLike(preset.id),
        ),
    ] {
        let width = if text.len() > 1 { 48.0 } else { 26.0 };
        let place = grid::left(&mut buttons, width, 4.0).shrink2(Vec2::new(0.0, 2.0));
        let button = egui::Button::new(egui::RichText::new(text).size(theme::SMALL));
        let button = ui.put(place, button).on_hover_text(hint);
        grid::name(
            &button,
            WidgetType::Button,
            format!("{} {name}", preset.name),
        );
        if button.clicked() {
            actions.push(Action::Library(ask));
        }
    }
}
