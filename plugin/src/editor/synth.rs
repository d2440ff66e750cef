//! Who plays: the built-in synth, or the user's own Dexed.

use egui::{Label, RichText, Ui, WidgetType};

use super::files::Purpose;
use super::grid;
use super::theme;
use super::view::{Action, Memory, View};
use crate::keeper::Standing;
use crate::session::Dexed;

/// What no other program can do as the built-in synth does.
const CANNOT: &str = "In Dexed, Morph is heard by new notes: those that sound keep the sound they began \
                      with. Tune, and tuning of single notes, are the built-in synth's.";

/// Draws it.
pub fn show(ui: &mut Ui, view: &View, memory: &mut Memory, actions: &mut Vec<Action>) {
    let theme = view.theme();
    let small = |text: String, color| RichText::new(text).size(theme::SMALL).color(color);
    let chosen = view.session.dexed.as_ref();
    ui.label(RichText::new("Played by").size(theme::TITLE));
    if ui.radio(chosen.is_none(), "Built-in synth").clicked() && chosen.is_some() {
        actions.push(Action::Dexed(None));
    }
    let elsewhere = chosen.filter(|chosen| !view.dexeds.contains(chosen));
    for dexed in view.dexeds.iter().chain(elsewhere) {
        let is_chosen = chosen == Some(dexed);
        let button = ui.radio(is_chosen, name(dexed));
        let label = format!("{} {}", name(dexed), dexed.path.display());
        grid::name(&button, WidgetType::RadioButton, label);
        if button.clicked() && !is_chosen {
            actions.push(Action::Dexed(Some(dexed.clone())));
        }
        let path = small(dexed.path.display().to_string(), theme.weak);
        ui.add(Label::new(path).truncate());
    }
    ui.horizontal(|ui| {
        if ui.button("Choose a Dexed…").clicked() {
            memory.files.ask(Purpose::Dexed);
        }
        let missing = matches!(view.standing, Standing::Missing(_));
        if missing && ui.button("Try again").clicked() {
            actions.push(Action::Dexed(chosen.cloned()));
        }
    });
    let (text, color) = match view.standing {
        Standing::BuiltIn => return,
        Standing::Loading => ("Dexed is being loaded".to_owned(), theme.weak),
        Standing::Plays(version) => (format!("Dexed {version} plays. {CANNOT}"), theme.weak),
        Standing::Missing(reason) => (
            format!("The built-in synth plays instead: {reason}"),
            theme.warn,
        ),
    };
    ui.add(Label::new(small(text, color)).wrap());
}

fn name(dexed: &Dexed) -> String {
    format!("Dexed ({})", dexed.format.name())
}
