//! What is painted of a path: gradient, hatching, spectrogram, curves, marks.

use egui::{Align2, Color32, FontId, Mesh, Painter, Pos2, Rect, Shape, Stroke, Vec2};

use super::super::theme::{self, Theme, mix};
use crate::trail::{BANDS, POINTS, Switch, Trail};

/// From the colour of A to that of B, faintly, as a ground.
pub fn gradient(painter: &Painter, rect: Rect, [a, b]: [f32; 2], theme: &Theme) {
    let shade = |color| mix(theme.track, color, 0.30);
    let columns = [
        (rect.left(), shade(theme.a)),
        (a, shade(theme.a)),
        (b, shade(theme.b)),
        (rect.right(), shade(theme.b)),
    ];
    let rect = rect.shrink(2.0);
    let mut mesh = Mesh::default();
    for (i, (x, color)) in columns.into_iter().enumerate() {
        let x = x.clamp(rect.left(), rect.right());
        mesh.colored_vertex(Pos2::new(x, rect.top()), color);
        mesh.colored_vertex(Pos2::new(x, rect.bottom()), color);
        if i > 0 {
            let first = 2 * i as u32 - 2;
            mesh.add_triangle(first, first + 1, first + 2);
            mesh.add_triangle(first + 1, first + 2, first + 3);
        }
    }
    painter.add(Shape::mesh(mesh));
}

/// Hatches what lies beyond A and B, the denser the farther.
pub fn beyond(painter: &Painter, rect: Rect, [a, b]: [f32; 2], theme: &Theme) {
    for (from, direction) in [(a, -1.0), (b, 1.0)] {
        let edge = if direction < 0.0 {
            rect.left()
        } else {
            rect.right()
        };
        let length = (edge - from).abs();
        if length < 16.0 {
            continue;
        }
        let side = Rect::from_x_y_ranges(from.min(edge)..=from.max(edge), rect.y_range());
        let painter = painter.with_clip_rect(side.intersect(painter.clip_rect()));
        let mut way = 0.0;
        while way < length + rect.height() {
            let far = (way / length).min(1.0);
            let x = from + direction * way;
            let line = [
                Pos2::new(x, rect.bottom()),
                Pos2::new(x - direction * rect.height() * 0.5, rect.top()),
            ];
            let color = mix(theme.track, theme.warn, 0.12 + 0.3 * far);
            painter.line_segment(line, Stroke::new(1.0, color));
            way += 12.0 - 6.0 * far;
        }
        if length > 60.0 {
            let font = FontId::proportional(theme::SMALL);
            let at = Pos2::new(edge - direction * 8.0, rect.top() + 5.0);
            let align = if direction < 0.0 {
                Align2::LEFT_TOP
            } else {
                Align2::RIGHT_TOP
            };
            painter.text(at, align, "wild", font, theme.warn);
        }
    }
}

/// The spectra along the path, low frequencies below.
pub fn spectrogram(painter: &Painter, rect: Rect, trail: &Trail, theme: &Theme) {
    /// dB under the loudest band of the trail that are still seen.
    const RANGE: f32 = 60.0;
    let all = trail.points.iter().flat_map(|point| point.spectrum);
    let loudest = all.fold(-100.0, f32::max);
    let mut mesh = Mesh::default();
    mesh.reserve_vertices(POINTS * BANDS);
    for (i, point) in trail.points.iter().enumerate() {
        let x = rect.left() + rect.width() * i as f32 / (POINTS - 1) as f32;
        for (band, level) in point.spectrum.iter().enumerate() {
            let y = rect.bottom() - rect.height() * band as f32 / (BANDS - 1) as f32;
            let loud = (1.0 + (level - loudest) / RANGE).clamp(0.0, 1.0);
            mesh.colored_vertex(Pos2::new(x, y), mix(theme.track, theme.loud, loud * loud));
        }
    }
    for i in 0..POINTS as u32 - 1 {
        for band in 0..BANDS as u32 - 1 {
            let here = i * BANDS as u32 + band;
            let right = here + BANDS as u32;
            mesh.add_triangle(here, here + 1, right);
            mesh.add_triangle(here + 1, right, right + 1);
        }
    }
    painter.add(Shape::mesh(mesh));
}

