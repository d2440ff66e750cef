//! `validate`: the finished bundles in validators and hosts that nobody here wrote.
//!
//! What is not installed is skipped with its reason, never silently: a report names every tool.

mod own;
mod program;
mod python;
mod report;

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::{bundle, workspace};
use program::Program;
use report::Report;

/// Try the bundles in the validators and hosts that can be had here.
///
/// clap-validator, Steinberg's `validator` and pluginval are looked for in PATH; the variables
/// `CLAP_VALIDATOR`, `VST3_VALIDATOR` and `PLUGINVAL`, or --tool, name others. pedalboard and DawDreamer are
/// installed into a Python environment in cargo's target directory.
#[derive(clap::Args)]
pub struct Args {
    /// Print the report as JSON: {"passed":[…],"failed":[…],"skipped":[…]}, each with tool, version and output.
    #[arg(long)]
    json: bool,
    /// Where a tool is: clap-validator=PATH, vst3-validator=PATH, pluginval=PATH or python=PATH.
    #[arg(long = "tool", value_name = "NAME=PATH", value_parser = named)]
    tools: Vec<(String, PathBuf)>,
    /// Validate the bundles in this folder instead of building them.
    #[arg(long, value_name = "DIR")]
    bundles: Option<PathBuf>,
    /// Seconds that clap-validator's fuzzer may take.
    #[arg(long, default_value_t = 10)]
    fuzz: u32,
    /// How often pluginval repeats everything.
    #[arg(long, default_value_t = 1)]
    repeat: u32,
}

/// The names that `--tool` knows.
const PYTHON: &str = "python";

fn named(text: &str) -> Result<(String, PathBuf), String> {
    let known = |name: &str| name == PYTHON || Program::ALL.iter().any(|tool| tool.name == name);
    match text.split_once('=') {
        Some((name, path)) if known(name) => Ok((name.to_owned(), path.into())),
        Some((name, _)) => Err(format!("there is no tool {name:?}: see --help")),
        None => Err("NAME=PATH is expected".to_owned()),
    }
}

/// Builds the bundles, tries them in everything that is there, prints what came out.
///
/// # Errors
/// A bundle cannot be built, or a tool found a fault.
pub fn run(args: Args) -> Result<()> {
    let (clap, vst3) = match &args.bundles {
        Some(folder) => (folder.join(bundle::CLAP), folder.join(bundle::VST3)),
        None => {
            let bundles = bundle::bundle(false)?;
            (bundles.clap, bundles.vst3)
        }
    };
    for bundle in [&clap, &vst3] {
        if !bundle.exists() {
            bail!("there is no bundle at {}", bundle.display());
        }
    }
    let named: BTreeMap<String, PathBuf> = args.tools.into_iter().collect();
    let folder = workspace::target()?.join("validate");
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;

    let mut report = Report::default();
    own::measure(&clap, &mut report)
        .with_context(|| format!("cannot measure {}", clap.display()))?;
    let numbers = program::Numbers {
        fuzz: args.fuzz,
        repeat: args.repeat,
    };
    for program in Program::ALL {
        eprintln!("{}", program.name);
        let named = named.get(program.name).cloned();
        program.validate(named, &clap, &vst3, &numbers, &mut report);
    }
    python::validate(
        named.get(PYTHON).cloned(),
        &folder,
        &clap,
        &vst3,
        &mut report,
    )?;

    if args.json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        print!("{report}");
    }
    if !report.failed.is_empty() {
        bail!("{} of the tools found a fault", report.failed.len());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tools_are_named_with_their_paths() {
        let found = named("pluginval=/opt/pluginval").unwrap();
        assert_eq!(found, ("pluginval".to_owned(), "/opt/pluginval".into()));
        assert!(named("pluginval").is_err());
        assert!(named("ableton=/x").unwrap_err().contains("ableton"));
    }
}
