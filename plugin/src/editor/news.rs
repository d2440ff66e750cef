//! What the user should know: notices, reports, trouble with the library. They lie over the lower edge of
//! the page, so that nothing moves under the mouse when one comes or goes.

use egui::{Label, Rect, RichText, ScrollArea, Sense, Stroke, StrokeKind, Ui, Vec2};

use super::grid;
use super::theme::{self, GRID};
use super::view::{Action, Memory, Page, View};
use crate::library::{Ask, State};

/// The height of one line, and the most of a report, in points.
const LINE: f32 = 28.0;
const REPORT: f32 = 96.0;

/// Draws what there is, one above the other.
pub fn show(ui: &mut Ui, page: Rect, view: &View, memory: &Memory, actions: &mut Vec<Action>) {
    let mut rest = page.shrink(GRID / 2.0);
    if let Some(notice) = view.notice {
        let rect = over(ui, &mut rest, LINE, view);
        grid::row(ui, rect, |ui| {
            if ui.button("OK").clicked() {
                actions.push(Action::Dismiss);
            }
            warning(ui, view, notice);
        });
    }
    if let Some(report) = &view.library.report {
        let most = if report.len() > 1 { REPORT } else { LINE };
        let height = most.min(rest.height());
        let rect = over(ui, &mut rest, height, view);
        self::report(ui, rect, view, report, actions);
    }
    // The map says it in its place, the other pages do without a library.
    if memory.page == Page::Browse
        && let State::Failed(text) | State::Busy(text) = &view.library.state
    {
        let rect = over(ui, &mut rest, LINE, view);
        grid::row(ui, rect, |ui| {
            let retry = matches!(view.library.state, State::Busy(_));
            if retry && ui.button("Try again").clicked() {
                let query = memory.browser.query.clone();
                actions.push(Action::Library(Ask::Search(query)));
            }
            warning(ui, view, text);
        });
    }
}

/// A place over the lower edge of what is left of the page. What lies under it gets no clicks.
fn over(ui: &mut Ui, rest: &mut Rect, height: f32, view: &View) -> Rect {
    let theme = view.theme();
    let rect = grid::bottom(rest, height, GRID / 2.0);
    let id = ui.id().with(("news", rect.bottom() as i32));
    ui.interact(rect, id, Sense::click_and_drag());
    ui.painter().rect_filled(rect, 5, theme.background);
    let edge = Stroke::new(1.0, theme.line);
    ui.painter().rect_stroke(rect, 5, edge, StrokeKind::Inside);
    rect.shrink2(Vec2::new(GRID, 3.0))
}

fn warning(ui: &mut Ui, view: &View, text: &str) {
    let line = RichText::new(text).color(view.theme().warn);
    ui.add(Label::new(line).truncate()).on_hover_text(text);
}

fn report(ui: &mut Ui, rect: Rect, view: &View, report: &[String], actions: &mut Vec<Action>) {
    let mut rest = rect;
    let first = grid::top(&mut rest, LINE - 6.0, 2.0);
    grid::row(ui, first, |ui| {
        if ui.button("Close report").clicked() {
            actions.push(Action::Library(Ask::DismissReport));
        }
        if let Some(sum) = report.first() {
            let line = RichText::new(sum).strong();
            ui.add(Label::new(line).truncate()).on_hover_text(sum);
        }
    });
    if report.len() > 1 {
        grid::column(ui, rest, |ui| {
            let area = ScrollArea::vertical().id_salt("report").auto_shrink(false);
            area.show(ui, |ui| {
                for line in &report[1..] {
                    let text = RichText::new(line).size(theme::SMALL);
                    let text = text.color(view.theme().weak);
                    ui.add(Label::new(text).truncate()).on_hover_text(line);
                }
            });
        });
    }
}
