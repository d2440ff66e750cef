//! The curves of a training as a picture.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::picture::{Align, Axes, Axis, Canvas, Frame, palette};

/// A plot: its label, the figure of the log that it shows, and its range.
struct Plot {
    label: &'static str,
    key: &'static str,
    to: f32,
    step: f32,
}

const PLOTS: [Plot; 4] = [
    Plot {
        label: "nats per parameter",
        key: "nats_per_parameter",
        to: 3.0,
        step: 1.0,
    },
    Plot {
        label: "switches right",
        key: "switch_accuracy",
        to: 1.0,
        step: 0.5,
    },
    Plot {
        label: "number error",
        key: "number_error",
        to: 0.3,
        step: 0.1,
    },
    Plot {
        label: "timbre error",
        key: "timbre_error",
        to: 1.0,
        step: 0.5,
    },
];

const WIDTH: u32 = 1400;
const HEIGHT: f32 = 220.0;
const GAP: f32 = 30.0;
const LEFT: f32 = 120.0;
const TOP: f32 = 70.0;

/// Draws the log of a training: what it learned from in the first colour, what it is checked by in
/// the second.
///
/// # Errors
/// The log cannot be read, or the picture not be written.
pub fn draw(log: &Path, picture: &Path) -> Result<()> {
    let text = fs::read_to_string(log).with_context(|| format!("cannot read {}", log.display()))?;
    let lines: Vec<Value> = text
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .collect();
    let number = |line: &Value, key: &str| line[key].as_f64().unwrap_or(f64::NAN) as f32;
    let last = lines
        .iter()
        .map(|line| number(line, "seconds") / 60.0)
        .fold(1.0, f32::max);
    let step = [1.0, 2.0, 5.0, 10.0, 20.0, 60.0, 120.0, 600.0];
    let step = step
        .into_iter()
        .find(|step| last / step <= 14.0)
        .unwrap_or(6000.0);

    let height = TOP + PLOTS.len() as f32 * (HEIGHT + GAP) + 60.0;
    let mut canvas = Canvas::new(WIDTH, height as u32, palette::BACKGROUND)?;
    for (index, what) in ["training", "validation"].into_iter().enumerate() {
        let place = (LEFT + 160.0 * index as f32, TOP - 28.0);
        canvas.text(place, Align::Left, 24.0, palette::CURVES[index], what);
    }
    for (index, plot) in PLOTS.iter().enumerate() {
        let axes = Axes {
            frame: Frame {
                x: LEFT,
                y: TOP + index as f32 * (HEIGHT + GAP),
                width: WIDTH as f32 - LEFT - 40.0,
                height: HEIGHT,
            },
            x: Axis::linear("minutes", 0.0, last, step),
            y: Axis::linear(plot.label, 0.0, plot.to, plot.step),
        };
        axes.draw(&mut canvas, index + 1 == PLOTS.len());
        for (index, what) in ["training", "validation"].into_iter().enumerate() {
            let points = lines
                .iter()
                .filter(|line| line["what"] == what)
                .map(|line| (number(line, "seconds") / 60.0, number(line, plot.key)));
            axes.curve(&mut canvas, points, palette::CURVES[index]);
        }
    }
    let unfinished = picture.with_extension("unfinished");
    let write = || fs::write(&unfinished, canvas.to_png()?).map_err(anyhow::Error::from);
    write().with_context(|| format!("cannot write {}", unfinished.display()))?;
    fs::rename(&unfinished, picture)
        .with_context(|| format!("cannot put {} in its place", picture.display()))
}
