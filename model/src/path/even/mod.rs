//! The even path: between two patches the sounds that lie nearest to the straight line of timbre,
//! at a constant speed, so that equal turns of the knob are equal steps to the ear.
//!
//! Reading order: [`hearing`] is how sounds are compared, [`yardstick`] how good a path of them is,
//! [`groups`] what is moved, [`foresight`] what a network foretells of moves, [`pool`] what was heard,
//! [`choice`] how a path is chosen among it, [`search`] where candidates come from, [`entries`] how a
//! chosen path becomes a table.
//!
//! Nothing here depends on time: the same request gives the same path, unless its caller ends the
//! search early.

mod chance;
mod choice;
mod course;
mod entries;
mod foresight;
mod groups;
pub mod hearing;
mod pool;
mod search;
#[cfg(test)]
mod tests;
mod yardstick;

use presets::Patch;

use choice::Choice;
use hearing::Ear;
use search::{Leeway, Search};

pub use entries::{BEYOND_STEPS, ENTRIES, Entries, STEPS};
pub use foresight::Foresight;
pub use search::Render;

/// What is between which patches, and what it may cost.
#[derive(Clone)]
pub struct Request<'a> {
    /// Position 0.
    pub a: &'a Patch,
    /// Position 1.
    pub b: &'a Patch,
    /// Sounds that may lie between them, from whatever source, in no order.
    pub candidates: &'a [Patch],
    /// What foretells where sounds should move, if anything does.
    pub foresight: Option<&'a dyn Foresight>,
    /// How many notes may be rendered, about: a quality, not a time.
    pub renders: usize,
}

/// Renders of a request for the plug-in, that has a second and a half.
pub const RENDERS: usize = 140;

/// The even path of a request: [`ENTRIES`] sounds from position -0.5 to 1.5, with A and B exactly at
/// 0 and 1. `ear` may be kept for other requests; `render` plays [`hearing::NOTE`] at [`hearing::RATE`]; `progress` is told how far the
/// search is, 0 to 1, and may end it by saying `false`: the path is then the best so far.
///
/// `None` when there is nothing to plan by: an end is silent, or both are the same.
pub fn plan(
    request: &Request<'_>,
    ear: &mut Ear,
    render: &mut Render<'_>,
    progress: &mut dyn FnMut(f32) -> bool,
) -> Option<Entries> {
    let mut search = Search::new(request.a, request.b, ear, render, SEARCHED)?;
    search.hear_linear();
    for candidate in request.candidates {
        search.hear_candidate(candidate);
    }
    let mut carry_on = true;
    while carry_on && search.heard() < request.renders {
        let before = search.heard();
        let mut choice = Choice::best(search.pool(), search::ANCHORS);
        if let Some(foresight) = request.foresight {
            search.foresee(&choice, foresight);
        }
        for _ in 0..search::ANCHORS / 2 {
            let known = search.pool().len();
            search.refine(&choice);
            choice.take_in(search.pool(), known);
            carry_on = progress(search.heard() as f32 / request.renders as f32);
            if !carry_on || search.heard() >= request.renders {
                break;
            }
        }
        // Where nothing new can be made, nothing better will be found.
        carry_on &= search.heard() > before;
    }
    Some(entries::finely(&mut search))
}

/// Where much is heard, loudness can be held as close to its line as a listener would want it.
const SEARCHED: Leeway = Leeway {
    levels: 2,
    loudness_lu: 1.3,
};

/// Where ten sounds are heard, there is no choice among them but by level.
const PACED: Leeway = Leeway {
    levels: 3,
    loudness_lu: 4.0,
};

/// Steps of a path whose pace alone is found.
const PACED_STEPS: usize = 8;

/// The path along sounds that are given, at an even pace: which of them lies where is found by
/// listening, and so is what a switch does, if the sounds have it at either side. Nothing is varied,
/// so it takes one render for each sound, and a few for what lies beyond the ends. `early` is told of the
/// path before those few, when only what it has past its ends, straight lines, was not listened to.
///
/// The entries and `None` are as those of [`plan`].
pub fn pace(
    a: &Patch,
    b: &Patch,
    along: &[Patch],
    ear: &mut Ear,
    render: &mut Render<'_>,
    early: &mut dyn FnMut(&Entries),
) -> Option<Entries> {
    let mut search = Search::new(a, b, ear, render, PACED)?;
    for sound in along {
        search.hear_candidate(sound);
    }
    let mut entries = entries::coarsely(&search, PACED_STEPS);
    early(&entries);
    entries::temper_beyond(&mut search, &mut entries);
    Some(entries)
}
