//! Smoothness and nonlinearity of one path.

use timbre::FEATURES;

/// The standardised features of one sound.
pub type Features = [f64; FEATURES];

/// The two figures of a path, feature by feature. Less is better.
#[derive(Clone, Debug, PartialEq)]
pub struct Metrics {
    /// Root mean square of the second difference over the inner steps, per squared step.
    pub smoothness: Features,
    /// Root mean square of the distance from the straight line between the true ends.
    pub nonlinearity: Features,
}

/// The figures of a path of at least three steps, evenly spaced from A to B. `ends` are the
/// features of the true A and B: a path that does not reach them is nonlinear.
pub fn metrics(steps: &[Features], ends: [&Features; 2]) -> Metrics {
    let intervals = (steps.len() - 1) as f64;
    let mut smoothness = [0.0; FEATURES];
    let mut nonlinearity = [0.0; FEATURES];
    for feature in 0..FEATURES {
        let bends: f64 = steps
            .windows(3)
            .map(|w| {
                let bend = w[0][feature] - 2.0 * w[1][feature] + w[2][feature];
                (bend * intervals * intervals).powi(2)
            })
            .sum();
        smoothness[feature] = (bends / (steps.len() - 2) as f64).sqrt();
        let (from, to) = (ends[0][feature], ends[1][feature]);
        let away: f64 = steps
            .iter()
            .enumerate()
            .map(|(t, step)| {
                let line = from + (to - from) * t as f64 / intervals;
                (step[feature] - line).powi(2)
            })
            .sum();
        nonlinearity[feature] = (away / steps.len() as f64).sqrt();
    }
    Metrics {
        smoothness,
        nonlinearity,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(values: [f64; 9]) -> Vec<Features> {
        values.map(|value| [value; FEATURES]).to_vec()
    }

    #[test]
    fn known_paths_have_known_figures() {
        let check = |values: [f64; 9], smoothness: f64, nonlinearity: f64| {
            let got = metrics(&path(values), [&[0.0; FEATURES], &[8.0; FEATURES]]);
            assert!((got.smoothness[0] - smoothness).abs() < 1e-9, "{got:?}");
            assert!(
                (got.nonlinearity[45] - nonlinearity).abs() < 1e-9,
                "{got:?}"
            );
        };
        check([0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0], 0.0, 0.0);
        // One bend up and one down, each of 8 per squared step of 1/8; four steps away by their
        // distance from the line.
        check(
            [0.0, 0.0, 0.0, 0.0, 8.0, 8.0, 8.0, 8.0, 8.0],
            64.0 * 8.0 * (2.0f64 / 7.0).sqrt(),
            ((1.0 + 4.0 + 9.0 + 16.0 + 9.0 + 4.0 + 1.0) / 9.0f64).sqrt(),
        );
        // A path that misses its ends is as nonlinear as it misses them.
        check([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0], 0.0, 1.0);
    }
}
