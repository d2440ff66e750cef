//! `bench`: how fast things are.

mod dexed;
mod engine;
mod model;
mod path;
mod process;

use anyhow::Result;

/// Measures speed, as a table or as JSON.
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    Engine(engine::Args),
    Model(model::Args),
    Path(path::Args),
    Process(process::Args),
}

/// Measures and reports.
///
/// # Errors
/// What is measured could not be found or built.
pub fn run(args: Args) -> Result<()> {
    match args.what {
        What::Engine(args) => engine::run(args),
        What::Model(args) => model::run(args),
        What::Path(args) => path::run(args),
        What::Process(args) => process::run(args),
    }
}
