//! [`MorphTable`]: a path between two patches as plain fixed-size data, and the channel that brings
//! it from the worker to the audio thread.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

use presets::{FractionalPatch, Operator, OperatorParameter, Parameter, Patch};

/// Steps of a table between A and B. Entry `k` of the stretch lies at position `k / STEPS`.
pub const STEPS: usize = 64;
/// Steps a table reaches past either end, for Beyond.
pub const BEYOND_STEPS: usize = STEPS / 2;
/// Entries of a table: from half a path before A to half a path past B.
pub const ENTRIES: usize = STEPS + 2 * BEYOND_STEPS + 1;

/// A path as plain data: [`ENTRIES`] fractional patches at equal distances of position, from -0.5 to
/// 1.5. At 0 it holds A, at 1 it holds B, to the byte.
///
/// Between two entries numeric parameters are interpolated linearly, as far as [`Between`] says; a
/// switch, and what only a next note takes, has the setting of the nearest entry (the later of two
/// equally near).
#[derive(Clone, Debug)]
pub struct MorphTable {
    /// Equal only in tables of equal content.
    id: u64,
    between: Between,
    /// Of each entry, whether the next is [far](FAR) from it.
    is_far: [bool; ENTRIES],
    entries: [FractionalPatch; ENTRIES],
}

/// What does not glide from one entry to the next. A song keeps that of its day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Between {
    /// All numeric parameters glide.
    AllGlides,
    /// An operator whose coarse ratio is more than one elsewhere in the other entry has the tuning of
    /// the nearest: to glide through the ratios between would be heard as a chirp.
    RatiosLeap,
    /// So has all of the sound, where a parameter is more than a quarter of its range elsewhere. Two
    /// sounds that were found by listening are like each other, but of what lies between such numbers
    /// nobody has heard anything. Paths in straight lines have no such entries.
    #[default]
    FarLeaps,
}

/// Numbers for tables, so that a voice sees a new one without comparing it.
static NEXT_ID: AtomicU64 = AtomicU64::new(1);

/// Which parameters are interpolated between entries.
static CONTINUOUS: LazyLock<[bool; Parameter::COUNT]> = LazyLock::new(|| {
    let mut continuous = [false; Parameter::COUNT];
    for parameter in Parameter::all() {
        continuous[parameter.index()] = FractionalPatch::is_continuous(parameter);
    }
    continuous
});

/// What makes the pitch of each operator: coarse ratio, fine ratio, detuning.
static TUNINGS: LazyLock<[[usize; 3]; Operator::COUNT]> = LazyLock::new(|| {
    use OperatorParameter::{Coarse, Detune, Fine};
    Operator::ALL.map(|operator| {
        [Coarse, Fine, Detune].map(|parameter| Parameter::of(operator, parameter).index())
    })
});

/// The part of a parameter's range beyond which an entry is far from another.
const FAR: f32 = 0.25;

/// Coarse ratios that are further apart than this do not glide into each other.
const NEIGHBOURS: f32 = 1.0;

impl PartialEq for MorphTable {
    fn eq(&self, other: &MorphTable) -> bool {
        self.entries == other.entries && self.between == other.between
    }
}

impl MorphTable {
    /// A table that holds the same patch everywhere.
    pub fn constant(patch: &Patch) -> MorphTable {
        let patch = FractionalPatch::from(patch);
        MorphTable::from_fn(|_| patch)
    }

    /// The path parameter by parameter: numbers in straight lines (beyond the ends too, as far as
    /// their ranges go), every switch flipped once, at the half.
    pub fn linear(a: &Patch, b: &Patch) -> MorphTable {
        MorphTable::from_fn(|position| {
            FractionalPatch(std::array::from_fn(|index| {
                // PANIC: `index` runs over the table of parameters.
                let parameter = Parameter::new(index).expect("an index of a parameter");
                let (from, to) = (f32::from(a.get(parameter)), f32::from(b.get(parameter)));
                if FractionalPatch::is_continuous(parameter) {
                    let value = from + (to - from) * position;
                    value.clamp(0.0, f32::from(parameter.spec().max))
                } else if position < 0.5 {
                    from
                } else {
                    to
                }
            }))
        })
    }

    /// The table of a path given as a function of position, which is called once for each entry.
    pub fn from_fn(mut path: impl FnMut(f32) -> FractionalPatch) -> MorphTable {
        let entry = |entry| path(MorphTable::position(entry));
        MorphTable::from_entries(&std::array::from_fn(entry))
    }

