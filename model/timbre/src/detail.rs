//! How closely a sound is looked at: as the publication did, or briefly.

/// Where work can be saved at little cost: medians over frames hardly change when fewer are looked
/// at, and nothing of an envelope that is filtered at 5 Hz is lost at 2000 samples per second.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Detail {
    /// One frame in so many is described by its spectrum, with the one before it to vary from.
    pub spectral_frames: usize,
    /// Samples of sound that make one of the envelope.
    pub envelope_step: usize,
    /// One frame in so many has its partials followed.
    pub harmonic_frames: usize,
    /// Partials are followed in a shorter transform, and between its bins.
    pub partials_between: bool,
    /// Fundamentals and inharmonicities that are tried.
    pub fundamentals: usize,
    pub stiffnesses: usize,
    /// All lengths of window go on by as much as the longest when a pitch is looked for.
    pub pitch_in_step: bool,
}

impl Detail {
    /// What the published evaluation does.
    pub const PUBLISHED: Detail = Detail {
        spectral_frames: 1,
        envelope_step: 1,
        harmonic_frames: 1,
        partials_between: false,
        fundamentals: 101,
        stiffnesses: 21,
        pitch_in_step: false,
    };

    /// For many sounds in little time.
    pub const BRIEF: Detail = Detail {
        spectral_frames: 4,
        envelope_step: 8,
        harmonic_frames: 4,
        partials_between: true,
        fundamentals: 51,
        stiffnesses: 3,
        pitch_in_step: true,
    };
}
