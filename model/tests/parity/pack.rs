//! The expected arrays and their tolerances.

use std::collections::BTreeMap;
use std::path::PathBuf;

use candle_core::Tensor;
use model::checkpoint::Checkpoint;
use serde_json::Value;

/// The pack, and which of its entries have been compared.
pub struct Pack {
    folder: PathBuf,
    expected: BTreeMap<String, Tensor>,
    tolerances: BTreeMap<String, (f32, f32)>,
    compared: Vec<String>,
    failures: Vec<String>,
}

impl Pack {
    /// The pack beside the repository; `None`, with the reason printed, where it is absent.
    pub fn open() -> Option<Pack> {
        let folder =
            PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/spinvae-parity");
        if !folder.exists() {
            println!("skipped: there is no parity pack at {}", folder.display());
            return None;
        }
        let expected = Checkpoint::read(&folder.join("expected.safetensors")).unwrap();
        let mut pack = Pack {
            folder,
            expected: expected.tensors,
            tolerances: BTreeMap::new(),
            compared: Vec::new(),
            failures: Vec::new(),
        };
        let index = pack.json("index.json");
        for entry in index.as_array().unwrap() {
            let tolerance = |key: &str| entry[key].as_f64().unwrap_or(0.0) as f32;
            let name = entry["name"].as_str().unwrap().to_owned();
            let pair = (tolerance("tol_abs"), tolerance("tol_rel"));
            pack.tolerances.insert(name, pair);
        }
        Some(pack)
    }

    /// A JSON file of the pack.
    pub fn json(&self, name: &str) -> Value {
        let text = std::fs::read_to_string(self.folder.join(name)).unwrap();
        serde_json::from_str(&text).unwrap()
    }

    /// The values of an entry.
    pub fn values(&self, name: &str) -> Vec<f32> {
        let tensor = &self.expected[name];
        tensor.flatten_all().unwrap().to_vec1().unwrap()
    }

    /// The values of an entry that is an input, or is compared in another way.
    pub fn given(&mut self, name: &str) -> Vec<f32> {
        self.compared.push(name.to_owned());
        self.values(name)
    }

    /// Compares an entry.
    pub fn check(&mut self, name: &str, found: &[f32]) {
        self.check_where(name, found, |_| true);
    }

    /// Compares the values of an entry whose places are meant.
    pub fn check_where(&mut self, name: &str, found: &[f32], is_meant: impl Fn(usize) -> bool) {
        self.compared.push(name.to_owned());
        let expected = self.values(name);
        let (absolute, relative) = self.tolerances[name];
        if expected.len() != found.len() {
            let (expected, found) = (expected.len(), found.len());
            self.failures
                .push(format!("{name}: {found} values, expected {expected}"));
            return;
        }
        let mut worst = (0.0f32, 0);
        for (i, (&expected, &found)) in expected.iter().zip(found).enumerate() {
            if !is_meant(i) {
                continue;
            }
            let allowed = absolute + relative * expected.abs();
            let difference = (expected - found).abs();
            // In tolerances; where none is allowed, any difference is too much.
            let ratio = if difference == 0.0 {
                0.0
            } else {
                difference / allowed
            };
            if ratio > worst.0 || ratio.is_nan() {
                worst = (ratio, i);
            }
        }
        println!("{name}: {:.3} of the tolerance", worst.0);
        if worst.0 > 1.0 || worst.0.is_nan() {
            let (ratio, i) = worst;
            self.failures.push(format!(
                "{name}: value {i} is {}, expected {} ({ratio:.1} tolerances)",
                found[i], expected[i]
            ));
        }
    }

    /// The same for a tensor.
    pub fn check_tensor(&mut self, name: &str, found: &Tensor) {
        let found: Vec<f32> = found.flatten_all().unwrap().to_vec1().unwrap();
        self.check(name, &found);
    }

    /// Fails with the entries out of tolerance, the first in the order of the model first, or if an
    /// entry was left out.
    pub fn finish(self, prefix_of: impl Fn(&str) -> bool) {
        let missed: Vec<_> = self
            .tolerances
            .keys()
            .filter(|name| prefix_of(name) && !self.compared.contains(name))
            .collect();
        assert!(self.failures.is_empty(), "{}", self.failures.join("\n"));
        assert!(missed.is_empty(), "never compared: {missed:?}");
    }
}
