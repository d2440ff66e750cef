//! The spectrograms of a path's steps side by side.

use anyhow::Result;

use super::spectrum::Spectrogram;
use super::{Align, Axes, Axis, Canvas, Frame, palette};
use crate::sound::{RATE, Sound};

/// Steps that are drawn at most; of more, some are left out at equal distances.
const MOST: usize = 16;
const HEIGHT: u32 = 720;
const LEFT: f32 = 110.0;
const TOP: f32 = 110.0;
const GAP: f32 = 6.0;
/// The quietest level that is told from silence, in decibels under the loudest.
const RANGE: f32 = 84.0;

/// Draws the strip as the bytes of a PNG file.
pub fn draw(title: &str, positions: &[f32], sounds: &[Sound]) -> Result<Vec<u8>> {
    let shown = shown(sounds.len());
    let width = (1500.0 / shown.len() as f32).clamp(90.0, 240.0);
    let right = LEFT + shown.len() as f32 * (width + GAP);
    let mut canvas = Canvas::new((right + 24.0) as u32, HEIGHT, palette::BACKGROUND)?;
    canvas.text((LEFT, 48.0), Align::Left, 34.0, palette::TITLE, title);
    let spectrograms: Vec<Spectrogram> = shown
        .iter()
        .map(|&step| Spectrogram::of(&sounds[step].samples, RATE, 512))
        .collect();
    let loudest = spectrograms
        .iter()
        .map(Spectrogram::loudest)
        .fold(f32::MIN, f32::max);

    for (place, (&step, spectrogram)) in shown.iter().zip(&spectrograms).enumerate() {
        let seconds = sounds[step].samples.len() as f32 / RATE;
        let mut axes = Axes {
            frame: Frame {
                x: LEFT + place as f32 * (width + GAP),
                y: TOP,
                width,
                height: HEIGHT as f32 - TOP - 84.0,
            },
            x: Axis::linear("time (s)", 0.0, seconds, 1.0),
            y: Axis::frequency(50.0, 16_000.0),
        };
        if place > 0 {
            axes.y.ticks.clear();
            axes.y.label = "";
        }
        // The last tick would touch the first of the next panel.
        axes.x.ticks.pop();
        if place != shown.len() / 2 {
            axes.x.label = "";
        }
        axes.draw(&mut canvas, true);
        let pixel = (axes.y.to / axes.y.from).powf(1.0 / axes.frame.height);
        axes.heat(&mut canvas, |time, hz| {
            1.0 + (spectrogram.decibels(time, hz, hz * pixel) - loudest) / RANGE
        });
        let middle = (axes.frame.x + width / 2.0, TOP - 14.0);
        let percent = format!("{:.0} %", positions[step] * 100.0).replace('-', "\u{2212}");
        canvas.text(middle, Align::Centre, 20.0, palette::LABEL, &percent);
    }
    canvas.to_png()
}

/// The numbers of the steps that are drawn, ends included.
fn shown(steps: usize) -> Vec<usize> {
    let count = steps.min(MOST);
    (0..count)
        .map(|place| place * (steps - 1) / (count - 1))
        .collect()
}
