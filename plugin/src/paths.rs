//! [`Paths`]: finds the sounds between A and B, with the network that ships and the built-in synth.
//!
//! Only the worker thread is ever in here. The network computes on one thread of a pool that lives as
//! long as its worker; its weights are read at the first request of a process and shared by all
//! instances in it. The same request gives the same table, on every run.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use engine::{EngineKind, MorphTable};
use host_bridge::{Note, render_note};
use model::compact::Compact;
use model::path::even::hearing::{self, Ear};
use model::path::{CompactPath, even};
use model::pool::Pool;
use presets::{FractionalPatch, Patch};

use crate::session::PathKind;
use crate::worker::Request;

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
}

impl Paths {
    /// The path as the network imagines it, its pace and its switches found by listening.
    ///
    /// # Errors
    /// A line for the user, if the network cannot be had.
    pub fn neural(&mut self, request: &Request) -> Result<Arc<MorphTable>, String> {
        if let Some(table) = recall(request, PathKind::Neural) {
            return Ok(table);
        }
        let (a, b) = (&request.a, &request.b);
        let along = self.latent(a, b)?.along();
        let entries = even::pace(a, b, &along, self.ear(), &mut render(request.engine));
        let table = MorphTable::found(entries.as_deref(), a, b);
        Ok(remember(request, PathKind::Neural, table))
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
        if let Some(table) = recall(request, PathKind::Even) {
            return Some(table);
        }
        let (a, b) = (request.a, request.b);
        // Without the network's candidates the path is found all the same.
        let candidates = self.latent(&a, &b).map(CompactPath::candidates);
        let candidates = candidates.unwrap_or_default();
        let wanted = even::Request {
            a: &a,
            b: &b,
            candidates: &candidates,
            renders: even::RENDERS,
        };
        let mut render = render(request.engine);
        let mut given_up = false;
        let entries = even::plan(&wanted, self.ear(), &mut render, &mut |part| {
            progress(part);
            given_up = !go_on();
            !given_up
        });
        if given_up {
            return None;
        }
        let table = MorphTable::found(entries.as_deref(), &a, &b);
        Some(remember(request, PathKind::Even, table))
    }

    fn ear(&mut self) -> &mut Ear {
        self.ear.get_or_insert_default()
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

struct Remembered {
    a: Patch,
    b: Patch,
    engine: EngineKind,
    path: PathKind,
    table: Arc<MorphTable>,
}

/// The paths found last in this process, the newest at the end.
static MEMORY: Mutex<VecDeque<Remembered>> = Mutex::new(VecDeque::new());

fn recall(request: &Request, path: PathKind) -> Option<Arc<MorphTable>> {
    let memory = MEMORY.lock().unwrap_or_else(PoisonError::into_inner);
    let mut known = memory.iter();
    let known = known.find(|known| {
        known.a == request.a
            && known.b == request.b
            && known.engine == request.engine
            && known.path == path
    });
    known.map(|known| known.table.clone())
}

fn remember(request: &Request, path: PathKind, table: MorphTable) -> Arc<MorphTable> {
    let table = Arc::new(table);
    let mut memory = MEMORY.lock().unwrap_or_else(PoisonError::into_inner);
    if memory.len() >= REMEMBERED {
        memory.pop_front();
    }
    memory.push_back(Remembered {
        a: request.a,
        b: request.b,
        engine: request.engine,
        path,
        table: table.clone(),
    });
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use presets::factory;

    fn request() -> Request {
        let bank = factory::all();
        let (a, b) = (bank[0].patch, bank[40].patch);
        Request {
            generation: 1,
            table: Box::new(MorphTable::linear(&a, &b)),
            find: true,
            a,
            b,
            path: PathKind::Even,
            engine: EngineKind::Modern,
        }
    }

    #[test]
    fn ends_are_exact_and_a_path_is_found_once() {
        let request = request();
        let mut paths = Paths::default();
        let neural = paths.neural(&request).unwrap();
        let mut told = 0;
        let even = paths.even(&request, &mut |_| told += 1, &|| true).unwrap();
        assert!(told > 0);
        for table in [&neural, &even] {
            assert_eq!(table.at(0.0), FractionalPatch::from(&request.a));
            assert_eq!(table.at(1.0), FractionalPatch::from(&request.b));
        }
        let again = Paths::default().even(&request, &mut |_| panic!("searched again"), &|| true);
        assert!(Arc::ptr_eq(&even, &again.unwrap()));
        let again = Paths::default().neural(&request);
        assert!(Arc::ptr_eq(&neural, &again.unwrap()));
    }

    #[test]
    fn a_search_that_is_not_wanted_any_more_ends() {
        let mut request = request();
        request.engine = EngineKind::MarkI;
        assert!(
            Paths::default()
                .even(&request, &mut |_| (), &|| false)
                .is_none()
        );
        assert!(recall(&request, PathKind::Even).is_none());
    }
}
