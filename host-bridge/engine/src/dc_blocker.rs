//! The high-pass at about 20 Hz that Dexed's output goes through.

/// y = x - x' + pole y', in single precision, with denormals flushed to zero by itself and not by
/// the processor's mode, so that every thread gives the same samples.
#[derive(Clone, Copy, Debug, Default)]
pub struct DcBlocker {
    pole: f32,
    input: f32,
    output: f32,
}

impl DcBlocker {
    /// At rest, with that pole (0 to 1).
    pub fn new(pole: f32) -> DcBlocker {
        DcBlocker {
            pole,
            ..DcBlocker::default()
        }
    }

    /// Filters samples in place.
    pub fn process(&mut self, samples: &mut [f32]) {
        for sample in samples {
            let mut decayed = self.pole * self.output;
            if decayed.abs() < f32::MIN_POSITIVE {
                // As a branch, that is foretold: every sample waits for the one before it, and would
                // wait for the choice too.
                std::hint::cold_path();
                decayed = 0.0;
            }
            self.output = *sample - self.input + decayed;
            self.input = *sample;
            *sample = self.output;
        }
    }
}
