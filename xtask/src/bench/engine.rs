//! `bench engine`: times real time of the built-in engine on one core.

use std::path::PathBuf;
use std::time::Instant;

use anyhow::Result;
use engine::{BLOCK, EngineKind, Event, FmSynth, MorphTable, NoteAddress};
use host_bridge::fidelity;
use presets::{FractionalPatch, Parameter, Patch};
use serde::Serialize;

use super::dexed::Dexed;
use crate::workspace;

pub const RATE: f64 = 44_100.0;
/// Samples of a call, as a host makes it.
pub const BUFFER: usize = 512;
/// Samples that are timed at once: so few that hardly any slice is interrupted on a busy machine,
/// which would slow the longer ones down more.
pub const SLICE: usize = 8 * BUFFER;

/// Slices that Dexed is given to be heard in: 5 s.
const WAIT: usize = 54;

/// The voice that Dexed's own engines were measured with, as in a bank: algorithm 5, full levels,
/// feedback 7, no LFO.
const SUSTAINED: &str = "\
    6363633263636300270000003800501c006363633263636300270000004000630200\
    63636332636363002700000030004b02006363633263636300270000003800630200\
    63636332636363002700000048005204006363633263636300270000002800630200\
    6363636332323232040f23000000311842454e4348364f502020";

/// Times real time for 1 and 16 voices at 44.1 kHz, on one core: the median over slices of 0.1 s.
#[derive(clap::Args)]
pub struct Args {
    /// The golden folder whose patches are played too, 16 voices each [default:
    /// ../shared/data/golden/public, if it is there].
    #[arg(long, value_name = "DIR")]
    golden: Option<PathBuf>,
    /// Compare with Dexed in the same run: its modern engine, slice by slice in turns.
    #[arg(long, value_name = "Dexed.clap")]
    against: Option<PathBuf>,
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
    /// Dexed's, if there is one to compare with.
    dexed_times_real_time: Option<f64>,
    /// The median over the slices of how many times as fast as Dexed's.
    times_dexed: Option<f64>,
}

/// Measures and reports.
///
/// # Errors
/// The golden folder or the plug-in cannot be read.
pub fn run(args: Args) -> Result<()> {
    let mut measurements = Vec::new();
    let mut take = |what: &str, patch: &Patch, kind, voices, morphs| -> Result<()> {
        let mut player = Player::new(patch, kind, voices, morphs);
        // What Dexed cannot do has nothing to be compared with.
        let compares = kind == EngineKind::Modern && !morphs;
        let mut dexed = match args.against.as_ref().filter(|_| compares) {
            Some(file) => Some(Dexed::new(file, patch, voices)?),
            None => None,
        };
        // Both play until Dexed sounds. If it never does, nothing is compared.
        if let Some(other) = &mut dexed {
            for _ in 0..WAIT {
                player.play();
                other.play()?;
                if other.sounds() {
                    break;
                }
            }
        }
        let mut dexed = dexed.filter(Dexed::sounds);
        let slices = (args.seconds * RATE / SLICE as f64).ceil() as usize;
        let (mut ours, mut theirs, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..slices.max(1) {
            let start = Instant::now();
            player.play();
            ours.push(start.elapsed().as_secs_f64());
            if let Some(dexed) = &mut dexed {
                let start = Instant::now();
                dexed.play()?;
                theirs.push(start.elapsed().as_secs_f64());
                ratios.push(theirs[theirs.len() - 1] / ours[ours.len() - 1]);
            }
        }
        let times = |median: f64| SLICE as f64 / RATE / median;
        let took = median(&mut ours).unwrap_or(f64::NAN);
        let blocks = (SLICE / BLOCK * voices) as f64;
        measurements.push(Measurement {
            what: what.to_owned(),
            engine: name(kind),
            voices,
            times_real_time: times(took),
            microseconds_per_voice_block: took * 1e6 / blocks,
            dexed_times_real_time: median(&mut theirs).map(times),
            times_dexed: median(&mut ratios),
        });
        Ok(())
    };
    let sustained = sustained()?;
    for kind in [EngineKind::Modern, EngineKind::MarkI, EngineKind::Opl] {
        for voices in [1, 16] {
            let what = "six operators sustained, feedback 7";
            take(what, &sustained, kind, voices, false)?;
        }
    }
    let what = "the same, every number moving at every control step";
    take(what, &sustained, EngineKind::Modern, 16, true)?;
    let golden = args.golden.clone().or_else(|| {
        let folder = workspace::root().join("../shared/data/golden/public");
        folder.is_dir().then_some(folder)
    });
    if let Some(folder) = &golden {
        let mut seen = Vec::new();
        for item in &fidelity::manifest(folder)?.items {
            let patch = item.patch()?;
            if !seen.contains(&patch) {
                take(&item.id, &patch, EngineKind::Modern, 16, false)?;
                seen.push(patch);
            }
        }
    }
    report(&measurements, args.json)
}

fn report(measurements: &[Measurement], json: bool) -> Result<()> {
    if json {
        println!("{}", serde_json::to_string_pretty(measurements)?);
        return Ok(());
    }
    println!(
        "{:>7} {:>6} {:>11} {:>14} {:>8}  patch",
        "engine", "voices", "x real time", "us/voice-block", "x Dexed"
    );
    for m in measurements {
        let times_dexed = m.times_dexed.map(|times| format!("{times:.2}"));
        println!(
            "{:>7} {:>6} {:>11.0} {:>14.3} {:>8}  {}",
            m.engine,
            m.voices,
            m.times_real_time,
            m.microseconds_per_voice_block,
            times_dexed.unwrap_or_default(),
            m.what
        );
    }
    Ok(())
}

fn name(kind: EngineKind) -> &'static str {
    match kind {
        EngineKind::Modern => "modern",
        EngineKind::MarkI => "Mark I",
        EngineKind::Opl => "OPL",
    }
}

