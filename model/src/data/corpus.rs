//! [`Corpus`]: the patches that the model learns from, without the doubles and the silent ones.

use std::collections::HashSet;
use std::fmt;

use presets::{PACKED_LEN, Parameter, Patch};

/// Distinct patches, and a count of everything that was left out or repaired.
///
/// The name plays no part: two patches with the same 145 values are the same patch.
#[derive(Clone, Debug, Default)]
pub struct Corpus {
    /// In the order in which they were added; the first of several equal ones is the one kept.
    pub patches: Vec<Patch>,
    /// What became of the others.
    pub report: Report,
    seen: HashSet<[u8; Parameter::COUNT]>,
}

/// What happened while a [`Corpus`] was gathered, in patches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// How many were offered.
    pub read: usize,
    /// Out-of-range bytes were repaired; these are kept (if they are neither of the next two).
    pub repaired: usize,
    /// Equal to an earlier one; dropped.
    pub duplicate: usize,
    /// Never sound at the analysed note; dropped.
    pub silent: usize,
}

impl Corpus {
    /// Adds the voices of a raw packed file, 128 bytes each and no header.
    ///
    /// # Errors
    /// If the length is not a whole number of voices; nothing has been added then.
    pub fn add_packed(&mut self, bytes: &[u8]) -> Result<(), NotWhole> {
        let (voices, rest) = bytes.as_chunks::<PACKED_LEN>();
        if !rest.is_empty() {
            return Err(NotWhole(bytes.len()));
        }
        for voice in voices {
            let (patch, cleaning) = Patch::from_packed(voice);
            self.add(&patch, !cleaning.is_clean());
        }
        Ok(())
    }

    /// Adds a patch, unless it is there already. `repaired` says that its bytes were not in order.
    pub fn add(&mut self, patch: &Patch, repaired: bool) {
        self.report.read += 1;
        self.report.repaired += usize::from(repaired);
        if self.seen.insert(*patch.values()) {
            self.patches.push(*patch);
        } else {
            self.report.duplicate += 1;
        }
    }

    /// Drops the patches for which `sounds` is false: it has one entry for each patch.
    pub fn keep_sounding(&mut self, sounds: &[bool]) {
        assert_eq!(sounds.len(), self.patches.len(), "one answer per patch");
        let mut sounds = sounds.iter();
        self.patches
            .retain(|_| sounds.next().copied().unwrap_or_default());
        self.report.silent += sounds_lost(self.report, self.patches.len());
    }
}

/// How many of the distinct patches are no longer there, beyond those already counted as silent.
fn sounds_lost(report: Report, left: usize) -> usize {
    report.read - report.duplicate - report.silent - left
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} patches read, {} repaired, {} duplicates and {} silent ones dropped, {} kept",
            self.read,
            self.repaired,
            self.duplicate,
            self.silent,
            self.read - self.duplicate - self.silent,
        )
    }
}

/// A raw packed file whose length, in bytes, is not a multiple of 128.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotWhole(pub usize);

impl fmt::Display for NotWhole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} bytes are not a whole number of voices of {PACKED_LEN} bytes: \
             is this a raw packed file, or a .syx under another name",
            self.0
        )
    }
}

impl std::error::Error for NotWhole {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_sounds_are_kept_once_whatever_their_names() {
        let mut renamed = Patch::INIT;
        renamed.set_name("OTHER");
        let mut other = Patch::INIT;
        other.set(Parameter::FEEDBACK, 3);
        let mut corpus = Corpus::default();
        let bytes = [Patch::INIT, renamed, other].map(|patch| patch.to_packed());
        corpus.add_packed(bytes.as_flattened()).unwrap();
        assert_eq!(corpus.patches, [Patch::INIT, other]);
        corpus.keep_sounding(&[false, true]);
        assert_eq!(corpus.patches, [other]);
        let report = corpus.report;
        assert_eq!((report.read, report.duplicate, report.silent), (3, 1, 1));
    }

    #[test]
    fn out_of_range_bytes_are_repaired_and_counted() {
        let mut bytes = Patch::INIT.to_packed();
        bytes[0] = 120;
        let mut corpus = Corpus::default();
        corpus.add_packed(&bytes).unwrap();
        assert_eq!(corpus.report.repaired, 1);
        assert_eq!(corpus.patches[0].values()[0], 99);
    }

    #[test]
    fn half_a_voice_is_an_error() {
        let mut corpus = Corpus::default();
        assert_eq!(corpus.add_packed(&[0; 200]), Err(NotWhole(200)));
        assert!(corpus.patches.is_empty());
    }
}
