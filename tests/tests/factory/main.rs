//! The factory bank as it sounds: every patch is rendered and measured, and must be what its family
//! and its name say. A failure prints the figures of the patch.

mod note;

use std::fmt;
use std::ops::RangeInclusive;

use note::Note;
use presets::factory::{self, FactoryPatch, Family};

/// The figures of a patch, played at the key where its family is at home.
struct Figures {
    found: &'static FactoryPatch,
    /// At velocity 100.
    note: Note,
    level_db: f64,
    attack_s: f64,
    sustain_db: f64,
    after_db: f64,
    centroid_hz: f64,
    inharmonic: f64,
    pitch: Option<f64>,
    /// How much louder and brighter velocity 120 is than 40: in dB, and as a ratio of centroids.
    louder_db: f64,
    brighter: f64,
    /// The largest sample of four notes at velocity 127.
    chord_peak: f64,
}

fn home_key(family: Family) -> u8 {
    match family {
        Family::Bass => 40,
        Family::Drum => 48,
        _ => 60,
    }
}

impl Figures {
    fn of(found: &'static FactoryPatch) -> Figures {
        let (patch, key) = (&found.patch, home_key(found.family));
        let note = Note::new(patch, &[key], 100);
        let (soft, hard) = (Note::new(patch, &[key], 40), Note::new(patch, &[key], 120));
        let brightness = |note: &Note| note.loudest_spectrum().centroid_hz();
        Figures {
            found,
            level_db: note.level_db(),
            attack_s: note.attack_s(),
            sustain_db: note.sustain_db(),
            after_db: note.after_db(),
            centroid_hz: brightness(&note),
            inharmonic: note.inharmonic(),
            pitch: note.pitch(),
            louder_db: hard.level_db() - soft.level_db(),
            brighter: brightness(&hard) / brightness(&soft),
            chord_peak: Note::new(patch, &[key, key + 4, key + 7, key + 12], 127).peak(),
            note,
        }
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:14} {:10} {:6.1} dB  attack {:4.2} s  sustain {:6.1} dB  after {:6.1} dB  \
             centroid {:6.0} Hz  inharmonic {:5.3}  pitch {:5.3}  louder {:4.1} dB  \
             brighter {:4.2}  chord {:4.2}",
            self.found.family.tag(),
            self.found.patch.name(),
            self.level_db,
            self.attack_s,
            self.sustain_db,
            self.after_db,
            self.centroid_hz,
            self.inharmonic,
            self.pitch.unwrap_or(f64::NAN),
            self.louder_db,
            self.brighter,
            self.chord_peak,
        )
    }
}

/// What a family's sounds have in common.
struct Expected {
    level_db: RangeInclusive<f64>,
    attack_s: RangeInclusive<f64>,
    sustain_db: RangeInclusive<f64>,
    after_db: RangeInclusive<f64>,
    centroid_hz: RangeInclusive<f64>,
    inharmonic: RangeInclusive<f64>,
    /// Whether a clear pitch must be heard: that of the key, or an octave from it.
    tuned: bool,
}

const ALL_DB: f64 = -200.0;

/// Struck or plucked: at once there, and dying.
fn struck() -> Expected {
    Expected {
        level_db: -24.5..=-20.0,
        attack_s: 0.0..=0.02,
        sustain_db: ALL_DB..=-20.0,
        after_db: ALL_DB..=-60.0,
        centroid_hz: 250.0..=1500.0,
        inharmonic: 0.0..=0.03,
        tuned: true,
    }
}

/// Blown or bowed: there as long as the key is down.
fn held() -> Expected {
    Expected {
        level_db: -25.5..=-21.5,
        attack_s: 0.0..=0.04,
        sustain_db: -8.0..=0.0,
        ..struck()
    }
}

fn expected(family: Family) -> Expected {
    match family {
        Family::ElectricPiano | Family::Pluck => struck(),
        Family::Mallet => Expected {
            level_db: -28.0..=-20.0,
            ..struck()
        },
        Family::Bell => Expected {
            sustain_db: ALL_DB..=-15.0,
            after_db: ALL_DB..=-20.0,
            centroid_hz: 350.0..=2500.0,
            inharmonic: 0.04..=1.0,
            tuned: false,
            ..struck()
        },
        Family::Organ | Family::Brass | Family::Lead => held(),
        Family::Strings => Expected {
            attack_s: 0.02..=0.15,
            sustain_db: -12.0..=0.0,
            after_db: ALL_DB..=-40.0,
            inharmonic: 0.0..=0.1,
            ..held()
        },
        Family::Pad => Expected {
            attack_s: 0.15..=1.0,
            after_db: -55.0..=-10.0,
            ..held()
        },
        Family::Bass => Expected {
            sustain_db: ALL_DB..=0.0,
            centroid_hz: 80.0..=800.0,
            ..struck()
        },
        Family::Drum => Expected {
            level_db: -30.0..=-20.0,
            sustain_db: ALL_DB..=-30.0,
            after_db: ALL_DB..=-50.0,
            centroid_hz: 50.0..=14_000.0,
            inharmonic: 0.0..=1.0,
            tuned: false,
            ..struck()
        },
        Family::Effect => Expected {
            attack_s: 0.0..=1.5,
            sustain_db: ALL_DB..=0.0,
            after_db: ALL_DB..=-10.0,
            centroid_hz: 250.0..=14_000.0,
            inharmonic: 0.0..=1.0,
            tuned: false,
            ..held()
        },
    }
}

