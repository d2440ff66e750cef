//! What runs on the audio thread: events in, samples out.
//!
//! **When things happen.** A note starts at its very sample. A change of Morph, Beyond or Tune at
//! sample `k` is seen by every voice at its first control step at or after `k`; a voice has one every
//! [`engine::BLOCK`] samples, counted from its own first sample. Volume moves from `k` on, sample by
//! sample, for 10 ms. None of this depends on how the host divides time into blocks. A new table is
//! taken at the beginning of a host's block.

use engine::table::MorphTableOutput;
use engine::{EngineKind, FmSynth, Settings};
use nice_plug::prelude::*;

use crate::Tween;
use crate::blocks::{MAX_BLOCK, next_block};
use crate::notes;
use crate::parameters::{Parameters, gain};

/// All that the audio thread owns.
pub struct AudioThread {
    synth: FmSynth,
    tables: MorphTableOutput,
    /// What the synth plays, before volume.
    mono: [f32; MAX_BLOCK],
    /// Cents, as the synth has it.
    tune: f32,
}

impl AudioThread {
    /// Silent, for 48 kHz.
    pub fn new(tables: MorphTableOutput) -> AudioThread {
        AudioThread {
            synth: FmSynth::new(48_000.0, EngineKind::default()),
            tables,
            mono: [0.0; MAX_BLOCK],
            tune: 0.0,
        }
    }

    /// Makes it ready for a sample rate in Hz. The only place here where memory is taken.
    pub fn prepare(&mut self, rate: f64, parameters: &Parameters) {
        let settings = Settings {
            kind: parameters.shared.engine(),
            ..*self.synth.settings()
        };
        self.synth = FmSynth::with_settings(rate, &settings);
        self.tune = 0.0;
        self.reset(parameters);
    }

    /// Silence, and everything as it was when made ready.
    pub fn reset(&mut self, parameters: &Parameters) {
        self.synth.reset();
        self.tables.update();
        parameters.volume.smoothed.reset(parameters.volume.value());
    }

    /// Plays one block; within it the parameters have one value. Says whether anything sounds.
    pub fn process(
        &mut self,
        buffer: &mut Buffer,
        parameters: &Parameters,
        host: &mut impl ProcessContext<Tween>,
    ) -> bool {
        self.follow(parameters);
        let (position, travel) = (parameters.position(), parameters.travel());
        let len = buffer.samples();
        let mut next = host.next_event();
        let mut start = 0;
        while start < len {
            while let Some(event) = next.take_if(|event| event.timing() as usize <= start) {
                self.event(&event, position, travel);
                next = host.next_event();
            }
            let block = next_block(start, len, next.as_ref().map(|e| e.timing() as usize));
            let mono = &mut self.mono[..block.len()];
            self.synth.render(self.tables.table(), position, mono);
            amplify(mono, parameters);
            for channel in buffer.as_slice() {
                channel[block.clone()].copy_from_slice(mono);
            }
            for address in self.synth.ended() {
                // A host without room for it has to live without it.
                let _ = host.try_send_event(notes::ended(&address, block.end - 1));
            }
            start = block.end;
        }
        while let Some(event) = next.take() {
            self.event(&event, position, travel);
            next = host.next_event();
        }
        self.synth.voices() > 0
    }

    /// Takes over what was changed outside of the audio thread.
    fn follow(&mut self, parameters: &Parameters) {
        self.tables.update();
        let kind = parameters.shared.engine();
        if self.synth.settings().kind != kind {
            let settings = Settings {
                kind,
                ..*self.synth.settings()
            };
            self.synth.set(&settings);
        }
        let tune = parameters.tune.value();
        if tune != self.tune {
            self.tune = tune;
            self.synth.tune(tune / 100.0);
        }
    }

    fn event(&mut self, event: &NoteEvent<()>, position: f32, travel: f32) {
        if let Some(event) = notes::to_engine(event, travel) {
            self.synth.event(&event, self.tables.table(), position);
        }
    }
}

fn amplify(samples: &mut [f32], parameters: &Parameters) {
    let smoothed = &parameters.volume.smoothed;
    if smoothed.is_smoothing() {
        for sample in samples {
            *sample *= gain(smoothed.next());
        }
    } else {
        let gain = gain(parameters.volume.value());
        if gain != 1.0 {
            for sample in samples {
                *sample *= gain;
            }
        }
    }
}
