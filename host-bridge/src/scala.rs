//! Microtuning by Scala's two text files: a scale (.scl), and which key plays which of its degrees
//! (.kbm). What comes out is a table that the engine takes, so nothing here runs on its thread.
//!
//! Source of the formats: <https://www.huygens-fokker.org/scala/scl_format.html> and
//! <https://www.huygens-fokker.org/scala/help.htm#mappings>.

use std::fmt;

use engine::Tuning;

/// Degrees a scale may have; more is not a scale but a mistake.
const MOST_DEGREES: usize = 4096;

/// A scale: the degrees above its first note, the last of which is where it repeats.
#[derive(Clone, Debug, PartialEq)]
pub struct Scale {
    /// What the file says it is.
    pub description: String,
    /// Octaves above the first note, in the file's order.
    degrees: Vec<f64>,
}

/// Which key plays which degree of a scale, and at what frequency.
#[derive(Clone, Debug, PartialEq)]
pub struct KeyboardMap {
    /// The keys that are retuned; others keep their usual pitch.
    keys: std::ops::RangeInclusive<i32>,
    /// The key that plays the first degree.
    middle: i32,
    /// The key whose frequency is given.
    reference: i32,
    /// That frequency in Hz.
    frequency: f64,
    /// How many degrees the map repeats after.
    period: i32,
    /// Degrees of the keys from `middle` on; `None` for a key that plays none. Empty: every key
    /// plays the next degree.
    degrees: Vec<Option<i32>>,
}

/// Why a tuning file could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScalaError {
    line: usize,
    reason: String,
}

impl fmt::Display for ScalaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.reason)
    }
}

impl std::error::Error for ScalaError {}

impl Default for KeyboardMap {
    /// Every key the next degree, from middle C on, with A4 at 440 Hz.
    fn default() -> KeyboardMap {
        KeyboardMap {
            keys: 0..=127,
            middle: 60,
            reference: 69,
            frequency: 440.0,
            period: 0,
            degrees: Vec::new(),
        }
    }
}

/// The lines of a file that are not comments, each with its number from 1.
struct Lines<'a> {
    rest: std::iter::Enumerate<std::str::Lines<'a>>,
    last: usize,
}

impl<'a> Lines<'a> {
    fn new(text: &'a str) -> Lines<'a> {
        Lines {
            rest: text.lines().enumerate(),
            last: 0,
        }
    }

    fn next(&mut self, what: &str) -> Result<&'a str, ScalaError> {
        for (number, line) in self.rest.by_ref() {
            self.last = number + 1;
            if !line.starts_with('!') {
                return Ok(line.trim());
            }
        }
        Err(self.wrong(&format!("the file ends before {what}")))
    }

    /// The first word of the next line as a number.
    fn number<T: std::str::FromStr>(&mut self, what: &str) -> Result<T, ScalaError> {
        let line = self.next(what)?;
        let word = line.split_whitespace().next().unwrap_or("");
        word.parse()
            .map_err(|_| self.wrong(&format!("{what} should be here, not `{word}`")))
    }

    fn wrong(&self, reason: &str) -> ScalaError {
        ScalaError {
            line: self.last,
            reason: reason.to_owned(),
        }
    }
}

impl Scale {
    /// Reads the text of a .scl file.
    ///
    /// # Errors
    /// It is not one; says in which line and why.
    pub fn parse(text: &str) -> Result<Scale, ScalaError> {
        let mut lines = Lines::new(text);
        let description = lines.next("the description")?.to_owned();
        let count: usize = lines.number("the number of degrees")?;
        if !(1..=MOST_DEGREES).contains(&count) {
            return Err(lines.wrong(&format!(
                "a scale has 1 to {MOST_DEGREES} degrees, not {count}"
            )));
        }
        let mut degrees = Vec::with_capacity(count);
        for degree in 1..=count {
            let line = lines.next(&format!("degree {degree} of {count}"))?;
            let word = line.split_whitespace().next().unwrap_or("");
            let octaves = octaves(word).ok_or_else(|| {
                lines.wrong(&format!(
                    "`{word}` is neither cents (701.955) nor a ratio (3/2)"
                ))
            })?;
            degrees.push(octaves);
        }
        Ok(Scale {
            description,
            degrees,
        })
    }

