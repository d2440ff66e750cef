//! [`Category`]: what kind of instrument a preset is, guessed from its name.

use std::fmt;

/// The kinds of instruments, as a browser offers them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "each is named as users see it")]
pub enum Category {
    Piano,
    ElectricPiano,
    Keys,
    Organ,
    Mallet,
    Bell,
    Guitar,
    Bass,
    Strings,
    Brass,
    Woodwind,
    Vocal,
    Pad,
    Lead,
    Percussion,
    Effect,
    Other,
}

use Category::{
    Bass, Bell, Brass, Effect, ElectricPiano, Guitar, Keys, Lead, Mallet, Organ, Other, Pad,
    Percussion, Piano, Strings, Vocal, Woodwind,
};

/// Every category with its key in the database and on the command line, and its name for users.
const TABLE: [(Category, &str, &str); 17] = [
    (Piano, "piano", "Piano"),
    (ElectricPiano, "epiano", "E. Piano"),
    (Keys, "keys", "Keys"),
    (Organ, "organ", "Organ"),
    (Mallet, "mallet", "Mallet"),
    (Bell, "bell", "Bell"),
    (Guitar, "guitar", "Guitar"),
    (Bass, "bass", "Bass"),
    (Strings, "strings", "Strings"),
    (Brass, "brass", "Brass"),
    (Woodwind, "woodwind", "Woodwind"),
    (Vocal, "vocal", "Vocal"),
    (Pad, "pad", "Pad"),
    (Lead, "lead", "Lead"),
    (Percussion, "percussion", "Percussion"),
    (Effect, "effect", "Effect"),
    (Other, "other", "Other"),
];

/// What names say, the most telling first: `BASS DRUM` is percussion, `FRETLESS` a bass. A word is
/// looked for in the name's letters alone, so `E.PIANO 1` reads `EPIANO`; one that begins with a
/// space only at the beginning of a word.
const WORDS: [(Category, &[&str]); 16] = [
    (
        Percussion,
        &[
            "DRUM", "DRM", "SNARE", "TIMPAN", "CYMBAL", " TOM", "CONGA", "BONGO", "CLAP", "HIHAT",
            "KICK", "TABLA", "PERC", "COWBELL", "WOODBL", "TAMB", " GONG", "BLOCK", "SHAKER",
            "TRIANG", "MARACA", "CLAVE ",
        ],
    ),
    (
        Effect,
        &[
            "EFFECT", " FX", "SFX", "NOISE", "TRAIN", "HELI", "LASER", "EXPLO", "STORM", "WIND ",
            "OCEAN", " WAVES", "ALARM", "SIREN", "MOTOR", "ROBOT", "UFO", "GUN", "BOMB", "WHISTLE",
            "THUNDER", "RAIN", "SCREAM", "SPACE", "BIRD", "PHONE",
        ],
    ),
    (
        ElectricPiano,
        &[
            "EPIANO", "EPNO", "ELPIANO", "ELECPIA", "RHODES", "WURL", "FENDER", "DYNO", "TINE",
            "EGRAND", "ELGRAND", " EP ", "FULLTINE", "SUITCASE",
        ],
    ),
    (
        Keys,
        &[
            "CLAV", "HARPSI", "CEMBALO", "SPINET", "TOYPI", "HONKY", "CELEST", "DULCI", "ACCORD",
            "HARMONIC",
        ],
    ),
    (Bass, &["BASS", " BS ", "FRETL", " BAS", "SLAP"]),
    (
        Piano,
        &["PIANO", "PNO", "GRAND", "UPRIGHT", "CP70", "CP80", " PF"],
    ),
    (
        Organ,
        &[
            "ORGAN", " ORG", "HAMMOND", " B3", "DRAWBAR", "CHURCH", "LESLIE", "PIPES", "CATHED",
            "FARFISA",
        ],
    ),
    (
        Mallet,
        &[
            "MARIMB", "VIBE", "VIBRAPH", "XYLO", "GLOCK", "KALIMB", "BALAFON", "MALLET", "STEELD",
            "LOGDR", "GAMEL",
        ],
    ),
    (
        Bell,
        &[
            "BELL", "CHIME", "TUBE", "TUBULAR", "CARILLON", "MUSICBOX", "CRYSTAL",
        ],
    ),
    (
        Guitar,
        &[
            "GUIT", " GTR", " GIT", "BANJO", "SITAR", "KOTO", "LUTE", "HARP", "MANDO", "SHAMI",
            "PLUCK", "ZITHER", "UKU", "JAZZGI",
        ],
    ),
    (
        Vocal,
        &[
            "VOICE", "VOX", "VOCAL", "CHOIR", "CHOR", " AAH", " OOH", "HUMAN", "SINGER", "MALE",
            "MONK",
        ],
    ),
    (
        Brass,
        &[
            "BRASS", "TRUMP", " TRP", "TROMB", "HORN", "TUBA", "BRS", "FLUGEL", "CORNET", "FANFAR",
            " SOUSA",
        ],
    ),
    (
        Woodwind,
        &[
            "FLUT", "CLARIN", "OBOE", "BASSOON", " SAX", "SAXO", "PICCOLO", "RECORD", "PANFL",
            "OCARIN", "REED", "SHAKU", "WOODW", "BAGPIPE", "ENGLHORN", " PAN", "HARMCA",
        ],
    ),
    (
        Strings,
        &[
            "STRING", "STRG", " STR", "VIOL", "CELLO", "ORCH", "ENSEMB", "SOLINA", "FIDDLE",
            "CHAMBER", "PIZZ",
        ],
    ),
    (
        Pad,
        &[
            " PAD", "SWEEP", "ATMOS", "WARM", "HEAVEN", "DREAM", "CLOUD", "AMBIEN", "SOUNDTR",
            "FANTA", "SHIMMER",
        ],
    ),
    (
        Lead,
        &[
            "LEAD", " LD ", "SOLO", "SYNTH", "SYN ", " SYN", "MOOG", "ARP", "SAW", "SQUARE", "SEQ",
        ],
    ),
];

