//! [`Bar`]: a horizontal control to drag, with a name that screen readers and tests find.

use egui::{Color32, CornerRadius, Pos2, Rect, Response, Sense, Stroke, StrokeKind, Ui, Vec2};
use egui::{WidgetInfo, WidgetType};

use super::knob::Setting;
use super::theme::{Theme, mix};

/// A control for a value of 0 to 1.
pub struct Bar<'a> {
    /// What it is called.
    pub name: &'a str,
    /// Where it stands.
    pub setting: &'a Setting,
    /// The value from which on it is filled.
    pub origin: f32,
    /// In points.
    pub height: f32,
    /// Its colours.
    pub theme: &'a Theme,
    /// The colour of its handle.
    pub color: Color32,
}

/// What the user did to it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Touch {
    /// The user took hold of it.
    pub begun: bool,
    /// Its new value.
    pub value: Option<f32>,
    /// The user let go.
    pub ended: bool,
}

impl Bar<'_> {
    /// Draws it as wide as there is room.
    pub fn show(self, ui: &mut Ui) -> Touch {
        let size = Vec2::new(ui.available_width(), self.height);
        let (rect, response) = ui.allocate_exact_size(size, Sense::click_and_drag());
        let knob = self.height / 2.0;
        let span = (rect.width() - 2.0 * knob).max(1.0);
        let at = |x: f32| ((x - rect.left() - knob) / span).clamp(0.0, 1.0);
        let touch = touch(ui, &response, self.setting, at);
        let shown = touch.value.unwrap_or(self.setting.value);
        response.widget_info(|| info(self.name, self.setting, shown, response.enabled()));
        self.paint(ui, rect, &response, shown);
        response.on_hover_text(format!("{}: {}", self.name, self.setting.text));
        touch
    }

    fn paint(&self, ui: &Ui, rect: Rect, response: &Response, value: f32) {
        let (painter, theme) = (ui.painter_at(rect), self.theme);
        let corner = CornerRadius::same(5);
        painter.rect_filled(rect, corner, theme.track);
        let knob = self.height / 2.0;
        let x = |value: f32| rect.left() + knob + (rect.width() - 2.0 * knob) * value;
        let (at, color) = (x(value), self.color);
        let origin = match self.origin {
            0.0 => rect.left(),
            origin => x(origin),
        };
        let done = Rect::from_x_y_ranges(origin.min(at)..=origin.max(at), rect.y_range());
        painter.rect_filled(done, corner, mix(theme.track, color, 0.25));
        if self.origin > 0.0 {
            let tick = rect.y_range().shrink(4.0);
            painter.vline(origin, tick, Stroke::new(1.0, theme.line));
        }
        let handle = Rect::from_center_size(
            Pos2::new(at, rect.center().y),
            Vec2::new((self.height * 0.3).clamp(6.0, 14.0), self.height - 4.0),
        );
        painter.rect_filled(handle, CornerRadius::same(3), color);
        let edge = if response.has_focus() || response.hovered() {
            Stroke::new(1.5, color)
        } else {
            Stroke::new(1.0, theme.line)
        };
        painter.rect_stroke(rect, corner, edge, StrokeKind::Inside);
    }
}

/// What a screen reader says of a control.
pub fn info(name: &str, setting: &Setting, value: f32, enabled: bool) -> WidgetInfo {
    WidgetInfo {
        enabled,
        label: Some(name.to_owned()),
        value: Some(f64::from(value)),
        current_text_value: Some(setting.text.clone()),
        ..WidgetInfo::new(WidgetType::Slider)
    }
}

/// What the user did to a control that stands so, where `at` gives the value under a place on the
/// screen.
pub fn touch(ui: &Ui, response: &Response, setting: &Setting, at: impl Fn(f32) -> f32) -> Touch {
    if !response.enabled() {
        return Touch::default();
    }
    if response.double_clicked() {
        return whole(setting.default);
    }
    let on_step = |value: f32| match setting.steps {
        Some(steps) => (value * steps as f32).round() / steps as f32,
        None => value,
    };
    let step = arrow_step(ui, response, setting.steps);
    if step != 0.0 {
        return whole(on_step((setting.value + step).clamp(0.0, 1.0)));
    }
    let pointed = response.interact_pointer_pos();
    let pointed = pointed.map(|place| on_step(at(place.x)));
    if response.clicked() {
        return pointed.map_or_else(Touch::default, whole);
    }
    let ended = response.drag_stopped();
    // The last way of the pointer may come with its release.
    let is_dragged = response.dragged() || ended;
    Touch {
        begun: response.drag_started(),
        value: pointed.filter(|&pointed| is_dragged && pointed != setting.value),
        ended,
    }
}

/// A touch that begins and ends at once.
pub fn whole(value: f32) -> Touch {
    Touch {
        begun: true,
        value: Some(value),
        ended: true,
    }
}

/// How far the arrow keys move a control that has the focus: one of its steps; if it has none a
/// hundredth, with Shift a thousandth.
fn arrow_step(ui: &Ui, response: &Response, steps: Option<usize>) -> f32 {
    use egui::Key;
    if !response.has_focus() {
        return 0.0;
    }
    ui.input(|input| {
        let step = match steps {
            Some(steps) => 1.0 / steps.max(1) as f32,
            None if input.modifiers.shift => 0.001,
            None => 0.01,
        };
        let count = |key| input.num_presses(key) as f32;
        let up = count(Key::ArrowRight) + count(Key::ArrowUp);
        let down = count(Key::ArrowLeft) + count(Key::ArrowDown);
        (up - down) * step
    })
}