#[test]
fn every_patch_is_of_its_family() {
    let mut faults = Vec::new();
    for found in factory::all() {
        let figures = Figures::of(found);
        println!("{figures}");
        let expected = expected(found.family);
        let mut check = |what: &str, right: bool| {
            if !right {
                faults.push(format!("{what}: {figures}"));
            }
        };
        check("level", expected.level_db.contains(&figures.level_db));
        check("attack", expected.attack_s.contains(&figures.attack_s));
        check("sustain", expected.sustain_db.contains(&figures.sustain_db));
        check("after", expected.after_db.contains(&figures.after_db));
        check(
            "centroid",
            expected.centroid_hz.contains(&figures.centroid_hz),
        );
        check(
            "inharmonic",
            expected.inharmonic.contains(&figures.inharmonic),
        );
        let octave = figures.pitch.is_some_and(|pitch| {
            [0.5, 1.0, 2.0]
                .iter()
                .any(|octave| (pitch / octave - 1.0).abs() < 0.012)
        });
        check("pitch", octave || !expected.tuned);
        check(
            "velocity",
            figures.louder_db > 2.0 || figures.brighter > 1.25,
        );
        check("clipping", figures.chord_peak < 0.98);
        if found.family == Family::Bass {
            check("low", figures.note.share_below(500.0) > 0.7);
        }
        if found.family == Family::Effect {
            let moves = figures.note.restlessness_db() > 1.5 || figures.note.sweep() > 1.2;
            check("moves", moves);
        }
    }
    assert!(
        faults.is_empty(),
        "{} faults:\n{}",
        faults.len(),
        faults.join("\n")
    );
}

#[test]
fn every_patch_is_heard_all_over_the_keyboard() {
    for found in factory::all() {
        for key in [28, 46, 76, 100] {
            let note = Note::new(&found.patch, &[key], 110);
            let (level, peak) = (note.level_db(), note.peak());
            let name = found.patch.name();
            assert!(level > -48.0, "{name} at key {key}: {level:.1} dB");
            assert!(peak < 0.5, "{name} at key {key}: peak {peak:.2}");
        }
    }
}

/// A claim that a patch's name or description makes.
type Claim = (&'static str, &'static str, fn(&Note) -> bool);

/// What is particular to one patch, beyond its family.
const CLAIMS: [Claim; 24] = [
    ("TINE STORY", "a tine far above", |n| {
        n.harmonic_db(13) > -45.0
    }),
    ("FELT SUITE", "next to no overtones", |n| {
        n.harmonic_db(5) < -50.0
    }),
    ("SUITCASE 3", "tremolo", |n| n.restlessness_db() > 2.0),
    ("VIBE ROTOR", "the fourth harmonic of a bar", |n| {
        n.harmonic_db(4) > n.harmonic_db(3)
    }),
    ("VIBE ROTOR", "long", |n| n.sustain_db() > -30.0),
    ("BRONZE BAY", "a hum below the key", |n| {
        n.share_below(150.0) > 0.05
    }),
    ("TEMPLE SKY", "goes on after the key", |n| {
        n.after_db() > -30.0
    }),
    ("QUILL KEYS", "bright", |n| n.harmonic_db(6) > -15.0),
    ("GOSPEL SUN", "the eighth harmonic of a drawbar", |n| {
        n.harmonic_db(8) > -25.0
    }),
    ("TRUMPETERS", "brighter than it is strong", |n| {
        n.harmonic_db(2) > -3.0
    }),
    ("SOLO HORN", "round", |n| n.harmonic_db(3) < -12.0),
    ("FORTE SWEL", "soft in the middle", |n| {
        let (start, middle, end) = (
            n.level_at_db(0.0, 0.1),
            n.level_at_db(0.3, 0.1),
            n.level_at_db(2.0, 0.1),
        );
        middle < start - 3.0 && middle < end - 3.0
    }),
    ("TREMOLANDO", "trembles", |n| n.inharmonic() > 0.04),
    ("SLOW SWEEP", "opens", |n| n.sweep() > 4.0),
    ("CHOIR OOH", "closed", |n| n.harmonic_db(4) < -25.0),
    ("CHOIR AAH", "open", |n| n.harmonic_db(3) > -12.0),
    ("RUBBER SUB", "nearly a sine", |n| {
        n.share_below(120.0) > 0.95
    }),
    ("SLAP PARTY", "bright at the stroke", |n| n.sweep() > 3.0),
    ("SQUARE ACE", "odd harmonics", |n| {
        n.harmonic_db(2) < -40.0 && n.harmonic_db(3) > -15.0
    }),
    ("CLARINADE", "odd harmonics", |n| {
        n.harmonic_db(2) < -40.0 && n.harmonic_db(3) > -15.0
    }),
    ("OBOE LANE", "a strong third harmonic", |n| {
        n.harmonic_db(3) > -3.0
    }),
    ("KICK EARTH", "low", |n| n.share_below(200.0) > 0.8),
    ("HAT TIGHT", "high and short", |n| {
        n.share_below(2000.0) < 0.1 && n.level_at_db(0.5, 0.1) < -70.0
    }),
    ("LASER DROP", "falls", |n| {
        n.spectrum(0.0).centroid_hz() > 2.0 * n.spectrum(0.8).centroid_hz()
    }),
];

#[test]
fn every_patch_does_what_its_name_claims() {
    let mut faults = Vec::new();
    for (name, claim, holds) in CLAIMS {
        let found = factory::find(name).unwrap();
        let note = Note::new(&found.patch, &[home_key(found.family)], 100);
        if !holds(&note) {
            faults.push(format!("{name}: {claim}"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
