//! `import`: files and folders into the user's library, measured for the search by timbre.

use std::num::NonZero;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::thread;

use anyhow::{Result, bail};
use host_bridge::measure::Ear;
use indicatif::ProgressBar;
use presets::library::{FileReport, Library, Outcome, Progress, Report, folder};
use serde_json::json;

use crate::progress;

/// Brings files into the library: .syx (banks, single voices, headerless, damaged), packed voices
/// (.bin), zip archives, folders, and SPINVAE's dexed_presets.sqlite. They are only read.
///
/// Can be interrupted at any time; the same command again goes on, and without a path it goes on
/// with whatever was interrupted.
#[derive(clap::Args)]
pub struct Args {
    /// Files and folders.
    paths: Vec<PathBuf>,
    /// Dexed's own cartridges.
    #[arg(long)]
    dexed: bool,
    /// Leave the sounds unmeasured; a later import measures them.
    #[arg(long)]
    no_measure: bool,
    /// Threads to measure on; all cores if it is not given.
    #[arg(long)]
    threads: Option<NonZero<usize>>,
    /// Print a line of JSON for each file and one for the whole.
    #[arg(long)]
    json: bool,
}

/// Imports, measures, reports.
///
/// # Errors
/// A path is not there, Dexed has no cartridges here, or the library cannot be opened or written to.
pub fn run(args: Args) -> Result<()> {
    let mut paths = args.paths;
    // Before a library is made for nothing.
    if let Some(missing) = paths.iter().find(|path| !path.exists()) {
        bail!("{}: no such file or folder", missing.display());
    }
    if args.dexed {
        match folder::dexed_cartridges() {
            Some(cartridges) => paths.push(cartridges),
            None => bail!("Dexed has no folder of cartridges here: name the folder yourself"),
        }
    }
    let mut library = Library::of_user()?;
    if paths.is_empty() {
        paths = library.unfinished_imports()?;
        // A path that was moved since cannot be gone on with.
        paths.retain(|path| path.exists());
    }
    let report = match paths.is_empty() {
        true => Report::default(),
        false => {
            let mut bar = Bar::new("importing");
            library.import(&paths, |progress| bar.show(progress))?
        }
    };
    report
        .files
        .iter()
        .for_each(|file| print_file(file, args.json));

    let mut measured = 0;
    if !args.no_measure {
        let cores = thread::available_parallelism().unwrap_or(NonZero::<usize>::MIN);
        let threads = args.threads.unwrap_or(cores);
        let mut bar = Bar::new("measuring");
        measured = library.measure(&Ear::new(), threads.get(), |progress| bar.show(progress))?;
    }
    if report.totals().1 > 0 {
        library.back_up()?;
    }
    print_totals(&report, measured, &mut library, args.json)
}

/// A progress bar that is made when there is something to show.
struct Bar {
    what: &'static str,
    bar: Option<ProgressBar>,
}

impl Bar {
    fn new(what: &'static str) -> Bar {
        Bar { what, bar: None }
    }

    fn show(&mut self, now: &Progress) -> ControlFlow<()> {
        let bar = self
            .bar
            .get_or_insert_with(|| progress::bar(self.what, now.total as u64));
        bar.set_position(now.done as u64);
        ControlFlow::Continue(())
    }
}

/// Files that came in whole are only counted; the others say why.
fn print_file(file: &FileReport, json: bool) {
    let path = file.path.display();
    let (outcome, reason) = match &file.outcome {
        Outcome::Imported => ("imported", None),
        Outcome::Unchanged => ("unchanged", None),
        Outcome::Refused(reason) => ("refused", Some(reason)),
    };
    if json {
        println!(
            "{}",
            json!({
                "file": path.to_string(), "outcome": outcome, "reason": reason,
                "voices": file.voices, "new": file.new, "cleaned": file.cleaned,
                "notes": file.notes,
            })
        );
        return;
    }
    match reason {
        Some(reason) => println!("{path}: nothing imported, {reason}"),
        None if !file.notes.is_empty() => {
            println!("{path}: {} voices, {} new", file.voices, file.new);
            file.notes.iter().for_each(|note| println!("    {note}"));
        }
        None => {}
    }
}

fn print_totals(report: &Report, measured: usize, library: &mut Library, json: bool) -> Result<()> {
    let (voices, new, cleaned) = report.totals();
    let (files, ignored, presets) = (report.files.len(), report.ignored, library.len()?);
    if json {
        println!(
            "{}",
            json!({
                "files": files, "ignored": ignored, "voices": voices, "new": new,
                "cleaned": cleaned, "measured": measured, "presets": presets,
            })
        );
    } else {
        println!(
            "{files} files with {voices} voices: {new} new, {} in the library before, {cleaned} \
             brought into range; {ignored} other files passed over",
            voices - new
        );
        println!(
            "{measured} sounds measured; {presets} presets in {}",
            library.path().display()
        );
    }
    Ok(())
}
