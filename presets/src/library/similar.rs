//! More like this: the nearest sounds in timbre, sounds between two, and surprises.

use rusqlite::Connection;

use super::Library;
use super::error::{LibraryError, Result};
use super::preset::{self, PresetId};
use super::search::{self, Found};
use super::sound::{self, Features, SILENT_DB, TIMBRE_LEN};
use crate::parameter::{Operator, OperatorParameter, Parameter};
use crate::patch::Patch;

/// Sounds that differ by less, in dB, may be near duplicates.
const NEAR_DB: f32 = 1.0;
/// Patches whose audible settings differ by less, as a mean share of their ranges, may be near
/// duplicates: they could differ on notes that were not measured.
const NEAR_SETTINGS: f32 = 0.02;
/// How many of the nearest in timbre are compared in their settings too.
const SHORTLIST: usize = 256;
/// Patches whose settings differ by this share are not related; more of it makes no difference.
const UNRELATED_SETTINGS: f32 = 0.05;
/// What that counts, in dB: a patch with small changes is found before others that sound as near.
const UNRELATED_DB: f32 = 6.0;

/// The measured sounds of all presets, in memory: 200 bytes each.
#[derive(Debug)]
pub struct SoundIndex {
    /// The database's state it was read at (`PRAGMA data_version`).
    version: i64,
    sounds: Vec<Sound>,
}

#[derive(Debug)]
struct Sound {
    id: PresetId,
    timbre: [f32; TIMBRE_LEN],
    /// Audible, and not nearly the same as another.
    leads: bool,
    pitched: f32,
}

/// A preset and how far away it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Similar {
    /// The preset.
    pub found: Found,
    /// The distance, about the mean difference in dB.
    pub distance: f32,
}

impl SoundIndex {
    /// All that this version of the measure measured; 0: whichever measured most lately.
    pub fn load(connection: &Connection, measure: u32) -> Result<SoundIndex> {
        let version = connection.pragma_query_value(None, "data_version", |row| row.get(0))?;
        let mut statement = connection.prepare_cached(
            "SELECT sound.preset, timbre, near IS NULL AND NOT silent, pitched
             FROM sound JOIN preset ON preset.id = sound.preset
             WHERE measure = iif(?1 = 0, (SELECT max(measure) FROM sound), ?1)
             ORDER BY sound.preset",
        )?;
        let sounds = statement.query_map([measure], |row| {
            Ok(Sound {
                id: PresetId(row.get(0)?),
                timbre: sound::from_bytes(row.get_ref(1)?.as_blob()?),
                leads: row.get(2)?,
                pitched: row.get(3)?,
            })
        })?;
        let sounds = sounds.collect::<rusqlite::Result<_>>()?;
        Ok(SoundIndex { version, sounds })
    }

    /// Adds what was measured just now.
    pub fn push(&mut self, id: PresetId, features: &Features, near: Option<PresetId>) {
        self.sounds.push(Sound {
            id,
            timbre: features.timbre,
            leads: near.is_none() && features.loudness > SILENT_DB,
            pitched: features.pitched,
        });
    }

    /// The preset of which this one is a near duplicate.
    pub fn leader(
        &self,
        connection: &Connection,
        patch: &Patch,
        features: &Features,
    ) -> Result<Option<PresetId>> {
        if features.loudness <= SILENT_DB {
            return Ok(None);
        }
        let leaders = self.sounds.iter().filter(|sound| sound.leads);
        let mut close: Vec<(f32, PresetId)> = leaders
            .map(|sound| (sound::distance(&sound.timbre, &features.timbre), sound.id))
            .filter(|&(distance, _)| distance < NEAR_DB)
            .collect();
        close.sort_by(|a, b| a.0.total_cmp(&b.0));
        for (_, id) in close.into_iter().take(SHORTLIST) {
            let other = preset::load_patch(connection, id)?;
            if settings_distance(patch, &other) < NEAR_SETTINGS {
                return Ok(Some(id));
            }
        }
        Ok(None)
    }

    /// The nearest to a timbre, nearest first.
    fn nearest(
        &self,
        timbre: &[f32; TIMBRE_LEN],
        count: usize,
        wanted: impl Fn(&Sound) -> bool,
    ) -> Vec<(f32, PresetId)> {
        let sounds = self.sounds.iter().filter(|sound| wanted(sound));
        let mut all: Vec<(f32, PresetId)> = sounds
            .map(|sound| (sound::distance(&sound.timbre, timbre), sound.id))
            .collect();
        let count = count.min(all.len());
        if count < all.len() {
            all.select_nth_unstable_by(count, |a, b| a.0.total_cmp(&b.0));
            all.truncate(count);
        }
        all.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        all
    }
}

impl Library {
    /// The presets that sound most like this patch, nearest first. What sounds alike is ordered by
    /// its settings.
    pub fn like(
        &mut self,
        patch: &Patch,
        features: &Features,
        count: usize,
    ) -> Result<Vec<Similar>> {
        let nearest = self
            .sounds()?
            .nearest(&features.timbre, count.max(SHORTLIST), |_| true);
        self.store.read(|transaction| {
            let mut ranked = Vec::with_capacity(nearest.len());
            for &(distance, id) in &nearest {
                let settings = settings_distance(patch, &preset::load_patch(transaction, id)?);
                let unrelated = (settings / UNRELATED_SETTINGS).min(1.0);
                ranked.push((distance + UNRELATED_DB * unrelated, distance, id));
            }
            ranked.sort_by(|a, b| a.0.total_cmp(&b.0));
            let first = ranked.iter().take(count);
            first
                .map(|&(_, distance, id)| similar(transaction, distance, id))
                .collect()
        })
    }

