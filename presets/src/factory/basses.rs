//! Basses: one operator sounds, and three groups shape it (algorithm 16). Operator 2 is the string,
//! 3 and 4 the finger or the pick, 5 and 6 (with feedback) the growl. With one carrier the pitch is
//! firm and every change of timbre is one of brightness.

use super::sound::{Curve::*, Sound, Wave::*, fixed, ratio};

#[rustfmt::skip]
pub(super) const BASSES: [Sound; 8] = [
    // Plain and solid, for everything.
    Sound::new("SOLID FIVE", 16, 5)
        .tags(&["finger", "classic", "solid"])
        .op(1, ratio(1.0, 99).velocity(2).hurry(2).env([97, 34, 24, 68], [99, 90, 0, 0]))
        .op(2, ratio(1.0, 76).velocity(4).hurry(2).env([97, 38, 26, 66], [99, 82, 60, 0]).above(Less, 24))
        .op(3, ratio(3.0, 66).velocity(5).hurry(2).env([98, 56, 40, 66], [99, 64, 0, 0]).above(Less, 26))
        .op(4, ratio(5.0, 58).velocity(5).hurry(2).env([98, 64, 50, 66], [99, 50, 0, 0]))
        .op(5, ratio(2.0, 60).velocity(4).hurry(2).env([96, 44, 30, 66], [99, 74, 0, 0]).above(Less, 26))
        .op(6, ratio(1.0, 66).velocity(4).hurry(2).env([96, 46, 32, 66], [99, 70, 0, 0])),
    // The thumb strikes, the string rattles on the frets.
    Sound::new("SLAP PARTY", 16, 7)
        .tags(&["slap", "funk", "bright"])
        .op(1, ratio(1.0, 97).velocity(2).hurry(2).env([99, 40, 28, 70], [99, 86, 0, 0]))
        .op(2, ratio(1.0, 80).velocity(5).hurry(2).env([99, 42, 30, 68], [99, 80, 0, 0]).above(Less, 24))
        .op(3, ratio(4.0, 80).velocity(6).hurry(2).env([99, 50, 38, 68], [99, 68, 0, 0]).above(Less, 30))
        .op(4, ratio(3.0, 72).velocity(6).hurry(2).env([99, 56, 44, 68], [99, 62, 0, 0]))
        .op(5, ratio(7.0, 76).velocity(7).hurry(2).env([99, 62, 50, 68], [99, 56, 0, 0]).above(Less, 34))
        .op(6, ratio(2.0, 80).velocity(6).hurry(2).env([99, 60, 48, 68], [99, 60, 0, 0])),
    // No frets: the tone opens after the attack, and sings.
    Sound::new("NO FRETS", 16, 4)
        .tags(&["fretless", "singing", "warm"])
        .op(1, ratio(1.0, 99).velocity(2).hurry(2).env([90, 32, 22, 64], [99, 94, 70, 0]))
        .op(2, ratio(1.0, 78).velocity(4).hurry(2).env([56, 38, 26, 60], [99, 84, 70, 0]).above(Less, 26))
        .op(3, ratio(2.0, 66).velocity(4).hurry(2).env([52, 42, 28, 60], [99, 78, 50, 0]).above(Less, 28))
        .op(4, ratio(1.0, 58).velocity(4).hurry(2).env([60, 44, 30, 60], [99, 74, 40, 0]))
        .op(5, ratio(3.0, 54).velocity(5).hurry(2).env([98, 54, 40, 60], [99, 60, 0, 0]).above(Less, 28))
        .op(6, ratio(1.0, 60).velocity(5).hurry(2).env([98, 56, 44, 60], [99, 60, 0, 0]))
        .lfo(Sine, 30, 44).vibrato(8, 2).pitch([70, 80, 80, 20], [50, 50, 50, 48]),
    // Nearly a sine: felt more than heard.
    Sound::new("RUBBER SUB", 16, 2)
        .tags(&["sub", "soft", "round"])
        .op(1, ratio(1.0, 99).velocity(1).hurry(1).env([92, 40, 99, 62], [99, 96, 94, 0]))
        .op(2, ratio(1.0, 62).velocity(4).hurry(1).env([94, 42, 32, 60], [99, 80, 60, 0]).above(Less, 20))
        .op(3, ratio(2.0, 50).velocity(5).hurry(1).env([94, 52, 40, 60], [99, 70, 0, 0]))
        .op(4, ratio(1.0, 50).velocity(4).hurry(1).env([94, 56, 44, 60], [99, 64, 0, 0]))
        .op(5, ratio(4.0, 44).velocity(6).hurry(1).env([98, 66, 54, 60], [99, 50, 0, 0]))
        .op(6, ratio(1.0, 50).velocity(5).hurry(1).env([98, 66, 54, 60], [99, 50, 0, 0])),
    // Growls all the way: a sawtooth with teeth, for a wheel.
    Sound::new("GRIND MILL", 16, 5)
        .tags(&["synth", "growl", "aggressive"])
        .op(1, ratio(1.0, 99).velocity(2).env([96, 50, 99, 62], [99, 95, 94, 0]))
        .op(2, ratio(1.0, 84).velocity(4).env([94, 36, 99, 60], [99, 88, 84, 0]).above(Less, 24))
        .op(3, ratio(2.0, 76).velocity(4).env([92, 36, 99, 60], [99, 84, 80, 0]).above(Less, 30))
        .op(4, ratio(1.0, 74).velocity(4).env([92, 36, 99, 60], [99, 84, 80, 0]))
        .op(5, ratio(1.0, 82).velocity(4).env([94, 34, 99, 60], [99, 86, 82, 0]).above(Less, 28))
        .op(6, ratio(1.0, 80).velocity(4).env([94, 34, 99, 60], [99, 86, 82, 0]))
        .lfo(Sine, 34, 40).vibrato(3, 2),
    // A pick close to the bridge.
    Sound::new("PICK DRIVE", 16, 6)
        .tags(&["pick", "rock", "bright"])
        .op(1, ratio(1.0, 99).velocity(2).hurry(2).env([99, 36, 26, 70], [99, 88, 0, 0]))
        .op(2, ratio(1.0, 83).velocity(4).hurry(2).env([99, 38, 27, 68], [99, 84, 50, 0]).above(Less, 26))
        .op(3, ratio(5.0, 74).velocity(5).hurry(2).env([99, 58, 42, 68], [99, 62, 0, 0]).above(Less, 30))
        .op(4, ratio(2.0, 66).velocity(5).hurry(2).env([99, 60, 46, 68], [99, 58, 0, 0]))
        .op(5, ratio(2.0, 76).velocity(4).hurry(2).env([99, 44, 32, 68], [99, 78, 0, 0]).above(Less, 28))
        .op(6, ratio(3.0, 70).velocity(5).hurry(2).env([99, 50, 38, 68], [99, 70, 0, 0])),
    // A double bass: wood, flesh and a little air.
    Sound::new("UPRIGHT BO", 16, 5)
        .tags(&["acoustic", "jazz", "warm"])
        .op(1, ratio(1.0, 99).velocity(2).hurry(2).env([92, 40, 30, 62], [99, 86, 0, 0]))
        .op(2, ratio(1.0, 74).velocity(4).hurry(2).env([94, 44, 32, 62], [99, 78, 0, 0]).above(Less, 24))
        .op(3, ratio(2.0, 66).velocity(5).hurry(2).env([96, 52, 40, 62], [99, 66, 0, 0]).above(Less, 26))
        .op(4, ratio(1.0, 64).velocity(5).hurry(2).env([96, 56, 44, 62], [99, 60, 0, 0]))
        .op(5, fixed(2, 56, 66).velocity(6).env([99, 66, 58, 62], [99, 50, 0, 0]))
        .op(6, fixed(2, 83, 72).velocity(5).env([99, 68, 60, 62], [99, 50, 0, 0]))
        .pitch([78, 80, 80, 20], [50, 50, 50, 49]),
    // A filter with too much resonance closes on every note.
    Sound::new("ACID WASP", 16, 6)
        .tags(&["synth", "acid", "resonant"])
        .op(1, ratio(1.0, 99).velocity(2).env([98, 60, 99, 72], [99, 95, 94, 0]))
        .op(2, ratio(1.0, 88).velocity(5).env([98, 46, 36, 70], [99, 70, 56, 0]).above(Less, 24))
        .op(3, ratio(6.0, 72).velocity(6).env([98, 50, 40, 70], [99, 60, 0, 0]).above(Less, 32))
        .op(4, ratio(1.0, 70).velocity(5).env([98, 50, 40, 70], [99, 60, 0, 0]))
        .op(5, ratio(3.0, 78).velocity(5).env([98, 48, 38, 70], [99, 64, 40, 0]).above(Less, 30))
        .op(6, ratio(1.0, 78).velocity(5).env([98, 48, 38, 70], [99, 66, 50, 0])),
];
