//! The library thread: all that the editor asks of the user's library is done here, so that drawing
//! never waits for a disk.
//!
//! Started by the first request an open editor makes, never while a host scans, and joined when the
//! instance goes. Requests go by a bounded channel; of several searches that wait the last is made.
//! What the thread knows lies on a [`Shelf`] that the editor looks at; what it fetched for the editor
//! it hands over as [`Fetched`].

mod thread;

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use crossbeam_channel::{Sender, bounded};
use nice_plug_egui::RepaintNotifier;
use presets::Patch;
use presets::library::export::Existing;
pub use presets::library::{Category, Found, MapPoint, PresetId, Query, Shape, Sort, Tone};
use presets::library::{Library, Result};

use crate::session::{Choice, End};

/// What the editor asks.
#[derive(Clone, Debug, PartialEq)]
pub enum Ask {
    /// The presets that fit.
    Search(Query),
    /// Presets that sound like this one, the nearest first.
    MoreLike(PresetId),
    /// A preset for A or B.
    Load(PresetId, End),
    /// A preset to be heard.
    Audition(PresetId),
    /// The preset before or after the one at that end, among those that fit.
    Step {
        /// Which presets, in which order.
        query: Query,
        /// What the end holds now.
        from: Option<PresetId>,
        /// After it, or before it.
        forward: bool,
        /// The end.
        end: End,
    },
    /// A preset that nobody expects, for that end.
    Surprise(Option<PresetId>, End),
    /// Marks a favourite, or takes the mark away.
    Favourite(PresetId, bool),
    /// The same for a sound that may not be in the library; it is put there.
    FavouritePatch(Box<Patch>, bool),
    /// Saves a sound as a preset.
    Save(Box<Patch>),
    /// Removes a sound that was saved.
    Remove(Box<Patch>),
    /// Adds a tag.
    Tag(PresetId, String),
    /// Takes it away.
    Untag(PresetId, String),
    /// Does this as undo or redo: it is no new change of the user's.
    Quietly(Box<Ask>),
    /// Imports files and folders.
    Import(Vec<PathBuf>),
    /// Puts the factory bank into the library.
    ImportFactory,
    /// Stops an import.
    CancelImport,
    /// Puts the report of an import away.
    DismissReport,
    /// All presets by their timbre.
    Map,
    /// Writes patches to a file: one as a single voice, more as a bank. Needs no library.
    Export(Vec<Patch>, PathBuf, Existing),
}

/// What was fetched.
#[derive(Clone, Debug, PartialEq)]
pub enum Fetched {
    /// For an end.
    For(End, Choice),
    /// To be heard.
    Heard(Box<Patch>),
    /// Nothing: the user's change is stored.
    Changed(Change),
}

/// A change of the library, and what takes it back.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// What undo calls it.
    pub name: &'static str,
    /// What takes it back.
    pub back: Ask,
    /// What does it again.
    pub again: Ask,
}

/// How the library is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum State {
    /// Nobody asked yet.
    #[default]
    Closed,
    /// It is being opened.
    Opening,
    /// All is well.
    Ready,
    /// Another program writes to it; asking again helps.
    Busy(String),
    /// It cannot be used, for this reason.
    Failed(String),
}

/// How far an import is.
#[derive(Clone, Debug, PartialEq)]
pub struct Importing {
    /// What is being done.
    pub doing: String,
    /// 0 to 1.
    pub part: f32,
}

/// What is known of the library.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shelf {
    /// How it is.
    pub state: State,
    /// All its presets.
    pub total: u64,
    /// The question that was answered last.
    pub query: Query,
    /// The presets that fit it, the first [`MOST`] of them.
    pub found: Arc<Vec<Found>>,
    /// How many fit.
    pub fitting: u64,
    /// The sound of which `found` are neighbours, if they are.
    pub like: Option<String>,
    /// All tags, the most used first.
    pub tags: Arc<Vec<String>>,
    /// The sounds of all favourites, without their names.
    pub favourites: Arc<Vec<Patch>>,
    /// An import that runs.
    pub importing: Option<Importing>,
    /// What came of the last one.
    pub report: Option<Vec<String>>,
    /// All presets by their timbre, once that was asked for.
    pub map: Option<Arc<Vec<MapPoint>>>,
}

/// Presets that one search gives.
pub const MOST: usize = 1000;

impl Shelf {
    /// Whether a sound is a favourite.
    pub fn is_favourite(&self, patch: &Patch) -> bool {
        let values = patch.values();
        self.favourites.iter().any(|other| other.values() == values)
    }
}

/// The handle of the thread.
pub struct LibraryThread {
    board: Arc<Board>,
    /// Taken in `Drop`, which ends the thread.
    asks: Option<Sender<Ask>>,
    thread: Option<JoinHandle<()>>,
}

/// What thread and editor both see; locked for moments.
struct Board {
    shelf: Mutex<Shelf>,
    fetched: Mutex<VecDeque<Fetched>>,
    repaint: RepaintNotifier,
}

/// Questions that may wait.
const WAITING: usize = 64;

impl LibraryThread {
    /// A thread that will open what `open` gives.
    ///
    /// # Errors
    /// If the system has no thread to give.
    pub fn start(
        open: impl FnOnce() -> Result<Library> + Send + 'static,
        repaint: RepaintNotifier,
    ) -> std::io::Result<LibraryThread> {
        let board = Arc::new(Board {
            shelf: Mutex::new(Shelf {
                state: State::Opening,
                ..Shelf::default()
            }),
            fetched: Mutex::default(),
            repaint,
        });
        let (asks, asked) = bounded(WAITING);
        let seen = board.clone();
        let thread = std::thread::Builder::new()
            .name("tween-library".to_owned())
            .spawn(move || thread::run(open, &asked, &seen))?;
        Ok(LibraryThread {
            board,
            asks: Some(asks),
            thread: Some(thread),
        })
    }

    /// Asks; says no if too much waits already, which then is better asked later.
    pub fn ask(&self, ask: Ask) -> bool {
        let asks = self.asks.as_ref();
        asks.is_some_and(|asks| asks.try_send(ask).is_ok())
    }

    /// What is known.
    pub fn shelf(&self) -> Shelf {
        lock(&self.board.shelf).clone()
    }

    /// What was fetched since the last call.
    pub fn fetched(&self) -> Vec<Fetched> {
        lock(&self.board.fetched).drain(..).collect()
    }
}

impl Drop for LibraryThread {
    fn drop(&mut self) {
        self.asks = None;
        if let Some(thread) = self.thread.take() {
            // Its panics were caught and shown.
            let _ = thread.join();
        }
    }
}

impl Board {
    fn change(&self, change: impl FnOnce(&mut Shelf)) {
        change(&mut lock(&self.shelf));
        self.repaint.request_repaint();
    }

    fn hand_over(&self, fetched: Fetched) {
        lock(&self.fetched).push_back(fetched);
        self.repaint.request_repaint();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
