//! The way from A to B: the Morph slider, and under it, on the same axis, the trail.

mod picture;

pub(super) use picture::label;

use egui::{
    Align2, FontId, Key, Modifiers, Pos2, Rangef, Rect, RichText, Sense, Stroke, StrokeKind, Ui,
    Vec2,
};
use egui::{WidgetInfo, WidgetType};

use super::export;
use super::grid;
use super::knob::push;
use super::theme::{self, GRID, mix};
use super::view::{Action, Knob, View};
use super::{bar, view};
use crate::library::Ask;
use crate::session::PathKind;
use crate::trail::{POINTS, Point, Trail};

/// The four curves, in the order of [`theme::Theme::curves`].
pub const CURVES: [&str; 4] = ["Brightness", "Loudness", "Attack", "Richness"];

/// What is remembered of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Memory {
    /// Which curves are shown.
    shown: [bool; 4],
    /// The kind of path that was chosen before this one.
    before: PathKind,
    /// The name for the next saved sound; empty: made of those of A and B.
    pub name: String,
}

impl Default for Memory {
    fn default() -> Memory {
        Memory {
            shown: [true; 4],
            before: PathKind::Linear,
            name: String::new(),
        }
    }
}

/// Where positions of the path lie on the screen.
#[derive(Clone, Copy, Debug)]
struct Axis {
    x: Rangef,
    beyond: f32,
}

/// Half the width of the slider's handle.
const HANDLE: f32 = 9.0;

impl Axis {
    fn of(rect: Rect, view: &View) -> Axis {
        Axis {
            x: rect.shrink2(Vec2::new(HANDLE + 2.0, 0.0)).x_range(),
            beyond: view.beyond,
        }
    }

    fn x(&self, position: f32) -> f32 {
        let morph = (position + self.beyond) / (1.0 + 2.0 * self.beyond);
        self.x.min + morph * self.x.span()
    }

    fn position(&self, x: f32) -> f32 {
        let morph = ((x - self.x.min) / self.x.span().max(1.0)).clamp(0.0, 1.0);
        morph * (1.0 + 2.0 * self.beyond) - self.beyond
    }
}

/// Draws the slider.
pub fn slider(ui: &mut Ui, rect: Rect, view: &View, actions: &mut Vec<Action>) {
    let (theme, axis) = (view.theme(), Axis::of(rect, view));
    let setting = view.setting(Knob::Morph);
    let response = ui.allocate_rect(rect, Sense::click_and_drag());
    let at = |x: f32| ((x - axis.x.min) / axis.x.span().max(1.0)).clamp(0.0, 1.0);
    let touch = bar::touch(ui, &response, setting, at);
    let shown = touch.value.unwrap_or(setting.value);
    response.widget_info(|| bar::info(Knob::Morph.name(), setting, shown, true));
    let painter = ui.painter_at(rect);
    painter.rect_filled(rect, 8, theme.track);
    let (a, b) = (axis.x(0.0), axis.x(1.0));
    picture::gradient(&painter, rect, [a, b], theme);
    picture::beyond(&painter, rect, [a, b], theme);
    let place = axis.position(axis.x.min + shown * axis.x.span());
    let x = axis.x(place);
    let words = [(a, "A", theme.a), (b, "B", theme.b)];
    for (at, letter, color) in words {
        let near = (x - at).abs() < 2.5 * HANDLE;
        let line = Stroke::new(1.5, color);
        painter.vline(at, rect.y_range().shrink(3.0), line);
        if !near && view.beyond > 0.0 {
            let at = Pos2::new(at + 6.0, rect.top() + 4.0);
            let font = FontId::proportional(theme::SMALL);
            painter.text(at, Align2::LEFT_TOP, letter, font, color);
        }
    }
    let color = theme.between(place);
    let handle = Rect::from_center_size(
        Pos2::new(x, rect.center().y),
        Vec2::new(2.0 * HANDLE, rect.height() - 6.0),
    );
    painter.rect_filled(handle, 5, color);
    painter.vline(
        x,
        handle.y_range().shrink(8.0),
        Stroke::new(2.0, theme.background),
    );
    let edge = if response.has_focus() || response.hovered() || response.dragged() {
        Stroke::new(1.5, color)
    } else {
        Stroke::new(1.0, theme.line)
    };
    painter.rect_stroke(rect, 8, edge, StrokeKind::Inside);
    // Beside the handle, where there is room.
    let (side, align) = if shown < 0.5 {
        (x + HANDLE + 10.0, Align2::LEFT_CENTER)
    } else {
        (x - HANDLE - 10.0, Align2::RIGHT_CENTER)
    };
    let text = format!("Morph {}", setting.text);
    let font = FontId::proportional(theme::TITLE);
    painter.text(
        Pos2::new(side, rect.center().y),
        align,
        text,
        font,
        theme.text,
    );
    push(Knob::Morph, touch, actions);
}

