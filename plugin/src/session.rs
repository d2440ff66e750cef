//! [`Session`]: what the user has chosen.

use std::path::PathBuf;

use engine::EngineKind;
use host_bridge::Format;
use presets::{Group, Parameter, Patch};

/// A or B.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The sound at Morph 0.
    A,
    /// The sound at Morph 1.
    B,
}

impl End {
    /// Both.
    pub const BOTH: [End; 2] = [End::A, End::B];

    /// Its letter.
    pub const fn letter(self) -> &'static str {
        match self {
            End::A => "A",
            End::B => "B",
        }
    }
}

/// A patch, and where it came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The patch.
    pub patch: Patch,
    /// What the patch is called on a command line (`factory:NAME`, `FILE.syx#12`); may be empty.
    /// The patch itself is in the state, so nothing needs to be found there again.
    pub origin: String,
}

/// How the sounds between A and B are found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum PathKind {
    /// Timbre moves at a constant speed: found by listening.
    #[default]
    Even,
    /// As the network imagines it.
    Neural,
    /// Parameter by parameter in straight lines, every switch flipped at the half.
    Linear,
}

impl PathKind {
    /// All, in the order in which they are offered.
    pub const ALL: [PathKind; 3] = [PathKind::Even, PathKind::Neural, PathKind::Linear];

    /// Its name, as users read it.
    pub const fn name(self) -> &'static str {
        match self {
            PathKind::Even => "Even",
            PathKind::Neural => "Neural",
            PathKind::Linear => "Linear",
        }
    }
}

/// What a group of parameters does on the way from A to B.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Lock {
    /// It goes from A to B.
    #[default]
    Morphs,
    /// It stays as A has it, at B too.
    A,
    /// It stays as B has it, at A too.
    B,
}

impl Lock {
    /// All, in the order in which they are offered.
    pub const ALL: [Lock; 3] = [Lock::Morphs, Lock::A, Lock::B];
}

/// What each group of parameters does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Locks {
    /// Spectrum.
    pub timbre: Lock,
    /// Envelopes of the operators.
    pub envelope: Lock,
    /// Pitch envelope and transposition.
    pub pitch: Lock,
    /// LFO and what listens to it.
    pub modulation: Lock,
}

impl Locks {
    /// What a group does.
    pub fn of(&self, group: Group) -> Lock {
        match group {
            Group::Timbre => self.timbre,
            Group::Envelope => self.envelope,
            Group::Pitch => self.pitch,
            Group::Modulation => self.modulation,
        }
    }

    /// What a group does, to be changed.
    pub fn of_mut(&mut self, group: Group) -> &mut Lock {
        match group {
            Group::Timbre => &mut self.timbre,
            Group::Envelope => &mut self.envelope,
            Group::Pitch => &mut self.pitch,
            Group::Modulation => &mut self.modulation,
        }
    }
}

/// The user's own Dexed, to play instead of the built-in engine.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Dexed {
    /// How it is loaded.
    pub format: Format,
    /// Where it lies.
    pub path: PathBuf,
}

impl Dexed {
    /// Every Dexed in the usual folders, CLAPs first.
    pub fn find() -> Vec<Dexed> {
        let of = |format: Format| {
            let found = format.find().into_iter();
            found.map(move |path| Dexed { format, path })
        };
        Format::ALL.into_iter().flat_map(of).collect()
    }

    /// The one in that file, by its name.
    pub fn at(path: PathBuf) -> Dexed {
        let is_clap = path
            .extension()
            .is_some_and(|e| e.eq_ignore_ascii_case("clap"));
        let format = if is_clap { Format::Clap } else { Format::Vst2 };
        Dexed { format, path }
    }
}

/// How far a new session's pitch wheel bends, in semitones: as Dexed's.
pub const DEFAULT_BEND: u8 = 3;
/// The widest pitch bend, in semitones.
pub const MAX_BEND: u8 = 48;

/// What the user has chosen: the two ends and how to go from one to the other.
#[derive(Clone, Debug, PartialEq)]
pub struct Session {
    /// The sound at Morph 0.
    pub a: Choice,
    /// The sound at Morph 1.
    pub b: Choice,
    /// How to travel between them.
    pub path: PathKind,
    /// What does not move on the way.
    pub locks: Locks,
    /// Which arithmetic the engine uses.
    pub engine: EngineKind,
    /// What plays instead of it, with the same arithmetic; without it, the built-in engine does.
    pub dexed: Option<Dexed>,
    /// How far the pitch wheel bends in either direction, in semitones, at most [`MAX_BEND`].
    pub bend_range: u8,
    /// Positions of the path that the user pinned, in no order.
    pub pins: Vec<f32>,
}

impl Session {
    /// One of its ends.
    pub fn end(&self, end: End) -> &Choice {
        match end {
            End::A => &self.a,
            End::B => &self.b,
        }
    }

    /// The ends of the path: A and B, each with what is locked at the other.
    pub fn ends(&self) -> [Patch; 2] {
        let (mut a, mut b) = (self.a.patch, self.b.patch);
        for parameter in Parameter::all() {
            match self.locks.of(parameter.spec().group) {
                Lock::Morphs => {}
                Lock::A => b.set(parameter, a.get(parameter)),
                Lock::B => a.set(parameter, b.get(parameter)),
            }
        }
        [a, b]
    }

    /// One of its ends, to be changed.
    pub fn end_mut(&mut self, end: End) -> &mut Choice {
        match end {
            End::A => &mut self.a,
            End::B => &mut self.b,
        }
    }
}

impl Choice {
    /// A patch of the factory bank, by its place; past the last, the first again.
    pub fn factory(place: usize) -> Choice {
        let bank = presets::factory::all();
        let patch = bank
            .get(place % bank.len().max(1))
            .map_or(Patch::INIT, |found| found.patch);
        Choice {
            patch,
            origin: format!("factory:{}", patch.name()),
        }
    }

    /// Its place in the factory bank, if it is from there.
    pub fn place(&self) -> Option<usize> {
        let bank = presets::factory::all();
        bank.iter().position(|found| found.patch == self.patch)
    }
}

impl Default for Session {
    /// The factory bank's first electric piano and first brass.
    fn default() -> Session {
        let bank = presets::factory::all();
        let first = |family| {
            bank.iter()
                .position(|found| found.family == family)
                .unwrap_or(0)
        };
        Session {
            a: Choice::factory(first(presets::factory::Family::ElectricPiano)),
            b: Choice::factory(first(presets::factory::Family::Brass)),
            path: PathKind::default(),
            locks: Locks::default(),
            engine: EngineKind::default(),
            dexed: None,
            bend_range: DEFAULT_BEND,
            pins: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locked_group_is_the_same_at_both_ends_and_nothing_else_is_touched() {
        let mut session = Session::default();
        let (a, b) = (session.a.patch, session.b.patch);
        assert_eq!(session.ends(), [a, b]);
        let groups = [
            Group::Timbre,
            Group::Envelope,
            Group::Pitch,
            Group::Modulation,
        ];
        for group in groups {
            for (lock, source) in [(Lock::A, a), (Lock::B, b)] {
                session.locks = Locks::default();
                *session.locks.of_mut(group) = lock;
                let ends = session.ends();
                for parameter in Parameter::all() {
                    let found = ends.map(|end| end.get(parameter));
                    let expected = if parameter.spec().group == group {
                        [source.get(parameter); 2]
                    } else {
                        [a.get(parameter), b.get(parameter)]
                    };
                    assert_eq!(found, expected, "{parameter} with {group:?} at {lock:?}");
                }
            }
        }
    }
}
