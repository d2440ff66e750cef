//! Checkpoints of PyTorch: the published layout is read and nothing else is, and no file, whatever
//! is in it, makes the reader run, panic or fill the memory.

mod writer;

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use candle_core::{Device, Tensor};
use model::checkpoint::Checkpoint;
use model::convert::{convert, stored};
use model::paper::{Config, Paper};
use model::parameters::Parameters;
use model::pickle::PickleFile;
use model::random::Random;
use model::spectrogram::Range;
use model::{Spinvae, latent};
use presets::Patch;
use writer::{Container, Tensors};

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let folder = std::env::temp_dir().join(format!("tween-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        Folder(folder)
    }

    fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.0.join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A network of the published sizes with random weights.
static NETWORK: LazyLock<Tensors> = LazyLock::new(|| {
    let parameters = Parameters::new(1, &Device::Cpu);
    Paper::new(parameters.builder(), Config::PAPER).unwrap();
    let all = parameters.all().into_iter();
    all.map(|(name, var)| (name, var.as_detached_tensor()))
        .collect()
});

fn values(tensor: &Tensor) -> Vec<f32> {
    let tensor = tensor.to_dtype(candle_core::DType::F32).unwrap();
    tensor.flatten_all().unwrap().to_vec1().unwrap()
}

#[test]
fn a_whole_checkpoint_is_converted_and_computes() {
    let folder = Folder::new("convert");
    let tensors = &*NETWORK;
    let range = Range::new(-120.0, -3.5).unwrap();
    for container in [Container::Zip, Container::Legacy] {
        let path = folder.file("checkpoint.tar", &writer::write(tensors, container));
        let converted = convert(&path, Some(range)).unwrap();
        assert_eq!(converted.metadata["configuration"], "paper");
        assert_eq!(converted.metadata["source_sha256"].len(), 64);
        assert_eq!(converted.tensors.len(), tensors.len());
        for (name, tensor) in tensors {
            assert_eq!(values(&converted.tensors[name]), values(tensor), "{name}");
        }
        if container == Container::Zip {
            let path = folder.0.join("weights.safetensors");
            converted.write(&path).unwrap();
            let spinvae = Spinvae::load(&path, 1).unwrap();
            let latents = spinvae.encode(&[Patch::INIT]).unwrap();
            let refined = spinvae.refine(&Patch::INIT, &latents[0].mean, Default::default());
            let points = [latents[0].mean.clone(), refined.unwrap()];
            let decoded = spinvae.decode(&points).unwrap();
            // Refining makes the patch likelier, and never less likely.
            let likelihood = |i: usize| -> f32 {
                let steps = model::tokens::steps_of(&Patch::INIT);
                let rows = decoded[i].probabilities.0.iter().zip(steps);
                rows.map(|(p, step)| p[usize::from(step)].max(1e-5).ln())
                    .sum()
            };
            assert!(likelihood(1) > likelihood(0) + 1.0);
            let prior = latent::sample(spinvae.latent_size(), &mut Random::new(1));
            assert_eq!(spinvae.decode(&[prior]).unwrap().len(), 1);
            assert!(spinvae.decode(&[vec![0.0; 3]]).is_err());
        }
    }
}

#[test]
fn the_sample_s_tensors_are_those_of_the_formula() {
    let pack = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/spinvae-parity");
    if !pack.exists() {
        println!("skipped: there is no parity pack at {}", pack.display());
        return;
    }
    let text = std::fs::read_to_string(pack.join("tensors.json")).unwrap();
    let list: serde_json::Value = serde_json::from_str(&text).unwrap();
    let path = pack.join("checkpoint-sample.tar");
    let mut file = PickleFile::open(&path).unwrap();
    let stored = stored(&file).unwrap();
    assert_eq!(stored.len(), 104 + 1 + 132);
    let mut found = 0;
    for entry in list["tensors"].as_array().unwrap() {
        let text = |key: &str| entry[key].as_str();
        let name = format!("{}.{}", text("group").unwrap(), text("name").unwrap());
        let Some(tensor) = stored.get(&name) else {
            continue;
        };
        found += 1;
        let first = match text("alias_of") {
            Some(first) => first.replacen('/', ".", 1),
            None => name.clone(),
        };
        assert_eq!(&stored[&first], tensor, "{name}");
        let Some(expected) = text("fnv1a64") else {
            continue;
        };
        if entry["dtype"] == "F32" {
            let bytes = values(&file.read(tensor).unwrap());
            let bytes = bytes.iter().flat_map(|x| x.to_le_bytes());
            let hash = bytes.fold(0xCBF2_9CE4_8422_2325u64, |hash, byte| {
                (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3)
            });
            assert_eq!(format!("{hash:016x}"), expected, "{name}");
        }
    }
    assert_eq!(found, stored.len());
    let message = convert(&path, None).unwrap_err().to_string();
    assert!(message.contains("is missing"), "{message}");
}

/// A few small tensors in the layout of a checkpoint.
fn small() -> Tensors {
    let tensor = |n: usize| Tensor::arange(0f32, n as f32, &Device::Cpu).unwrap();
    [
        ("audio.0.0.blk0.strided.c.bias", tensor(8)),
        ("latent.0.0.conv.c.bias", tensor(256)),
        ("preset.1.numerical_distrib_linear.bias", tensor(9)),
    ]
    .map(|(name, tensor)| (name.to_owned(), tensor))
    .into()
}

#[test]
fn other_files_are_refused_with_the_reason() {
    let folder = Folder::new("refused");
    let mut wrong_shape = NETWORK.clone();
    let name = "preset.0.tfm.layers.2.norm1.weight";
    let tensor = Tensor::zeros(7, candle_core::DType::F32, &Device::Cpu).unwrap();
    wrong_shape.insert(name.to_owned(), tensor.clone());
    let mut extra = NETWORK.clone();
    extra.insert("preset.1.surprise".to_owned(), tensor);
    let whole = writer::write(&small(), Container::Zip);
    let [names, values, functions] = writer::growing();
    let cases: [(&str, Vec<u8>, &str); 13] = [
        ("empty", Vec::new(), "cannot be read"),
        (
            "text",
            b"not a checkpoint at all".to_vec(),
            "not a checkpoint of PyTorch",
        ),
        ("zip", whole[..whole.len() / 2].to_vec(), "damaged zip"),
        (
            "missing",
            whole,
            "tensor \"audio.0.0.blk0.strided.c.weight\" is missing",
        ),
        (
            "shape",
            writer::write(&wrong_shape, Container::Zip),
            "norm1.weight\" has shape [7], expected [256]",
        ),
        (
            "extra",
            writer::write(&extra, Container::Zip),
            "\"preset.1.surprise\" is not one of the published model",
        ),
        ("stage", writer::first_stage(), "first stage of training"),
        (
            "compressed",
            writer::compressed(&small()),
            "is compressed, as those of PyTorch are not",
        ),
        ("names", names, "it has no part"),
        ("values", values, "values, which no weights need"),
        (
            "functions",
            functions,
            "a function whose name has more than",
        ),
        (
            "system",
            writer::running("posix", "system"),
            "wants to use posix.system",
        ),
        (
            "eval",
            writer::running("builtins", "eval"),
            "wants to use builtins.eval",
        ),
    ];
    for (name, bytes, reason) in cases {
        let path = folder.file(name, &bytes);
        let message = convert(&path, None).unwrap_err().to_string();
        assert!(message.contains(reason), "{name}: {message}");
        assert!(
            message.starts_with(&path.display().to_string()),
            "{name}: {message}"
        );
    }
}

/// A damaged copy: bytes changed, cut out, repeated, or the end missing.
fn mutate(bytes: &[u8], random: &mut Random) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..=random.below(4) {
        let at = random.below(bytes.len());
        match random.below(6) {
            0 => bytes.truncate(at.max(1)),
            1 => {
                let end = (at + 1 + random.below(16)).min(bytes.len());
                bytes.drain(at..end);
            }
            2 => {
                let end = (at + 1 + random.below(64)).min(bytes.len());
                let part = bytes[at..end].to_vec();
                bytes.splice(at..at, part);
            }
            3 => bytes[at] = 0xFF,
            4 => bytes[at] ^= 1 << random.below(8),
            _ => bytes[at] = random.bits() as u8,
        }
        if bytes.is_empty() {
            bytes.push(0);
        }
    }
    bytes
}