fn median(numbers: &mut [f64]) -> Option<f64> {
    numbers.sort_by(f64::total_cmp);
    numbers.get(numbers.len() / 2).copied()
}

/// Six operators that sound on until their keys go up.
pub fn sustained() -> Result<Patch> {
    let bytes: Vec<u8> = (0..SUSTAINED.len() / 2)
        .map(|i| u8::from_str_radix(&SUSTAINED[2 * i..2 * i + 2], 16))
        .collect::<Result<_, _>>()?;
    let bytes = bytes.as_slice().try_into()?;
    Ok(Patch::from_packed(bytes).0)
}

/// The note of a voice.
pub fn address(voice: usize) -> NoteAddress {
    NoteAddress {
        channel: Some(0),
        key: Some(40 + 2 * voice as u8),
        note_id: None,
    }
}

/// The engine with held notes.
struct Player {
    synth: FmSynth,
    table: MorphTable,
    /// What is added to the position at every control step.
    step: f32,
    position: f32,
}

impl Player {
    fn new(patch: &Patch, kind: EngineKind, voices: usize, morphs: bool) -> Player {
        let table = if morphs {
            MorphTable::linear(patch, &elsewhere(patch))
        } else {
            MorphTable::constant(patch)
        };
        let mut synth = FmSynth::new(RATE, kind);
        for voice in 0..voices {
            let event = Event::NoteOn {
                address: address(voice),
                velocity: 100,
            };
            synth.event(&event, &table, 0.0);
        }
        Player {
            synth,
            table,
            step: if morphs { 1.0 / 2048.0 } else { 0.0 },
            position: 0.0,
        }
    }

    /// Plays a slice.
    fn play(&mut self) {
        let call = if self.step > 0.0 { BLOCK } else { BUFFER };
        let mut out = [0.0; BUFFER];
        for _ in 0..SLICE / call {
            self.position = (self.position + self.step).fract();
            let out = &mut out[..call];
            self.synth.render(&self.table, self.position, out);
            std::hint::black_box(out);
        }
    }
}

/// A patch in which every number that can move differs from that one's, by an eighth of its range.
fn elsewhere(patch: &Patch) -> Patch {
    let mut other = *patch;
    for parameter in Parameter::all().filter(|&p| FractionalPatch::is_continuous(p)) {
        let (value, max) = (patch.get(parameter), parameter.spec().max);
        let distance = (max / 8).max(1);
        other.set(
            parameter,
            if value > max / 2 {
                value - distance
            } else {
                value + distance
            },
        );
    }
    other
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_voice_is_the_one_dexed_was_measured_with() {
        let patch = sustained().unwrap();
        assert_eq!(patch.get(Parameter::ALGORITHM), 4);
        assert_eq!(patch.get(Parameter::FEEDBACK), 7);
        assert_eq!(patch.to_packed()[118..], *b"BENCH6OP  ");
    }
}
