//! [`Choice`]: the best path through the pool.
//!
//! A shortest path is found first (Viterbi), its costs a sum of squares near the published measure at
//! the path found before; then single sounds are exchanged as long as the measure itself becomes
//! less. What the ear hears beside the features counts a little in both, so that nothing is gained by
//! sounds that only measure well.

use super::pool::Pool;
use super::yardstick::{Features, Tally, Weights};

/// How much the ear counts, beside the features, for the shortest path and for exchanges.
const EAR: f32 = 0.1;
const EAR_OF_EXCHANGE: f32 = 0.05;
/// How much jumps in parameters cost, beside those of a path that moves them in a straight line.
const STRAIGHTNESS: f32 = 0.01;
const STRAIGHTNESS_OF_EXCHANGE: f32 = 0.005;
/// Steps of a path on which [`EAR_OF_EXCHANGE`] counts as it stands: the longer, the less each.
const STEPS_OF_EXCHANGE: f32 = 16.0;
/// What a LU costs by which a sound is too loud or too soft: more than anything gained by it.
const STRAYING: f32 = 0.1;
/// How many candidates of each step are looked at.
const CONSIDERED: usize = 40;
/// How often shortest paths are found, each with the weights of the one before.
const ROUNDS: usize = 3;
/// How often all steps are gone through to exchange sounds, at most.
const EXCHANGES: usize = 6;
/// By how much an exchange must be better to be made.
const BETTER: f32 = 1e-5;

/// A path through the pool.
pub struct Choice {
    /// For each step from A to B, ends included, its candidate.
    pub steps: Vec<usize>,
    /// For each step, what it adds to the cost.
    pub costs: Vec<f32>,
}

impl Choice {
    /// The best path of that many steps from A to B, a multiple of eight.
    pub fn best(pool: &Pool, steps: usize) -> Choice {
        // Begun with the straight line's own weights, as if all features were equally good.
        let (a, b) = (&pool.get(0).features, &pool.get(1).features);
        let mut path = vec![a; steps];
        path.push(b);
        let mut weights = pool.yardstick().weights(&path);
        let mut chosen = Vec::new();
        for _ in 0..ROUNDS {
            chosen = shortest(pool, steps, &weights);
            weights = pool.yardstick().weights(&features(pool, &chosen));
        }
        let considered: Vec<Vec<usize>> = (0..=steps)
            .map(|step| nearest(pool, step as f32 / steps as f32, &weights))
            .map(|nearest| nearest.into_iter().map(|(_, index)| index).collect())
            .collect();
        exchange(pool, &mut chosen, |step| &considered[step]);
        let costs = costs(pool, &chosen, &weights);
        Choice {
            steps: chosen,
            costs,
        }
    }

    /// The measure of the path.
    pub fn tally<'a>(&self, pool: &'a Pool) -> Tally<'a> {
        pool.yardstick().tally(&features(pool, &self.steps))
    }

    /// Takes in what has been heard since there were that many candidates, where it makes the path
    /// better.
    pub fn take_in(&mut self, pool: &Pool, known: usize) {
        let new: Vec<usize> = (known..pool.len()).collect();
        if exchange(pool, &mut self.steps, |_| &new) {
            let weights = pool.yardstick().weights(&features(pool, &self.steps));
            self.costs = costs(pool, &self.steps, &weights);
        }
    }
}

fn features<'a>(pool: &'a Pool, steps: &[usize]) -> Vec<&'a Features> {
    let features = |&index: &usize| &pool.get(index).features;
    steps.iter().map(features).collect()
}

fn departure(pool: &Pool, index: usize, position: f32, weights: &Weights) -> f32 {
    let features = &pool.get(index).features;
    STRAYING * pool.strays(index, position)
        + EAR * pool.departure(index, position)
        + pool.yardstick().departure(features, position, weights)
}

fn unevenness(pool: &Pool, from: usize, to: usize, length: f32, weights: &Weights) -> f32 {
    let [before, after] = [from, to].map(|index| &pool.get(index).features);
    EAR * pool.unevenness(from, to, length)
        + STRAIGHTNESS * pool.jump(from, to) / length
        + pool.yardstick().unevenness(before, after, length, weights)
}

