//! What an evaluation looks like: each feature's change, how pairs are spread, and the spectrograms of
//! the best and the worst.

use std::fs;
use std::path::Path as FilePath;

use anyhow::Result;
use model::evaluation::{Comparison, Features, Metrics};
use timbre::FEATURES;

use super::pairs::Pair;
use super::report::Report;
use super::{Outcome, Path};
use crate::picture::{Align, Axes, Axis, Canvas, Frame, palette, strip};
use crate::sound::Sound;

/// How many of the best, and of the worst, pairs are shown.
const SHOWN: usize = 10;
/// Paths that are told apart by colour.
const COLOURS: usize = palette::CURVES.len();

/// Draws all pictures of an evaluation into a folder.
///
/// # Errors
/// A picture cannot be written.
pub fn draw(
    folder: &FilePath,
    paths: &[Path],
    pairs: &[Pair],
    outcomes: &[Outcome],
    report: &Report,
) -> Result<()> {
    let shown: Vec<(usize, Path)> = paths
        .iter()
        .copied()
        .enumerate()
        .filter(|(_, path)| *path != Path::Linear)
        .take(COLOURS)
        .collect();
    if shown.is_empty() || outcomes.is_empty() {
        return Ok(());
    }
    let names: Vec<&str> = shown.iter().map(|(_, path)| path.name()).collect();
    fs::write(folder.join("features.png"), features(&names, report)?)?;
    let changes: Vec<Vec<f64>> = shown
        .iter()
        .map(|&(index, _)| changes(outcomes, index))
        .collect();
    fs::write(folder.join("pairs.png"), histogram(&names, &changes)?)?;
    for ((index, path), changes) in shown.iter().zip(&changes) {
        // A crossfade is no path of patches, so it has no strip.
        if *path != Path::Crossfade {
            strips(folder, *path, *index, pairs, outcomes, changes)?;
        }
    }
    Ok(())
}

/// For each pair the change of both figures against its reference, per cent: features added as parts
/// of their references' means, so that all count alike.
fn changes(outcomes: &[Outcome], path: usize) -> Vec<f64> {
    let mean = |figure: fn(&Metrics) -> &Features, feature: usize| {
        let sum: f64 = outcomes.iter().map(|o| figure(&o.reference)[feature]).sum();
        (sum / outcomes.len() as f64).max(1e-12)
    };
    let figures: [fn(&Metrics) -> &Features; 2] = [|m| &m.smoothness, |m| &m.nonlinearity];
    let means = figures.map(|figure| -> Features { std::array::from_fn(|i| mean(figure, i)) });
    let size = |metrics: &Metrics| -> f64 {
        let sizes = figures.iter().zip(&means).map(|(figure, means)| {
            let parts = figure(metrics).iter().zip(means);
            parts.map(|(value, mean)| value / mean).sum::<f64>()
        });
        sizes.sum::<f64>() / (2 * FEATURES) as f64
    };
    outcomes
        .iter()
        .map(|o| 100.0 * (size(&o.paths[path].metrics) / size(&o.reference).max(1e-12) - 1.0))
        .collect()
}

/// Bars of each feature's change in both figures.
fn features(names: &[&str], report: &Report) -> Result<Vec<u8>> {
    const ROW: f32 = 26.0;
    const LEFT: f32 = 210.0;
    const PANEL: f32 = 560.0;
    const TOP: f32 = 110.0;
    const GAP: f32 = 70.0;
    let height = TOP + FEATURES as f32 * ROW + 70.0;
    let width = LEFT + 2.0 * PANEL + GAP + 30.0;
    let mut canvas = Canvas::new(width as u32, height as u32, palette::BACKGROUND)?;
    legend(&mut canvas, LEFT, names);
    for panel in 0..2 {
        let mut axes = Axes {
            frame: Frame {
                x: LEFT + panel as f32 * (PANEL + GAP),
                y: TOP,
                width: PANEL,
                height: FEATURES as f32 * ROW,
            },
            x: Axis::linear(
                ["change of bends (%)", "change of departures (%)"][panel],
                -100.0,
                50.0,
                25.0,
            ),
            y: Axis::linear("", 0.0, FEATURES as f32, 1000.0),
        };
        axes.y.ticks.clear();
        axes.draw(&mut canvas, true);
        for (place, name) in names.iter().enumerate() {
            let figures = &report.paths[name];
            let comparison: &Comparison = [&figures.smoothness, &figures.nonlinearity][panel];
            let thick = (ROW - 8.0) / names.len() as f32;
            for (row, feature) in comparison.features.iter().enumerate() {
                let top = TOP + row as f32 * ROW + 4.0 + place as f32 * thick;
                let change = feature.mean_change_percent.clamp(-100.0, 50.0) as f32;
                let [from, to] = [0.0, change].map(|x| axes.pixel((x, 0.0)).0);
                let bar = Frame {
                    x: from.min(to),
                    y: top,
                    width: (to - from).abs().max(1.0),
                    height: (thick - 1.0).max(1.0),
                };
                canvas.fill(bar, palette::CURVES[place]);
                if panel == 0 && place == 0 {
                    let beside = (LEFT - 12.0, TOP + (row as f32 + 0.7) * ROW);
                    canvas.text(beside, Align::Right, 17.0, palette::LABEL, feature.name);
                }
            }
        }
    }
    canvas.to_png()
}

