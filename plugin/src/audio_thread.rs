//! What runs on the audio thread: events in, samples out.
//!
//! **When things happen.** A note starts at its very sample. A change of Morph, of what moves it, of
//! Beyond or Tune at sample `k` is seen by every voice at its first control step at or after `k`; a
//! voice has one every [`engine::BLOCK`] samples, counted from its own first sample. The LFO on Morph
//! moves every [`MAX_BLOCK`] samples, counted from the activation or reset. Volume moves from `k` on,
//! sample by sample, for 10 ms. None of this depends on how the host divides time into blocks. A new
//! table is taken at the beginning of a host's block. All this is the built-in synth's; what the
//! user's Dexed can, [`host_bridge::hosted`] says.
//!
//! **How things change under sounding notes.** Morph is not smoothed in itself, so that it is exactly
//! where the host put it, at the ends too. What is smoothed is the sound: at each control step a
//! voice lets each parameter move by a sixteenth of its range at most, levels move within the step,
//! and what would jump further is crossfaded. A new table is met in the same way.

use engine::table::MorphTableOutput;
use engine::{Event, Settings};
use host_bridge::mts_esp::MtsEsp;
use nice_plug::prelude::*;

use crate::Tween;
use crate::audition::Player;
use crate::blocks::{MAX_BLOCK, next_block};
use crate::border;
use crate::motion::{Lfo, Time};
use crate::notes;
use crate::parameters::{Parameters, gain, position};
use crate::shared::Arrivals;
use crate::synths::Synths;

/// All that the audio thread owns.
pub struct AudioThread {
    synths: Synths,
    tables: MorphTableOutput,
    /// Who tunes the session, if MTS-ESP is installed.
    mts_esp: Option<MtsEsp>,
    /// What the synth plays, before volume.
    mono: [f32; MAX_BLOCK],
    /// What the editor has played.
    player: Player,
    /// What the player plays, before it is added.
    heard: [f32; MAX_BLOCK],
    /// Cents, as the synth has it.
    tune: f32,
    lfo: Lfo,
    /// The modulation wheel, 0 to 1.
    wheel: f32,
    /// Samples since the LFO's last step.
    since_step: usize,
    /// Hz.
    rate: f64,
}

impl AudioThread {
    /// Silent, for 48 kHz.
    pub fn new(arrivals: Arrivals, player: Player) -> AudioThread {
        AudioThread {
            synths: Synths::new(48_000.0, arrivals.dexed),
            tables: arrivals.tables,
            mts_esp: None,
            mono: [0.0; MAX_BLOCK],
            player,
            heard: [0.0; MAX_BLOCK],
            tune: 0.0,
            lfo: Lfo::default(),
            wheel: 0.0,
            since_step: 0,
            rate: 48_000.0,
        }
    }

    /// Makes it ready for a sample rate in Hz. The only place here where memory is taken.
    pub fn prepare(&mut self, rate: f64, parameters: &Parameters) {
        let settings = self.settings(parameters);
        self.synths.prepare(rate, &settings);
        self.player.prepare(rate, &settings);
        self.tune = 0.0;
        // Anew, so that the new synth hears of the tuning.
        self.mts_esp = MtsEsp::connect();
        self.rate = rate;
        self.reset(parameters);
    }

    /// Lets the user's Dexed go home, if there is one for another rate in Hz or for none.
    pub fn part(&mut self, rate: Option<f64>) {
        if rate != Some(self.rate) {
            self.synths.part();
        }
    }

    /// Silence, and everything as it was when made ready.
    pub fn reset(&mut self, parameters: &Parameters) {
        self.synths.reset();
        self.player.reset();
        self.lfo = Lfo::default();
        self.wheel = 0.0;
        self.since_step = 0;
        self.tables.update();
        parameters.volume.smoothed.reset(parameters.volume.value());
    }

    /// Plays one block, the same on all channels (of one length); within it the parameters have one
    /// value. Says whether anything sounds.
    pub fn process(
        &mut self,
        channels: &mut [&mut [f32]],
        parameters: &Parameters,
        host: &mut impl ProcessContext<Tween>,
    ) -> bool {
        border::inside(|| self.play(channels, parameters, host))
    }

