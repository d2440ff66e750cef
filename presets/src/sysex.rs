//! Reading and writing DX7 voices as MIDI system exclusive data.
//!
//! [`read`] takes any bytes: banks, single voices, several messages in a file, a bare bank without
//! a header, with damage and with foreign bytes around and between. [`read_packed`] takes bare
//! packed voices one after another. Neither panics, both need memory in proportion to the input,
//! and what they had to change, to guess or to leave out is in the [`Import`] they return.
//!
//! Sources: the layouts are those of Yamaha's DX7 and DX7s manuals (MIDI data format).

mod message;
mod refusal;
mod report;

use crate::patch::{Cleaning, PACKED_LEN, Patch, UNPACKED_LEN};
use message::{Body, Piece};

pub use message::{Fault, Foreign};
pub use refusal::Refusal;

/// Voices of a bank.
pub const BANK_VOICES: usize = 32;
/// Bytes of a bank without header, checksum and end.
pub const BANK_DATA_LEN: usize = BANK_VOICES * PACKED_LEN;
/// Bytes of a bank message, `F0` and `F7` included.
pub const BANK_LEN: usize = BANK_DATA_LEN + 8;
/// Bytes of a single-voice message, `F0` and `F7` included.
pub const SINGLE_LEN: usize = UNPACKED_LEN + 8;

/// What was read: at least one patch, and all there is to say about how.
///
/// Its `Display` is a report for a person, one line for each message, for each changed patch and
/// for each kind of foreign data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// The patches, in the order of the input.
    pub patches: Vec<Imported>,
    /// Where they came from, in the order of the input.
    pub sources: Vec<Source>,
    /// Messages that hold no DX7 voice: of each kind how many there were.
    pub foreign: Vec<(Foreign, usize)>,
    /// Bytes that belong to no message.
    pub stray_bytes: usize,
}

/// A patch and where it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imported {
    /// The patch, in range.
    pub patch: Patch,
    /// Which of [`Import::sources`] it came from, counted from 0.
    pub source: usize,
    /// Its place in that source, counted from 0.
    pub number: usize,
    /// What was changed to bring it into range.
    pub cleaning: Cleaning,
}

/// A stretch of the input that holds patches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// How the patches lay there.
    pub layout: Layout,
    /// The place of its first byte in the input.
    pub offset: usize,
    /// The MIDI channel it was sent on, 0 to 15; `None` for bare data.
    pub channel: Option<u8>,
    /// How many patches came from it.
    pub voices: usize,
    /// What was wrong with it.
    pub faults: Vec<Fault>,
}

/// How patches lie in a stretch of the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// A 32-voice bank message.
    Bank,
    /// A single-voice message.
    Single,
    /// Packed voices without any header.
    Bare,
}

impl Import {
    fn empty() -> Import {
        Import {
            patches: Vec::new(),
            sources: Vec::new(),
            foreign: Vec::new(),
            stray_bytes: 0,
        }
    }

    /// Whether the input was in order as it was: no faults, nothing changed, nothing left out.
    pub fn is_clean(&self) -> bool {
        self.foreign.is_empty()
            && self.stray_bytes == 0
            && self.sources.iter().all(|source| source.faults.is_empty())
            && self.cleaned().next().is_none()
    }

    /// The patches that had to be changed to bring them into range.
    pub fn cleaned(&self) -> impl Iterator<Item = &Imported> {
        self.patches
            .iter()
            .filter(|found| !found.cleaning.is_clean())
    }

    /// Adds a source and its patches.
    fn add(&mut self, source: Source, patches: impl Iterator<Item = (Patch, Cleaning)>) {
        let before = self.patches.len();
        let index = self.sources.len();
        self.patches.extend(
            patches
                .enumerate()
                .map(|(number, (patch, cleaning))| Imported {
                    patch,
                    source: index,
                    number,
                    cleaning,
                }),
        );
        let voices = self.patches.len() - before;
        self.sources.push(Source { voices, ..source });
    }