/// Draws the trail; a press or a drag on it plays the sound there.
pub fn trail(
    ui: &mut Ui,
    rect: Rect,
    view: &View,
    memory: &mut view::Memory,
    actions: &mut Vec<Action>,
) {
    let (theme, axis) = (view.theme(), Axis::of(rect, view));
    let response = ui.allocate_rect(rect, Sense::click_and_drag());
    grid::name(&response, WidgetType::Other, "Trail");
    let painter = ui.painter_at(rect);
    painter.rect_filled(rect, 8, theme.track);
    let [a, b] = [axis.x(0.0), axis.x(1.0)];
    let inner = Rect::from_x_y_ranges(a..=b, rect.y_range().shrink(2.0));
    let mut switches = Vec::new();
    match view.trail {
        Some(trail) => {
            picture::spectrogram(&painter, inner, trail, theme);
            picture::beyond(&painter, rect, [a, b], theme);
            let x = |position| axis.x(position);
            picture::switches(&painter, rect, x, trail, theme);
            for (which, color) in theme.curves.into_iter().enumerate() {
                if memory.strip.shown[which] {
                    let plot = inner.shrink2(Vec2::new(0.0, 20.0));
                    picture::curve(&painter, plot, &heights(trail, which), color, theme);
                }
            }
            switches = picture::switch_labels(&painter, rect, x, trail, theme);
        }
        None => {
            let font = FontId::proportional(theme::BODY);
            let text = "Listening to the sounds between A and B…";
            painter.text(rect.center(), Align2::CENTER_CENTER, text, font, theme.weak);
        }
    }
    let x = axis.x(view.position());
    painter.vline(
        x,
        rect.y_range(),
        Stroke::new(2.0, theme.between(view.position())),
    );
    for &position in view.voices {
        let at = Pos2::new(axis.x(position), rect.bottom() - 8.0);
        painter.circle(at, 4.0, theme.text, Stroke::new(1.5, theme.background));
    }
    for &pin in &view.session.pins {
        picture::pin(&painter, Pos2::new(axis.x(pin), rect.top()), theme);
    }
    painter.rect_stroke(rect, 8, Stroke::new(1.0, theme.line), StrokeKind::Inside);
    if let Some(at) = response.hover_pos() {
        let position = axis.position(at.x);
        painter.vline(
            axis.x(position),
            rect.y_range(),
            Stroke::new(1.0, theme.text),
        );
        if let Some(trail) = view.trail {
            let text = reading(trail, position);
            label(&painter, rect, axis.x(position), &text, theme);
        }
        let pointed = switches.iter().find(|(place, _)| place.contains(at));
        if let Some((_, switch)) = pointed {
            let place = switch.position * 100.0;
            let text = format!("At {place:.0} %:\n{}", switch.changes.join("\n"));
            response.clone().on_hover_text_at_pointer(text);
        }
    }
    let pressed = response.is_pointer_button_down_on();
    let began = pressed && ui.input(|input| input.pointer.any_pressed());
    if let Some(at) = response
        .interact_pointer_pos()
        .filter(|_| began || response.dragged())
    {
        actions.push(Action::Hear(axis.position(at.x)));
    }
    if response.drag_stopped() || response.clicked() {
        actions.push(Action::Silence);
    }
}

/// Draws the row under the trail: the kind of path, the curves, pins and saving.
pub fn below(
    ui: &mut Ui,
    rect: Rect,
    view: &View,
    memory: &mut view::Memory,
    actions: &mut Vec<Action>,
) {
    let theme = view.theme();
    grid::row(ui, rect, |ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        for kind in PathKind::ALL {
            let chosen = view.session.path == kind;
            let hint = match kind {
                PathKind::Even => "Equal turns of the knob are equal steps of timbre",
                PathKind::Neural => "The way a network imagines it",
                PathKind::Linear => "Every number in a straight line, switches at the half",
            };
            let button = ui.selectable_label(chosen, kind.name()).on_hover_text(hint);
            if button.clicked() && !chosen {
                memory.strip.before = view.session.path;
                actions.push(Action::Path(kind));
            }
        }
        let before = memory.strip.before;
        if before != view.session.path {
            let hint = format!("To {} and back: hear one against the other", before.name());
            if grid::sign(ui, "Compare", "Compare paths", &hint).clicked() {
                memory.strip.before = view.session.path;
                actions.push(Action::Path(before));
            }
        }
        ui.add_space(GRID);
        let curves = theme.curves.into_iter().zip(CURVES);
        for (shown, (color, name)) in memory.strip.shown.iter_mut().zip(curves) {
            let color = if *shown {
                color
            } else {
                mix(color, theme.background, 0.6)
            };
            let text = RichText::new(format!("⏺ {name}"))
                .size(theme::SMALL)
                .color(color);
            let toggle = ui.add(egui::Button::new(text).frame(false));
            let toggle = toggle.on_hover_text("Show or hide this curve");
            toggle.widget_info(|| WidgetInfo::selected(WidgetType::Checkbox, true, *shown, name));
            if toggle.clicked() {
                *shown = !*shown;
            }
        }
    });
    grid::row_from_right(ui, rect, |ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        export::menu(ui, view, memory);
        let save = ui
            .button("Save sound")
            .on_hover_text("Keep the sound under the knob as a preset");
        let field = egui::TextEdit::singleline(&mut memory.strip.name)
            .hint_text("Name")
            .char_limit(presets::patch::NAME_LEN)
            .desired_width(92.0);
        let field = ui.add(field);
        grid::name(&field, WidgetType::TextEdit, "Name of the saved sound");
        // Else the list under it would take the key, and with it another sound.
        let entered = field.lost_focus()
            && ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Enter));
        if save.clicked() || (entered && !memory.strip.name.trim().is_empty()) {
            let name = saved_name(view, &memory.strip.name);
            let patch = Box::new(view.under.round(&name));
            actions.push(Action::Library(Ask::Save(patch)));
            memory.strip.name.clear();
        }
        pins(ui, view, actions);
    });
}

