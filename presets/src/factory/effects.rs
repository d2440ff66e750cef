//! Effects: sounds that move by themselves. The LFO and the pitch envelope do the work here, over
//! whatever algorithm the movement needs; hold a key and listen.

use super::sound::{Sound, Wave::*, fixed, ratio};

#[rustfmt::skip]
pub(super) const EFFECTS: [Sound; 8] = [
    // Drops on a tin roof: short rings whose loudness and pitch are thrown like dice.
    Sound::new("TIN RAIN", 5, 7)
        .tags(&["rain", "random", "nature"])
        .op(1, ratio(4.0, 92).velocity(2).tremolo(3).env([92, 99, 99, 44], [99, 99, 99, 0]))
        .op(2, ratio(3.45, 74).velocity(3).env([92, 99, 99, 44], [99, 99, 99, 0]))
        .op(3, ratio(7.07, 88).velocity(2).tremolo(3).env([88, 99, 99, 44], [99, 99, 99, 0]))
        .op(4, ratio(2.82, 72).velocity(3).env([88, 99, 99, 44], [99, 99, 99, 0]))
        .op(5, fixed(3, 68, 78).velocity(2).tremolo(1).env([60, 99, 99, 44], [99, 99, 99, 0]))
        .op(6, fixed(3, 91, 99).env([99, 99, 99, 44], [99, 99, 99, 0]))
        .lfo(SampleAndHold, 70, 0).vibrato(50, 6).swell(95),
    // A ray gun: four octaves down.
    Sound::new("LASER DROP", 16, 6)
        .tags(&["laser", "falling", "game"])
        .op(1, ratio(1.0, 95).velocity(3).env([99, 40, 36, 60], [99, 94, 0, 0]))
        .op(2, ratio(2.0, 80).velocity(4).env([99, 40, 36, 60], [99, 84, 0, 0]))
        .op(3, ratio(5.0, 70).velocity(4).env([99, 44, 40, 60], [99, 74, 0, 0]))
        .op(4, ratio(1.0, 60).velocity(3).env([99, 50, 40, 60], [99, 70, 0, 0]))
        .op(5, ratio(0.5, 74).velocity(4).env([99, 40, 36, 60], [99, 84, 0, 0]))
        .op(6, ratio(3.0, 70).velocity(4).env([99, 44, 40, 60], [99, 74, 0, 0]))
        .pitch([78, 62, 99, 0], [60, 22, 22, 97]),
    // A siren in the next street.
    Sound::new("SIREN TOWN", 2, 6)
        .tags(&["siren", "alarm", "city"])
        .op(1, ratio(1.0, 93).velocity(2).env([48, 99, 99, 44], [99, 99, 99, 0]))
        .op(2, ratio(1.0, 76).velocity(3).env([48, 99, 99, 44], [99, 99, 99, 0]))
        .op(3, ratio(2.0, 86).detune(5).velocity(2).env([46, 99, 99, 44], [99, 99, 99, 0]))
        .op(4, ratio(1.0, 74).velocity(3).env([46, 99, 99, 44], [99, 99, 99, 0]))
        .op(5, ratio(1.0, 60).velocity(3).env([46, 99, 99, 44], [99, 99, 99, 0]))
        .lfo(Triangle, 2, 0).vibrato(80, 6),
    // Blades overhead: noise and a low tone, cut twelve times a second.
    Sound::new("ROTOR HOVR", 5, 7)
        .tags(&["helicopter", "machine", "noise"])
        .op(1, fixed(1, 74, 96).velocity(2).tremolo(3).env([60, 99, 99, 40], [99, 99, 99, 0]))
        .op(2, fixed(1, 92, 84).velocity(2).env([60, 99, 99, 40], [99, 99, 99, 0]))
        .op(3, ratio(0.5, 86).velocity(2).tremolo(3).env([56, 99, 99, 40], [99, 99, 99, 0]))
        .op(4, fixed(2, 24, 80).velocity(3).env([56, 99, 99, 40], [99, 99, 99, 0]))
        .op(5, fixed(2, 91, 80).velocity(2).tremolo(3).env([54, 99, 99, 40], [99, 99, 99, 0]))
        .op(6, fixed(3, 37, 99).env([99, 99, 99, 40], [99, 99, 99, 0]))
        .lfo(SawDown, 65, 0).swell(92),
    // Wind that comes and goes: one tone, thrown about by slow operators that never agree.
    Sound::new("WIND PASS", 16, 4)
        .tags(&["wind", "nature", "noise"])
        .op(1, fixed(2, 85, 96).velocity(2).tremolo(1).env([34, 28, 30, 34], [99, 88, 97, 0]))
        .op(2, fixed(1, 37, 90).velocity(2).tremolo(1).env([30, 22, 26, 30], [99, 84, 96, 80]))
        .op(3, fixed(1, 61, 90).velocity(2).env([28, 20, 24, 30], [99, 80, 97, 80]))
        .op(4, fixed(1, 13, 92).velocity(1).env([40, 24, 22, 30], [99, 86, 99, 90]))
        .op(5, fixed(1, 83, 84).velocity(3).env([26, 24, 28, 30], [99, 78, 96, 70]))
        .op(6, fixed(1, 48, 96).velocity(1).env([40, 99, 99, 30], [99, 99, 99, 90]))
        .lfo(SampleAndHold, 14, 0).swell(40).free_lfo(),
    // A machine that has learned to speak, but not what.
    Sound::new("ROBOT CHAT", 16, 7)
        .tags(&["robot", "voice", "random"])
        .op(1, ratio(1.0, 93).velocity(2).env([84, 99, 99, 60], [99, 99, 99, 0]))
        .op(2, ratio(3.0, 82).velocity(3).tremolo(3).env([84, 99, 99, 60], [99, 99, 99, 0]))
        .op(3, ratio(5.0, 74).velocity(3).tremolo(2).env([84, 99, 99, 60], [99, 99, 99, 0]))
        .op(4, ratio(1.0, 66).velocity(3).env([84, 99, 99, 60], [99, 99, 99, 0]))
        .op(5, ratio(1.0, 80).velocity(3).env([84, 99, 99, 60], [99, 99, 99, 0]))
        .op(6, ratio(2.0, 78).velocity(3).tremolo(3).env([84, 99, 99, 60], [99, 99, 99, 0]))
        .lfo(SampleAndHold, 48, 0).vibrato(40, 5).swell(88),
    // Bubbles rise; each is a little sine that climbs and bursts.
    Sound::new("BUBBLE UP", 32, 0)
        .tags(&["water", "bubbles", "nature"])
        .op(1, ratio(2.0, 95).velocity(2).tremolo(3).env([70, 99, 99, 56], [99, 99, 99, 0]))
        .op(2, ratio(3.18, 87).velocity(2).tremolo(3).env([66, 99, 99, 56], [99, 99, 99, 0]))
        .op(3, ratio(1.41, 87).velocity(2).tremolo(3).env([64, 99, 99, 56], [99, 99, 99, 0]))
        .op(4, ratio(4.52, 81).velocity(2).tremolo(3).env([62, 99, 99, 56], [99, 99, 99, 0]))
        .lfo(SawUp, 47, 0).vibrato(99, 7).swell(88),
    // An alarm below deck: two tones in turn.
    Sound::new("RED ALERT", 2, 5)
        .tags(&["alarm", "two-tone", "harsh"])
        .op(1, ratio(1.0, 89).velocity(2).env([90, 99, 99, 66], [99, 99, 99, 0]))
        .op(2, ratio(1.0, 84).velocity(3).env([90, 99, 99, 66], [99, 99, 99, 0]))
        .op(3, ratio(2.0, 85).detune(4).velocity(2).env([90, 99, 99, 66], [99, 99, 99, 0]))
        .op(4, ratio(3.0, 76).velocity(3).env([90, 99, 99, 66], [99, 99, 99, 0]))
        .lfo(Square, 9, 0).vibrato(52, 6),
];
