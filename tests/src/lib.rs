//! End-to-end tests of the whole workspace. The tests themselves are in `tests/tests/`; here is what
//! they share with the programs that they run.

pub mod readers;

use presets::{Parameter, Patch};

/// A patch that differs from those of all other numbers, named `N` and its number.
pub fn numbered(number: usize) -> Patch {
    let mut patch = Patch::INIT;
    let mut state = number as u32 ^ 0x5EED;
    for parameter in Parameter::all() {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        patch.set(parameter, (state >> 16) as u8 % (parameter.spec().max + 1));
    }
    patch.set_name(&format!("N{number}"));
    patch
}
