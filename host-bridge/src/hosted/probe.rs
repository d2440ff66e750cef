//! Looks at a plug-in file in another process with a time limit: if the file ends or hangs that
//! process, that is an answer.
//!
//! The other process is whatever command the caller names, which calls [`answer`] and prints what
//! that gives. Inside a plug-in there is no such program to start: the host's own executable is not
//! ours. There, [`remember`] serves: it leaves a mark before a file is loaded that goes when the load
//! is over. A mark that is found later tells that the last load of that very file ended its process,
//! and it is not loaded again until it changes or its user picks it anew.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use engine::EngineKind;

use super::{Format, Hosted, HostedError};

/// How long a plug-in may take to load and play a little.
pub const LIMIT: Duration = Duration::from_secs(10);

/// What begins the line that the other process prints.
const VERSION: &str = "version ";
const REFUSED: &str = "refused ";

/// What the other process shall print: one line. Loads the plug-in, makes its instances, plays a
/// few blocks, and ends them.
pub fn answer(format: Format, path: &Path) -> String {
    match Hosted::open(format, path, EngineKind::Modern, 48_000.0) {
        Ok((hosted, mut synth)) => {
            let mut out = [0.0; 4 * super::MAX_BLOCK];
            synth.render(&mut out);
            let (version, fault) = (hosted.about().version.clone(), synth.fault());
            hosted.close(synth);
            match fault {
                None => format!("{VERSION}{version}"),
                Some(fault) => format!("{REFUSED}{fault}"),
            }
        }
        Err(error) => format!("{REFUSED}{error}"),
    }
}

/// Starts `command`, which prints an [`answer`] about the file at `path`, and waits for it no longer
/// than `limit`. Gives the plug-in's version, or a line about why it cannot be used.
///
/// # Errors
/// The plug-in does not load, crashes or hangs; or the command cannot be started.
pub fn probe(mut command: Command, path: &Path, limit: Duration) -> Result<String, String> {
    let crashed = |how: String| {
        HostedError::Crashed {
            path: path.to_owned(),
            how,
        }
        .to_string()
    };
    let child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    let mut child = child.map_err(|error| {
        format!(
            "cannot start a process to look at {}: {error}",
            path.display()
        )
    })?;
    let begun = Instant::now();
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break status,
            Ok(None) if begun.elapsed() < limit => std::thread::sleep(Duration::from_millis(5)),
            _ => {
                // What cannot be killed has ended meanwhile.
                let _ = child.kill();
                let _ = child.wait();
                return Err(crashed(format!(
                    "did not come back within {} s",
                    limit.as_secs_f32()
                )));
            }
        }
    };
    let mut said = String::new();
    if let Some(mut out) = child.stdout.take() {
        // What is no text holds no answer.
        let _ = out.read_to_string(&mut said);
    }
    // A plug-in may print too.
    let line = |start: &str| {
        said.lines()
            .find_map(|line| line.strip_prefix(start).map(str::to_owned))
    };
    match (status.success(), line(VERSION), line(REFUSED)) {
        (_, _, Some(reason)) => Err(reason),
        (true, Some(version), None) => Ok(version),
        _ => Err(crashed(became(status))),
    }
}

fn became(status: ExitStatus) -> String {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return format!("crashed (signal {signal})");
    }
    format!("ended it ({status})")
}

/// The mark of a load that has begun; it goes with the value.
#[derive(Debug)]
pub struct Mark(PathBuf);

/// Leaves a mark in `folder` that the file at `path` is being loaded. What cannot be written is not
/// marked: the load then goes without.
///
/// # Errors
/// There is a mark of the same file already, unchanged since: its last load ended the process.
pub fn remember(folder: &Path, path: &Path) -> Result<Option<Mark>, HostedError> {
    let mut hasher = DefaultHasher::new();
    path.hash(&mut hasher);
    let mark = folder.join(format!("loading-{:016x}", hasher.finish()));
    let changed = fs::metadata(path).and_then(|meta| meta.modified());
    if fs::metadata(&mark)
        .and_then(|meta| meta.modified())
        .is_ok_and(|marked| changed.is_ok_and(|changed| changed <= marked))
    {
        return Err(HostedError::Crashed {
            path: path.to_owned(),
            how: "ended the program when it was loaded last; pick it again to try once more"
                .to_owned(),
        });
    }
    let written = fs::create_dir_all(folder)
        .and_then(|()| fs::write(&mark, path.as_os_str().as_encoded_bytes()));
    Ok(written.is_ok().then_some(Mark(mark)))
}

/// Forgets what is remembered of the file at `path`: its user wants it tried again.
pub fn forget(folder: &Path, path: &Path) {
    let mut hasher = DefaultHasher::new();
    path.hash(&mut hasher);
    // There may be none.
    let _ = fs::remove_file(folder.join(format!("loading-{:016x}", hasher.finish())));
}

impl Drop for Mark {
    fn drop(&mut self) {
        // What is already gone is gone.
        let _ = fs::remove_file(&self.0);
    }
}
