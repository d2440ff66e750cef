//! Many pairs: a line of JSON for each, and WAVs if they are wanted.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;

use anyhow::{Context, Result, bail};
use presets::Patch;
use serde::Serialize;

use super::{Args, PathKind};
use crate::hex::hex;
use crate::network::Network;
use crate::sound::Sound;
use crate::staging::Staging;
use crate::{parallel, patches, progress};

/// Pairs that are worked on before their lines are written.
const CHUNK: usize = 64;

/// A line of pairs.jsonl.
#[derive(Serialize)]
struct Line {
    pair: usize,
    /// Number of A's voice in the file, from 0.
    a: usize,
    /// Number of B's voice in the file, from 0.
    b: usize,
    path: PathKind,
    positions: Vec<f32>,
    /// 128 packed bytes each.
    steps: Vec<String>,
}

/// Writes the folder and says what is in it.
pub fn run(args: &Args, voices: &Path, network: &Network) -> Result<()> {
    let patches = patches::all(voices)?;
    let pairs = pairs(&patches, args.pairs, voices)?;
    let staging = Staging::new(&args.out)?;
    let name = staging.path().join("pairs.jsonl");
    let cannot_write = || format!("cannot write {}", name.display());
    let mut lines = BufWriter::new(File::create(&name).with_context(cannot_write)?);

    let bar = progress::bar("morphing", pairs.len() as u64);
    for (chunk, pairs) in pairs.chunks(CHUNK).enumerate() {
        let done = parallel::map(
            pairs,
            || (),
            |(), index, pair| morph(args, network, staging.path(), chunk * CHUNK + index, pair),
        )?;
        for line in done {
            writeln!(lines, "{line}").with_context(cannot_write)?;
            if args.json {
                println!("{line}");
            }
        }
        bar.inc(pairs.len() as u64);
    }
    lines
        .into_inner()
        .map_err(std::io::IntoInnerError::into_error)
        .with_context(cannot_write)?;
    bar.finish_and_clear();
    staging.commit()?;
    if !args.json {
        let file = args.out.join("pairs.jsonl");
        println!(
            "{}: {} pairs of {} steps",
            file.display(),
            pairs.len(),
            args.steps
        );
    }
    Ok(())
}

/// The first `wanted` pairs of neighbours, or all.
fn pairs<'a>(
    patches: &'a [Patch],
    wanted: Option<u32>,
    file: &Path,
) -> Result<Vec<&'a [Patch; 2]>> {
    let (pairs, _) = patches.as_chunks::<2>();
    let wanted = wanted.map_or(pairs.len(), |wanted| wanted as usize);
    if wanted > pairs.len() || wanted == 0 {
        bail!(
            "{} has {} patches, that is {} pairs: ask for no more with --pairs",
            file.display(),
            patches.len(),
            pairs.len()
        );
    }
    Ok(pairs[..wanted].iter().collect())
}

/// Morphs a pair, writes its WAVs if they are wanted, and returns its line.
fn morph(
    args: &Args,
    network: &Network,
    folder: &Path,
    pair: usize,
    [a, b]: &[Patch; 2],
) -> Result<String> {
    let table = args.path.table(a, b, network)?;
    let steps = args.steps(&table, args.steps as usize, [a, b]);
    if args.wav {
        let folder = folder.join(pair.to_string());
        fs::create_dir(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
        for (number, (_, patch)) in steps.iter().enumerate() {
            Sound::of_patch(patch).write(&folder.join(format!("{number}.wav")))?;
        }
    }
    let line = Line {
        pair,
        a: 2 * pair,
        b: 2 * pair + 1,
        path: args.path,
        positions: steps.iter().map(|(position, _)| *position).collect(),
        steps: steps
            .iter()
            .map(|(_, patch)| hex(&patch.to_packed()))
            .collect(),
    };
    Ok(serde_json::to_string(&line)?)
}
