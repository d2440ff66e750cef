//! Bytes as hexadecimal digits.

use std::fmt::Write;

/// Two lower-case digits for each byte.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // PANIC: writing into a String does not fail.
        write!(text, "{byte:02x}").expect("a string takes any text");
        text
    })
}
