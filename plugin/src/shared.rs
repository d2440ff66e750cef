//! [`Shared`]: what the host's main thread, the editor, the worker and the keeper share. The audio
//! thread has no part in it: it gets [`Arrivals`], and a few numbers by atomics.

use std::sync::atomic::{AtomicU8, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use engine::table::{MorphTableInput, MorphTableOutput, channel};
use engine::{EngineKind, MorphTable};
use host_bridge::hosted::Fault;
use host_bridge::hosted::exchange::{HostedOutput, exchange};
use nice_plug::params::persist::PersistentField;
use nice_plug_egui::RepaintNotifier;
use presets::library::export;
use presets::{FractionalPatch, Patch};

use crate::keeper::{self, Keeper, Open, Standing};
use crate::paths::{Kept, Paths};
use crate::session::{Choice, DEFAULT_BEND, Dexed, End, PathKind, Session};
use crate::state::Saved;
use crate::trail::Trail;
use crate::worker::{PathWorker, Request, Stage, Worker};

/// A, B, the path between them, and the worker that finds better ones.
pub struct Shared {
    desk: Arc<Desk>,
    /// Started by the first request.
    worker: Mutex<Option<Worker>>,
    keeper: Mutex<Keeper>,
}

/// What arrives at the audio thread.
pub struct Arrivals {
    /// The path.
    pub tables: MorphTableOutput,
    /// The user's Dexed.
    pub dexed: HostedOutput,
}

/// The engine's kinds, by the number that crosses to the audio thread.
const KINDS: [EngineKind; 3] = [EngineKind::Modern, EngineKind::MarkI, EngineKind::Opl];

/// The part of [`Shared`] that the worker sees too.
pub struct Desk {
    sheet: Mutex<Sheet>,
    /// The place of the engine's kind in [`KINDS`].
    kind: AtomicU8,
    /// How far the pitch wheel bends, in semitones.
    bend_range: AtomicU8,
    /// Delay of what plays, in samples.
    delay: AtomicU32,
    /// What made the Dexed of a number fall silent: eight times that, and one more than the place in
    /// [`Fault::ALL`].
    fault: AtomicU64,
    /// Tells an open editor that there is something new.
    pub repaint: RepaintNotifier,
}

/// What lies on the desk. Locked for moments only, never by the audio thread.
struct Sheet {
    session: Session,
    /// The path that was published last.
    table: Box<MorphTable>,
    /// Whether that is the one that was asked for; otherwise a better one is to be found.
    found: bool,
    tables: MorphTableInput,
    /// Counts the choices; what the worker found for an older one is dropped.
    generation: u64,
    progress: Progress,
    trail: Option<Arc<Trail>>,
    notice: Option<String>,
    standing: Standing,
}

/// How far the worker has come with A and B.
#[derive(Clone, Debug, PartialEq)]
pub enum Progress {
    /// Nothing was asked of it since the session was opened.
    Idle,
    /// It works on this stage, of which so much is done, 0 to 1.
    Working(Stage, f32),
    /// It has done all; this was the last stage.
    Ready(Stage),
    /// It gave up, for this reason. The path found until then plays on.
    Failed(String),
}

/// What an editor shows of it all.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// A, B and the options.
    pub session: Session,
    /// What the worker does.
    pub progress: Progress,
    /// What the path sounds like, once it was listened to.
    pub trail: Option<Arc<Trail>>,
    /// What the user should know.
    pub notice: Option<String>,
    /// Whether the user's Dexed plays.
    pub standing: Standing,
}

impl Shared {
    /// The default session, and what arrives at the audio thread.
    pub fn new() -> (Shared, Arrivals) {
        Shared::with(keeper::open)
    }

    /// The same, with another way to load a Dexed.
    pub fn with(open: Open) -> (Shared, Arrivals) {
        let session = Session::default();
        let (table, found) = first_path(&session);
        let (tables, output) = channel(&table);
        let (input, dexed) = exchange();
        let sheet = Sheet {
            session,
            table,
            found,
            tables,
            generation: 0,
            progress: Progress::Idle,
            trail: None,
            notice: None,
            standing: Standing::default(),
        };
        let desk = Arc::new(Desk {
            sheet: Mutex::new(sheet),
            kind: AtomicU8::new(0),
            bend_range: AtomicU8::new(DEFAULT_BEND),
            delay: AtomicU32::new(0),
            fault: AtomicU64::new(0),
            repaint: RepaintNotifier::new(),
        });
        let shared = Shared {
            desk,
            worker: Mutex::new(None),
            keeper: Mutex::new(Keeper::new(input, open)),
        };
        let tables = output;
        (shared, Arrivals { tables, dexed })
    }

