//! [`Bar`]: a horizontal control to drag, with a name that screen readers and tests find.

use egui::{Color32, CornerRadius, Pos2, Rect, Response, Sense, Stroke, StrokeKind, Ui, Vec2};
use egui::{WidgetInfo, WidgetType};

use super::view::{ACCENT_A, ACCENT_B, FAINT, TRACK};

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
    /// Curves behind it, each of values from 0 to 1 at equal steps.
    pub curves: &'a [(Color32, Vec<f32>)],
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
        let touch = self.touch(ui, rect, &response);
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

    fn touch(&self, ui: &Ui, rect: Rect, response: &Response) -> Touch {
        if response.double_clicked() {
            return whole(self.default);
        }
        let step = arrow_step(ui, response);
        if step != 0.0 {
            return whole((self.value + step).clamp(0.0, 1.0));
        }
        let pointed = response.interact_pointer_pos().map(|at| {
            let knob = self.height / 2.0;
            ((at.x - rect.left() - knob) / (rect.width() - 2.0 * knob).max(1.0)).clamp(0.0, 1.0)
        });
        if response.clicked() {
            return pointed.map_or_else(Touch::default, whole);
        }
        Touch {
            begun: response.drag_started(),
            value: pointed.filter(|&value| response.dragged() && value != self.value),
            ended: response.drag_stopped(),
        }
    }

    fn paint(&self, ui: &Ui, rect: Rect, response: &Response, value: f32) {
        let painter = ui.painter_at(rect);
        let corner = CornerRadius::same(6);
        painter.rect_filled(rect, corner, TRACK);
        let knob = self.height / 2.0;
        let span = Rect::from_min_max(
            Pos2::new(rect.left() + knob, rect.top() + 4.0),
            Pos2::new(rect.right() - knob, rect.bottom() - 4.0),
        );
        for (color, curve) in self.curves {
            let steps = curve.len().saturating_sub(1).max(1) as f32;
            let points = curve.iter().enumerate().map(|(i, &height)| {
                Pos2::new(
                    span.left() + span.width() * i as f32 / steps,
                    span.bottom() - span.height() * height,
                )
            });
            painter.line(points.collect(), Stroke::new(1.5, *color));
        }
        let at = span.left() + span.width() * value;
        let color = mix(ACCENT_A, ACCENT_B, value);
        let handle = Rect::from_center_size(
            Pos2::new(at, rect.center().y),
            Vec2::new((self.height * 0.3).clamp(6.0, 18.0), self.height - 4.0),
        );
        painter.rect_filled(handle, CornerRadius::same(4), color);
        let edge = if response.has_focus() || response.hovered() {
            Stroke::new(1.0, color)
        } else {
            Stroke::new(1.0, FAINT)
        };
        painter.rect_stroke(rect, corner, edge, StrokeKind::Inside);
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

fn mix(a: Color32, b: Color32, place: f32) -> Color32 {
    let channel = |a: u8, b: u8| (f32::from(a) + (f32::from(b) - f32::from(a)) * place) as u8;
    Color32::from_rgb(
        channel(a.r(), b.r()),
        channel(a.g(), b.g()),
        channel(a.b(), b.b()),
    )
}
