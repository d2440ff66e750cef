//! [`Bar`]: a horizontal control to drag, with a name that screen readers and tests find.

use egui::{Color32, CornerRadius, Pos2, Rect, Response, Sense, Stroke, StrokeKind, Ui, Vec2};
use egui::{WidgetInfo, WidgetType};

use super::theme::{Theme, mix};

/// A control for a value of 0 to 1.
pub struct Bar<'a> {
    /// What it is called.
    pub name: &'a str,
    /// 0 to 1.
    pub value: f32,
    /// Where a double click takes it.
    pub default: f32,
    /// Its value as the user reads it.
    pub text: &'a str,
    /// In points.
    pub height: f32,
    /// Its colours.
    pub theme: &'a Theme,
    /// The colour of its handle at 0 and at 1.
    pub colors: [Color32; 2],
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
        let touch = touch(ui, &response, self.value, self.default, at);
        let response = response.on_hover_text(format!("{}: {}", self.name, self.text));
        let shown = touch.value.unwrap_or(self.value);
        response.widget_info(|| WidgetInfo {
            typ: WidgetType::Slider,
            enabled: true,
            label: Some(self.name.to_owned()),
            value: Some(f64::from(shown)),
            current_text_value: Some(self.text.to_owned()),
            ..WidgetInfo::new(WidgetType::Slider)
        });
        self.paint(ui, rect, &response, shown);
        touch
    }

    fn paint(&self, ui: &Ui, rect: Rect, response: &Response, value: f32) {
        let (painter, theme) = (ui.painter_at(rect), self.theme);
        let corner = CornerRadius::same(5);
        painter.rect_filled(rect, corner, theme.track);
        let knob = self.height / 2.0;
        let at = rect.left() + knob + (rect.width() - 2.0 * knob) * value;
        let color = mix(self.colors[0], self.colors[1], value);
        let done = Rect::from_x_y_ranges(rect.left()..=at, rect.y_range());
        painter.rect_filled(done, corner, mix(theme.track, color, 0.25));
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

/// What the user did to a control of that value, where `at` gives the value under a place on the
/// screen.
pub fn touch(
    ui: &Ui,
    response: &Response,
    value: f32,
    default: f32,
    at: impl Fn(f32) -> f32,
) -> Touch {
    if response.double_clicked() {
        return whole(default);
    }
    let step = arrow_step(ui, response);
    if step != 0.0 {
        return whole((value + step).clamp(0.0, 1.0));
    }
    let pointed = response.interact_pointer_pos().map(|place| at(place.x));
    if response.clicked() {
        return pointed.map_or_else(Touch::default, whole);
    }
    Touch {
        begun: response.drag_started(),
        value: pointed.filter(|&pointed| response.dragged() && pointed != value),
        ended: response.drag_stopped(),
    }
}

/// A touch that begins and ends at once.
fn whole(value: f32) -> Touch {
    Touch {
        begun: true,
        value: Some(value),
        ended: true,
    }
}

/// How far the arrow keys move a control that has the focus: a hundredth, with Shift a thousandth.
fn arrow_step(ui: &Ui, response: &Response) -> f32 {
    use egui::Key;
    if !response.has_focus() {
        return 0.0;
    }
    ui.input(|input| {
        let step = if input.modifiers.shift { 0.001 } else { 0.01 };
        let count = |key| input.num_presses(key) as f32;
        let up = count(Key::ArrowRight) + count(Key::ArrowUp);
        let down = count(Key::ArrowLeft) + count(Key::ArrowDown);
        (up - down) * step
    })
}
