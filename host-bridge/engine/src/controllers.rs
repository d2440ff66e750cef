//! Where the player's controllers are, and what that means for every note.

use crate::settings::{Route, Settings};
use crate::tables::ONE;

/// Positions of the controllers, all at rest by default.
#[derive(Clone, Copy, Debug, Default)]
pub struct Controllers {
    /// Pitch wheel, -8192 to 8191.
    pub bend: i16,
    /// Controller 1, 0 to 127.
    pub wheel: u8,
    /// Controller 2, 0 to 127.
    pub breath: u8,
    /// Controller 4, 0 to 127.
    pub foot: u8,
    /// Channel pressure, 0 to 127.
    pub pressure: u8,
    /// Controller 5, 0 to 127.
    pub portamento_time: u8,
    /// Controller 65.
    pub portamento: bool,
    /// Controller 64.
    pub sustain: bool,
}

/// What the controllers do to every note at its next control step.
#[derive(Clone, Copy, Debug, Default)]
pub struct Modulation {
    /// Depth of the LFO on pitch, 0 to 127.
    pub pitch: i32,
    /// Depth of the LFO on level, 0 to 127.
    pub amp: i32,
    /// How far the level of sensitive operators is let through, 0 to 127.
    pub eg_bias: i32,
    /// Wheel and tune, Q24 octaves.
    pub bend: i32,
    /// Portamento: the index of its speed, if it is on.
    pub glide: Option<u8>,
}

impl Modulation {
    /// What these positions mean under these settings, with the instrument tuned by `tune` (Q24
    /// octaves).
    pub fn new(controllers: &Controllers, settings: &Settings, tune: i32) -> Modulation {
        let sources = [
            (controllers.wheel, settings.wheel),
            (controllers.foot, settings.foot),
            (controllers.breath, settings.breath),
            (controllers.pressure, settings.pressure),
        ];
        let strongest = |target: fn(&Route) -> bool| {
            sources
                .iter()
                .filter(|(_, route)| target(route))
                .map(|(position, route)| {
                    (f32::from(*position) * (0.01 * f64::from(route.range)) as f32) as i32
                })
                .max()
        };
        Modulation {
            pitch: strongest(|route| route.pitch).unwrap_or(0).min(127),
            amp: strongest(|route| route.amp).unwrap_or(0).min(127),
            eg_bias: strongest(|route| route.eg_bias).unwrap_or(127).min(127),
            bend: bend(controllers.bend, settings).saturating_add(tune),
            glide: (controllers.portamento && controllers.portamento_time > 0)
                .then_some(controllers.portamento_time.min(127)),
        }
    }
}

/// The pitch wheel's bend, Q24 octaves.
fn bend(wheel: i16, settings: &Settings) -> i32 {
    let range = if wheel < 0 {
        settings.bend_down
    } else {
        settings.bend_up
    };
    ((i32::from(wheel) << 11) as f32 * range / 12.0) as i32
}

/// Semitones as Q24 octaves, at most ten octaves either way.
pub fn semitones(semitones: f32) -> i32 {
    let octaves = f64::from(semitones / 12.0).clamp(-10.0, 10.0);
    (octaves * f64::from(ONE)).round() as i32
}
