//! The search: candidates are heard, the best path through them is chosen, and where it is worst
//! new candidates are made of what is there.

use presets::{FractionalPatch, Kind, Operator, OperatorParameter, Parameter, Patch};
use timbre::Timbre;

use super::chance::Chance;
use super::choice::Choice;
use super::foresight::{Foreseen, Foresight, squashed};
use super::groups::{self, Values, between, differing, shift};
use super::hearing::{Ear, Impression, Scale};
use super::pool::{Heard, Pool};
use super::yardstick::Features;

/// Steps of the path while it is searched.
pub const ANCHORS: usize = 16;
/// Largest departure from the line of loudness between A and B that a sound is brought to, LU.
const LOUDNESS_LU: f32 = 1.3;
/// Departures smaller than this are let be, LU.
const INAUDIBLE_LU: f32 = 0.4;

/// Of how many sounds of a path it is foretold, at a time, where they should move.
const FORESEEN: usize = 4;
/// How many of four new candidates are moved to where it was foretold, if anything was. The others keep
/// the search from what cannot be foretold being missed.
const FORETOLD_OF_FOUR: usize = 3;

/// Renders a note of a patch; see [`hearing`](super::hearing) for which.
pub type Render<'a> = dyn FnMut(&FractionalPatch) -> Vec<f32> + 'a;

/// How free a search is with loudness.
#[derive(Clone, Copy, Debug)]
pub struct Leeway {
    /// How many steps louder and softer each sound that was heard is offered. That need not be heard:
    /// the sum of the carriers is the same, only larger.
    pub levels: u8,
    /// How far from the straight line between A and B the loudness of a path may be, LU.
    pub loudness_lu: f32,
}

/// A search between two patches.
pub struct Search<'a> {
    a: Patch,
    b: Patch,
    ear: &'a mut Ear,
    render: &'a mut Render<'a>,
    scale: Scale,
    loudness: [f32; 2],
    pool: Pool,
    groups: Vec<Vec<Parameter>>,
    chance: Chance,
    foreseen: Vec<Foreseen>,
    heard: usize,
    levels: i32,
}

