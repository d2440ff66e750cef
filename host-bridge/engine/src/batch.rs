//! [`Batch`]: voices that are rendered together, with the instructions this processor has.

#[cfg(target_arch = "x86_64")]
use pulp::x86::V3;

use crate::BLOCK;
use crate::operators::feedback::{self, Lane};
use crate::operators::lanes::{Lanes, Portable};
use crate::operators::{Block, Buses};
use crate::settings::Settings;
use crate::synth::VOICES;
use crate::voice::Voice;

/// Layers of all voices: each has a second one while a switch is crossfaded.
const LAYERS: usize = 2 * VOICES;

/// Which voices have a control step, and the memory to render them in.
pub struct Batch {
    /// Whether this processor has AVX2, found out once. The samples are the same with and without.
    #[cfg(target_arch = "x86_64")]
    avx2: Option<V3>,
    /// For each voice in it: its place among the voices, and the places of its lanes.
    jobs: [(usize, [Option<usize>; 2]); VOICES],
    job_count: usize,
    /// Operators with feedback, in the order of the jobs.
    lanes: [Lane; LAYERS],
    blocks: [Block; LAYERS],
    lane_count: usize,
    buses: Buses,
}

impl Batch {
    /// An empty batch.
    pub fn new() -> Batch {
        Batch {
            #[cfg(target_arch = "x86_64")]
            avx2: V3::try_new(),
            jobs: [(0, [None; 2]); VOICES],
            job_count: 0,
            lanes: [Lane::default(); LAYERS],
            blocks: [[0; BLOCK]; LAYERS],
            lane_count: 0,
            buses: Buses::EMPTY,
        }
    }

    /// From now on only instructions that every processor of this kind has.
    pub fn use_baseline(&mut self) {
        #[cfg(target_arch = "x86_64")]
        {
            self.avx2 = None;
        }
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
        #[cfg(target_arch = "x86_64")]
        if let Some(simd) = self.avx2 {
            simd.vectorize(Render {
                simd,
                batch: self,
                settings,
                voices,
            });
            return;
        }
        self.render_with(Portable, settings, voices);
    }

    #[inline(always)]
    fn render_with<L: Lanes>(&mut self, simd: L, settings: &Settings, voices: &mut [Voice]) {
        let count = self.lane_count.min(LAYERS);
        feedback::render(simd, &mut self.lanes[..count], &mut self.blocks[..count]);
        for (voice, places) in &self.jobs[..self.job_count.min(VOICES)] {
            let Some(voice) = voices.get_mut(*voice) else {
                continue;
            };
            let rendered = places
                .map(|place| place.map(|p| (&self.lanes[p % LAYERS], &self.blocks[p % LAYERS])));
            voice.render(simd, settings, rendered, &mut self.buses);
        }
        (self.job_count, self.lane_count) = (0, 0);
    }
}

/// What is compiled for AVX2: everything from here on is inlined.
#[cfg(target_arch = "x86_64")]
struct Render<'a> {
    simd: V3,
    batch: &'a mut Batch,
    settings: &'a Settings,
    voices: &'a mut [Voice],
}

#[cfg(target_arch = "x86_64")]
impl pulp::NullaryFnOnce for Render<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        self.batch
            .render_with(self.simd, self.settings, self.voices);
    }
}