/// The cheapest path of that many steps (Viterbi).
fn shortest(pool: &Pool, steps: usize, weights: &Weights) -> Vec<usize> {
    let length = 1.0 / steps as f32;
    // Of each step: the candidates, what the best way to them costs, and where it comes from.
    let mut stages: Vec<Vec<(usize, f32, usize)>> = vec![vec![(0, 0.0, 0)]];
    for step in 1..=steps {
        let considered = if step == steps {
            vec![(0.0, 1)]
        } else {
            nearest(pool, step as f32 * length, weights)
        };
        let before = &stages[step - 1];
        let stage = considered
            .into_iter()
            .map(|(departure, index)| {
                let mut best = (f32::MAX, 0);
                for (place, &(from, cost, _)) in before.iter().enumerate() {
                    let cost = cost + unevenness(pool, from, index, length, weights);
                    if cost < best.0 {
                        best = (cost, place);
                    }
                }
                (index, departure + best.0, best.1)
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
    chosen
}

/// The candidates nearest to the line at a position, with what it costs to be there.
fn nearest(pool: &Pool, position: f32, weights: &Weights) -> Vec<(f32, usize)> {
    let mut all: Vec<(f32, usize)> = (0..pool.len())
        .map(|index| (departure(pool, index, position, weights), index))
        .collect();
    all.sort_by(|x, y| x.0.total_cmp(&y.0).then(x.1.cmp(&y.1)));
    all.truncate(CONSIDERED);
    all
}

/// Exchanges single sounds of a path for what is considered at their steps, as long as that makes it
/// better. Says whether any was.
fn exchange<'a>(
    pool: &Pool,
    path: &mut [usize],
    considered: impl Fn(usize) -> &'a [usize],
) -> bool {
    let last = path.len() - 1;
    let length = 1.0 / last as f32;
    let mut tally = pool.yardstick().tally(&features(pool, path));
    let ear = |path: &[usize], step: usize, index: usize| {
        let cost = pool.departure(index, step as f32 * length)
            + pool.unevenness(path[step - 1], index, length)
            + pool.unevenness(index, path[step + 1], length);
        let jumps = pool.jump(path[step - 1], index) + pool.jump(index, path[step + 1]);
        let strays = pool.strays(index, step as f32 * length);
        STRAYING * strays
            + STEPS_OF_EXCHANGE
                * (EAR_OF_EXCHANGE * length * cost + STRAIGHTNESS_OF_EXCHANGE * jumps)
    };
    let mut ever = false;
    for _ in 0..EXCHANGES {
        let mut exchanged = false;
        for step in 1..last {
            let here = path[step];
            let mut best = (tally.measure() + ear(path, step, here), here);
            for &index in considered(step).iter().filter(|&&index| index != here) {
                let cost = tally.with(step, &pool.get(index).features) + ear(path, step, index);
                if cost < best.0 - BETTER {
                    best = (cost, index);
                }
            }
            if best.1 != here {
                path[step] = best.1;
                tally.set(step, &pool.get(best.1).features);
                exchanged = true;
            }
        }
        if !exchanged {
            break;
        }
        ever = true;
    }
    ever
}

/// What each step of a path adds to its cost.
fn costs(pool: &Pool, path: &[usize], weights: &Weights) -> Vec<f32> {
    let length = 1.0 / (path.len() - 1) as f32;
    let between: Vec<f32> = path
        .windows(2)
        .map(|ends| unevenness(pool, ends[0], ends[1], length, weights))
        .collect();
    (0..path.len())
        .map(|step| {
            let before = step.checked_sub(1).map_or(0.0, |before| between[before]);
            let after = between.get(step).copied().unwrap_or(0.0);
            departure(pool, path[step], step as f32 * length, weights) + (before + after) / 2.0
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use presets::Parameter;
    use timbre::FEATURES;

    use super::super::pool::Heard;
    use super::*;

    /// A sound that lies there in all features and to the ear, A being at 0 and B at 1.
    fn sound(place: f32) -> Heard {
        Heard {
            values: [place * 50.0; Parameter::COUNT],
            point: vec![place],
            features: [place * 8.0; FEATURES],
            loudness: 0.0,
        }
    }

    #[test]
    fn a_sound_that_makes_the_path_better_is_taken_in_and_no_other() {
        let mut pool = Pool::new(sound(0.0), sound(1.0), 1.3);
        for place in [0.1, 0.2, 0.3, 0.7, 0.8, 0.9] {
            pool.add(sound(place));
        }
        let mut choice = Choice::best(&pool, 16);
        let cost = |choice: &Choice| choice.costs.iter().sum::<f32>();
        let (before, cost_before) = (choice.steps.clone(), cost(&choice));

        let known = pool.len();
        pool.add(sound(3.0));
        choice.take_in(&pool, known);
        assert_eq!(choice.steps, before);

        let known = pool.len();
        pool.add(sound(0.5));
        choice.take_in(&pool, known);
        assert_eq!(choice.steps[8], known);
        assert!(cost(&choice) < cost_before);
    }
}
