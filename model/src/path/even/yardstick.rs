//! [`Yardstick`]: how good a path is by the published measure, feature by feature, while it is being
//! looked for.
//!
//! The measure (SPINVAE, ICASSP 2023; [`crate::evaluation`]) is, for each timbre feature, how bent a
//! path is and how far it departs from the straight line, both as a root mean square over steps of an
//! eighth, and each as a part of what the path parameter by parameter has on the mean. A planner
//! wants a sum of squares instead, which a shortest path can minimise: [`Weights`] give the one whose
//! slope is that of the measure at a path that is known (iteratively reweighted least squares).

use timbre::FEATURES;

/// The features of a sound, in standard deviations of the published table.
pub type Features = [f32; FEATURES];

/// Steps of the published protocol from A to B.
const INTERVALS: usize = 8;

/// What the path parameter by parameter measures on the mean of 800 pairs of patches that were set
/// aside for checking: `cargo xtask evaluate --split validation --pairs 800 --paths linear --json`,
/// `smoothness` and `nonlinearity`.
#[rustfmt::skip]
static LINEAR_BEND: Features = [
    14.4, 20.1, 58.6, 76.5, 66.1, 77.2, 40.1, 39.8, 18.8, 24.6, 53.9, 67.0, 62.8, 90.1, 56.0, 63.8,
    49.1, 54.6, 65.3, 77.4, 35.6, 52.5, 64.3, 107.0, 16.8, 21.5, 2.83, 4.2, 41.2, 95.2, 14.7, 20.1,
    91.4, 95.3, 23.9, 37.3, 79.8, 20.3, 55.7, 36.8, 77.5, 53.0, 124.0, 42.0, 50.9, 45.8,
];
#[rustfmt::skip]
static LINEAR_DEPARTURE: Features = [
    0.305, 0.417, 0.602, 0.785, 0.725, 0.774, 0.372, 0.392, 0.213, 0.279, 0.579, 0.633, 0.632,
    0.817, 0.596, 0.606, 0.494, 0.533, 0.711, 0.788, 0.354, 0.496, 0.542, 0.935, 0.295, 0.372,
    0.0537, 0.0824, 0.26, 0.635, 0.305, 0.404, 0.803, 0.86, 0.496, 0.663, 0.809, 0.28, 0.728, 0.478,
    0.829, 0.654, 1.05, 0.518, 0.646, 0.598,
];

/// How much departures and bends count against each other. A path that keeps to the line has little room to
/// bend, so more for departures takes less from bends than it gives (100 validation pairs, from equal
/// shares to these: -59.7 / -60.3 % of smoothness and nonlinearity became -58.7 / -62.0 %).
const DEPARTURES: f32 = 1.4;
const BENDS: f32 = 0.6;
/// How much of a path's smoothness is that between its neighbouring steps, rather than in eighths: a
/// knob that is turned slowly is heard in small steps.
const FINE: f32 = 0.25;
/// How much more bent the path parameter by parameter is in steps that are so many times as short: it
/// has switches. From eighths to thirty-seconds, by the command above with `--steps 33`, 9.2 on the
/// mean of the features (60 pairs).
fn linear_bends(shorter: usize) -> f32 {
    (shorter as f32).powf(1.6)
}

/// A root mean square below this part of the linear path's counts as this much in [`Weights`]: what
/// is good already needs no more of it.
const GOOD: f32 = 0.03;

/// Measures paths between two sounds.
pub struct Yardstick {
    a: Features,
    way: Features,
}

/// How much the square of a departure, and of the unevenness of a step, costs in each feature.
pub struct Weights {
    departure: Features,
    unevenness: Features,
}

impl Yardstick {
    /// Between sounds with these features.
    pub fn new(a: &Features, b: &Features) -> Yardstick {
        Yardstick {
            a: *a,
            way: std::array::from_fn(|i| b[i] - a[i]),
        }
    }

    /// How far a sound is from the straight line at a position.
    fn away(&self, sound: &Features, position: f32) -> Features {
        std::array::from_fn(|i| sound[i] - self.a[i] - self.way[i] * position)
    }

