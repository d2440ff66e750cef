//! A training from its start, or from its last checkpoint, to its end.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use super::loss::Figures;
use super::material::Material;
use super::trainer::{Plan, Trainer};

/// When a training ends. The learning rate falls accordingly, so a training that is stopped before
/// can be taken up, but not one that has ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Limit {
    /// After so many minutes of work, whatever the machine achieves in them.
    Minutes(f64),
    /// After so many steps: the same result on every machine.
    Steps(u64),
}

/// How a training stands.
#[derive(Clone, Copy, Debug)]
pub struct Standing {
    /// Steps done.
    pub step: u64,
    /// 0 to 1.
    pub progress: f64,
    /// Working time left, as it looks now.
    pub left: Duration,
    /// Of the last batches.
    pub learning: Figures,
    /// Of the validation side, at the last check.
    pub validation: Option<Figures>,
}

/// What came out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outcome {
    /// Steps done.
    pub steps: u64,
    /// Working time, seconds, over all sittings.
    pub seconds: f64,
    /// The loss of the validation side with the best weights, which are the ones kept.
    pub best: f64,
}

/// Files of a training in its folder.
#[derive(Clone, Debug)]
pub struct Files {
    /// What it is taken up from.
    pub checkpoint: PathBuf,
    /// The best averaged weights so far.
    pub weights: PathBuf,
    /// One JSON object a line: the figures over time.
    pub log: PathBuf,
}

impl Files {
    /// The files of a training in that folder.
    pub fn of(folder: &Path) -> Files {
        Files {
            checkpoint: folder.join("checkpoint.safetensors"),
            weights: folder.join("compact.safetensors"),
            log: folder.join("log.jsonl"),
        }
    }
}

const LOG_STEPS: u64 = 20;
const CHECK_STEPS: u64 = 200;
const SAVE_EVERY: Duration = Duration::from_secs(150);
const VALIDATION: usize = 768;

/// Trains until the limit, with files in `folder`, going on from its checkpoint if it has one.
/// `observe` sees how it stands after every step, and ends it early (with a checkpoint) by `false`.
///
/// # Errors
/// If the checkpoint is of another plan or damaged, if files cannot be written, or if the loss is
/// no longer a number.
pub fn run(
    material: &Material,
    plan: Plan,
    folder: &Path,
    limit: Limit,
    observe: &mut dyn FnMut(&Standing) -> bool,
) -> Result<Outcome> {
    std::fs::create_dir_all(folder)
        .with_context(|| format!("cannot make the folder {}", folder.display()))?;
    let files = Files::of(folder);
    let mut sitting = Sitting::begin(plan, &files)?;
    let mut log = log_up_to(&files.log, sitting.trainer.step)?;
    let validation = material.validation(VALIDATION, 64)?;
    let started = Instant::now();
    let before = sitting.seconds;
    let mut saved = Instant::now();
    let mut recent: Vec<Figures> = Vec::new();
    let mut checked = None;
    loop {
        sitting.seconds = before + started.elapsed().as_secs_f64();
        let progress = sitting.progress(limit);
        if progress >= 1.0 {
            break;
        }
        recent.push(sitting.trainer.step(material, progress)?);
        let step = sitting.trainer.step;
        if step.is_multiple_of(CHECK_STEPS) {
            let figures = sitting.trainer.check(&validation)?;
            checked = Some(figures);
            write_line(&mut log, &entry(&sitting, "validation", &figures))?;
            sitting.keep_if_best(&figures, &files)?;
        }
        if step.is_multiple_of(LOG_STEPS) {
            write_line(
                &mut log,
                &entry(&sitting, "training", &Figures::mean(&recent)),
            )?;
            recent.drain(..recent.len() - 1);
        }
        if saved.elapsed() >= SAVE_EVERY {
            sitting.save(&files)?;
            saved = Instant::now();
        }
        let standing = Standing {
            step,
            progress,
            left: sitting.left(progress),
            learning: Figures::mean(&recent),
            validation: checked,
        };
        if !observe(&standing) {
            break;
        }
    }
    let figures = sitting.trainer.check(&validation)?;
    write_line(&mut log, &entry(&sitting, "validation", &figures))?;
    sitting.keep_if_best(&figures, &files)?;
    sitting.save(&files)?;
    Ok(Outcome {
        steps: sitting.trainer.step,
        seconds: sitting.seconds,
        best: sitting.best,
    })
}

