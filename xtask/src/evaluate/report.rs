//! What is written of an evaluation: a table, JSON, and the figures of every pair.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path as FilePath;

use anyhow::Result;
use model::evaluation::{Comparison, Margin, Metrics, Reconstruction, compare, margin};
use serde::Serialize;
use serde_json::json;

use super::pairs::Pair;
use super::{Outcome, Path, plots};
use crate::staging::Staging;

/// An evaluation.
#[derive(Serialize)]
pub struct Report {
    /// How many pairs were measured.
    pub pairs: usize,
    /// How many were left out, because A or B is silent.
    pub silent: usize,
    /// Steps of a path.
    pub steps: usize,
    /// Sample rate at which the notes were played, Hz.
    pub rate: u32,
    /// How long all of it took.
    pub seconds: f64,
    /// What came out, by path.
    pub paths: BTreeMap<&'static str, PathFigures>,
    /// What the network is worth, by path: of those that were measured without it too.
    pub worth: BTreeMap<&'static str, Worth>,
}

/// What the network is worth to a path.
#[derive(Serialize)]
pub struct Worth {
    /// The path without it.
    without: &'static str,
    smoothness: Margin,
    nonlinearity: Margin,
}

impl Worth {
    /// Of two paths of the outcomes, with the network and without it.
    pub fn new(without: &'static str, outcomes: &[Outcome], places: [usize; 2]) -> Worth {
        let [with, alone] = places.map(|place| -> Vec<Metrics> {
            let metrics = |outcome: &Outcome| outcome.paths[place].metrics.clone();
            outcomes.iter().map(metrics).collect()
        });
        let references: Vec<Metrics> = outcomes.iter().map(|o| o.reference.clone()).collect();
        Worth {
            without,
            smoothness: margin(&with, &alone, &references, |metrics| &metrics.smoothness),
            nonlinearity: margin(&with, &alone, &references, |metrics| &metrics.nonlinearity),
        }
    }
}

/// The figures of one path over all pairs.
#[derive(Serialize)]
pub struct PathFigures {
    /// How bent the paths are.
    pub smoothness: Comparison,
    /// How far they depart from the straight line.
    pub nonlinearity: Comparison,
    reconstruction: Option<Reconstruction>,
    /// Seconds that finding one path took: mean and largest.
    seconds_mean: f64,
    seconds_largest: f64,
}

impl PathFigures {
    /// Compares paths with their references, pair by pair.
    pub fn new(
        paths: &[Metrics],
        references: &[Metrics],
        reconstruction: Option<Reconstruction>,
        seconds: &[f64],
    ) -> PathFigures {
        PathFigures {
            smoothness: compare(paths, references, |metrics| &metrics.smoothness),
            nonlinearity: compare(paths, references, |metrics| &metrics.nonlinearity),
            reconstruction,
            seconds_mean: seconds.iter().sum::<f64>() / seconds.len().max(1) as f64,
            seconds_largest: seconds.iter().copied().fold(0.0, f64::max),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} pairs of {} steps ({} left out as silent), in {:.0} s; change against linear, less is better",
            self.pairs, self.steps, self.silent, self.seconds
        )?;
        writeln!(
            f,
            "{:<10} {:>27}   {:>27}   {:>8} {:>8} {:>7}",
            "", "smoothness", "nonlinearity", "switches", "timbre", "s/path"
        )?;
        writeln!(
            f,
            "{:<10} {:>9} {:>9} {:>3}/{:<3}   {:>9} {:>9} {:>3}/{:<3}",
            "path", "mean", "median", "imp", "det", "mean", "median", "imp", "det"
        )?;
        for (name, figures) in &self.paths {
            write!(f, "{name:<10}")?;
            for figure in [&figures.smoothness, &figures.nonlinearity] {
                write!(
                    f,
                    " {:>8.1}% {:>8.1}% {:>3}/{:<3}  ",
                    figure.mean_change_percent,
                    figure.median_change_percent,
                    figure.improved,
                    figure.deteriorated
                )?;
            }
            match &figures.reconstruction {
                Some(ends) => write!(
                    f,
                    " {:>7.1}% {:>8.3}",
                    100.0 * ends.switch_accuracy,
                    ends.timbre_distance
                )?,
                None => write!(f, " {:>8} {:>8}", "-", "-")?,
            }
            writeln!(f, " {:>7.2}", figures.seconds_mean)?;
        }
        for (name, worth) in &self.worth {
            writeln!(
                f,
                "what the network is worth: {name} against {}: smoothness {:+.2} points (p {:.3}), \
                 nonlinearity {:+.2} points (p {:.3})",
                worth.without,
                worth.smoothness.points,
                worth.smoothness.p,
                worth.nonlinearity.points,
                worth.nonlinearity.p
            )?;
        }
        Ok(())
    }
}

/// Writes one JSON line per pair (both figures of every path, feature by feature) and the pictures.
pub fn write_pairs(
    folder: &FilePath,
    paths: &[Path],
    pairs: &[Pair],
    outcomes: &[Outcome],
    report: &Report,
) -> Result<()> {
    let staging = Staging::new(folder)?;
    let mut file = BufWriter::new(File::create(staging.path().join("pairs.jsonl"))?);
    let figures = |metrics: &Metrics| {
        json!({
            "smoothness": metrics.smoothness.as_slice(),
            "nonlinearity": metrics.nonlinearity.as_slice(),
        })
    };
    for (pair, outcome) in pairs.iter().zip(outcomes) {
        let by_path: serde_json::Map<String, serde_json::Value> = paths
            .iter()
            .zip(&outcome.paths)
            .map(|(path, found)| (path.name().to_owned(), figures(&found.metrics)))
            .collect();
        let line = json!({
            "pair": pair.number,
            "a": pair.a.name(),
            "b": pair.b.name(),
            "reference": figures(&outcome.reference),
            "paths": by_path,
        });
        writeln!(file, "{line}")?;
    }
    file.into_inner()?.sync_all()?;
    plots::draw(staging.path(), paths, pairs, outcomes, report)?;
    staging.commit()
}
