//! Electric pianos: pairs of a sounding and a striking operator (algorithm 5). The tine is a
//! modulator far above the key that dies quickly; velocity opens it.

use super::sound::{Curve::*, Sound, Wave::Sine, ratio};

#[rustfmt::skip]
pub(super) const ELECTRIC_PIANOS: [Sound; 8] = [
    // The plain one: body, tine, and a detuned second body that beats slowly against the first.
    Sound::new("TINE STORY", 5, 5)
        .tags(&["classic", "bright"])
        .op(1, ratio(1.0, 94).detune(2).velocity(3).hurry(3).env([96, 34, 26, 64], [99, 86, 0, 0]))
        .op(2, ratio(14.0, 66).velocity(6).hurry(3).env([98, 52, 40, 70], [99, 72, 0, 0]).above(LessFar, 24))
        .op(3, ratio(1.0, 92).detune(-2).velocity(2).hurry(3).env([96, 30, 24, 64], [99, 90, 0, 0]))
        .op(4, ratio(1.0, 76).velocity(6).hurry(2).env([96, 36, 28, 70], [99, 82, 0, 0]).above(Less, 18))
        .op(5, ratio(1.0, 84).detune(4).velocity(3).hurry(3).env([96, 38, 28, 66], [99, 80, 0, 0]))
        .op(6, ratio(3.0, 62).velocity(7).hurry(2).env([98, 48, 36, 70], [99, 70, 0, 0]).above(Less, 24))
        .lfo(Sine, 34, 0).vibrato(0, 2),
    // No tine, little index: felt on a tone bar.
    Sound::new("FELT SUITE", 5, 2)
        .tags(&["soft", "warm", "mellow"])
        .op(1, ratio(1.0, 94).detune(1).velocity(3).hurry(3).env([90, 32, 24, 62], [99, 88, 0, 0]))
        .op(2, ratio(1.0, 68).velocity(5).hurry(2).env([94, 40, 30, 66], [99, 78, 0, 0]).above(Less, 20))
        .op(3, ratio(1.0, 88).detune(-2).velocity(3).hurry(3).env([90, 30, 22, 62], [99, 90, 0, 0]))
        .op(4, ratio(2.0, 54).velocity(5).hurry(2).env([94, 44, 30, 66], [99, 74, 0, 0]).above(Less, 20))
        .op(5, ratio(2.0, 68).velocity(4).hurry(3).env([92, 42, 30, 62], [99, 72, 0, 0]))
        .op(6, ratio(5.0, 50).velocity(5).hurry(2).env([96, 60, 40, 66], [99, 60, 0, 0]).above(Less, 24)),
    // A reed: the modulator at the key's own frequency holds on, feedback makes it rasp when struck.
    Sound::new("REED DINER", 5, 7)
        .tags(&["reed", "gritty"])
        .op(1, ratio(1.0, 91).velocity(3).hurry(3).env([97, 36, 28, 68], [99, 84, 0, 0]))
        .op(2, ratio(2.0, 70).velocity(6).hurry(2).env([97, 40, 30, 70], [99, 80, 0, 0]).above(Less, 20))
        .op(3, ratio(1.0, 84).detune(1).velocity(3).hurry(3).env([97, 38, 28, 68], [99, 82, 0, 0]))
        .op(4, ratio(3.0, 64).velocity(6).hurry(2).env([97, 44, 34, 70], [99, 76, 0, 0]).above(Less, 24))
        .op(5, ratio(1.0, 76).detune(-1).velocity(5).hurry(3).env([97, 40, 30, 68], [99, 80, 0, 0]))
        .op(6, ratio(1.0, 74).velocity(7).hurry(2).env([97, 42, 32, 70], [99, 76, 0, 0]).above(Less, 20))
        .lfo(Sine, 38, 0).vibrato(0, 2),
    // Tremolo from side to side of one speaker: half of the carriers listen to the LFO.
    Sound::new("SUITCASE 3", 5, 4)
        .tags(&["tremolo", "classic"])
        .op(1, ratio(1.0, 98).velocity(3).hurry(3).tremolo(2).env([95, 32, 25, 64], [99, 87, 0, 0]))
        .op(2, ratio(1.0, 72).velocity(6).hurry(2).env([96, 38, 28, 68], [99, 80, 0, 0]).above(Less, 20))
        .op(3, ratio(1.0, 92).detune(2).velocity(3).hurry(3).tremolo(2).env([95, 30, 24, 64], [99, 88, 0, 0]))
        .op(4, ratio(11.0, 58).velocity(6).hurry(3).env([98, 56, 42, 70], [99, 66, 0, 0]).above(LessFar, 26))
        .op(5, ratio(2.0, 74).velocity(4).hurry(3).tremolo(1).env([96, 40, 30, 66], [99, 76, 0, 0]))
        .op(6, ratio(2.0, 60).velocity(6).hurry(2).env([97, 48, 34, 70], [99, 70, 0, 0]).above(Less, 24))
        .lfo(Sine, 30, 0).swell(52).vibrato(0, 2),
    // Almost a bell: the tine in front, the body behind.
    Sound::new("GLASS KEYS", 5, 3)
        .tags(&["bright", "glassy", "bell"])
        .op(1, ratio(1.0, 92).detune(3).velocity(3).hurry(3).env([97, 36, 27, 60], [99, 82, 0, 0]))
        .op(2, ratio(14.0, 72).velocity(6).hurry(3).env([98, 44, 34, 66], [99, 78, 0, 0]).above(LessFar, 30))
        .op(3, ratio(1.0, 90).detune(-3).velocity(3).hurry(3).env([97, 34, 25, 60], [99, 86, 0, 0]))
        .op(4, ratio(7.0, 64).velocity(6).hurry(3).env([98, 46, 34, 66], [99, 74, 0, 0]).above(LessFar, 28))
        .op(5, ratio(4.0, 72).velocity(5).hurry(3).env([98, 46, 32, 60], [99, 72, 0, 0]))
        .op(6, ratio(4.0, 58).velocity(6).hurry(3).env([98, 52, 36, 66], [99, 66, 0, 0]).above(LessFar, 28)),
    // Wide chorus out of strong detuning; the third pair adds an octave.
    Sound::new("TWIN TINES", 5, 5)
        .tags(&["chorus", "wide"])
        .op(1, ratio(1.0, 92).detune(7).velocity(3).hurry(3).env([95, 32, 24, 62], [99, 88, 0, 0]))
        .op(2, ratio(14.0, 62).velocity(6).hurry(3).env([98, 54, 40, 70], [99, 68, 0, 0]).above(LessFar, 26))
        .op(3, ratio(1.0, 92).detune(-7).velocity(3).hurry(3).env([95, 32, 24, 62], [99, 88, 0, 0]))
        .op(4, ratio(1.0, 70).detune(3).velocity(6).hurry(2).env([96, 36, 28, 68], [99, 82, 0, 0]).above(Less, 20))
        .op(5, ratio(2.0, 76).detune(5).velocity(4).hurry(3).env([96, 36, 28, 62], [99, 80, 0, 0]))
        .op(6, ratio(2.0, 62).velocity(6).hurry(2).env([97, 44, 32, 68], [99, 74, 0, 0]).above(Less, 24)),
    // The string of an electric grand: more partials, kept longer in the bass.
    Sound::new("WIRE GRAND", 5, 6)
        .tags(&["piano", "string", "bright"])
        .op(1, ratio(1.0, 95).detune(1).velocity(3).hurry(4).env([98, 36, 25, 66], [99, 84, 0, 0]))
        .op(2, ratio(3.0, 72).velocity(5).hurry(4).env([98, 40, 28, 70], [99, 80, 0, 0]).pivot(55).below(MoreFar, 12).above(Less, 34))
        .op(3, ratio(1.0, 92).detune(-1).velocity(3).hurry(4).env([98, 34, 24, 66], [99, 86, 0, 0]))
        .op(4, ratio(1.0, 80).velocity(5).hurry(4).env([98, 36, 27, 70], [99, 82, 0, 0]).pivot(55).below(More, 8).above(Less, 28))
        .op(5, ratio(2.0, 78).detune(2).velocity(4).hurry(4).env([98, 42, 30, 66], [99, 78, 0, 0]))
        .op(6, ratio(5.0, 66).velocity(6).hurry(4).env([98, 48, 34, 70], [99, 72, 0, 0]).above(Less, 40)),
    // A clavinet's cousin: struck string, damped at once when the key is up.
    Sound::new("CLAV ALLEY", 5, 6)
        .tags(&["clav", "funk", "short"])
        .op(1, ratio(1.0, 96).velocity(3).hurry(3).env([99, 44, 34, 78], [99, 82, 0, 0]))
        .op(2, ratio(3.0, 82).velocity(5).hurry(3).env([99, 42, 34, 78], [99, 84, 0, 0]).above(Less, 28))
        .op(3, ratio(2.0, 87).detune(1).velocity(3).hurry(3).env([99, 46, 36, 78], [99, 78, 0, 0]))
        .op(4, ratio(5.0, 76).velocity(5).hurry(3).env([99, 48, 36, 78], [99, 78, 0, 0]).above(Less, 32))
        .op(5, ratio(1.0, 91).detune(-1).velocity(3).hurry(3).env([99, 44, 34, 78], [99, 80, 0, 0]))
        .op(6, ratio(4.0, 76).velocity(6).hurry(3).env([99, 46, 36, 78], [99, 80, 0, 0]).above(Less, 30)),
];