    /// The presets that sound most like this one, which is not among them, nor are those nearly
    /// the same as another of them.
    pub fn more_like(&mut self, id: PresetId, count: usize) -> Result<Vec<Similar>> {
        let features = self.measured(id)?;
        let nearest = self.sounds()?.nearest(&features.timbre, count, |sound| {
            sound.leads && sound.id != id
        });
        self.similar(nearest)
    }

    /// Presets between two: nearest to the middle of their timbres.
    pub fn between(&mut self, a: PresetId, b: PresetId, count: usize) -> Result<Vec<Similar>> {
        let (from, to) = (self.measured(a)?, self.measured(b)?);
        let middle = std::array::from_fn(|i| (from.timbre[i] + to.timbre[i]) / 2.0);
        // Nearer to each end than the ends are to each other: what is off to a side is not between.
        let reach = from.distance(&to);
        let nearest = self.sounds()?.nearest(&middle, count, |sound| {
            sound.leads
                && sound.id != a
                && sound.id != b
                && sound::distance(&sound.timbre, &from.timbre) < reach
                && sound::distance(&sound.timbre, &to.timbre) < reach
        });
        self.similar(nearest)
    }

    /// A preset far away that is still music: it can be heard, has a pitch, and is no near
    /// duplicate. Every seed gives another. `None`: there is nothing measured that fits.
    pub fn surprise(&mut self, from: Option<PresetId>, seed: u64) -> Result<Option<Similar>> {
        let here = from.map(|id| self.measured(id)).transpose()?;
        let musical =
            |sound: &Sound| sound.leads && sound.pitched > MUSICAL && Some(sound.id) != from;
        let sounds = self.sounds()?;
        let timbre = here.map_or([0.0; TIMBRE_LEN], |features| features.timbre);
        let mut all = sounds.nearest(&timbre, sounds.sounds.len(), musical);
        if from.is_some() {
            // The far half, without the last twentieth: extremes are rarely what one looks for.
            let (half, most) = (all.len() / 2, all.len() - all.len() / 20);
            all = all[half..most].to_vec();
        }
        if all.is_empty() {
            return Ok(None);
        }
        let chosen = all[(scatter(seed) % all.len() as u64) as usize];
        Ok(self.similar(vec![chosen])?.pop())
    }

    /// The near duplicates of a preset: those linked to it, or to the same one as it.
    pub fn near(&mut self, id: PresetId) -> Result<Vec<Found>> {
        self.store.read(|transaction| {
            let mut statement = transaction.prepare_cached(
                "WITH leader (id) AS (
                    SELECT coalesce((SELECT near FROM preset WHERE id = ?1), ?1))
                 SELECT id FROM leader WHERE id <> ?1 UNION ALL
                 SELECT preset.id FROM preset, leader
                 WHERE near = leader.id AND preset.id <> ?1",
            )?;
            let ids = statement.query_map([id.0], |row| row.get(0).map(PresetId))?;
            ids.map(|id| search::found(transaction, id?)).collect()
        })
    }

    fn similar(&mut self, nearest: Vec<(f32, PresetId)>) -> Result<Vec<Similar>> {
        self.store.read(|transaction| {
            let nearest = nearest.iter();
            nearest
                .map(|&(distance, id)| similar(transaction, distance, id))
                .collect()
        })
    }

    fn measured(&mut self, id: PresetId) -> Result<Features> {
        self.store
            .read(|transaction| super::keep::exists(transaction, id))?;
        self.features(id)?.ok_or_else(|| {
            LibraryError::request(format!(
                "{id} has not been measured yet: try again in a moment"
            ))
        })
    }

    /// The index, as the database is now.
    fn sounds(&mut self) -> Result<&SoundIndex> {
        let known = self.sounds.as_ref().map(|sounds| sounds.version);
        let now: i64 = self.store.read(|transaction| {
            Ok(transaction.pragma_query_value(None, "data_version", |row| row.get(0))?)
        })?;
        if known != Some(now) {
            self.sounds = Some(
                self.store
                    .read(|transaction| SoundIndex::load(transaction, 0))?,
            );
        }
        Ok(self.sounds.as_ref().expect("it was loaded just now"))
    }
}

/// Less pitch than this is noise or an effect.
const MUSICAL: f32 = 0.5;

fn similar(connection: &Connection, distance: f32, id: PresetId) -> Result<Similar> {
    let found = search::found(connection, id)?;
    Ok(Similar { found, distance })
}

/// The mean difference of two patches' settings, each as a share of its range: 0 to 1. Operators
/// that both patches leave silent do not count.
fn settings_distance(a: &Patch, b: &Patch) -> f32 {
    let silent = |patch: &Patch, operator| patch.op(operator, OperatorParameter::OutputLevel) == 0;
    let mut difference = 0.0;
    for parameter in Parameter::all() {
        let heard = parameter
            .operator()
            .is_none_or(|op: Operator| !(silent(a, op) && silent(b, op)));
        if heard {
            let spread = f32::from(a.get(parameter).abs_diff(b.get(parameter)));
            difference += spread / f32::from(parameter.spec().max);
        }
    }
    difference / Parameter::COUNT as f32
}

/// A number that looks like chance (the finaliser of SplitMix64).
fn scatter(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}
