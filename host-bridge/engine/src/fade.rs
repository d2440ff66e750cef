//! [`Fade`]: the crossfade from a voice's old layer to its new one, without a dip in loudness.

use crate::BLOCK;
use crate::operators::Block;

/// Control steps that a crossfade lasts: 1024 samples.
const STEPS: u32 = 16;
/// How much of the energies of a block goes into their running means.
const SHARE: f32 = 0.25;

/// Where a crossfade is. Two layers that play the same note in other words partly cancel each other
/// in a mix, so the mix is raised to the loudness that lies between the two: its energy follows
/// from the old layer's to the new one's.
#[derive(Clone, Copy, Debug, Default)]
pub struct Fade {
    /// Control steps done; from [`STEPS`] on it is over.
    done: u32,
    /// Running mean energies of the old layer, the new one and their mix.
    energies: [f32; 3],
    /// The gain that the last block ended with.
    gain: f32,
}

impl Fade {
    /// A crossfade that begins with the next block.
    pub fn new() -> Fade {
        Fade {
            gain: 1.0,
            ..Fade::default()
        }
    }

    /// Mixes a block: `new` becomes the crossfade. Says whether it was the last one.
    pub fn mix(&mut self, old: &Block, new: &mut Block) -> bool {
        let length = (STEPS as usize * BLOCK) as f32;
        let start = (self.done as usize * BLOCK) as f32;
        let mut mixed = [0.0; BLOCK];
        let mut energies = [0.0; 3];
        for (i, mixed) in mixed.iter_mut().enumerate() {
            let share = (start + i as f32 + 1.0) / length;
            let (from, to) = (old[i] as f32, new[i] as f32);
            *mixed = from + (to - from) * share;
            for (sum, sample) in energies.iter_mut().zip([from, to, *mixed]) {
                *sum += sample * sample;
            }
        }
        for (mean, energy) in self.energies.iter_mut().zip(energies) {
            *mean = if self.done == 0 {
                energy
            } else {
                *mean + (energy - *mean) * SHARE
            };
        }
        self.done += 1;
        let share = self.done as f32 / STEPS as f32;
        let [from, to, mix] = self.energies;
        let wanted = from + (to - from) * share;
        let gain = if self.done >= STEPS {
            1.0
        } else {
            // A mix of unrelated sounds loses 3 dB at most; more is for the ear a change of sound.
            (wanted / mix.max(1.0))
                .sqrt()
                .clamp(1.0, std::f32::consts::SQRT_2)
        };
        let step = (gain - self.gain) / BLOCK as f32;
        for (i, (new, mixed)) in new.iter_mut().zip(mixed).enumerate() {
            *new = (mixed * (self.gain + step * (i as f32 + 1.0))) as i32;
        }
        self.gain = gain;
        self.done >= STEPS
    }
}
