//! Drums: pairs (algorithm 5). The first is the skin or the plate, the second the shell, the third
//! noise, which is an operator with full feedback far above another. Keys tune what can be tuned.

use super::sound::{Sound, Wave::SawDown, fixed, ratio};

#[rustfmt::skip]
pub(super) const DRUMS: [Sound; 8] = [
    // A bass drum; the pitch falls by three octaves in a quarter of a second.
    Sound::new("KICK EARTH", 5, 7)
        .tags(&["kick", "low", "short"])
        .op(1, ratio(0.5, 99).velocity(3).env([99, 56, 50, 60], [99, 92, 0, 0]))
        .op(2, ratio(0.5, 72).velocity(5).env([99, 70, 60, 60], [99, 60, 0, 0]))
        .op(3, ratio(1.0, 82).velocity(5).env([99, 70, 60, 60], [99, 60, 0, 0]))
        .op(4, ratio(1.5, 78).velocity(5).env([99, 76, 66, 60], [99, 50, 0, 0]))
        .op(5, fixed(3, 20, 70).velocity(6).env([99, 84, 76, 70], [99, 40, 0, 0]))
        .op(6, fixed(3, 51, 90).env([99, 80, 70, 70], [99, 60, 0, 0]))
        .pitch([96, 85, 80, 0], [50, 50, 50, 94]),
    // A snare: two modes of the skin under the wires.
    Sound::new("SNARE WIRE", 5, 7)
        .tags(&["snare", "noise", "short"])
        .op(1, ratio(0.75, 94).velocity(3).env([99, 66, 56, 62], [99, 70, 0, 0]))
        .op(2, ratio(0.5, 70).velocity(5).env([99, 72, 62, 62], [99, 60, 0, 0]))
        .op(3, ratio(1.2, 88).velocity(4).env([99, 68, 58, 62], [99, 66, 0, 0]))
        .op(4, ratio(3.39, 78).velocity(5).env([99, 76, 64, 62], [99, 56, 0, 0]))
        .op(5, fixed(3, 42, 94).velocity(4).env([99, 60, 52, 58], [99, 80, 0, 0]))
        .op(6, fixed(3, 71, 99).env([99, 99, 99, 50], [99, 99, 99, 90]))
        .pitch([92, 90, 80, 0], [50, 50, 50, 62]),
    // A tom on the floor, with its shell.
    Sound::new("TOM FLOOR", 5, 6)
        .tags(&["tom", "tuned"])
        .op(1, ratio(0.5, 99).velocity(3).env([99, 48, 44, 50], [99, 86, 0, 0]))
        .op(2, ratio(0.5, 66).velocity(5).env([99, 60, 50, 54], [99, 66, 0, 0]))
        .op(3, ratio(0.8, 86).velocity(4).env([99, 56, 48, 52], [99, 74, 0, 0]))
        .op(4, ratio(1.1, 70).velocity(5).env([99, 64, 54, 54], [99, 60, 0, 0]))
        .op(5, fixed(2, 95, 82).velocity(6).env([99, 74, 64, 64], [99, 56, 0, 0]))
        .op(6, fixed(3, 33, 92).env([99, 80, 70, 64], [99, 60, 0, 0]))
        .pitch([80, 70, 70, 0], [50, 50, 50, 66]),
    // A closed hi-hat: high plates, none in tune with another.
    Sound::new("HAT TIGHT", 5, 7)
        .tags(&["hi-hat", "metal", "high", "short"])
        .op(1, fixed(3, 78, 93).velocity(2).env([99, 70, 62, 70], [99, 70, 0, 0]))
        .op(2, fixed(3, 55, 82).velocity(2).env([99, 60, 60, 60], [99, 90, 90, 60]))
        .op(3, fixed(3, 90, 91).velocity(2).env([99, 72, 64, 70], [99, 66, 0, 0]))
        .op(4, fixed(3, 67, 82).velocity(2).env([99, 60, 60, 60], [99, 90, 90, 60]))
        .op(5, fixed(3, 85, 91).velocity(2).env([99, 68, 60, 70], [99, 72, 0, 0]))
        .op(6, fixed(3, 95, 99).env([99, 99, 99, 60], [99, 99, 99, 90])),
    // A crash: the plates of the hat, large and long.
    Sound::new("CRASH ARC", 5, 7)
        .tags(&["cymbal", "metal", "long"])
        .op(1, fixed(3, 62, 90).velocity(2).env([99, 44, 32, 40], [99, 84, 0, 0]))
        .op(2, fixed(3, 41, 94).velocity(3).env([99, 36, 30, 40], [99, 92, 80, 60]))
        .op(3, fixed(3, 79, 88).velocity(2).env([99, 46, 34, 40], [99, 82, 0, 0]))
        .op(4, fixed(3, 57, 94).velocity(3).env([99, 36, 30, 40], [99, 92, 80, 60]))
        .op(5, fixed(3, 72, 93).velocity(2).env([99, 50, 36, 42], [99, 80, 0, 0]))
        .op(6, fixed(3, 88, 99).env([99, 99, 99, 40], [99, 99, 99, 90])),
    // A cowbell: two plates a wide fifth apart.
    Sound::new("COW METAL", 5, 5)
        .tags(&["cowbell", "metal", "short"])
        .op(1, ratio(2.0, 95).velocity(3).env([99, 58, 46, 60], [99, 80, 0, 0]))
        .op(2, ratio(4.0, 76).velocity(5).env([99, 58, 46, 60], [99, 80, 0, 0]))
        .op(3, ratio(2.94, 95).velocity(3).env([99, 58, 46, 60], [99, 80, 0, 0]))
        .op(4, ratio(5.85, 76).velocity(5).env([99, 58, 46, 60], [99, 80, 0, 0]))
        .op(5, ratio(6.3, 81).velocity(5).env([99, 72, 60, 64], [99, 64, 0, 0]))
        .op(6, ratio(9.9, 84).velocity(5).env([99, 74, 64, 64], [99, 60, 0, 0])),
    // Many hands: the LFO cuts the noise into claps, and the room answers.
    Sound::new("CLAP CROWD", 5, 7)
        .tags(&["clap", "noise", "short"])
        .op(1, fixed(3, 8, 97).velocity(3).tremolo(3).env([99, 62, 54, 60], [99, 84, 0, 0]))
        .op(2, fixed(3, 30, 95).env([99, 99, 99, 60], [99, 99, 99, 90]))
        .op(3, fixed(3, 17, 94).velocity(3).tremolo(3).env([99, 62, 54, 60], [99, 84, 0, 0]))
        .op(4, fixed(3, 44, 97).env([99, 99, 99, 60], [99, 99, 99, 90]))
        .op(5, fixed(3, 12, 98).velocity(3).env([78, 60, 50, 56], [99, 80, 0, 0]))
        .op(6, fixed(3, 61, 99).env([99, 99, 99, 60], [99, 99, 99, 90]))
        .lfo(SawDown, 97, 0).swell(99),
    // A kettledrum: the modes of its skin stand nearly in a harmonic row.
    Sound::new("TIMPANO", 5, 5)
        .tags(&["timpani", "tuned", "orchestra"])
        .op(1, ratio(0.5, 98).velocity(3).hurry(1).env([97, 44, 36, 44], [99, 86, 0, 0]))
        .op(2, ratio(0.5, 68).velocity(5).hurry(1).env([98, 56, 44, 48], [99, 68, 0, 0]))
        .op(3, ratio(0.75, 88).velocity(4).hurry(1).env([97, 48, 38, 46], [99, 80, 0, 0]))
        .op(4, ratio(1.0, 66).velocity(5).hurry(1).env([98, 58, 46, 48], [99, 66, 0, 0]))
        .op(5, ratio(0.99, 84).velocity(5).hurry(1).env([98, 56, 42, 48], [99, 72, 0, 0]))
        .op(6, fixed(2, 60, 82).velocity(5).env([99, 72, 60, 60], [99, 56, 0, 0]))
        .pitch([80, 70, 70, 0], [50, 50, 50, 53]),
];
