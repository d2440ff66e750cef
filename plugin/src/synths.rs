//! [`Synths`]: the built-in synth and the user's Dexed, and the way from one to the other.
//!
//! New notes go to the one that shall play; all else goes to both, so that pedals and wheels stand in
//! either as they should. When the other one's turn comes, what sounds is faded into it over
//! [`FADE_S`], and the notes that sounded are over. A Dexed that falls silent by a fault leaves its
//! last sample to die away, so that nothing clicks; the notes after it are the built-in synth's.

use engine::{Event, FmSynth, MorphTable, NoteAddress, Settings, Spread};
use host_bridge::HostedSynth;
use host_bridge::hosted::Fault;
use host_bridge::hosted::exchange::HostedOutput;

use crate::blocks::MAX_BLOCK;

/// Seconds of the fade.
const FADE_S: f64 = 0.02;
/// Seconds in which the last sample of a Dexed that fell silent falls to a third.
const DYING_S: f64 = 0.003;

/// The controller that ends every note at once.
const ALL_SOUND_OFF: Event = Event::Controller {
    number: 120,
    value: 0,
};

/// Both synths. Nothing here takes memory but [`Synths::prepare`].
pub struct Synths {
    /// The built-in one.
    pub built_in: FmSynth,
    dexed: HostedOutput,
    /// How far it is faded, in samples: at 0 the built-in synth plays alone, at `fade` Dexed does.
    faded: u32,
    fade: u32,
    /// What Dexed plays.
    hosted: [f32; MAX_BLOCK],
    /// Its last sample, and what is left of that since it fell silent.
    last: f32,
    dying: f32,
    /// What is left of it one sample later, as a part.
    dying_part: f32,
    /// Whether it was told that Dexed fell silent.
    told: bool,
    spread: Spread,
    rate: f64,
}

impl Synths {
    /// Silent, for that sample rate in Hz.
    pub fn new(rate: f64, dexed: HostedOutput) -> Synths {
        let mut synths = Synths {
            built_in: FmSynth::new(rate, engine::EngineKind::default()),
            dexed,
            faded: 0,
            fade: 1,
            hosted: [0.0; MAX_BLOCK],
            last: 0.0,
            dying: 0.0,
            dying_part: 0.0,
            told: false,
            spread: Spread::default(),
            rate,
        };
        synths.prepare(rate, &Settings::default());
        synths
    }

    /// Makes both ready for a sample rate in Hz; a Dexed for another one goes home.
    pub fn prepare(&mut self, rate: f64, settings: &Settings) {
        self.built_in = FmSynth::with_settings(rate, settings);
        // `as` saturates.
        self.fade = ((FADE_S * rate) as u32).max(1);
        self.dying_part = (-1.0 / (DYING_S * rate)).exp() as f32;
        self.rate = rate;
    }

    /// Gives home the Dexed that plays. What was sent since is taken by the next
    /// [`reset`](Synths::reset).
    pub fn part(&mut self) {
        self.dexed.part();
        self.faded = 0;
    }

    /// Silence, and what was sent last plays.
    pub fn reset(&mut self) {
        self.built_in.reset();
        self.faded = 0;
        self.update();
        if let Some(dexed) = self.dexed.synth() {
            dexed.reset();
        }
        self.faded = if self.plays_dexed() { self.fade } else { 0 };
        (self.last, self.dying) = (0.0, 0.0);
    }

    /// Takes what was sent, once what it replaces is not heard any more.
    pub fn update(&mut self) {
        if self.faded == 0 && self.dexed.update() {
            self.told = false;
            self.last = 0.0;
        }
    }

    /// How the built-in synth's voices, and new notes of Dexed, are spread around the position.
    pub fn spread(&mut self, spread: &Spread) {
        self.built_in.spread(spread);
        self.spread = *spread;
    }

    /// What happens before the next sample.
    pub fn event(&mut self, event: &Event, table: &MorphTable, position: f32) {
        match *event {
            Event::NoteOn { address, velocity } if velocity > 0 => {
                if self.plays_dexed() {
                    let key = address.key.unwrap_or(0);
                    let position = self.spread.of_note(position, key, velocity);
                    if let Some(dexed) = self.dexed.synth() {
                        dexed.event(event, table, position);
                    }
                } else {
                    self.built_in.event(event, table, position);
                }
            }
            Event::NoteOn { address, .. } => {
                self.event(&Event::NoteOff { address }, table, position);
            }
            _ => {
                self.built_in.event(event, table, position);
                if let Some(dexed) = self.dexed.synth() {
                    dexed.event(event, table, position);
                }
            }
        }
    }

    /// Plays the next samples, at most [`MAX_BLOCK`].
    pub fn render(&mut self, table: &MorphTable, position: f32, out: &mut [f32]) {
        let goal = if self.plays_dexed() { self.fade } else { 0 };
        let (from, fade) = (self.faded, self.fade);
        // Until its voices are over, it has to be played to end them.
        if from < fade || goal < fade || self.built_in.voices() > 0 {
            self.built_in.render(table, position, out);
        } else {
            out.fill(0.0);
        }
        if from == 0 && goal == 0 && self.dying == 0.0 {
            return;
        }
        let hosted = &mut self.hosted[..out.len()];
        hosted.fill(0.0);
        if let Some(dexed) = self.dexed.synth() {
            dexed.render(hosted);
            if dexed.fault().is_some() && !self.told && self.dying == 0.0 {
                hosted.fill(0.0);
                self.dying = self.last;
            }
        }
        for (out, &mut hosted) in out.iter_mut().zip(hosted) {
            self.faded = match self.faded.cmp(&goal) {
                std::cmp::Ordering::Less => self.faded + 1,
                std::cmp::Ordering::Greater => self.faded - 1,
                std::cmp::Ordering::Equal => goal,
            };
            let share = self.faded as f32 / fade as f32;
            *out = *out * (1.0 - share) + hosted * share + self.dying;
            self.last = hosted * share;
            self.dying *= self.dying_part;
        }
        if self.dying.abs() < 1e-6 {
            self.dying = 0.0;
        }
        if self.faded == goal && from != goal {
            // What is not heard any more is over.
            if goal == 0 {
                if let Some(dexed) = self.dexed.synth() {
                    dexed.event(&ALL_SOUND_OFF, table, position);
                }
            } else {
                self.built_in.event(&ALL_SOUND_OFF, table, position);
            }
        }
    }

    /// That Dexed fell silent, and its number: once.
    pub fn fell_silent(&mut self) -> Option<(u64, Fault)> {
        let fault = self.dexed.synth().and_then(|dexed| dexed.fault())?;
        let told = std::mem::replace(&mut self.told, true);
        (!told).then(|| (self.dexed.number(), fault))
    }

    /// The notes that were over since this was last called.
    pub fn ended(&mut self) -> impl Iterator<Item = NoteAddress> {
        let dexed = self.dexed.synth().into_iter();
        self.built_in
            .ended()
            .chain(dexed.flat_map(HostedSynth::ended))
    }

    /// How many notes sound.
    pub fn voices(&mut self) -> usize {
        let dexed = self.dexed.synth().map_or(0, |dexed| dexed.voices());
        self.built_in.voices() + dexed
    }

    /// Whether new notes are Dexed's.
    fn plays_dexed(&mut self) -> bool {
        let news = self.dexed.has_news();
        !news
            && self
                .dexed
                .synth()
                .is_some_and(|dexed| dexed.fault().is_none())
    }
}
