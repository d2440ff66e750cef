//! [`Session`]: what the user has chosen.

use engine::EngineKind;
use presets::Patch;

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

/// What the user has chosen: the two ends and how to go from one to the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// The sound at Morph 0.
    pub a: Choice,
    /// The sound at Morph 1.
    pub b: Choice,
    /// How to travel between them.
    pub path: PathKind,
    /// Which arithmetic the engine uses.
    pub engine: EngineKind,
}

impl Session {
    /// One of its ends.
    pub fn end(&self, end: End) -> &Choice {
        match end {
            End::A => &self.a,
            End::B => &self.b,
        }
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
            engine: EngineKind::default(),
        }
    }
}
