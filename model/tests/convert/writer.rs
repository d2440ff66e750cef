//! Writes files as PyTorch does: the layout of the published checkpoint, in both containers.

use std::collections::BTreeMap;
use std::io::{Cursor, Write};

use candle_core::{DType, Tensor};
use zip::write::SimpleFileOptions;

pub type Tensors = BTreeMap<String, Tensor>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Container {
    Zip,
    Legacy,
}

const GROUPS: [&str; 3] = ["audio", "latent", "preset"];

#[derive(Default)]
struct Pickle(Vec<u8>);

impl Pickle {
    fn new() -> Pickle {
        Pickle(vec![0x80, 2])
    }

    fn raw(&mut self, bytes: &[u8]) -> &mut Pickle {
        self.0.extend(bytes);
        self
    }

    fn text(&mut self, text: &str) -> &mut Pickle {
        self.0.push(b'X');
        self.0.extend((text.len() as u32).to_le_bytes());
        self.raw(text.as_bytes())
    }

    fn int(&mut self, value: usize) -> &mut Pickle {
        self.0.push(b'J');
        self.raw(&(value as u32).to_le_bytes())
    }

    fn global(&mut self, module: &str, name: &str) -> &mut Pickle {
        self.raw(format!("c{module}\n{name}\n").as_bytes())
    }

    fn ordered_dict(&mut self) -> &mut Pickle {
        self.global("collections", "OrderedDict").raw(b")R")
    }

    fn tensor(&mut self, tensor: &Tensor, key: usize, container: Container) {
        let class = if tensor.dtype() == DType::I64 {
            "LongStorage"
        } else {
            "FloatStorage"
        };
        self.global("torch._utils", "_rebuild_tensor_v2").raw(b"((");
        self.text("storage").global("torch", class);
        self.text(&key.to_string()).text("cuda:0");
        self.int(tensor.elem_count());
        if container == Container::Legacy {
            self.raw(b"N");
        }
        self.raw(b"tQ").int(0).raw(b"(");
        for &size in tensor.dims() {
            self.int(size);
        }
        self.raw(b"t(");
        for &stride in tensor.stride() {
            self.int(stride);
        }
        self.raw(b"t\x89").ordered_dict().raw(b"tR");
    }
}

/// Names under which a tensor is stored once more.
fn aliases(name: &str) -> Vec<String> {
    let mut aliases = Vec::new();
    if let Some(rest) = name.strip_prefix("preset.0.embedding.") {
        aliases.push(format!("preset.1.embedding.{rest}"));
        aliases.push(format!("preset.1.child_decoder.embedding.{rest}"));
    }
    for part in ["categorical_module", "numerical_distrib_linear"] {
        if let Some(rest) = name.strip_prefix(&format!("preset.1.{part}.")) {
            aliases.push(format!("preset.1.child_decoder.{part}.{rest}"));
        }
    }
    aliases
}

fn structure(tensors: &Tensors, container: Container) -> (Vec<u8>, Vec<&Tensor>) {
    let mut pickle = Pickle::new();
    let mut storages = Vec::new();
    pickle.raw(b"}(");
    for group in GROUPS {
        pickle.text(group).raw(b"}(").text("model_state_dict");
        pickle.ordered_dict().raw(b"(");
        for (name, tensor) in tensors {
            let Some(_) = name.strip_prefix(&format!("{group}.")) else {
                continue;
            };
            for name in std::iter::once(name.clone()).chain(aliases(name)) {
                pickle.text(&name[group.len() + 1..]);
                pickle.tensor(tensor, storages.len(), container);
            }
            storages.push(tensor);
        }
        // An attribute of the dictionary, as PyTorch leaves it there, and other entries.
        pickle
            .raw(b"u}")
            .text("_metadata")
            .ordered_dict()
            .raw(b"sb");
        pickle.text("scheduler_state_dict").raw(b"}");
        pickle.text("last_epoch").int(170).raw(b"s");
        pickle.raw(b"u");
    }
    pickle.raw(b"u.");
    (pickle.0, storages)
}

fn bytes_of(tensor: &Tensor) -> Vec<u8> {
    let tensor = tensor.flatten_all().unwrap();
    if tensor.dtype() == DType::I64 {
        let values = tensor.to_vec1::<i64>().unwrap();
        values.iter().flat_map(|x| x.to_le_bytes()).collect()
    } else {
        let values = tensor.to_vec1::<f32>().unwrap();
        values.iter().flat_map(|x| x.to_le_bytes()).collect()
    }
}

