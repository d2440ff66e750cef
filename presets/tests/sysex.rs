//! Sysex in and out: every layout, every kind of damage, and the words for it.

use presets::cartridge::{Cartridge, TooManyPatches};
use presets::sysex::{self, BANK_LEN, Fault, Foreign, Import, Layout, SINGLE_LEN};
use presets::{Parameter, Patch};

/// Patches that differ in every value, named P0, P1 ...
fn patches(count: usize) -> Vec<Patch> {
    (0..count)
        .map(|n| {
            let mut patch = Patch::INIT;
            for (i, parameter) in Parameter::all().enumerate() {
                let range = usize::from(parameter.spec().max) + 1;
                patch.set(parameter, ((i * 37 + n * 11) % range) as u8);
            }
            patch.set_name(&format!("P{n}"));
            patch
        })
        .collect()
}

fn bank() -> Vec<u8> {
    Cartridge::new(&patches(32)).unwrap().to_sysex(0).to_vec()
}

fn single() -> Vec<u8> {
    sysex::single(&patches(1)[0], 0).to_vec()
}

fn read_patches(import: &Import) -> Vec<Patch> {
    import.patches.iter().map(|found| found.patch).collect()
}

#[test]
fn what_is_written_is_read_back_clean() {
    for channel in [0, 7, 15] {
        let bytes = sysex::single(&patches(1)[0], channel);
        assert_eq!(bytes.len(), 163);
        let import = sysex::read(&bytes).unwrap();
        assert!(import.is_clean(), "{import}");
        assert_eq!(read_patches(&import), patches(1));
        assert_eq!(import.sources[0].channel, Some(channel));
        assert_eq!(import.sources[0].layout, Layout::Single);

        let bytes = Cartridge::new(&patches(32)).unwrap().to_sysex(channel);
        assert_eq!(bytes.len(), 4104);
        let import = sysex::read(&bytes).unwrap();
        assert!(import.is_clean(), "{import}");
        assert_eq!(read_patches(&import), patches(32));
        assert_eq!(import.sources[0].channel, Some(channel));
    }
}

#[test]
fn a_message_is_what_a_dx7_expects() {
    let bytes = single();
    assert_eq!(bytes[..6], [0xF0, 0x43, 0x00, 0x00, 0x01, 0x1B]);
    assert_eq!(bytes[SINGLE_LEN - 1], 0xF7);
    let bytes = bank();
    assert_eq!(bytes[..6], [0xF0, 0x43, 0x00, 0x09, 0x20, 0x00]);
    assert_eq!(bytes[BANK_LEN - 1], 0xF7);
    let sum: u32 = bytes[6..BANK_LEN - 1].iter().map(|&b| u32::from(b)).sum();
    assert_eq!(sum % 128, 0, "data and checksum");
}

#[test]
fn a_cartridge_is_filled_up_but_never_over() {
    let cartridge = Cartridge::new(&patches(3)).unwrap();
    assert_eq!(cartridge.patches()[..3], patches(3));
    assert!(cartridge.patches()[3..].iter().all(|p| *p == Patch::INIT));
    assert_eq!(Cartridge::new(&patches(33)), Err(TooManyPatches(33)));
}

/// Damages `bytes`, reads them, and checks the patches that are left and the faults found.
#[track_caller]
fn check(
    mut bytes: Vec<u8>,
    damage: impl FnOnce(&mut Vec<u8>),
    expected: &[Patch],
    faults: &[Fault],
) {
    damage(&mut bytes);
    let import = sysex::read(&bytes).unwrap();
    assert_eq!(read_patches(&import), expected);
    let found: Vec<Fault> = import
        .sources
        .iter()
        .flat_map(|s| s.faults.clone())
        .collect();
    assert_eq!(found, faults, "{import}");
    assert_eq!(
        import.is_clean(),
        faults.is_empty() && import.stray_bytes == 0
    );
}

