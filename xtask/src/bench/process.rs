//! `bench process`: what a block of the finished plug-in takes while workers search for paths.

use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use engine::NoteAddress;
use host_bridge::{ClapBundle, ClapInstance, HostEvent};
use presets::{Operator, OperatorParameter as Op, Parameter, Patch};
use serde::Serialize;

use crate::{bundle, progress, state};

const RATE: f64 = 48_000.0;
const BLOCK: usize = 64;
const VOICES: u8 = 16;
/// Microseconds that a block lasts.
const LASTS: f64 = BLOCK as f64 / RATE * 1e6;
/// The share of that in which all but one of a thousand blocks must be done.
const BUDGET: f64 = 0.25;
/// Other instances whose workers are kept searching, each of which keeps a core busy.
const BUSY: usize = 2;
/// Blocks after which those are looked at again.
const LOOK: usize = 75;

/// Time of process() in blocks of 64 samples at 48 kHz, while 16 voices morph and the workers of two
/// more instances keep two cores busy. Blocks come in real time, as from a sound card.
#[derive(clap::Args)]
pub struct Args {
    /// The CLAP bundle to measure; without it, it is built.
    #[arg(long, value_name = "FILE")]
    bundle: Option<PathBuf>,
    /// Seconds of sound to play.
    #[arg(long, default_value_t = 20.0)]
    seconds: f64,
    /// Print the result as JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Report {
    blocks: usize,
    block_us: f64,
    median_us: f64,
    p99_us: f64,
    p99_9_us: f64,
    longest_us: f64,
    /// 99.9 % of the blocks against what a block lasts.
    p99_9_share: f64,
    within_budget: bool,
    /// Searches that the other instances began.
    searches: usize,
    histogram: Vec<Bin>,
}

/// Blocks that took less than `below_us`, and not less than the bin before.
#[derive(Serialize)]
struct Bin {
    below_us: f64,
    blocks: usize,
}

/// Measures and reports.
///
/// # Errors
/// The plug-in cannot be built, or does not do what a host asks.
pub fn run(args: Args) -> Result<()> {
    if !(args.seconds > 0.0 && args.seconds <= 3600.0) {
        bail!("--seconds must be more than 0 and at most 3600");
    }
    let file = match args.bundle {
        Some(file) => file,
        None => bundle::bundle(false)?.clap,
    };
    let bundle = ClapBundle::load(&file)?;
    let report = measure(&bundle, args.seconds)
        .with_context(|| format!("cannot measure {}", file.display()))?;
    if args.json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        print(&report);
    }
    Ok(())
}

fn print(report: &Report) {
    println!("{:>12} {:>9}", "under us", "blocks");
    for bin in &report.histogram {
        println!("{:>12.0} {:>9}", bin.below_us, bin.blocks);
    }
    println!(
        "median {:.0} us, 99 % {:.0} us, 99.9 % {:.0} us, longest {:.0} us of {:.0} us",
        report.median_us, report.p99_us, report.p99_9_us, report.longest_us, report.block_us
    );
    println!(
        "99.9 % of {} blocks took at most {:.1} % of a block ({} %: {}); {} searches beside it",
        report.blocks,
        100.0 * report.p99_9_share,
        100.0 * BUDGET,
        if report.within_budget {
            "kept"
        } else {
            "not kept"
        },
        report.searches
    );
}