    /// What it costs to be at a sound at a position.
    pub fn departure(&self, sound: &Features, position: f32, weights: &Weights) -> f32 {
        let away = self.away(sound, position);
        weigh(&weights.departure, &away)
    }

    /// What it costs to go from a sound to another in a step of that length.
    pub fn unevenness(
        &self,
        from: &Features,
        to: &Features,
        length: f32,
        weights: &Weights,
    ) -> f32 {
        let uneven: Features = std::array::from_fn(|i| to[i] - from[i] - self.way[i] * length);
        weigh(&weights.unevenness, &uneven)
    }

    /// The weights by which a path near this one costs what it measures.
    pub fn weights(&self, path: &[&Features]) -> Weights {
        let tally = self.tally(path);
        let (departures, [bends, _]) = tally.roots(&tally.departures, &tally.bends);
        let steps = path.len() as f32;
        // The slope of a root at its value: 1 / (2 root), and a mean over the steps.
        let slope = |root: f32, linear: f32| {
            1.0 / (2.0 * root.max(GOOD * linear) * linear * steps * FEATURES as f32)
        };
        let per_step = (INTERVALS * INTERVALS) as f32;
        Weights {
            departure: std::array::from_fn(|i| {
                DEPARTURES * slope(departures[i], LINEAR_DEPARTURE[i])
            }),
            // A bend is the difference of two steps: of independent ones its square is thrice as
            // large, at half of the length.
            unevenness: std::array::from_fn(|i| {
                BENDS * 3.0 * per_step * per_step * slope(bends[i], LINEAR_BEND[i])
            }),
        }
    }

    /// What a path of equal steps from A to B measures. Its intervals are a multiple of eight.
    pub fn tally(&self, path: &[&Features]) -> Tally<'_> {
        let last = path.len() - 1;
        let away: Vec<Features> = path
            .iter()
            .enumerate()
            .map(|(step, sound)| self.away(sound, step as f32 / last as f32))
            .collect();
        let mut tally = Tally {
            yardstick: self,
            reaches: [last / INTERVALS, 1],
            departures: [0.0; FEATURES],
            bends: [[0.0; FEATURES]; 2],
            away,
        };
        for step in 0..=last {
            for i in 0..FEATURES {
                tally.departures[i] += tally.away[step][i] * tally.away[step][i];
            }
        }
        for (which, reach) in tally.reaches.into_iter().enumerate() {
            for middle in reach..=last - reach {
                for i in 0..FEATURES {
                    let bend = tally.bend_at(middle, reach, i);
                    tally.bends[which][i] += bend * bend;
                }
            }
        }
        tally
    }
}

fn weigh(weights: &Features, values: &Features) -> f32 {
    // Eight sums side by side, so that the compiler can use wide registers.
    let mut sums = [0.0f32; 8];
    for (weights, values) in weights.chunks(8).zip(values.chunks(8)) {
        for (sum, (weight, value)) in sums.iter_mut().zip(weights.iter().zip(values)) {
            *sum += weight * value * value;
        }
    }
    sums.iter().sum()
}

/// The measure of one path, kept while its sounds are exchanged one by one.
pub struct Tally<'a> {
    yardstick: &'a Yardstick,
    /// Over how many of the path's steps bends are measured: an eighth, and one.
    reaches: [usize; 2],
    /// How far each sound is from the straight line.
    away: Vec<Features>,
    /// Sums of squares over the steps.
    departures: Features,
    bends: [Features; 2],
}

