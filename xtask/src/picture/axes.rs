//! [`Axes`]: a frame with ticks and labels that turns values into pixels.

use super::canvas::{Align, Canvas, Colour, Frame};
use super::palette;

/// Pixels of the letters at ticks and labels.
const TEXT: f32 = 20.0;

/// One direction of a plot.
#[derive(Clone, Debug)]
pub struct Axis {
    /// What is measured, with its unit.
    pub label: &'static str,
    /// The value at the left or at the bottom; above 0 if the axis is logarithmic.
    pub from: f32,
    /// The value at the right or at the top.
    pub to: f32,
    /// Whether equal distances are equal ratios.
    pub logarithmic: bool,
    /// Where a tick stands and what it says.
    pub ticks: Vec<(f32, String)>,
}

impl Axis {
    /// A linear axis with a tick at every multiple of `step`.
    pub fn linear(label: &'static str, from: f32, to: f32, step: f32) -> Axis {
        let decimals = usize::from(step.fract() != 0.0);
        let first = (from / step).ceil() as i64;
        let last = (to / step + 1e-3).floor() as i64;
        let tick = |index: i64| {
            let value = index as f32 * step;
            // The plain minus of a program is shorter than that of a typesetter.
            (
                value,
                format!("{value:.decimals$}").replace('-', "\u{2212}"),
            )
        };
        let ticks = (first..=last).map(tick).collect();
        let logarithmic = false;
        Axis {
            label,
            from,
            to,
            logarithmic,
            ticks,
        }
    }

    /// A logarithmic axis of frequencies in Hz.
    pub fn frequency(from: f32, to: f32) -> Axis {
        let round = [50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000];
        let ticks = round
            .iter()
            .map(|&hz| (hz as f32, hz))
            .filter(|(hz, _)| (from..=to).contains(hz));
        let ticks = ticks.map(|(value, hz)| {
            let text = if hz < 1000 {
                hz.to_string()
            } else {
                format!("{}k", hz / 1000)
            };
            (value, text)
        });
        Axis {
            label: "frequency (Hz)",
            from,
            to,
            logarithmic: true,
            ticks: ticks.collect(),
        }
    }

    /// Where a value lies: 0 at `from`, 1 at `to`.
    pub fn place(&self, value: f32) -> f32 {
        if self.logarithmic {
            (value / self.from).ln() / (self.to / self.from).ln()
        } else {
            (value - self.from) / (self.to - self.from)
        }
    }

    /// The value at a place, the inverse of [`place`](Axis::place).
    pub fn value(&self, place: f32) -> f32 {
        if self.logarithmic {
            self.from * (self.to / self.from).powf(place)
        } else {
            self.from + (self.to - self.from) * place
        }
    }
}

/// A plot's frame and its two directions.
#[derive(Clone, Debug)]
pub struct Axes {
    /// Where the values are drawn; ticks and labels stand outside of it.
    pub frame: Frame,
    /// From left to right.
    pub x: Axis,
    /// From bottom to top.
    pub y: Axis,
}

impl Axes {
    /// The pixel of a pair of values, which may lie outside the frame.
    pub fn pixel(&self, (x, y): (f32, f32)) -> (f32, f32) {
        let Frame {
            x: left,
            y: top,
            width,
            height,
        } = self.frame;
        (
            left + self.x.place(x) * width,
            top + (1.0 - self.y.place(y)) * height,
        )
    }

    /// Draws the panel, the grid, ticks and labels; those of the x axis only if `below`, for plots
    /// that stand on top of each other.
    pub fn draw(&self, canvas: &mut Canvas, below: bool) {
        canvas.fill(self.frame, palette::PANEL);
        let Frame {
            x: left,
            y: top,
            width,
            height,
        } = self.frame;
        let (right, bottom) = (left + width, top + height);
        for (value, text) in &self.y.ticks {
            let (_, y) = self.pixel((self.x.from, *value));
            canvas.line([(left, y), (right, y)], 1.0, palette::GRID);
            let place = (left - 12.0, y + TEXT * 0.35);
            canvas.text(place, Align::Right, TEXT, palette::LABEL, text);
        }
        for (value, text) in &self.x.ticks {
            let (x, _) = self.pixel((*value, self.y.from));
            canvas.line([(x, top), (x, bottom)], 1.0, palette::GRID);
            if below {
                let place = (x, bottom + TEXT + 8.0);
                canvas.text(place, Align::Centre, TEXT, palette::LABEL, text);
            }
        }
        let middle = (left - 74.0, top + height / 2.0);
        canvas.text_upwards(middle, Align::Centre, TEXT, palette::LABEL, self.y.label);
        if below {
            let middle = (left + width / 2.0, bottom + 2.0 * TEXT + 20.0);
            canvas.text(middle, Align::Centre, TEXT, palette::LABEL, self.x.label);
        }
    }

    /// Draws a curve, kept inside the frame.
    pub fn curve(
        &self,
        canvas: &mut Canvas,
        points: impl IntoIterator<Item = (f32, f32)>,
        colour: Colour,
    ) {
        let Frame {
            x: left,
            y: top,
            width,
            height,
        } = self.frame;
        let inside = points.into_iter().map(|point| {
            let (x, y) = self.pixel(point);
            // NaN, which interrupts a curve, stays NaN.
            (x.clamp(left, left + width), y.clamp(top, top + height))
        });
        canvas.line(inside, 3.0, colour);
    }

    /// Fills the frame by values: `strength` gets a value of x and one of y and says 0 to 1.
    pub fn heat(&self, canvas: &mut Canvas, strength: impl Fn(f32, f32) -> f32) {
        canvas.shade(self.frame, |across, up| {
            palette::heat(strength(self.x.value(across), self.y.value(up)))
        });
    }
}
