//! [`Paths`]: finds the sounds between A and B, with the network that ships and the built-in synth.
//!
//! Only the worker thread is ever in here. The network computes on one thread of a pool that lives as
//! long as its worker; its weights are read at the first request of a process and shared by all
//! instances in it. The same request gives the same table, on every run: so what was found is
//! remembered, by the process and by the user's library ([`kept`]).

mod kept;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use engine::{EngineKind, MorphTable};
use host_bridge::{Note, render_note};
use model::compact::Compact;
use model::path::CompactPath;
use model::path::compact::Foretelling;
use model::path::even::hearing::{self, Ear};
use model::path::even::{self, Foresight};
use model::pool::Pool;
use presets::{FractionalPatch, Patch};

use crate::session::PathKind;
use crate::worker::Request;
pub use kept::Kept;

/// The note by which even paths are found.
const NOTE: Note = Note {
    key: hearing::NOTE.0,
    velocity: hearing::NOTE.1,
    hold_s: hearing::HOLD_S,
    total_s: hearing::TOTAL_S,
};

/// Paths that are remembered by a process, about 75 kB each: the even ones and the network's of 32
/// pairs.
const REMEMBERED: usize = 64;

/// The network that ships, once an instance has asked for it.
static NETWORK: OnceLock<Compact> = OnceLock::new();

/// An instance's way to paths.
#[derive(Default)]
pub struct Paths {
    /// Started when the network is needed first.
    pool: Option<Pool>,
    /// The network's path of the request that was asked last.
    latent: Option<(Patch, Patch, CompactPath)>,
    /// Made when a path is listened to first.
    ear: Option<Ear>,
    /// The library, if it is asked.
    kept: Option<Kept>,
    /// What was found or remembered last, until it is kept.
    latest: Option<(Sought, Arc<MorphTable>)>,
}

impl Paths {
    /// Ways to paths that a library may know already.
    pub fn known_to(kept: Kept) -> Paths {
        Paths {
            kept: Some(kept),
            ..Paths::default()
        }
    }

    /// The path as the network imagines it, its pace and its switches found by listening. `early` is
    /// told of it when it can play: only what lies past its ends was not listened to then.
    ///
    /// # Errors
    /// A line for the user, if the network cannot be had.
    pub fn neural(
        &mut self,
        request: &Request,
        early: &mut dyn FnMut(MorphTable),
    ) -> Result<Arc<MorphTable>, String> {
        let sought = Sought::of(request, PathKind::Neural);
        if let Some(table) = self.recall(&sought) {
            return Ok(table);
        }
        let (a, b) = (&request.a, &request.b);
        let along = self.latent(a, b)?.along();
        let early = &mut |entries: &even::Entries| early(MorphTable::from_entries(entries));
        let mut render = render(request.engine);
        let ear = self.ear.get_or_insert_default();
        let entries = even::pace(a, b, &along, ear, &mut render, early);
        let table = MorphTable::found(entries.as_deref(), a, b);
        Ok(self.found(sought, table))
    }

    /// The path on which timbre moves at constant speed; `None` if `go_on` said no on the way.
    /// `progress` is told how much of the work is done, 0 to 1. Where there is nothing to plan by (a
    /// silent end, twice the same sound), the path parameter by parameter.
    pub fn even(
        &mut self,
        request: &Request,
        progress: &mut dyn FnMut(f32),
        go_on: &dyn Fn() -> bool,
    ) -> Option<Arc<MorphTable>> {
        let sought = Sought::of(request, PathKind::Even);
        if let Some(table) = self.recall(&sought) {
            return Some(table);
        }
        let (a, b) = (request.a, request.b);
        // Without the network's help the path is found all the same.
        let candidates = self.latent(&a, &b).map(CompactPath::candidates);
        let is_whole = candidates.is_ok();
        let candidates = candidates.unwrap_or_default();
        let foretelling = self
            .pool
            .as_ref()
            .zip(NETWORK.get())
            .map(|(pool, network)| Foretelling { network, pool });
        let wanted = even::Request {
            a: &a,
            b: &b,
            candidates: &candidates,
            foresight: foretelling.as_ref().map(|it| it as &dyn Foresight),
            renders: even::RENDERS,
        };
        let mut render = render(request.engine);
        let mut given_up = false;
        let ear = self.ear.get_or_insert_default();
        let entries = even::plan(&wanted, ear, &mut render, &mut |part| {
            progress(part);
            given_up = !go_on();
            !given_up
        });
        if given_up {
            return None;
        }
        let table = MorphTable::found(entries.as_deref(), &a, &b);
        if !is_whole {
            // With the network there will be a better one: not to be remembered.
            return Some(Arc::new(table));
        }
        Some(self.found(sought, table))
    }