    /// Takes a patch for A or B: the linear path plays at once, the worker starts on better ones.
    pub fn choose(&self, end: End, choice: Choice) {
        self.change(|session| *session.end_mut(end) = choice);
    }

    /// Changes the session. Where that asks for another path, the worker starts on it; until it is
    /// there, between other ends the linear one plays at once, between the same what played.
    pub fn change(&self, change: impl FnOnce(&mut Session)) {
        let request = self.desk.change(change);
        self.follow();
        if let Some(request) = request {
            self.request(request);
        }
    }

    /// Has the user's Dexed play, or the built-in engine. One whose load ended its host is tried once
    /// more.
    pub fn choose_dexed(&self, dexed: Option<Dexed>) {
        if let Some(dexed) = &dexed {
            lock(&self.keeper).forgive(dexed);
        }
        self.change(|session| session.dexed = dexed);
    }

    /// The host makes ready for a sample rate in Hz; the audio thread stands still. Loads what shall
    /// play, and gives its delay in samples.
    pub fn activate(&self, rate: f64) -> u32 {
        let session = self.desk.sheet().session.clone();
        let delay = lock(&self.keeper).activate(rate, &session, &self.desk);
        delay.unwrap_or_else(|error| {
            self.no_keeper(&error);
            0
        })
    }

    /// The instance goes. The audio thread's part has given back what it had.
    pub fn retire(&self) {
        lock(&self.keeper).end();
    }

    /// Delay of what plays, in samples. Wait-free: for the audio thread.
    pub fn delay(&self) -> u32 {
        self.desk.delay.load(Ordering::Relaxed)
    }

    /// The Dexed of that number fell silent. Wait-free: for the audio thread.
    pub fn fell_silent(&self, number: u64, fault: Fault) {
        let place = Fault::ALL.iter().position(|&known| known == fault);
        let word = number * 8 + 1 + place.unwrap_or(0) as u64;
        self.desk.fault.store(word, Ordering::Relaxed);
    }

    /// Has play what the session says.
    fn follow(&self) {
        let session = self.desk.sheet().session.clone();
        if let Err(error) = lock(&self.keeper).wish(&session, &self.desk) {
            self.no_keeper(&error);
        }
    }

    fn no_keeper(&self, error: &std::io::Error) {
        let reason = format!("no thread for Dexed to be had: {error}");
        self.desk.stand(Standing::Missing(reason));
    }

    /// Has the worker find what is to be found and listen to it, if nothing was asked of it yet: an
    /// editor was opened.
    pub fn wake(&self) {
        let sheet = self.desk.sheet();
        if sheet.progress == Progress::Idle && sheet.trail.is_none() {
            let request = sheet.request();
            drop(sheet);
            self.request(request);
        }
    }

    /// Which arithmetic the engine shall use. Wait-free: for the audio thread.
    pub fn engine(&self) -> EngineKind {
        self.desk.engine()
    }

    /// How far the pitch wheel bends, in semitones. Wait-free: for the audio thread.
    pub fn bend_range(&self) -> u8 {
        self.desk.bend_range.load(Ordering::Relaxed)
    }

    /// What an editor shows.
    pub fn snapshot(&self) -> Snapshot {
        self.desk.snapshot()
    }

    /// The sound at a position of the path that plays.
    pub fn sound_at(&self, position: f32) -> FractionalPatch {
        self.desk.sheet().table.at(position)
    }

    /// The path that plays, as the patches of a bank.
    pub fn bank(&self) -> Vec<Patch> {
        let sheet = self.desk.sheet();
        let ends = [&sheet.session.a.patch, &sheet.session.b.patch];
        export::bank_of_path(|position| sheet.table.at(position), ends, 0.0..=1.0)
    }

    /// Puts up a line for the user, or takes it down.
    pub fn notify(&self, notice: Option<String>) {
        self.desk.sheet().notice = notice;
        self.desk.repaint.request_repaint();
    }

    /// What tells an open editor that there is something new.
    pub fn repaint(&self) -> RepaintNotifier {
        self.desk.repaint.clone()
    }

