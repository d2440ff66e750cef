//! [`Slot`]: an instance with what has to be known of it, and what hides its cuts.

use presets::sysex::single;
use presets::{FractionalPatch, Patch};

use super::player::Player;

/// Dexed does everything at multiples of this many samples, counted from its activation.
const GRID: u64 = engine::BLOCK as u64;

/// Samples over which the step is spread that the end of sounding notes makes.
const FADE: u32 = 256;

/// What is below this is silence: one step of 16 bits.
const SILENCE: f32 = 1.0 / 32_768.0;

/// One of the instances.
pub struct Slot {
    player: Player,
    /// What it plays; `None` before the first.
    patch: Option<Patch>,
    /// When a note began here last, in notes.
    pub used: u64,
    /// Samples since its activation.
    time: u64,
    /// Samples for which it has been silent.
    quiet: u32,
    /// Its last sample, as heard.
    last: f32,
    /// Where its voices will be cut.
    cut: Option<u64>,
    /// What is added to hide a cut, and how many samples of that are left.
    step: f32,
    fading: u32,
}

impl Slot {
    pub fn new(player: Player) -> Slot {
        Slot {
            player,
            patch: None,
            used: 0,
            time: 0,
            quiet: u32::MAX,
            last: 0.0,
            cut: None,
            step: 0.0,
            fading: 0,
        }
    }

    pub fn into_player(self) -> Player {
        self.player
    }

    /// Whether it plays this patch already.
    pub fn has(&self, patch: &Patch) -> bool {
        self.patch.as_ref() == Some(patch)
    }

    /// Whether nothing has been heard of it for that many samples.
    pub fn is_quiet(&self, samples: u32) -> bool {
        self.quiet >= samples
    }

    /// Gives it a patch, which ends its voices. Says no if it has no room for it in this block.
    pub fn load(&mut self, patch: &Patch) -> bool {
        if !self.player.voice(0, &single(patch, 0)) {
            return false;
        }
        self.patch = Some(*patch);
        if !self.is_quiet(1) {
            self.cut = Some(self.time.next_multiple_of(GRID));
        }
        true
    }

    /// Sends a MIDI message, to be there with the next sample.
    pub fn midi(&mut self, bytes: [u8; 3]) {
        self.player.midi(0, bytes);
        if bytes[0] >> 4 == 9 {
            self.quiet = 0;
        }
    }

    /// Adds its next samples to `out`, at most [`MAX_BLOCK`](super::MAX_BLOCK).
    ///
    /// # Errors
    /// It failed, or a sample was no number; then nothing was added but a fade to silence.
    pub fn render(&mut self, out: &mut [f32]) -> Result<(), SlotFault> {
        let processed = self.player.process(out.len());
        let block = self.player.block();
        let is_whole = processed.is_ok() && block.len() == out.len();
        let is_finite = block.iter().all(|sample| sample.is_finite());
        let mut peak = 0.0f32;
        for (i, out) in out.iter_mut().enumerate() {
            let sample = if is_whole && is_finite { block[i] } else { 0.0 };
            let here = self.time + i as u64;
            if self.cut.is_some_and(|cut| here >= cut) || (i == 0 && !(is_whole && is_finite)) {
                self.cut = None;
                self.step = self.last - sample;
                self.fading = FADE;
            }
            let hidden = self.step * (self.fading as f32 / FADE as f32);
            self.fading = self.fading.saturating_sub(1);
            self.last = sample + hidden;
            peak = peak.max(self.last.abs());
            *out += self.last;
        }
        self.time += out.len() as u64;
        self.quiet = if peak > SILENCE {
            0
        } else {
            self.quiet.saturating_add(out.len() as u32)
        };
        match (processed, is_finite) {
            (Err(()), _) => Err(SlotFault::Process),
            (Ok(()), false) => Err(SlotFault::NotFinite),
            (Ok(()), true) => Ok(()),
        }
    }
}

/// What an instance did wrong in a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SlotFault {
    /// It said that it failed.
    Process,
    /// It played something that is no number.
    NotFinite,
}

/// The patch on the DX7's grid that is nearest.
pub fn on_grid(patch: &FractionalPatch) -> Patch {
    patch.round("Tween")
}
