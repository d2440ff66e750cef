//! What moves Morph besides its slider: each note, the LFO, the envelope.

use egui::{Pos2, Rect, RichText, Sense, Shape, Stroke, StrokeKind, Ui, Vec2};
use egui::{WidgetInfo, WidgetType};

use super::bar::whole;
use super::theme::{self, GRID, Theme, mix};
use super::view::{Action, Knob, View};
use super::{grid, knob};
use crate::motion::{SHAPES, wave};

/// Heights, in points.
const HEAD: f32 = 20.0;
const LINE: f32 = 24.0;
const GAP: f32 = 3.0;
/// The least that a picture is worth drawing in, and the most it needs.
const PICTURE: [f32; 2] = [40.0, 140.0];

/// Draws it.
pub fn show(ui: &mut Ui, rect: Rect, view: &View, actions: &mut Vec<Action>) {
    let mut columns = grid::columns(rect, 3, 3.0 * GRID);
    if let Some(mut rest) = columns.next() {
        head(ui, &mut rest, view, "Note", "each note by itself");
        for (called, knob) in [
            ("Velocity", Knob::Velocity),
            ("Key", Knob::Key),
            ("Wheel", Knob::Wheel),
        ] {
            let line = grid::top(&mut rest, LINE, GAP);
            knob::line(ui, line, called, knob, view, actions);
        }
        // As many lines as beside it, so that the pictures stand in a row.
        grid::top(&mut rest, LINE, GAP);
        if let Some(rect) = picture(rest) {
            reach(ui, rect, view);
        }
    }
    if let Some(mut rest) = columns.next() {
        head(ui, &mut rest, view, "LFO", "up and down, all voices");
        let line = grid::top(&mut rest, LINE, GAP);
        knob::line(ui, line, "Amount", Knob::Lfo, view, actions);
        let line = grid::top(&mut rest, LINE, GAP);
        shapes(ui, line, view, actions);
        let line = grid::top(&mut rest, LINE, GAP);
        knob::line(ui, line, "Sync", Knob::LfoSync, view, actions);
        let line = grid::top(&mut rest, LINE, GAP);
        let free = view.setting(Knob::LfoSync).value == 0.0;
        ui.add_enabled_ui(free, |ui| {
            knob::line(ui, line, "Rate", Knob::LfoRate, view, actions);
        });
        if let Some(rect) = picture(rest) {
            let shape = place(view, Knob::LfoShape);
            let points = 200;
            let heights = (0..=points).map(|i| {
                let cycles = 2.0 * f64::from(i) / f64::from(points);
                0.5 + 0.5 * wave(shape, cycles) * amount(view, Knob::Lfo)
            });
            curve(ui, rect, view, &heights.collect::<Vec<_>>());
        }
    }
    if let Some(mut rest) = columns.next() {
        head(
            ui,
            &mut rest,
            view,
            "Envelope",
            "from each key's going down",
        );
        for (called, knob) in [
            ("Amount", Knob::Envelope),
            ("Attack", Knob::EnvelopeAttack),
            ("Decay", Knob::EnvelopeDecay),
        ] {
            let line = grid::top(&mut rest, LINE, GAP);
            knob::line(ui, line, called, knob, view, actions);
        }
        grid::top(&mut rest, LINE, GAP);
        if let Some(rect) = picture(rest) {
            let rise = view.setting(Knob::EnvelopeAttack).value * 0.5;
            let fall = view.setting(Knob::EnvelopeDecay).value * 0.5;
            let heights = (0..=200).map(|i| {
                let now = i as f32 / 200.0;
                let height = if now < rise {
                    now / rise
                } else {
                    (1.0 - (now - rise) / fall.max(0.005)).max(0.0)
                };
                0.5 + 0.5 * height * amount(view, Knob::Envelope)
            });
            curve(ui, rect, view, &heights.collect::<Vec<_>>());
        }
    }
}

/// The name of a column, and what it does.
fn head(ui: &mut Ui, rest: &mut Rect, view: &View, name: &str, does: &str) {
    let rect = grid::top(rest, HEAD, GAP);
    grid::row(ui, rect, |ui| {
        ui.label(RichText::new(name).size(theme::BODY + 2.0).strong());
        let does = RichText::new(does).size(theme::SMALL);
        ui.label(does.color(view.theme().weak));
    });
}

/// Where a picture goes, if there is room.
fn picture(rest: Rect) -> Option<Rect> {
    let mut rest = rest;
    rest.min.y += GRID;
    (rest.height() >= PICTURE[0]).then(|| {
        rest.set_height(rest.height().min(PICTURE[1]));
        rest
    })
}

/// An amount of Morph's travel, -1 to 1.
fn amount(view: &View, knob: Knob) -> f32 {
    2.0 * view.setting(knob).value - 1.0
}

/// The place in its list that a knob stands on.
fn place(view: &View, knob: Knob) -> i32 {
    let setting = view.setting(knob);
    (setting.value * setting.steps.unwrap_or(1) as f32).round() as i32
}

