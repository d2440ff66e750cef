//! Tables of sounds that were found by listening, with the built-in synth.

use std::cell::RefCell;

use anyhow::Result;
use engine::{EngineKind, MorphTable};
use host_bridge::{Note, render_note};
use model::path::even::{self, Foresight, hearing};
use presets::{FractionalPatch, Patch};

use crate::network::Network;

thread_local! {
    /// An ear takes longer to make than to hear a sound.
    static EAR: RefCell<hearing::Ear> = RefCell::new(hearing::Ear::new());
}

/// The note by which paths are found.
const NOTE: Note = Note {
    key: hearing::NOTE.0,
    velocity: hearing::NOTE.1,
    hold_s: hearing::HOLD_S,
    total_s: hearing::TOTAL_S,
};

/// The table of the even path, with the help of a network or without. Where there is nothing to plan by
/// (a silent end, twice the same sound), that of the path parameter by parameter.
///
/// # Errors
/// The network cannot compute.
pub fn table(
    a: &Patch,
    b: &Patch,
    network: Option<&Network>,
    renders: usize,
) -> Result<MorphTable> {
    let candidates = network.map(|network| network.candidates(a, b));
    let foretelling = network.and_then(Network::foretelling);
    let request = even::Request {
        a,
        b,
        candidates: &candidates.transpose()?.unwrap_or_default(),
        foresight: foretelling.as_ref().map(|it| it as &dyn Foresight),
        renders,
    };
    let entries = EAR.with_borrow_mut(|ear| even::plan(&request, ear, &mut render, &mut |_| true));
    Ok(MorphTable::found(entries.as_deref(), a, b))
}

/// The table of the path along these sounds, at an even pace; where there is nothing to listen to,
/// the same.
pub fn paced(a: &Patch, b: &Patch, along: &[Patch]) -> MorphTable {
    paced_early(a, b, along, &mut |_| ())
}

/// The same; `early` is told of the table that can play before what lies past its ends was heard.
pub fn paced_early(
    a: &Patch,
    b: &Patch,
    along: &[Patch],
    early: &mut dyn FnMut(MorphTable),
) -> MorphTable {
    let early = &mut |entries: &even::Entries| early(MorphTable::from_entries(entries));
    let entries = EAR.with_borrow_mut(|ear| even::pace(a, b, along, ear, &mut render, early));
    MorphTable::found(entries.as_deref(), a, b)
}

fn render(patch: &FractionalPatch) -> Vec<f32> {
    render_note(patch, &NOTE, hearing::RATE, EngineKind::Modern)
}
