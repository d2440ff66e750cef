//! `convert`: the checkpoint that SPINVAE's authors publish, as weights for Tween.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use model::convert::convert;
use model::spectrogram::Range;

use crate::progress;
use crate::staging::Staging;

/// Turn SPINVAE's checkpoint, as its authors' training saves it, into weights for --weights.
///
/// Reads a checkpoint.tar of PyTorch, in either of its formats. Nothing in it is executed; a file that
/// is damaged, or is of another network, is refused with the name of the tensor or the reason.
#[derive(clap::Args)]
pub struct Args {
    /// The authors' checkpoint, as downloaded.
    checkpoint: PathBuf,
    /// The file to write; without it, beside the checkpoint with the extension .safetensors. A file that
    /// is there already is not replaced.
    #[arg(long, value_name = "FILE.safetensors")]
    out: Option<PathBuf>,
    /// The softest level in the spectrograms it was trained with, dB, to encode sounds as well as
    /// patches; the checkpoint does not hold it.
    #[arg(
        long,
        value_name = "DB",
        requires = "loudest",
        allow_negative_numbers = true
    )]
    softest: Option<f32>,
    /// The loudest level in them, dB.
    #[arg(
        long,
        value_name = "DB",
        requires = "softest",
        allow_negative_numbers = true
    )]
    loudest: Option<f32>,
    /// Print what was written as JSON.
    #[arg(long)]
    json: bool,
}

/// Converts, and says what was written.
///
/// # Errors
/// The checkpoint is not one of the published network, or the file cannot be written or is there.
pub fn run(args: Args) -> Result<()> {
    let out = match args.out {
        Some(out) => out,
        None => args.checkpoint.with_extension("safetensors"),
    };
    if out.exists() {
        bail!(
            "{} is there already and is not replaced: name another file with --out",
            out.display()
        );
    }
    let range = match (args.softest, args.loudest) {
        (Some(min), Some(max)) if min < max => Some(Range { min, max }),
        (Some(min), Some(max)) => bail!("--softest {min} is not below --loudest {max}"),
        _ => None,
    };
    let bar = progress::bar("converting", 2);
    let checkpoint = convert(&args.checkpoint, range)?;
    bar.inc(1);
    let name = out
        .file_name()
        .with_context(|| format!("{} is not the name of a file", out.display()))?;
    let folder = match out.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let staging = Staging::new(folder)?;
    let file = staging.path().join(name);
    fs::write(&file, checkpoint.to_bytes()?)
        .with_context(|| format!("cannot write {}", file.display()))?;
    staging.commit()?;
    bar.finish_and_clear();

    let values = checkpoint.values();
    if args.json {
        let outcome = serde_json::json!({
            "weights": out,
            "tensors": checkpoint.tensors.len(),
            "values": values,
            "metadata": checkpoint.metadata,
        });
        println!("{outcome}");
    } else {
        println!(
            "{}: {} tensors, {values} values, of {}",
            out.display(),
            checkpoint.tensors.len(),
            args.checkpoint.display()
        );
    }
    Ok(())
}
