//! What the design promises of the bundle, measured in our own headless host: size, time of a scan,
//! memory of a further instance.

use std::fs;
use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result};
use host_bridge::ClapBundle;

use super::report::Report;

/// The most a bundle may have, in bytes.
const SIZE: u64 = 60_000_000;
/// The longest a scan may take, in milliseconds.
const SCAN_MS: f64 = 100.0;
/// The most memory a further instance may take, in MB (millions of bytes).
const INSTANCE_MB: f64 = 60.0;
/// Further instances that are made.
const INSTANCES: usize = 39;

const TOOL: &str = "headless host";
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Measures, and notes what holds. To be called before anything else loads the bundle.
///
/// # Errors
/// The bundle does not load or does not play.
pub fn measure(clap: &Path, report: &mut Report) -> Result<()> {
    let mut note = |what: &str, value: f64, unit: &str, most: f64| {
        let said = format!("{value:.1} {unit}, at most {most} {unit}");
        report.ran(&format!("{TOOL}, {what}"), VERSION, said, value < most);
    };
    // On macOS the bundle is a folder, and its size not what the file system says.
    let found = fs::metadata(clap).with_context(|| format!("cannot read {}", clap.display()))?;
    if found.is_file() {
        note("size", found.len() as f64 / 1e6, "MB", SIZE as f64 / 1e6);
    }
    let started = Instant::now();
    let bundle = ClapBundle::load(clap)?;
    let id = bundle.ids().pop().context("there is no plug-in in it")?;
    let scan = started.elapsed().as_secs_f64() * 1e3;
    note("scan", scan, "ms", SCAN_MS);

    let playing = || {
        let mut tween = bundle.instantiate(&id)?;
        tween.activate(48_000.0, 512)?;
        tween.process(512)?;
        anyhow::Ok(tween)
    };
    let mut instances = vec![playing()?];
    let Some(one) = memory_mb() else {
        report.skipped(
            &format!("{TOOL}, memory"),
            "the memory of a process is read from /proc, which is not here",
        );
        return Ok(());
    };
    for _ in 0..INSTANCES {
        instances.push(playing()?);
    }
    let more = memory_mb().unwrap_or(one) - one;
    let each = more / INSTANCES as f64;
    note("memory of a further instance", each, "MB", INSTANCE_MB);
    Ok(())
}

/// What this process holds in memory, in MB.
fn memory_mb() -> Option<f64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: f64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kibibytes * 1024.0 / 1e6)
}