    fn add_foreign(&mut self, kind: Foreign) {
        match self.foreign.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, count)) => *count += 1,
            None => self.foreign.push((kind, 1)),
        }
    }

    /// A share of the values that no DX7 would write, from 0 to 1; and the share of voices whose
    /// names can be read.
    fn plausibility(&self) -> (f64, f64) {
        let voices = self.patches.len().max(1) as f64;
        let values = voices * crate::Parameter::COUNT as f64;
        let clamped: usize = self.patches.iter().map(|p| p.cleaning.clamped.len()).sum();
        let named = self
            .patches
            .iter()
            .filter(|p| p.patch.name_bytes().iter().all(|&byte| byte >= b' '))
            .count();
        (clamped as f64 / values, named as f64 / voices)
    }

    /// Whether bare bytes are voices rather than anything else: at most one value in ten is out of
    /// range (noise has 14 % of them), and a quarter of the names can be read. Every stretch of 32
    /// voices in a collection of 26,260 from the wild passes; text and noise do not.
    fn is_plausible(&self) -> bool {
        let (out_of_range, named) = self.plausibility();
        !self.patches.is_empty() && out_of_range <= 0.1 && named >= 0.25
    }
}

/// Reads any bytes: every DX7 bank and single voice in them, or, if there is no message at all and
/// they are 4096 bytes, a bare bank.
///
/// A wrong checksum is reported, and the voices are taken. Of a truncated bank the whole voices are
/// taken. MIDI real-time bytes inside a message are dropped; in a standard MIDI file the lengths
/// before its system exclusive data are passed over.
///
/// # Errors
/// A [`Refusal`] that says what the bytes are instead, if there is no voice in them.
pub fn read(bytes: &[u8]) -> Result<Import, Refusal> {
    let mut import = Import::empty();
    for piece in message::pieces(bytes) {
        match piece {
            Piece::Stray(length) => import.stray_bytes += length,
            Piece::Foreign(kind) => import.add_foreign(kind),
            Piece::Voices {
                offset,
                channel,
                body,
                faults,
            } => {
                let source = |layout| Source {
                    layout,
                    offset,
                    channel: Some(channel),
                    voices: 0,
                    faults,
                };
                match body {
                    Body::Single(voice) => {
                        let patch = std::iter::once(Patch::from_unpacked(&voice));
                        import.add(source(Layout::Single), patch);
                    }
                    Body::Bank(voices) => import.add(source(Layout::Bank), packed(&voices)),
                }
            }
        }
    }
    if !import.patches.is_empty() {
        return Ok(import);
    }
    if bytes.len() == BANK_DATA_LEN {
        let bare = bare(bytes);
        if bare.is_plausible() {
            return Ok(bare);
        }
    }
    Err(Refusal::of(bytes, &import))
}

/// Reads packed voices of 128 bytes each, one after another without header or checksum, as in a
/// `.bin` collection. Bytes after the last whole voice are reported as stray.
///
/// # Errors
/// A [`Refusal`] if there is no whole voice, or if the bytes are plainly something else.
pub fn read_packed(bytes: &[u8]) -> Result<Import, Refusal> {
    let bare = bare(bytes);
    if bare.is_plausible() {
        Ok(bare)
    } else {
        Err(Refusal::of_packed(bytes, &bare))
    }
}

fn bare(bytes: &[u8]) -> Import {
    let mut import = Import::empty();
    import.stray_bytes = bytes.len() % PACKED_LEN;
    let source = Source {
        layout: Layout::Bare,
        offset: 0,
        channel: None,
        voices: 0,
        faults: Vec::new(),
    };
    import.add(source, packed(bytes));
    import
}

/// The whole packed voices at the beginning of some bytes.
fn packed(bytes: &[u8]) -> impl Iterator<Item = (Patch, Cleaning)> {
    bytes
        .as_chunks::<PACKED_LEN>()
        .0
        .iter()
        .map(Patch::from_packed)
}

/// The single-voice message of a patch, for a DX7 on that MIDI channel (0 to 15, only the low four
/// bits count).
pub fn single(patch: &Patch, channel: u8) -> [u8; SINGLE_LEN] {
    let mut bytes = [0; SINGLE_LEN];
    bytes[..6].copy_from_slice(&[0xF0, 0x43, channel & 0x0F, 0x00, 0x01, 0x1B]);
    bytes[6..6 + UNPACKED_LEN].copy_from_slice(&patch.to_unpacked());
    bytes[SINGLE_LEN - 2] = checksum(&bytes[6..6 + UNPACKED_LEN]);
    bytes[SINGLE_LEN - 1] = 0xF7;
    bytes
}

/// What makes the sum of the data and itself a multiple of 128.
pub(crate) fn checksum(data: &[u8]) -> u8 {
    let sum = data.iter().fold(0u8, |sum, &byte| sum.wrapping_add(byte));
    sum.wrapping_neg() & 0x7F
}
