//! `fidelity`: the engine against recorded renders of Dexed, sample for sample.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use engine::Quirks;
use host_bridge::fidelity::{self, Report};
use host_bridge::hosted::Format;
use serde::Serialize;

use crate::progress;
use crate::synths::{self, Synth};

/// Faults of Dexed that the instrument does not have and that this comparison switches on, each with
/// the reason why it is one.
const FIXES: [(&str, &str); 5] = [
    (
        "feedback_survives",
        "feedback memory outlives a note, so that equal notes sound different",
    ),
    (
        "ended_voices_run",
        "voices go on after their notes ended: they cost time and move the phases of later notes",
    ),
    (
        "stolen_voices_continue",
        "a stolen voice jumps to its new note, which clicks; it should fade and begin afresh",
    ),
    (
        "plateaus_scaled_twice",
        "envelope plateaus are scaled by the sample rate twice, so that patches differ from rate to rate",
    ),
    (
        "clips_to_the_wrong_side",
        "overflow downwards is clipped to the top: a loud click",
    ),
];

/// The comparison with what was switched on for it.
#[derive(Serialize)]
struct Shown<'a> {
    #[serde(flatten)]
    report: &'a Report,
    /// Names and reasons.
    faults_switched_on: &'a [(&'a str, &'a str)],
}

/// Renders every item of a golden folder and counts the items and samples that differ.
///
/// A golden folder holds manifest.json and a FLAC for each item. Faults of Dexed that the
/// instrument does not have are switched on for the comparison.
#[derive(clap::Args)]
pub struct Args {
    /// The golden folder.
    dir: PathBuf,
    /// Print the result as JSON.
    #[arg(long)]
    json: bool,
    /// Play as the instrument does, with Dexed's faults fixed; items that differ are not an error.
    #[arg(long)]
    product: bool,
    /// Play through this Dexed instead of the engine: `dexed-clap[:PATH]`. Items with a free-running LFO
    /// or feedback may differ, because Dexed begins with whatever was in memory; with the GNU C
    /// library, the environment MALLOC_PERTURB_=255 gives it zeros.
    #[arg(long, conflicts_with = "product")]
    synth: Option<Synth>,
}

/// Compares and reports.
///
/// # Errors
/// The folder cannot be read, or an item differs.
pub fn run(args: Args) -> Result<()> {
    match &args.synth {
        None | Some(Synth::BuiltIn(engine::EngineKind::Modern)) => {}
        Some(Synth::Dexed(Format::Clap, path)) => {
            let path = synths::dexed(Format::Clap, path.clone())?;
            return through_dexed(&args, &path);
        }
        Some(other) => {
            bail!("{other} does not play golden items: say built-in or dexed-clap[:PATH]")
        }
    }
    let quirks = if args.product {
        Quirks::default()
    } else {
        Quirks::DEXED
    };
    let bar = progress::bar(
        "rendering",
        fidelity::manifest(&args.dir)?.items.len() as u64,
    );
    let report = fidelity::compare(&args.dir, quirks, |_| bar.inc(1))?;
    bar.finish_and_clear();
    if args.json {
        let shown = Shown {
            report: &report,
            faults_switched_on: if args.product { &[] } else { &FIXES },
        };
        println!("{}", serde_json::to_string_pretty(&shown)?);
    } else {
        print(&report);
        if !args.product {
            println!("switched on, because the recordings have them and the instrument does not:");
            for (name, reason) in FIXES {
                println!("  {name}: {reason}");
            }
        }
    }
    if report.items_differing > 0 && !args.product {
        bail!(
            "{} of {} items in {} differ",
            report.items_differing,
            report.items,
            args.dir.display()
        );
    }
    Ok(())
}

fn through_dexed(args: &Args, path: &Path) -> Result<()> {
    let items = fidelity::manifest(&args.dir)?.items.len();
    let bar = progress::bar("playing", items as u64);
    let report = fidelity::compare_hosted(&args.dir, path, |_| bar.inc(1))?;
    bar.finish_and_clear();
    let differing = report.differing.len();
    if args.json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        println!(
            "{items} items through Dexed {}, {differing} differ",
            report.version
        );
        for id in &report.differing {
            println!("  {id}");
        }
    }
    if differing > 0 {
        bail!(
            "{differing} of {items} items in {} differ",
            args.dir.display()
        );
    }
    Ok(())
}

fn print(report: &Report) {
    println!(
        "{} items, {} differ; {} of {} samples differ",
        report.items, report.items_differing, report.samples_differing, report.samples
    );
    for item in &report.differing {
        match item.first {
            Some(first) => println!(
                "  {}: {} samples from sample {first} on, by up to {} steps of 16 bits",
                item.id, item.samples, item.largest
            ),
            None => println!("  {}: only after the DC blocker", item.id),
        }
    }
}
