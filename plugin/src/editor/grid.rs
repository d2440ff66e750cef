//! The places of things in the window: rectangles cut off from what is left.

use egui::{Layout, Rect, Response, Ui, UiBuilder, WidgetInfo, WidgetType};

/// Cuts `height` off the top of `rest`, and `gap` after it.
pub fn top(rest: &mut Rect, height: f32, gap: f32) -> Rect {
    let (cut, left) = rest.split_top_bottom_at_y(rest.top() + height);
    *rest = left;
    rest.min.y += gap;
    cut
}

/// Cuts `height` off the bottom of `rest`, and `gap` before it.
pub fn bottom(rest: &mut Rect, height: f32, gap: f32) -> Rect {
    let (left, cut) = rest.split_top_bottom_at_y(rest.bottom() - height);
    *rest = left;
    rest.max.y -= gap;
    cut
}

/// Cuts `width` off the left of `rest`, and `gap` after it.
pub fn left(rest: &mut Rect, width: f32, gap: f32) -> Rect {
    let (cut, left) = rest.split_left_right_at_x(rest.left() + width);
    *rest = left;
    rest.min.x += gap;
    cut
}

/// Cuts `width` off the right of `rest`, and `gap` before it.
pub fn right(rest: &mut Rect, width: f32, gap: f32) -> Rect {
    let (left, cut) = rest.split_left_right_at_x(rest.right() - width);
    *rest = left;
    rest.max.x -= gap;
    cut
}

/// Divides a rectangle into `count` equal ones side by side.
pub fn columns(rect: Rect, count: usize, gap: f32) -> impl Iterator<Item = Rect> {
    let width = (rect.width() - gap * (count - 1) as f32) / count as f32;
    (0..count).map(move |i| {
        let x = rect.left() + (width + gap) * i as f32;
        Rect::from_x_y_ranges(x..=x + width, rect.y_range())
    })
}

/// Draws in a rectangle, clipped to it.
pub fn within<R>(ui: &mut Ui, rect: Rect, layout: Layout, draw: impl FnOnce(&mut Ui) -> R) -> R {
    let builder = UiBuilder::new().max_rect(rect).layout(layout);
    ui.scope_builder(builder, |ui| {
        ui.shrink_clip_rect(rect.expand(2.0));
        draw(ui)
    })
    .inner
}

/// Draws in a row.
pub fn row<R>(ui: &mut Ui, rect: Rect, draw: impl FnOnce(&mut Ui) -> R) -> R {
    within(ui, rect, Layout::left_to_right(egui::Align::Center), draw)
}

/// Draws in a row that begins at the right.
pub fn row_from_right<R>(ui: &mut Ui, rect: Rect, draw: impl FnOnce(&mut Ui) -> R) -> R {
    within(ui, rect, Layout::right_to_left(egui::Align::Center), draw)
}

/// Draws from top to bottom.
pub fn column<R>(ui: &mut Ui, rect: Rect, draw: impl FnOnce(&mut Ui) -> R) -> R {
    within(ui, rect, Layout::top_down(egui::Align::Min), draw)
}

/// Gives a widget the name that screen readers and tests find it by.
pub fn name(response: &Response, kind: WidgetType, name: impl Into<String>) {
    let (enabled, name) = (response.enabled(), name.into());
    response.widget_info(|| WidgetInfo::labeled(kind, enabled, name.clone()));
}

/// A button with a sign on it, a name, and an explanation where the pointer rests.
pub fn sign(ui: &mut Ui, sign: &str, called: impl Into<String>, hint: &str) -> Response {
    let button = ui.button(sign).on_hover_text(hint);
    name(&button, WidgetType::Button, called);
    button
}