fn pins(ui: &mut Ui, view: &View, actions: &mut Vec<Action>) {
    let pins = &view.session.pins;
    let here = view.position();
    let near = |pin: f32| (pin - here).abs() < 0.002;
    let pinned = pins.iter().position(|&pin| near(pin));
    let word = if pinned.is_some() { "Unpin" } else { "Pin" };
    if grid::sign(
        ui,
        &format!("📌 {word}"),
        word,
        "Remember this place of the path",
    )
    .clicked()
    {
        let mut pins = pins.clone();
        match pinned {
            Some(place) => drop(pins.remove(place)),
            None => pins.push(here),
        }
        actions.push(Action::Pins(pins));
    }
    for (sign, name, forward) in [("⏵", "Next pin", true), ("⏴", "Previous pin", false)] {
        let others = pins.iter().copied().filter(|&pin| !near(pin));
        let there = if forward {
            others.filter(|&pin| pin > here).reduce(f32::min)
        } else {
            others.filter(|&pin| pin < here).reduce(f32::max)
        };
        ui.add_enabled_ui(there.is_some(), |ui| {
            if grid::sign(ui, sign, name, name).clicked()
                && let Some(there) = there
            {
                let value = view.morph_at(there);
                let turn = Action::Turn(Knob::Morph, value);
                actions.extend([
                    Action::Begin(Knob::Morph),
                    turn,
                    Action::Release(Knob::Morph),
                ]);
            }
        });
    }
}

/// What a saved sound is called: as the user says, or by its parents and its place.
pub fn saved_name(view: &View, wanted: &str) -> String {
    if !wanted.trim().is_empty() {
        return wanted.trim().to_owned();
    }
    let letters = |name: String| {
        name.chars()
            .filter(|c| c.is_alphanumeric())
            .take(3)
            .collect()
    };
    let [a, b]: [String; 2] =
        [&view.session.a, &view.session.b].map(|end| letters(end.patch.name()));
    format!("{a}{:.0}{b}", view.position() * 100.0)
}

/// A curve of a trail, 0 to 1.
fn heights(trail: &Trail, which: usize) -> [f32; POINTS] {
    let height = |point: &Point| match which {
        // From 100 Hz to 6.4 kHz.
        0 => (point.brightness.max(1.0) / 100.0).log2() / 6.0,
        // From -60 dB to full scale.
        1 => (point.level_db + 60.0) / 60.0,
        // From 5 ms to half a second.
        2 => (point.attack_s.max(0.005) / 0.005).log10() / 2.0,
        // From one partial to 64.
        _ => point.richness.max(1.0).log2() / 6.0,
    };
    std::array::from_fn(|i| height(&trail.points[i]).clamp(0.0, 1.0))
}

/// What is known of a place, in words.
fn reading(trail: &Trail, position: f32) -> String {
    let nearest = (position.clamp(0.0, 1.0) * (POINTS - 1) as f32).round() as usize;
    let point = &trail.points[nearest];
    format!(
        "{:.0} %   bright {:.0} Hz   loud {:.0} dB   attack {:.0} ms   rich {:.1}",
        position * 100.0,
        point.brightness,
        point.level_db,
        point.attack_s * 1000.0,
        point.richness,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_axis_goes_there_and_back() {
        for beyond in [0.0, 0.3, 0.5] {
            let axis = Axis {
                x: Rangef::new(20.0, 520.0),
                beyond,
            };
            for step in 0..=10 {
                let position = -beyond + (1.0 + 2.0 * beyond) * step as f32 / 10.0;
                assert!((axis.position(axis.x(position)) - position).abs() < 1e-4);
            }
        }
    }
}