fn measure(bundle: &ClapBundle, seconds: f64) -> Result<Report> {
    let (a, b) = ends()?;
    let mut playing = instance(bundle, &a, &b)?;
    playing.activate(RATE, BLOCK)?;
    let morph = playing
        .parameter("Morph")
        .context("it has no parameter Morph")?;
    for i in 0..VOICES {
        let address = NoteAddress {
            channel: Some(0),
            key: Some(36 + 3 * i),
            note_id: Some(i.into()),
        };
        let velocity = 0.8;
        playing.send(0, &HostEvent::NoteOn { address, velocity });
    }
    let bank = presets::factory::all();
    let mut searches = 0;
    let mut next_pair = || {
        searches += 1;
        let pick = |step: usize| bank[searches * step % bank.len()].patch;
        (pick(7), pick(31))
    };
    let mut busy = Vec::new();
    for _ in 0..BUSY {
        let (a, b) = next_pair();
        busy.push(instance(bundle, &a, &b)?);
    }

    let blocks = (seconds * RATE / BLOCK as f64).ceil() as usize;
    let bar = progress::bar("playing", blocks as u64);
    let mut took = Vec::with_capacity(blocks);
    let mut due = Instant::now();
    for block in 0..blocks {
        if block % LOOK == 0 {
            for other in &mut busy {
                let saved = other.save_state()?;
                if !state::is_pending(&saved)? {
                    let (a, b) = next_pair();
                    other.load_state(&state::with_ends(&saved, &a, &b)?)?;
                }
            }
            bar.inc(LOOK.min(blocks - block) as u64);
            due = Instant::now();
        }
        // Up and down in eight seconds, with a step inside of each block too.
        for at in [0, BLOCK / 2] {
            let time = (block * BLOCK + at) as f64 / RATE;
            let value = 1.0 - ((time / 4.0).rem_euclid(2.0) - 1.0).abs();
            playing.send(at, &HostEvent::Parameter { id: morph, value });
        }
        let begun = Instant::now();
        playing.process(BLOCK)?;
        took.push(begun.elapsed().as_secs_f64() * 1e6);
        playing.pump();
        due += Duration::from_secs_f64(LASTS / 1e6);
        thread::sleep(due.saturating_duration_since(Instant::now()));
    }
    bar.finish_and_clear();
    Ok(report(took, searches))
}

/// An instance that is to find the even path between these.
fn instance(bundle: &ClapBundle, a: &Patch, b: &Patch) -> Result<ClapInstance> {
    let mut instance = bundle.instantiate(crate::demo::PLUGIN)?;
    let state = state::with_ends(&instance.save_state()?, a, b)?;
    instance.load_state(&state)?;
    Ok(instance)
}

/// Two sounds of six operators that sound on for ever, under different algorithms.
fn ends() -> Result<(Patch, Patch)> {
    let a = super::engine::sustained()?;
    let mut b = a;
    b.set(Parameter::ALGORITHM, 17);
    for operator in Operator::ALL {
        b.set_op(operator, Op::Fine, 50);
        b.set_op(operator, Op::OutputLevel, 78);
    }
    Ok((a, b))
}

fn report(mut took: Vec<f64>, searches: usize) -> Report {
    took.sort_by(f64::total_cmp);
    let at = |share: f64| took[((took.len() - 1) as f64 * share).ceil() as usize];
    let mut histogram = Vec::new();
    let (mut below_us, mut counted) = (10.0, 0);
    while counted < took.len() {
        let until = took.partition_point(|&us| us < below_us);
        if until > 0 {
            let blocks = until - counted;
            histogram.push(Bin { below_us, blocks });
        }
        counted = until;
        below_us *= std::f64::consts::SQRT_2;
    }
    let p99_9_share = at(0.999) / LASTS;
    Report {
        blocks: took.len(),
        block_us: LASTS,
        median_us: at(0.5),
        p99_us: at(0.99),
        p99_9_us: at(0.999),
        longest_us: at(1.0),
        p99_9_share,
        within_budget: p99_9_share < BUDGET,
        searches,
        histogram,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_block_is_counted_once() {
        let took: Vec<f64> = (1..=2000).map(f64::from).rev().collect();
        let report = report(took, 3);
        let counted: usize = report.histogram.iter().map(|bin| bin.blocks).sum();
        assert_eq!((report.blocks, counted), (2000, 2000));
        assert_eq!(report.histogram[0].blocks, 9);
        let percentiles = [report.median_us, report.p99_us, report.p99_9_us];
        assert_eq!(percentiles, [1001.0, 1981.0, 1999.0]);
        assert_eq!(report.longest_us, 2000.0);
        assert!(!report.within_budget);
    }
}
