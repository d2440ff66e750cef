//! `demo`: the main job, end to end, through the finished plug-in.

mod picture;
mod score;

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use host_bridge::{ClapBundle, ClapInstance, HostEvent, Take};
use presets::{Patch, Reference};

use crate::sound::{RATE, write_wav};
use crate::staging::Staging;
use crate::{bundle, patches, state, workspace};

/// The sounds of a demo for which nobody names any.
const DEFAULT: [&str; 2] = ["factory:TINE STORY", "factory:POLY BRASS"];

/// The CLAP id of the plug-in.
pub const PLUGIN: &str = "audio.tween.tween";

/// How long the plug-in may take to find the path, and how often it is asked.
const PATIENCE: Duration = Duration::from_secs(120);
const ASKED: Duration = Duration::from_millis(50);

/// Samples of a block, as many hosts have it.
const BLOCK: usize = 512;

/// Build the plug-in, play it in a host from one sound to another, and show what came out.
///
/// Writes demo/morph.wav and demo/morph.png into cargo's target directory: a phrase of eight bars,
/// played by the finished bundle in a headless CLAP host while Morph is automated from 0 to 1.
#[derive(clap::Args)]
pub struct Args {
    /// The sound at 0: FILE.syx#12, "FILE.syx#E.PIANO 1", FILE.bin#123, factory:NAME or library:ID.
    #[arg(requires = "b", default_value = DEFAULT[0])]
    a: Reference,
    /// The sound at 1, named in the same way.
    #[arg(default_value = DEFAULT[1])]
    b: Reference,
}

/// Bundles, plays, writes, and prints where.
///
/// # Errors
/// A patch cannot be had, the plug-in cannot be built or does not do what a host asks, or the folder
/// cannot be written to.
pub fn run(args: Args) -> Result<()> {
    // What the user may have got wrong comes first, before the build.
    let (a, b) = (patches::one(&args.a)?, patches::one(&args.b)?);
    let folder = workspace::target()?.join("demo");
    let staging = Staging::new(&folder)?;
    let bundles = bundle::bundle(false)?;

    eprintln!("playing {} to {}", args.a, args.b);
    let take = play(&bundles.clap, &a, &b)
        .with_context(|| format!("cannot play {}", bundles.clap.display()))?;
    let loudest = take
        .left
        .iter()
        .fold(0.0f32, |loudest, sample| loudest.max(sample.abs()));
    if loudest < 1e-3 {
        bail!("the plug-in played nothing that can be heard (loudest sample {loudest:e})");
    }
    let both = take.left.iter().zip(&take.right);
    let gain = 0.7 / loudest;
    let samples = both.flat_map(|(left, right)| [left * gain, right * gain]);
    write_wav(&staging.path().join("morph.wav"), 2, samples)?;
    let picture = picture::draw(&a.name(), &b.name(), &take.left)?;
    let file = staging.path().join("morph.png");
    fs::write(&file, picture).with_context(|| format!("cannot write {}", file.display()))?;
    staging.commit()?;
    println!("{}", folder.join("morph.wav").display());
    println!("{}", folder.join("morph.png").display());
    Ok(())
}

/// Plays the score on the bundle with these two sounds.
fn play(bundle: &std::path::Path, a: &Patch, b: &Patch) -> Result<Take> {
    let bundle = ClapBundle::load(bundle)?;
    let mut instance: ClapInstance = bundle.instantiate(PLUGIN)?;
    let state = state::with_ends(&instance.save_state()?, a, b)?;
    instance.load_state(&state)?;
    let asked = Instant::now();
    while state::is_pending(&instance.save_state()?)? {
        if asked.elapsed() > PATIENCE {
            bail!("it has not found the path in {} s", PATIENCE.as_secs());
        }
        thread::sleep(ASKED);
    }
    eprintln!(
        "the even path was found in {:.1} s",
        asked.elapsed().as_secs_f64()
    );
    let morph = instance
        .parameter("Morph")
        .context("it has no parameter Morph")?;
    instance.activate(f64::from(RATE), BLOCK)?;
    let phrase = score::phrase();
    let score = HostEvent::score(&phrase, Some(morph));
    Ok(instance.perform(&score, phrase.samples(), &[])?)
}
