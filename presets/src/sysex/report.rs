//! The words for what was read: [`Import`] and its parts as text.

use std::fmt::{self, Display, Formatter};

use super::{Fault, Foreign, Import, Imported, Layout, Source};

/// How many parameters of a patch a report names one by one.
const NAMED_PARAMETERS: usize = 4;

impl Display for Import {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.summary())?;
        for source in &self.sources {
            if self.sources.len() > 1 || !source.faults.is_empty() {
                write!(
                    f,
                    "\n{source}: {}",
                    count(source.voices, "patch", "patches")
                )?;
                for fault in &source.faults {
                    write!(f, ", {fault}")?;
                }
            }
        }
        for found in self.cleaned() {
            let several = self.sources.len() > 1;
            f.write_str("\n")?;
            if several {
                write!(f, "{}, ", self.sources[found.source])?;
            }
            write!(f, "{found}")?;
        }
        for (kind, times) in &self.foreign {
            write!(f, "\nleft out: {}", several(*times, *kind))?;
        }
        if self.stray_bytes > 0 {
            write!(
                f,
                "\nleft out: {} outside of any message",
                count(self.stray_bytes, "byte", "bytes")
            )?;
        }
        Ok(())
    }
}

impl Import {
    /// One line: how many patches, and how many of them had to be changed.
    pub fn summary(&self) -> String {
        let patches = count(self.patches.len(), "patch", "patches");
        match self.cleaned().count() {
            0 => patches,
            cleaned => format!("{patches}, {cleaned} of them changed to bring them into range"),
        }
    }
}

/// `#3 "E.PIANO 1": OP2 F COARSE was 40, is now 31`, counted from 1.
impl Display for Imported {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "#{} {:?}", self.number + 1, self.patch.name())?;
        let clamped = &self.cleaning.clamped;
        for (i, (parameter, found)) in clamped.iter().take(NAMED_PARAMETERS).enumerate() {
            let (mark, now) = (if i == 0 { ":" } else { "," }, self.patch.get(*parameter));
            write!(f, "{mark} {parameter} was {found}, is now {now}")?;
        }
        if clamped.len() > NAMED_PARAMETERS {
            write!(f, ", and {} more", clamped.len() - NAMED_PARAMETERS)?;
        }
        if self.cleaning.stray_bits {
            let mark = if clamped.is_empty() { ":" } else { "," };
            write!(f, "{mark} bits that mean nothing were dropped")?;
        }
        Ok(())
    }
}

/// `bank at byte 0 (channel 1)`.
impl Display for Source {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let layout = match self.layout {
            Layout::Bank => "bank",
            Layout::Single => "single voice",
            Layout::Bare => "voices without a header",
        };
        write!(f, "{layout} at byte {}", self.offset)?;
        match self.channel {
            Some(channel) => write!(f, " (channel {})", channel + 1),
            None => Ok(()),
        }
    }
}

impl Display for Fault {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Checksum { stated, computed } => write!(
                f,
                "its checksum is {stated:#04x} where its data give {computed:#04x}: \
                 listen before you trust it"
            ),
            Fault::NoChecksum => f.write_str("it has no checksum"),
            Fault::Count { stated } => write!(f, "its header speaks of {stated} bytes"),
            Fault::Truncated { missing, voices } => write!(
                f,
                "it is {} short: only {} whole",
                count(*missing, "byte", "bytes"),
                count(*voices, "voice is", "voices are")
            ),
            Fault::Surplus(bytes) => {
                write!(f, "{} too many", count(*bytes, "byte is", "bytes are"))
            }
            Fault::NoEnd => f.write_str("its end (F7) is missing"),
        }
    }
}

impl Display for Foreign {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Foreign::CutOff => "DX7 dump that breaks off before its first voice is whole",
            Foreign::FourOperatorBank => {
                "bank of a four-operator synth (TX81Z, DX21, DX27, DX100), which is not supported"
            }
            Foreign::FourOperatorVoice => {
                "voice of a four-operator synth (TX81Z, DX21, DX27, DX100), which is not supported"
            }
            Foreign::Supplement => {
                "supplement to DX7II or TX802 voices (ACED or AMEM), which a DX7 does not have"
            }
            Foreign::Performance => "dump of performances or function settings",
            Foreign::NamedYamaha => {
                "named Yamaha dump (system, tuning or performances of a later model)"
            }
            Foreign::OtherYamaha => "Yamaha message of another kind",
            Foreign::ParameterChange => "parameter change",
            Foreign::DumpRequest => "dump request",
            Foreign::Maker(number) => match maker(*number) {
                Some(name) => return write!(f, "message of {name}"),
                None => return write!(f, "message of manufacturer {number:#04x}"),
            },
            Foreign::Empty => "empty message",
        })
    }
}

/// Who has a one-byte manufacturer's number; those whose files lie among DX7 voices.
fn maker(number: u8) -> Option<&'static str> {
    Some(match number {
        0x00 => "a manufacturer with a three-byte number",
        0x01 => "Sequential",
        0x04 => "Moog",
        0x06 => "Lexicon",
        0x07 => "Kurzweil",
        0x0F => "Ensoniq",
        0x10 => "Oberheim",
        0x18 => "E-mu",
        0x29 => "PPG",
        0x33 => "Clavia",
        0x3E => "Waldorf",
        0x40 => "Kawai",
        0x41 => "Roland",
        0x42 => "Korg",
        0x44 => "Casio",
        0x47 => "Akai",
        0x7D => "no manufacturer (the number for experiments)",
        0x7E | 0x7F => "the MIDI standard (universal)",
        _ => return None,
    })
}

/// `1 patch`, `2 patches`.
pub(super) fn count(number: usize, one: &str, more: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { more })
}

/// `dump request`, `dump request (12 times)`.
pub(super) fn several(times: usize, kind: Foreign) -> String {
    if times == 1 {
        kind.to_string()
    } else {
        format!("{kind} ({times} times)")
    }
}
