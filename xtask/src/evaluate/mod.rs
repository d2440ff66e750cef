//! `cargo xtask evaluate`: how smoothly and how straight each path moves, by the published measure.

mod pairs;
mod plots;
mod report;
mod sounds;

use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Result, bail, ensure};
use clap::ValueEnum;
use model::evaluation::reconstruction::Gathered;
use model::evaluation::{Features, Metrics, STEPS, metrics, reference};
use presets::Patch;

use self::pairs::Pair;
use self::report::{PathFigures, Report, Worth};
use self::sounds::Sounds;
use crate::network::{self, Network};
use crate::{even, parallel, progress};

/// Measure how smooth and how straight paths are, against the path parameter by parameter.
#[derive(clap::Args)]
pub struct Args {
    /// A raw file of packed voices, 128 bytes each: pairs (0,1), (2,3) and so on; without it, the
    /// patches of the project's data that were held back for testing
    #[arg(long, value_name = "FILE.bin")]
    voices: Option<PathBuf>,
    /// Which side of the project's data, where no file is named
    #[arg(long, value_enum, default_value = "test", conflicts_with = "voices")]
    split: Side,
    /// How many pairs, at most
    #[arg(long, default_value_t = 1000)]
    pairs: usize,
    /// Which paths, separated by commas
    #[arg(
        long,
        value_enum,
        value_delimiter = ',',
        default_value = "linear,half,crossfade"
    )]
    paths: Vec<Path>,
    /// How many steps a path has, both ends included
    #[arg(long, default_value_t = STEPS, value_parser = at_least_three)]
    steps: usize,
    /// Sample rate at which notes are played, a multiple of 16000; they are measured at 16000 Hz
    #[arg(long, default_value_t = 48_000, value_parser = multiple_of_16000)]
    rate: u32,
    #[command(flatten)]
    network: network::Args,
    /// How many notes the even path may render to find its way
    #[arg(long, default_value_t = model::path::even::RENDERS)]
    renders: usize,
    /// Write one JSON object instead of a table
    #[arg(long)]
    json: bool,
    /// A folder for the figures of every pair, and pictures: features.png, pairs.png, and strips of the
    /// ten best and the ten worst pairs of each path
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

fn at_least_three(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(steps) if steps >= 3 => Ok(steps),
        _ => Err("must be a number from 3 on".into()),
    }
}

fn multiple_of_16000(text: &str) -> Result<u32, String> {
    match text.parse() {
        Ok(rate) if rate > 0 && rate % 16_000 == 0 && rate <= 768_000 => Ok(rate),
        _ => Err("must be 16000 or a multiple of it, up to 768000".into()),
    }
}

/// A side of the project's own data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Side {
    /// To tune by.
    Validation,
    /// To be judged by.
    Test,
}

/// What lies between A and B.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, ValueEnum)]
pub enum Path {
    /// The published reference: every value in a straight line, switches too
    Linear,
    /// The strong reference: numbers in straight lines, every switch flipped at the half
    Half,
    /// What the network imagines between A and B, with exact ends, at a pace found by listening
    Latent,
    /// The linear path in the network's place: what that listening is worth alone
    Paced,
    /// The same as the network has it, ends reconstructed: how the published figures were measured
    Decoded,
    /// Timbre at constant speed, with the candidates of the network and what it foretells
    Even,
    /// The same without the network
    EvenAlone,
    /// The sounds of A and B faded into each other: no patch, an upper bound
    Crossfade,
}

impl Path {
    fn name(self) -> &'static str {
        match self {
            Path::Linear => "linear",
            Path::Half => "half",
            Path::Latent => "latent",
            Path::Paced => "paced",
            Path::Decoded => "decoded",
            Path::Even => "even",
            Path::EvenAlone => "even-alone",
            Path::Crossfade => "crossfade",
        }
    }

    /// The same path without the network: what it is better by is what the network is worth.
    fn without_network(self) -> Option<Path> {
        match self {
            Path::Latent => Some(Path::Paced),
            Path::Even => Some(Path::EvenAlone),
            _ => None,
        }
    }
}

/// What came out for one pair.
struct Outcome {
    /// Features of the true A and B.
    truth: [Features; 2],
    reference: Metrics,
    /// In the order of the paths asked for.
    paths: Vec<PathOutcome>,
}

struct PathOutcome {
    metrics: Metrics,
    /// Features at the ends.
    ends: [Features; 2],
    /// The patches; a crossfade has none.
    patches: Vec<Patch>,
    /// Seconds that finding the path took.
    seconds: f64,
}