/// A checkpoint with these tensors.
pub fn write(tensors: &Tensors, container: Container) -> Vec<u8> {
    let (pickle, storages) = structure(tensors, container);
    match container {
        Container::Zip => {
            let storages = storages.iter().map(|tensor| bytes_of(tensor));
            zipped(&pickle, storages)
        }
        Container::Legacy => {
            let mut bytes = Pickle::new();
            let magic = 0x1950_A86A_20F9_469C_FC6Cu128.to_le_bytes();
            bytes.raw(&[0x8A, 10]).raw(&magic[..10]).raw(b".");
            bytes.raw(b"\x80\x02M\xE9\x03.");
            bytes.raw(b"\x80\x02}").text("little_endian").raw(b"\x88s.");
            bytes.raw(&pickle);
            bytes.raw(b"\x80\x02](");
            for key in 0..storages.len() {
                bytes.text(&key.to_string());
            }
            bytes.raw(b"e.");
            for tensor in storages {
                bytes.raw(&(tensor.elem_count() as u64).to_le_bytes());
                bytes.raw(&bytes_of(tensor));
            }
            bytes.0
        }
    }
}

fn zipped(pickle: &[u8], storages: impl Iterator<Item = Vec<u8>>) -> Vec<u8> {
    packed(pickle, storages, zip::CompressionMethod::Stored)
}

/// A checkpoint whose zip is compressed, as PyTorch's are not.
pub fn compressed(tensors: &Tensors) -> Vec<u8> {
    let (pickle, storages) = structure(tensors, Container::Zip);
    let storages = storages.iter().map(|tensor| bytes_of(tensor));
    packed(&pickle, storages, zip::CompressionMethod::Deflated)
}

fn packed(
    pickle: &[u8],
    storages: impl Iterator<Item = Vec<u8>>,
    method: zip::CompressionMethod,
) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(method);
    let mut file = |name: String, bytes: &[u8]| {
        zip.start_file(name, options).unwrap();
        zip.write_all(bytes).unwrap();
    };
    file("checkpoint/data.pkl".to_owned(), pickle);
    for (key, bytes) in storages.enumerate() {
        file(format!("checkpoint/data/{key}"), &bytes);
    }
    file("checkpoint/version".to_owned(), b"3\n");
    zip.finish().unwrap().into_inner()
}

/// A checkpoint of the first stage of training: its preset part is empty.
pub fn first_stage() -> Vec<u8> {
    let mut pickle = Pickle::new();
    pickle.raw(b"}(");
    for group in GROUPS {
        pickle.text(group).raw(b"}").text("model_state_dict");
        if group == "preset" {
            pickle.raw(b"N");
        } else {
            pickle.ordered_dict();
        }
        pickle.raw(b"s");
    }
    pickle.raw(b"u.");
    zipped(&pickle.0, std::iter::empty())
}

/// Files that stay small themselves: one names a storage at such length and so often that a reader
/// which copied the name would fill the memory, one makes more values than any weights have, and one
/// puts a function's name together from long texts.
pub fn growing() -> [Vec<u8>; 3] {
    let long = "x".repeat(1 << 20);
    let mut names = Pickle::new();
    names
        .raw(b"(")
        .text("storage")
        .global("torch", "FloatStorage");
    names.text(&long).text("cpu").int(1).raw(b"tq\x00");
    names.raw(&b"h\x00Q0".repeat(200_000));
    let mut values = Pickle::new();
    values.raw(&b"N0".repeat(1 << 21));
    let mut functions = Pickle::new();
    functions
        .text("torch")
        .raw(b"q\x00")
        .text(&long)
        .raw(b"q\x01");
    functions.raw(&b"h\x00h\x01\x930".repeat(200_000));
    [names, values, functions].map(|mut pickle| {
        pickle.raw(b"N.");
        zipped(&pickle.0, std::iter::empty())
    })
}

/// A file that calls a function when Python reads it.
pub fn running(module: &str, function: &str) -> Vec<u8> {
    let mut pickle = Pickle::new();
    pickle.global(module, function);
    pickle.raw(b"(").text("touch ran").raw(b"tR.");
    zipped(&pickle.0, std::iter::empty())
}