/// A trainer and what its checkpoints remember beside it.
struct Sitting {
    trainer: Trainer,
    /// Working time so far.
    seconds: f64,
    best: f64,
}

impl Sitting {
    fn begin(plan: Plan, files: &Files) -> Result<Sitting> {
        if !files.checkpoint.exists() {
            return Ok(Sitting {
                trainer: Trainer::new(plan)?,
                seconds: 0.0,
                best: f64::INFINITY,
            });
        }
        let (trainer, notes) = Trainer::load(&files.checkpoint)?;
        ensure!(
            trainer.plan == plan,
            "{} is of a training with other settings: give the same --config, --seed and --shards, \
             or another folder with --out",
            files.checkpoint.display()
        );
        let number = |key: &str| notes.get(key).and_then(|text| text.parse::<f64>().ok());
        Ok(Sitting {
            trainer,
            seconds: number("seconds").unwrap_or_default(),
            best: number("best").unwrap_or(f64::INFINITY),
        })
    }

    fn progress(&self, limit: Limit) -> f64 {
        match limit {
            Limit::Minutes(minutes) => self.seconds / (60.0 * minutes),
            Limit::Steps(steps) => self.trainer.step as f64 / steps.max(1) as f64,
        }
    }

    fn left(&self, progress: f64) -> Duration {
        let whole = self.seconds / progress.max(1e-6);
        Duration::try_from_secs_f64(whole - self.seconds).unwrap_or_default()
    }

    fn keep_if_best(&mut self, figures: &Figures, files: &Files) -> Result<()> {
        if figures.loss < self.best {
            self.best = figures.loss;
            self.trainer.export(&files.weights, &self.notes())?;
        }
        Ok(())
    }

    fn save(&self, files: &Files) -> Result<()> {
        self.trainer.save(&files.checkpoint, &self.notes())
    }

    fn notes(&self) -> BTreeMap<String, String> {
        BTreeMap::from([
            ("seconds".to_owned(), self.seconds.to_string()),
            ("best".to_owned(), self.best.to_string()),
            ("steps".to_owned(), self.trainer.step.to_string()),
            ("seed".to_owned(), self.trainer.plan.seed.to_string()),
        ])
    }
}

/// One line of the log.
fn entry(sitting: &Sitting, what: &str, figures: &Figures) -> serde_json::Value {
    serde_json::json!({
        "what": what,
        "step": sitting.trainer.step,
        "seconds": sitting.seconds,
        "loss": figures.loss,
        "nats_per_parameter": figures.fit.mean_loss(),
        "switch_accuracy": figures.fit.switch_accuracy(),
        "number_error": figures.fit.mean_number_error(),
        "timbre_error": figures.timbre,
        "picture_error": figures.picture,
        "divergence": figures.divergence,
        "path_bend": figures.path,
    })
}

fn write_line(log: &mut File, entry: &serde_json::Value) -> Result<()> {
    writeln!(log, "{entry}").context("cannot write the log")
}

/// Opens the log to go on after `step`; what was logged beyond it, before a kill, is dropped.
fn log_up_to(path: &Path, step: u64) -> Result<File> {
    let mut kept = String::new();
    if let Ok(file) = File::open(path) {
        for line in BufReader::new(file).lines().map_while(Result::ok) {
            let at = serde_json::from_str::<serde_json::Value>(&line)
                .ok()
                .and_then(|entry| entry["step"].as_u64());
            if at.is_some_and(|at| at <= step) {
                kept.push_str(&line);
                kept.push('\n');
            }
        }
    }
    let context = || format!("cannot write {}", path.display());
    std::fs::write(path, kept).with_context(context)?;
    OpenOptions::new()
        .append(true)
        .open(path)
        .with_context(context)
}
