//! The companion of Tween. `cargo xtask --help` lists its commands.
//!
//! Each command is a module with an `Args` (its command line, by clap) and a
//! `run(args) -> anyhow::Result<()>`; to add one, add the module and a variant of [`Command`].
//! What they share: [`workspace`] knows where things are, [`process`] runs other programs, [`packages`]
//! installs what must be on the system, [`network`] is who is asked for paths, [`parallel`] keeps all
//! cores busy, [`staging`] writes files so that none is left half-written, [`progress`] shows long
//! work, [`patches`] and [`synths`] find what a command line names, [`state`] chooses sounds in the
//! plug-in, [`sound`] and [`picture`] show it to the ear and the eye.
//!
//! Invariants: results go to standard output, everything else to standard error; an error is one
//! line that says what was wrong, where, and what to do; the exit status is 0 only when the work is
//! done, 1 when it failed, 2 when the command line was not understood.

#![forbid(unsafe_code)]

mod bench;
mod bundle;
mod check;
mod convert;
mod demo;
mod doctor;
mod evaluate;
mod fidelity;
mod import;
mod library;
mod morph;
mod probe;
mod render;
mod screenshot;
mod test;
mod train;
mod validate;

mod even;
mod hex;
mod network;
mod packages;
mod parallel;
mod patches;
mod picture;
mod process;
mod progress;
mod sound;
mod staging;
mod state;
mod synths;
mod workspace;

use std::process::ExitCode;

use clap::Parser;

/// The companion of Tween: builds, plays, tests and measures it.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    Demo(demo::Args),
    Morph(morph::Args),
    Train(train::Args),
    Convert(convert::Args),
    Evaluate(evaluate::Args),
    Fidelity(fidelity::Args),
    Render(render::Args),
    #[command(hide = true)]
    Probe(probe::Args),
    Bench(bench::Args),
    Import(import::Args),
    Library(library::Args),
    Screenshot(screenshot::Args),
    Bundle(bundle::Args),
    Test(test::Args),
    Check(check::Args),
    Validate(validate::Args),
    Doctor(doctor::Args),
}

fn main() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Demo(args) => demo::run(args),
        Command::Morph(args) => morph::run(args),
        Command::Train(args) => train::run(args),
        Command::Convert(args) => convert::run(args),
        Command::Evaluate(args) => evaluate::run(args),
        Command::Fidelity(args) => fidelity::run(args),
        Command::Render(args) => render::run(args),
        Command::Probe(args) => probe::run(args),
        Command::Bench(args) => bench::run(args),
        Command::Import(args) => import::run(args),
        Command::Library(args) => library::run(args),
        Command::Screenshot(args) => screenshot::run(args),
        Command::Bundle(args) => bundle::run(args),
        Command::Test(args) => test::run(args),
        Command::Check(args) => check::run(args),
        Command::Validate(args) => validate::run(args),
        Command::Doctor(args) => doctor::run(args),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {}", one_line(&error));
            ExitCode::FAILURE
        }
    }
}

/// The error and its causes, outermost first, without the repetitions of libraries that put their
/// cause into their own message.
fn one_line(error: &anyhow::Error) -> String {
    let mut line = String::new();
    for cause in error.chain().map(ToString::to_string) {
        let cause = cause.split_whitespace().collect::<Vec<_>>().join(" ");
        if line.is_empty() {
            line = cause;
        } else if !line.contains(&cause) {
            line = format!("{line}: {cause}");
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use anyhow::anyhow;

    use super::*;

    #[test]
    fn an_error_is_one_line_without_repetitions() {
        let error = anyhow!("no such\nfile")
            .context("cannot read a.syx: no such file")
            .context("cannot morph");
        assert_eq!(
            one_line(&error),
            "cannot morph: cannot read a.syx: no such file"
        );
    }

    #[test]
    fn the_command_line_is_consistent() {
        <Cli as clap::CommandFactory>::command().debug_assert();
    }
}
