//! Random and mutated bytes for the reader: no panic, and what it returns is consistent. The number
//! of inputs is bounded for every day; `MUTATIONS=10000000` in the environment asks for more. The
//! seed is fixed, so that a failure repeats.

use presets::sysex::{self, Import};
use presets::{Cartridge, Parameter, Patch, factory};

const INPUTS: usize = 2_000_000;

/// Xorshift: quick, and the same everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    fn byte(&mut self) -> u8 {
        (self.next() >> 32) as u8
    }

    /// Bytes that often look like the beginnings and ends of messages.
    fn soup(&mut self, bytes: &mut Vec<u8>) {
        const INGREDIENTS: [&[u8]; 10] = [
            &[0xF0],
            &[0xF7],
            &[0xF0, 0x43, 0x00, 0x09, 0x20, 0x00],
            &[0xF0, 0x43, 0x0F, 0x00, 0x01, 0x1B],
            &[0xF0, 0x43, 0x00],
            &[0xF0, 0x43, 0x00, 0x04, 0x20, 0x00],
            &[0xF0, 0x41],
            b"MThd",
            &[0xFE, 0xF8],
            &[0; 40],
        ];
        for _ in 0..self.below(12) {
            match self.below(3) {
                0 => bytes.extend(INGREDIENTS[self.below(INGREDIENTS.len())]),
                1 => (0..self.below(20)).for_each(|_| bytes.push(self.byte())),
                _ => (0..self.below(200)).for_each(|_| bytes.push(self.byte() & 0x7F)),
            }
        }
    }

    /// Changes, takes out, doubles and cuts.
    fn mutate(&mut self, bytes: &mut Vec<u8>) {
        for _ in 0..1 + self.below(4) {
            if bytes.is_empty() {
                return;
            }
            let at = self.below(bytes.len());
            match self.below(7) {
                0 => bytes[at] = self.byte(),
                1 => bytes[at] ^= 1 << self.below(8),
                2 => bytes.insert(at, [0xF0, 0xF7, 0xFE, 0x43][self.below(4)]),
                3 => bytes.truncate(at),
                4 => drop(bytes.drain(at..(at + 1 + self.below(200)).min(bytes.len()))),
                5 => drop(bytes.drain(..at.min(16))),
                _ => {
                    let piece = bytes[at..(at + self.below(300)).min(bytes.len())].to_vec();
                    bytes.splice(at..at, piece);
                }
            }
        }
    }
}

#[test]
fn no_bytes_upset_the_reader() {
    let inputs = std::env::var("MUTATIONS").map_or(INPUTS, |n| n.parse().unwrap());
    let patches: Vec<Patch> = factory::all().iter().map(|found| found.patch).collect();
    let bank = Cartridge::new(&patches[..32]).unwrap().to_sysex(3);
    let mut random = Random(0x1234_5678_9ABC_DEF1);
    let mut bytes = Vec::new();
    let (mut read, mut refused) = (0, 0);
    for input in 0..inputs {
        bytes.clear();
        match random.below(16) {
            0..8 => random.soup(&mut bytes),
            8..15 => {
                let patch = &patches[random.below(patches.len())];
                bytes.extend(sysex::single(patch, random.byte()));
                random.mutate(&mut bytes);
            }
            _ => {
                bytes.extend(bank);
                random.mutate(&mut bytes);
            }
        }
        for result in [sysex::read(&bytes), sysex::read_packed(&bytes)] {
            match result {
                Ok(import) => {
                    check(&import, &bytes, input % 32 == 0);
                    read += 1;
                }
                Err(refusal) => {
                    assert!(input % 32 != 0 || refusal.to_string().contains("no"));
                    refused += 1;
                }
            }
        }
    }
    println!("{inputs} inputs: {read} read, {refused} refused");
    assert!(
        read > inputs / 20 && refused > inputs / 20,
        "{read} read, {refused} refused"
    );
}

/// What must be true of anything that was read from `bytes`.
#[track_caller]
fn check(import: &Import, bytes: &[u8], report: bool) {
    assert!(!import.patches.is_empty());
    assert!(import.patches.len() <= bytes.len() / 128);
    assert!(import.stray_bytes <= bytes.len());
    let voices: usize = import.sources.iter().map(|source| source.voices).sum();
    assert_eq!(voices, import.patches.len());
    for found in &import.patches {
        let source = &import.sources[found.source];
        assert!(found.number < source.voices && source.offset < bytes.len());
        assert!(Parameter::all().all(|p| found.patch.get(p) <= p.spec().max));
    }
    if report {
        assert!(import.to_string().starts_with(&import.summary()));
    }
}
