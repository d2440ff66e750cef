//! [`RealFft`]: the Fourier transform of real frames, with its plan and its memory, for callers who
//! want spectra and nothing else of a transform library; and [`windowed`], which fills frames.

use std::ops::Mul;
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

/// Fills a frame with the samples under a window that starts `pad` samples before `start`, each times its
/// weight, and with zeros where there are none. `pad` is at most the window's length.
pub fn windowed<S, W>(frame: &mut [S], samples: &[S], window: &[W], start: usize, pad: usize)
where
    S: Copy + Default + Mul<W, Output = S>,
    W: Copy,
{
    let end = (start + window.len())
        .saturating_sub(pad)
        .min(samples.len());
    let first = start.saturating_sub(pad).min(end);
    let skipped = pad.saturating_sub(start);
    let (before, rest) = frame.split_at_mut(skipped.min(frame.len()));
    let (inside, after) = rest.split_at_mut((end - first).min(rest.len()));
    before.fill(S::default());
    after.fill(S::default());
    let weighted = samples[first..end].iter().zip(&window[skipped..]);
    for (value, (&sample, &weight)) in inside.iter_mut().zip(weighted) {
        *value = sample * weight;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_past_either_end_has_zeros_there() {
        let (samples, window) = ([1.0, 2.0, 3.0, 4.0], [10.0, 20.0, 30.0]);
        let frame = |start, pad| {
            let mut frame = [9.0; 5];
            windowed(&mut frame, &samples, &window, start, pad);
            frame
        };
        assert_eq!(frame(0, 1), [0.0, 20.0, 60.0, 0.0, 0.0]);
        assert_eq!(frame(1, 1), [10.0, 40.0, 90.0, 0.0, 0.0]);
        assert_eq!(frame(3, 0), [40.0, 0.0, 0.0, 0.0, 0.0]);
        assert_eq!(frame(9, 1), [0.0; 5]);
        assert_eq!(frame(0, 3), [0.0; 5]);
    }
}
