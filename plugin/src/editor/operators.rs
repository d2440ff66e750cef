//! The six operators of the sound under the knob, between those of A and B.

use egui::{Align2, FontId, Pos2, Rect, Stroke, Ui, Vec2};
use presets::parameter::OperatorParameter as P;
use presets::{FractionalPatch, Operator, Parameter};

use super::theme::{self, GRID, mix};
use super::view::View;
use super::{algorithm, grid};

/// Draws algorithm and operators.
pub fn show(ui: &mut Ui, rect: Rect, view: &View) {
    let (theme, patch) = (view.theme(), view.under);
    let mut rest = rect;
    let mut left = grid::left(&mut rest, 150.0, 1.5 * GRID);
    let caption = grid::top(&mut left, 18.0, 4.0);
    let number = patch.get(Parameter::ALGORITHM).round() as usize;
    let color = theme.between(view.position());
    let small = FontId::proportional(theme::SMALL);
    let text = format!(
        "Algorithm {}   Feedback {:.0}",
        number + 1,
        patch.get(Parameter::FEEDBACK)
    );
    ui.painter().text(
        caption.left_center(),
        Align2::LEFT_CENTER,
        text,
        small,
        theme.weak,
    );
    algorithm::paint(ui.painter(), left.shrink(4.0), number, theme, color);
    let rows = if rest.height() > 190.0 && rest.width() < 1200.0 {
        2
    } else {
        1
    };
    let height = (rest.height() - GRID * (rows - 1) as f32) / rows as f32;
    let mut operators = Operator::ALL.into_iter();
    for _ in 0..rows {
        let row = grid::top(&mut rest, height, GRID);
        for (cell, operator) in grid::columns(row, 6 / rows, GRID).zip(&mut operators) {
            card(ui, cell, operator, number, view);
        }
    }
}

fn card(ui: &Ui, rect: Rect, operator: Operator, number: usize, view: &View) {
    let (theme, patch) = (view.theme(), view.under);
    let painter = ui.painter_at(rect);
    painter.rect_filled(rect, 5, theme.background);
    let wiring = &engine::algorithm::ALGORITHMS[number % 32][6 - usize::from(operator.number())];
    let carrier = wiring.output.is_none();
    let color = if carrier {
        theme.between(view.position())
    } else {
        theme.weak
    };
    let mut rest = rect.shrink(GRID);
    let head = grid::top(&mut rest, 16.0, 2.0);
    let level = grid::top(&mut rest, 6.0, GRID);
    let body = FontId::proportional(theme::BODY);
    let role = if carrier { "carrier" } else { "modulator" };
    let small = FontId::proportional(theme::SMALL);
    let title = format!("OP{}", operator.number());
    let title = painter.text(
        head.left_center(),
        Align2::LEFT_CENTER,
        title,
        body.clone(),
        theme.text,
    );
    let text = frequency(patch, operator);
    let pitch = painter.text(
        head.right_center(),
        Align2::RIGHT_CENTER,
        text,
        body,
        theme.text,
    );
    if pitch.left() - title.right() > 64.0 {
        let at = Pos2::new(title.right() + 6.0, head.center().y);
        painter.text(at, Align2::LEFT_CENTER, role, small, theme.weak);
    }
    let value = |patch: &FractionalPatch| patch.get(Parameter::of(operator, P::OutputLevel)) / 99.0;
    painter.rect_filled(level, 3, theme.track);
    let width = level.width() * value(patch);
    painter.rect_filled(
        Rect::from_min_size(level.min, Vec2::new(width, level.height())),
        3,
        color,
    );
    let ends = [
        (
            FractionalPatch::from(&view.session.a.patch),
            mix(theme.background, theme.a, 0.55),
        ),
        (
            FractionalPatch::from(&view.session.b.patch),
            mix(theme.background, theme.b, 0.55),
        ),
    ];
    for (patch, color) in &ends {
        let x = level.left() + level.width() * value(patch);
        painter.vline(x, level.expand(2.0).y_range(), Stroke::new(2.0, *color));
        painter.line(envelope(patch, operator, rest), Stroke::new(1.0, *color));
    }
    painter.line(envelope(patch, operator, rest), Stroke::new(2.0, color));
}

/// Ratio, or Hertz where it does not follow the keys, with its detuning.
fn frequency(patch: &FractionalPatch, operator: Operator) -> String {
    let get = |parameter| patch.get(Parameter::of(operator, parameter));
    let (coarse, fine) = (get(P::Coarse), get(P::Fine));
    let detune = match get(P::Detune) - 7.0 {
        detune if detune.abs() < 0.5 => String::new(),
        detune => format!(" {detune:+.0}"),
    };
    if get(P::Mode) >= 0.5 {
        let hertz = 10f32.powf(coarse % 4.0 + fine / 100.0);
        return format!("{hertz:.1} Hz");
    }
    let ratio = if coarse < 0.5 { 0.5 } else { coarse } * (1.0 + fine / 100.0);
    format!("{ratio:.2}{detune}")
}

/// The envelope as a line: slower rates are drawn longer, the key is let go at the last third.
fn envelope(patch: &FractionalPatch, operator: Operator, rect: Rect) -> Vec<Pos2> {
    let rates = [P::EgRate1, P::EgRate2, P::EgRate3, P::EgRate4];
    let levels = [P::EgLevel1, P::EgLevel2, P::EgLevel3, P::EgLevel4];
    let get = |parameter| patch.get(Parameter::of(operator, parameter)) / 99.0;
    let y = |level: f32| rect.bottom() - rect.height() * level;
    let mut at = Pos2::new(rect.left(), y(get(levels[3])));
    let mut points = vec![at];
    for (i, (rate, level)) in rates.into_iter().zip(levels).enumerate() {
        if i == 3 {
            at = Pos2::new(rect.left() + rect.width() * 0.7, at.y);
            points.push(at);
        }
        let longest = rect.width() * if i == 3 { 0.3 } else { 0.7 / 3.0 };
        at = Pos2::new(at.x + longest * (1.0 - get(rate)).powi(2), y(get(level)));
        points.push(at);
    }
    let end = Pos2::new(rect.right(), at.y);
    points.push(end);
    points
}

#[cfg(test)]
mod tests {
    use super::*;
    use presets::Patch;

    #[test]
    fn frequencies_read_as_on_the_panel() {
        let operator = Operator::ALL[0];
        let check = |coarse, fine, mode, detune, text: &str| {
            let mut patch = Patch::INIT;
            patch.set_op(operator, P::Coarse, coarse);
            patch.set_op(operator, P::Fine, fine);
            patch.set_op(operator, P::Mode, mode);
            patch.set_op(operator, P::Detune, detune);
            assert_eq!(frequency(&FractionalPatch::from(&patch), operator), text);
        };
        check(1, 0, 0, 7, "1.00");
        check(0, 0, 0, 7, "0.50");
        check(14, 50, 0, 10, "21.00 +3");
        check(2, 0, 1, 7, "100.0 Hz");
    }
}
