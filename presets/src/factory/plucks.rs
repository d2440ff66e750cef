//! Plucked strings: pairs (algorithm 5). The first two pairs are the string, its brightness a
//! modulator that dies faster than the tone; the third is the finger, the plectrum or the quill.

use super::sound::{Curve::*, Sound, fixed, ratio};

#[rustfmt::skip]
pub(super) const PLUCKS: [Sound; 8] = [
    // Nylon strings, played near the hole.
    Sound::new("NYLON DAWN", 5, 4)
        .tags(&["guitar", "warm", "soft"])
        .op(1, ratio(1.0, 99).velocity(3).hurry(3).env([98, 46, 32, 58], [99, 84, 0, 0]))
        .op(2, ratio(1.0, 78).velocity(5).hurry(3).env([99, 50, 34, 60], [99, 76, 0, 0]).pivot(60).above(Less, 24))
        .op(3, ratio(2.0, 86).detune(1).velocity(3).hurry(3).env([98, 50, 36, 58], [99, 78, 0, 0]))
        .op(4, ratio(2.0, 64).velocity(5).hurry(3).env([99, 56, 40, 60], [99, 68, 0, 0]).above(Less, 24))
        .op(5, ratio(3.0, 78).velocity(5).hurry(4).env([99, 70, 58, 66], [99, 60, 0, 0]))
        .op(6, ratio(5.0, 76).velocity(6).hurry(4).env([99, 76, 60, 66], [99, 50, 0, 0]).above(LessFar, 24)),
    // Steel strings with a pick.
    Sound::new("STEEL SIX", 5, 6)
        .tags(&["guitar", "bright", "metal"])
        .op(1, ratio(1.0, 95).detune(1).velocity(3).hurry(3).env([99, 44, 30, 58], [99, 84, 0, 0]))
        .op(2, ratio(3.0, 78).velocity(5).hurry(3).env([99, 48, 34, 60], [99, 76, 0, 0]).above(Less, 30))
        .op(3, ratio(1.0, 93).detune(-2).velocity(3).hurry(3).env([99, 42, 30, 58], [99, 86, 0, 0]))
        .op(4, ratio(1.0, 82).velocity(5).hurry(3).env([99, 46, 33, 60], [99, 80, 0, 0]).above(Less, 24))
        .op(5, ratio(4.0, 78).velocity(5).hurry(4).env([99, 62, 46, 62], [99, 64, 0, 0]))
        .op(6, ratio(7.0, 80).velocity(6).hurry(4).env([99, 66, 52, 66], [99, 60, 0, 0]).above(LessFar, 30)),
    // A harp: round, long in the bass, without any noise.
    Sound::new("HARP GLEN", 5, 2)
        .tags(&["harp", "soft", "clear"])
        .op(1, ratio(1.0, 94).velocity(3).hurry(4).env([96, 42, 28, 44], [99, 86, 0, 0]))
        .op(2, ratio(2.0, 68).velocity(5).hurry(4).env([98, 48, 32, 48], [99, 74, 0, 0]).above(LessFar, 24))
        .op(3, ratio(1.0, 84).detune(2).velocity(3).hurry(4).env([96, 44, 30, 44], [99, 84, 0, 0]))
        .op(4, ratio(3.0, 60).velocity(5).hurry(4).env([98, 52, 36, 48], [99, 70, 0, 0]).above(LessFar, 26))
        .op(5, ratio(2.0, 72).velocity(4).hurry(4).env([98, 52, 38, 48], [99, 72, 0, 0]))
        .op(6, ratio(1.0, 58).velocity(5).hurry(4).env([99, 58, 44, 50], [99, 66, 0, 0])),
    // A long zither: the pitch settles after the pluck, the plectrum is hard.
    Sound::new("KOTO GATE", 5, 5)
        .tags(&["koto", "zither", "bright"])
        .op(1, ratio(1.0, 94).velocity(3).hurry(3).env([99, 46, 32, 52], [99, 84, 0, 0]))
        .op(2, ratio(3.0, 74).velocity(6).hurry(3).env([99, 52, 36, 54], [99, 72, 0, 0]).above(Less, 26))
        .op(3, ratio(1.0, 88).detune(3).velocity(3).hurry(3).env([99, 48, 34, 52], [99, 82, 0, 0]))
        .op(4, ratio(5.0, 74).velocity(6).hurry(4).env([99, 56, 42, 56], [99, 68, 0, 0]).above(LessFar, 28))
        .op(5, ratio(4.0, 76).velocity(5).hurry(4).env([99, 64, 48, 58], [99, 62, 0, 0]))
        .op(6, ratio(9.0, 74).velocity(6).hurry(4).env([99, 74, 60, 66], [99, 50, 0, 0]).above(LessFar, 30))
        .pitch([88, 80, 80, 20], [50, 50, 50, 53]),
    // Banjo: a skin for a body, so it is loud and brief.
    Sound::new("BANJO JIG", 5, 6)
        .tags(&["banjo", "bright", "short"])
        .op(1, ratio(1.0, 99).velocity(3).hurry(3).env([99, 54, 42, 60], [99, 80, 0, 0]))
        .op(2, ratio(3.0, 86).velocity(5).hurry(3).env([99, 56, 44, 62], [99, 76, 0, 0]).above(Less, 30))
        .op(3, ratio(2.0, 95).detune(2).velocity(3).hurry(3).env([99, 56, 44, 60], [99, 78, 0, 0]))
        .op(4, ratio(3.0, 78).velocity(5).hurry(3).env([99, 60, 46, 62], [99, 70, 0, 0]).above(Less, 30))
        .op(5, ratio(1.0, 91).velocity(4).hurry(3).env([99, 68, 56, 64], [99, 60, 0, 0]))
        .op(6, fixed(2, 65, 84).velocity(5).env([99, 72, 60, 66], [99, 56, 0, 0])),
    // A lute: courses of two strings, a soft thumb.
    Sound::new("LUTE COURT", 5, 3)
        .tags(&["lute", "warm", "old"])
        .op(1, ratio(1.0, 95).detune(3).velocity(3).hurry(3).env([98, 48, 34, 56], [99, 84, 0, 0]))
        .op(2, ratio(1.0, 80).velocity(5).hurry(3).env([99, 52, 36, 58], [99, 76, 0, 0]).above(Less, 24))
        .op(3, ratio(1.0, 93).detune(-3).velocity(3).hurry(3).env([98, 46, 34, 56], [99, 84, 0, 0]))
        .op(4, ratio(3.0, 70).velocity(5).hurry(3).env([99, 54, 38, 58], [99, 72, 0, 0]).above(Less, 26))
        .op(5, ratio(2.0, 80).velocity(4).hurry(3).env([98, 54, 40, 56], [99, 74, 0, 0]))
        .op(6, ratio(4.0, 68).velocity(5).hurry(4).env([99, 66, 50, 60], [99, 60, 0, 0]).above(LessFar, 26)),
    // Harpsichord: two choirs an octave apart, no velocity to speak of, a quill that clicks.
    Sound::new("QUILL KEYS", 5, 6)
        .tags(&["harpsichord", "bright", "baroque"])
        .op(1, ratio(1.0, 93).detune(1).velocity(1).hurry(3).env([99, 38, 28, 68], [99, 84, 0, 0]))
        .op(2, ratio(5.0, 80).velocity(3).hurry(3).env([99, 40, 30, 68], [99, 82, 0, 0]).above(Less, 30))
        .op(3, ratio(2.0, 90).detune(-1).velocity(1).hurry(3).env([99, 40, 30, 68], [99, 82, 0, 0]))
        .op(4, ratio(3.0, 80).velocity(3).hurry(3).env([99, 42, 32, 68], [99, 80, 0, 0]).above(Less, 32))
        .op(5, ratio(1.0, 88).detune(-2).velocity(2).hurry(3).env([99, 42, 32, 68], [99, 80, 0, 0]))
        .op(6, ratio(4.0, 84).velocity(4).hurry(3).env([99, 44, 34, 68], [99, 80, 0, 0]).above(Less, 34)),
    // Strings of the orchestra, plucked: all body, at once over.
    Sound::new("PIZZ WALK", 5, 5)
        .tags(&["pizzicato", "orchestra", "short"])
        .op(1, ratio(1.0, 99).detune(2).velocity(3).hurry(3).env([95, 58, 44, 58], [99, 82, 0, 0]))
        .op(2, ratio(1.0, 82).velocity(5).hurry(3).env([96, 62, 46, 60], [99, 74, 0, 0]).above(Less, 24))
        .op(3, ratio(1.0, 96).detune(-3).velocity(3).hurry(3).env([94, 56, 44, 58], [99, 82, 0, 0]))
        .op(4, ratio(2.0, 74).velocity(5).hurry(3).env([96, 62, 48, 60], [99, 70, 0, 0]).above(Less, 24))
        .op(5, ratio(3.0, 80).velocity(4).hurry(3).env([96, 66, 54, 60], [99, 66, 0, 0]))
        .op(6, ratio(1.0, 74).velocity(6).hurry(3).env([97, 70, 56, 62], [99, 60, 0, 0])),
];
