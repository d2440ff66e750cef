//! [`Spread`]: by how much each voice is elsewhere on the path than the instrument.

use crate::BLOCK;

/// The key at which [`Spread::key`] adds nothing: middle C.
const MIDDLE: f32 = 60.0;
/// Keys from there to where it adds all.
const REACH: f32 = 60.0;

/// What moves each voice by itself, in lengths of the path. All of it is added to the instrument's
/// position and to the note's own offset; the sum is held within a range. By default nothing moves.
///
/// A voice looks at it at its control steps, so that it depends on nothing but the note.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// Added to a note of the largest velocity, to others in proportion.
    pub velocity: f32,
    /// Added five octaves above middle C and taken away five below, in proportion between.
    pub key: f32,
    /// Added at the top of an envelope that begins with the note.
    pub envelope: f32,
    /// Seconds the envelope takes to its top, in a straight line.
    pub attack_s: f32,
    /// Seconds it takes from there back to nothing, in a straight line.
    pub decay_s: f32,
    /// The least and the largest position of a voice.
    pub range: (f32, f32),
}

impl Default for Spread {
    fn default() -> Spread {
        Spread {
            velocity: 0.0,
            key: 0.0,
            envelope: 0.0,
            attack_s: 0.0,
            decay_s: 0.0,
            range: (-0.5, 1.5),
        }
    }
}

/// A note, as far as its place on the path depends on it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Placed {
    /// MIDI key, before transposition.
    pub key: u8,
    /// MIDI velocity.
    pub velocity: u8,
    /// What was added to it from outside.
    pub offset: f32,
    /// Control steps since it began.
    pub age: u32,
}

impl Spread {
    /// Where a note begins when the instrument is at `position`.
    pub fn of_note(&self, position: f32, key: u8, velocity: u8) -> f32 {
        let note = Placed {
            key,
            velocity,
            offset: 0.0,
            age: 0,
        };
        self.place(position, &note, 1.0)
    }

    /// Where a note is when the instrument is at `position`; `rate` is the sample rate in Hz.
    pub(crate) fn place(&self, position: f32, note: &Placed, rate: f32) -> f32 {
        let velocity = self.velocity * (f32::from(note.velocity) / 127.0);
        let key = self.key * ((f32::from(note.key) - MIDDLE) / REACH).clamp(-1.0, 1.0);
        let envelope = self.envelope * self.level(note.age as f32 * BLOCK as f32 / rate);
        self.hold(position + (note.offset + velocity + key + envelope))
    }

    /// Brings a position into the range.
    pub(crate) fn hold(&self, position: f32) -> f32 {
        // Not `clamp`, which panics where the bounds are no numbers or the wrong way round.
        position.max(self.range.0).min(self.range.1)
    }

    /// The envelope at a time in seconds, 0 to 1.
    fn level(&self, time: f32) -> f32 {
        if time < self.attack_s {
            time / self.attack_s
        } else if time < self.attack_s + self.decay_s {
            1.0 - (time - self.attack_s) / self.decay_s
        } else {
            0.0
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{EngineKind, Event, FmSynth, MorphTable, NoteAddress};

    const NOTE: Placed = Placed {
        key: 90,
        velocity: 127,
        offset: 0.0,
        age: 0,
    };

    #[test]
    fn by_default_a_note_is_where_the_instrument_is() {
        for position in [0.0, 0.3, 1.0, -0.5, 1.5] {
            assert_eq!(Spread::default().place(position, &NOTE, 48_000.0), position);
        }
    }

    #[test]
    fn every_source_adds_its_share_within_the_range() {
        let spread = Spread {
            velocity: 0.25,
            key: 0.5,
            envelope: -0.5,
            attack_s: 0.1,
            decay_s: 0.2,
            range: (0.0, 1.0),
        };
        let at = |age| spread.place(0.0, &Placed { age, ..NOTE }, 48_000.0);
        assert_eq!(at(0), 0.5);
        // 75 control steps are a tenth of a second.
        assert!((at(75) - 0.0).abs() < 1e-6 && (at(150) - 0.25).abs() < 1e-6);
        assert_eq!(at(225), 0.5);
        assert_eq!(at(u32::MAX), 0.5);
        assert_eq!(spread.place(0.9, &NOTE, 48_000.0), 1.0);
        let low = Placed { key: 0, ..NOTE };
        assert_eq!(spread.place(0.0, &low, 48_000.0), 0.0);
    }

    #[test]
    fn every_voice_has_its_own_position() {
        let table = MorphTable::constant(&presets::Patch::INIT);
        let mut synth = FmSynth::new(48_000.0, EngineKind::Modern);
        synth.spread(&Spread {
            velocity: 1.0,
            range: (0.0, 0.75),
            ..Spread::default()
        });
        for (key, velocity) in [(60, 127), (61, 0x20), (62, 1)] {
            let address = NoteAddress {
                key: Some(key),
                ..NoteAddress::default()
            };
            synth.event(&Event::NoteOn { address, velocity }, &table, 0.25);
        }
        assert_eq!(synth.positions().count(), 0);
        synth.render(&table, 0.25, &mut [0.0; 64]);
        let mut positions = [0.0; 3];
        for (place, position) in positions.iter_mut().zip(synth.positions()) {
            *place = position;
        }
        positions.sort_by(f32::total_cmp);
        let expected = [0.25 + 1.0 / 127.0, 0.25 + 32.0 / 127.0, 0.75];
        for (found, expected) in positions.into_iter().zip(expected) {
            assert!((found - expected).abs() < 1e-6);
        }
    }

    #[test]
    fn no_number_makes_it_panic() {
        for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            let spread = Spread {
                velocity: bad,
                key: bad,
                envelope: bad,
                attack_s: bad,
                decay_s: bad,
                range: (bad, bad),
            };
            let _ = spread.place(bad, &NOTE, 48_000.0);
            let within = Spread {
                range: (0.0, 1.0),
                ..spread
            };
            assert!((0.0..=1.0).contains(&within.place(bad, &NOTE, 48_000.0)));
        }
    }
}
