//! Mallets: pairs of a sounding and a striking operator (algorithm 5), as in the electric pianos.
//! The first pair is the bar, the second its overtone, the third the stick.

use super::sound::{Curve::*, Sound, Wave::*, fixed, ratio};

#[rustfmt::skip]
pub(super) const MALLETS: [Sound; 8] = [
    // Marimba: the overtone of a tuned bar is two octaves up and gone at once.
    Sound::new("ROSEWOOD", 5, 4)
        .tags(&["marimba", "wood", "short"])
        .op(1, ratio(1.0, 98).velocity(3).hurry(4).env([99, 46, 36, 48], [99, 86, 0, 0]))
        .op(2, ratio(4.0, 66).velocity(6).hurry(4).env([99, 64, 50, 60], [99, 58, 0, 0]).above(LessFar, 24))
        .op(3, ratio(4.0, 82).velocity(4).hurry(4).env([99, 58, 48, 52], [99, 70, 0, 0]))
        .op(4, ratio(1.0, 50).velocity(4).hurry(4).env([99, 60, 50, 60], [99, 60, 0, 0]))
        .op(5, ratio(10.0, 72).velocity(6).hurry(4).env([99, 76, 64, 70], [99, 50, 0, 0]).above(LessFar, 30))
        .op(6, fixed(3, 10, 70).velocity(6).env([99, 80, 70, 70], [99, 40, 0, 0])),
    // Vibraphone: long, with the fans of its resonators turning.
    Sound::new("VIBE ROTOR", 5, 0)
        .tags(&["vibraphone", "metal", "tremolo"])
        .op(1, ratio(1.0, 98).velocity(3).hurry(3).tremolo(2).env([98, 34, 24, 44], [99, 88, 0, 0]))
        .op(2, ratio(4.0, 54).velocity(6).hurry(3).env([98, 48, 34, 50], [99, 70, 0, 0]).above(LessFar, 24))
        .op(3, ratio(4.0, 76).velocity(4).hurry(3).tremolo(2).env([98, 44, 32, 46], [99, 76, 0, 0]))
        .op(4, ratio(1.0, 46).velocity(4).hurry(3).env([98, 50, 34, 50], [99, 70, 0, 0]))
        .op(5, ratio(10.0, 60).velocity(6).hurry(4).env([99, 66, 54, 60], [99, 56, 0, 0]).above(LessFar, 30))
        .op(6, ratio(3.0, 56).velocity(6).hurry(4).env([99, 72, 60, 70], [99, 50, 0, 0]))
        .lfo(Sine, 28, 0).swell(60),
    // Xylophone: the overtone is a twelfth up, the stick is hard.
    Sound::new("XYLO BONES", 5, 5)
        .tags(&["xylophone", "wood", "bright", "short"])
        .op(1, ratio(1.0, 99).velocity(3).hurry(4).env([99, 56, 46, 58], [99, 82, 0, 0]))
        .op(2, ratio(3.0, 76).velocity(6).hurry(4).env([99, 62, 52, 62], [99, 66, 0, 0]).above(LessFar, 24))
        .op(3, ratio(3.0, 88).velocity(4).hurry(4).env([99, 60, 50, 60], [99, 74, 0, 0]))
        .op(4, ratio(3.0, 64).velocity(6).hurry(4).env([99, 66, 54, 62], [99, 60, 0, 0]).above(LessFar, 24))
        .op(5, ratio(6.0, 82).velocity(5).hurry(4).env([99, 72, 60, 70], [99, 56, 0, 0]).above(LessFar, 24))
        .op(6, fixed(3, 30, 78).velocity(6).env([99, 78, 68, 70], [99, 46, 0, 0]))
        .transpose(12),
    // Thumb piano: a tongue's overtone lies between the harmonics, over a small box.
    Sound::new("THUMB BOX", 5, 3)
        .tags(&["kalimba", "metal", "warm"])
        .op(1, ratio(1.0, 96).velocity(3).hurry(3).env([99, 44, 32, 52], [99, 84, 0, 0]))
        .op(2, ratio(2.0, 60).velocity(6).hurry(3).env([99, 50, 38, 56], [99, 70, 0, 0]).above(LessFar, 20))
        .op(3, ratio(5.4, 76).velocity(5).hurry(4).env([99, 56, 44, 56], [99, 70, 0, 0]).above(LessFar, 20))
        .op(4, ratio(1.0, 54).velocity(5).hurry(4).env([99, 58, 46, 56], [99, 60, 0, 0]))
        .op(5, ratio(1.0, 82).velocity(3).hurry(3).env([99, 66, 56, 62], [99, 66, 0, 0]))
        .op(6, ratio(5.0, 76).velocity(6).hurry(4).env([99, 70, 60, 64], [99, 56, 0, 0]).above(LessFar, 24)),
    // Steel pan: the octave comes a moment after the fundamental and stays longer.
    Sound::new("STEEL BAY", 5, 4)
        .tags(&["steel pan", "metal", "bright"])
        .op(1, ratio(1.0, 97).detune(1).velocity(3).hurry(3).env([98, 46, 34, 56], [99, 86, 0, 0]))
        .op(2, ratio(1.0, 76).velocity(5).hurry(3).env([82, 48, 36, 56], [99, 76, 0, 0]).above(LessFar, 20))
        .op(3, ratio(2.0, 92).detune(-2).velocity(3).hurry(3).env([76, 44, 34, 56], [99, 84, 0, 0]))
        .op(4, ratio(2.0, 72).velocity(5).hurry(3).env([78, 46, 36, 56], [99, 74, 0, 0]).above(LessFar, 24))
        .op(5, ratio(3.0, 82).detune(3).velocity(4).hurry(3).env([84, 50, 38, 56], [99, 74, 0, 0]))
        .op(6, ratio(4.0, 64).velocity(6).hurry(3).env([96, 56, 44, 60], [99, 66, 0, 0]).above(LessFar, 26))
        .lfo(Sine, 33, 30).vibrato(4, 2),
    // Toy piano: thin rods, out of tune with themselves.
    Sound::new("TOY ROOM", 5, 2)
        .tags(&["toy", "music box", "thin"])
        .op(1, ratio(1.0, 99).velocity(3).hurry(3).env([99, 46, 34, 50], [99, 82, 0, 0]))
        .op(2, ratio(7.0, 62).velocity(6).hurry(4).env([99, 54, 42, 56], [99, 70, 0, 0]).above(LessFar, 28))
        .op(3, ratio(2.0, 87).detune(6).velocity(3).hurry(3).env([99, 50, 38, 50], [99, 76, 0, 0]))
        .op(4, ratio(9.0, 58).velocity(6).hurry(4).env([99, 58, 46, 56], [99, 66, 0, 0]).above(LessFar, 28))
        .op(5, ratio(6.3, 77).detune(-4).velocity(4).hurry(4).env([99, 54, 44, 52], [99, 70, 0, 0]))
        .op(6, ratio(3.0, 60).velocity(6).hurry(4).env([99, 64, 52, 60], [99, 60, 0, 0])),
    // Log drum: hollow, with a small fall of pitch at the stroke.
    Sound::new("SLIT LOGS", 5, 6)
        .tags(&["wood", "hollow", "low", "short"])
        .op(1, ratio(1.0, 99).velocity(3).hurry(3).env([99, 50, 42, 54], [99, 84, 0, 0]))
        .op(2, ratio(1.0, 64).velocity(6).hurry(3).env([99, 62, 50, 58], [99, 60, 0, 0]))
        .op(3, ratio(2.7, 80).velocity(5).hurry(3).env([99, 62, 52, 58], [99, 64, 0, 0]))
        .op(4, ratio(1.0, 60).velocity(5).hurry(3).env([99, 64, 54, 58], [99, 60, 0, 0]))
        .op(5, ratio(4.0, 74).velocity(6).hurry(3).env([99, 76, 64, 68], [99, 50, 0, 0]))
        .op(6, fixed(2, 70, 82).velocity(5).env([99, 78, 66, 68], [99, 46, 0, 0]))
        .pitch([94, 90, 90, 30], [50, 50, 50, 56]),
    // Bamboo tubes: breathy stroke, the pitch is there and gone.
    Sound::new("BAMBOO SET", 5, 7)
        .tags(&["bamboo", "wood", "airy", "short"])
        .op(1, ratio(1.0, 98).velocity(3).hurry(3).env([99, 54, 46, 56], [99, 80, 0, 0]))
        .op(2, ratio(2.0, 66).velocity(6).hurry(3).env([99, 64, 54, 58], [99, 62, 0, 0]).above(LessFar, 20))
        .op(3, ratio(3.0, 78).velocity(4).hurry(3).env([99, 60, 50, 58], [99, 68, 0, 0]))
        .op(4, ratio(1.0, 68).velocity(6).hurry(3).env([99, 66, 56, 60], [99, 58, 0, 0]))
        .op(5, ratio(2.0, 80).velocity(5).hurry(2).env([99, 70, 62, 66], [99, 60, 0, 0]))
        .op(6, ratio(9.0, 92).velocity(4).hurry(2).env([99, 66, 60, 66], [99, 70, 0, 0]).above(LessFar, 20)),
];
