//! One pair: its sounds as WAV, their spectrograms, the patches as JSON and as a cartridge.

use std::fs;

use anyhow::{Context, Result};
use presets::library::export::{self, Existing};
use presets::{Patch, Reference};
use rayon::prelude::*;
use serde::Serialize;

use super::{Args, PathKind};
use crate::hex::hex;
use crate::network::Network;
use crate::patches;
use crate::picture::strip;
use crate::sound::{self, Sound};
use crate::staging::Staging;

/// The contents of path.json.
#[derive(Serialize)]
struct Path {
    path: PathKind,
    a: Named,
    b: Named,
    steps: Vec<Described>,
}

/// A patch of path.json.
#[derive(Serialize)]
struct Named {
    name: String,
    /// 128 packed bytes.
    patch: String,
}

/// A step of path.json.
#[derive(Serialize)]
struct Described {
    position: f32,
    wav: String,
    #[serde(flatten)]
    patch: Named,
}

/// Writes the folder and says what is in it.
pub fn run(args: &Args, a: &Reference, b: &Reference, network: &Network) -> Result<()> {
    let (a, b) = (patches::one(a)?, patches::one(b)?);
    let table = args.path.table(&a, &b, network)?;
    let steps = args.steps(&table, args.steps as usize, [&a, &b]);
    let staging = Staging::new(&args.out)?;

    let sounds: Vec<Sound> = steps
        .par_iter()
        .map(|(_, patch)| Sound::of_patch(patch))
        .collect();
    for (number, sound) in sounds.iter().enumerate() {
        sound.write(&staging.path().join(wav(number)))?;
    }
    let title = format!("{} to {}", a.name().trim(), b.name().trim());
    let positions: Vec<f32> = steps.iter().map(|(position, _)| *position).collect();
    let strip = strip::draw(&title, &positions, &sounds)?;
    let json = describe(args.path, &a, &b, &steps)?;
    let bank = export::bank_of_path(|at| table.at(at), [&a, &b], args.from..=args.to);
    export::bank(&bank, &staging.path().join("path.syx"), Existing::Replace)?;
    for (name, bytes) in [("strip.png", &strip[..]), ("path.json", json.as_bytes())] {
        let file = staging.path().join(name);
        fs::write(&file, bytes).with_context(|| format!("cannot write {}", file.display()))?;
    }
    staging.commit()?;

    if args.json {
        print!("{json}");
    } else {
        let last = steps.len() - 1;
        println!("{}: {}", args.out.display(), title);
        println!(
            "  0.wav to {last}.wav  the note {} at each step",
            sound::NOTE_NAME
        );
        println!("  strip.png  their spectrograms");
        println!("  path.json  the patches");
        println!("  path.syx  32 equal steps as a bank");
    }
    Ok(())
}

fn wav(number: usize) -> String {
    format!("{number}.wav")
}

fn describe(path: PathKind, a: &Patch, b: &Patch, steps: &[(f32, Patch)]) -> Result<String> {
    let steps = steps.iter().zip(0..);
    let steps = steps.map(|((position, patch), number)| Described {
        position: *position,
        wav: wav(number),
        patch: named(patch),
    });
    let path = Path {
        path,
        a: named(a),
        b: named(b),
        steps: steps.collect(),
    };
    Ok(serde_json::to_string_pretty(&path)? + "\n")
}

fn named(patch: &Patch) -> Named {
    Named {
        name: patch.name(),
        patch: hex(&patch.to_packed()),
    }
}
