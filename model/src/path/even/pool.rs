//! The candidates that have been heard, and the choice of a path among them.

use presets::Parameter;

use super::groups::Values;
use super::hearing::{Point, distance};

/// How much a change of error from one step to the next counts, beside the error itself.
const EVENNESS: f32 = 1.0;
/// How much a path costs that moves its parameters in a straight line; jumps cost more.
const STRAIGHTNESS: f32 = 0.03;
/// How many candidates of each step are looked at.
const CONSIDERED: usize = 40;

/// A sound that was heard.
pub struct Candidate {
    /// Its patch.
    pub values: Values,
    /// Its place in the space of timbre.
    point: Point,
    /// Squared distance from A.
    from_a: f32,
    /// How far it is along the way from A to B: 0 to 1.
    along: f32,
}

/// All candidates of a request. The first is A, the second B.
pub struct Pool {
    candidates: Vec<Candidate>,
    /// Squared distances in timbre and in parameters, row by row below the diagonal.
    timbre: Vec<f32>,
    parameters: Vec<f32>,
    /// Squared distance of A and B in either.
    timbre_of_ends: f32,
    parameters_of_ends: f32,
}

/// A path through the pool.
pub struct Choice {
    /// For each step from A to B, ends included, its candidate.
    pub steps: Vec<usize>,
    /// For each step, what it adds to the cost.
    pub costs: Vec<f32>,
}

impl Pool {
    /// A pool of both ends.
    pub fn new(a: (Values, Point), b: (Values, Point)) -> Pool {
        let mut pool = Pool {
            candidates: Vec::new(),
            timbre: Vec::new(),
            parameters: Vec::new(),
            timbre_of_ends: distance(&a.1, &b.1).max(1e-6),
            parameters_of_ends: apart(&a.0, &b.0).max(1e-6),
        };
        pool.push(Candidate {
            values: a.0,
            point: a.1,
            from_a: 0.0,
            along: 0.0,
        });
        pool.add(b.0, b.1);
        pool
    }

    /// Adds a candidate, and gives back its place.
    pub fn add(&mut self, values: Values, point: Point) -> usize {
        let from_a = distance(&point, &self.candidates[0].point);
        let along = match self.candidates.get(1) {
            Some(b) => {
                let from_b = distance(&point, &b.point);
                0.5 + (from_a - from_b) / (2.0 * self.timbre_of_ends)
            }
            None => 1.0,
        };
        self.push(Candidate {
            values,
            point,
            from_a,
            along,
        })
    }

    fn push(&mut self, candidate: Candidate) -> usize {
        for other in &self.candidates {
            self.timbre.push(distance(&candidate.point, &other.point));
            self.parameters
                .push(apart(&candidate.values, &other.values));
        }
        self.candidates.push(candidate);
        self.candidates.len() - 1
    }

    /// A candidate.
    pub fn get(&self, index: usize) -> &Candidate {
        &self.candidates[index]
    }

    /// How far a point is along the way from A to B: 0 to 1, by its distances from both.
    pub fn along(&self, point: &[f32]) -> f32 {
        let [from_a, from_b] = [0, 1].map(|end| distance(point, &self.candidates[end].point));
        (0.5 + (from_a - from_b) / (2.0 * self.timbre_of_ends)).clamp(0.0, 1.0)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.candidates.len()
    }

    /// Whether these values were heard already.
    pub fn knows(&self, values: &Values) -> bool {
        self.candidates.iter().any(|known| known.values == *values)
    }

    /// The squared distance of a candidate from the straight line of timbre at a position, as a
    /// part of that between the ends.
    fn error(&self, index: usize, position: f32) -> f32 {
        let candidate = &self.candidates[index];
        let error =
            candidate.from_a / self.timbre_of_ends + position * (position - 2.0 * candidate.along);
        error.max(0.0)
    }

    /// What it costs to go from one candidate to another in a step of that length.
    fn step(&self, from: usize, to: usize, length: f32) -> f32 {
        if from == to {
            return EVENNESS * length * length;
        }
        let place = |i: usize, j: usize| i.max(j) * (i.max(j) - 1) / 2 + i.min(j);
        let (timbre, parameters) = (
            self.timbre[place(from, to)] / self.timbre_of_ends,
            self.parameters[place(from, to)] / self.parameters_of_ends,
        );
        let along = self.candidates[to].along - self.candidates[from].along;
        let unevenness = timbre + length * (length - 2.0 * along);
        EVENNESS * unevenness.max(0.0) + STRAIGHTNESS * parameters / length
    }

    /// The cheapest path of that many steps from A to B (Viterbi).
    pub fn choose(&self, steps: usize) -> Choice {
        let length = 1.0 / steps as f32;
        // Of each step: the candidates, what the best way to them costs, and where it comes from.
        let mut stages: Vec<Vec<(usize, f32, usize)>> = vec![vec![(0, 0.0, 0)]];
        for step in 1..=steps {
            let position = step as f32 * length;
            let considered = if step == steps {
                vec![(0.0, 1)]
            } else {
                self.nearest(position)
            };
            let before = &stages[step - 1];
            let stage = considered
                .into_iter()
                .map(|(error, index)| {
                    let mut best = (f32::MAX, 0);
                    for (place, &(from, cost, _)) in before.iter().enumerate() {
                        let cost = cost + self.step(from, index, length);
                        if cost < best.0 {
                            best = (cost, place);
                        }
                    }
                    (index, error + best.0, best.1)
                })
                .collect();
            stages.push(stage);
        }
        let mut place = 0;
        let mut chosen = Vec::with_capacity(steps + 1);
        for stage in stages.iter().rev() {
            chosen.push(stage[place].0);
            place = stage[place].2;
        }
        chosen.reverse();
        let costs = (0..=steps)
            .map(|step| {
                let before = step
                    .checked_sub(1)
                    .map(|s| self.step(chosen[s], chosen[step], length));
                let after = chosen
                    .get(step + 1)
                    .map(|&next| self.step(chosen[step], next, length));
                self.error(chosen[step], step as f32 * length)
                    + (before.unwrap_or(0.0) + after.unwrap_or(0.0)) / 2.0
            })
            .collect();
        Choice {
            steps: chosen,
            costs,
        }
    }

    /// The candidates nearest to the line at a position, with their errors.
    fn nearest(&self, position: f32) -> Vec<(f32, usize)> {
        let mut all: Vec<(f32, usize)> = (0..self.len())
            .map(|index| (self.error(index, position), index))
            .collect();
        all.sort_by(|x, y| x.0.total_cmp(&y.0).then(x.1.cmp(&y.1)));
        all.truncate(CONSIDERED);
        all
    }
}

/// The squared distance of two patches in parameters, each as a part of its range.
fn apart(a: &Values, b: &Values) -> f32 {
    Parameter::all()
        .map(|p| {
            let difference = (a[p.index()] - b[p.index()]) / f32::from(p.spec().max);
            difference * difference
        })
        .sum()
}
