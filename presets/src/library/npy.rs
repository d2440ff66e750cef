//! A NumPy array file (`.npy`) of 155 numbers, as it lies in SPINVAE's database.

/// The numbers, or what is wrong with the bytes.
pub fn read<const LENGTH: usize>(bytes: &[u8]) -> Result<[f64; LENGTH], String> {
    let rest = bytes
        .strip_prefix(b"\x93NUMPY")
        .ok_or("it is no NumPy array")?;
    let (header, data) = match rest {
        [1, _, low, high, rest @ ..] => {
            rest.split_at_checked(usize::from(u16::from_le_bytes([*low, *high])))
        }
        [2 | 3, _, a, b, c, d, rest @ ..] => {
            rest.split_at_checked(u32::from_le_bytes([*a, *b, *c, *d]) as usize)
        }
        _ => return Err("its version of the NumPy format is not known".to_owned()),
    }
    .ok_or("its header is cut off")?;
    let header: String = String::from_utf8_lossy(header).split_whitespace().collect();

    let shape = after(&header, "'shape':(").and_then(|rest| rest.split(')').next());
    if shape.map(|shape| shape.trim_end_matches(',')) != Some(&*LENGTH.to_string()) {
        let shape = shape.unwrap_or("?");
        return Err(format!("its shape is ({shape}), not ({LENGTH},)"));
    }
    let kind = after(&header, "'descr':'").and_then(|rest| rest.split('\'').next());
    let numbers: Vec<f64> = match kind {
        Some("<f4") => data
            .as_chunks()
            .0
            .iter()
            .map(|bytes| f64::from(f32::from_le_bytes(*bytes)))
            .collect(),
        Some("<f8") => data
            .as_chunks()
            .0
            .iter()
            .map(|bytes| f64::from_le_bytes(*bytes))
            .collect(),
        other => {
            let kind = other.unwrap_or("unknown");
            return Err(format!("its numbers are of type {kind}, not <f4 or <f8"));
        }
    };
    let count = numbers.len();
    numbers
        .try_into()
        .map_err(|_| format!("it holds {count} numbers, not {LENGTH}"))
}

fn after<'a>(text: &'a str, mark: &str) -> Option<&'a str> {
    text.split_once(mark).map(|(_, rest)| rest)
}

/// The bytes of such a file, for tests that make databases.
#[cfg(test)]
pub fn write(numbers: &[f64], kind: &str) -> Vec<u8> {
    let length = numbers.len();
    let header = format!("{{'descr': '{kind}', 'fortran_order': False, 'shape': ({length},), }}\n");
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((header.len() as u16).to_le_bytes());
    bytes.extend(header.as_bytes());
    for number in numbers {
        match kind {
            "<f4" => bytes.extend((*number as f32).to_le_bytes()),
            _ => bytes.extend(number.to_le_bytes()),
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_kinds_are_read_and_all_else_is_named() {
        let numbers = [0.0, 0.25, 1.0];
        for kind in ["<f4", "<f8"] {
            assert_eq!(read(&write(&numbers, kind)), Ok(numbers), "{kind}");
        }
        let whole = write(&numbers, "<f8");
        let cases: [(Vec<u8>, &str); 6] = [
            (b"\x80\x04 a pickle".to_vec(), "no NumPy array"),
            (whole[..9].to_vec(), "version"),
            (whole[..20].to_vec(), "header is cut off"),
            (whole[..whole.len() - 1].to_vec(), "holds 2 numbers"),
            (write(&numbers[..2], "<f8"), "shape is (2,)"),
            (write(&numbers, "<i8"), "type <i8"),
        ];
        for (bytes, reason) in cases {
            let error = read::<3>(&bytes).unwrap_err();
            assert!(error.contains(reason), "{error} should say {reason}");
        }
    }
}
