//! [`Batch`]: voices that are rendered together, with the instructions this processor has.

use pulp::{Arch, NullaryFnOnce};

use crate::BLOCK;
use crate::operators::feedback::{self, Lane};
use crate::operators::{Block, Buses, Scratch};
use crate::settings::Settings;
use crate::synth::VOICES;
use crate::voice::Voice;

/// Layers of all voices: each has a second one while a switch is crossfaded.
const LAYERS: usize = 2 * VOICES;

/// Which voices have a control step, and the memory to render them in.
pub struct Batch {
    /// Chosen once: the same source, compiled for the instructions that this processor has. All
    /// give the same samples.
    arch: Arch,
    /// For each voice in it: its place among the voices, and the places of its lanes.
    jobs: [(usize, [Option<usize>; 2]); VOICES],
    job_count: usize,
    /// Operators with feedback, in the order of the jobs.
    lanes: [Lane; LAYERS],
    blocks: [Block; LAYERS],
    lane_count: usize,
    buses: Buses,
    scratch: Scratch,
}

impl Batch {
    /// An empty batch.
    pub fn new() -> Batch {
        Batch {
            arch: Arch::new(),
            jobs: [(0, [None; 2]); VOICES],
            job_count: 0,
            lanes: [Lane::default(); LAYERS],
            blocks: [[0; BLOCK]; LAYERS],
            lane_count: 0,
            buses: Buses::EMPTY,
            scratch: Scratch::EMPTY,
        }
    }

    /// From now on only instructions that every processor of this kind has.
    pub fn use_baseline(&mut self) {
        self.arch = Arch::Scalar;
    }

    /// Adds the voice at that place, after its control step gave these lanes.
    pub fn add(&mut self, voice: usize, lanes: [Option<Lane>; 2]) {
        let Some(job) = self.jobs.get_mut(self.job_count) else {
            return;
        };
        let places = lanes.map(|lane| {
            let place = self.lane_count;
            *self.lanes.get_mut(place)? = lane?;
            self.lane_count += 1;
            Some(place)
        });
        *job = (voice, places);
        self.job_count += 1;
    }

    /// Renders 64 samples of every voice that was added, and leaves the batch empty.
    pub fn render(&mut self, settings: &Settings, voices: &mut [Voice]) {
        self.arch.dispatch(Render {
            batch: self,
            settings,
            voices,
        });
        (self.job_count, self.lane_count) = (0, 0);
    }
}

/// What is compiled for each set of instructions: everything from here on is inlined.
struct Render<'a> {
    batch: &'a mut Batch,
    settings: &'a Settings,
    voices: &'a mut [Voice],
}

impl NullaryFnOnce for Render<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let Batch {
            lanes,
            blocks,
            buses,
            scratch,
            ..
        } = self.batch;
        let count = self.batch.lane_count.min(LAYERS);
        feedback::render(&mut lanes[..count], &mut blocks[..count]);
        for (voice, places) in &self.batch.jobs[..self.batch.job_count.min(VOICES)] {
            let Some(voice) = self.voices.get_mut(*voice) else {
                continue;
            };
            let rendered =
                places.map(|place| place.map(|p| (&lanes[p % LAYERS], &blocks[p % LAYERS])));
            voice.render(self.settings, rendered, buses, scratch);
        }
    }
}
