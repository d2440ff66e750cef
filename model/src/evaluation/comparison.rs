//! Many paths against their references.

use serde::Serialize;
use timbre::{FEATURES, TABLE};

use super::metrics::{Features, Metrics};
use super::wilcoxon::p_greater;

/// Below this probability of chance a feature counts as improved (or deteriorated).
const SIGNIFICANT: f64 = 0.05;

/// One of the two figures, of many paths against their references.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Comparison {
    /// Mean over the features of the change of the mean over paths, in per cent of the reference.
    /// Less is better.
    pub mean_change_percent: f64,
    /// The same of medians.
    pub median_change_percent: f64,
    /// Features with less than the reference, by Wilcoxon's test at 5 %.
    pub improved: usize,
    /// Features with more.
    pub deteriorated: usize,
    /// Each feature by itself.
    pub features: Vec<FeatureComparison>,
}

/// A feature of a [`Comparison`].
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FeatureComparison {
    /// Its name in the table of features.
    pub name: &'static str,
    /// Mean over the paths.
    pub mean: f64,
    /// Mean over the references.
    pub reference_mean: f64,
    /// The change from one to the other, per cent.
    pub mean_change_percent: f64,
    /// The same of medians.
    pub median_change_percent: f64,
    /// Probability of an improvement like this by chance.
    pub p: f64,
}

/// Compares one figure of paths with those of their references, pair by pair.
pub fn compare(
    paths: &[Metrics],
    references: &[Metrics],
    figure: impl Fn(&Metrics) -> &Features,
) -> Comparison {
    let mut deteriorated = 0;
    let features: Vec<FeatureComparison> = TABLE
        .iter()
        .enumerate()
        .map(|(i, feature)| {
            let column = |metrics: &[Metrics]| -> Vec<f64> {
                metrics.iter().map(|metrics| figure(metrics)[i]).collect()
            };
            let (path, reference) = (column(paths), column(references));
            let by_pair = || reference.iter().zip(&path);
            let p = p_greater(by_pair().map(|(reference, path)| reference - path));
            if p_greater(by_pair().map(|(reference, path)| path - reference)) < SIGNIFICANT {
                deteriorated += 1;
            }
            FeatureComparison {
                name: feature.name,
                mean: mean(&path),
                reference_mean: mean(&reference),
                mean_change_percent: change(mean(&path), mean(&reference)),
                median_change_percent: change(median(&path), median(&reference)),
                p,
            }
        })
        .collect();
    let over_features = |value: fn(&FeatureComparison) -> f64| {
        mean(&features.iter().map(value).collect::<Vec<_>>())
    };
    Comparison {
        mean_change_percent: over_features(|feature| feature.mean_change_percent),
        median_change_percent: over_features(|feature| feature.median_change_percent),
        improved: features.iter().filter(|f| f.p < SIGNIFICANT).count(),
        deteriorated,
        features,
    }
}

/// By how much paths are better than others between the same ends.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Margin {
    /// What the others' [`Comparison::mean_change_percent`] is changed by, in points: below 0 where the
    /// paths are better.
    pub points: f64,
    /// Probability of a margin like this by chance (Wilcoxon's test over the pairs).
    pub p: f64,
}

/// The margin in one figure of paths over others, both against the same references, pair by pair.
pub fn margin(
    paths: &[Metrics],
    others: &[Metrics],
    references: &[Metrics],
    figure: impl Fn(&Metrics) -> &Features,
) -> Margin {
    let means: Vec<f64> = (0..FEATURES)
        .map(|i| mean(&references.iter().map(|m| figure(m)[i]).collect::<Vec<_>>()))
        .collect();
    let change = |metrics: &Metrics| -> f64 {
        let features = figure(metrics).iter().zip(&means);
        let changes: Vec<f64> = features.map(|(&of, &mean)| change(of, mean)).collect();
        mean(&changes)
    };
    let gained: Vec<f64> = paths
        .iter()
        .zip(others)
        .map(|(path, other)| change(other) - change(path))
        .collect();
    Margin {
        points: -mean(&gained),
        p: p_greater(gained),
    }
}

fn change(path: f64, reference: f64) -> f64 {
    // Two paths without any movement do not differ.
    if reference == 0.0 {
        return if path == 0.0 { 0.0 } else { 100.0 };
    }
    100.0 * (path - reference) / reference
}

fn mean(values: &[f64]) -> f64 {
    if values.is_empty() {
        return 0.0;
    }
    values.iter().sum::<f64>() / values.len() as f64
}

fn median(values: &[f64]) -> f64 {
    timbre::median(&mut values.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_of_everything_is_an_improvement_by_half() {
        let of = |scale: f64| -> Vec<Metrics> {
            (1..=20)
                .map(|pair| Metrics {
                    smoothness: [scale * f64::from(pair); FEATURES],
                    nonlinearity: [1.0; FEATURES],
                })
                .collect()
        };
        let smoothness = compare(&of(0.5), &of(1.0), |m| &m.smoothness);
        assert!((smoothness.mean_change_percent + 50.0).abs() < 1e-9);
        assert!((smoothness.median_change_percent + 50.0).abs() < 1e-9);
        assert_eq!((smoothness.improved, smoothness.deteriorated), (46, 0));
        let same = compare(&of(0.5), &of(1.0), |m| &m.nonlinearity);
        assert_eq!((same.mean_change_percent, same.improved), (0.0, 0));
    }

    #[test]
    fn a_margin_is_the_difference_of_two_comparisons_and_chance_has_none() {
        let of = |scale: &dyn Fn(usize, usize) -> f64| -> Vec<Metrics> {
            (0..40)
                .map(|pair| {
                    let all = std::array::from_fn(|i| (1 + i) as f64 * scale(pair, i));
                    Metrics {
                        smoothness: all,
                        nonlinearity: all,
                    }
                })
                .collect()
        };
        let references = of(&|pair, _| 1.0 + pair as f64 / 40.0);
        let (paths, others) = (of(&|_, i| 0.3 + i as f64 / 1000.0), of(&|_, _| 0.4));
        let change =
            |of: &[Metrics]| compare(of, &references, |m| &m.smoothness).mean_change_percent;
        let found = margin(&paths, &others, &references, |m| &m.smoothness);
        assert!((found.points - (change(&paths) - change(&others))).abs() < 1e-9);
        assert!(found.points < 0.0 && found.p < 1e-4, "{found:?}");
        // One that is better for every second pair and as much worse for the next.
        let swaying = of(&|pair, _| {
            let by = (pair / 2 + 1) as f64 / 100.0;
            0.4 + if pair % 2 == 0 { -by } else { by }
        });
        let found = margin(&swaying, &others, &references, |m| &m.smoothness);
        assert!(found.points.abs() < 1e-9 && found.p > 0.3, "{found:?}");
    }
}