    /// Octaves above the first note of a degree, counted on over the repetitions.
    fn octaves(&self, degree: i32) -> f64 {
        let count = self.degrees.len() as i32;
        let within = match degree.rem_euclid(count) {
            0 => 0.0,
            place => self.degrees[place as usize - 1],
        };
        let period = self.degrees[count as usize - 1];
        f64::from(degree.div_euclid(count)) * period + within
    }
}

/// Octaves of a pitch: cents if there is a point, otherwise a ratio.
fn octaves(word: &str) -> Option<f64> {
    let octaves = if word.contains('.') {
        word.parse::<f64>().ok()? / 1200.0
    } else {
        let (above, below) = word.split_once('/').unwrap_or((word, "1"));
        let (above, below) = (above.parse::<u64>().ok()?, below.parse::<u64>().ok()?);
        (above as f64 / below as f64).log2()
    };
    (octaves.abs() < 100.0).then_some(octaves)
}

impl KeyboardMap {
    /// Reads the text of a .kbm file.
    ///
    /// # Errors
    /// It is not one; says in which line and why.
    pub fn parse(text: &str) -> Result<KeyboardMap, ScalaError> {
        let mut lines = Lines::new(text);
        let size: usize = lines.number("the size of the map")?;
        if size > MOST_DEGREES {
            return Err(lines.wrong(&format!(
                "a map has at most {MOST_DEGREES} keys, not {size}"
            )));
        }
        let mut key = |what: &str| -> Result<i32, ScalaError> {
            let key = lines.number::<i32>(what)?;
            if (0..=127).contains(&key) {
                Ok(key)
            } else {
                Err(lines.wrong(&format!("{what} is 0 to 127, not {key}")))
            }
        };
        let first = key("the first key")?;
        let last = key("the last key")?;
        let middle = key("the middle key")?;
        let reference = key("the reference key")?;
        let frequency: f64 = lines.number("the reference frequency")?;
        if !(1.0..=20_000.0).contains(&frequency) {
            return Err(lines.wrong(&format!("a frequency is 1 to 20000 Hz, not {frequency}")));
        }
        let period: i32 = lines.number("the degree that the map repeats after")?;
        if period.unsigned_abs() as usize > MOST_DEGREES {
            return Err(lines.wrong(&format!("no scale has a degree {period}")));
        }
        let mut degrees = Vec::with_capacity(size);
        for _ in 0..size {
            // Keys at the end of the map may be left out.
            let Ok(line) = lines.next("a key's degree") else {
                degrees.resize(size, None);
                break;
            };
            let word = line.split_whitespace().next().unwrap_or("");
            degrees.push(match word {
                "x" | "X" => None,
                word => match word.parse::<i32>() {
                    Ok(degree) if degree.unsigned_abs() as usize <= MOST_DEGREES => Some(degree),
                    _ => {
                        return Err(lines.wrong(&format!("`{word}` is neither a degree nor x")));
                    }
                },
            });
        }
        if degrees.iter().all(Option::is_none) && size > 0 {
            return Err(lines.wrong("no key of the map plays a degree"));
        }
        Ok(KeyboardMap {
            keys: first..=last,
            middle,
            reference,
            frequency,
            period,
            degrees,
        })
    }