impl Category {
    /// All of them, in the order of a browser.
    pub fn all() -> impl Iterator<Item = Category> {
        TABLE.iter().map(|&(category, ..)| category)
    }

    /// Its key in the database and on the command line.
    pub fn key(self) -> &'static str {
        TABLE[self as usize].1
    }

    /// The category of that key.
    pub fn from_key(key: &str) -> Option<Category> {
        let row = TABLE.iter().find(|(_, other, _)| *other == key);
        row.map(|&(category, ..)| category)
    }

    /// What the name says; [`Category::Other`] where it says nothing.
    pub fn of_name(name: &str) -> Category {
        let upper = name.to_uppercase();
        let words: String = upper
            .chars()
            .map(|c| if c.is_alphanumeric() { c } else { ' ' })
            .collect();
        // Spaced: ` EP 1 `. Joined: `EP1`.
        let spaced = format!(
            " {} ",
            words.split_whitespace().collect::<Vec<_>>().join(" ")
        );
        let joined: String = words.split_whitespace().collect();
        let says = |word: &&str| match word.contains(' ') {
            true => spaced.contains(*word),
            false => joined.contains(*word),
        };
        let row = WORDS.iter().find(|(_, words)| words.iter().any(says));
        row.map_or(Other, |&(category, _)| category)
    }
}

/// As users see it.
impl fmt::Display for Category {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(TABLE[*self as usize].2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_the_order_of_the_enum() {
        for (index, category) in Category::all().enumerate() {
            assert_eq!(index, category as usize);
            assert_eq!(Category::from_key(category.key()), Some(category));
        }
    }

    #[test]
    fn names_say_what_is_played() {
        let cases = [
            ("E.PIANO 1", ElectricPiano),
            ("PIANO   4", Piano),
            ("TUB BELLS", Bell),
            ("BASS DRUM", Percussion),
            ("SYN-BASS 2", Bass),
            ("FRENCHHORN", Brass),
            ("STRINGS  1", Strings),
            ("VOICE   1", Vocal),
            ("CLAV-E.PNO", ElectricPiano),
            ("HARPSICH 1", Keys),
            ("B.DRM-SNAR", Percussion),
            ("MARIMBA", Mallet),
            ("SYN-LEAD 1", Lead),
            ("qwzrt", Other),
        ];
        for (name, category) in cases {
            assert_eq!(Category::of_name(name), category, "{name}");
        }
    }
}
