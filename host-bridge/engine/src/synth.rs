//! [`FmSynth`]: the instrument that plays a [`MorphTable`].

use crate::event::{Event, NoteAddress};
use crate::table::MorphTable;

/// Which of Dexed's two sounds the engine makes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EngineKind {
    /// 24-bit arithmetic with interpolated gains: Dexed's "modern".
    #[default]
    Modern,
    /// The arithmetic of the DX7's chips: Dexed's "Mark I".
    MarkI,
}

/// The six-operator FM synth. Sixteen voices, mono output.
pub struct FmSynth {
    _rate: f64,
}

impl FmSynth {
    /// A silent synth for that sample rate in Hz (8 to 768 kHz). This is where memory is taken.
    pub fn new(rate: f64, _kind: EngineKind) -> FmSynth {
        FmSynth { _rate: rate }
    }

    /// Back to how it was built: no voices, controllers at rest. Two renders from a reset are equal.
    pub fn reset(&mut self) {}

    /// Something happens before the next rendered sample.
    pub fn event(&mut self, _event: &Event, _table: &MorphTable, _position: f32) {}

    /// Renders the next `out.len()` samples, overwriting `out` (1.0 is full scale). Voices take the
    /// table at `position` at their next control step.
    pub fn render(&mut self, _table: &MorphTable, _position: f32, out: &mut [f32]) {
        out.fill(0.0);
    }

    /// The notes whose voices ended since the last call, each once.
    pub fn ended(&mut self) -> impl Iterator<Item = NoteAddress> {
        std::iter::empty()
    }

    /// How many voices sound.
    pub fn voices(&self) -> usize {
        0
    }
}