#[test]
fn damaged_messages_give_what_is_whole() {
    let (one, all) = (&patches(1)[..], &patches(32)[..]);
    let checksum = bank()[BANK_LEN - 2];

    let stated = checksum ^ 0x15;
    let wrong = Fault::Checksum {
        stated,
        computed: checksum,
    };
    check(bank(), |b| b[BANK_LEN - 2] = stated, all, &[wrong]);
    check(bank(), |b| b.truncate(4103), all, &[Fault::NoEnd]);
    check(
        bank(),
        |b| b.truncate(4102),
        all,
        &[Fault::NoChecksum, Fault::NoEnd],
    );
    let short = |missing, voices| Fault::Truncated { missing, voices };
    check(
        bank(),
        |b| b.truncate(4101),
        &all[..31],
        &[short(1, 31), Fault::NoEnd],
    );
    check(
        bank(),
        |b| b.truncate(6 + 128 * 5),
        &all[..5],
        &[short(3456, 5), Fault::NoEnd],
    );
    check(
        bank(),
        |b| b.truncate(6 + 128),
        one,
        &[short(3968, 1), Fault::NoEnd],
    );
    let ended = |b: &mut Vec<u8>| drop(b.drain(6 + 128 * 2..BANK_LEN - 1));
    check(bank(), ended, &all[..2], &[short(3840, 2)]);
    check(
        bank(),
        |b| b[4] = 0x10,
        all,
        &[Fault::Count { stated: 2048 }],
    );
    let surplus = |b: &mut Vec<u8>| drop(b.splice(4103..4103, [1, 2, 3]));
    check(bank(), surplus, all, &[Fault::Surplus(3)]);
    check(single(), |b| b.truncate(162), one, &[Fault::NoEnd]);
}

#[test]
fn messages_are_found_among_anything() {
    let (one, all) = (&patches(1)[..], &patches(32)[..]);
    let both = [one, all, one].concat();
    let several = [single(), bank(), single()].concat();
    check(several.clone(), |_| {}, &both, &[]);
    check(
        several,
        |b| drop(b.splice(163..163, *b"between")),
        &both,
        &[],
    );
    // A MacBinary header before, padding behind.
    check(bank(), |b| drop(b.splice(0..0, [0; 128])), all, &[]);
    check(bank(), |b| b.extend([0; 24]), all, &[]);
    // Clock and active sensing on the cable.
    check(
        bank(),
        |b| drop(b.splice(2000..2000, [0xF8, 0xFE])),
        all,
        &[],
    );
    check(single(), |b| b.insert(1, 0xFE), one, &[]);
    // A bank that breaks off where the next begins.
    let broken = [&bank()[..6 + 128 * 3], &bank()[..]].concat();
    let short = Fault::Truncated {
        missing: 128 * 29,
        voices: 3,
    };
    check(
        broken,
        |_| {},
        &[&all[..3], all].concat(),
        &[short, Fault::NoEnd],
    );
    // A standard MIDI file: the length of the event stands after the F0.
    let mut midi = b"MThd\0\0\0\x06\0\0\0\x01\0\x60MTrk\0\0\x10\x20\0".to_vec();
    midi.extend([0xF0, 0xA0, 0x07]);
    midi.extend(&bank()[1..]);
    midi.extend([0, 0xF0, 0x81, 0x22]);
    midi.extend(&single()[1..]);
    midi.extend([0, 0xFF, 0x2F, 0]);
    check(midi, |_| {}, &[all, one].concat(), &[]);
}

#[test]
fn stray_high_bits_are_dropped_and_reported() {
    for byte in [0xF0, 0xF7, 0xFE, 0x85] {
        let mut bytes = bank();
        bytes[6 + 128 + 14] = byte;
        let import = sysex::read(&bytes).unwrap();
        assert_eq!(import.patches.len(), 32);
        let cleaned: Vec<_> = import.cleaned().collect();
        assert_eq!(cleaned.len(), 1);
        assert_eq!((cleaned[0].number, cleaned[0].source), (1, 0));
        assert!(cleaned[0].cleaning.stray_bits);
    }
}

