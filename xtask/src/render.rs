//! `render`: one note of a patch through any synth, and the difference between two.

use std::path::PathBuf;

use anyhow::{Result, ensure};
use engine::MorphTable;
use host_bridge::{Note, Phrase};
use presets::Reference;
use serde::Serialize;

use crate::patches;
use crate::sound::{RATE, write_wav};
use crate::synths::{NAMES, Synth};

/// Render a note of a patch through any synth, or compare two synths.
///
/// A synth is `built-in`, `mark-one`, `dexed-clap[:PATH]` or `dexed-vst2[:PATH]`; without a path, the first
/// Dexed in the plug-in folders.
#[derive(clap::Args)]
pub struct Args {
    /// The patch: FILE.syx, FILE.syx#12, FILE.syx#NAME, FILE.bin#123, factory:NAME or library:ID.
    patch: Reference,
    /// What plays it.
    #[arg(long, default_value = "built-in", help = NAMES)]
    synth: Synth,
    /// Play it through this one too, and say how far the two differ (the null test).
    #[arg(long)]
    against: Option<Synth>,
    /// MIDI key, 60 is middle C.
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u8).range(0..=127))]
    key: u8,
    /// MIDI velocity.
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u8).range(1..=127))]
    velocity: u8,
    /// Seconds the key is held.
    #[arg(long, default_value_t = 2.0)]
    hold: f64,
    /// Seconds of the whole render.
    #[arg(long, default_value_t = 3.0)]
    seconds: f64,
    /// The WAV file (16 bits, 48 kHz, mono).
    #[arg(long, default_value = "render.wav")]
    out: PathBuf,
    /// Print the result as JSON.
    #[arg(long)]
    json: bool,
}

/// What was rendered.
#[derive(Serialize)]
struct Rendered {
    out: PathBuf,
    synth: String,
    patch: String,
    /// Largest sample, 1 is full scale.
    peak: f32,
    #[serde(skip_serializing_if = "Option::is_none")]
    against: Option<Difference>,
}

/// How far two synths differ.
#[derive(Serialize)]
struct Difference {
    synth: String,
    samples: usize,
    samples_differing: usize,
    /// Largest difference, 1 is full scale.
    largest: f32,
}

/// Renders and reports.
///
/// # Errors
/// There is no such patch, the synth does not play, or the file cannot be written.
pub fn run(args: Args) -> Result<()> {
    ensure!(
        (0.0..=600.0).contains(&args.seconds) && (0.0..=600.0).contains(&args.hold),
        "--hold and --seconds are seconds, 0 to 600"
    );
    let patch = patches::one(&args.patch)?;
    let table = MorphTable::constant(&patch);
    let note = Note {
        key: args.key,
        velocity: args.velocity,
        hold_s: args.hold,
        total_s: args.seconds,
    };
    let rate = f64::from(RATE);
    let phrase = Phrase::of_note(&note, rate);
    let samples = args.synth.perform(&table, &phrase, rate)?;
    let against = match &args.against {
        None => None,
        Some(synth) => {
            let other = synth.perform(&table, &phrase, rate)?;
            Some(difference(synth, &samples, &other))
        }
    };
    write_wav(&args.out, 1, samples.iter().copied())?;
    let rendered = Rendered {
        out: args.out,
        synth: args.synth.to_string(),
        patch: patch.name().trim().to_owned(),
        peak: samples
            .iter()
            .fold(0.0, |peak, sample| sample.abs().max(peak)),
        against,
    };
    if args.json {
        println!("{}", serde_json::to_string_pretty(&rendered)?);
    } else {
        print(&rendered);
    }
    Ok(())
}

fn difference(synth: &Synth, a: &[f32], b: &[f32]) -> Difference {
    let differences = || a.iter().zip(b).map(|(a, b)| (a - b).abs());
    Difference {
        synth: synth.to_string(),
        samples: a.len(),
        samples_differing: differences().filter(|&difference| difference > 0.0).count(),
        largest: differences().fold(0.0, f32::max),
    }
}

fn print(rendered: &Rendered) {
    println!(
        "{}: {} by {}, peak {:.1} dBFS",
        rendered.out.display(),
        rendered.patch,
        rendered.synth,
        decibels(rendered.peak)
    );
    match &rendered.against {
        None => {}
        Some(other) if other.samples_differing == 0 => {
            println!("{}: all {} samples are equal", other.synth, other.samples);
        }
        Some(other) => println!(
            "{}: {} of {} samples differ, by {:.1} dBFS at most",
            other.synth,
            other.samples_differing,
            other.samples,
            decibels(other.largest)
        ),
    }
}

fn decibels(peak: f32) -> f32 {
    20.0 * peak.log10()
}
