//! Pictures as PNG: spectrograms and curves with labelled axes, drawn without a system library.
//!
//! [`Canvas`] holds the pixels and draws shapes and text; [`Axes`] is a frame on it with ticks and
//! labels that turns values into pixels; [`spectrum`] measures what the pictures show.

mod axes;
mod canvas;
pub mod spectrum;
pub mod strip;

pub use axes::{Axes, Axis};
pub use canvas::{Align, Canvas, Colour, Frame};

/// The colours of every picture.
pub mod palette {
    use super::Colour;

    /// Behind everything.
    pub const BACKGROUND: Colour = Colour(0x14, 0x13, 0x1C);
    /// Behind curves.
    pub const PANEL: Colour = Colour(0x1C, 0x1B, 0x27);
    /// Lines of the grid, frames.
    pub const GRID: Colour = Colour(0x3A, 0x38, 0x4A);
    /// Numbers and labels.
    pub const LABEL: Colour = Colour(0xA9, 0xA6, 0xBC);
    /// Titles.
    pub const TITLE: Colour = Colour(0xF2, 0xF0, 0xF8);
    /// Curves, in the order they are drawn; told apart by the colour-blind too.
    pub const CURVES: [Colour; 4] = [
        Colour(0xFF, 0xB0, 0x4A),
        Colour(0x5C, 0xC8, 0xFF),
        Colour(0xF0, 0x6C, 0xA8),
        Colour(0x8F, 0xD6, 0x7A),
    ];

    /// The colour of a strength from 0 (nothing) to 1 (full): from the panel's dark through violet
    /// and orange to nearly white, getting lighter all the way.
    pub fn heat(strength: f32) -> Colour {
        const STOPS: [[f32; 3]; 6] = [
            [20.0, 19.0, 28.0],
            [58.0, 28.0, 96.0],
            [140.0, 42.0, 120.0],
            [222.0, 84.0, 92.0],
            [252.0, 166.0, 84.0],
            [255.0, 248.0, 214.0],
        ];
        let place = strength.clamp(0.0, 1.0) * (STOPS.len() - 1) as f32;
        let stop = (place as usize).min(STOPS.len() - 2);
        let mix = |channel: usize| {
            let (low, high) = (STOPS[stop][channel], STOPS[stop + 1][channel]);
            (low + (high - low) * (place - stop as f32)).round() as u8
        };
        Colour(mix(0), mix(1), mix(2))
    }
}
