//! [`Trail`]: what a path sounds like along the way, as curves to look at.

use engine::{EngineKind, MorphTable};
use host_bridge::{Note, render_note};

/// Places of the path that are listened to, from A to B.
pub const POINTS: usize = 33;

/// Hz; enough to tell bright from dark.
const RATE: f64 = 16_000.0;
const NOTE: Note = Note {
    key: 60,
    velocity: 100,
    hold_s: 0.4,
    total_s: 0.5,
};

/// One place of the path.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// Loudness: root mean square, in dB below full scale.
    pub level_db: f32,
    /// Brightness: the root mean square of the frequencies in it, in Hz.
    pub brightness: f32,
}

/// The path from A to B at [`POINTS`] equal steps.
pub type Trail = [Point; POINTS];

/// Listens along the path; `None` if `go_on` said no on the way.
pub fn listen(table: &MorphTable, kind: EngineKind, go_on: impl Fn() -> bool) -> Option<Trail> {
    let mut trail = [Point {
        level_db: f32::NEG_INFINITY,
        brightness: 0.0,
    }; POINTS];
    for (i, point) in trail.iter_mut().enumerate() {
        if !go_on() {
            return None;
        }
        let patch = table.at(i as f32 / (POINTS - 1) as f32);
        *point = measure(&render_note(&patch, &NOTE, RATE, kind));
    }
    Some(trail)
}

fn measure(samples: &[f32]) -> Point {
    let energy = |samples: &mut dyn Iterator<Item = f32>| -> f64 {
        samples.map(|sample| f64::from(sample).powi(2)).sum()
    };
    let sound = energy(&mut samples.iter().copied());
    // The difference of neighbours weighs every frequency f by 2 sin(pi f / rate).
    let slope = energy(&mut samples.windows(2).map(|pair| pair[1] - pair[0]));
    let half = (slope / sound.max(1e-12)).sqrt() / 2.0;
    Point {
        level_db: (10.0 * (sound / samples.len().max(1) as f64).log10()) as f32,
        brightness: (half.min(1.0).asin() / std::f64::consts::PI * RATE) as f32,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sine_is_as_bright_as_its_frequency() {
        for hertz in [110.0, 440.0, 3000.0] {
            let step = std::f64::consts::TAU * hertz / RATE;
            let sine: Vec<f32> = (0..8000)
                .map(|i| (f64::from(i) * step).sin() as f32)
                .collect();
            let point = measure(&sine);
            assert!(
                (f64::from(point.brightness) / hertz - 1.0).abs() < 0.01,
                "{point:?}"
            );
            assert!((point.level_db + 3.01).abs() < 0.01, "{point:?}");
        }
    }

    #[test]
    fn silence_is_measured_too() {
        assert_eq!(measure(&[0.0; 100]).brightness, 0.0);
    }
}