    /// Has the library keep the path that was found or remembered last, as the one used last. To be
    /// called when it plays: the library may take a moment.
    pub fn keep(&mut self) {
        if let (Some((sought, table)), Some(kept)) = (self.latest.take(), &mut self.kept) {
            kept.keep(&sought, &table);
        }
    }

    fn recall(&mut self, sought: &Sought) -> Option<Arc<MorphTable>> {
        let table = recall(sought).or_else(|| {
            let table = self.kept.as_mut()?.recall(sought)?;
            Some(remember(sought, table))
        })?;
        self.latest = Some((sought.clone(), table.clone()));
        Some(table)
    }

    fn found(&mut self, sought: Sought, table: MorphTable) -> Arc<MorphTable> {
        let table = remember(&sought, table);
        self.latest = Some((sought, table.clone()));
        table
    }

    fn latent(&mut self, a: &Patch, b: &Patch) -> Result<&CompactPath, String> {
        let known = self
            .latent
            .take_if(|(of_a, of_b, _)| of_a == a && of_b == b);
        let found = match known {
            Some(known) => known,
            None => {
                let pool = match self.pool.take() {
                    Some(pool) => pool,
                    None => Pool::new(1).map_err(|error| error.to_string())?,
                };
                let path = pool.run(|| {
                    let network = match NETWORK.get() {
                        Some(network) => network,
                        None => {
                            let network = Compact::shipped()?;
                            NETWORK.get_or_init(|| network)
                        }
                    };
                    CompactPath::new(network, a, b)
                });
                self.pool = Some(pool);
                (*a, *b, path.map_err(|error| error.to_string())?)
            }
        };
        Ok(&self.latent.insert(found).2)
    }
}

/// Plays the note by which paths are found.
fn render(engine: EngineKind) -> impl FnMut(&FractionalPatch) -> Vec<f32> {
    move |patch| render_note(patch, &NOTE, hearing::RATE, engine)
}

/// What a path is found for, and remembered by.
#[derive(Clone, PartialEq, Eq)]
struct Sought {
    a: Patch,
    b: Patch,
    engine: EngineKind,
    path: PathKind,
}

impl Sought {
    fn of(request: &Request, path: PathKind) -> Sought {
        Sought {
            a: request.a,
            b: request.b,
            engine: request.engine,
            path,
        }
    }
}

/// The paths found last in this process, the newest at the end.
static MEMORY: Mutex<VecDeque<(Sought, Arc<MorphTable>)>> = Mutex::new(VecDeque::new());

fn recall(sought: &Sought) -> Option<Arc<MorphTable>> {
    let memory = MEMORY.lock().unwrap_or_else(PoisonError::into_inner);
    let known = memory.iter().find(|(known, _)| known == sought);
    known.map(|(_, table)| table.clone())
}

fn remember(sought: &Sought, table: MorphTable) -> Arc<MorphTable> {
    let table = Arc::new(table);
    let mut memory = MEMORY.lock().unwrap_or_else(PoisonError::into_inner);
    if memory.len() >= REMEMBERED {
        memory.pop_front();
    }
    memory.push_back((sought.clone(), table.clone()));
    table
}

#[cfg(test)]
mod tests;
