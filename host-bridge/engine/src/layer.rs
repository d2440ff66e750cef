//! [`Layer`]: six operators with their envelopes, playing one key with one set of settings.

use crate::BLOCK;
use crate::algorithm::ALGORITHMS;
use crate::controllers::Modulation;
use crate::envelope::Envelope;
use crate::lfo::LfoOutput;
use crate::note::NoteSettings;
use crate::operators::feedback::Lane;
use crate::operators::lanes::Lanes;
use crate::operators::logarithmic::{MARK_ONE, OPL};
use crate::operators::{Block, Buses, OperatorControl, OperatorState, modern};
use crate::pitch_envelope::PitchEnvelope;
use crate::rate::RateConstants;
use crate::settings::EngineKind;
use crate::tables::ONE;

/// One sounding layer. A voice has one, and a second while a switch is crossfaded.
#[derive(Clone, Copy, Debug, Default)]
pub struct Layer {
    /// What the patch says.
    pub settings: NoteSettings,
    /// What the operators remember.
    pub state: OperatorState,
    /// Levels, OP6 first.
    pub envelopes: [Envelope; 6],
    pitch_envelope: PitchEnvelope,
    /// Where each operator's pitch is on its glide, Q24 octaves.
    pub glide: [i32; 6],
    /// Where it began, if another note was there to glide from.
    pub glide_from: Option<[i32; 6]>,
    control: OperatorControl,
    plan: modern::Plan,
}

impl Layer {
    /// The key goes down: envelopes start anew, the operators' state stays.
    pub fn start(&mut self, settings: NoteSettings, glide_from: Option<[i32; 6]>) {
        self.settings = settings;
        self.envelopes = settings
            .operators
            .map(|operator| Envelope::start(operator.envelope));
        self.pitch_envelope = PitchEnvelope::start(settings.pitch_envelope);
        self.glide_from = glide_from;
        self.glide = glide_from.unwrap_or(settings.operators.map(|operator| operator.pitch));
    }

    /// The key goes up.
    pub fn release(&mut self) {
        self.pitch_envelope.release();
        for envelope in &mut self.envelopes {
            envelope.release();
        }
    }

    /// The patch moved under the sounding note.
    pub fn follow(&mut self, settings: NoteSettings) {
        for (place, operator) in settings.operators.iter().enumerate() {
            self.envelopes[place].follow(operator.envelope);
            let moved = operator
                .pitch
                .wrapping_sub(self.settings.operators[place].pitch);
            self.glide[place] = self.glide[place].wrapping_add(moved);
        }
        self.pitch_envelope.follow(settings.pitch_envelope);
        self.settings = settings;
    }

    /// Decides the next 64 samples. `bend` is in Q24 octaves; `glide` is how far portamento moves,
    /// in Q24 octaves, and whether in whole semitones.
    pub fn step(
        &mut self,
        lfo: &LfoOutput,
        modulation: &Modulation,
        bend: i32,
        glide: Option<(i32, bool)>,
        constants: &RateConstants,
    ) {
        let settings = &self.settings;
        let wave = lfo.wave(settings.lfo_wave);
        let vibrato = vibrato(settings, wave, lfo.delay, modulation.pitch);
        let moved = self.pitch_envelope.step().wrapping_add(vibrato);
        let tremolo = tremolo(settings, wave, lfo.delay, modulation);
        for (place, operator) in settings.operators.iter().enumerate() {
            let pitch = if operator.is_fixed {
                operator.pitch
            } else {
                let base = match glide {
                    Some((step, whole_semitones)) => {
                        // What sounds is where the glide is; it moves on afterwards.
                        let left = operator.pitch.wrapping_sub(self.glide[place]);
                        let moved = left.clamp(-step, step);
                        self.glide[place] = self.glide[place].wrapping_add(moved);
                        let unit = if whole_semitones { ONE / 12 } else { 1 };
                        operator.pitch.wrapping_sub(left / unit * unit)
                    }
                    None => {
                        self.glide[place] = operator.pitch;
                        operator.pitch
                    }
                };
                base.wrapping_add(moved)
            };
            self.control.increment[place] = constants.frequency.increment(pitch.wrapping_add(bend));
            let level = self.envelopes[place].step();
            self.control.level[place] = if operator.amp_sensitivity != 0 || operator.amp_share > 0.0
            {
                let loss = amp_loss(tremolo, operator.amp_sensitivity, operator.amp_share);
                level - ((i64::from(level) * i64::from(loss)) >> 24) as i32
            } else {
                level
            };
        }
        self.control.algorithm = settings.algorithm;
        self.control.feedback = settings.feedback;
    }

