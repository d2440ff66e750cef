//! [`FractionalPatch`]: the 145 values of a patch with fractions, as they are between two patches.

use crate::parameter::{Kind, Parameter, Sounding};
use crate::patch::Patch;

/// A patch whose numeric parameters may lie between the steps of a DX7. Switches, and what only a
/// next note takes, are whole. Values are in the order and the ranges of [`Parameter`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FractionalPatch(pub [f32; Parameter::COUNT]);

impl FractionalPatch {
    /// The value of a parameter.
    pub fn get(&self, parameter: Parameter) -> f32 {
        self.0[parameter.index()]
    }

    /// Whether the parameter may take fractions.
    pub fn is_continuous(parameter: Parameter) -> bool {
        let spec = parameter.spec();
        spec.kind == Kind::Numeric && spec.sounding == Sounding::Follows
    }

    /// The nearest patch a DX7 can hold, under this name.
    pub fn round(&self, name: &str) -> Patch {
        let mut patch = Patch::INIT;
        for parameter in Parameter::all() {
            // In range by construction; `as` saturates, so that nothing here can fail.
            patch.set(parameter, self.get(parameter).round() as u8);
        }
        patch.set_name(name);
        patch
    }
}

impl From<&Patch> for FractionalPatch {
    fn from(patch: &Patch) -> FractionalPatch {
        FractionalPatch(patch.values().map(f32::from))
    }
}
