//! Brass: one modulator for three carriers and a pair beside them (algorithm 22). A brass tone gets
//! bright as it gets loud, so the modulators rise more slowly than what they modulate, and listen to
//! velocity more.

use super::sound::{Curve::*, Sound, Wave::*, ratio};

#[rustfmt::skip]
pub(super) const BRASS: [Sound; 8] = [
    // A section in a hall.
    Sound::new("HALL BRASS", 22, 6)
        .tags(&["section", "orchestra"])
        .op(1, ratio(1.0, 91).velocity(2).hurry(1).env([66, 60, 99, 58], [99, 95, 95, 0]))
        .op(2, ratio(1.0, 78).velocity(4).hurry(1).env([58, 46, 99, 56], [99, 92, 90, 0]).above(Less, 14))
        .op(3, ratio(1.0, 89).detune(3).velocity(2).hurry(1).env([64, 60, 99, 58], [99, 95, 95, 0]))
        .op(4, ratio(1.0, 89).detune(-4).velocity(2).hurry(1).env([62, 60, 99, 58], [99, 95, 95, 0]))
        .op(5, ratio(2.0, 77).detune(1).velocity(3).hurry(1).env([60, 60, 99, 58], [99, 92, 92, 0]))
        .op(6, ratio(1.0, 79).velocity(4).hurry(1).env([57, 44, 99, 56], [99, 90, 88, 0]).above(Less, 16))
        .lfo(Sine, 32, 50).vibrato(4, 2).pitch([70, 70, 99, 40], [50, 50, 50, 49]),
    // A horn, round and alone.
    Sound::new("SOLO HORN", 22, 3)
        .tags(&["horn", "solo", "soft"])
        .op(1, ratio(1.0, 92).velocity(2).hurry(1).env([60, 60, 99, 56], [99, 96, 96, 0]))
        .op(2, ratio(1.0, 74).velocity(4).hurry(1).env([54, 46, 99, 54], [99, 90, 86, 0]).above(Less, 20))
        .op(3, ratio(1.0, 84).velocity(2).hurry(1).env([58, 60, 99, 56], [99, 96, 96, 0]))
        .op(4, ratio(2.0, 72).velocity(3).hurry(1).env([56, 60, 99, 56], [99, 92, 90, 0]))
        .op(5, ratio(3.0, 60).velocity(4).hurry(1).env([54, 60, 99, 56], [99, 90, 86, 0]))
        .op(6, ratio(1.0, 66).velocity(4).hurry(1).env([52, 46, 99, 54], [99, 88, 84, 0]).above(Less, 20))
        .lfo(Sine, 30, 60).vibrato(5, 2),
    // Trumpets, close and sharp.
    Sound::new("TRUMPETERS", 22, 7)
        .tags(&["trumpet", "bright"])
        .op(1, ratio(1.0, 94).velocity(2).hurry(1).env([74, 62, 99, 66], [99, 95, 95, 0]))
        .op(2, ratio(1.0, 85).velocity(4).hurry(1).env([66, 52, 99, 64], [99, 92, 90, 0]).above(Less, 16))
        .op(3, ratio(1.0, 92).detune(2).velocity(2).hurry(1).env([72, 62, 99, 66], [99, 95, 95, 0]))
        .op(4, ratio(2.0, 86).detune(-2).velocity(3).hurry(1).env([70, 62, 99, 66], [99, 94, 93, 0]))
        .op(5, ratio(3.0, 78).velocity(4).hurry(1).env([68, 62, 99, 66], [99, 92, 91, 0]))
        .op(6, ratio(1.0, 82).velocity(4).hurry(1).env([65, 50, 99, 64], [99, 90, 88, 0]).above(Less, 18))
        .lfo(Sine, 34, 55).vibrato(5, 2).pitch([76, 70, 99, 40], [51, 50, 50, 48]),
    // Trombones: broad, a little late.
    Sound::new("BROAD BONE", 22, 6)
        .tags(&["trombone", "low", "section"])
        .op(1, ratio(1.0, 90).velocity(2).hurry(1).env([64, 60, 99, 58], [99, 96, 96, 0]))
        .op(2, ratio(1.0, 83).velocity(4).hurry(1).env([56, 48, 99, 56], [99, 92, 90, 0]).above(Less, 22))
        .op(3, ratio(1.0, 88).detune(-2).velocity(2).hurry(1).env([62, 60, 99, 58], [99, 96, 96, 0]))
        .op(4, ratio(1.0, 82).detune(4).velocity(2).hurry(1).env([60, 60, 99, 58], [99, 96, 96, 0]))
        .op(5, ratio(2.0, 72).velocity(3).hurry(1).env([58, 60, 99, 58], [99, 92, 90, 0]))
        .op(6, ratio(1.0, 82).velocity(4).hurry(1).env([55, 46, 99, 56], [99, 90, 88, 0]).above(Less, 22))
        .pitch([60, 70, 99, 40], [50, 50, 50, 47]),
    // A mute in the bell: hardly a fundamental, a whine above it.
    Sound::new("METAL MUTE", 22, 5)
        .tags(&["muted", "thin", "jazz"])
        .op(1, ratio(1.0, 90).velocity(2).hurry(1).env([74, 62, 99, 66], [99, 94, 94, 0]))
        .op(2, ratio(3.0, 84).velocity(4).hurry(1).env([68, 54, 99, 64], [99, 92, 90, 0]).above(Less, 24))
        .op(3, ratio(1.0, 92).detune(1).velocity(2).hurry(1).env([74, 62, 99, 66], [99, 94, 94, 0]))
        .op(4, ratio(3.0, 88).detune(-1).velocity(3).hurry(1).env([72, 62, 99, 66], [99, 93, 92, 0]))
        .op(5, ratio(4.0, 88).velocity(3).hurry(1).env([70, 62, 99, 66], [99, 92, 91, 0]).above(LessFar, 20))
        .op(6, ratio(2.0, 80).velocity(4).hurry(1).env([66, 52, 99, 64], [99, 90, 88, 0]).above(Less, 24))
        .lfo(Sine, 35, 40).vibrato(8, 2),
    // Analogue synth brass: the filter opens and falls back.
    Sound::new("POLY BRASS", 22, 6)
        .tags(&["synth", "analogue", "wide"])
        .op(1, ratio(1.0, 88).detune(-3).velocity(2).env([78, 54, 99, 56], [99, 94, 94, 0]))
        .op(2, ratio(1.0, 86).velocity(4).env([60, 42, 99, 54], [99, 84, 80, 0]).above(Less, 12))
        .op(3, ratio(1.0, 86).detune(5).velocity(2).env([78, 54, 99, 56], [99, 94, 94, 0]))
        .op(4, ratio(1.0, 86).detune(-6).velocity(2).env([76, 54, 99, 56], [99, 94, 94, 0]))
        .op(5, ratio(0.5, 78).velocity(2).env([76, 54, 99, 56], [99, 94, 94, 0]))
        .op(6, ratio(1.0, 84).velocity(4).env([58, 40, 99, 54], [99, 84, 78, 0]).above(Less, 12))
        .lfo(Triangle, 30, 60).vibrato(5, 2),
    // Struck hard, then soft, then swelling again.
    Sound::new("FORTE SWEL", 22, 6)
        .tags(&["sforzando", "swell", "dramatic"])
        .op(1, ratio(1.0, 90).velocity(2).env([82, 54, 26, 58], [99, 72, 97, 0]))
        .op(2, ratio(1.0, 84).velocity(4).env([76, 52, 24, 56], [99, 66, 94, 0]).above(Less, 16))
        .op(3, ratio(1.0, 88).detune(4).velocity(2).env([82, 54, 26, 58], [99, 72, 97, 0]))
        .op(4, ratio(1.0, 86).detune(-4).velocity(2).env([80, 54, 25, 58], [99, 72, 97, 0]))
        .op(5, ratio(2.0, 78).velocity(3).env([80, 53, 24, 58], [99, 66, 95, 0]))
        .op(6, ratio(1.0, 83).velocity(4).env([74, 52, 23, 56], [99, 64, 93, 0]).above(Less, 16)),
    // A tuba that walks: heavy, breath before tone.
    Sound::new("TUBA MARCH", 22, 4)
        .tags(&["tuba", "low", "march"])
        .op(1, ratio(1.0, 97).velocity(2).hurry(1).env([66, 52, 99, 62], [99, 94, 92, 0]))
        .op(2, ratio(1.0, 78).velocity(4).hurry(1).env([62, 46, 99, 60], [99, 86, 82, 0]).above(Less, 30))
        .op(3, ratio(1.0, 89).detune(2).velocity(2).hurry(1).env([66, 54, 99, 62], [99, 94, 92, 0]))
        .op(4, ratio(2.0, 77).velocity(3).hurry(1).env([64, 52, 99, 62], [99, 90, 86, 0]))
        .op(5, ratio(3.0, 65).velocity(4).hurry(1).env([66, 54, 40, 62], [99, 80, 70, 0]))
        .op(6, ratio(1.0, 72).velocity(4).hurry(1).env([62, 46, 99, 60], [99, 86, 80, 0]).above(Less, 30))
        .pitch([70, 70, 99, 40], [50, 50, 50, 48]),
];