/// Everything that reading a checkpoint does; the number of values read.
fn read_all(bytes: Vec<u8>) -> candle_core::Result<usize> {
    let mut file = PickleFile::from_bytes(bytes)?;
    let stored = stored(&file)?;
    let mut count = 0;
    for tensor in stored.values() {
        count += file.read(tensor)?.elem_count();
    }
    Ok(count)
}

/// Most memory this process has had, in KiB.
fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
    number.unwrap_or(0)
}

#[test]
fn damaged_files_are_errors_or_still_whole() {
    // `MUTATIONS=1000000` in the environment asks for more than every day.
    let inputs = std::env::var("MUTATIONS").map_or(10_000, |n| n.parse().unwrap());
    let mut random = Random::new(11);
    let zip = writer::write(&small(), Container::Zip);
    let legacy = writer::write(&small(), Container::Legacy);
    let ours = Checkpoint {
        tensors: small(),
        metadata: [("configuration".to_owned(), "paper".to_owned())].into(),
    };
    let ours = ours.to_bytes().unwrap();
    let values = read_all(zip.clone()).unwrap();
    assert_eq!(read_all(legacy.clone()).unwrap(), values);

    // Other tests of this file hold whole networks; what counts is that damage adds nothing to it.
    let before = peak_memory();
    let mut refused = 0;
    for i in 0..inputs {
        let result = match i % 5 {
            0 | 1 => read_all(mutate(&zip, &mut random)),
            2 | 3 => read_all(mutate(&legacy, &mut random)),
            _ => Checkpoint::from_bytes(&mutate(&ours, &mut random))
                .and_then(|c| Spinvae::from_checkpoint(c, 1))
                .map(|_| 0),
        };
        match result {
            Err(error) => {
                refused += 1;
                assert!(!error.to_string().is_empty());
            }
            // Damage that touches only numbers, names or dates cannot be seen; nothing more may
            // come out than went in.
            Ok(count) => assert!(count <= 2 * values, "{count} values"),
        }
    }
    println!("{refused} of {inputs} refused");
    assert!(refused > inputs * 6 / 10, "{refused}");
    let grown = peak_memory().saturating_sub(before);
    assert!(grown < 1 << 20, "grew by {grown} KiB");
}
