//! What the tools said.

use std::fmt;

use serde::Serialize;

/// Everything that was tried or could not be.
#[derive(Default, Serialize)]
pub struct Report {
    /// Tools that found no fault.
    pub passed: Vec<Entry>,
    /// Tools that found one.
    pub failed: Vec<Entry>,
    /// Tools that are not there.
    pub skipped: Vec<Entry>,
}

/// One tool and what it said.
#[derive(Serialize)]
pub struct Entry {
    /// The tool, and which of its tests.
    pub tool: String,
    /// Its version as it says itself; empty where it is not there.
    pub version: String,
    /// What it printed, or why it was skipped.
    pub output: String,
}

impl Report {
    /// Notes what a tool that ran came to.
    pub fn ran(&mut self, tool: &str, version: &str, output: String, passed: bool) {
        let list = if passed {
            &mut self.passed
        } else {
            &mut self.failed
        };
        list.push(Entry {
            tool: tool.to_owned(),
            version: version.to_owned(),
            output,
        });
    }

    /// Notes a tool that did not run.
    pub fn skipped(&mut self, tool: &str, reason: impl Into<String>) {
        self.skipped.push(Entry {
            tool: tool.to_owned(),
            version: String::new(),
            output: reason.into(),
        });
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Entry { tool, version, .. } in &self.passed {
            writeln!(f, "passed   {tool} ({version})")?;
        }
        for entry in &self.skipped {
            writeln!(f, "skipped  {}: {}", entry.tool, entry.output)?;
        }
        for entry in &self.failed {
            writeln!(f, "FAILED   {} ({})", entry.tool, entry.version)?;
            for line in entry.output.lines() {
                writeln!(f, "         {line}")?;
            }
        }
        Ok(())
    }
}