    fn play(
        &mut self,
        channels: &mut [&mut [f32]],
        parameters: &Parameters,
        host: &mut impl ProcessContext<Tween>,
    ) -> bool {
        self.follow(parameters);
        let position = self.position(parameters);
        self.player
            .keys(|event| self.synths.event(event, self.tables.table(), position));
        let len = channels.first().map_or(0, |channel| channel.len());
        let mut next = host.next_event();
        let mut start = 0;
        while start < len {
            if self.since_step == 0 {
                let time = self.time(host.transport(), start);
                let motion = &parameters.motion;
                self.lfo
                    .step(motion.lfo_shape.value(), motion.rate(), &time);
            }
            while let Some(event) = next.take_if(|event| event.timing() as usize <= start) {
                self.event(&event, parameters);
                next = host.next_event();
            }
            let longest = MAX_BLOCK - self.since_step;
            let event = next.as_ref().map(|event| event.timing() as usize);
            let block = next_block(start, len, event, longest);
            let position = self.position(parameters);
            let mono = &mut self.mono[..block.len()];
            self.synths.render(self.tables.table(), position, mono);
            self.player
                .add(self.synths.built_in.settings(), mono, &mut self.heard);
            amplify(mono, parameters);
            for channel in &mut *channels {
                channel[block.clone()].copy_from_slice(mono);
            }
            for address in self.synths.ended() {
                // A host without room for it has to live without it.
                let _ = host.try_send_event(notes::ended(&address, block.end - 1));
            }
            self.since_step = (self.since_step + block.len()) % MAX_BLOCK;
            start = block.end;
        }
        while let Some(event) = next.take() {
            self.event(&event, parameters);
            next = host.next_event();
        }
        if let Some((number, fault)) = self.synths.fell_silent() {
            parameters.shared.fell_silent(number, fault);
        }
        host.set_latency_samples(parameters.shared.delay());
        self.player.show(self.synths.built_in.positions());
        self.synths.voices() > 0 || self.player.is_awake()
    }

    /// Takes over what was changed outside of the audio thread.
    fn follow(&mut self, parameters: &Parameters) {
        self.tables.update();
        self.synths.update();
        if let Some(tuning) = self.mts_esp.as_mut().and_then(MtsEsp::update) {
            self.synths.built_in.set_tuning(&tuning);
        }
        self.synths.built_in.set(&self.settings(parameters));
        let spread = parameters.motion.spread(
            position(0.0, parameters.beyond.value()),
            parameters.travel(),
        );
        self.synths.spread(&spread);
        let tune = parameters.tune.value();
        if tune != self.tune {
            self.tune = tune;
            self.synths.built_in.tune(tune / 100.0);
        }
    }

    fn settings(&self, parameters: &Parameters) -> Settings {
        let bend = f32::from(parameters.shared.bend_range());
        Settings {
            kind: parameters.shared.engine(),
            bend_up: bend,
            bend_down: bend,
            ..*self.synths.built_in.settings()
        }
    }

    /// Where on the path the instrument is; its voices are spread around that.
    fn position(&self, parameters: &Parameters) -> f32 {
        let motion = &parameters.motion;
        let wheel = motion.wheel.value() * self.wheel;
        let lfo = motion.lfo.value() * self.lfo.value();
        let morph = parameters.morph.value() + (wheel + lfo);
        position(morph, parameters.beyond.value())
    }

    /// What the LFO has to know at sample `at` of the host's block.
    fn time(&self, transport: &Transport, at: usize) -> Time {
        let passed = |tempo: f64| at as f64 / self.rate * tempo / 60.0;
        let beats = transport.pos_beats().filter(|_| transport.playing);
        Time {
            step_s: MAX_BLOCK as f64 / self.rate,
            tempo: transport.tempo,
            beats: beats.map(|beats| beats + transport.tempo.map_or(0.0, passed)),
        }
    }

    fn event(&mut self, event: &NoteEvent<()>, parameters: &Parameters) {
        let Some(event) = notes::to_engine(event, parameters.travel()) else {
            return;
        };
        if let Event::Controller { number: 1, value } = event {
            self.wheel = f32::from(value) / 127.0;
        }
        self.player.see(&event);
        let position = self.position(parameters);
        self.synths.event(&event, self.tables.table(), position);
    }
}

fn amplify(samples: &mut [f32], parameters: &Parameters) {
    let smoothed = &parameters.volume.smoothed;
    if smoothed.is_smoothing() {
        for sample in samples {
            *sample = amplified(*sample, gain(smoothed.next()));
        }
    } else {
        let gain = gain(parameters.volume.value());
        if gain != 1.0 {
            for sample in samples {
                *sample = amplified(*sample, gain);
            }
        }
    }
}

/// The product, without the numbers so small that processors slow down over them.
fn amplified(sample: f32, gain: f32) -> f32 {
    let amplified = sample * gain;
    if amplified.abs() < f32::MIN_POSITIVE {
        0.0
    } else {
        amplified
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_turned_down_ends_in_silence_and_not_in_denormals() {
        let mut sample = -1.0;
        while sample != 0.0 {
            assert!(f32::is_normal(sample), "{sample:e}");
            sample = amplified(sample, 0.3);
        }
        assert_eq!(amplified(0.5, 0.25), 0.125);
    }
}
