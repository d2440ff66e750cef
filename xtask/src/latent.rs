//! The path through the latents of the model that ships.

use std::sync::OnceLock;

use engine::MorphTable;
use model::compact::Compact;
use model::path::compact::{self, CompactPath};
use presets::{FractionalPatch, Patch};

/// The table of the latent path between two patches.
pub fn table(a: &Patch, b: &Patch) -> MorphTable {
    let path = path(a, b);
    MorphTable::from_fn(|position| path.at(position))
}

/// The latent path itself.
pub fn path(a: &Patch, b: &Patch) -> CompactPath {
    // PANIC: the weights fit their network, or they had not been loaded.
    CompactPath::new(model(), a, b).expect("the shipped weights fit their network")
}

/// The points of that path without the correction that makes its ends exact.
pub fn decoded(a: &Patch, b: &Patch, positions: &[f32]) -> Vec<FractionalPatch> {
    // PANIC: as above.
    compact::decoded(model(), a, b, positions).expect("the shipped weights fit their network")
}

/// Sounds of that path that may lie on the even one.
pub fn candidates(a: &Patch, b: &Patch) -> Vec<Patch> {
    let path = path(a, b);
    let inside = (1..16).map(|step| step as f32 / 16.0);
    inside
        .map(|position| path.at(position).round(&a.name()))
        .collect()
}

fn model() -> &'static Compact {
    static MODEL: OnceLock<Compact> = OnceLock::new();
    // PANIC: the weights are part of this program, and a test loads them.
    MODEL.get_or_init(|| Compact::shipped().expect("the shipped weights are whole"))
}
