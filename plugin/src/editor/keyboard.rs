//! The keyboard on the screen.

use egui::{Pos2, Rect, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetType};

use super::grid;
use super::view::{Action, View};

/// MIDI numbers of the lowest key, C2, and of how many octaves there are.
const LOWEST: u8 = 36;
const OCTAVES: u8 = 5;

/// Draws it; `held` is the key under the pointer.
pub fn show(
    ui: &mut Ui,
    rect: Rect,
    view: &View,
    held: &mut Option<u8>,
    actions: &mut Vec<Action>,
) {
    let theme = view.theme();
    let response = ui.allocate_rect(rect, Sense::click_and_drag());
    grid::name(&response, WidgetType::Other, "Keyboard");
    let pointer = response.interact_pointer_pos();
    let down = response.is_pointer_button_down_on();
    let wanted = pointer.filter(|_| down).and_then(|at| key_at(rect, at));
    if wanted != *held {
        actions.extend(held.map(|key| Action::Key(key, false)));
        actions.extend(wanted.map(|key| Action::Key(key, true)));
        *held = wanted;
    }
    let painter = ui.painter_at(rect);
    let (ivory, ebony) = if theme.dark {
        (theme.weak, theme.track)
    } else {
        (theme.panel, theme.text)
    };
    for black in [false, true] {
        for key in LOWEST..=LOWEST + 12 * OCTAVES {
            if is_black(key) != black {
                continue;
            }
            let place = key_rect(rect, key);
            let fill = match () {
                () if *held == Some(key) || view.keys >> key & 1 == 1 => {
                    theme.between(view.position())
                }
                () if black => ebony,
                () => ivory,
            };
            painter.rect_filled(place.shrink2(Vec2::new(0.5, 0.0)), 2, fill);
            if black {
                painter.rect_stroke(
                    place,
                    2,
                    Stroke::new(1.0, theme.background),
                    StrokeKind::Inside,
                );
            }
        }
    }
}

const fn is_black(key: u8) -> bool {
    matches!(key % 12, 1 | 3 | 6 | 8 | 10)
}

fn key_rect(rect: Rect, key: u8) -> Rect {
    /// White keys before each key of an octave.
    const BEFORE: [u8; 12] = [0, 1, 1, 2, 2, 3, 4, 4, 5, 5, 6, 6];
    let whites = f32::from(7 * OCTAVES + 1);
    let width = rect.width() / whites;
    let steps = key - LOWEST;
    let before = f32::from(7 * (steps / 12) + BEFORE[usize::from(steps % 12)]);
    let left = rect.left() + before * width;
    if is_black(key) {
        let size = Vec2::new(width * 0.6, rect.height() * 0.6);
        Rect::from_min_size(Pos2::new(left - size.x / 2.0, rect.top()), size)
    } else {
        Rect::from_min_size(Pos2::new(left, rect.top()), Vec2::new(width, rect.height()))
    }
}

fn key_at(rect: Rect, at: Pos2) -> Option<u8> {
    let keys = LOWEST..=LOWEST + 12 * OCTAVES;
    let under = |key: &u8| key_rect(rect, *key).contains(at);
    let black = keys.clone().filter(|&key| is_black(key)).find(under);
    black.or_else(|| keys.into_iter().find(under))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_of_every_key_is_that_key() {
        let rect = Rect::from_min_size(Pos2::new(10.0, 20.0), Vec2::new(700.0, 48.0));
        for key in LOWEST..=LOWEST + 12 * OCTAVES {
            let place = key_rect(rect, key);
            let at = if is_black(key) {
                place.center()
            } else {
                place.center_bottom()
            };
            assert_eq!(key_at(rect, at - Vec2::new(0.0, 1.0)), Some(key));
        }
        assert_eq!(key_at(rect, Pos2::ZERO), None);
    }
}