    fn request(&self, request: Request) {
        let mut worker = lock(&self.worker);
        if worker.is_none() {
            let paths = Kept::of_user().map_or_else(Paths::default, Paths::known_to);
            match Worker::start(self.desk.clone(), PathWorker::new(paths)) {
                Ok(started) => *worker = Some(started),
                Err(error) => {
                    let reason = format!("no thread for the path to be had: {error}");
                    self.desk
                        .report(request.generation, Progress::Failed(reason));
                }
            }
        }
        if let Some(worker) = &*worker {
            worker.request(request);
        }
    }
}

impl Desk {
    /// Which arithmetic the engine shall use.
    pub fn engine(&self) -> EngineKind {
        KINDS[usize::from(self.kind.load(Ordering::Relaxed)) % KINDS.len()]
    }

    /// What an editor shows.
    pub fn snapshot(&self) -> Snapshot {
        let sheet = self.sheet();
        Snapshot {
            session: sheet.session.clone(),
            progress: sheet.progress.clone(),
            trail: sheet.trail.clone(),
            notice: sheet.notice.clone(),
            standing: sheet.standing.clone(),
        }
    }

    /// What the keeper says of Dexed.
    pub fn stand(&self, standing: Standing) {
        let mut sheet = self.sheet();
        if let Standing::Missing(reason) = &standing {
            sheet.notice = Some(format!(
                "the built-in synth plays instead of Dexed: {reason}"
            ));
        }
        sheet.standing = standing;
        drop(sheet);
        self.repaint.request_repaint();
    }

    /// What plays has this delay, in samples.
    pub fn delay(&self, samples: u32) {
        self.delay.store(samples, Ordering::Relaxed);
    }

    /// What the audio thread said last of a Dexed that fell silent, and of which number.
    pub fn fault(&self) -> Option<(u64, Fault)> {
        let word = self.fault.load(Ordering::Relaxed);
        let place = usize::try_from(word % 8).ok()?.checked_sub(1)?;
        Some((word / 8, *Fault::ALL.get(place)?))
    }

    /// Whether nothing was chosen since that request.
    pub fn is_current(&self, generation: u64) -> bool {
        self.sheet().generation == generation
    }

    /// What the worker says of a request, unless a newer one was made.
    pub fn report(&self, generation: u64, progress: Progress) {
        let mut sheet = self.sheet();
        if sheet.generation == generation {
            sheet.progress = progress;
            self.repaint.request_repaint();
        }
    }

    /// Publishes a path that the worker found, unless a newer request was made or it plays already.
    /// `last` says that it is the one that was asked for.
    pub fn publish(&self, generation: u64, table: &MorphTable, last: bool) {
        let mut sheet = self.sheet();
        if sheet.generation == generation {
            sheet.found = last;
            if *sheet.table != *table {
                sheet.put(Box::new(table.clone()));
            }
        }
    }

    /// The path that plays, unless a newer request was made.
    pub fn table(&self, generation: u64) -> Option<Box<MorphTable>> {
        let sheet = self.sheet();
        (sheet.generation == generation).then(|| sheet.table.clone())
    }

    /// Shows what the path sounds like, unless a newer request was made.
    pub fn show_trail(&self, generation: u64, trail: Trail) {
        let mut sheet = self.sheet();
        if sheet.generation == generation {
            sheet.trail = Some(Arc::new(trail));
            self.repaint.request_repaint();
        }
    }

    /// Changes the session; a request if that asks for another path.
    fn change(&self, change: impl FnOnce(&mut Session)) -> Option<Request> {
        let mut sheet = self.sheet();
        let before = sheet.session.clone();
        change(&mut sheet.session);
        sheet.notice = None;
        self.tell_audio_thread(&sheet.session);
        let session = &sheet.session;
        let (ends, moved) = (session.ends(), session.ends() != before.ends());
        if !moved && session.path == before.path && session.engine == before.engine {
            return None;
        }
        let found = session.path == PathKind::Linear;
        let table = if moved || found {
            Box::new(MorphTable::linear(&ends[0], &ends[1]))
        } else {
            sheet.table.clone()
        };
        self.renew(&mut sheet, table, found);
        Some(sheet.request())
    }

