//! The even path, found with the built-in synth.

use engine::{EngineKind, MorphTable};
use host_bridge::{Note, render_note};
use model::path::even::{self, hearing};
use presets::{FractionalPatch, Patch};

/// The note by which paths are found.
const NOTE: Note = Note {
    key: hearing::NOTE.0,
    velocity: hearing::NOTE.1,
    hold_s: hearing::HOLD_S,
    total_s: hearing::TOTAL_S,
};

/// The table of the even path. Where there is nothing to plan by (a silent end, twice the same
/// sound), that of the path parameter by parameter.
pub fn table(a: &Patch, b: &Patch, candidates: &[Patch], renders: usize) -> MorphTable {
    let request = even::Request {
        a,
        b,
        candidates,
        renders,
    };
    let mut render =
        |patch: &FractionalPatch| render_note(patch, &NOTE, hearing::RATE, EngineKind::Modern);
    match even::plan(&request, &mut render, &mut |_| true) {
        Some(entries) => {
            let mut entries = entries.into_iter();
            // PANIC: a path has as many entries as a table.
            MorphTable::from_fn(|_| entries.next().expect("an entry for each of the table"))
        }
        None => MorphTable::linear(a, b),
    }
}
