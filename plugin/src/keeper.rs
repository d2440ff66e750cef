//! The keeper: the thread that owns the user's Dexed. It loads it, hands its playing half to the audio
//! thread, takes it back from there, and ends it.
//!
//! One thread per instance, started when a Dexed is first chosen and joined when the instance goes. A
//! Dexed that cannot be had, or that failed while playing, is a line for the user, and the built-in
//! engine plays on. While one is loaded a mark lies beside the library: should that end the host, the
//! mark is found next time and the file is not loaded again until its user picks it anew
//! ([`host_bridge::hosted::probe`]).

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded, unbounded};
use engine::EngineKind;
use host_bridge::hosted::exchange::HostedInput;
use host_bridge::hosted::probe;
use host_bridge::{Hosted, HostedError, HostedSynth};

use crate::session::{Dexed, Session};
use crate::shared::Desk;

/// How often a loaded Dexed is looked after.
const LOOK_AFTER: Duration = Duration::from_millis(50);
/// How long whoever waits for the keeper waits.
const PATIENCE: Duration = Duration::from_secs(10);

/// What shall play.
#[derive(Clone, Debug, PartialEq)]
pub struct Wish {
    /// The user's Dexed; without one, the built-in engine.
    pub dexed: Option<Dexed>,
    /// The arithmetic it uses.
    pub kind: EngineKind,
    /// Hz.
    pub rate: f64,
}

impl Wish {
    fn of(session: &Session, rate: f64) -> Wish {
        Wish {
            dexed: session.dexed.clone(),
            kind: session.engine,
            rate,
        }
    }
}

/// What became of the wish, as the editor shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Standing {
    /// The built-in engine plays, as it should.
    #[default]
    BuiltIn,
    /// Dexed is being loaded.
    Loading,
    /// Dexed of this version plays.
    Plays(String),
    /// The built-in engine plays instead, for this reason.
    Missing(String),
}

/// Loads a Dexed. Its own type so that the thread can be tested with another.
pub type Open = fn(&Wish, &Dexed) -> Result<(Hosted, HostedSynth), HostedError>;

/// Loads it from its file, unless that ended its host the last time.
pub fn open(wish: &Wish, dexed: &Dexed) -> Result<(Hosted, HostedSynth), HostedError> {
    let _mark = match marks() {
        Some(folder) => probe::remember(&folder, &dexed.path)?,
        None => None,
    };
    Hosted::open(dexed.format, &dexed.path, wish.kind, wish.rate)
}

/// Where marks of loads lie.
fn marks() -> Option<PathBuf> {
    let library = presets::library::folder::library_file()?;
    Some(library.with_file_name("dexed"))
}

/// A wish, and whom to tell the delay in samples once it is fulfilled.
type Order = (Wish, Option<Sender<u32>>);

/// The handle of the thread.
pub struct Keeper {
    open: Open,
    /// Until the thread is started.
    input: Option<HostedInput>,
    orders: Option<Sender<Order>>,
    thread: Option<(JoinHandle<()>, Receiver<()>)>,
    last: Option<Wish>,
    /// Hz; unknown until the host says it.
    rate: Option<f64>,
}

impl Keeper {
    /// A keeper that has nothing to keep.
    pub fn new(input: HostedInput, open: Open) -> Keeper {
        Keeper {
            open,
            input: Some(input),
            orders: None,
            thread: None,
            last: None,
            rate: None,
        }
    }

    /// Has something else play, once the host has said at which rate. What was wished last already is
    /// not wished again.
    ///
    /// # Errors
    /// If the system has no thread to give.
    pub fn wish(&mut self, session: &Session, desk: &Arc<Desk>) -> io::Result<()> {
        match self.rate {
            Some(rate) => self.order(Wish::of(session, rate), None, desk),
            None => Ok(()),
        }
    }

    /// The same at that sample rate in Hz, and waits until it is fulfilled: gives the delay of what
    /// plays, in samples. For while the audio thread stands still, so that what it plays first is
    /// what it should.
    ///
    /// # Errors
    /// If the system has no thread to give.
    pub fn activate(&mut self, rate: f64, session: &Session, desk: &Arc<Desk>) -> io::Result<u32> {
        self.rate = Some(rate);
        self.last = None;
        let (tell, told) = bounded(1);
        self.order(Wish::of(session, rate), Some(tell), desk)?;
        // A keeper that is held up leaves the built-in engine to play, which has no delay.
        Ok(told.recv_timeout(PATIENCE).unwrap_or(0))
    }

    /// Lets the Dexed that is at this place be tried again, though its load ended a host.
    pub fn forgive(&mut self, dexed: &Dexed) {
        if let Some(folder) = marks() {
            probe::forget(&folder, &dexed.path);
        }
        self.last = None;
    }

