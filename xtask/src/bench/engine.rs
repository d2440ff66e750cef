//! `bench engine`: times real time of the built-in engine on one core.

use std::path::PathBuf;
use std::time::Instant;

use anyhow::Result;
use engine::{EngineKind, Event, FmSynth, MorphTable, NoteAddress};
use host_bridge::fidelity;
use presets::{Operator, OperatorParameter as Op, Parameter, Patch};
use serde::Serialize;

const RATE: f64 = 44_100.0;
/// Samples of a call, as a host makes it.
const BUFFER: usize = 512;

/// Times real time for 1 and 16 voices at 44.1 kHz, on one core.
#[derive(clap::Args)]
pub struct Args {
    /// Also the patches of this golden folder, 16 voices each.
    #[arg(long, value_name = "DIR")]
    golden: Option<PathBuf>,
    /// Seconds of sound to render for each measurement.
    #[arg(long, default_value_t = 20.0)]
    seconds: f64,
    /// Print the result as JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Measurement {
    what: String,
    engine: &'static str,
    voices: usize,
    times_real_time: f64,
    microseconds_per_voice_block: f64,
}

/// Measures and reports.
///
/// # Errors
/// The golden folder cannot be read.
pub fn run(args: Args) -> Result<()> {
    let mut measurements = Vec::new();
    let mut take = |what: &str, patch: &Patch, kind, voices, morphs| {
        measurements.push(measure(what, patch, kind, voices, args.seconds, morphs));
    };
    let sustained = sustained();
    for kind in [EngineKind::Modern, EngineKind::MarkI, EngineKind::Opl] {
        for voices in [1, 16] {
            take(
                "six operators sustained, feedback 7",
                &sustained,
                kind,
                voices,
                false,
            );
        }
    }
    take(
        "the same under a moving Morph",
        &sustained,
        EngineKind::Modern,
        16,
        true,
    );
    if let Some(folder) = &args.golden {
        let mut last = None;
        for item in &fidelity::manifest(folder)?.items {
            let patch = item.patch()?;
            if last != Some(patch) {
                take(&item.id, &patch, EngineKind::Modern, 16, false);
                last = Some(patch);
            }
        }
    }
    if args.json {
        println!("{}", serde_json::to_string_pretty(&measurements)?);
        return Ok(());
    }
    println!(
        "{:>10} {:>7} {:>12} {:>14}  patch",
        "engine", "voices", "x real time", "us/voice-block"
    );
    for m in &measurements {
        println!(
            "{:>10} {:>7} {:>12.0} {:>14.3}  {}",
            m.engine, m.voices, m.times_real_time, m.microseconds_per_voice_block, m.what
        );
    }
    Ok(())
}

/// The patch that Dexed's own engines were measured with: algorithm 5, full levels, no LFO.
fn sustained() -> Patch {
    let mut patch = Patch::INIT;
    patch.set(Parameter::ALGORITHM, 4);
    patch.set(Parameter::FEEDBACK, 7);
    // Coarse, detune and output level of OP6 to OP1.
    let operators = [
        (14, 7, 80),
        (1, 8, 99),
        (1, 6, 75),
        (1, 7, 99),
        (2, 9, 82),
        (1, 5, 99),
    ];
    for (operator, (coarse, detune, level)) in Operator::ALL.iter().rev().zip(operators) {
        patch.set_op(*operator, Op::EgRate4, 50);
        patch.set_op(*operator, Op::Coarse, coarse);
        patch.set_op(*operator, Op::Detune, detune);
        patch.set_op(*operator, Op::OutputLevel, level);
    }
    patch
}

fn measure(
    what: &str,
    patch: &Patch,
    kind: EngineKind,
    voices: usize,
    seconds: f64,
    morphs: bool,
) -> Measurement {
    let table = if morphs {
        let mut other = *patch;
        for operator in Operator::ALL {
            other.set_op(operator, Op::Fine, 50);
            other.set_op(operator, Op::OutputLevel, 70);
        }
        MorphTable::linear(patch, &other)
    } else {
        MorphTable::constant(patch)
    };
    let mut synth = FmSynth::new(RATE, kind);
    for voice in 0..voices {
        let key = Some(40 + 2 * voice as u8);
        let address = NoteAddress {
            channel: Some(0),
            key,
            note_id: None,
        };
        synth.event(
            &Event::NoteOn {
                address,
                velocity: 100,
            },
            &table,
            0.0,
        );
    }
    let mut out = [0.0; BUFFER];
    let buffers = (seconds * RATE / BUFFER as f64).ceil() as usize;
    let start = Instant::now();
    for buffer in 0..buffers {
        let position = if morphs {
            buffer as f32 / buffers as f32
        } else {
            0.0
        };
        synth.render(&table, position, &mut out);
        std::hint::black_box(&out);
    }
    let took = start.elapsed().as_secs_f64();
    let samples = (buffers * BUFFER) as f64;
    Measurement {
        what: what.to_owned(),
        engine: match kind {
            EngineKind::Modern => "modern",
            EngineKind::MarkI => "Mark I",
            EngineKind::Opl => "OPL",
        },
        voices,
        times_real_time: samples / RATE / took,
        microseconds_per_voice_block: took * 1e6 / (samples / engine::BLOCK as f64) / voices as f64,
    }
}
