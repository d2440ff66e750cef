//! [`RealFft`]: the Fourier transform of real frames, with its plan and its memory, for callers who
//! want spectra and nothing else of a transform library.

use std::sync::Arc;

use realfft::num_complex::Complex;
use realfft::{RealFftPlanner, RealToComplex};

/// Transforms frames of one length.
#[derive(Clone)]
pub struct RealFft {
    plan: Arc<dyn RealToComplex<f32>>,
    frame: Vec<f32>,
    spectrum: Vec<Complex<f32>>,
    scratch: Vec<Complex<f32>>,
}

impl RealFft {
    /// For frames of `len` samples.
    pub fn new(len: usize) -> RealFft {
        let plan = RealFftPlanner::new().plan_fft_forward(len);
        RealFft {
            frame: plan.make_input_vec(),
            spectrum: plan.make_output_vec(),
            scratch: plan.make_scratch_vec(),
            plan,
        }
    }

    /// The frame to be filled in before the next [`spectrum`](RealFft::spectrum), which leaves
    /// anything in it.
    pub fn frame(&mut self) -> &mut [f32] {
        &mut self.frame
    }

    /// The spectrum of the frame: bins 0 to half the length, unscaled.
    pub fn spectrum(&mut self) -> &[Complex<f32>] {
        // PANIC: the buffers were made by the plan.
        self.plan
            .process_with_scratch(&mut self.frame, &mut self.spectrum, &mut self.scratch)
            .expect("buffers as long as planned");
        &self.spectrum
    }

    /// How many bins a spectrum has.
    pub fn bins(&self) -> usize {
        self.spectrum.len()
    }
}