#[test]
fn a_report_names_everything() {
    let mut bytes = bank();
    bytes[BANK_LEN - 2] ^= 1;
    bytes[6 + 128 * 4 + 112] = 120;
    bytes.extend([
        0xF0, 0x43, 0x10, 0, 0, 5, 0xF7, 0xF0, 0x43, 0x10, 0, 0, 6, 0xF7, 9,
    ]);
    bytes.extend(single());
    let (wrong, computed) = (bank()[BANK_LEN - 2] ^ 1, {
        let data = bytes[6..BANK_LEN - 2].iter();
        data.fold(0u8, |sum, &b| sum.wrapping_sub(b)) & 0x7F
    });
    assert_eq!(
        sysex::read(&bytes).unwrap().to_string(),
        format!(
            "33 patches, 1 of them changed to bring them into range\n\
             bank at byte 0 (channel 1): 32 patches, its checksum is {wrong:#04x} where its data \
             give {computed:#04x}: listen before you trust it\n\
             single voice at byte 4119 (channel 1): 1 patch\n\
             bank at byte 0 (channel 1), #5 \"P4\": LFO SPEED was 120, is now 99\n\
             left out: parameter change (2 times)\n\
             left out: 1 byte outside of any message"
        )
    );
}

#[test]
fn bare_voices_are_read_where_they_are_meant() {
    let data = &bank()[6..4102];
    let import = sysex::read(data).unwrap();
    assert_eq!(read_patches(&import), patches(32));
    assert_eq!(import.sources[0].layout, Layout::Bare);

    let five = &data[..128 * 5];
    assert_eq!(read_patches(&sysex::read_packed(five).unwrap()), patches(5));
    let import = sysex::read_packed(&data[..128 * 5 + 7]).unwrap();
    assert_eq!((import.patches.len(), import.stray_bytes), (5, 7));
}

#[test]
fn a_refusal_says_what_is_there_instead() {
    #[track_caller]
    fn check(result: Result<Import, sysex::Refusal>, expected: &str) {
        let message = result.unwrap_err().to_string();
        assert!(message.contains(expected), "{message:?} lacks {expected:?}");
    }
    let noise: Vec<u8> = (0..4096u32).map(|i| (i * i % 251) as u8 & 0x7F).collect();
    let text = "A text of the length of a bank.\n".repeat(128);
    assert_eq!((noise.len(), text.len()), (4096, 4096));
    let cases: [(&[u8], &str); 14] = [
        (b"", "empty"),
        (b"hello", "a text file"),
        (text.as_bytes(), "a text file"),
        (b"MThd\0\0\0\x06", "a MIDI file"),
        (b"PK\x03\x04....", "a zip archive"),
        (&noise, "no sysex message in 4096 bytes"),
        (&[0; 4096], "no sysex message in 4096 bytes"),
        (&[0xF0, 0x41, 0x10, 0xF7], "message of Roland"),
        (&[0xF0, 0x43, 0, 4, 0x20, 0, 1, 0xF7], "four-operator"),
        (&[0xF0, 0x43, 0, 6, 8, 0x60, 1, 0xF7], "AMEM"),
        (&[0xF0, 0x43, 0, 2, 0x20, 0, 1, 0xF7], "performances"),
        (&[0xF0, 0x43, 0x20, 9, 0xF7], "dump request"),
        (&bank()[..100], "breaks off"),
        (&bank()[6..6 + 128 * 3], "ends in .bin"),
    ];
    for (bytes, expected) in cases {
        check(sysex::read(bytes), expected);
    }
    check(sysex::read_packed(b""), "empty");
    check(sysex::read_packed(&[7; 100]), "100 bytes is less than");
    check(sysex::read_packed(&bank()), "ends in .syx");
    check(sysex::read_packed(&noise), "make no sense");
    check(sysex::read_packed(text.as_bytes()), "a text file");
}

#[test]
fn voices_are_found_beside_foreign_messages() {
    // A DX7II sends its supplement first, then the voices that a DX7 understands.
    let mut bytes = vec![0xF0, 0x43, 0, 6, 0x08, 0x60];
    bytes.extend([0; 1121]);
    bytes.push(0xF7);
    bytes.extend(bank());
    let import = sysex::read(&bytes).unwrap();
    assert_eq!(import.patches.len(), 32);
    assert_eq!(import.foreign, [(Foreign::Supplement, 1)]);
}