    /// The degree a key plays. A key that plays none takes the next lower key's that does.
    fn degree(&self, key: i32, scale: &Scale) -> i32 {
        let distance = key - self.middle;
        let size = self.degrees.len() as i32;
        if size == 0 {
            return distance;
        }
        let period = if self.period == 0 {
            scale.degrees.len() as i32
        } else {
            self.period
        };
        (0..=size)
            .find_map(|lower| {
                let distance = distance - lower;
                let degree = self.degrees[distance.rem_euclid(size) as usize]?;
                Some(distance.div_euclid(size) * period + degree)
            })
            .unwrap_or(0)
    }
}

/// The tuning of a scale on a keyboard.
pub fn tuning(scale: &Scale, map: &KeyboardMap) -> Tuning {
    let usual = Tuning::default();
    let reference = scale.octaves(map.degree(map.reference, scale));
    Tuning::from_fn(|key| {
        // Keys beyond MIDI's, which transposition reaches, go on like those inside.
        if (0..=127).contains(&key) && !map.keys.contains(&key) {
            return usual.pitch(key);
        }
        let octaves = map.frequency.log2() + scale.octaves(map.degree(key, scale)) - reference;
        // From a 250th of a hertz to 131 kHz; what can be heard is inside.
        (octaves.clamp(-8.0, 17.0) * f64::from(1 << 24)).round() as i32
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const EQUAL: &str = "! 12.scl\n!\nTwelve equal steps\n 12\n!\n100.0\n200.\n300.0 cents\n400.0\n\
        500.0\n600.0\n700.0\n800.0\n900.0\n1000.0\n1100.0\n2/1\n";

    #[test]
    fn twelve_equal_steps_are_the_usual_tuning() {
        let scale = Scale::parse(EQUAL).unwrap();
        let tuning = tuning(&scale, &KeyboardMap::default());
        for key in -24..152 {
            let error = tuning.pitch(key) - Tuning::default().pitch(key);
            // Dexed's semitone is cut off at 2^-24 octaves.
            assert!(error.abs() < 64, "key {key}: {error}");
        }
    }

    #[test]
    fn maps_leave_keys_out_and_move_the_reference() {
        let just = Scale::parse("just\n3\n5/4\n3/2\n2\n").unwrap();
        let map = KeyboardMap::parse("3\n0\n127\n60\n60\n256.0\n3\n0\nx\n2\n").unwrap();
        let tuning = tuning(&just, &map);
        let hertz = |key| (f64::from(tuning.pitch(key)) / f64::from(1 << 24)).exp2();
        for (key, expected) in [
            (60, 256.0),
            (61, 256.0),
            (62, 384.0),
            (63, 512.0),
            (57, 128.0),
        ] {
            assert!(
                (hertz(key) - expected).abs() < 0.01,
                "key {key}: {} Hz",
                hertz(key)
            );
        }
    }

    #[test]
    fn mistakes_are_named_with_their_line() {
        let scale = |text| Scale::parse(text).unwrap_err().to_string();
        assert_eq!(scale(""), "line 0: the file ends before the description");
        assert_eq!(
            scale("x\ntwelve\n"),
            "line 2: the number of degrees should be here, not `twelve`"
        );
        assert_eq!(
            scale("x\n0\n"),
            "line 2: a scale has 1 to 4096 degrees, not 0"
        );
        assert_eq!(
            scale("x\n! a comment\n2\n100.0\nfifth\n"),
            "line 5: `fifth` is neither cents (701.955) nor a ratio (3/2)"
        );
        assert_eq!(
            scale("x\n2\n100.0\n"),
            "line 3: the file ends before degree 2 of 2"
        );
        assert_eq!(
            scale("x\n1\n1/0\n"),
            "line 3: `1/0` is neither cents (701.955) nor a ratio (3/2)"
        );
        let map = |text| KeyboardMap::parse(text).unwrap_err().to_string();
        assert_eq!(
            map("0\n0\n200\n"),
            "line 3: the last key is 0 to 127, not 200"
        );
        assert_eq!(
            map("1\n0\n127\n60\n69\n440\n12\nx\n"),
            "line 8: no key of the map plays a degree"
        );
    }
}
