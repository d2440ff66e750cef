//! The pages of the lower half, and the tabs that open them; beside the tabs, an import that runs.

use egui::{CornerRadius, Rect, RichText, Ui, Vec2};

use super::grid;
use super::theme::GRID;
use super::view::{Action, Memory, View};
use crate::library::Ask;

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

/// The width of a tab, in points.
const TAB: f32 = 84.0;

/// Draws the tabs.
pub fn tabs(ui: &mut Ui, rect: Rect, view: &View, memory: &mut Memory, actions: &mut Vec<Action>) {
    let theme = view.theme();
    let mut rest = rect;
    let tabs = grid::left(&mut rest, Page::ALL.len() as f32 * (TAB + GRID / 2.0), GRID);
    importing(ui, rest, view, actions);
    grid::row(ui, tabs, |ui| {
        ui.spacing_mut().item_spacing.x = GRID / 2.0;
        for page in Page::ALL {
            let open = memory.page == page;
            let color = if open { theme.text } else { theme.weak };
            let fill = if open { theme.panel } else { theme.background };
            let text = RichText::new(page.name()).color(color);
            let tab = egui::Button::new(text)
                .fill(fill)
                .min_size(Vec2::new(TAB, rect.height()));
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

/// How far an import is. It goes on while other pages are open, and is to be stopped from there too.
fn importing(ui: &mut Ui, rect: Rect, view: &View, actions: &mut Vec<Action>) {
    let Some(importing) = &view.library.importing else {
        return;
    };
    grid::row_from_right(ui, rect, |ui| {
        if ui.button("Cancel import").clicked() {
            actions.push(Action::Library(Ask::CancelImport));
        }
        let bar = egui::ProgressBar::new(importing.part).desired_width(72.0);
        ui.add(bar.desired_height(8.0).fill(view.theme().a));
        ui.add(egui::Label::new(&importing.doing).truncate())
            .on_hover_text(&importing.doing);
    });
}
