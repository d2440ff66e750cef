//! `bench model`: how fast a network encodes and decodes on one thread, and what it needs.

use std::time::Instant;

use anyhow::Result;
use model::Spinvae;
use model::ops;
use model::pool::Pool;
use presets::factory;
use serde::Serialize;

use crate::network::{self, Network};

/// Milliseconds to load a network, to encode two patches and to decode the points of a path, on one
/// thread; the fastest of a few tries each.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    network: network::Args,
    /// SPINVAE as published, with random weights: its speed without its checkpoint.
    #[arg(long, conflicts_with = "weights")]
    paper: bool,
    /// Print the result as JSON.
    #[arg(long)]
    json: bool,
}

/// Points of the paths that are decoded.
const POINTS: [usize; 3] = [9, 33, 65];
const TRIES: usize = 5;
/// Rows of the matrices that tell how fast the machine is.
const MATRIX: usize = 1024;

/// Operations (two for a multiplication with an addition) of the published network: to encode a
/// patch without its sound, and to decode a point (facts of the paper's configuration, section 3). Of the
/// encoder's 1.511e9, those are left out that its last layer does not do, for tokens nobody looks at.
const PAPER_OPERATIONS: [f64; 2] = [1.301e9, 1.722e9];

#[derive(Serialize)]
struct Report {
    network: &'static str,
    load_ms: f64,
    rows: Vec<Row>,
    /// Of a plain product of matrices on one thread, in the same run.
    matrix_gflops: f64,
    /// The most memory that this process has had so far; not known on every system.
    peak_mb: Option<f64>,
}

#[derive(Serialize)]
struct Row {
    what: String,
    ms: f64,
    /// Billions of operations a second, where their number is known.
    gflops: Option<f64>,
}

/// Measures and reports.
///
/// # Errors
/// The weights cannot be read, or the network cannot compute.
pub fn run(args: Args) -> Result<()> {
    let started = Instant::now();
    let network = if args.paper {
        Network::Paper(Spinvae::untrained(1, 1)?)
    } else {
        args.network.network()?
    };
    let load_ms = started.elapsed().as_secs_f64() * 1e3;
    let bank = factory::all();
    let ends = [bank[0].patch, bank[bank.len() / 2].patch];
    let operations = matches!(network, Network::Paper(_)).then_some(PAPER_OPERATIONS);

    let latents = network.encode(&ends)?;
    let mut rows = vec![row(
        "encode 2 patches".into(),
        operations.map(|[encode, _]| 2.0 * encode),
        || network.encode(&ends).map(drop),
    )?];
    for count in POINTS {
        let positions: Vec<f64> = (0..count).map(|i| i as f64 / (count - 1) as f64).collect();
        let points = model::latent::linear(&latents[0], &latents[1], &positions);
        rows.push(row(
            format!("decode {count} points"),
            operations.map(|[_, decode]| count as f64 * decode),
            || network.decode(&points),
        )?);
    }
    let pool = Pool::new(1)?;
    let report = Report {
        network: match network {
            Network::Compact(..) => "compact",
            Network::Paper(_) => "paper",
        },
        load_ms,
        rows,
        matrix_gflops: pool.run(|| ops::operations_per_second(MATRIX))? / 1e9,
        peak_mb: peak_mb(),
    };
    if args.json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        print(&report);
    }
    Ok(())
}

fn row(what: String, operations: Option<f64>, mut work: impl FnMut() -> Result<()>) -> Result<Row> {
    let mut shortest = f64::INFINITY;
    for _ in 0..TRIES {
        let started = Instant::now();
        work()?;
        shortest = shortest.min(started.elapsed().as_secs_f64());
    }
    Ok(Row {
        what,
        ms: shortest * 1e3,
        gflops: operations.map(|operations| operations / shortest / 1e9),
    })
}

fn print(report: &Report) {
    println!("{} network, one thread", report.network);
    println!("{:<18} {:>9.1} ms", "load", report.load_ms);
    for row in &report.rows {
        let speed = row
            .gflops
            .map_or_else(String::new, |gflops| format!("  {gflops:.0} GFLOP/s"));
        println!("{:<18} {:>9.1} ms{speed}", row.what, row.ms);
    }
    println!(
        "{:<18} {:>9.0} GFLOP/s",
        "matrix product", report.matrix_gflops
    );
    if let Some(peak) = report.peak_mb {
        println!("{:<18} {peak:>9.0} MB", "most memory");
    }
}

/// What Linux says of this process.
fn peak_mb() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes / 1024.0)
}
