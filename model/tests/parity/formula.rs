//! The formula that makes weights and spectrograms of the parity pack (its README, sections 1, 2).

use std::collections::BTreeMap;

use candle_core::{Device, Tensor};
use serde_json::Value;

/// FNV-1a of 64 bits.
pub fn fnv(bytes: impl IntoIterator<Item = u8>) -> u64 {
    bytes.into_iter().fold(0xCBF2_9CE4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3)
    })
}

/// Value `i` of a stream, from -1 to below 1.
fn unit(seed: u64, i: u64) -> f64 {
    let mut z = seed.wrapping_add((i + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
    z = (z ^ z >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ z >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^= z >> 31;
    ((z >> 40) as f64 - 8_388_608.0) / 8_388_608.0
}

/// The values of the tensor of a row of `tensors.json`.
fn values(entry: &Value) -> Vec<f32> {
    let group = entry["group"].as_str().unwrap();
    let key = match entry["alias_of"].as_str() {
        Some(alias) => alias.to_owned(),
        None => format!("{group}/{}", entry["name"].as_str().unwrap()),
    };
    let shape = shape(entry);
    let count: usize = shape.iter().product();
    let seed = fnv(key.bytes());
    let per_row = count / shape.first().copied().unwrap_or(1).max(1);
    let scale = entry["fan_in"].as_f64().map(|fan_in| (3.0 / fan_in).sqrt());
    let width = shape.get(1).copied().unwrap_or(1);
    let gain = |row: usize| match &entry["gain"] {
        Value::Number(gain) => gain.as_f64().unwrap(),
        // Queries and keys of the stacked attention weights have twice the gain of values.
        _ if key.ends_with("in_proj_weight") && row < 2 * width => 2.0,
        _ => 1.0,
    };
    let rule = entry["rule"].as_str().unwrap();
    let value = |i: usize| {
        let (u, row) = (unit(seed, i as u64), i / per_row.max(1));
        match rule {
            "zero" => 0.0,
            "mean" | "bias" => 0.125 * u,
            "var" => 1.0 + 0.5 * u.abs(),
            "embed" if row % 2 == 1 => 2.5 * u,
            "embed" => u,
            "numembed" => 2.0 * u,
            "headbias" => [-1.0, -4.5, 0.0][row / 3] + 0.125 * u,
            "scale" => 1.0 + 0.125 * u,
            _ => (gain(row) * scale.unwrap()) * u,
        }
    };
    (0..count).map(|i| value(i) as f32).collect()
}

fn shape(entry: &Value) -> Vec<usize> {
    let shape = entry["shape"].as_array().unwrap();
    shape.iter().map(|n| n.as_u64().unwrap() as usize).collect()
}

/// All tensors of `tensors.json` but its aliases, under the names of a converted checkpoint; the
/// hash of each is checked.
pub fn weights(tensors: &Value) -> BTreeMap<String, Tensor> {
    let mut weights = BTreeMap::new();
    for entry in tensors["tensors"].as_array().unwrap() {
        if !entry["alias_of"].is_null() {
            continue;
        }
        let name = format!(
            "{}.{}",
            entry["group"].as_str().unwrap(),
            entry["name"].as_str().unwrap()
        );
        let values = values(entry);
        let shape = shape(entry);
        let tensor = if entry["dtype"] == "I64" {
            Tensor::zeros(shape, candle_core::DType::I64, &Device::Cpu).unwrap()
        } else {
            let hash = fnv(values.iter().flat_map(|x| x.to_le_bytes()));
            assert_eq!(
                format!("{hash:016x}"),
                entry["fnv1a64"].as_str().unwrap(),
                "{name}"
            );
            Tensor::from_vec(values, shape, &Device::Cpu).unwrap()
        };
        weights.insert(name, tensor);
    }
    weights
}

/// Spectrograms of shape `[batch, notes, 257, 251]`; their hash is checked where it is known.
pub fn spectrograms(batch: usize, notes: usize) -> Tensor {
    let seed = |name: &str| fnv(name.bytes());
    let lattices = [
        (seed("input/lattice64"), 6, 0.5),
        (seed("input/lattice16"), 4, 0.25),
    ];
    let noise = seed("input/noise");
    let mut x = Vec::new();
    for image in 0..batch * notes {
        for h in 0..257 {
            for t in 0..251 {
                let place = ((image * 257 + h) * 251 + t) as u64;
                let [a, b] =
                    lattices.map(|(seed, shift, gain)| gain * lattice(seed, image, shift, h, t));
                let tilt = 0.25 * (h as f64 / 256.0);
                x.push((a + b + 0.125 * unit(noise, place) + 0.125 - tilt) as f32);
            }
        }
    }
    if (batch, notes) == (3, 6) {
        let hash = fnv(x.iter().flat_map(|x| x.to_le_bytes()));
        assert_eq!(hash, 0xF02F_56E5_826D_9328, "input spectrograms");
    }
    Tensor::from_vec(x, (batch, notes, 257, 251), &Device::Cpu).unwrap()
}

/// Bilinear between random nodes `1 << shift` apart.
fn lattice(seed: u64, image: usize, shift: usize, h: usize, t: usize) -> f64 {
    let (rows, cols) = ((256 >> shift) + 2, (250 >> shift) + 2);
    let spacing = 1usize << shift;
    let node = |i: usize, j: usize| unit(seed, ((image * rows + i) * cols + j) as u64);
    let fraction = |x: usize| (x % spacing) as f64 / spacing as f64;
    let (i, j, fi, fj) = (h >> shift, t >> shift, fraction(h), fraction(t));
    (1.0 - fi) * ((1.0 - fj) * node(i, j) + fj * node(i, j + 1))
        + fi * ((1.0 - fj) * node(i + 1, j) + fj * node(i + 1, j + 1))
}
