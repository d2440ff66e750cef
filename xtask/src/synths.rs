//! The synths that a command line names.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use anyhow::{Context, Result, anyhow};
use engine::{EngineKind, MorphTable};
use host_bridge::hosted::{Format, Hosted, HostedError};
use host_bridge::{Phrase, render};

/// What plays: the built-in synth, or a Dexed that is installed here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Synth {
    /// The built-in synth with this arithmetic.
    BuiltIn(EngineKind),
    /// A hosted one at a path, or the first in the plug-in folders.
    Dexed(Format, Option<PathBuf>),
}

/// How synths are named, for help and errors.
pub const NAMES: &str = "built-in, mark-one, dexed-clap[:PATH] or dexed-vst2[:PATH]";

impl FromStr for Synth {
    type Err = String;

    fn from_str(text: &str) -> Result<Synth, String> {
        let (name, path) = match text.split_once(':') {
            Some((name, path)) => (name, Some(PathBuf::from(path))),
            None => (text, None),
        };
        match (name, path) {
            ("built-in", None) => Ok(Synth::BuiltIn(EngineKind::Modern)),
            ("mark-one", None) => Ok(Synth::BuiltIn(EngineKind::MarkI)),
            ("dexed-clap", path) => Ok(Synth::Dexed(Format::Clap, path)),
            ("dexed-vst2", path) => Ok(Synth::Dexed(Format::Vst2, path)),
            _ => Err(format!("there is no synth {text:?}: say {NAMES}")),
        }
    }
}

impl fmt::Display for Synth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Synth::BuiltIn(EngineKind::MarkI) => f.write_str("mark-one"),
            Synth::BuiltIn(_) => f.write_str("built-in"),
            Synth::Dexed(Format::Clap, _) => f.write_str("dexed-clap"),
            Synth::Dexed(Format::Vst2, _) => f.write_str("dexed-vst2"),
        }
    }
}

impl Synth {
    /// Plays a phrase on a table at a sample rate in Hz: mono, 1.0 is full scale.
    ///
    /// # Errors
    /// The hosted synth is not there or does not play.
    pub fn perform(&self, table: &MorphTable, phrase: &Phrase, rate: f64) -> Result<Vec<f32>> {
        match self {
            Synth::BuiltIn(kind) => Ok(render(table, phrase, rate, *kind)),
            Synth::Dexed(format, path) => {
                let path = dexed(*format, path.clone())?;
                let (mut hosted, mut synth) =
                    Hosted::open(*format, &path, EngineKind::Modern, rate)?;
                let samples = synth.perform(table, phrase);
                let fault = synth.fault();
                hosted.pump();
                hosted.close(synth);
                match fault {
                    None => Ok(samples),
                    Some(fault) => Err(anyhow!("{fault}"))
                        .with_context(|| format!("cannot play through {}", path.display())),
                }
            }
        }
    }
}

/// The Dexed that is meant.
///
/// # Errors
/// None was named, and none is installed.
pub fn dexed(format: Format, path: Option<PathBuf>) -> Result<PathBuf> {
    let found = path.or_else(|| format.find().into_iter().next());
    Ok(found.ok_or(HostedError::NotFound(format))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn synths_are_known_by_their_names() {
        let path = Some(PathBuf::from("C:\\x\\Dexed.clap"));
        let cases = [
            ("built-in", Synth::BuiltIn(EngineKind::Modern)),
            ("mark-one", Synth::BuiltIn(EngineKind::MarkI)),
            ("dexed-clap", Synth::Dexed(Format::Clap, None)),
            (
                "dexed-clap:C:\\x\\Dexed.clap",
                Synth::Dexed(Format::Clap, path),
            ),
        ];
        for (text, synth) in cases {
            assert_eq!(text.parse(), Ok(synth));
        }
        assert!("built-in:x".parse::<Synth>().is_err());
        assert!(
            "dx7"
                .parse::<Synth>()
                .is_err_and(|error| error.contains("dexed-vst2"))
        );
    }
}
