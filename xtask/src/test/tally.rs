//! [`Tally`]: how many tests passed, summed over several runs of the test runners.

use std::fmt;
use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};
use std::thread;

use anyhow::{Context, Result};

use crate::process::words;

/// The sums. Its `Display` is the last line of a run: `123 passed, 0 failed`.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Tally {
    passed: u64,
    failed: u64,
    /// Runs that ended without success, whatever their tests said.
    broken: u64,
}

impl Tally {
    /// Runs a test runner to its end, passing its output on, and adds what it counted.
    ///
    /// # Errors
    /// It cannot be started.
    pub fn run(&mut self, mut command: Command) -> Result<()> {
        eprintln!("{}", words(&command));
        let cannot = || format!("cannot start `{}`", words(&command));
        let cannot = cannot();
        let mut runner = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .context(cannot)?;
        let (out, err) = (runner.stdout.take(), runner.stderr.take());
        // cargo test counts on standard output, nextest on standard error.
        let out = thread::spawn(move || Tally::listen(out, |line| println!("{line}")));
        let heard = Tally::listen(err, |line| eprintln!("{line}"));
        self.add(&heard);
        // PANIC: only if the listener panicked.
        self.add(&out.join().expect("the listener ends with the output"));
        self.broken += u64::from(!runner.wait()?.success());
        Ok(())
    }

    /// Whether any test failed or a runner broke.
    pub fn failed(&self) -> bool {
        self.failed + self.broken > 0
    }

    fn listen(from: Option<impl Read>, echo: impl Fn(&str)) -> Tally {
        let mut tally = Tally::default();
        let Some(from) = from else { return tally };
        for line in BufReader::new(from).split(b'\n').map_while(Result::ok) {
            let line = String::from_utf8_lossy(&line);
            tally.read(&line);
            echo(&line);
        }
        tally
    }

    /// Adds what a line counts: cargo's `test result: ok. 4 passed; 0 failed; …` and nextest's
    /// `Summary [ 0.1s] 5 tests run: 4 passed (1 slow), 1 failed, 0 skipped`.
    fn read(&mut self, line: &str) {
        let line = line.trim_start();
        let counts = match line.split_once(": ") {
            Some(("test result", counts)) => counts,
            Some((head, counts)) if head.starts_with("Summary [") => counts,
            _ => return,
        };
        for count in counts.split([',', ';', '.']) {
            let mut words = count.split_whitespace();
            let number = words.next().and_then(|number| number.parse::<u64>().ok());
            match (number, words.next()) {
                (Some(number), Some("passed")) => self.passed += number,
                (Some(number), Some("failed" | "timed")) => self.failed += number,
                _ => {}
            }
        }
    }

    fn add(&mut self, other: &Tally) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)?;
        if self.broken > 0 {
            write!(f, " ({} of the runs above ended in an error)", self.broken)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_runners_are_understood() {
        let cases = [
            (
                "test result: ok. 4 passed; 0 failed; 1 ignored; 0 measured",
                4,
                0,
            ),
            ("test result: FAILED. 4 passed; 2 failed; 0 ignored", 4, 2),
            (
                "     Summary [   0.01s] 5 tests run: 4 passed (1 slow), 1 failed, 3 skipped",
                4,
                1,
            ),
            (
                "     Summary [ 100.01s] 1 test run: 1 passed, 0 skipped",
                1,
                0,
            ),
            ("test a_test: 3 passed ... ok", 0, 0),
        ];
        for (line, passed, failed) in cases {
            let mut tally = Tally::default();
            tally.read(line);
            let broken = 0;
            assert_eq!(
                tally,
                Tally {
                    passed,
                    failed,
                    broken
                },
                "{line}"
            );
        }
    }
}