/// Lines where switches change.
pub fn switches(
    painter: &Painter,
    rect: Rect,
    x: impl Fn(f32) -> f32,
    trail: &Trail,
    theme: &Theme,
) {
    for switch in &trail.switches {
        let at = x(switch.position);
        let line = [
            Pos2::new(at, rect.top() + 4.0),
            Pos2::new(at, rect.bottom()),
        ];
        let stroke = Stroke::new(1.0, theme.weak);
        painter.extend(Shape::dashed_line(&line, stroke, 3.0, 4.0));
    }
}

/// What changes there, over all else; gives each place with where a pointer that asks for more has to
/// rest.
pub fn switch_labels<'a>(
    painter: &Painter,
    rect: Rect,
    x: impl Fn(f32) -> f32,
    trail: &'a Trail,
    theme: &Theme,
) -> Vec<(Rect, &'a Switch)> {
    /// What a pointer finds of a line: its width, and the height of both rows.
    const REACH: Vec2 = Vec2::new(8.0, 32.0);
    let font = FontId::proportional(theme::SMALL);
    // The right ends of what was written in either of two rows.
    let mut taken = [rect.left(); 2];
    let (mut places, mut lines) = (Vec::new(), Vec::new());
    for switch in &trail.switches {
        let at = x(switch.position);
        let corner = Pos2::new(at - REACH.x / 2.0, rect.top() + 4.0);
        lines.push((Rect::from_min_size(corner, REACH), switch));
        if switch.label.is_empty() {
            continue;
        }
        let text = painter.layout_no_wrap(switch.label.clone(), font.clone(), theme.text);
        let width = text.size().x + 8.0;
        // Left of the line where it would not fit right of it.
        let left = if at + 4.0 + width > rect.right() {
            at - width
        } else {
            at + 4.0
        };
        let Some(row) = taken.iter().position(|&end| end <= left) else {
            continue;
        };
        taken[row] = left + width;
        let place = Pos2::new(left, rect.top() + 4.0 + 16.0 * row as f32);
        let ground = Rect::from_min_size(place, text.size()).expand2(Vec2::new(2.0, 0.0));
        painter.rect_filled(ground, 2, theme.track.gamma_multiply(0.8));
        painter.galley(place, text, theme.text);
        places.push((ground, switch));
    }
    // What is written goes before what lies under it.
    places.extend(lines);
    places
}

/// A curve of heights 0 to 1, with an edge that sets it off from the ground.
pub fn curve(painter: &Painter, rect: Rect, heights: &[f32], color: Color32, theme: &Theme) {
    let steps = heights.len().saturating_sub(1).max(1) as f32;
    let points: Vec<Pos2> = (0..)
        .zip(heights)
        .map(|(i, height)| {
            Pos2::new(
                rect.left() + rect.width() * i as f32 / steps,
                rect.bottom() - rect.height() * height,
            )
        })
        .collect();
    painter.line(
        points.clone(),
        Stroke::new(4.0, theme.track.gamma_multiply(0.6)),
    );
    painter.line(points, Stroke::new(1.75, color));
}

/// A pin, its point down at the top edge.
pub fn pin(painter: &Painter, top: Pos2, theme: &Theme) {
    let points = vec![
        top + Vec2::new(-6.0, 0.0),
        top + Vec2::new(6.0, 0.0),
        top + Vec2::new(0.0, 10.0),
    ];
    let edge = Stroke::new(1.0, theme.background);
    painter.add(Shape::convex_polygon(points, theme.warn, edge));
}

/// A line of text beside a place, on a ground, at the foot of the rectangle.
pub fn label(painter: &Painter, rect: Rect, x: f32, text: &str, theme: &Theme) {
    let font = FontId::proportional(theme::SMALL);
    let galley = painter.layout_no_wrap(text.to_owned(), font, theme.text);
    let size = galley.size() + Vec2::new(12.0, 6.0);
    let left = (x + 8.0).min(rect.right() - size.x - 4.0);
    let ground = Rect::from_min_size(Pos2::new(left, rect.bottom() - size.y - 16.0), size);
    painter.rect_filled(ground, 4, theme.panel);
    painter.galley(ground.min + Vec2::new(6.0, 3.0), galley, theme.text);
}
