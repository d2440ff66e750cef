//! Leads and winds, for a melody: two voices (algorithm 2). Operator 2 has the feedback and drives
//! the first carrier; 4, 5 and 6 stand in a row behind the second.

use super::sound::{Curve::*, Sound, Wave::*, fixed, ratio};

#[rustfmt::skip]
pub(super) const LEADS: [Sound; 8] = [
    // Two sawtooths, a little apart.
    Sound::new("SAW RUNNER", 2, 6)
        .tags(&["synth", "saw", "bright"])
        .op(1, ratio(1.0, 98).detune(-2).velocity(2).env([94, 60, 99, 64], [99, 96, 95, 0]))
        .op(2, ratio(1.0, 82).velocity(4).env([92, 40, 99, 62], [99, 97, 95, 0]).above(Less, 20))
        .op(3, ratio(1.0, 87).detune(3).velocity(2).env([94, 60, 99, 64], [99, 96, 95, 0]))
        .op(4, ratio(1.0, 80).velocity(4).env([92, 40, 99, 62], [99, 97, 95, 0]).above(Less, 20))
        .op(5, ratio(1.0, 60).velocity(3).env([92, 40, 99, 62], [99, 90, 86, 0]).above(Less, 24))
        .lfo(Sine, 34, 40).vibrato(8, 2),
    // Odd harmonics only: hollow, as a square wave is.
    Sound::new("SQUARE ACE", 2, 4)
        .tags(&["synth", "square", "hollow"])
        .op(1, ratio(1.0, 93).detune(-2).velocity(2).env([96, 60, 99, 66], [99, 96, 95, 0]))
        .op(2, ratio(2.0, 78).velocity(4).env([94, 42, 99, 64], [99, 93, 90, 0]).above(Less, 22))
        .op(3, ratio(1.0, 88).detune(3).velocity(2).env([96, 60, 99, 66], [99, 96, 95, 0]))
        .op(4, ratio(4.0, 68).velocity(4).env([94, 42, 99, 64], [99, 90, 86, 0]).above(Less, 26))
        .lfo(Sine, 35, 36).vibrato(9, 2),
    // A flute: the breath is there before the tone, and stays under it.
    Sound::new("FLUTE WISP", 2, 3)
        .tags(&["flute", "wind", "soft", "breath"])
        .op(1, ratio(1.0, 98).velocity(2).hurry(1).env([64, 56, 99, 62], [99, 95, 95, 0]))
        .op(2, ratio(1.0, 62).velocity(5).hurry(1).env([62, 50, 99, 60], [99, 88, 86, 0]).above(Less, 20))
        .op(3, ratio(2.0, 74).velocity(3).hurry(1).env([76, 54, 99, 62], [99, 84, 84, 0]))
        .op(4, ratio(1.0, 77).velocity(3).env([84, 50, 99, 62], [99, 78, 74, 0]))
        .op(5, fixed(3, 21, 89).velocity(3).env([90, 50, 99, 62], [99, 84, 80, 0]))
        .op(6, fixed(3, 47, 92).env([90, 99, 99, 62], [99, 99, 99, 0]))
        .lfo(Sine, 31, 50).vibrato(9, 2),
    // A clarinet: odd harmonics that gather towards the middle.
    Sound::new("CLARINADE", 2, 2)
        .tags(&["clarinet", "wind", "hollow", "warm"])
        .op(1, ratio(1.0, 94).velocity(2).hurry(1).env([66, 58, 99, 64], [99, 96, 96, 0]))
        .op(2, ratio(2.0, 74).velocity(4).hurry(1).env([62, 50, 99, 62], [99, 92, 90, 0]).above(Less, 24))
        .op(3, ratio(3.0, 78).velocity(3).hurry(1).env([64, 58, 99, 64], [99, 94, 93, 0]).above(LessFar, 24))
        .op(4, ratio(2.0, 62).velocity(4).hurry(1).env([62, 50, 99, 62], [99, 90, 88, 0]).above(Less, 24))
        .op(5, ratio(2.0, 56).velocity(4).hurry(1).env([62, 50, 99, 62], [99, 88, 86, 0]))
        .lfo(Sine, 30, 60).vibrato(3, 2),
    // A slave oscillator torn along: the modulators sweep down through the harmonics.
    Sound::new("SYNC CLAW", 2, 7)
        .tags(&["synth", "sync", "aggressive"])
        .op(1, ratio(1.0, 92).detune(-2).velocity(2).env([97, 60, 99, 66], [99, 96, 95, 0]))
        .op(2, ratio(3.0, 86).velocity(5).env([98, 34, 99, 64], [99, 78, 76, 0]).above(Less, 28))
        .op(3, ratio(1.0, 90).detune(3).velocity(2).env([97, 60, 99, 66], [99, 96, 95, 0]))
        .op(4, ratio(1.0, 86).velocity(4).env([98, 34, 99, 64], [99, 82, 78, 0]).above(Less, 26))
        .op(5, ratio(5.0, 76).velocity(5).env([98, 32, 99, 64], [99, 72, 66, 0]).above(Less, 30))
        .lfo(Sine, 36, 30).vibrato(9, 2),
    // Lips in the street: a sine, a breath, a wide vibrato.
    Sound::new("WHISTLE ST", 2, 2)
        .tags(&["whistle", "sine", "soft"])
        .op(1, ratio(1.0, 97).velocity(2).env([64, 50, 99, 60], [99, 97, 97, 0]))
        .op(2, ratio(1.0, 48).velocity(6).env([60, 50, 99, 60], [99, 90, 90, 0]))
        .op(3, ratio(2.0, 58).velocity(3).env([70, 50, 99, 60], [99, 86, 86, 0]))
        .op(4, ratio(1.0, 80).velocity(4).env([76, 50, 99, 60], [99, 84, 82, 0]))
        .op(5, fixed(3, 18, 84).env([76, 99, 99, 60], [99, 90, 90, 0]))
        .op(6, fixed(3, 55, 92).env([90, 99, 99, 60], [99, 99, 99, 0]))
        .lfo(Sine, 33, 34).vibrato(12, 3).pitch([74, 70, 99, 40], [50, 50, 50, 45]),
    // A harmonica: reeds against one another, hands that open and close.
    Sound::new("BLUES REED", 2, 6)
        .tags(&["harmonica", "wind", "reed"])
        .op(1, ratio(1.0, 97).detune(-3).velocity(2).hurry(1).tremolo(1).env([72, 60, 99, 66], [99, 95, 95, 0]))
        .op(2, ratio(1.0, 84).velocity(4).hurry(1).env([66, 52, 99, 64], [99, 91, 90, 0]).above(Less, 26))
        .op(3, ratio(1.0, 93).detune(4).velocity(2).hurry(1).tremolo(1).env([70, 60, 99, 66], [99, 95, 95, 0]))
        .op(4, ratio(5.0, 72).velocity(4).hurry(1).tremolo(2).env([66, 52, 99, 64], [99, 91, 90, 0]).above(Less, 32))
        .op(5, ratio(1.0, 66).velocity(4).hurry(1).env([66, 52, 99, 64], [99, 90, 88, 0]))
        .lfo(Sine, 33, 36).vibrato(4, 2).swell(40),
    // An oboe: narrow, its third and fourth harmonics above the first.
    Sound::new("OBOE LANE", 2, 4)
        .tags(&["oboe", "wind", "reed", "thin"])
        .op(1, ratio(1.0, 91).velocity(2).hurry(1).env([68, 60, 99, 64], [99, 95, 95, 0]))
        .op(2, ratio(2.0, 80).velocity(4).hurry(1).env([66, 54, 99, 62], [99, 93, 92, 0]).above(Less, 28))
        .op(3, ratio(3.0, 93).velocity(2).hurry(1).env([68, 60, 99, 64], [99, 95, 94, 0]).above(LessFar, 26))
        .op(4, ratio(1.0, 78).velocity(4).hurry(1).env([66, 54, 99, 62], [99, 92, 91, 0]).above(Less, 28))
        .op(5, ratio(1.0, 62).velocity(4).hurry(1).env([66, 54, 99, 62], [99, 90, 88, 0]))
        .lfo(Sine, 34, 44).vibrato(9, 2),
];
