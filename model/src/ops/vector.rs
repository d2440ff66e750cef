//! Loops over slices, compiled for the widest vectors of the processor they run on.
//!
//! Every function gives the same bits on every processor: there are no fused multiply-adds, and
//! sums always have [`LANES`] partial sums, however many the processor adds at once.

use rayon::prelude::*;

/// Partial sums of every reduction.
pub const LANES: usize = 16;

/// Works an expression out, compiled for AVX-512, AVX2, NEON or nothing special, whichever is here. What
/// it calls must be inlined into it to profit.
macro_rules! vectorised {
    ($work:expr) => {{
        let once = $crate::ops::vector::Once;
        pulp::Arch::new().dispatch(
            // Left to itself the compiler may keep it apart, and compile it for any processor.
            #[inline(always)]
            || {
                // A closure that could be called again would be called through a function of its own,
                // and that one is kept apart.
                let _called = once;
                $work
            },
        )
    }};
}
pub(crate) use vectorised;

/// What is used up by [`vectorised`].
pub(crate) struct Once;

/// Calls `f` with the index and the values of every `len` values of `out`, on all threads of the
/// pool that this is called in; outside a pool on this thread alone, so that nobody's global pool
/// is started.
pub fn for_each_chunk(out: &mut [f32], len: usize, f: impl Fn(usize, &mut [f32]) + Sync) {
    if threads() > 1 && out.len() >= 1 << 14 {
        // Chunks go by groups, or the hand-over would cost more than the work.
        let group = (out.len() / len).div_ceil(4 * threads()).max(1);
        out.par_chunks_mut(group * len)
            .enumerate()
            .for_each(|(g, chunks)| {
                vectorised!({
                    for (i, chunk) in chunks.chunks_mut(len).enumerate() {
                        f(g * group + i, chunk);
                    }
                });
            });
    } else {
        vectorised!({
            for (i, chunk) in out.chunks_mut(len).enumerate() {
                f(i, chunk);
            }
        });
    }
}

/// Threads of the pool this is called in; 1 outside a pool.
pub fn threads() -> usize {
    match rayon::current_thread_index() {
        Some(_) => rayon::current_num_threads(),
        None => 1,
    }
}

/// Sum of `f(a)` over `a`.
#[inline(always)]
pub fn sum(a: &[f32], f: impl Fn(f32) -> f32) -> f32 {
    let mut lanes = [0.0; LANES];
    let chunks = a.chunks_exact(LANES);
    let rest = chunks.remainder();
    for chunk in chunks {
        for (lane, &a) in lanes.iter_mut().zip(chunk) {
            *lane += f(a);
        }
    }
    for (lane, &a) in lanes.iter_mut().zip(rest) {
        *lane += f(a);
    }
    fold(lanes, |a, b| a + b)
}

/// Sum of `f(a, b)` over two slices of one length.
#[inline(always)]
pub fn sum2(a: &[f32], b: &[f32], f: impl Fn(f32, f32) -> f32) -> f32 {
    let mut lanes = [0.0; LANES];
    let (a_chunks, b_chunks) = (a.chunks_exact(LANES), b.chunks_exact(LANES));
    let (a_rest, b_rest) = (a_chunks.remainder(), b_chunks.remainder());
    for (a, b) in a_chunks.zip(b_chunks) {
        for i in 0..LANES {
            lanes[i] += f(a[i], b[i]);
        }
    }
    for (i, (&a, &b)) in a_rest.iter().zip(b_rest).enumerate() {
        lanes[i] += f(a, b);
    }
    fold(lanes, |a, b| a + b)
}

/// Largest of the values.
#[inline(always)]
pub fn max(a: &[f32]) -> f32 {
    let larger = |a: f32, b: f32| if b > a { b } else { a };
    let mut lanes = [f32::NEG_INFINITY; LANES];
    let chunks = a.chunks_exact(LANES);
    let rest = chunks.remainder();
    for chunk in chunks {
        for (lane, &a) in lanes.iter_mut().zip(chunk) {
            *lane = larger(*lane, a);
        }
    }
    for (lane, &a) in lanes.iter_mut().zip(rest) {
        *lane = larger(*lane, a);
    }
    fold(lanes, larger)
}

#[inline(always)]
fn fold(lanes: [f32; LANES], f: impl Fn(f32, f32) -> f32) -> f32 {
    let mut result = lanes[0];
    for &lane in &lanes[1..] {
        result = f(result, lane);
    }
    result
}

/// e to the power of `x`, to 2 units in the last place; 1.6e-38 where the true result is smaller.
#[inline(always)]
pub fn exp(x: f32) -> f32 {
    // x = n ln 2 + r with |r| <= ln 2 / 2; adding and removing 1.5 * 2^23 rounds to n, and leaves n
    // in the low bits of the sum.
    const ROUND: f32 = 12_582_912.0;
    let x = if x < -87.0 { -87.0 } else { x };
    let x = if x > 88.0 { 88.0 } else { x };
    let shifted = x * std::f32::consts::LOG2_E + ROUND;
    let n = shifted - ROUND;
    // ln 2 in two parts, so that n * the first is exact.
    let r = (x - n * 0.693_359_4) + n * 2.121_944_4e-4;
    let polynomial =
        ((((1.987_569_1e-4 * r + 1.398_2e-3) * r + 8.333_452e-3) * r + 4.166_579_6e-2) * r
            + 1.666_666_5e-1)
            * r
            + 0.5;
    let mantissa = polynomial * r * r + r + 1.0;
    let power = f32::from_bits((shifted.to_bits() << 23).wrapping_add(0x3F80_0000));
    mantissa * power
}

/// 1 / (1 + e^-x).
#[inline(always)]
pub fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + exp(-x))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exp_is_exact_to_two_units_in_the_last_place() {
        let mut x = -86.9f32;
        while x < 88.0 {
            let exact = f64::from(x).exp();
            let error = (f64::from(exp(x)) - exact).abs() / exact;
            assert!(error < 2.0 * f64::from(f32::EPSILON), "exp({x}): {error:e}");
            x += 0.001_37;
        }
        assert_eq!(exp(0.0), 1.0);
        assert!(exp(f32::NAN).is_nan());
        assert!(exp(f32::NEG_INFINITY) < 2e-38 && exp(1000.0) > 1e38);
    }

    #[test]
    fn reductions_take_every_value() {
        for len in [0, 1, 15, 16, 17, 100] {
            let a: Vec<f32> = (0..len).map(|i| i as f32).collect();
            let expected: f32 = a.iter().sum();
            assert_eq!(vectorised!(sum(&a, |a| a)), expected);
            assert_eq!(vectorised!(sum2(&a, &a, |a, _| a)), expected);
            if let Some(&last) = a.last() {
                assert_eq!(vectorised!(max(&a)), last);
            }
        }
    }
}
