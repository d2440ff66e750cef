//! What is set once and stays: the engine kind, how controllers act, which faults to keep.

/// Which of Dexed's sounds the engine makes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EngineKind {
    /// 24-bit arithmetic with interpolated gains: Dexed's "modern".
    #[default]
    Modern,
    /// The arithmetic of the DX7's chips: Dexed's "Mark I".
    MarkI,
    /// The arithmetic of Yamaha's OPL chips, coarser still: Dexed's "OPL".
    Opl,
}

/// How a synth plays, apart from the patch. Part of a project's state, not automated.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// Which arithmetic.
    pub kind: EngineKind,
    /// One note at a time: the highest key sounds, and takes over without a new attack.
    pub mono: bool,
    /// How far the pitch wheel bends upwards, in semitones.
    pub bend_up: f32,
    /// How far the pitch wheel bends downwards, in semitones.
    pub bend_down: f32,
    /// Portamento moves in whole semitones.
    pub glissando: bool,
    /// What the modulation wheel (controller 1) does.
    pub wheel: Route,
    /// What the foot controller (controller 4) does.
    pub foot: Route,
    /// What the breath controller (controller 2) does.
    pub breath: Route,
    /// What channel pressure does.
    pub pressure: Route,
    /// Faults of Dexed to keep.
    pub quirks: Quirks,
}

impl Default for Settings {
    /// As a DX7 comes up, with vibrato on the wheel.
    fn default() -> Settings {
        Settings {
            wheel: Route {
                range: 50,
                pitch: true,
                ..Route::default()
            },
            quirks: Quirks::default(),
            ..Settings::DEXED
        }
    }
}

impl Settings {
    /// As Dexed 1.0.1 comes up, with all its faults: what equals it sample for sample.
    pub const DEXED: Settings = {
        const NOWHERE: Route = Route {
            range: 0,
            pitch: false,
            amp: false,
            eg_bias: false,
        };
        Settings {
            kind: EngineKind::Modern,
            mono: false,
            bend_up: 3.0,
            bend_down: 3.0,
            glissando: false,
            wheel: NOWHERE,
            foot: NOWHERE,
            breath: NOWHERE,
            pressure: NOWHERE,
            quirks: Quirks::DEXED,
        }
    };
}

/// What a modulation source moves, and how far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Route {
    /// Range, 0 (none) to 99.
    pub range: u8,
    /// Whether it deepens the LFO's vibrato.
    pub pitch: bool,
    /// Whether it deepens the LFO's tremolo.
    pub amp: bool,
    /// Whether it sets the level of operators with amplitude sensitivity (EG bias).
    pub eg_bias: bool,
}

/// Faults of Dexed that change its sound, each of which can be had back to equal it sample for
/// sample. All are off by default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Quirks {
    /// The operator with feedback begins a note with the last two samples of the voice's former
    /// note, so that equal notes sound different.
    pub feedback_survives: bool,
    /// Voices go on for ever after their notes have ended, which moves the phases that a patch
    /// without oscillator key sync starts from.
    pub ended_voices_run: bool,
    /// A stolen voice goes on from the phases and gains of the note it was playing, without a fade.
    pub stolen_voices_continue: bool,
    /// Plateaus of envelopes are scaled by the sample rate twice: at 96 kHz they last a fifth.
    pub plateaus_scaled_twice: bool,
    /// A voice that overflows downwards is clipped to the top.
    pub clips_to_the_wrong_side: bool,
}

impl Quirks {
    /// Exactly Dexed 1.0.1.
    pub const DEXED: Quirks = Quirks {
        feedback_survives: true,
        ended_voices_run: true,
        stolen_voices_continue: true,
        plateaus_scaled_twice: true,
        clips_to_the_wrong_side: true,
    };
}