/// Runs the command.
pub fn run(args: Args) -> Result<()> {
    let pairs = match &args.voices {
        Some(file) => pairs::from_file(file, args.pairs)?,
        None => pairs::held_back(args.split, args.pairs)?,
    };
    if pairs.sounding.is_empty() {
        bail!("no pair of patches that both sound, so there is nothing to measure");
    }
    let network = args.network.network()?;
    let started = Instant::now();
    let bar = progress::bar("pairs", pairs.sounding.len() as u64);
    let outcomes = parallel::map(
        &pairs.sounding,
        || Sounds::new(args.rate),
        |sounds, _, pair| {
            let outcome = measure(pair, &args, &network, sounds);
            bar.inc(1);
            outcome
        },
    )?;
    bar.finish_and_clear();
    let worth = args.paths.iter().filter_map(|&path| {
        let without = path.without_network()?;
        let place = |path| args.paths.iter().position(|&asked| asked == path);
        let found = Worth::new(without.name(), &outcomes, [place(path)?, place(without)?]);
        Some((path.name(), found))
    });
    let report = Report {
        worth: worth.collect(),
        pairs: pairs.sounding.len(),
        silent: pairs.silent,
        steps: args.steps,
        rate: args.rate,
        seconds: started.elapsed().as_secs_f64(),
        paths: args
            .paths
            .iter()
            .enumerate()
            .map(|(i, path)| (path.name(), figures(&pairs.sounding, &outcomes, i)))
            .collect(),
    };
    if let Some(folder) = &args.out {
        report::write_pairs(folder, &args.paths, &pairs.sounding, &outcomes, &report)?;
    }
    if args.json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        print!("{report}");
    }
    Ok(())
}

/// All figures of one pair.
fn measure(pair: &Pair, args: &Args, network: &Network, sounds: &mut Sounds) -> Result<Outcome> {
    let (a, b) = (&pair.a, &pair.b);
    sounds.forget();
    let positions = || (0..args.steps).map(|t| t as f64 / (args.steps - 1) as f64);
    let ends = [a, b].map(|patch| sounds.features(patch));
    let truth = [&ends[0], &ends[1]];
    let of_patches = |patches: &[Patch], sounds: &mut Sounds| -> Vec<Features> {
        patches.iter().map(|patch| sounds.features(patch)).collect()
    };
    let linear: Vec<Patch> = positions().map(|t| reference::linear(a, b, t)).collect();
    let reference = metrics(&of_patches(&linear, sounds), truth);
    let paths: Result<Vec<PathOutcome>> = args
        .paths
        .iter()
        .map(|path| {
            let started = Instant::now();
            let patches: Option<Vec<Patch>> = match path {
                Path::Linear => Some(linear.clone()),
                Path::Half => Some(positions().map(|t| reference::half(a, b, t)).collect()),
                Path::Latent | Path::Paced => {
                    let along = match path {
                        Path::Latent => network.along(a, b)?,
                        _ => reference::along(a, b),
                    };
                    let table = even::paced(a, b, &along);
                    Some(
                        positions()
                            .map(|t| table.at(t as f32).round(&a.name()))
                            .collect(),
                    )
                }
                Path::Decoded => Some(network.decoded(a, b, &narrow(positions()))?),
                Path::Even | Path::EvenAlone => {
                    let network = (*path == Path::Even).then_some(network);
                    let table = even::table(a, b, network, args.renders)?;
                    let at = |t| table.at(t as f32).round(&a.name());
                    Some(positions().map(at).collect())
                }
                Path::Crossfade => None,
            };
            let seconds = started.elapsed().as_secs_f64();
            if let (Some([first, .., last]), false) = (patches.as_deref(), *path == Path::Decoded) {
                let is_exact = first.values() == a.values() && last.values() == b.values();
                let [a, b] = [a, b].map(Patch::name);
                ensure!(is_exact, "{} from {a} to {b} has other ends", path.name());
            }
            let features = match &patches {
                Some(patches) => of_patches(patches, sounds),
                None => positions().map(|t| sounds.crossfade(a, b, t)).collect(),
            };
            Ok(PathOutcome {
                metrics: metrics(&features, truth),
                ends: [features[0], features[features.len() - 1]],
                patches: patches.unwrap_or_default(),
                seconds,
            })
        })
        .collect();
    Ok(Outcome {
        truth: ends,
        reference,
        paths: paths?,
    })
}

fn narrow(positions: impl Iterator<Item = f64>) -> Vec<f32> {
    positions.map(|position| position as f32).collect()
}

/// The figures of one path over all pairs.
fn figures(pairs: &[Pair], outcomes: &[Outcome], path: usize) -> PathFigures {
    let references: Vec<Metrics> = outcomes.iter().map(|o| o.reference.clone()).collect();
    let found: Vec<Metrics> = outcomes
        .iter()
        .map(|o| o.paths[path].metrics.clone())
        .collect();
    let mut gathered = Gathered::default();
    let mut seconds: Vec<f64> = Vec::new();
    for (pair, outcome) in pairs.iter().zip(outcomes) {
        let of_path = &outcome.paths[path];
        seconds.push(of_path.seconds);
        // A crossfade has no patches, so nothing is reconstructed.
        let [a, .., b] = of_path.patches.as_slice() else {
            continue;
        };
        gathered.patch(&pair.a, a);
        gathered.patch(&pair.b, b);
        for (end, found) in of_path.ends.iter().enumerate() {
            gathered.timbre(&outcome.truth[end], found, &outcome.truth[1 - end]);
        }
    }
    PathFigures::new(&found, &references, gathered.means(), &seconds)
}