    /// The operator with feedback, where it can be rendered before all others; otherwise silence.
    /// Comes after [`Layer::step`].
    pub fn plan(&mut self, kind: EngineKind) -> Option<Lane> {
        self.plan = match kind {
            EngineKind::Modern => modern::plan(&mut self.state, &self.control),
            EngineKind::MarkI | EngineKind::Opl => modern::Plan::default(),
        };
        self.plan.feedback
    }

    /// Renders what was decided, overwriting `out` (Q24, 2.0 for each carrier at full level).
    /// `feedback` is what became of the lane that [`Layer::plan`] gave.
    #[inline(always)]
    pub fn render<L: Lanes>(
        &mut self,
        simd: L,
        kind: EngineKind,
        feedback: Option<(&Lane, &Block)>,
        buses: &mut Buses,
        out: &mut Block,
    ) {
        let (state, control) = (&mut self.state, &self.control);
        match kind {
            EngineKind::Modern => {
                let block = match feedback {
                    Some((lane, block)) => {
                        state.feedback = lane.memory;
                        block
                    }
                    None => &[0; BLOCK],
                };
                modern::render(simd, state, control, &self.plan, block, buses, out);
            }
            EngineKind::MarkI => MARK_ONE.render(state, control, buses, out),
            EngineKind::Opl => OPL.render(state, control, buses, out),
        }
    }

    /// Whether, with the key up, no carrier is heard any more or will be again.
    pub fn has_faded(&self, kind: EngineKind) -> bool {
        let is_silent = |place| match kind {
            EngineKind::Modern => modern::is_silent(&self.state, place),
            EngineKind::MarkI => MARK_ONE.is_silent(&self.state, place),
            EngineKind::Opl => OPL.is_silent(&self.state, place),
        };
        let algorithm = &ALGORITHMS[self.settings.algorithm & 31];
        let mut carriers = (0..6).filter(|&place| algorithm[place].output.is_none());
        carriers.all(|place| self.envelopes[place].has_faded() && is_silent(place))
    }

    /// Whether an operator that adds to its bus is still active.
    pub fn is_playing(&self) -> bool {
        let algorithm = &ALGORITHMS[self.settings.algorithm & 31];
        let mut operators = algorithm.iter().zip(&self.envelopes);
        operators.any(|(wiring, envelope)| wiring.adds && envelope.is_active())
    }
}

/// How far the LFO bends the pitch, Q24 octaves: by the patch's depth or a controller's, whichever
/// is larger.
fn vibrato(settings: &NoteSettings, wave: i32, delay: i32, controller: i32) -> i32 {
    let swing = (settings.pitch_sensitivity * f64::from(wave - (ONE >> 1))).floor() as i64;
    let depth = (settings.pitch_depth * f64::from(delay)) as i64;
    let own = ((depth * swing) >> 39).abs();
    let played = ((i64::from(controller) * swing) >> 14).abs();
    let bend = own.max(played) as i32;
    if swing < 0 { -bend } else { bend }
}

/// How far levels are pulled down, 0 to 1 in Q24: by the LFO, a controller or EG bias, whichever is
/// largest.
fn tremolo(settings: &NoteSettings, wave: i32, delay: i32, modulation: &Modulation) -> i32 {
    let wave = i64::from(ONE - wave);
    let depth = (settings.amp_depth * f64::from(delay) / 256.0).floor() as i64;
    let own = (depth * wave) >> 24;
    let played = (i64::from(modulation.amp) * wave) >> 7;
    let bias = i64::from(ONE) - (i64::from(modulation.eg_bias + 1) << 17);
    own.max(played).max(bias).clamp(0, i64::from(ONE)) as i32
}

/// The share of its level in octaves that an operator loses, Q24.
fn amp_loss(tremolo: i32, sensitivity: i32, share: f32) -> u32 {
    let x = ((i64::from(tremolo) * i64::from(sensitivity)) >> 24) as u32;
    let exponent = f64::from(x as f32 / 262_144.0) * 0.07 + 12.2;
    let loss = exponent.exp() as u32;
    if share < 1.0 {
        (f64::from(loss) * f64::from(share)) as u32
    } else {
        loss
    }
}
