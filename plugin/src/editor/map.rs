//! The library as a map: alike sounds near each other. A rest of the pointer plays, a drag from one
//! sound to another makes them A and B.

use egui::{Align2, FontId, Pos2, Rect, Sense, Stroke, Ui, Vec2, WidgetType};

use super::grid;
use super::stage::preset_id;
use super::strip_label;
use super::theme::{self, GRID, Theme, mix};
use super::view::{self, Action, View};
use crate::library::{Ask, Category, MapPoint, PresetId, State};
use crate::session::End;

/// What is remembered of it.
#[derive(Default)]
pub struct Memory {
    asked: bool,
    /// The sound that was played last.
    heard: Option<PresetId>,
    /// Where a drag began.
    from: Option<PresetId>,
}

/// In points: how near the pointer must come to a sound.
const REACH: f32 = 14.0;

/// Draws it.
pub fn show(
    ui: &mut Ui,
    rect: Rect,
    view: &View,
    memory: &mut view::Memory,
    actions: &mut Vec<Action>,
) {
    let (theme, memory) = (view.theme(), &mut memory.map);
    if !std::mem::replace(&mut memory.asked, true) {
        actions.push(Action::Library(Ask::Map));
    }
    let response = ui.allocate_rect(rect, Sense::click_and_drag());
    grid::name(&response, WidgetType::Other, "Map of the library");
    let painter = ui.painter_at(rect);
    painter.rect_filled(rect, 5, theme.background);
    let points = view
        .library
        .map
        .as_deref()
        .filter(|points| !points.is_empty());
    let Some(points) = points else {
        let text = match (&view.library.map, &view.library.state) {
            (_, State::Failed(text) | State::Busy(text)) => text.as_str(),
            (None, _) => "Drawing the map…",
            (Some(_), _) => {
                "Nothing to show yet: import sounds on the Browse page, they are listened to first."
            }
        };
        let font = FontId::proportional(theme::BODY);
        painter.text(rect.center(), Align2::CENTER_CENTER, text, font, theme.weak);
        return;
    };
    let plane = rect.shrink(2.0 * GRID);
    let at = |point: &MapPoint| {
        plane.center() + Vec2::new(point.x * plane.width(), -point.y * plane.height()) / 2.0
    };
    let size = if points.len() > 5000 { 1.5 } else { 3.0 };
    for point in points {
        painter.circle_filled(at(point), size, color(point.category, theme));
    }
    let small = FontId::proportional(theme::SMALL);
    for (place, align, text) in [
        (rect.right_center(), Align2::RIGHT_CENTER, "bright "),
        (rect.left_center(), Align2::LEFT_CENTER, " dark"),
        (rect.center_top(), Align2::CENTER_TOP, "long"),
        (rect.center_bottom(), Align2::CENTER_BOTTOM, "short"),
    ] {
        painter.text(place, align, text, small.clone(), theme.weak);
    }
    let ends = End::BOTH.map(|end| {
        let id = preset_id(view.session.end(end));
        points.iter().find(|point| Some(point.id) == id)
    });
    if let [Some(a), Some(b)] = ends {
        painter.line_segment([at(a), at(b)], Stroke::new(1.5, theme.weak));
        let here = at(a).lerp(at(b), view.position().clamp(0.0, 1.0));
        painter.circle_filled(here, 5.0, theme.between(view.position()));
    }
    for (end, point) in End::BOTH.into_iter().zip(ends) {
        if let Some(point) = point {
            painter.circle(
                at(point),
                9.0,
                theme.end(end),
                Stroke::new(1.5, theme.background),
            );
            let letter = FontId::proportional(theme::SMALL);
            painter.text(
                at(point),
                Align2::CENTER_CENTER,
                end.letter(),
                letter,
                theme.background,
            );
        }
    }
    let pointer = response.hover_pos().or(response.interact_pointer_pos());
    let near = pointer.and_then(|pointer| nearest(points, at, pointer));
    if let Some(point) = near {
        painter.circle_stroke(at(point), 7.0, Stroke::new(1.5, theme.text));
        let text = format!("{}   {}", point.name, point.category);
        strip_label(&painter, rect, at(point).x, &text, theme);
        if memory.heard != Some(point.id) && ui.input(|input| input.pointer.is_still()) {
            memory.heard = Some(point.id);
            actions.push(Action::Library(Ask::Audition(point.id)));
        }
    } else {
        memory.heard = None;
    }
    if response.drag_started() {
        let start = ui.input(|input| input.pointer.press_origin());
        memory.from = start
            .and_then(|start| nearest(points, at, start))
            .map(|point| point.id);
    }
    let from = points.iter().find(|point| Some(point.id) == memory.from);
    if let (Some(from), Some(pointer)) = (from, pointer.filter(|_| response.dragged())) {
        painter.arrow(at(from), pointer - at(from), Stroke::new(2.0, theme.text));
    }
    if response.drag_stopped() {
        if let (Some(from), Some(to)) = (memory.from.take(), near)
            && from != to.id
        {
            actions.push(Action::Library(Ask::Load(from, End::A)));
            actions.push(Action::Library(Ask::Load(to.id, End::B)));
        }
    } else if let Some(point) = near.filter(|_| response.clicked()) {
        memory.heard = Some(point.id);
        actions.push(Action::Library(Ask::Audition(point.id)));
    }
}

fn nearest(
    points: &[MapPoint],
    at: impl Fn(&MapPoint) -> Pos2,
    pointer: Pos2,
) -> Option<&MapPoint> {
    points
        .iter()
        .map(|point| (at(point).distance_sq(pointer), point))
        .filter(|(distance, _)| *distance < REACH * REACH)
        .min_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, point)| point)
}

/// A hue for a family of categories.
fn color(category: Category, theme: &Theme) -> egui::Color32 {
    use Category as C;
    let [yellow, _, pink, green] = theme.curves;
    let strong = match category {
        C::Piano | C::ElectricPiano | C::Keys | C::Organ => theme.a,
        C::Mallet | C::Bell | C::Guitar => yellow,
        C::Brass | C::Woodwind | C::Lead => theme.b,
        C::Strings | C::Vocal | C::Pad => green,
        C::Bass | C::Percussion => pink,
        C::Effect | C::Other => theme.weak,
    };
    mix(theme.background, strong, 0.8)
}
