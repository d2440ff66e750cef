//! Bowed strings: pairs at the key's own frequency (algorithm 5), each near to a sawtooth, detuned
//! against one another as players are. The third pair, with feedback, is the rosin.

use super::sound::{Curve::*, Sound, Wave::*, ratio};

#[rustfmt::skip]
pub(super) const STRINGS: [Sound; 8] = [
    // A large section.
    Sound::new("BIG BOWS", 5, 6)
        .tags(&["section", "orchestra", "wide"])
        .op(1, ratio(1.0, 88).detune(-5).velocity(2).hurry(1).env([48, 99, 99, 50], [99, 99, 99, 0]))
        .op(2, ratio(1.0, 78).velocity(3).hurry(1).env([52, 99, 99, 48], [99, 99, 99, 0]).above(Less, 14))
        .op(3, ratio(1.0, 88).detune(5).velocity(2).hurry(1).env([46, 99, 99, 50], [99, 99, 99, 0]))
        .op(4, ratio(1.0, 80).detune(1).velocity(3).hurry(1).env([50, 99, 99, 48], [99, 99, 99, 0]).above(Less, 16))
        .op(5, ratio(2.0, 78).detune(-3).velocity(2).hurry(1).env([50, 99, 99, 50], [99, 99, 99, 0]))
        .op(6, ratio(2.0, 74).velocity(3).hurry(1).env([50, 99, 99, 48], [99, 99, 99, 0]).above(Less, 20))
        .lfo(Triangle, 33, 40).vibrato(6, 2),
    // Four players in a room, each heard.
    Sound::new("QUARTET", 5, 6)
        .tags(&["chamber", "close"])
        .op(1, ratio(1.0, 95).detune(-2).velocity(2).hurry(1).env([62, 60, 99, 58], [99, 95, 95, 0]))
        .op(2, ratio(1.0, 80).velocity(4).hurry(1).env([60, 58, 99, 56], [99, 92, 92, 0]).above(Less, 16))
        .op(3, ratio(1.0, 87).detune(3).velocity(2).hurry(1).env([58, 60, 99, 58], [99, 95, 95, 0]))
        .op(4, ratio(3.0, 68).velocity(4).hurry(1).env([60, 58, 99, 56], [99, 90, 90, 0]).above(Less, 22))
        .op(5, ratio(2.0, 77).detune(1).velocity(2).hurry(1).env([58, 60, 99, 58], [99, 94, 94, 0]))
        .op(6, ratio(1.0, 78).velocity(4).hurry(1).env([64, 56, 99, 56], [99, 88, 88, 0]).above(Less, 20))
        .lfo(Sine, 34, 36).vibrato(8, 2),
    // A viola alone, with vibrato that comes late.
    Sound::new("VIOLA TALE", 5, 5)
        .tags(&["solo", "viola", "expressive"])
        .op(1, ratio(1.0, 98).velocity(2).hurry(1).env([60, 58, 99, 60], [99, 94, 95, 0]))
        .op(2, ratio(1.0, 82).velocity(4).hurry(1).env([62, 54, 99, 58], [99, 90, 92, 0]).above(Less, 20))
        .op(3, ratio(2.0, 85).velocity(3).hurry(1).env([58, 58, 99, 60], [99, 94, 94, 0]))
        .op(4, ratio(2.0, 74).velocity(4).hurry(1).env([60, 54, 99, 58], [99, 90, 90, 0]).above(Less, 24))
        .op(5, ratio(5.0, 71).velocity(4).hurry(1).env([60, 58, 99, 60], [99, 92, 92, 0]).above(LessFar, 20))
        .op(6, ratio(1.0, 70).velocity(4).hurry(1).env([70, 56, 99, 58], [99, 84, 84, 0]).above(Less, 24))
        .lfo(Sine, 33, 52).vibrato(13, 3),
    // Cellos in the evening.
    Sound::new("CELLO DUSK", 5, 6)
        .tags(&["cello", "low", "warm"])
        .op(1, ratio(1.0, 93).detune(-3).velocity(2).hurry(1).env([56, 60, 99, 54], [99, 96, 96, 0]))
        .op(2, ratio(1.0, 80).velocity(4).hurry(1).env([54, 56, 99, 52], [99, 92, 92, 0]).above(Less, 26))
        .op(3, ratio(1.0, 88).detune(3).velocity(2).hurry(1).env([54, 60, 99, 54], [99, 96, 96, 0]))
        .op(4, ratio(2.0, 72).velocity(4).hurry(1).env([54, 56, 99, 52], [99, 92, 92, 0]).above(Less, 28))
        .op(5, ratio(3.0, 70).velocity(3).hurry(1).env([54, 60, 99, 54], [99, 92, 92, 0]).above(LessFar, 20))
        .op(6, ratio(1.0, 74).velocity(4).hurry(1).env([60, 54, 99, 52], [99, 88, 88, 0]).above(Less, 28))
        .lfo(Sine, 32, 44).vibrato(9, 2),
    // A string machine: organ tones through a chorus.
    Sound::new("STRING BOX", 5, 6)
        .tags(&["synth", "machine", "chorus", "seventies"])
        .op(1, ratio(1.0, 88).detune(-7).velocity(1).env([58, 99, 99, 46], [99, 99, 99, 0]))
        .op(2, ratio(1.0, 80).velocity(3).env([70, 99, 99, 46], [99, 99, 99, 0]).above(Less, 14))
        .op(3, ratio(1.0, 88).detune(7).velocity(1).env([58, 99, 99, 46], [99, 99, 99, 0]))
        .op(4, ratio(2.0, 76).detune(-4).velocity(3).env([70, 99, 99, 46], [99, 99, 99, 0]).above(Less, 18))
        .op(5, ratio(2.0, 86).detune(4).velocity(1).env([58, 99, 99, 46], [99, 99, 99, 0]))
        .op(6, ratio(2.0, 78).velocity(3).env([70, 99, 99, 46], [99, 99, 99, 0]).above(Less, 22))
        .lfo(Triangle, 22, 0).vibrato(7, 2).free_lfo(),
    // Violins in octaves, as in an old film.
    Sound::new("CINEMA OCT", 5, 6)
        .tags(&["octaves", "film", "bright"])
        .op(1, ratio(1.0, 91).detune(-4).velocity(2).hurry(1).env([55, 99, 99, 52], [99, 99, 99, 0]))
        .op(2, ratio(1.0, 78).velocity(3).hurry(1).env([54, 99, 99, 50], [99, 99, 99, 0]).above(Less, 16))
        .op(3, ratio(2.0, 88).detune(5).velocity(2).hurry(1).env([54, 99, 99, 52], [99, 99, 99, 0]))
        .op(4, ratio(2.0, 77).velocity(3).hurry(1).env([53, 99, 99, 50], [99, 99, 99, 0]).above(Less, 22))
        .op(5, ratio(2.0, 85).detune(-5).velocity(2).hurry(1).env([52, 99, 99, 52], [99, 99, 99, 0]))
        .op(6, ratio(2.0, 76).velocity(3).hurry(1).env([52, 99, 99, 50], [99, 99, 99, 0]).above(Less, 22))
        .lfo(Sine, 35, 36).vibrato(10, 2),
    // All the bows tremble.
    Sound::new("TREMOLANDO", 5, 7)
        .tags(&["tremolo", "orchestra", "tense"])
        .op(1, ratio(1.0, 92).detune(-4).velocity(2).tremolo(3).env([58, 99, 99, 54], [99, 99, 99, 0]))
        .op(2, ratio(1.0, 79).velocity(3).tremolo(1).env([58, 99, 99, 52], [99, 99, 99, 0]).above(Less, 16))
        .op(3, ratio(1.0, 92).detune(4).velocity(2).tremolo(2).env([56, 99, 99, 54], [99, 99, 99, 0]))
        .op(4, ratio(2.0, 76).velocity(3).tremolo(1).env([56, 99, 99, 52], [99, 99, 99, 0]).above(Less, 20))
        .op(5, ratio(3.0, 76).detune(2).velocity(2).tremolo(3).env([56, 99, 99, 54], [99, 99, 99, 0]).above(LessFar, 16))
        .op(6, ratio(1.0, 78).velocity(3).env([56, 99, 99, 52], [99, 99, 99, 0]).above(Less, 20))
        .lfo(Triangle, 66, 0).swell(64).free_lfo(),
    // A viol consort: no vibrato, gut strings, the tone narrows as it is held.
    Sound::new("GUT CONSRT", 5, 4)
        .tags(&["viol", "old", "dry"])
        .op(1, ratio(1.0, 94).detune(-1).velocity(2).hurry(1).env([64, 44, 99, 60], [99, 92, 92, 0]))
        .op(2, ratio(1.0, 82).velocity(4).hurry(1).env([66, 42, 99, 58], [99, 86, 86, 0]).above(Less, 22))
        .op(3, ratio(1.0, 86).detune(2).velocity(2).hurry(1).env([62, 44, 99, 60], [99, 92, 92, 0]))
        .op(4, ratio(4.0, 66).velocity(4).hurry(1).env([66, 42, 99, 58], [99, 86, 86, 0]).above(Less, 28))
        .op(5, ratio(2.0, 78).velocity(3).hurry(1).env([62, 44, 99, 60], [99, 90, 90, 0]))
        .op(6, ratio(3.0, 70).velocity(4).hurry(1).env([68, 42, 99, 58], [99, 82, 82, 0]).above(Less, 26)),
];
