//! What runs on the library thread.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crossbeam_channel::{Receiver, RecvTimeoutError};
use host_bridge::measure::Ear;
use presets::Patch;
use presets::library::export::{self, Existing};
use presets::library::search::FACTORY_TAG;
use presets::library::{
    Background, Library, LibraryError, Outcome, PresetId, Query, Report, Result, Stage,
};

use super::{Ask, Board, Change, Fetched, Importing, MOST, State};
use crate::session::{Choice, End};

/// How often an import is looked at.
const LOOK: Duration = Duration::from_millis(100);
/// Sounds that are found for "more like this".
const ALIKE: usize = 100;
/// Lines of a report that are shown.
const LINES: usize = 40;

struct Librarian<'a> {
    board: &'a Board,
    library: Library,
    /// The last search, made again when the library changes.
    query: Query,
    import: Option<Background>,
    has_map: bool,
    /// Undo and redo are at work: what is done is no new change.
    quiet: bool,
}

/// Does what is asked until nobody can ask any more.
pub fn run(open: impl FnOnce() -> Result<Library>, asked: &Receiver<Ask>, board: &Board) {
    let library = match open() {
        Ok(library) => library,
        Err(error) => {
            without_library(&error, asked, board);
            return;
        }
    };
    let mut librarian = Librarian {
        board,
        library,
        query: Query::default(),
        import: None,
        has_map: false,
        quiet: false,
    };
    librarian.attempt(Librarian::refresh);
    loop {
        let ask = match librarian.import {
            Some(_) => asked.recv_timeout(LOOK),
            None => asked.recv().map_err(|_| RecvTimeoutError::Disconnected),
        };
        match ask {
            Ok(ask) => librarian.answer_latest(ask, asked),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
        librarian.look_at_import();
    }
}

/// Does what can be done where no library is to be had.
fn without_library(error: &LibraryError, asked: &Receiver<Ask>, board: &Board) {
    board.change(|shelf| shelf.state = State::Failed(error.to_string()));
    while let Ok(ask) = asked.recv() {
        match ask {
            Ask::Export(patches, file, existing) => export(board, &patches, &file, existing),
            Ask::DismissReport => board.change(|shelf| shelf.report = None),
            // Asked by the window, not by its user.
            Ask::Search(_) | Ask::Map => {}
            _ => board.change(|shelf| {
                shelf.report = Some(vec![format!("There is no library: {error}")]);
            }),
        }
    }
}

/// Writes patches to a file, and says what came of it.
fn export(board: &Board, patches: &[Patch], file: &Path, existing: Existing) {
    let (written, what) = match patches {
        [patch] => (
            export::single(patch, file, existing),
            format!("{}, one voice", patch.name()),
        ),
        _ => (
            export::bank(patches, file, existing),
            format!("{} sounds, a bank for a DX7", patches.len()),
        ),
    };
    let line = match written {
        Ok(()) => format!("Exported to {}: {what}", file.display()),
        Err(error) => format!("Not exported: {error}"),
    };
    board.change(|shelf| shelf.report = Some(vec![line]));
}

impl Librarian<'_> {
    /// Of searches one after the other only the last is made.
    fn answer_latest(&mut self, mut ask: Ask, asked: &Receiver<Ask>) {
        while let Ok(next) = asked.try_recv() {
            if !matches!((&ask, &next), (Ask::Search(_), Ask::Search(_))) {
                self.attempt(|librarian| librarian.answer(ask));
            }
            ask = next;
        }
        self.attempt(|librarian| librarian.answer(ask));
    }

    /// Does it and shows how it went; a fault of the program too is a line for the user.
    fn attempt(&mut self, work: impl FnOnce(&mut Self) -> Result<()>) {
        let state = match catch_unwind(AssertUnwindSafe(|| work(self))) {
            Ok(Ok(())) => State::Ready,
            Ok(Err(error)) if error.may_pass() => State::Busy(error.to_string()),
            Ok(Err(error)) => State::Failed(error.to_string()),
            Err(_) => State::Failed("a fault in the program; the library is unchanged".to_owned()),
        };
        self.board.change(|shelf| shelf.state = state);
    }

    fn answer(&mut self, ask: Ask) -> Result<()> {
        match ask {
            Ask::Search(query) => {
                self.query = query;
                self.search()
            }
            Ask::MoreLike(id) => self.more_like(id),
            Ask::Load(id, end) => self.load(id, end),
            Ask::Audition(id) => {
                let patch = self.library.patch(id)?;
                self.board.hand_over(Fetched::Heard(Box::new(patch)));
                Ok(())
            }
            Ask::Step {
                query,
                from,
                forward,
                end,
            } => match self.exists() {
                true => match self.library.step(&query, from, forward)? {
                    Some(id) => self.load(id, end),
                    None => Ok(()),
                },
                false => Ok(()),
            },
            Ask::Surprise(from, end) => {
                let now = SystemTime::now().duration_since(UNIX_EPOCH);
                let seed = now.map_or(0, |now| now.as_nanos() as u64);
                match self.library.surprise(from, seed)? {
                    Some(similar) => self.load(similar.found.id, end),
                    None => Ok(()),
                }
            }
            Ask::Favourite(id, favourite) => {
                self.library.set_favourite(id, favourite)?;
                let mark = |favourite| Ask::Favourite(id, favourite);
                self.changed("favourite", mark(!favourite), mark(favourite));
                self.refresh()
            }
            Ask::FavouritePatch(patch, favourite) => {
                let stored = self.library.save(&patch, &[])?;
                self.library.set_favourite(stored.id, favourite)?;
                let mark = |favourite| Ask::FavouritePatch(patch.clone(), favourite);
                self.changed("favourite", mark(!favourite), mark(favourite));
                self.refresh()
            }
            Ask::Save(patch) => {
                // What was there before is not to be removed by undo.
                if self.library.save(&patch, &["saved"])?.new {
                    let remove = Ask::Remove(patch.clone());
                    self.changed("saved sound", remove, Ask::Save(patch));
                }
                self.refresh()
            }
            Ask::Remove(patch) => {
                // By its sound: the number that it had belongs to another one maybe.
                let stored = self.library.save(&patch, &[])?;
                self.library.delete(stored.id)?;
                self.refresh()
            }
            Ask::Tag(id, tag) => {
                let before = self.library.preset(id)?.tags;
                self.library.tag(id, &tag)?;
                let mut after = self.library.preset(id)?.tags;
                after.retain(|tag| !before.contains(tag));
                if let Some(added) = after.pop() {
                    let back = Ask::Untag(id, added.clone());
                    self.changed("tag", back, Ask::Tag(id, added));
                }
                self.refresh()
            }
            Ask::Untag(id, tag) => {
                self.library.untag(id, &tag)?;
                self.refresh()
            }
            Ask::Quietly(ask) => {
                self.quiet = true;
                let answer = self.answer(*ask);
                self.quiet = false;
                answer
            }
            Ask::Import(paths) => {
                self.import = Some(self.begin(paths));
                Ok(())
            }
            Ask::ImportFactory => {
                for found in presets::factory::all() {
                    let tags: Vec<&str> = found.tags.iter().copied().chain([FACTORY_TAG]).collect();
                    self.library.save(&found.patch, &tags)?;
                }
                self.import = Some(self.begin(Vec::new()));
                self.refresh()
            }
            Ask::CancelImport => {
                if let Some(import) = &self.import {
                    import.cancel();
                }
                Ok(())
            }
            Ask::DismissReport => {
                self.board.change(|shelf| shelf.report = None);
                Ok(())
            }
            Ask::Map => self.map(),
            Ask::Export(patches, file, existing) => {
                export(self.board, &patches, &file, existing);
                Ok(())
            }
        }
    }

    /// Tells of a change that the user may want to take back.
    fn changed(&self, name: &'static str, back: Ask, again: Ask) {
        if !self.quiet {
            let change = Change { name, back, again };
            self.board.hand_over(Fetched::Changed(change));
        }
    }

    /// Whether there is a library; only to look must not make one.
    fn exists(&self) -> bool {
        self.library.path().exists()
    }

    fn begin(&self, paths: Vec<std::path::PathBuf>) -> Background {
        Background::start(self.library.another(), paths, Arc::new(Ear::new()), 1)
    }

    /// All that the shelf shows, anew.
    fn refresh(&mut self) -> Result<()> {
        if !self.exists() {
            return Ok(());
        }
        let total = self.library.len()?;
        let tags = self.library.tags()?.into_iter().map(|(tag, _)| tag);
        let marked = Query {
            favourites: true,
            silent: true,
            ..Query::default()
        };
        let marked = self.library.search(&marked, 0, MOST)?;
        let favourites = marked
            .iter()
            .map(|found| self.library.patch(found.id))
            .collect::<Result<Vec<Patch>>>()?;
        self.board.change(|shelf| {
            shelf.total = total;
            shelf.tags = Arc::new(tags.collect());
            shelf.favourites = Arc::new(favourites);
        });
        if self.has_map {
            self.map()?;
        }
        self.search()
    }

    fn search(&mut self) -> Result<()> {
        if !self.exists() {
            let query = self.query.clone();
            self.board.change(|shelf| shelf.query = query);
            return Ok(());
        }
        let found = self.library.search(&self.query, 0, MOST)?;
        let fitting = match found.len() {
            MOST => self.library.count(&self.query)?,
            fewer => fewer as u64,
        };
        self.board.change(|shelf| {
            shelf.query = self.query.clone();
            shelf.found = Arc::new(found);
            shelf.fitting = fitting;
            shelf.like = None;
        });
        Ok(())
    }

    fn more_like(&mut self, id: PresetId) -> Result<()> {
        let name = self.library.patch(id)?.name();
        let alike = self.library.more_like(id, ALIKE)?;
        let found: Vec<_> = alike.into_iter().map(|similar| similar.found).collect();
        self.board.change(|shelf| {
            shelf.fitting = found.len() as u64;
            shelf.found = Arc::new(found);
            shelf.like = Some(name);
        });
        Ok(())
    }

    fn load(&mut self, id: PresetId, end: End) -> Result<()> {
        let patch = self.library.patch(id)?;
        let origin = id.to_string();
        let choice = Choice { patch, origin };
        self.board.hand_over(Fetched::For(end, choice));
        // That it was used is worth knowing, but nothing to fail for.
        let _ = self.library.mark_used(id);
        Ok(())
    }

    fn map(&mut self) -> Result<()> {
        self.has_map = true;
        let map = match self.exists() {
            true => self.library.map()?,
            false => Vec::new(),
        };
        self.board.change(|shelf| shelf.map = Some(Arc::new(map)));
        Ok(())
    }

    fn look_at_import(&mut self) {
        let Some(import) = self.import.take() else {
            return;
        };
        if !import.is_finished() {
            let importing = import.progress().map_or(
                Importing {
                    doing: "Looking for sounds".to_owned(),
                    part: 0.0,
                },
                |now| Importing {
                    doing: match now.stage {
                        Stage::Reading => {
                            let file = now.file.file_name().unwrap_or_default();
                            format!("Reading {}", file.to_string_lossy())
                        }
                        Stage::Measuring => {
                            format!("Listening to sounds, {} of {}", now.done, now.total)
                        }
                    },
                    part: now.done as f32 / now.total.max(1) as f32,
                },
            );
            self.board.change(|shelf| shelf.importing = Some(importing));
            self.import = Some(import);
            return;
        }
        let report = match import.finish() {
            Ok(report) => lines(&report),
            Err(error) => vec![failed(&error)],
        };
        self.board.change(|shelf| {
            shelf.importing = None;
            shelf.report = Some(report);
        });
        self.attempt(Librarian::refresh);
    }
}

fn failed(error: &LibraryError) -> String {
    format!("The import ended early: {error}")
}

/// What a user reads of a report: the sum, then every file with something to say.
fn lines(report: &Report) -> Vec<String> {
    let (voices, new, cleaned) = report.totals();
    let mut sum = format!(
        "{new} new sounds of {voices} in {} files",
        report.files.len()
    );
    if report.files.is_empty() {
        "All sounds are in the library and have been listened to".clone_into(&mut sum);
    }
    if cleaned > 0 {
        sum += &format!("; {cleaned} had values out of range, which were corrected");
    }
    if report.cancelled {
        sum += "; stopped before the end, what was read is kept";
    }
    let mut lines = vec![sum];
    for file in &report.files {
        let name = file.path.file_name().unwrap_or_default().to_string_lossy();
        if let Outcome::Refused(reason) = &file.outcome {
            lines.push(format!("{name}: {reason}"));
        }
        lines.extend(file.notes.iter().map(|note| format!("{name}: {note}")));
    }
    if lines.len() > LINES {
        let more = lines.len() - LINES;
        lines.truncate(LINES);
        lines.push(format!("… and {more} more"));
    }
    lines
}
