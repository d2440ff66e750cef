//! `bench path`: how long it takes to find the sounds between two patches, on one thread.

use std::time::Instant;

use anyhow::Result;
use model::path::even::RENDERS;
use presets::factory;
use serde::Serialize;
use timbre::median;

use crate::even;
use crate::network::{self, Network};

/// Milliseconds from A and B to a table, for pairs of factory sounds, on one thread: the path of the
/// network with its pace, the same once what lies past its ends was heard too, and the even path.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    network: network::Args,
    /// How many pairs.
    #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..=64))]
    pairs: u16,
    /// How many notes the even path may render.
    #[arg(long, default_value_t = RENDERS)]
    renders: usize,
    /// Print the result as JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Report {
    pairs: u16,
    /// Until it can play.
    latent: Stage,
    /// Until what lies past its ends was heard too.
    whole: Stage,
    even: Stage,
}

/// Milliseconds of one way to find a path, over the pairs.
#[derive(Serialize)]
struct Stage {
    median_ms: f64,
    longest_ms: f64,
}

/// Measures and reports.
///
/// # Errors
/// The weights cannot be read, or the network cannot compute.
pub fn run(args: Args) -> Result<()> {
    let network: Network = args.network.network()?;
    let bank = factory::all();
    let (mut latent, mut whole, mut even) = (Vec::new(), Vec::new(), Vec::new());
    // An instance's first path also makes its ear and its threads; later ones are what is waited for.
    let [a, b] = [0, 1].map(|place| &bank[place % bank.len()].patch);
    even::paced(a, b, &network.along(a, b)?);
    for pair in 0..usize::from(args.pairs) {
        let a = &bank[pair % bank.len()].patch;
        let b = &bank[(7 * pair + bank.len() / 2) % bank.len()].patch;
        let started = Instant::now();
        let mut first = None;
        even::paced_early(a, b, &network.along(a, b)?, &mut |_| {
            first = Some(milliseconds(started));
        });
        // Where there is nothing to listen to, the linear path is the answer.
        latent.push(first.unwrap_or_else(|| milliseconds(started)));
        whole.push(milliseconds(started));
        let started = Instant::now();
        even::table(a, b, Some(&network), args.renders)?;
        even.push(milliseconds(started));
    }
    let report = Report {
        pairs: args.pairs,
        latent: Stage::of(latent),
        whole: Stage::of(whole),
        even: Stage::of(even),
    };
    if args.json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        println!("{:<17} {:>10} {:>10}", "path", "median", "longest");
        let stages = [
            ("latent", &report.latent),
            ("and past its ends", &report.whole),
            ("even", &report.even),
        ];
        for (name, stage) in stages {
            println!(
                "{name:<17} {:>7.0} ms {:>7.0} ms",
                stage.median_ms, stage.longest_ms
            );
        }
    }
    Ok(())
}

impl Stage {
    fn of(mut times: Vec<f64>) -> Stage {
        Stage {
            longest_ms: times.iter().copied().fold(0.0, f64::max),
            median_ms: median(&mut times),
        }
    }
}

fn milliseconds(started: Instant) -> f64 {
    started.elapsed().as_secs_f64() * 1e3
}
