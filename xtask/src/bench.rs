//! `bench`: how fast things are.

mod dexed;
mod engine;
mod model;

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
}

/// Measures and reports.
///
/// # Errors
/// What is measured could not be found.
pub fn run(args: Args) -> Result<()> {
    match args.what {
        What::Engine(args) => engine::run(args),
        What::Model(args) => model::run(args),
    }
}
