//! [`Background`]: an import on a thread of its own, watched and cancelled from another.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use super::Library;
use super::error::Result;
use super::import::{Progress, Report};
use super::sound::Measure;

/// An import and the measuring after it, on a thread of their own. Dropping it cancels them and
/// waits for the present file's end.
#[derive(Debug)]
pub struct Background {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<Result<Report>>>,
}

#[derive(Debug, Default)]
struct Shared {
    cancelled: AtomicBool,
    progress: Mutex<Option<Progress>>,
}

impl Background {
    /// Begins to import `paths`, then to measure what was not measured yet. No paths: only to
    /// measure.
    pub fn start(
        mut library: Library,
        paths: Vec<PathBuf>,
        measure: Arc<dyn Measure + Send>,
        threads: usize,
    ) -> Background {
        let shared = Arc::new(Shared::default());
        let told = Arc::clone(&shared);
        let work = move || {
            let tell = |progress: &Progress| told.tell(progress);
            let mut report = Report::default();
            if !paths.is_empty() {
                report = library.import(&paths, tell)?;
            }
            library.measure(&*measure, threads, tell)?;
            report.cancelled |= told.cancelled.load(Ordering::Relaxed);
            Ok(report)
        };
        let thread = thread::Builder::new()
            .name("library".to_owned())
            .spawn(work);
        Background {
            shared,
            // Without a thread there is no import; `finish` says so.
            thread: thread.ok(),
        }
    }

    /// How far it is; `None`: it has hardly begun.
    pub fn progress(&self) -> Option<Progress> {
        self.shared
            .progress
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Asks it to stop; what was written stays.
    pub fn cancel(&self) {
        self.shared.cancelled.store(true, Ordering::Relaxed);
    }

    /// Whether it is at its end.
    pub fn is_finished(&self) -> bool {
        self.thread.as_ref().is_none_or(JoinHandle::is_finished)
    }

    /// Waits for its end and says what came of it.
    pub fn finish(mut self) -> Result<Report> {
        let ended = self.thread.take().map(JoinHandle::join);
        match ended {
            Some(Ok(result)) => result,
            Some(Err(_)) => Err(super::LibraryError::request(
                "the import failed by a fault of the program; what it had written is kept",
            )),
            None => Err(super::LibraryError::request(
                "the system gave no thread for the import",
            )),
        }
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        self.cancel();
        if let Some(thread) = self.thread.take() {
            // Whoever drops it does not want to know what came of it.
            let _ = thread.join();
        }
    }
}

impl Shared {
    fn tell(&self, progress: &Progress) -> ControlFlow<()> {
        *self.progress.lock().unwrap_or_else(PoisonError::into_inner) = Some(progress.clone());
        match self.cancelled.load(Ordering::Relaxed) {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    }
}
