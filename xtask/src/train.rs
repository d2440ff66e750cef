//! `train`: the compact model, from patches to weights.

mod curves;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use std::{env, fs};

use anyhow::{Context, Result, anyhow, bail};
use clap::ArgGroup;
use engine::EngineKind;
use host_bridge::{Note, render_note};
use indicatif::{ProgressBar, ProgressStyle};
use model::compact::Config;
use model::data::{Corpus, picture, sounds};
use model::training::{Files, Limit, Material, Plan, Standing, run as train};
use presets::{FractionalPatch, Parameter, Patch, file};
use rayon::ThreadPoolBuilder;

/// Train the compact model.
///
/// Reads patches, plays and measures every one of them (once: what was measured is kept in .train/),
/// sets a tenth aside for checking and a tenth for judging, and learns from the rest. --out gets
/// compact.safetensors (the best weights so far), checkpoint.safetensors (a stopped training goes on
/// from it), log.jsonl (the figures over time, a JSON object a line) and curves.png.
#[derive(clap::Args)]
#[command(verbatim_doc_comment, group(ArgGroup::new("limit").required(true)))]
pub struct Args {
    /// What to learn from: banks (.syx), raw packed voices (.bin), or folders of them.
    #[arg(long, value_name = "PATH", required = true, num_args = 1..)]
    data: Vec<PathBuf>,
    /// The folder to write into; a training in it is taken up.
    #[arg(long, value_name = "DIR", default_value = ".train/run")]
    out: PathBuf,
    /// The size of the network: compact, or tiny for a try.
    #[arg(long, value_name = "NAME", default_value = "compact")]
    config: String,
    /// How long to train, in minutes of work.
    #[arg(long, group = "limit")]
    minutes: Option<f64>,
    /// How long to train, in steps: gives the same weights on every machine of the same kind.
    #[arg(long, group = "limit")]
    steps: Option<u64>,
    /// Seed of all random numbers.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Threads that learn, each from its own part of a batch; part of what makes a result repeat.
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u16).range(1..=64))]
    shards: u16,
    /// Highest learning rate.
    #[arg(long)]
    rate: Option<f64>,
    /// How much bent paths between two patches count, as the model hears them; about 0.1.
    #[arg(long, value_name = "WEIGHT")]
    path_weight: Option<f64>,
    /// Play nothing: learn from the patches alone, at once. The model cannot foretell sounds then.
    #[arg(long)]
    unheard: bool,
    /// Print the outcome as JSON.
    #[arg(long)]
    json: bool,
}

/// How many threads candle works on; it can be told by the environment alone. Each shard has a core of
/// its own already: candle's threads only spin and take it away, three fifths of the processor time
/// of a training.
const CANDLE_THREADS: &str = "RAYON_NUM_THREADS";

/// How many mixes of two patches are measured for every patch that is learned from.
const MIXES: f64 = 1.0;
/// Changes when the engine sounds different, so that sounds are measured again.
const ENGINE: &str = "fm-1";

/// Trains until the limit.
///
/// # Errors
/// The patches cannot be read or are too few, the folder cannot be written, or what is in it is of
/// another training.
pub fn run(args: Args) -> Result<()> {
    if env::var_os(CANDLE_THREADS).is_none() {
        return again_without_candle_s_threads();
    }
    let config = Config::named(&args.config).with_context(|| {
        format!(
            "there is no configuration \"{}\": take compact or tiny",
            args.config
        )
    })?;
    let limit = match (args.minutes, args.steps) {
        (Some(minutes), _) if !(minutes > 0.0 && minutes.is_finite()) => {
            bail!("--minutes {minutes} is no time to train in: give a number above 0")
        }
        (Some(minutes), _) => Limit::Minutes(minutes),
        (None, steps) => Limit::Steps(steps.unwrap_or_default()),
    };
    let material = material(&args.data, args.unheard)?;
    let [learning, checking, judging] = material.sizes();
    eprintln!(
        "{learning} patches to learn from, {checking} to check by, {judging} kept for judging"
    );

    let mut plan = Plan::new(config, args.seed, usize::from(args.shards));
    plan.rate = args.rate.unwrap_or(plan.rate);
    plan.weights.path = args.path_weight.unwrap_or(plan.weights.path);
    let bar = progress("training", 1000);
    let files = Files::of(&args.out);
    let curves = args.out.join("curves.png");
    let mut drawn = 0;
    let outcome = train(&material, plan, &args.out, limit, &mut |standing| {
        bar.set_position((1000.0 * standing.progress) as u64);
        bar.set_message(message(standing));
        // A picture that cannot be drawn now is drawn at the end, or is an error there.
        if standing.validation.is_some() && standing.step >= drawn + 1000 {
            drawn = standing.step;
            let _ = curves::draw(&files.log, &curves);
        }
        true
    })?;
    bar.finish_and_clear();
    curves::draw(&files.log, &curves)?;
    let weights = files.weights.display();
    if args.json {
        let outcome = serde_json::json!({
            "steps": outcome.steps,
            "seconds": outcome.seconds,
            "validation_loss": outcome.best,
            "weights": files.weights,
        });
        println!("{outcome}");
    } else {
        println!(
            "{} steps, best validation loss {:.4}: {weights}",
            outcome.steps, outcome.best
        );
    }
    Ok(())
}

