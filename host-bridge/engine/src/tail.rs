//! [`Tail`]: the last milliseconds of notes that were cut off.

/// The longest tail in samples.
const LONGEST: usize = 1024;
/// How long a tail lasts, if that is not more than the longest.
const SECONDS: f64 = 0.004;

/// Sound of cut-off notes, rendered ahead and faded out, waiting to be played.
#[derive(Clone, Debug)]
pub struct Tail {
    /// A ring.
    samples: Box<[f32]>,
    /// Where the next sample is.
    next: usize,
    /// How many are not yet played.
    waiting: usize,
    /// Samples that a note takes to fade out.
    length: usize,
}

impl Tail {
    /// No tail, for a sample rate in Hz.
    pub fn new(rate: f64) -> Tail {
        Tail {
            samples: vec![0.0; LONGEST].into(),
            next: 0,
            waiting: 0,
            length: ((rate * SECONDS) as usize).clamp(1, LONGEST),
        }
    }

    /// Forgets what is not yet played.
    pub fn clear(&mut self) {
        self.samples.fill(0.0);
        self.waiting = 0;
    }

    /// Adds a note: `render` writes its next samples to a slice.
    pub fn add(&mut self, render: impl FnOnce(&mut [f32])) {
        let mut note = [0.0; LONGEST];
        let note = &mut note[..self.length.min(LONGEST)];
        render(note);
        let length = note.len();
        for (i, sample) in note.iter().enumerate() {
            let share = (length - i) as f32 / (length + 1) as f32;
            self.samples[(self.next + i) % LONGEST] += sample * share;
        }
        self.waiting = self.waiting.max(length);
    }

    /// Adds what is waiting to `out`.
    pub fn mix(&mut self, out: &mut [f32]) {
        for out in out.iter_mut().take(self.waiting) {
            *out += std::mem::take(&mut self.samples[self.next % LONGEST]);
            self.next = (self.next + 1) % LONGEST;
        }
        self.waiting -= self.waiting.min(out.len());
    }
}