    /// Takes over what a project stored; if that cannot be had, all stays, and a notice says why.
    /// A path that was found plays for ever as it is; for one that was not, there is a request.
    fn restore(&self, saved: &Saved) -> Option<Request> {
        let restored = saved.restore();
        let mut sheet = self.sheet();
        match restored {
            Ok(restored) => {
                sheet.session = restored.session;
                self.tell_audio_thread(&sheet.session);
                self.renew(&mut sheet, restored.table, restored.found);
                sheet.notice = restored.remade.map(|error| {
                    format!("the path in the project was damaged ({error}) and is made anew")
                });
            }
            Err(error) => {
                sheet.notice = Some(error.to_string());
                self.repaint.request_repaint();
                return None;
            }
        }
        self.repaint.request_repaint();
        (!sheet.found).then(|| sheet.request())
    }

    /// What the audio thread has to know of a session besides the path.
    fn tell_audio_thread(&self, session: &Session) {
        let kind = KINDS.iter().position(|&kind| kind == session.engine);
        self.kind.store(kind.unwrap_or(0) as u8, Ordering::Relaxed);
        self.bend_range.store(session.bend_range, Ordering::Relaxed);
    }

    fn renew(&self, sheet: &mut Sheet, table: Box<MorphTable>, found: bool) {
        sheet.generation += 1;
        sheet.progress = Progress::Idle;
        sheet.trail = None;
        sheet.found = found;
        sheet.put(table);
    }

    fn sheet(&self) -> MutexGuard<'_, Sheet> {
        lock(&self.sheet)
    }
}

impl Sheet {
    fn put(&mut self, table: Box<MorphTable>) {
        self.tables.publish(&table);
        self.table = table;
    }

    fn request(&self) -> Request {
        let [a, b] = self.session.ends();
        Request {
            generation: self.generation,
            table: self.table.clone(),
            find: !self.found,
            a,
            b,
            path: self.session.path,
            engine: self.session.engine,
        }
    }
}

/// The song of an instance to which nothing has been done.
pub(crate) const FIRST_SONG: &str = include_str!("session/first.json");

/// The path of the first session, found before it was shipped: were it searched by each instance, a song
/// in which nobody chose anything would sound one way until then and another afterwards. Says whether
/// it is that, and not one to play until it is found.
fn first_path(session: &Session) -> (Box<MorphTable>, bool) {
    let [a, b] = session.ends();
    let song = serde_json::from_str::<Saved>(FIRST_SONG).ok();
    let song = song.and_then(|song| song.restore().ok());
    match song.filter(|song| song.session.ends() == [a, b]) {
        Some(song) => (song.table, song.found),
        None => (Box::new(MorphTable::linear(&a, &b)), false),
    }
}

/// A host stores the session through this, and gives it back. After that it calls nothing else, so
/// that everything happens here.
impl PersistentField<'_, Saved> for Arc<Shared> {
    fn set(&self, saved: Saved) {
        let request = self.desk.restore(&saved);
        self.follow();
        if let Some(request) = request {
            self.request(request);
        }
    }

    fn map<F, R>(&self, f: F) -> R
    where
        F: Fn(&Saved) -> R,
    {
        let sheet = self.desk.sheet();
        let saved = Saved::new(&sheet.session, &sheet.table, sheet.found);
        drop(sheet);
        f(&saved)
    }
}