impl Tally<'_> {
    /// What the path measures: bends and departures as parts of the linear path's, weighed and added, on
    /// the mean over the features. 2 is as good as the linear path of a usual pair, 0 is perfect.
    pub fn measure(&self) -> f32 {
        self.of(&self.departures, &self.bends)
    }

    /// What it would measure with another sound at an inner step.
    pub fn with(&self, step: usize, sound: &Features) -> f32 {
        let (_, departures, bends) = self.exchanged(step, sound);
        self.of(&departures, &bends)
    }

    /// Puts another sound at an inner step.
    pub fn set(&mut self, step: usize, sound: &Features) {
        let (away, departures, bends) = self.exchanged(step, sound);
        self.away[step] = away;
        self.departures = departures;
        self.bends = bends;
    }

    /// How the measure changes with each feature of the sound at an inner step.
    pub fn slopes(&self, step: usize) -> Features {
        let (departures, bends) = self.roots(&self.departures, &self.bends);
        let steps = self.away.len();
        let shares = self.shares();
        std::array::from_fn(|i| {
            // Of a root of a mean of squares; what is good already has no slope that means anything.
            let root = departures[i].max(GOOD * LINEAR_DEPARTURE[i]);
            let mut slope =
                DEPARTURES * self.away[step][i] / (root * steps as f32 * LINEAR_DEPARTURE[i]);
            for (which, reach) in self.reaches.into_iter().enumerate() {
                let (middles, per_step) = self.of_bends(reach);
                let root = bends[which][i].max(GOOD * LINEAR_BEND[i]);
                let bent: f32 = self
                    .bends_with(step, reach)
                    .map(|(middle, part)| part * self.bend_at(middle, reach, i))
                    .sum();
                slope += BENDS * shares[which] * per_step * per_step * bent
                    / (root * middles * LINEAR_BEND[i]);
            }
            slope / FEATURES as f32
        })
    }

    fn of(&self, departures: &Features, bends: &[Features; 2]) -> f32 {
        let (departures, [bends, fine]) = self.roots(departures, bends);
        let [coarsely, finely] = self.shares();
        let part = |i: usize| {
            let bend = coarsely * bends[i] + finely * fine[i];
            DEPARTURES * departures[i] / LINEAR_DEPARTURE[i] + BENDS * bend / LINEAR_BEND[i]
        };
        (0..FEATURES).map(part).sum::<f32>() / FEATURES as f32
    }

    /// How much bends over either reach count.
    fn shares(&self) -> [f32; 2] {
        [1.0 - FINE, FINE / linear_bends(self.reaches[0])]
    }

    /// Root mean squares of sums of squares over the steps: of departures, and of bends per squared
    /// step.
    fn roots(&self, departures: &Features, bends: &[Features; 2]) -> (Features, [Features; 2]) {
        let steps = self.away.len();
        let bends = std::array::from_fn(|which| {
            let (middles, per_step) = self.of_bends(self.reaches[which]);
            bends[which].map(|sum| per_step * (sum.max(0.0) / middles).sqrt())
        });
        let departures = departures.map(|sum| (sum.max(0.0) / steps as f32).sqrt());
        (departures, bends)
    }

    /// How many bends there are over a reach, and by what they count per squared step.
    fn of_bends(&self, reach: usize) -> (f32, f32) {
        let steps = self.away.len();
        let per_step = ((steps - 1) / reach).pow(2) as f32;
        ((steps - 2 * reach) as f32, per_step)
    }

    /// How bent the path is around a step.
    fn bend_at(&self, middle: usize, reach: usize, feature: usize) -> f32 {
        self.away[middle - reach][feature] - 2.0 * self.away[middle][feature]
            + self.away[middle + reach][feature]
    }

    /// The middles of the bends that a step takes part in, and by how much: it bends the path where it
    /// is the middle, and where it is either end.
    fn bends_with(&self, step: usize, reach: usize) -> impl Iterator<Item = (usize, f32)> {
        let last = self.away.len() - 1;
        let middles = [
            (step.checked_sub(reach), 1.0),
            (Some(step), -2.0),
            (Some(step + reach), 1.0),
        ];
        middles.into_iter().filter_map(move |(middle, part)| {
            let middle = middle.filter(|&m| m >= reach && m + reach <= last)?;
            Some((middle, part))
        })
    }

    /// Where another sound at a step is, and the sums with it.
    fn exchanged(&self, step: usize, sound: &Features) -> (Features, Features, [Features; 2]) {
        let last = self.away.len() - 1;
        let away = self.yardstick.away(sound, step as f32 / last as f32);
        let before = &self.away[step];
        let (mut departures, mut bends) = (self.departures, self.bends);
        for i in 0..FEATURES {
            departures[i] += away[i] * away[i] - before[i] * before[i];
        }
        for (bends, reach) in bends.iter_mut().zip(self.reaches) {
            for (middle, part) in self.bends_with(step, reach) {
                for i in 0..FEATURES {
                    let old = self.bend_at(middle, reach, i);
                    let new = old + part * (away[i] - before[i]);
                    bends[i] += new * new - old * old;
                }
            }
        }
        (away, departures, bends)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sound(value: f32) -> Features {
        [value; FEATURES]
    }

    fn path(values: &[f32]) -> Vec<Features> {
        values.iter().map(|&value| sound(value)).collect()
    }

    /// The measure of a path by the evaluation's own formulas.
    fn published(path: &[Features]) -> f32 {
        let wide = |sound: &Features| sound.map(f64::from);
        let steps: Vec<_> = path.iter().map(wide).collect();
        let metrics = crate::evaluation::metrics(&steps, [&steps[0], &steps[steps.len() - 1]]);
        let parts = |found: [f64; FEATURES], linear: &Features| -> f64 {
            let parts = found.iter().zip(linear);
            parts
                .map(|(found, linear)| found / f64::from(*linear))
                .sum()
        };
        let sum = f64::from(BENDS) * parts(metrics.smoothness, &LINEAR_BEND)
            + f64::from(DEPARTURES) * parts(metrics.nonlinearity, &LINEAR_DEPARTURE);
        (sum / FEATURES as f64) as f32
    }

    #[test]
    fn a_path_of_nine_sounds_measures_what_the_evaluation_says() {
        let path = path(&[0.0, 0.5, 0.7, 0.6, 3.0, 4.0, 7.5, 7.0, 8.0]);
        let yardstick = Yardstick::new(&path[0], &path[8]);
        let tally = yardstick.tally(&path.iter().collect::<Vec<_>>());
        assert!((tally.measure() / published(&path) - 1.0).abs() < 1e-4);
    }

    #[test]
    fn exchanging_a_sound_is_the_same_as_measuring_anew() {
        let mut path = path(&[
            0.0, 0.2, 0.5, 0.7, 0.6, 1.0, 1.5, 2.0, 1.9, 2.5, 2.2, 3.0, 3.1, 3.4, 3.0, 3.9, 4.0,
        ]);
        let yardstick = Yardstick::new(&path[0], &path[16]);
        for step in [1, 2, 7, 14, 15] {
            let mut tally = yardstick.tally(&path.iter().collect::<Vec<_>>());
            let foretold = tally.with(step, &sound(1.75));
            tally.set(step, &sound(1.75));
            path[step] = sound(1.75);
            let anew = yardstick.tally(&path.iter().collect::<Vec<_>>());
            assert!((foretold - anew.measure()).abs() < 1e-4);
            assert!((tally.measure() - anew.measure()).abs() < 1e-4);
        }
    }

    #[test]
    fn slopes_are_what_a_small_change_changes() {
        let path = path(&[
            0.0, 0.2, 0.5, 0.7, 0.6, 1.0, 1.5, 2.0, 1.9, 2.5, 2.2, 3.0, 3.1, 3.4, 3.0, 3.9, 4.0,
        ]);
        let yardstick = Yardstick::new(&path[0], &path[16]);
        let tally = yardstick.tally(&path.iter().collect::<Vec<_>>());
        for step in [1, 2, 7, 14, 15] {
            let slopes = tally.slopes(step);
            for feature in [0, 20, 45] {
                let moved = |by: f32| {
                    let mut sound = path[step];
                    sound[feature] += by;
                    tally.with(step, &sound)
                };
                let slope = (moved(0.05) - moved(-0.05)) / 0.1;
                let found = slopes[feature];
                assert!(
                    (found - slope).abs() < 0.02 * slope.abs() + 1e-4,
                    "{found}, not {slope}"
                );
            }
        }
    }

    #[test]
    fn a_straight_path_is_perfect_and_costs_nothing() {
        let path: Vec<Features> = path(&[0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]);
        let yardstick = Yardstick::new(&path[0], &path[8]);
        let path: Vec<&Features> = path.iter().collect();
        assert!(yardstick.tally(&path).measure() < 1e-5);
        let weights = yardstick.weights(&path);
        assert!(yardstick.departure(path[3], 0.375, &weights) < 1e-6);
        assert!(yardstick.unevenness(path[3], path[4], 0.125, &weights) < 1e-6);
        assert!(yardstick.departure(path[3], 0.5, &weights) > 0.0);
    }
}
