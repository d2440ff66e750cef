//! What the demo plays: eight bars of broken chords while Morph goes from A to B.

use host_bridge::{Phrase, Step};

use crate::sound::RATE;

/// Seconds of an eighth note.
const EIGHTH: f32 = 0.28;
const EIGHTHS: usize = 8;
const BARS: usize = 8;
/// Seconds until the last note has died away.
const TAIL: f32 = 2.4;
/// Seconds between two points of the automation.
const POINT: f32 = 0.005;

/// The bass note of every bar, and four notes above it.
const CHORDS: [(u8, [u8; 4]); 4] = [
    (45, [60, 64, 67, 71]),
    (41, [60, 64, 65, 69]),
    (36, [59, 62, 64, 67]),
    (43, [59, 62, 66, 69]),
];
/// Which note of the chord each eighth has.
const FIGURE: [usize; EIGHTHS] = [0, 2, 3, 1, 2, 3, 1, 2];
/// How hard each eighth is struck, 1 to 127.
const ACCENTS: [u8; EIGHTHS] = [104, 74, 86, 72, 96, 76, 88, 78];

/// Seconds of the whole score.
pub fn seconds() -> f32 {
    (BARS * EIGHTHS) as f32 * EIGHTH + TAIL
}

/// Morph at a time: the first bar is A, the last is B, between them it moves evenly.
pub fn morph(seconds: f32) -> f32 {
    let bar = seconds / (EIGHTH * EIGHTHS as f32);
    ((bar - 1.0) / (BARS - 2) as f32).clamp(0.0, 1.0)
}

/// The notes and the automation, at [`RATE`].
pub fn phrase() -> Phrase {
    let sample = |seconds: f32| (seconds * RATE) as usize;
    let mut phrase = Phrase::new(sample(seconds()));
    for point in 0..(seconds() / POINT) as usize {
        let time = point as f32 * POINT;
        phrase.step(sample(time), Step::Morph(morph(time)));
    }
    for bar in 0..BARS {
        let (bass, chord) = CHORDS[bar % CHORDS.len()];
        let start = (bar * EIGHTHS) as f32 * EIGHTH;
        let end = start + EIGHTHS as f32 * EIGHTH;
        phrase.note(sample(start), sample(end - 0.05), bass, 92);
        for (eighth, (&note, &accent)) in FIGURE.iter().zip(&ACCENTS).enumerate() {
            let from = start + eighth as f32 * EIGHTH;
            phrase.note(
                sample(from),
                sample(from + 0.9 * EIGHTH),
                chord[note],
                accent,
            );
        }
    }
    phrase
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn morph_rests_at_both_ends() {
        let bar = EIGHTH * EIGHTHS as f32;
        assert_eq!([morph(0.0), morph(bar)], [0.0, 0.0]);
        assert_eq!([morph(7.01 * bar), morph(seconds())], [1.0, 1.0]);
        assert!((morph(4.0 * bar) - 0.5).abs() < 1e-3);
    }
}
