//! `fidelity`: the engine against recorded renders of Dexed, sample for sample.

use std::path::PathBuf;

use anyhow::{Result, bail};
use engine::Quirks;
use host_bridge::fidelity::{self, Report};

use crate::progress;

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
}

/// Compares and reports.
///
/// # Errors
/// The folder cannot be read, or an item differs.
pub fn run(args: Args) -> Result<()> {
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
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        print(&report);
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
