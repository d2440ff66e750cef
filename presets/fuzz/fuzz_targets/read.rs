//! Any bytes for the sysex reader. What was read must come back from what is written of it.

#![no_main]

use libfuzzer_sys::fuzz_target;
use presets::sysex;

fuzz_target!(|bytes: &[u8]| {
    for result in [sysex::read(bytes), sysex::read_packed(bytes)] {
        match result {
            Ok(import) => {
                assert!(import.patches.len() <= bytes.len() / 128);
                assert!(!import.to_string().is_empty());
                for found in &import.patches {
                    let again = sysex::read(&sysex::single(&found.patch, 0)).unwrap();
                    assert!(again.is_clean() && again.patches[0].patch == found.patch);
                }
            }
            Err(refusal) => assert!(!refusal.to_string().is_empty()),
        }
    }
});
