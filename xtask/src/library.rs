//! `library`: the user's presets on the command line.

mod check;
mod export;
mod find;

use anyhow::Result;

/// Finds presets in the library, writes them to .syx files, looks after the library.
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    Search(find::Search),
    Like(find::Like),
    Between(find::Between),
    Surprise(find::Surprise),
    Export(export::Export),
    Check(check::Check),
}

/// Runs the subcommand.
pub fn run(args: Args) -> Result<()> {
    match args.command {
        Command::Search(args) => find::search(&args),
        Command::Like(args) => find::like(&args),
        Command::Between(args) => find::between(&args),
        Command::Surprise(args) => find::surprise(&args),
        Command::Export(args) => export::run(&args),
        Command::Check(args) => check::run(&args),
    }
}
