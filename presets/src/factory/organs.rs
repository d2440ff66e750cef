//! Organs: six operators that all sound (algorithm 32), as drawbars or ranks of pipes. Operator 6
//! has the feedback and gives the reeds; there are no modulators, so every sound is a registration.

use super::sound::{Curve::*, Sound, Wave::*, fixed, ratio};

#[rustfmt::skip]
pub(super) const ORGANS: [Sound; 8] = [
    // Three drawbars and the percussion on the twelfth.
    Sound::new("PERC CLUB", 32, 3)
        .tags(&["drawbar", "percussive", "jazz"])
        .op(1, ratio(0.5, 85).velocity(1).env([92, 99, 99, 80], [99, 99, 99, 0]))
        .op(2, ratio(1.0, 91).velocity(1).env([92, 99, 99, 80], [99, 99, 99, 0]))
        .op(3, ratio(1.5, 83).velocity(1).env([92, 99, 99, 80], [99, 99, 99, 0]))
        .op(4, ratio(3.0, 87).velocity(3).hurry(1).env([99, 50, 44, 80], [99, 70, 0, 0]))
        .op(5, ratio(2.0, 69).velocity(1).env([92, 99, 99, 80], [99, 99, 99, 0]))
        .op(6, ratio(8.0, 63).velocity(4).env([99, 78, 70, 80], [99, 40, 0, 0]).above(LessFar, 24))
        .lfo(Sine, 40, 0).vibrato(3, 2),
    // All drawbars out, the rotor turning fast.
    Sound::new("GOSPEL SUN", 32, 4)
        .tags(&["drawbar", "full", "rotor"])
        .op(1, ratio(0.5, 87).velocity(1).tremolo(1).env([90, 99, 99, 78], [99, 99, 99, 0]))
        .op(2, ratio(1.0, 91).velocity(1).tremolo(1).env([90, 99, 99, 78], [99, 99, 99, 0]))
        .op(3, ratio(2.0, 86).velocity(1).tremolo(1).env([90, 99, 99, 78], [99, 99, 99, 0]))
        .op(4, ratio(3.0, 83).velocity(2).tremolo(2).env([90, 99, 99, 78], [99, 99, 99, 0]))
        .op(5, ratio(4.0, 79).detune(1).velocity(2).tremolo(2).env([90, 99, 99, 78], [99, 99, 99, 0]))
        .op(6, ratio(8.0, 71).velocity(3).tremolo(2).env([90, 99, 99, 78], [99, 99, 99, 0]).above(LessFar, 20))
        .lfo(Sine, 42, 0).vibrato(7, 3).swell(45),
    // Stopped flutes in a small room; the wind is heard before the pipe speaks.
    Sound::new("FLUTE STOP", 32, 7)
        .tags(&["pipe", "flute", "soft"])
        .op(1, ratio(1.0, 94).velocity(1).env([68, 99, 99, 66], [99, 99, 99, 0]))
        .op(2, ratio(3.0, 64).velocity(1).env([70, 99, 99, 66], [99, 99, 99, 0]))
        .op(3, ratio(2.0, 76).detune(1).velocity(1).env([66, 99, 99, 66], [99, 99, 99, 0]))
        .op(4, ratio(5.0, 62).velocity(3).env([82, 62, 50, 70], [99, 60, 40, 0]).above(LessFar, 20))
        .op(5, ratio(4.0, 56).detune(-1).velocity(1).env([66, 99, 99, 66], [99, 99, 99, 0]))
        .op(6, fixed(3, 34, 54).velocity(3).env([88, 64, 60, 70], [99, 50, 20, 0]))
        .lfo(Triangle, 30, 45).vibrato(2, 2),
    // The principal chorus of a large organ: unison to mixture.
    Sound::new("PIPE NAVE", 32, 5)
        .tags(&["pipe", "church", "full"])
        .op(1, ratio(1.0, 90).velocity(1).env([64, 99, 99, 54], [99, 99, 99, 0]))
        .op(2, ratio(2.0, 86).detune(1).velocity(1).env([66, 99, 99, 55], [99, 99, 99, 0]))
        .op(3, ratio(3.0, 80).velocity(1).env([67, 99, 99, 56], [99, 99, 99, 0]))
        .op(4, ratio(4.0, 80).detune(-1).velocity(1).env([68, 99, 99, 56], [99, 99, 99, 0]))
        .op(5, ratio(6.0, 74).detune(2).velocity(2).env([70, 99, 99, 58], [99, 99, 99, 0]).above(LessFar, 16))
        .op(6, ratio(0.5, 80).velocity(1).env([60, 99, 99, 52], [99, 99, 99, 0])),
    // A harmonium: the reeds sag as the bellows close.
    Sound::new("PUMP REED", 32, 5)
        .tags(&["harmonium", "reed", "folk"])
        .op(1, ratio(1.0, 84).detune(-3).velocity(1).env([60, 40, 99, 62], [99, 96, 96, 0]))
        .op(2, ratio(2.0, 82).detune(2).velocity(1).env([60, 99, 99, 62], [99, 99, 99, 0]))
        .op(3, ratio(3.0, 78).detune(-2).velocity(2).env([62, 99, 99, 62], [99, 99, 99, 0]))
        .op(4, ratio(4.0, 74).velocity(2).env([62, 99, 99, 62], [99, 99, 99, 0]))
        .op(5, ratio(5.0, 70).velocity(2).env([62, 99, 99, 62], [99, 99, 99, 0]).above(LessFar, 16))
        .op(6, ratio(1.0, 90).detune(3).velocity(2).env([58, 40, 99, 62], [99, 96, 96, 0]))
        .lfo(Sine, 24, 10).vibrato(3, 2),
    // A transistor organ of the sixties: square and quick, with its own vibrato.
    Sound::new("COMBO MOD", 32, 6)
        .tags(&["transistor", "bright", "sixties"])
        .op(1, ratio(1.0, 90).velocity(1).env([99, 99, 99, 86], [99, 99, 99, 0]))
        .op(2, ratio(3.0, 80).velocity(1).env([99, 99, 99, 86], [99, 99, 99, 0]))
        .op(3, ratio(5.0, 74).velocity(2).env([99, 99, 99, 86], [99, 99, 99, 0]).above(LessFar, 14))
        .op(4, ratio(7.0, 70).velocity(2).env([99, 99, 99, 86], [99, 99, 99, 0]).above(LessFar, 18))
        .op(5, ratio(2.0, 82).velocity(1).env([99, 99, 99, 86], [99, 99, 99, 0]))
        .op(6, ratio(4.0, 80).velocity(2).env([99, 99, 99, 86], [99, 99, 99, 0]).above(LessFar, 14))
        .lfo(Triangle, 41, 0).vibrato(10, 3),
    // A barrel organ: high pipes, a little sour, in the open air.
    Sound::new("BARREL FUN", 32, 5)
        .tags(&["barrel", "fair", "bright"])
        .op(1, ratio(1.0, 86).detune(-4).velocity(1).env([74, 99, 99, 72], [99, 99, 99, 0]))
        .op(2, ratio(2.0, 86).detune(5).velocity(1).env([76, 99, 99, 72], [99, 99, 99, 0]))
        .op(3, ratio(4.0, 78).detune(-5).velocity(1).env([78, 99, 99, 72], [99, 99, 99, 0]))
        .op(4, ratio(6.0, 70).detune(3).velocity(2).env([80, 99, 99, 72], [99, 99, 99, 0]).above(LessFar, 16))
        .op(5, ratio(1.0, 82).detune(5).velocity(1).env([70, 99, 99, 72], [99, 99, 99, 0]))
        .op(6, ratio(2.0, 76).detune(-6).velocity(3).env([86, 60, 50, 72], [99, 90, 88, 0]))
        .lfo(Sine, 36, 20).vibrato(4, 2),
    // A cinema organ's tremulant: soft tibias that sway.
    Sound::new("TIBIA SWAY", 32, 2)
        .tags(&["theatre", "tremolo", "soft"])
        .op(1, ratio(1.0, 92).velocity(1).tremolo(2).env([64, 99, 99, 60], [99, 99, 99, 0]))
        .op(2, ratio(2.0, 80).detune(2).velocity(1).tremolo(2).env([64, 99, 99, 60], [99, 99, 99, 0]))
        .op(3, ratio(3.0, 66).velocity(1).tremolo(1).env([64, 99, 99, 60], [99, 99, 99, 0]))
        .op(4, ratio(0.5, 80).velocity(1).tremolo(2).env([60, 99, 99, 58], [99, 99, 99, 0]))
        .op(5, ratio(1.0, 84).detune(-4).velocity(1).tremolo(2).env([62, 99, 99, 60], [99, 99, 99, 0]))
        .op(6, ratio(4.0, 62).velocity(3).tremolo(1).env([80, 60, 50, 60], [99, 80, 76, 0]))
        .lfo(Sine, 36, 15).vibrato(8, 3).swell(50),
];