/// Runs this command anew with candle's threads bounded, which only a fresh process can be told.
fn again_without_candle_s_threads() -> Result<()> {
    let mut command = Command::new(env::current_exe()?);
    command
        .args(env::args_os().skip(1))
        .env(CANDLE_THREADS, "1");
    #[cfg(unix)]
    return Err(std::os::unix::process::CommandExt::exec(&mut command).into());
    #[cfg(not(unix))]
    std::process::exit(command.status()?.code().unwrap_or(1));
}

/// Reads the patches, and plays and measures them unless they are to be `unheard`.
fn material(data: &[PathBuf], unheard: bool) -> Result<Material> {
    let mut corpus = Corpus::default();
    for path in data {
        add(&mut corpus, path)?;
    }
    if unheard {
        eprintln!("{}", corpus.report);
        return Material::unheard(corpus);
    }
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let pool = ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .context("cannot start the threads that measure sounds")?;
    let bar = progress("measuring", 0);
    let done = |count: usize, of: usize| {
        bar.set_length(of as u64);
        bar.set_position(count as u64);
    };
    let folder = Path::new(".train/sounds");
    let (material, corpus) =
        pool.install(|| Material::prepare(corpus, MIXES, folder, ENGINE, &render, &done))?;
    bar.finish_and_clear();
    eprintln!("{}", corpus.report);
    Ok(material)
}

/// Adds a file, or all files of a folder, in the order of their names.
fn add(corpus: &mut Corpus, path: &Path) -> Result<()> {
    if path.is_dir() {
        let entries =
            fs::read_dir(path).with_context(|| format!("cannot read {}", path.display()))?;
        let mut paths: Vec<PathBuf> = entries
            .map(|entry| entry.map(|entry| entry.path()))
            .collect::<Result<_, _>>()
            .with_context(|| format!("cannot read {}", path.display()))?;
        paths.sort();
        for path in paths.iter().filter(|path| path.is_dir() || is_voices(path)) {
            add(corpus, path)?;
        }
        return Ok(());
    }
    // These errors say their causes themselves.
    let import = file::read(path).map_err(|error| anyhow!("{error}"))?;
    for found in &import.patches {
        corpus.add(&found.patch, !found.cleaning.is_clean());
    }
    Ok(())
}

fn is_voices(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    extension.is_some_and(|extension| {
        ["syx", "bin"]
            .iter()
            .any(|known| extension.eq_ignore_ascii_case(known))
    })
}

/// The note of the published evaluation, at the middle transposition, which is all the model knows.
fn render(patch: &Patch) -> Vec<f32> {
    const NOTE: Note = Note {
        key: 56,
        velocity: 75,
        hold_s: 3.0,
        total_s: sounds::SECONDS,
    };
    let mut patch = *patch;
    patch.set(Parameter::TRANSPOSE, Parameter::TRANSPOSE.spec().default);
    render_note(
        &FractionalPatch::from(&patch),
        &NOTE,
        picture::RATE,
        EngineKind::Modern,
    )
}

fn message(standing: &Standing) -> String {
    let figures = standing.validation.unwrap_or(standing.learning);
    let minutes = |time: Duration| time.as_secs() / 60;
    format!(
        "step {}, switches {:.1} %, numbers off by {:.1} %, {} min {:02} s left",
        standing.step,
        100.0 * figures.fit.switch_accuracy(),
        100.0 * figures.fit.mean_number_error(),
        minutes(standing.left),
        standing.left.as_secs() % 60,
    )
}

fn progress(what: &'static str, length: u64) -> ProgressBar {
    // PANIC: the template is constant.
    let style = ProgressStyle::with_template("{prefix:>12} [{bar:40}] {msg}")
        .expect("the template is valid")
        .progress_chars("=> ");
    ProgressBar::new(length).with_style(style).with_prefix(what)
}
