//! The picture of an algorithm: carriers in the lowest row, what modulates them above.

use egui::{Align2, Color32, CornerRadius, FontId, Painter, Pos2, Rect, Stroke, StrokeKind, Vec2};
use engine::algorithm::{ALGORITHMS, Algorithm};

use super::theme::Theme;

/// Where an operator stands: columns from the left, rows from the carriers up.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Place {
    /// In widths of an operator.
    pub x: f32,
    /// 0 for carriers.
    pub row: usize,
}

/// The places of the operators, OP6 first, and how many columns they take.
pub fn places(algorithm: &Algorithm) -> ([Place; 6], usize) {
    let mut places = [Place::default(); 6];
    let mut columns = 0;
    for operator in (0..6).rev() {
        if algorithm[operator].output.is_none() {
            columns += stand(algorithm, operator, columns, 0, &mut places);
        }
    }
    // What modulates several stands over their middle.
    for operator in (0..6).rev() {
        let targets = targets(algorithm, operator);
        if targets.len() > 1 {
            let sum: f32 = targets.iter().map(|&target| places[target].x).sum();
            places[operator].x = sum / targets.len() as f32;
        }
    }
    (places, columns)
}

/// Puts an operator, and all that modulates it first, at that column or right of it; returns how
/// many columns they take.
fn stand(
    algorithm: &Algorithm,
    operator: usize,
    column: usize,
    row: usize,
    places: &mut [Place; 6],
) -> usize {
    let mut width = 0;
    for modulator in (0..6).rev() {
        if targets(algorithm, modulator).first() == Some(&operator) {
            width += stand(algorithm, modulator, column + width, row + 1, places);
        }
    }
    let x = column as f32 + (width.max(1) - 1) as f32 / 2.0;
    places[operator] = Place { x, row };
    width.max(1)
}

/// Whom an operator modulates, the lowest number first.
pub fn targets(algorithm: &Algorithm, operator: usize) -> Vec<usize> {
    match algorithm[operator].output {
        None => Vec::new(),
        bus => (operator + 1..6)
            .rev()
            .filter(|&other| algorithm[other].input == bus && plays_for(algorithm, operator, other))
            .collect(),
    }
}

/// Whether what `from` puts on its bus is still there when `to` reads it: nobody began it anew.
fn plays_for(algorithm: &Algorithm, from: usize, to: usize) -> bool {
    let bus = algorithm[from].output;
    !(from + 1..to).any(|other| algorithm[other].output == bus && !algorithm[other].adds)
}

/// Draws an algorithm, counted from 0, into a rectangle.
pub fn paint(painter: &Painter, rect: Rect, algorithm: usize, theme: &Theme, color: Color32) {
    let algorithm = &ALGORITHMS[algorithm % ALGORITHMS.len()];
    let (places, columns) = places(algorithm);
    let rows = 1 + places.iter().map(|place| place.row).max().unwrap_or(0);
    let step = Vec2::new(
        rect.width() / columns.max(1) as f32,
        rect.height() / rows as f32,
    );
    let step = Vec2::new(step.x.min(step.y * 1.3), step.y.min(step.x * 1.3)).min(Vec2::splat(28.0));
    let size = Vec2::splat(step.min_elem() * 0.66);
    let middle = (columns as f32 - 1.0) / 2.0;
    let low = rect.center().y + step.y * (rows as f32 - 1.0) / 2.0;
    let at = |operator: usize| {
        let place = places[operator];
        let x = rect.center().x + (place.x - middle) * step.x;
        Pos2::new(x, low - place.row as f32 * step.y)
    };
    let wire = Stroke::new(1.0, theme.weak);
    for operator in 0..6 {
        for target in targets(algorithm, operator) {
            painter.line_segment([at(operator), at(target)], wire);
        }
        if algorithm[operator].feedback {
            let around = Rect::from_center_size(
                at(operator) + Vec2::new(size.x * 0.42, -size.y * 0.42),
                size * 0.7,
            );
            painter.rect_stroke(around, CornerRadius::same(3), wire, StrokeKind::Middle);
        }
    }
    for (operator, wiring) in algorithm.iter().enumerate() {
        let spot = Rect::from_center_size(at(operator), size);
        let carrier = wiring.output.is_none();
        let (fill, ink) = if carrier {
            (color, theme.background)
        } else {
            (theme.raised, theme.text)
        };
        let corner = CornerRadius::same((size.x * 0.2) as u8);
        painter.rect_filled(spot, corner, fill);
        let font = FontId::proportional((size.y * 0.72).max(6.0));
        let number = (6 - operator).to_string();
        painter.text(spot.center(), Align2::CENTER_CENTER, number, font, ink);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operator_has_a_place_of_its_own_and_modulators_stand_above() {
        for (number, algorithm) in (1..).zip(&ALGORITHMS) {
            let (places, columns) = places(algorithm);
            for (i, place) in places.iter().enumerate() {
                assert!(
                    place.x >= 0.0 && place.x < columns as f32,
                    "{number} {places:?}"
                );
                for other in &places[..i] {
                    let apart = place.row != other.row || (place.x - other.x).abs() >= 0.99;
                    assert!(apart, "algorithm {number}: {places:?}");
                }
                let above = targets(algorithm, i);
                assert_eq!(above.is_empty(), algorithm[i].output.is_none(), "{number}");
                assert!(above.iter().all(|&target| places[target].row < place.row));
            }
        }
    }

    #[test]
    fn known_algorithms_look_as_on_the_panel() {
        // Algorithm 5: three stacks of two; algorithm 32: six carriers.
        let rows = |number: usize| places(&ALGORITHMS[number - 1]).0.map(|place| place.row);
        assert_eq!(rows(5), [1, 0, 1, 0, 1, 0]);
        assert_eq!(rows(32), [0; 6]);
        assert_eq!(rows(1), [3, 2, 1, 0, 1, 0]);
        assert_eq!(targets(&ALGORITHMS[21], 0), [3, 2, 1]);
    }
}