/// The LFO's waves, to be chosen from by how they look.
fn shapes(ui: &mut Ui, rect: Rect, view: &View, actions: &mut Vec<Action>) {
    let theme = view.theme();
    let mut rest = rect;
    knob::caption(ui, grid::left(&mut rest, knob::CAPTION, 4.0), "Shape");
    let chosen = place(view, Knob::LfoShape);
    let last = SHAPES.len() as i32 - 1;
    for ((shape, name), cell) in (0..)
        .zip(SHAPES)
        .zip(grid::columns(rest, SHAPES.len(), GAP))
    {
        let cell = cell.shrink2(Vec2::new(0.0, 2.0));
        let id = ui.id().with(("LFO shape", shape));
        let response = ui.interact(cell, id, Sense::click());
        let here = chosen == shape;
        response.widget_info(|| {
            let called = format!("{} {name}", Knob::LfoShape.name());
            WidgetInfo::selected(WidgetType::SelectableLabel, true, here, called)
        });
        if response.clicked() && !here {
            let touch = whole(shape as f32 / last as f32);
            knob::push(Knob::LfoShape, touch, actions);
        }
        let fill = if here {
            mix(theme.panel, theme.a, 0.35)
        } else {
            theme.raised
        };
        ui.painter().rect_filled(cell, 4, fill);
        if response.hovered() || response.has_focus() {
            let edge = Stroke::new(1.0, theme.text);
            ui.painter().rect_stroke(cell, 4, edge, StrokeKind::Inside);
        }
        let ground = cell.shrink2(Vec2::new(6.0, 5.0));
        let heights: Vec<f32> = (0..=24)
            .map(|i| {
                // A random one needs several cycles to be seen as such.
                let cycles = f64::from(i) / 24.0 * if shape == last { 5.0 } else { 1.0 };
                0.5 + 0.5 * wave(shape, cycles.min(4.99))
            })
            .collect();
        ui.painter().line(
            points(ground, &heights),
            Stroke::new(1.5, if here { theme.text } else { theme.weak }),
        );
        response.on_hover_text(name);
    }
}

fn points(rect: Rect, heights: &[f32]) -> Vec<Pos2> {
    let steps = heights.len().saturating_sub(1).max(1) as f32;
    (0..)
        .zip(heights)
        .map(|(i, height)| {
            let x = rect.left() + rect.width() * i as f32 / steps;
            Pos2::new(x, rect.bottom() - rect.height() * height)
        })
        .collect()
}

/// A movement of Morph over time, 0 to 1, up towards B.
fn curve(ui: &Ui, rect: Rect, view: &View, heights: &[f32]) {
    let (painter, theme) = (ui.painter_at(rect), view.theme());
    painter.rect_filled(rect, 5, theme.track);
    let middle = [rect.left_center(), rect.right_center()];
    let dashes = Shape::dashed_line(&middle, Stroke::new(1.0, theme.line), 3.0, 4.0);
    painter.extend(dashes);
    letters(ui, rect, theme);
    let ground = rect.shrink2(Vec2::new(20.0, 8.0));
    for pair in points(ground, heights).windows(2) {
        let height = (rect.bottom() - pair[0].y) / rect.height();
        painter.line_segment([pair[0], pair[1]], Stroke::new(2.0, theme.between(height)));
    }
}

fn letters(ui: &Ui, rect: Rect, theme: &Theme) {
    let font = egui::FontId::proportional(theme::SMALL);
    let painter = ui.painter();
    let (low, high) = (rect.left_bottom(), rect.left_top());
    let step = Vec2::new(6.0, -4.0);
    let align = egui::Align2::LEFT_BOTTOM;
    painter.text(low + step, align, "A", font.clone(), theme.a);
    let align = egui::Align2::LEFT_TOP;
    painter.text(high + Vec2::new(6.0, 4.0), align, "B", font, theme.b);
}

/// How far all that is set here can take Morph from where its slider stands.
fn reach(ui: &Ui, rect: Rect, view: &View) {
    let (painter, theme) = (ui.painter_at(rect), view.theme());
    painter.rect_filled(rect, 5, theme.track);
    let morph = view.setting(Knob::Morph).value;
    let [mut low, mut high] = [morph; 2];
    for knob in [Knob::Velocity, Knob::Wheel, Knob::Envelope] {
        low += amount(view, knob).min(0.0);
        high += amount(view, knob).max(0.0);
    }
    for knob in [Knob::Key, Knob::Lfo] {
        low -= amount(view, knob).abs();
        high += amount(view, knob).abs();
    }
    let ground = rect.shrink2(Vec2::new(24.0, 0.0));
    let x = |morph: f32| ground.left() + ground.width() * morph.clamp(0.0, 1.0);
    let y = rect.center().y + 8.0;
    let font = egui::FontId::proportional(theme::SMALL);
    let (left, right) = (egui::Align2::RIGHT_CENTER, egui::Align2::LEFT_CENTER);
    let beside = |morph: f32, step: f32| Pos2::new(x(morph) + step, y);
    painter.text(beside(0.0, -9.0), left, "A", font.clone(), theme.a);
    painter.text(beside(1.0, 9.0), right, "B", font.clone(), theme.b);
    painter.hline(x(0.0)..=x(1.0), y, Stroke::new(2.0, theme.line));
    let steps = 32;
    for step in 0..steps {
        let at =
            |step: i32| low.max(0.0) + (high.min(1.0) - low.max(0.0)) * step as f32 / steps as f32;
        let (from, to) = (at(step), at(step + 1));
        painter.hline(x(from)..=x(to), y, Stroke::new(6.0, theme.between(from)));
    }
    painter.circle(
        Pos2::new(x(morph), y),
        6.0,
        theme.between(morph),
        Stroke::new(2.0, theme.background),
    );
    let text = if high - low > 0.0005 {
        "How far Morph is moved from its slider"
    } else {
        "Nothing moves Morph but its slider"
    };
    let top = rect.center_top() + Vec2::new(0.0, 7.0);
    painter.text(top, egui::Align2::CENTER_TOP, text, font, theme.weak);
}