    /// The table of these entries, in the order of their positions.
    pub fn from_entries(entries: &[FractionalPatch; ENTRIES]) -> MorphTable {
        // Built here, so that the audio thread finds it built.
        LazyLock::force(&CONTINUOUS);
        LazyLock::force(&TUNINGS);
        MorphTable {
            id: NEXT_ID.fetch_add(1, Ordering::Relaxed),
            between: Between::default(),
            is_far: std::array::from_fn(|entry| {
                let next = entries.get(entry + 1);
                next.is_some_and(|next| is_far(&entries[entry], next))
            }),
            entries: *entries,
        }
    }

    /// The same entries, and this between them.
    pub fn with(mut self, between: Between) -> MorphTable {
        self.id = NEXT_ID.fetch_add(1, Ordering::Relaxed);
        self.between = between;
        self
    }

    /// What does not glide from one entry to the next.
    pub fn between(&self) -> Between {
        self.between
    }

    /// The table of a path if one was found, or else that of [`linear`](MorphTable::linear).
    pub fn found(entries: Option<&[FractionalPatch; ENTRIES]>, a: &Patch, b: &Patch) -> MorphTable {
        match entries {
            Some(entries) => MorphTable::from_entries(entries),
            None => MorphTable::linear(a, b),
        }
    }

    /// Where an entry lies: -0.5 for the first, 0 for A, 1 for B, 1.5 for the last.
    pub fn position(entry: usize) -> f32 {
        (entry as f32 - BEYOND_STEPS as f32) / STEPS as f32
    }

    /// A number that no table of other content has, in this process.
    pub fn id(&self) -> u64 {
        self.id
    }

    /// All entries, in the order of their positions.
    pub fn entries(&self) -> &[FractionalPatch; ENTRIES] {
        &self.entries
    }

    /// The sound at a position; past -0.5 and 1.5 (and for a NaN) the nearest end of the table.
    pub fn at(&self, position: f32) -> FractionalPatch {
        let place =
            (position * STEPS as f32 + BEYOND_STEPS as f32).clamp(0.0, (ENTRIES - 1) as f32);
        // `as` turns a NaN into 0 and saturates: always an index of the table.
        let entry = (place as usize).min(ENTRIES - 2);
        let fraction = place - entry as f32;
        let (left, right) = (&self.entries[entry], &self.entries[entry + 1]);
        let nearest = if fraction < 0.5 { left } else { right };
        if fraction <= 0.0 || fraction.is_nan() {
            return *left;
        }
        if fraction >= 1.0 {
            return *right;
        }
        if self.is_far[entry] && self.between >= Between::FarLeaps {
            return *nearest;
        }
        let mut patch = *nearest;
        for (i, value) in patch.0.iter_mut().enumerate() {
            if CONTINUOUS[i] {
                *value = left.0[i] + (right.0[i] - left.0[i]) * fraction;
            }
        }
        if self.between >= Between::RatiosLeap {
            for tuning in &*TUNINGS {
                let coarse = tuning[0];
                if (right.0[coarse] - left.0[coarse]).abs() > NEIGHBOURS {
                    for &i in tuning {
                        patch.0[i] = nearest.0[i];
                    }
                }
            }
        }
        patch
    }
}

/// Whether a parameter that could glide has too far to go.
fn is_far(from: &FractionalPatch, to: &FractionalPatch) -> bool {
    Parameter::all()
        .filter(|parameter| CONTINUOUS[parameter.index()])
        .any(|parameter| {
            let way = (to.get(parameter) - from.get(parameter)).abs();
            way > FAR * f32::from(parameter.spec().max)
        })
}

/// Connects the thread that finds paths to the audio thread. Until the first table arrives, every
/// position is `initial`.
pub fn channel(initial: &MorphTable) -> (MorphTableInput, MorphTableOutput) {
    let (input, output) = triple_buffer::triple_buffer(initial);
    (MorphTableInput(input), MorphTableOutput(output))
}

/// The end of the channel that publishes tables; it may block and allocate as it likes.
pub struct MorphTableInput(triple_buffer::Input<MorphTable>);

/// The end of the channel on the audio thread.
pub struct MorphTableOutput(triple_buffer::Output<MorphTable>);

impl MorphTableInput {
    /// Replaces the table that the audio thread will see from its next block on.
    pub fn publish(&mut self, table: &MorphTable) {
        self.0.input_buffer_publisher().clone_from(table);
    }
}

impl MorphTableOutput {
    /// Takes over the latest table; says whether it is a new one. Wait-free.
    pub fn update(&mut self) -> bool {
        self.0.update()
    }

