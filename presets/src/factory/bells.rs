//! Bells: pairs (algorithm 5) whose ratios are far from whole numbers. Each pair is a group of
//! partials with a decay of its own: strike, hum, shimmer.

use super::sound::{Curve::*, Sound, Wave::*, ratio};

#[rustfmt::skip]
pub(super) const BELLS: [Sound; 8] = [
    // A bell in a tower: prime, a hum an octave below, a minor third above the octave.
    Sound::new("BRONZE BAY", 5, 2)
        .tags(&["church", "dark", "long"])
        .op(1, ratio(1.0, 94).velocity(3).hurry(2).env([98, 38, 24, 34], [99, 86, 0, 0]))
        .op(2, ratio(1.41, 78).velocity(5).hurry(2).env([98, 40, 26, 36], [99, 78, 0, 0]).above(LessFar, 16))
        .op(3, ratio(0.5, 86).velocity(3).hurry(2).env([92, 26, 18, 32], [99, 88, 0, 0]))
        .op(4, ratio(1.71, 60).velocity(5).hurry(2).env([98, 36, 24, 36], [99, 74, 0, 0]))
        .op(5, ratio(2.4, 84).detune(2).velocity(4).hurry(2).env([98, 40, 28, 36], [99, 78, 0, 0]))
        .op(6, ratio(3.45, 68).velocity(6).hurry(2).env([99, 52, 36, 40], [99, 70, 0, 0]).above(LessFar, 20)),
    // Tubes: bright, the pitch one hears lies under the partials.
    Sound::new("TUBE YARD", 5, 3)
        .tags(&["tubular", "bright"])
        .op(1, ratio(1.0, 92).detune(1).velocity(3).hurry(2).env([98, 34, 23, 36], [99, 86, 0, 0]))
        .op(2, ratio(3.54, 76).velocity(6).hurry(2).env([98, 42, 28, 40], [99, 78, 0, 0]).above(LessFar, 20))
        .op(3, ratio(1.0, 90).detune(-2).velocity(3).hurry(2).env([98, 32, 22, 36], [99, 88, 0, 0]))
        .op(4, ratio(2.76, 70).velocity(6).hurry(2).env([98, 40, 26, 40], [99, 76, 0, 0]).above(LessFar, 20))
        .op(5, ratio(5.4, 74).velocity(5).hurry(3).env([99, 50, 34, 40], [99, 72, 0, 0]))
        .op(6, ratio(1.41, 62).velocity(5).hurry(3).env([99, 50, 36, 42], [99, 70, 0, 0])),
    // Small pieces of glass in the wind.
    Sound::new("GLASS RAIN", 5, 0)
        .tags(&["glass", "bright", "soft"])
        .op(1, ratio(2.0, 92).detune(3).velocity(4).hurry(3).env([98, 42, 28, 38], [99, 80, 0, 0]))
        .op(2, ratio(6.96, 64).velocity(6).hurry(3).env([98, 48, 34, 42], [99, 72, 0, 0]).above(LessFar, 30))
        .op(3, ratio(5.4, 90).detune(-4).velocity(4).hurry(3).env([98, 46, 32, 40], [99, 76, 0, 0]).above(LessFar, 16))
        .op(4, ratio(1.41, 52).velocity(5).hurry(3).env([98, 50, 34, 42], [99, 70, 0, 0]))
        .op(5, ratio(1.0, 90).velocity(3).hurry(3).env([96, 40, 26, 38], [99, 80, 0, 0]))
        .op(6, ratio(8.72, 54).velocity(6).hurry(3).env([99, 54, 38, 44], [99, 66, 0, 0]).above(LessFar, 30))
        .lfo(SampleAndHold, 40, 0).vibrato(3, 2),
    // A singing bowl: struck softly, beats slowly, never quite ends.
    Sound::new("TEMPLE SKY", 5, 0)
        .tags(&["bowl", "soft", "long", "calm"])
        .op(1, ratio(1.0, 88).detune(2).velocity(3).hurry(1).env([74, 28, 20, 26], [99, 90, 0, 0]))
        .op(2, ratio(2.72, 62).velocity(5).hurry(1).env([84, 32, 22, 30], [99, 78, 0, 0]).above(LessFar, 16))
        .op(3, ratio(1.0, 86).detune(-3).velocity(3).hurry(1).env([70, 26, 18, 26], [99, 92, 0, 0]))
        .op(4, ratio(5.2, 54).velocity(5).hurry(1).env([88, 38, 26, 30], [99, 72, 0, 0]).above(LessFar, 24))
        .op(5, ratio(2.72, 83).detune(5).velocity(4).hurry(1).env([78, 34, 24, 28], [99, 80, 0, 0]))
        .op(6, ratio(1.92, 48).velocity(5).hurry(1).env([88, 40, 28, 30], [99, 72, 0, 0])),
    // Sleigh bells: a cluster of high rings, shaken.
    Sound::new("SLEIGH ICE", 5, 7)
        .tags(&["shaken", "high", "short"])
        .op(1, ratio(7.21, 96).velocity(4).hurry(2).tremolo(2).env([92, 54, 42, 52], [99, 82, 0, 0]).above(LessFar, 20))
        .op(2, ratio(2.38, 76).velocity(5).hurry(2).env([96, 52, 42, 52], [99, 80, 0, 0]).above(LessFar, 20))
        .op(3, ratio(8.48, 94).detune(4).velocity(4).hurry(2).tremolo(2).env([90, 56, 44, 52], [99, 80, 0, 0]).above(LessFar, 24))
        .op(4, ratio(3.21, 74).velocity(5).hurry(2).env([96, 54, 44, 52], [99, 78, 0, 0]).above(LessFar, 20))
        .op(5, ratio(5.45, 96).detune(-4).velocity(4).hurry(2).tremolo(2).env([92, 52, 42, 52], [99, 82, 0, 0]).above(LessFar, 20))
        .op(6, ratio(6.78, 78).velocity(5).hurry(2).env([96, 56, 46, 52], [99, 76, 0, 0]).above(LessFar, 20))
        .lfo(SawDown, 76, 0).swell(60),
    // A clock on the mantelpiece: a hard stroke and a plain ring.
    Sound::new("MANTEL TEN", 5, 4)
        .tags(&["clock", "chime"])
        .op(1, ratio(1.0, 94).velocity(3).hurry(2).env([99, 40, 28, 42], [99, 84, 0, 0]))
        .op(2, ratio(4.56, 64).velocity(6).hurry(3).env([99, 56, 36, 46], [99, 68, 0, 0]).above(LessFar, 24))
        .op(3, ratio(2.94, 86).detune(1).velocity(4).hurry(2).env([99, 44, 30, 44], [99, 80, 0, 0]))
        .op(4, ratio(1.41, 56).velocity(5).hurry(3).env([99, 52, 38, 46], [99, 70, 0, 0]))
        .op(5, ratio(5.9, 80).velocity(5).hurry(3).env([99, 50, 36, 46], [99, 74, 0, 0]).above(LessFar, 20))
        .op(6, ratio(9.36, 70).velocity(6).hurry(3).env([99, 64, 52, 60], [99, 60, 0, 0]).above(LessFar, 30)),
    // Hand bells: nearly harmonic, with the twelfth that a good founder tunes in.
    Sound::new("HAND RING", 5, 1)
        .tags(&["hand bell", "clear"])
        .op(1, ratio(1.0, 95).velocity(3).hurry(2).env([97, 36, 24, 40], [99, 86, 0, 0]))
        .op(2, ratio(3.03, 72).velocity(6).hurry(2).env([98, 44, 30, 44], [99, 76, 0, 0]).above(LessFar, 20))
        .op(3, ratio(3.06, 84).detune(3).velocity(4).hurry(2).env([97, 40, 27, 42], [99, 80, 0, 0]))
        .op(4, ratio(2.18, 66).velocity(5).hurry(2).env([98, 46, 32, 44], [99, 72, 0, 0]))
        .op(5, ratio(6.24, 82).velocity(5).hurry(3).env([98, 48, 34, 44], [99, 74, 0, 0]).above(LessFar, 20))
        .op(6, ratio(1.41, 50).velocity(5).hurry(3).env([98, 52, 38, 46], [99, 70, 0, 0])),
    // A celesta that dreams: bar, bell and a slow shimmer behind.
    Sound::new("STAR WHEEL", 5, 2)
        .tags(&["celesta", "soft", "shimmer"])
        .op(1, ratio(1.0, 96).velocity(3).hurry(3).env([98, 42, 29, 40], [99, 84, 0, 0]))
        .op(2, ratio(6.18, 60).velocity(6).hurry(3).env([98, 50, 36, 46], [99, 72, 0, 0]).above(LessFar, 28))
        .op(3, ratio(4.0, 82).detune(4).velocity(4).hurry(3).env([98, 44, 30, 40], [99, 80, 0, 0]))
        .op(4, ratio(5.75, 56).velocity(6).hurry(3).env([98, 50, 36, 46], [99, 70, 0, 0]).above(LessFar, 28))
        .op(5, ratio(2.82, 84).detune(-5).velocity(3).hurry(2).env([66, 36, 26, 36], [99, 84, 0, 0]))
        .op(6, ratio(1.17, 60).velocity(4).hurry(2).env([60, 36, 28, 36], [99, 84, 0, 0]))
        .lfo(Triangle, 30, 40).vibrato(4, 2),
];
