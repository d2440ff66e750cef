//! Measuring what was not measured yet, on several threads, in short writes.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::Library;
use super::error::Result;
use super::import::{Progress, Stage};
use super::preset::{self, PresetId};
use super::similar::SoundIndex;
use super::sound::{self, Features, Measure};
use crate::patch::Patch;

/// Presets in one write.
const PRESETS_PER_WRITE: usize = 128;

impl Library {
    /// Measures every preset that `measure` has not measured yet and links near duplicates.
    /// `progress` is told now and then, and may stop it; what was measured stays. Returns how many
    /// were measured.
    pub fn measure(
        &mut self,
        measure: &dyn Measure,
        threads: usize,
        mut progress: impl FnMut(&Progress) -> ControlFlow<()>,
    ) -> Result<usize> {
        let version = measure.version();
        let waiting = self.unmeasured(version)?;
        let mut sounds = self
            .store
            .read(|transaction| SoundIndex::load(transaction, version))?;
        self.sounds = None;
        let mut done = 0;
        for ids in waiting.chunks(PRESETS_PER_WRITE) {
            let now = Progress {
                stage: Stage::Measuring,
                done,
                total: waiting.len(),
                file: PathBuf::new(),
            };
            if progress(&now).is_break() {
                break;
            }
            // A preset that was deleted in the meantime needs no measuring.
            let patches: Vec<(PresetId, Patch)> = self.store.read(|transaction| {
                let loaded = ids
                    .iter()
                    .map(|&id| (id, preset::load_patch(transaction, id)));
                Ok(loaded
                    .filter_map(|(id, patch)| Some((id, patch.ok()?)))
                    .collect())
            })?;
            let features = measure_all(measure, &patches, threads);
            let measured = patches.iter().zip(&features);
            let mut linked = Vec::new();
            for ((id, patch), features) in measured {
                let near = self
                    .store
                    .read(|transaction| sounds.leader(transaction, patch, features))?;
                sounds.push(*id, features, near);
                linked.push((*id, features, near));
            }
            self.store.write(|transaction| {
                for &(id, features, near) in &linked {
                    if super::keep::exists(transaction, id).is_ok() {
                        sound::store(transaction, id, version, features, near)?;
                    }
                }
                Ok(())
            })?;
            done += ids.len();
        }
        Ok(done)
    }

    /// What was measured of a preset; `None`: nothing yet.
    pub fn features(&mut self, id: PresetId) -> Result<Option<Features>> {
        self.store.read(|transaction| sound::load(transaction, id))
    }

    /// Presets that this version of the measure has not measured.
    fn unmeasured(&mut self, version: u32) -> Result<Vec<PresetId>> {
        self.store.read(|transaction| {
            let mut statement = transaction.prepare_cached(
                "SELECT id FROM preset WHERE NOT EXISTS
                    (SELECT 1 FROM sound WHERE preset = preset.id AND measure = ?1) ORDER BY id",
            )?;
            let ids = statement.query_map([version], |row| row.get(0).map(PresetId))?;
            Ok(ids.collect::<rusqlite::Result<_>>()?)
        })
    }
}

/// The features of these patches, in their order. Every thread takes the next patch that waits.
fn measure_all(
    measure: &dyn Measure,
    patches: &[(PresetId, Patch)],
    threads: usize,
) -> Vec<Features> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut measured = Vec::new();
        while let Some((index, (_, patch))) =
            Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|i| Some((i, patches.get(i)?)))
        {
            measured.push((index, measure.measure(patch)));
        }
        measured
    };
    let mut all: Vec<(usize, Features)> = thread::scope(|scope| {
        let others: Vec<_> = (1..threads.max(1)).map(|_| scope.spawn(work)).collect();
        let mut all = work();
        for other in others {
            match other.join() {
                Ok(measured) => all.extend(measured),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        all
    });
    all.sort_by_key(|&(index, _)| index);
    all.into_iter().map(|(_, features)| features).collect()
}
