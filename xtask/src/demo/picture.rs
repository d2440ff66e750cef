//! The picture of a demo: spectrogram, brightness and loudness over time, with Morph below them.

use anyhow::Result;

use super::score;
use crate::picture::spectrum::Spectrogram;
use crate::picture::{Align, Axes, Axis, Canvas, Colour, Frame, palette};
use crate::sound::RATE;

const SIZE: (u32, u32) = (1600, 1120);
const LEFT: f32 = 120.0;
const WIDTH: f32 = 1440.0;
/// The quietest level that is told from silence, in decibels under the loudest.
const RANGE: f32 = 78.0;
/// Seconds over which the curves are averaged: about an eighth of the score.
const AVERAGE: f32 = 0.3;

/// Draws what was played from `a` to `b` as the bytes of a PNG file.
pub fn draw(a: &str, b: &str, samples: &[f32]) -> Result<Vec<u8>> {
    let spectrogram = Spectrogram::of(samples, RATE, 512);
    let loudest = spectrogram.loudest();
    let mut canvas = Canvas::new(SIZE.0, SIZE.1, palette::BACKGROUND)?;
    let title = format!("Tween: {} to {}", a.trim(), b.trim());
    canvas.text((LEFT, 58.0), Align::Left, 38.0, palette::TITLE, &title);
    let caption = "the bundled plug-in in a CLAP host, Morph automated";
    let right = (LEFT + WIDTH, 58.0);
    canvas.text(right, Align::Right, 24.0, palette::LABEL, caption);

    let sound = axes(90.0, 470.0, Axis::frequency(50.0, 16_000.0));
    sound.draw(&mut canvas, false);
    let pixel = (sound.y.to / sound.y.from).powf(1.0 / sound.frame.height);
    sound.heat(&mut canvas, |time, hz| {
        1.0 + (spectrogram.decibels(time, hz, hz * pixel) - loudest) / RANGE
    });

    let brightness = axes(
        590.0,
        130.0,
        Axis {
            label: "brightness (Hz)",
            ..Axis::frequency(100.0, 2000.0)
        },
    );
    let points = averaged(spectrogram.brightness());
    plot(&mut canvas, &brightness, &points, palette::CURVES[0]);

    let level = averaged(spectrogram.level());
    let top = level
        .iter()
        .fold(f32::MIN, |top, &(_, level)| top.max(level));
    let top = (top / 6.0).ceil() * 6.0;
    let loudness = axes(
        750.0,
        130.0,
        Axis::linear("loudness (dB)", top - 30.0, top, 12.0),
    );
    plot(&mut canvas, &loudness, &level, palette::CURVES[1]);

    let morph = axes(910.0, 110.0, Axis::linear("Morph", 0.0, 1.0, 0.5));
    morph.draw(&mut canvas, true);
    let times = (0..=WIDTH as usize).map(|pixel| morph.x.value(pixel as f32 / WIDTH));
    let points = times.map(|time| (time, score::morph(time)));
    morph.curve(&mut canvas, points, palette::CURVES[2]);
    canvas.to_png()
}

/// A panel over the whole time, from a height in pixels on.
fn axes(y: f32, height: f32, axis: Axis) -> Axes {
    Axes {
        frame: Frame {
            x: LEFT,
            y,
            width: WIDTH,
            height,
        },
        x: Axis::linear("time (s)", 0.0, score::seconds(), 2.0),
        y: axis,
    }
}

fn plot(canvas: &mut Canvas, axes: &Axes, points: &[(f32, f32)], colour: Colour) {
    axes.draw(canvas, false);
    axes.curve(canvas, points.iter().copied(), colour);
}

/// The mean of the numbers around each point; what is no number does not count.
fn averaged(points: impl Iterator<Item = (f32, f32)>) -> Vec<(f32, f32)> {
    let points: Vec<(f32, f32)> = points.collect();
    let mean = |&(time, _): &(f32, f32)| {
        let near = |&&(other, value): &&(f32, f32)| {
            (other - time).abs() <= AVERAGE / 2.0 && value.is_finite()
        };
        let (count, sum) = points
            .iter()
            .filter(near)
            .fold((0, 0.0), |(count, sum), (_, value)| {
                (count + 1, sum + value)
            });
        (time, sum / count as f32)
    };
    points.iter().map(mean).collect()
}
