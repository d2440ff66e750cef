//! Pads: pairs (algorithm 5) that take their time. What moves is the modulator: it opens, closes or
//! sways long after the tone is there.

use super::sound::{Curve::*, Sound, Wave::*, fixed, ratio};

#[rustfmt::skip]
pub(super) const PADS: [Sound; 8] = [
    // Warm, and nothing else.
    Sound::new("WARM MIST", 5, 4)
        .tags(&["warm", "soft", "analogue"])
        .op(1, ratio(1.0, 88).detune(-4).velocity(2).env([42, 99, 99, 40], [99, 99, 99, 0]))
        .op(2, ratio(1.0, 70).velocity(4).env([36, 30, 99, 38], [99, 90, 90, 0]).above(Less, 16))
        .op(3, ratio(1.0, 88).detune(4).velocity(2).env([40, 99, 99, 40], [99, 99, 99, 0]))
        .op(4, ratio(1.0, 68).velocity(4).env([34, 30, 99, 38], [99, 92, 92, 0]).above(Less, 16))
        .op(5, ratio(0.5, 76).velocity(2).env([40, 99, 99, 40], [99, 99, 99, 0]))
        .op(6, ratio(1.0, 62).velocity(4).env([34, 30, 99, 38], [99, 90, 90, 0]))
        .lfo(Sine, 18, 30).vibrato(4, 2),
    // Glass that is bowed: high and clear over a soft ground.
    Sound::new("BOWED ICE", 5, 1)
        .tags(&["glass", "clear", "cold"])
        .op(1, ratio(1.0, 93).detune(2).velocity(2).env([44, 99, 99, 38], [99, 99, 99, 0]))
        .op(2, ratio(4.0, 56).velocity(4).env([38, 32, 99, 38], [99, 88, 88, 0]).above(Less, 24))
        .op(3, ratio(2.0, 87).detune(-4).velocity(2).env([40, 99, 99, 38], [99, 99, 99, 0]))
        .op(4, ratio(7.0, 50).velocity(4).env([36, 30, 99, 38], [99, 86, 86, 0]).above(Less, 28))
        .op(5, ratio(3.0, 81).detune(5).velocity(3).env([38, 99, 99, 38], [99, 99, 99, 0]))
        .op(6, ratio(5.0, 50).velocity(4).env([34, 30, 99, 38], [99, 84, 84, 0]).above(Less, 28))
        .lfo(Sine, 24, 40).vibrato(4, 2),
    // A choir on a closed vowel: the formant stands still while the key moves.
    Sound::new("CHOIR OOH", 5, 3)
        .tags(&["choir", "voice", "soft"])
        .op(1, ratio(1.0, 89).detune(-3).velocity(2).env([44, 99, 99, 46], [99, 99, 99, 0]))
        .op(2, ratio(1.0, 66).velocity(3).env([46, 99, 99, 44], [99, 94, 94, 0]).above(Less, 20))
        .op(3, ratio(1.0, 86).detune(4).velocity(2).env([43, 99, 99, 46], [99, 99, 99, 0]))
        .op(4, ratio(2.0, 56).velocity(3).env([46, 99, 99, 44], [99, 94, 94, 0]).above(Less, 22))
        .op(5, ratio(2.0, 70).detune(1).velocity(2).env([46, 99, 99, 46], [99, 99, 99, 0]).above(Less, 16))
        .op(6, ratio(1.0, 54).velocity(3).env([44, 99, 99, 44], [99, 94, 94, 0]))
        .lfo(Triangle, 32, 46).vibrato(7, 2),
    // A choir on an open vowel: partials near to 700 and 1100 Hz at the middle of the keyboard.
    Sound::new("CHOIR AAH", 5, 5)
        .tags(&["choir", "voice", "bright"])
        .op(1, ratio(1.0, 92).detune(-4).velocity(2).env([45, 99, 99, 48], [99, 99, 99, 0]))
        .op(2, ratio(1.0, 74).velocity(3).env([48, 99, 99, 46], [99, 95, 95, 0]).above(Less, 20))
        .op(3, ratio(3.0, 89).detune(3).velocity(2).env([44, 99, 99, 48], [99, 99, 99, 0]).pivot(55).below(More, 6).above(Less, 22))
        .op(4, ratio(1.0, 74).velocity(3).env([48, 99, 99, 46], [99, 94, 94, 0]).above(Less, 20))
        .op(5, ratio(4.0, 87).detune(-3).velocity(2).env([48, 99, 99, 48], [99, 99, 99, 0]).pivot(55).below(More, 6).above(Less, 28))
        .op(6, ratio(1.0, 74).velocity(3).env([46, 99, 99, 46], [99, 94, 94, 0]).above(Less, 20))
        .lfo(Sine, 33, 42).vibrato(8, 2),
    // Opens for three seconds, then closes again.
    Sound::new("SLOW SWEEP", 5, 7)
        .tags(&["sweep", "moving", "analogue"])
        .op(1, ratio(1.0, 87).detune(-5).velocity(2).env([42, 99, 99, 40], [99, 99, 99, 0]))
        .op(2, ratio(1.0, 88).velocity(3).env([26, 22, 20, 36], [99, 76, 66, 0]).above(Less, 14))
        .op(3, ratio(1.0, 87).detune(5).velocity(2).env([40, 99, 99, 40], [99, 99, 99, 0]))
        .op(4, ratio(2.0, 82).velocity(3).env([24, 22, 20, 36], [99, 72, 62, 0]).above(Less, 20))
        .op(5, ratio(0.5, 80).velocity(2).env([48, 99, 99, 40], [99, 99, 99, 0]))
        .op(6, ratio(1.0, 84).velocity(3).env([22, 22, 20, 36], [99, 74, 62, 0]).above(Less, 16))
        .lfo(Triangle, 20, 50).vibrato(4, 2),
    // Air through a window at night, with a tone in it.
    Sound::new("NIGHT AIR", 5, 7)
        .tags(&["airy", "breath", "calm"])
        .op(1, ratio(1.0, 89).detune(1).velocity(2).env([44, 99, 99, 40], [99, 99, 99, 0]))
        .op(2, ratio(2.0, 54).velocity(4).env([40, 99, 99, 38], [99, 94, 94, 0]).above(Less, 22))
        .op(3, ratio(1.0, 84).detune(-5).velocity(2).env([42, 99, 99, 40], [99, 99, 99, 0]))
        .op(4, ratio(3.0, 52).velocity(4).env([40, 99, 99, 38], [99, 94, 94, 0]).above(Less, 24))
        .op(5, ratio(5.0, 54).velocity(3).tremolo(1).env([38, 99, 99, 38], [99, 99, 99, 0]))
        .op(6, fixed(3, 43, 92).velocity(2).env([50, 99, 99, 36], [99, 99, 99, 0]))
        .lfo(SampleAndHold, 34, 0).swell(46).free_lfo(),
    // A ring of light: fifths and octaves that shimmer.
    Sound::new("HALO FIFTH", 5, 3)
        .tags(&["fifth", "shimmer", "bright"])
        .op(1, ratio(1.0, 93).detune(-2).velocity(2).env([46, 99, 99, 38], [99, 99, 99, 0]))
        .op(2, ratio(3.0, 60).velocity(4).tremolo(1).env([40, 34, 99, 38], [99, 88, 88, 0]).above(Less, 22))
        .op(3, ratio(1.5, 85).detune(3).velocity(2).env([42, 99, 99, 38], [99, 99, 99, 0]))
        .op(4, ratio(3.0, 58).velocity(4).tremolo(1).env([38, 34, 99, 38], [99, 88, 88, 0]).above(Less, 22))
        .op(5, ratio(4.0, 79).detune(6).velocity(3).tremolo(2).env([40, 99, 99, 36], [99, 99, 99, 0]).above(LessFar, 16))
        .op(6, ratio(6.0, 54).velocity(4).env([36, 34, 99, 36], [99, 86, 86, 0]).above(Less, 28))
        .lfo(Sine, 26, 20).swell(50).vibrato(3, 2),
    // The hull of a large ship: low, slow, metallic.
    Sound::new("DEEP ORBIT", 5, 6)
        .tags(&["dark", "metallic", "space"])
        .op(1, ratio(1.0, 87).detune(-6).velocity(2).env([38, 99, 99, 34], [99, 99, 99, 0]))
        .op(2, ratio(0.5, 76).velocity(4).env([28, 24, 99, 34], [99, 84, 84, 0]).above(Less, 14))
        .op(3, ratio(1.0, 87).detune(6).velocity(2).env([36, 99, 99, 34], [99, 99, 99, 0]))
        .op(4, ratio(3.51, 62).velocity(4).env([26, 22, 99, 34], [99, 80, 80, 0]).above(Less, 22))
        .op(5, ratio(0.5, 81).detune(2).velocity(2).env([36, 99, 99, 34], [99, 99, 99, 0]))
        .op(6, ratio(1.5, 74).velocity(4).env([24, 22, 99, 34], [99, 80, 76, 0]).above(Less, 18))
        .lfo(Triangle, 10, 0).vibrato(5, 2).free_lfo(),
];