impl<'a> Search<'a> {
    /// Hears both ends. `None` when one of them is silent, or both sound the same.
    pub fn new(
        a: &Patch,
        b: &Patch,
        ear: &'a mut Ear,
        render: &'a mut Render<'a>,
        leeway: Leeway,
    ) -> Option<Search<'a>> {
        let notes = [a, b].map(|patch| render(&patch.into()));
        let ends = [&notes[0], &notes[1]].map(|note| ear.hear(note));
        if ends.iter().any(Impression::is_silent) {
            return None;
        }
        let groups = differing(a, b);
        if groups.is_empty() {
            return None;
        }
        let scale = Scale::of(&ends[0], &ends[1]);
        let mut heard = |patch: &Patch, end: usize| Heard {
            values: groups::values(patch),
            point: scale.point(&ends[end]),
            features: standardised(&ear.measure(&notes[end])),
            loudness: ends[end].loudness(),
        };
        let pool = Pool::new(heard(a, 0), heard(b, 1), leeway.loudness_lu);
        Some(Search {
            pool,
            a: *a,
            b: *b,
            ear,
            render,
            scale,
            loudness: [ends[0].loudness(), ends[1].loudness()],
            groups,
            chance: Chance::new(seed(a, b)),
            foreseen: Vec::new(),
            heard: 2,
            levels: leeway.levels.into(),
        })
    }

    /// How many notes were rendered.
    pub fn heard(&self) -> usize {
        self.heard
    }

    /// The candidates.
    pub fn pool(&self) -> &Pool {
        &self.pool
    }

    /// The loudness on the way, LU: that of powers faded into each other, as far as it keeps to the
    /// straight line between both ends.
    pub fn loudness(&self, position: f32) -> f32 {
        let [a, b] = self.loudness;
        let line = a + (b - a) * position;
        let power = |lu: f32| 10.0f32.powf(lu / 10.0);
        let faded = power(a) + (power(b) - power(a)) * position;
        (10.0 * faded.log10()).clamp(line - LOUDNESS_LU, line + LOUDNESS_LU)
    }

    /// Hears the path parameter by parameter, with its switches at A and at B.
    pub fn hear_linear(&mut self) {
        for step in 1..ANCHORS {
            let position = step as f32 / ANCHORS as f32;
            let near_half = (position - 0.5).abs() < 0.26;
            for (switches, wanted) in [
                (0.0, position < 0.5 || near_half),
                (1.0, position >= 0.5 || near_half),
            ] {
                if wanted {
                    let values = self.linear(position, switches);
                    self.hear(values, position);
                }
            }
        }
    }

    /// Hears a candidate from elsewhere. Ends are welcome, and not heard again.
    pub fn hear_candidate(&mut self, patch: &Patch) {
        let values = groups::values(patch);
        self.hear(values, f32::NAN);
    }

    fn linear(&self, position: f32, switches: f32) -> Values {
        let mut values = groups::values(&self.a);
        for parameter in Parameter::all() {
            let is_switch = parameter.spec().kind == Kind::Switch;
            let position = if is_switch { switches } else { position };
            values[parameter.index()] = between(&self.a, &self.b, parameter, position);
        }
        values
    }

    /// Hears values, brings them to the loudness of that position (of where they turn out to lie,
    /// if it is not a number), and adds them, somewhat louder and softer too. Says whether they were
    /// new.
    pub fn hear(&mut self, values: Values, position: f32) -> bool {
        if self.pool.knows(&values) {
            return false;
        }
        let note = (self.render)(&FractionalPatch(values));
        self.heard += 1;
        let impression = self.ear.hear(&note);
        if impression.is_silent() {
            return true;
        }
        let place = if position.is_nan() {
            self.pool.along(&self.scale.point(&impression))
        } else {
            position
        };
        let missing = self.loudness(place) - impression.loudness();
        let missing = if missing.abs() > INAUDIBLE_LU {
            missing
        } else {
            0.0
        };
        let timbre = self.ear.measure(&note);
        for step in -self.levels..=self.levels {
            let mut values = values;
            let by = groups::louder(&mut values, missing + step as f32 * groups::LEVEL_DB);
            if self.pool.knows(&values) {
                continue;
            }
            self.pool.add(Heard {
                values,
                loudness: impression.loudness() + by,
                point: self.scale.point(&impression.louder(by)),
                features: standardised(&timbre.louder(10.0f64.powf(f64::from(by) / 20.0))),
            });
        }
        true
    }

    /// By how many LU a sound past the ends should be louder (softer, below 0): so that it is no more
    /// than `louder` above the louder end and no more than `softer` below the softer one. `None` for
    /// silence.
    pub fn missing_beyond(&mut self, values: &Values, louder: f32, softer: f32) -> Option<f32> {
        let impression = self.ear.hear(&(self.render)(&FractionalPatch(*values)));
        self.heard += 1;
        if impression.is_silent() {
            return None;
        }
        let [a, b] = self.loudness;
        let wanted = impression
            .loudness()
            .clamp(a.min(b) - softer, a.max(b) + louder);
        Some(wanted - impression.loudness())
    }

    /// Has foretold where sounds should move at which the path is worst. That holds until the next time.
    pub fn foresee(&mut self, choice: &Choice, foresight: &dyn Foresight) {
        let mut steps = Vec::with_capacity(FORESEEN);
        // A path may be bad at fewer steps than that.
        for _ in 0..4 * FORESEEN {
            let step = self.worst(choice);
            if steps.len() < FORESEEN && !steps.contains(&step) {
                steps.push(step);
            }
        }
        let tally = choice.tally(&self.pool);
        let sounds = || steps.iter().map(|&step| self.pool.get(choice.steps[step]));
        let weights: Vec<Features> = steps
            .iter()
            .zip(sounds())
            .map(|(&step, sound)| squashed(&tally.slopes(step), &sound.features))
            .collect();
        let name = self.a.name();
        let patches: Vec<Patch> = sounds()
            .map(|sound| FractionalPatch(sound.values).round(&name))
            .collect();
        let slopes = foresight.slopes(&patches, &weights).unwrap_or_default();
        self.foreseen = steps
            .iter()
            .zip(sounds())
            .zip(slopes)
            .map(|((&step, sound), slopes)| Foreseen {
                step,
                values: sound.values,
                slopes,
            })
            .collect();
    }

    /// Makes a new candidate where the path is worst, and hears it.
    pub fn refine(&mut self, choice: &Choice) {
        // A few tries: what is known already costs no render, and brings nothing.
        for _ in 0..8 {
            let (step, values) = self.candidate(choice);
            if self.hear(values, step as f32 / ANCHORS as f32) {
                return;
            }
        }
    }

    /// A new candidate, and the step it is meant for.
    fn candidate(&mut self, choice: &Choice) -> (usize, Values) {
        if !self.foreseen.is_empty() && self.chance.below(4) < FORETOLD_OF_FOUR {
            let foreseen = &self.foreseen[self.chance.below(self.foreseen.len())];
            return (foreseen.step, foreseen.moved(&mut self.chance));
        }
        let step = self.worst(choice);
        (step, self.vary(choice, step))
    }

    /// An inner step, the costlier the likelier.
    fn worst(&mut self, choice: &Choice) -> usize {
        let inner = &choice.costs[1..choice.costs.len() - 1];
        1 + self.chance.weighed(inner).unwrap_or(0)
    }

    /// A variation of the path's sound at a step.
    fn vary(&mut self, choice: &Choice, step: usize) -> Values {
        let position = step as f32 / ANCHORS as f32;
        let mut values = self.pool.get(choice.steps[step]).values;
        let moves = 1 + self.chance.below(2);
        for _ in 0..moves {
            match self.chance.below(10) {
                0..4 => self.move_group(&mut values, position),
                4..6 => self.shift_level(&mut values),
                6..7 => self.shift_envelope(&mut values),
                7..9 => self.borrow_group(&mut values, choice, step),
                _ => self.average(&mut values, choice, step),
            }
        }
        values
    }

    /// Moves a group to another place of the straight line.
    fn move_group(&mut self, values: &mut Values, position: f32) {
        let group = self.chance.below(self.groups.len());
        let to = match self.chance.below(6) {
            0 => 0.0,
            1 => 1.0,
            2 => position,
            _ => self.chance.unit(),
        };
        for &parameter in &self.groups[group] {
            values[parameter.index()] = between(&self.a, &self.b, parameter, to);
        }
    }

    /// Makes an operator stronger or weaker.
    fn shift_level(&mut self, values: &mut Values) {
        let operator = Operator::ALL[self.chance.below(Operator::COUNT)];
        let by = self.shift(16.0);
        shift(
            values,
            Parameter::of(operator, OperatorParameter::OutputLevel),
            by,
        );
    }

    /// Makes an operator's envelope quicker, slower, or its stages louder or softer.
    fn shift_envelope(&mut self, values: &mut Values) {
        let operator = Operator::ALL[self.chance.below(Operator::COUNT)];
        let stage = self.chance.below(8);
        let by = self.shift(20.0);
        // PANIC: the first eight parameters of every operator are its envelope.
        let first = Parameter::of(operator, OperatorParameter::EgRate1).index();
        let parameter = Parameter::new(first + stage).expect("a parameter of the envelope");
        shift(values, parameter, by);
    }

    /// Takes a group from a neighbour on the path.
    fn borrow_group(&mut self, values: &mut Values, choice: &Choice, step: usize) {
        let group = self.chance.below(self.groups.len());
        let from = self.neighbour(choice, step);
        let from = self.pool.get(from).values;
        for &parameter in &self.groups[group] {
            values[parameter.index()] = from[parameter.index()];
        }
    }

    /// Goes halfway to a neighbour on the path, or between both.
    fn average(&mut self, values: &mut Values, choice: &Choice, step: usize) {
        let from = self.neighbour(choice, step);
        let from = self.pool.get(from).values;
        for parameter in Parameter::all().filter(|p| p.spec().kind == Kind::Numeric) {
            let value = &mut values[parameter.index()];
            *value = ((*value + from[parameter.index()]) / 2.0).round();
        }
    }

    /// A different sound of the path, one or two steps away.
    fn neighbour(&mut self, choice: &Choice, step: usize) -> usize {
        let away = 1 + self.chance.below(3);
        let last = choice.steps.len() - 1;
        let place = if self.chance.below(2) == 0 {
            step.saturating_sub(away)
        } else {
            (step + away).min(last)
        };
        choice.steps[place]
    }

    /// A whole number of steps, small ones likelier, never 0.
    fn shift(&mut self, largest: f32) -> f32 {
        let size = self.chance.size(largest);
        if self.chance.below(2) == 0 {
            size
        } else {
            -size
        }
    }
}

/// The features of a sound as paths are measured by.
pub fn standardised(timbre: &Timbre) -> Features {
    timbre.standardised().map(|feature| feature as f32)
}

/// A number that depends on both ends (FNV-1a), the same on every machine.
fn seed(a: &Patch, b: &Patch) -> u64 {
    let values = a.values().iter().chain(b.values());
    values.fold(0xCBF2_9CE4_8422_2325, |hash, &value| {
        (hash ^ u64::from(value)).wrapping_mul(0x100_0000_01B3)
    })
}
