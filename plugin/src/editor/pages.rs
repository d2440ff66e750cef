//! The pages of the lower half, and the tabs that open them.

use egui::{CornerRadius, Rect, RichText, Ui, Vec2};

use super::grid;
use super::theme::GRID;
use super::view::{Memory, View};

/// What fills the lower half.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Page {
    /// The library as a list.
    #[default]
    Browse,
    /// The library as a map.
    Map,
    /// The six operators.
    Operators,
    /// What moves Morph besides its slider.
    Motion,
    /// How it plays.
    Sound,
    /// How the window looks.
    Settings,
}

impl Page {
    const ALL: [Page; 6] = [
        Page::Browse,
        Page::Map,
        Page::Operators,
        Page::Motion,
        Page::Sound,
        Page::Settings,
    ];

    const fn name(self) -> &'static str {
        match self {
            Page::Browse => "Browse",
            Page::Map => "Map",
            Page::Operators => "Operators",
            Page::Motion => "Motion",
            Page::Sound => "Sound",
            Page::Settings => "Settings",
        }
    }
}

/// Draws the tabs.
pub fn tabs(ui: &mut Ui, rect: Rect, view: &View, memory: &mut Memory) {
    let theme = view.theme();
    grid::row(ui, rect, |ui| {
        ui.spacing_mut().item_spacing.x = GRID / 2.0;
        for page in Page::ALL {
            let open = memory.page == page;
            let color = if open { theme.text } else { theme.weak };
            let fill = if open { theme.panel } else { theme.background };
            let text = RichText::new(page.name()).color(color);
            let tab = egui::Button::new(text)
                .fill(fill)
                .min_size(Vec2::new(84.0, rect.height()));
            let corner = CornerRadius {
                nw: 6,
                ne: 6,
                sw: 0,
                se: 0,
            };
            if ui.add(tab.corner_radius(corner)).clicked() {
                memory.page = page;
            }
        }
    });
}
