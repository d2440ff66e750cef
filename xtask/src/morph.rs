//! `morph`: the sounds of a path as files; one pair for the ear, or many for a measurement.

mod batch;
mod single;

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::ValueEnum;
use engine::MorphTable;
use model::path::even::RENDERS;
use presets::library::export;
use presets::{Patch, Reference};
use serde::Serialize;

use crate::even;
use crate::network::{self, Network};

/// Write the sounds between two patches, or between the pairs of a whole file.
///
/// For one pair the folder gets a WAV per step (0.wav, 1.wav, …), strip.png with their spectrograms,
/// path.json with the patches, and path.syx, a bank of 32 equal steps for a DX7 or Dexed. For
/// --voices it gets pairs.jsonl, a line for every pair:
/// {"pair":0,"a":0,"b":1,"path":"linear","positions":[0.0,…,1.0],"steps":["…",…]}, where `a` and `b`
/// are the numbers of the voices in the file, counted from 0, and each step is a patch as 128 packed
/// bytes in hex; with --wav also PAIR/STEP.wav. Every WAV is the same note on the built-in synth.
#[derive(clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    /// The sound at 0: FILE.syx, FILE.syx#12, "FILE.syx#E.PIANO 1", FILE.bin#123, factory:NAME or library:ID.
    #[arg(required_unless_present = "voices")]
    a: Option<Reference>,
    /// The sound at 1, named in the same way.
    #[arg(required_unless_present = "voices")]
    b: Option<Reference>,
    /// Morph many pairs: voices 0 and 1, 2 and 3, … of this file.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["a", "b"])]
    voices: Option<PathBuf>,
    /// How many pairs of the file; all of them if not given.
    #[arg(
        long,
        value_name = "N",
        requires = "voices",
        conflicts_with_all = ["a", "b"],
        value_parser = clap::value_parser!(u32).range(1..)
    )]
    pairs: Option<u32>,
    /// How to travel; even, as the plug-in does, takes about a second for a pair.
    #[arg(long, value_enum, default_value_t = PathKind::Even)]
    path: PathKind,
    #[command(flatten)]
    network: network::Args,
    /// How many sounds, ends included.
    #[arg(long, value_name = "N", default_value_t = 9, value_parser = clap::value_parser!(u32).range(2..=1000))]
    steps: u32,
    /// Where to begin: 0 is A, below is beyond it, down to -0.5.
    #[arg(
        long,
        value_name = "POSITION",
        default_value_t = 0.0,
        allow_negative_numbers = true
    )]
    from: f32,
    /// Where to end: 1 is B, above is beyond it, up to 1.5.
    #[arg(
        long,
        value_name = "POSITION",
        default_value_t = 1.0,
        allow_negative_numbers = true
    )]
    to: f32,
    /// The folder to write into; files of the same names are replaced.
    #[arg(long, value_name = "DIR", default_value = "morph")]
    out: PathBuf,
    /// With --voices: a WAV of every step too. One pair gets them in any case.
    #[arg(long)]
    wav: bool,
    /// Print what was written as JSON: path.json, or the lines of pairs.jsonl.
    #[arg(long)]
    json: bool,
}

/// How the sounds between A and B are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum PathKind {
    /// Parameter by parameter in straight lines, every switch flipped at the half.
    Linear,
    /// As the model imagines it: decoded from the straight line between the latents of both, its
    /// pace and its switches found by listening.
    Latent,
    /// Timbre at constant speed: the sounds between A and B are found by listening.
    Even,
}

impl PathKind {
    /// The path between two patches.
    ///
    /// # Errors
    /// The network cannot compute.
    pub fn table(self, a: &Patch, b: &Patch, network: &Network) -> Result<MorphTable> {
        Ok(match self {
            PathKind::Linear => MorphTable::linear(a, b),
            PathKind::Latent => even::paced(a, b, &network.along(a, b)?),
            PathKind::Even => even::table(a, b, Some(network), RENDERS)?,
        })
    }
}

/// Morphs one pair or many.
///
/// # Errors
/// A patch cannot be had, a position is outside the path, or the folder cannot be written to.
pub fn run(args: Args) -> Result<()> {
    for (option, position) in [("--from", args.from), ("--to", args.to)] {
        if !(-0.5..=1.5).contains(&position) {
            bail!("{option} {position} is outside the path: it reaches from -0.5 to 1.5");
        }
    }
    let network = args.network.network()?;
    match (&args.a, &args.b, &args.voices) {
        (Some(a), Some(b), _) => single::run(&args, a, b, &network),
        (_, _, Some(voices)) => batch::run(&args, voices, &network),
        // PANIC: clap demands one or the other.
        _ => unreachable!("clap demands A and B, or --voices"),
    }
}

impl Args {
    /// `count` steps at equal distances between the two ends that were asked for.
    fn steps(&self, table: &MorphTable, count: usize, ends: [&Patch; 2]) -> Vec<(f32, Patch)> {
        export::steps(|at| table.at(at), ends, self.from..=self.to, count)
    }
}
