//! [`Kept`]: paths in the user's library, found once and known on every day after.
//!
//! The worker reads and writes there by a connection of its own, which is open for moments only. It
//! does not ask the library thread, because that may be at work for seconds (an import, a map of
//! 100,000 sounds), while a second connection reads beside any writer without waiting. Where others
//! write, this one waits for [`WAIT`] and then does without: whatever goes wrong, the path is searched
//! as if nobody had ever found it. It is opened only while this copy of the program has the library
//! open, as an editor has ([`PathCache`]): to find a path makes no library, and keeps none from
//! another copy in the same process.
//!
//! A path is stored as a byte for the version of this coding, SHA-256 of all that it was found for and
//! of itself, and then its [bytes](crate::table_bytes).

use std::sync::OnceLock;
use std::time::Duration;

use engine::table::{BEYOND_STEPS, STEPS};
use engine::{Between, EngineKind, MorphTable};
use model::compact::Compact;
use presets::library::{Options, PathCache, Wanted};
use sha2::{Digest, Sha256};

use super::Sought;
use crate::session::PathKind;
use crate::shared::FIRST_SONG;
use crate::table_bytes;

/// How long the worker waits for others who write to the library.
const WAIT: Duration = Duration::from_millis(50);

/// The version of the coding.
const CODING: u8 = 1;

/// Bytes of a checksum.
const SUM: usize = 32;

/// Counted up with every change by which a search comes to another path: of the search, of what it
/// measures, or of the engine's sound.
const SEARCH: u32 = 3;

/// What the present program finds paths by, once that was looked at.
static FINDER: OnceLock<Finder> = OnceLock::new();

struct Finder {
    /// SHA-256 of the network's weights.
    model: [u8; 32],
    /// The program's version, [`SEARCH`], and the beginning of the first song's SHA-256: that is
    /// written anew where a search has changed, also by who forgets to count.
    search: String,
}

impl Finder {
    fn present() -> &'static Finder {
        FINDER.get_or_init(|| {
            let song = Sha256::digest(FIRST_SONG);
            let song: String = song[..4].iter().map(|byte| format!("{byte:02x}")).collect();
            Finder {
                model: Compact::shipped_digest(),
                search: format!("{}/{SEARCH}/{song}", env!("CARGO_PKG_VERSION")),
            }
        })
    }
}

/// The paths that the user's library knows. No call fails: what cannot be had is not there, and what
/// cannot be kept is searched again.
pub struct Kept {
    cache: PathCache,
}

impl Kept {
    /// In the library of this user, if there can be one; touches nothing.
    pub fn of_user() -> Option<Kept> {
        let options = Options {
            wait: WAIT,
            max_bytes: None,
        };
        Some(Kept::of(PathCache::of_user(options).ok()?))
    }

    /// In that one.
    pub fn of(cache: PathCache) -> Kept {
        Kept { cache }
    }

    /// The path, as it was found, to the bit.
    pub(super) fn recall(&mut self, sought: &Sought) -> Option<MorphTable> {
        let wanted = wanted(sought, Finder::present())?;
        let bytes = self.cache.get(&wanted).ok()??;
        decode(&bytes, &wanted)
    }

    /// Keeps a path, as the one used last.
    pub(super) fn keep(&mut self, sought: &Sought, table: &MorphTable) {
        // What is searched is such a table; others would come back as another.
        if table.between() != Between::default() {
            return;
        }
        if let Some(wanted) = wanted(sought, Finder::present()) {
            // It is found again if it is not kept.
            let _ = self.cache.put(&wanted, &encode(table, &wanted));
        }
    }
}

/// What the library knows it by. The words stay the same in all versions. `None`: it is not kept, as
/// it is there at once.
fn wanted(sought: &Sought, finder: &Finder) -> Option<Wanted> {
    Some(Wanted {
        a: sought.a,
        b: sought.b,
        engine: match sought.engine {
            EngineKind::Modern => "modern",
            EngineKind::MarkI => "mark-i",
            EngineKind::Opl => "opl",
        },
        kind: match sought.path {
            PathKind::Even => "even",
            PathKind::Neural => "neural",
            PathKind::Linear => return None,
        },
        model: finder.model,
        search: finder.search.clone(),
    })
}

fn encode(table: &MorphTable, wanted: &Wanted) -> Vec<u8> {
    let bytes = table_bytes::write(table);
    let mut coded = vec![CODING];
    coded.extend(sum(wanted, &bytes));
    coded.extend(bytes);
    coded
}

/// `None` for all that is not, byte for byte, what [`encode`] made for the same.
fn decode(coded: &[u8], wanted: &Wanted) -> Option<MorphTable> {
    let (&coding, rest) = coded.split_first()?;
    let (known, bytes) = rest.split_at_checked(SUM)?;
    if coding != CODING || *known != sum(wanted, bytes) {
        return None;
    }
    table_bytes::read(bytes, &wanted.a, &wanted.b).ok()
}

/// SHA-256 of what a path was found for, of its shape and of its bytes.
fn sum(wanted: &Wanted, bytes: &[u8]) -> [u8; SUM] {
    let mut sum = Sha256::new();
    for patch in [&wanted.a, &wanted.b] {
        sum.update(patch.to_packed());
    }
    sum.update(wanted.model);
    for word in [wanted.engine, wanted.kind, &wanted.search] {
        sum.update((word.len() as u64).to_le_bytes());
        sum.update(word);
    }
    for steps in [STEPS, BEYOND_STEPS] {
        sum.update((steps as u64).to_le_bytes());
    }
    sum.update(bytes);
    sum.finalize().into()
}

#[cfg(test)]
mod tests;