/// Locks; after a panic elsewhere too, because every change of the sheet is whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::session::Lock;
    use presets::Parameter;

    pub fn choice(algorithm: u8) -> Choice {
        let mut patch = Patch::INIT;
        patch.set(Parameter::ALGORITHM, algorithm);
        Choice {
            patch,
            origin: String::new(),
        }
    }

    /// A desk with these ends, and the audio thread's end of its tables.
    pub fn desk(a: Choice, b: Choice) -> (Arc<Desk>, MorphTableOutput, Request) {
        let (shared, Arrivals { tables, .. }) = Shared::new();
        let request = shared
            .desk
            .change(|session| (session.a, session.b) = (a, b))
            .expect("other ends ask for another path");
        (shared.desk.clone(), tables, request)
    }

    /// `FIRST_SONG=write` in the environment writes it anew, where the search has changed.
    #[test]
    fn the_first_song_is_what_a_search_finds() {
        let session = Session::default();
        let [a, b] = session.ends();
        let request = Shared::new().0.desk.sheet().request();
        let found = Paths::default().even(&request, &mut |_| (), &|| true);
        let found = found.unwrap();
        if std::env::var("FIRST_SONG").is_ok_and(|word| word == "write") {
            let song = serde_json::to_string(&Saved::new(&session, &found, true)).unwrap();
            let file = concat!(env!("CARGO_MANIFEST_DIR"), "/src/session/first.json");
            std::fs::write(file, song + "\n").unwrap();
            return;
        }
        let (table, is_found) = first_path(&session);
        assert!(is_found);
        for (position, end) in [(0.0, &a), (1.0, &b)] {
            assert_eq!(table.at(position), FractionalPatch::from(end));
        }
        // On a processor that rounds otherwise, another sound may be the better one here and there.
        let pairs = table.entries().iter().zip(found.entries());
        let same = pairs.filter(|(ours, found)| ours == found).count();
        println!(
            "{same} of {} entries are as found here",
            table.entries().len()
        );
        assert!(same * 2 > table.entries().len(), "{same}: write it anew");
    }

    #[test]
    fn a_new_instance_asks_for_nothing_and_stores_what_it_plays() {
        let (shared, Arrivals { tables, .. }) = Shared::new();
        let shared = Arc::new(shared);
        let saved = PersistentField::map(&shared, Clone::clone);
        let restored = saved.restore().unwrap();
        assert!(restored.found);
        assert!(*restored.table == *tables.table());
        assert!(Shared::new().0.desk.restore(&saved).is_none());
    }

    #[test]
    fn a_choice_plays_at_once() {
        let (
            shared,
            Arrivals {
                tables: mut output, ..
            },
        ) = Shared::new();
        shared.choose(End::B, choice(7));
        assert!(output.update());
        let expected = FractionalPatch::from(&choice(7).patch);
        assert_eq!(output.table().at(1.0), expected);
    }

    #[test]
    fn only_what_asks_for_another_path_has_one_searched() {
        let (desk, mut output, first) = desk(choice(1), choice(2));
        let found = MorphTable::from_fn(|position| {
            MorphTable::linear(&first.a, &first.b).at(position.powi(3))
        });
        desk.publish(first.generation, &found, true);
        assert!(desk.change(|session| session.bend_range = 12).is_none());
        assert!(desk.is_current(first.generation));
        // What plays goes on while the network is asked.
        let neural = desk.change(|session| session.path = PathKind::Neural);
        assert!(neural.is_some_and(|request| request.find));
        output.update();
        assert_eq!(*output.table(), found);
        let linear = desk.change(|session| session.path = PathKind::Linear);
        assert!(linear.is_some_and(|request| !request.find));
        output.update();
        assert_eq!(*output.table(), MorphTable::linear(&first.a, &first.b));
    }

    #[test]
    fn a_locked_group_does_not_move() {
        let (desk, mut output, _) = desk(choice(1), choice(2));
        let locked = desk
            .change(|session| session.locks.timbre = Lock::B)
            .unwrap();
        assert_eq!([locked.a, locked.b], [choice(2).patch; 2]);
        output.update();
        assert_eq!(*output.table(), MorphTable::constant(&choice(2).patch));
    }

    #[test]
    fn what_was_found_for_an_older_choice_is_dropped() {
        let (desk, mut output, old) = desk(choice(1), choice(2));
        desk.change(|session| session.b = choice(3));
        let found = MorphTable::constant(&choice(2).patch);
        desk.publish(old.generation, &found, true);
        output.update();
        assert_eq!(
            output.table().at(1.0),
            FractionalPatch::from(&choice(3).patch)
        );
    }

    #[test]
    fn a_restored_path_is_searched_only_if_it_was_not_found() {
        let session = Session::default();
        let (a, b) = (&session.a.patch, &session.b.patch);
        let (
            shared,
            Arrivals {
                tables: mut output, ..
            },
        ) = Shared::new();
        // A path that no search would come to.
        let table = MorphTable::from_fn(|at| FractionalPatch::from(if at < 0.9 { a } else { b }));
        for found in [true, false] {
            let request = shared.desk.restore(&Saved::new(&session, &table, found));
            assert_eq!(request.is_none(), found);
            output.update();
            assert!(*output.table() == table);
        }
    }

    #[test]
    fn a_state_that_cannot_be_read_changes_nothing_and_says_so() {
        let shared = Arc::new(Shared::new().0);
        let before = shared.snapshot().session;
        PersistentField::set(&shared, Saved(serde_json::json!({ "version": 99 })));
        let after = shared.snapshot();
        assert_eq!(after.session, before);
        assert!(after.notice.is_some_and(|notice| notice.contains("newer")));
    }
}
