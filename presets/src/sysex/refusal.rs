//! [`Refusal`]: why there are no patches in some bytes, and what is there instead.

use std::fmt;

use super::report::{count, several};
use super::{Foreign, Import, bare};
use crate::patch::PACKED_LEN;

/// There are no DX7 voices in the bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    what: What,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum What {
    Empty,
    /// Sysex messages, none of them with DX7 voices.
    Foreign(Vec<(Foreign, usize)>),
    /// A file of a known other kind.
    Known(&'static str),
    /// Bytes without any message that would make sense as packed voices.
    MaybePacked {
        voices: usize,
    },
    /// Bytes without any message; how many.
    Unknown(usize),
    /// Fewer bytes than a packed voice.
    TooShort(usize),
    /// Meant to be packed voices, but they begin with a sysex message.
    HasHeader,
    /// Meant to be packed voices, but the values are not those of voices.
    NotVoices {
        voices: usize,
    },
}

impl Refusal {
    pub(super) fn of(bytes: &[u8], import: &Import) -> Refusal {
        let what = if bytes.is_empty() {
            What::Empty
        } else if let Some(kind) = known(bytes) {
            What::Known(kind)
        } else if import
            .foreign
            .iter()
            .any(|(kind, _)| *kind != Foreign::Empty)
        {
            What::Foreign(import.foreign.clone())
        } else if bytes.len().is_multiple_of(PACKED_LEN) && bare(bytes).is_plausible() {
            let voices = bytes.len() / PACKED_LEN;
            What::MaybePacked { voices }
        } else {
            What::Unknown(bytes.len())
        };
        Refusal { what }
    }

    pub(super) fn of_packed(bytes: &[u8], bare: &Import) -> Refusal {
        let what = if bytes.is_empty() {
            What::Empty
        } else if let Some(kind) = known(bytes) {
            What::Known(kind)
        } else if bytes.len() < PACKED_LEN {
            What::TooShort(bytes.len())
        } else if bytes.starts_with(&[0xF0]) {
            What::HasHeader
        } else {
            let voices = bare.patches.len();
            What::NotVoices { voices }
        };
        Refusal { what }
    }
}

/// The kind of a file by how it begins, for those that lie among DX7 voices or are dropped by
/// mistake.
fn known(bytes: &[u8]) -> Option<&'static str> {
    const STARTS: [(&[u8], &str); 9] = [
        (b"MThd", "a MIDI file without DX7 voices in it"),
        (b"PK\x03\x04", "a zip archive: unpack it first"),
        (b"\x1F\x8B", "a gzip archive: unpack it first"),
        (b"Rar!", "a rar archive: unpack it first"),
        (b"7z\xBC\xAF", "a 7z archive: unpack it first"),
        (b"RIFF", "a RIFF file, such as WAV audio"),
        (b"SQLite format 3", "an SQLite database"),
        (b"\x89PNG", "a PNG picture"),
        (b"%PDF", "a PDF document"),
    ];
    let start = STARTS.iter().find(|(start, _)| bytes.starts_with(start));
    let text = || {
        let printable = |c: char| !c.is_control() || c.is_whitespace();
        let text = std::str::from_utf8(bytes).is_ok_and(|text| text.chars().all(printable));
        text.then_some("a text file")
    };
    start.map(|&(_, kind)| kind).or_else(text)
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.what {
            What::Empty => f.write_str("no DX7 voices: it is empty"),
            What::Known(kind) => write!(f, "no DX7 voices: it is {kind}"),
            What::Foreign(found) => {
                f.write_str("no DX7 voices: found only ")?;
                for (i, (kind, times)) in found.iter().enumerate() {
                    let mark = if i == 0 { "" } else { "; " };
                    write!(f, "{mark}{}", several(*times, *kind))?;
                }
                Ok(())
            }
            What::MaybePacked { voices } => write!(
                f,
                "no sysex message, but it could be {} without a header: \
                 give the file a name that ends in .bin to read it so",
                count(*voices, "packed voice", "packed voices")
            ),
            What::Unknown(bytes) => write!(
                f,
                "no DX7 voices: no sysex message in {}, and they are not a bare bank of 4096 bytes",
                count(*bytes, "byte", "bytes")
            ),
            What::TooShort(bytes) => write!(
                f,
                "no DX7 voices: {} is less than a packed voice of {PACKED_LEN}",
                count(*bytes, "byte", "bytes")
            ),
            What::HasHeader => f.write_str(
                "not packed voices: it begins with a sysex message; \
                 give the file a name that ends in .syx to read it so",
            ),
            What::NotVoices { voices } => write!(
                f,
                "no DX7 voices: read as {}, most names or too many values make no sense",
                count(*voices, "packed voice", "packed voices")
            ),
        }
    }
}

impl std::error::Error for Refusal {}
