//! The candidates that have been heard, and how they lie to each other.

use presets::Parameter;

use super::groups::Values;
use super::hearing::{Point, distance};
use super::yardstick::{Features, Yardstick};

/// A sound that was heard.
pub struct Candidate {
    /// Its patch.
    pub values: Values,
    /// Its timbre features.
    pub features: Features,
    /// Its loudness, LU.
    pub loudness: f32,
    /// Its parameters, each as a part of its range.
    parts: Values,
    /// Its place in the space of the ear.
    point: Point,
    /// Squared distance from A there.
    from_a: f32,
    /// How far it is along the way from A to B: 0 to 1.
    along: f32,
}

/// All candidates of a request. The first is A, the second B.
pub struct Pool {
    candidates: Vec<Candidate>,
    yardstick: Yardstick,
    /// How far from the straight line between A and B the loudness of a sound may be, LU.
    leeway_lu: f32,
    /// Squared distances to the ear and in parameters, row by row below the diagonal.
    heard: Vec<f32>,
    parameters: Vec<f32>,
    /// Squared distance of A and B in either.
    heard_of_ends: f32,
    parameters_of_ends: f32,
}

/// What is known of a sound when it enters the pool.
pub struct Heard {
    /// Its patch.
    pub values: Values,
    /// Its place in the space of the ear.
    pub point: Point,
    /// Its timbre features.
    pub features: Features,
    /// Its loudness, LU.
    pub loudness: f32,
}

impl Pool {
    /// A pool of both ends, for paths whose loudness keeps to the straight line between them but for
    /// so many LU.
    pub fn new(a: Heard, b: Heard, leeway_lu: f32) -> Pool {
        let mut pool = Pool {
            candidates: Vec::new(),
            yardstick: Yardstick::new(&a.features, &b.features),
            leeway_lu,
            heard: Vec::new(),
            parameters: Vec::new(),
            heard_of_ends: distance(&a.point, &b.point).max(1e-6),
            parameters_of_ends: distance(&parts(&a.values), &parts(&b.values)).max(1e-6),
        };
        pool.push(a, 0.0, 0.0);
        let from_a = pool.heard_of_ends;
        pool.push(b, from_a, 1.0);
        pool
    }

    /// Adds a candidate.
    pub fn add(&mut self, heard: Heard) {
        let (from_a, along) = self.place(&heard.point);
        self.push(heard, from_a, along);
    }

    fn push(&mut self, heard: Heard, from_a: f32, along: f32) {
        let parts = parts(&heard.values);
        for other in &self.candidates {
            self.heard.push(distance(&heard.point, &other.point));
            self.parameters.push(distance(&parts, &other.parts));
        }
        self.candidates.push(Candidate {
            parts,
            values: heard.values,
            features: heard.features,
            loudness: heard.loudness,
            point: heard.point,
            from_a,
            along,
        });
    }

    /// A candidate.
    pub fn get(&self, index: usize) -> &Candidate {
        &self.candidates[index]
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.candidates.len()
    }

    /// The measure of paths between the ends.
    pub fn yardstick(&self) -> &Yardstick {
        &self.yardstick
    }

    /// Whether these values were heard already.
    pub fn knows(&self, values: &Values) -> bool {
        self.candidates.iter().any(|known| known.values == *values)
    }

    /// How far a point is along the way from A to B: 0 to 1, by its distances from both.
    pub fn along(&self, point: &[f32]) -> f32 {
        self.place(point).1.clamp(0.0, 1.0)
    }

    /// The squared distance of a point from A, and how far it is along the way to B.
    fn place(&self, point: &[f32]) -> (f32, f32) {
        let [from_a, from_b] = [0, 1].map(|end| distance(point, &self.candidates[end].point));
        (from_a, 0.5 + (from_a - from_b) / (2.0 * self.heard_of_ends))
    }

    /// The squared distance of a candidate from the straight line at a position, as the ear hears it
    /// and as a part of that between the ends.
    pub fn departure(&self, index: usize, position: f32) -> f32 {
        let candidate = &self.candidates[index];
        let away =
            candidate.from_a / self.heard_of_ends + position * (position - 2.0 * candidate.along);
        away.max(0.0)
    }

    /// How far a step of that length from one candidate to another is from an even one, as the ear
    /// hears it.
    pub fn unevenness(&self, from: usize, to: usize, length: f32) -> f32 {
        let heard = between(&self.heard, from, to) / self.heard_of_ends;
        let along = self.candidates[to].along - self.candidates[from].along;
        let uneven = heard + length * (length - 2.0 * along);
        uneven.max(0.0)
    }

    /// How much louder or softer than it may be a candidate is at a position, LU.
    pub fn strays(&self, index: usize, position: f32) -> f32 {
        let [a, b] = [0, 1].map(|end| self.candidates[end].loudness);
        let line = a + (b - a) * position;
        ((self.candidates[index].loudness - line).abs() - self.leeway_lu).max(0.0)
    }

    /// The squared distance of two candidates in parameters, as a part of that between the ends.
    pub fn jump(&self, from: usize, to: usize) -> f32 {
        between(&self.parameters, from, to) / self.parameters_of_ends
    }
}

/// The squared distance of two candidates, of distances that lie row by row below the diagonal.
fn between(distances: &[f32], one: usize, other: usize) -> f32 {
    if one == other {
        return 0.0;
    }
    let (later, earlier) = (one.max(other), one.min(other));
    distances[later * (later - 1) / 2 + earlier]
}

/// Parameters as parts of their ranges.
fn parts(values: &Values) -> Values {
    let mut parts = *values;
    for parameter in Parameter::all() {
        parts[parameter.index()] /= f32::from(parameter.spec().max);
    }
    parts
}