    fn order(&mut self, wish: Wish, tell: Option<Sender<u32>>, desk: &Arc<Desk>) -> io::Result<()> {
        if self.last.as_ref() == Some(&wish) || (wish.dexed.is_none() && self.orders.is_none()) {
            return Ok(());
        }
        if let Some(input) = self.input.take() {
            let (orders, ordered) = unbounded();
            let (ends, ended) = bounded::<()>(0);
            let (open, desk) = (self.open, desk.clone());
            let thread = std::thread::Builder::new()
                .name("tween-keeper".to_owned())
                .spawn(move || {
                    let _ends = ends;
                    House::new(input, open, desk).keep(&ordered);
                })?;
            self.thread = Some((thread, ended));
            self.orders = Some(orders);
        }
        if let Some(orders) = &self.orders {
            self.last = Some(wish.clone());
            // A thread that is gone has nobody left to play for.
            let _ = orders.send((wish, tell));
        }
        Ok(())
    }

    /// Ends the thread, and with it what it keeps. To be called when the audio thread's end of the
    /// exchange has given home what it had.
    pub fn end(&mut self) {
        self.orders = None;
        if let Some((thread, ended)) = self.thread.take() {
            // A foreign program that never comes back must not hold up its host for ever: its thread
            // is then left to it.
            if ended.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Disconnected) {
                let _ = thread.join();
            }
        }
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.end();
    }
}

/// What the thread has.
struct House {
    input: HostedInput,
    open: Open,
    desk: Arc<Desk>,
    /// All that are loaded, by number; the last is the one that plays or shall play.
    kept: Vec<(u64, Hosted)>,
    /// What the way to the audio thread had no room for.
    unsent: Option<(u64, Option<Box<HostedSynth>>)>,
    number: u64,
    wish: Option<Wish>,
    latency: u32,
}

impl House {
    fn new(input: HostedInput, open: Open, desk: Arc<Desk>) -> House {
        House {
            input,
            open,
            desk,
            kept: Vec::new(),
            unsent: None,
            number: 0,
            wish: None,
            latency: 0,
        }
    }

    fn keep(mut self, orders: &Receiver<Order>) {
        loop {
            let idle = self.kept.is_empty() && self.unsent.is_none();
            let order = if idle {
                orders.recv().map_err(|_| RecvTimeoutError::Disconnected)
            } else {
                orders.recv_timeout(LOOK_AFTER)
            };
            match order {
                Ok((wish, tell)) => {
                    self.fulfil(wish);
                    if let Some(tell) = tell {
                        // Who no longer waits need not know.
                        let _ = tell.send(self.latency);
                    }
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            self.look_after();
        }
        self.welcome();
        if let Some((number, Some(synth))) = self.unsent.take() {
            self.close(number, *synth);
        }
    }

    fn fulfil(&mut self, wish: Wish) {
        self.welcome();
        if self.wish.as_ref() == Some(&wish) && !self.kept.is_empty() {
            return;
        }
        self.number += 1;
        self.latency = 0;
        let (synth, standing) = match &wish.dexed {
            None => (None, Standing::BuiltIn),
            Some(dexed) => {
                self.desk.stand(Standing::Loading);
                match (self.open)(&wish, dexed) {
                    Ok((hosted, synth)) => {
                        let about = hosted.about().clone();
                        self.latency = about.latency;
                        self.kept.push((self.number, hosted));
                        (Some(Box::new(synth)), Standing::Plays(about.version))
                    }
                    Err(error) => (None, Standing::Missing(error.to_string())),
                }
            }
        };
        self.send(synth);
        self.wish = Some(wish);
        self.desk.delay(self.latency);
        self.desk.stand(standing);
    }

    fn look_after(&mut self) {
        self.welcome();
        for (_, hosted) in &mut self.kept {
            hosted.pump();
        }
        if let Some((number, synth)) = self.unsent.take()
            && let Err(back) = self.input.send(number, synth)
        {
            self.unsent = Some((number, back));
        }
        if let Some((number, fault)) = self.desk.fault()
            && number == self.number
        {
            self.number += 1;
            self.wish = None;
            self.latency = 0;
            self.send(None);
            self.desk.delay(0);
            self.desk.stand(Standing::Missing(fault.to_string()));
        }
    }

    /// Ends what came home.
    fn welcome(&mut self) {
        while let Some((number, synth)) = self.input.returned() {
            self.close(number, *synth);
        }
    }

    fn close(&mut self, number: u64, synth: HostedSynth) {
        if let Some(place) = self.kept.iter().position(|(kept, _)| *kept == number) {
            self.kept.remove(place).1.close(synth);
        }
    }

    fn send(&mut self, synth: Option<Box<HostedSynth>>) {
        // What waits for room is out of date.
        if let Some((number, Some(synth))) = self.unsent.take() {
            self.close(number, *synth);
        }
        if let Err(back) = self.input.send(self.number, synth) {
            self.unsent = Some((self.number, back));
        }
    }
}