/// How many pairs changed by how much.
fn histogram(names: &[&str], changes: &[Vec<f64>]) -> Result<Vec<u8>> {
    const FROM: f32 = -100.0;
    const TO: f32 = 50.0;
    const STEP: f32 = 5.0;
    const BINS: usize = ((TO - FROM) / STEP) as usize;
    let counts: Vec<[f32; BINS]> = changes
        .iter()
        .map(|changes| {
            let mut counts = [0.0; BINS];
            for &change in changes {
                // `as` saturates: what lies outside counts at the border.
                let bin = ((change as f32 - FROM) / STEP) as usize;
                counts[bin.min(BINS - 1)] += 1.0;
            }
            counts
        })
        .collect();
    let most = counts.iter().flatten().copied().fold(1.0, f32::max);
    let mut canvas = Canvas::new(1400, 640, palette::BACKGROUND)?;
    legend(&mut canvas, 120.0, names);
    let axes = Axes {
        frame: Frame {
            x: 120.0,
            y: 90.0,
            width: 1240.0,
            height: 460.0,
        },
        x: Axis::linear("change of a pair against linear (%)", FROM, TO, 25.0),
        y: Axis::linear("pairs", 0.0, most, (most / 4.0).ceil()),
    };
    axes.draw(&mut canvas, true);
    for (place, counts) in counts.iter().enumerate() {
        let middles = (0..BINS).map(|bin| FROM + (bin as f32 + 0.5) * STEP);
        axes.curve(
            &mut canvas,
            middles.zip(counts.iter().copied()),
            palette::CURVES[place],
        );
    }
    canvas.to_png()
}

fn legend(canvas: &mut Canvas, left: f32, names: &[&str]) {
    for (place, name) in names.iter().enumerate() {
        let at = (left + 200.0 * place as f32, 52.0);
        canvas.text(at, Align::Left, 26.0, palette::CURVES[place], name);
    }
}

/// The strips of the pairs that changed most for the better, and of those that did least.
fn strips(
    folder: &FilePath,
    path: Path,
    index: usize,
    pairs: &[Pair],
    outcomes: &[Outcome],
    changes: &[f64],
) -> Result<()> {
    let mut order: Vec<usize> = (0..pairs.len()).collect();
    order.sort_by(|&x, &y| changes[x].total_cmp(&changes[y]));
    let ranks = 1..=SHOWN;
    let best = ranks.clone().zip(&order).map(|ranked| ("best", ranked));
    let worst = ranks
        .zip(order.iter().rev())
        .map(|ranked| ("worst", ranked));
    for (which, (place, &pair)) in best.chain(worst) {
        let patches = &outcomes[pair].paths[index].patches;
        let sounds: Vec<Sound> = patches.iter().map(Sound::of_patch).collect();
        let steps = (patches.len() - 1) as f32;
        let positions: Vec<f32> = (0..patches.len()).map(|t| t as f32 / steps).collect();
        let title = format!(
            "{} to {}: {:+.0} %",
            pairs[pair].a.name().trim(),
            pairs[pair].b.name().trim(),
            changes[pair]
        );
        let file = folder.join(format!("{}-{which}-{place:02}.png", path.name()));
        fs::write(file, strip::draw(&title, &positions, &sounds)?)?;
    }
    Ok(())
}
