//! Any bytes as an archive and as a row of SPINVAE's database: no panic, and no more than is there.
//! `MUTATIONS=1000000` asks for more than every day.

use std::io::{Cursor, Write};

use super::super::npy;
use super::*;
use crate::{Cartridge, factory};

const INPUTS: usize = 3_000;

fn inputs() -> usize {
    std::env::var("MUTATIONS").map_or(INPUTS, |n| n.parse().unwrap())
}

/// Xorshift: quick, and the same everywhere.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end as u64) as usize
    }

    fn mutate(&mut self, bytes: &mut Vec<u8>) {
        for _ in 0..1 + self.below(4) {
            if bytes.is_empty() {
                return;
            }
            let at = self.below(bytes.len());
            match self.below(7) {
                0..3 => bytes[at] = self.below(256) as u8,
                3 => bytes[at] ^= 1 << self.below(8),
                4 => drop(bytes.drain(at..(at + 1 + self.below(40)).min(bytes.len()))),
                5 if self.below(4) == 0 => bytes.truncate(at),
                _ => {
                    let piece = bytes[at..(at + self.below(60)).min(bytes.len())].to_vec();
                    bytes.splice(at..at, piece);
                }
            }
        }
    }
}

fn zipped() -> Vec<u8> {
    let patches: Vec<_> = factory::all().iter().map(|found| found.patch).collect();
    let bank = Cartridge::new(&patches[..32]).unwrap().to_sysex(0);
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, method, bytes) in [
        (
            "a/one.syx",
            zip::CompressionMethod::Stored,
            sysex::single(&patches[0], 0).to_vec(),
        ),
        ("bank.syx", zip::CompressionMethod::Deflated, bank.to_vec()),
        (
            "readme.txt",
            zip::CompressionMethod::Stored,
            b"hello".to_vec(),
        ),
    ] {
        let options = zip::write::SimpleFileOptions::default().compression_method(method);
        writer.start_file(name, options).unwrap();
        writer.write_all(&bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// Voices read from an archive, and what was noted.
fn read(bytes: &[u8]) -> Result<usize, String> {
    let (mut notes, mut voices) = (Vec::new(), 0);
    let taken = archive(
        Cursor::new(bytes),
        MAX_BYTES,
        "folder",
        &mut notes,
        |bank| {
            voices += bank.voices.len();
            Ok::<(), ()>(())
        },
    )?;
    assert!(taken.is_ok() && notes.iter().all(|note| !note.is_empty()));
    Ok(voices)
}

#[test]
fn no_bytes_upset_what_reads_archives() {
    let whole = zipped();
    assert_eq!(read(&whole), Ok(33));
    let mut random = Random(0x1234_5678_9ABC_DEF1);
    let (mut some, mut refused) = (0, 0);
    for _ in 0..inputs() {
        let mut bytes = whole.clone();
        random.mutate(&mut bytes);
        match read(&bytes) {
            Ok(voices) => {
                // Doubled directories name a member more than once, but none more than they are.
                assert!(voices <= 33 * 8, "{voices}");
                some += 1;
            }
            Err(reason) => {
                assert!(!reason.is_empty());
                refused += 1;
            }
        }
    }
    println!("{} archives: {some} read, {refused} refused", inputs());
    assert!(some > inputs() / 100 && refused > inputs() / 100);
}

#[test]
fn what_an_archive_unpacks_into_is_bounded() {
    let (mut notes, mut voices) = (Vec::new(), 0);
    let taken = archive(Cursor::new(zipped()), 1000, "", &mut notes, |bank| {
        voices += bank.voices.len();
        Ok::<(), ()>(())
    });
    assert_eq!((taken, voices), (Ok(Ok(())), 1));
    let [longer, rest] = &notes[..] else {
        panic!("{notes:?}");
    };
    assert_eq!(longer, "bank.syx: more than 256 MiB are not read");
    assert_eq!(rest, "only its first 256 MiB were read");
}

#[test]
fn no_bytes_upset_what_reads_arrays() {
    let header =
        b"\x93NUMPY\x01\x00\x76\x00{'descr': '<f4', 'fortran_order': False, 'shape': (155,), }";
    let mut whole = header.to_vec();
    whole.resize(10 + 0x76, b' ');
    whole.extend((0..155u8).flat_map(|n| f32::from(n).to_le_bytes()));
    assert_eq!(npy::read::<155>(&whole).unwrap()[7], 7.0);
    let mut random = Random(0xFEDC_BA98_7654_3210);
    let (mut some, mut refused) = (0, 0);
    for _ in 0..inputs() {
        let mut bytes = whole.clone();
        random.mutate(&mut bytes);
        match npy::read::<155>(&bytes) {
            Ok(_) => some += 1,
            Err(reason) => {
                assert!(!reason.is_empty());
                refused += 1;
            }
        }
    }
    println!("{} arrays: {some} read, {refused} refused", inputs());
    assert!(some > inputs() / 100 && refused > inputs() / 100);
}
