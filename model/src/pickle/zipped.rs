//! The container of PyTorch 1.6 and later: a zip of `STEM/data.pkl` and `STEM/data/KEY`.

use std::io::{Read, Seek};

use candle_core::{Result, bail};
use zip::{CompressionMethod, ZipArchive};

/// The structure of a file with millions of tensors would be smaller.
const LARGEST_PICKLE: u64 = 64 << 20;

pub struct Zipped<R> {
    archive: ZipArchive<R>,
    stem: String,
}

impl<R: Read + Seek> Zipped<R> {
    pub fn open(reader: R) -> Result<Zipped<R>> {
        let archive = match ZipArchive::new(reader) {
            Ok(archive) => archive,
            Err(error) => bail!("damaged zip: {error}"),
        };
        let pickle = archive.file_names().find_map(|name| {
            let name = name.ok()?;
            name.strip_suffix("/data.pkl").map(str::to_owned)
        });
        let Some(stem) = pickle else {
            bail!("a zip, but not one of PyTorch: it has no data.pkl");
        };
        Ok(Zipped { archive, stem })
    }

    pub fn pickle(&mut self) -> Result<Vec<u8>> {
        self.entry("data.pkl", LARGEST_PICKLE)
    }

    /// The bytes of a storage, of which at least `len` are needed.
    pub fn storage(&mut self, key: &str, len: usize) -> Result<Vec<u8>> {
        self.entry(&format!("data/{key}"), len as u64)
    }

    /// An entry, or its first `most` bytes.
    fn entry(&mut self, name: &str, most: u64) -> Result<Vec<u8>> {
        let name = format!("{}/{name}", self.stem);
        let entry = match self.archive.by_name(&name) {
            Ok(entry) => entry,
            Err(error) => bail!("{name:?} in the zip: {error}"),
        };
        // PyTorch compresses nothing; so no entry is larger than the file, whatever it claims to hold.
        if entry.compression() != CompressionMethod::Stored {
            bail!("{name:?} in the zip is compressed, as those of PyTorch are not");
        }
        let mut bytes = Vec::new();
        match entry.take(most).read_to_end(&mut bytes) {
            Ok(_) => Ok(bytes),
            Err(error) => bail!("{name:?} in the zip: {error}"),
        }
    }
}