    /// The table taken over last. Wait-free.
    pub fn table(&self) -> &MorphTable {
        self.0.output_buffer()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ends() -> (Patch, Patch) {
        let mut b = Patch::INIT;
        for parameter in Parameter::all() {
            b.set(parameter, parameter.spec().max);
        }
        (Patch::INIT, b)
    }

    #[test]
    fn ends_are_exact() {
        let (a, b) = ends();
        let table = MorphTable::linear(&a, &b);
        assert_eq!(table.at(0.0), FractionalPatch::from(&a));
        assert_eq!(table.at(1.0), FractionalPatch::from(&b));
    }

    #[test]
    fn any_position_is_answered() {
        let (a, b) = ends();
        let table = MorphTable::linear(&a, &b);
        for position in [
            f32::NAN,
            f32::INFINITY,
            f32::NEG_INFINITY,
            -0.5,
            1.5,
            7.0,
            -1e-30,
        ] {
            let patch = table.at(position);
            for parameter in Parameter::all() {
                let value = patch.get(parameter);
                assert!((0.0..=f32::from(parameter.spec().max)).contains(&value));
            }
        }
    }

    #[test]
    fn a_ratio_far_away_is_leapt_to_with_its_whole_tuning_and_a_near_one_glides() {
        let coarse = Parameter::of(Operator::ALL[0], OperatorParameter::Coarse);
        let fine = Parameter::of(Operator::ALL[0], OperatorParameter::Fine);
        let near = Parameter::of(Operator::ALL[1], OperatorParameter::Coarse);
        let mut entries = [FractionalPatch::from(&Patch::INIT); ENTRIES];
        for (entry, patch) in entries.iter_mut().enumerate() {
            let late = f32::from(u8::from(entry > BEYOND_STEPS + 20));
            patch.0[coarse.index()] = 1.0 + 7.0 * late;
            patch.0[fine.index()] = 20.0 * late;
            patch.0[near.index()] = 2.0 + late;
        }
        let table = MorphTable::from_entries(&entries);
        let between = |table: &MorphTable, part: f32| {
            let patch = table.at((20.0 + part) / STEPS as f32);
            [coarse, fine, near].map(|parameter| patch.get(parameter))
        };
        assert_eq!(between(&table, 0.25), [1.0, 0.0, 2.25]);
        assert_eq!(between(&table, 0.75), [8.0, 20.0, 2.75]);
        let gliding = table.with(Between::AllGlides);
        assert_eq!(between(&gliding, 0.25), [2.75, 5.0, 2.25]);
    }

    #[test]
    fn a_sound_far_away_is_leapt_to_as_a_whole() {
        let [level, near] =
            [0, 1].map(|place| Parameter::of(Operator::ALL[place], OperatorParameter::OutputLevel));
        let mut entries = [FractionalPatch::from(&Patch::INIT); ENTRIES];
        for (entry, patch) in entries.iter_mut().enumerate() {
            let late = f32::from(u8::from(entry > BEYOND_STEPS + 20));
            patch.0[level.index()] = 50.0 + 30.0 * late;
            patch.0[near.index()] = 50.0 + 10.0 * late;
        }
        let table = MorphTable::from_entries(&entries);
        let between = |table: &MorphTable, part: f32| {
            let patch = table.at((20.0 + part) / STEPS as f32);
            [level, near].map(|parameter| patch.get(parameter))
        };
        assert_eq!(between(&table, 0.25), [50.0, 50.0]);
        assert_eq!(between(&table, 0.75), [80.0, 60.0]);
        let before = table.with(Between::RatiosLeap);
        assert_eq!(between(&before, 0.25), [57.5, 52.5]);
        // A quarter of its range is not too far.
        for patch in &mut entries[BEYOND_STEPS + 21..] {
            patch.0[level.index()] = 74.0;
        }
        let near = MorphTable::from_entries(&entries);
        assert_eq!(between(&near, 0.25), [56.0, 52.5]);
    }

    #[test]
    fn straight_lines_have_no_leaps() {
        let (a, b) = ends();
        assert!(MorphTable::linear(&a, &b).is_far.iter().all(|far| !far));
    }

    #[test]
    fn the_latest_table_arrives() {
        let (a, b) = ends();
        let (mut input, mut output) = channel(&MorphTable::constant(&a));
        assert!(!output.update());
        input.publish(&MorphTable::constant(&a));
        input.publish(&MorphTable::constant(&b));
        assert!(output.update());
        assert_eq!(output.table().at(0.3), FractionalPatch::from(&b));
    }
}
