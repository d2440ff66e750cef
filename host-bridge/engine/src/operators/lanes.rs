//! [`Lanes`]: eight numbers side by side, with the instructions this processor has.
//!
//! Both kinds of lanes give the same integers; only [`Portable`] is needed to understand them.

use crate::tables::{FRACTION, SINE, STEPS};

/// Numbers side by side.
pub const LANES: usize = 8;

/// The arithmetic of operators on eight numbers at once. Sums wrap.
pub trait Lanes: Copy {
    /// Eight 32-bit numbers.
    type Vector: Copy;

    /// The same number eight times.
    fn splat(self, value: i32) -> Self::Vector;
    /// The first eight numbers of an arithmetic progression.
    fn progression(self, first: i32, step: i32) -> Self::Vector;
    /// These eight numbers.
    fn load(self, values: &[i32; LANES]) -> Self::Vector;
    /// The eight numbers.
    fn store(self, vector: Self::Vector) -> [i32; LANES];
    /// Sums.
    fn add(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;
    /// Products of Q24 numbers, rounded down: Q24.
    fn scale(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;
    /// Where the phases (Q24 cycles) lie in the table of sines, modulo its length.
    fn steps(self, phase: Self::Vector) -> Self::Vector;
    /// Sines of phases whose [`Lanes::steps`] are known, Q24: [`sine`](crate::tables::sine).
    fn sine_at(self, phase: Self::Vector, steps: &[i32; LANES]) -> Self::Vector;

    /// Sines of phases, Q24.
    #[inline(always)]
    fn sine(self, phase: Self::Vector) -> Self::Vector {
        self.sine_at(phase, &self.store(self.steps(phase)))
    }
}

/// Whatever the compiler makes of it.
#[derive(Clone, Copy, Debug)]
pub struct Portable;

impl Lanes for Portable {
    type Vector = [i32; LANES];

    #[inline(always)]
    fn splat(self, value: i32) -> [i32; LANES] {
        [value; LANES]
    }

    #[inline(always)]
    fn progression(self, first: i32, step: i32) -> [i32; LANES] {
        std::array::from_fn(|i| first.wrapping_add(step.wrapping_mul(i as i32)))
    }

    #[inline(always)]
    fn load(self, values: &[i32; LANES]) -> [i32; LANES] {
        *values
    }

    #[inline(always)]
    fn store(self, vector: [i32; LANES]) -> [i32; LANES] {
        vector
    }

    #[inline(always)]
    fn add(self, a: [i32; LANES], b: [i32; LANES]) -> [i32; LANES] {
        std::array::from_fn(|i| a[i].wrapping_add(b[i]))
    }

    #[inline(always)]
    fn scale(self, a: [i32; LANES], b: [i32; LANES]) -> [i32; LANES] {
        std::array::from_fn(|i| super::scale(a[i], b[i]))
    }

    #[inline(always)]
    fn steps(self, phase: [i32; LANES]) -> [i32; LANES] {
        phase.map(|phase| phase >> FRACTION)
    }

    #[inline(always)]
    fn sine_at(self, phase: [i32; LANES], steps: &[i32; LANES]) -> [i32; LANES] {
        std::array::from_fn(|i| {
            SINE[steps[i] as usize % STEPS].at(phase[i] & ((1 << FRACTION) - 1))
        })
    }
}

/// AVX2. No closures here: code must be inlined into a function that may use these instructions,
/// which a closure's body need not be.
#[cfg(target_arch = "x86_64")]
impl Lanes for pulp::x86::V3 {
    type Vector = std::arch::x86_64::__m256i;

    #[inline(always)]
    fn splat(self, value: i32) -> Self::Vector {
        self.avx._mm256_set1_epi32(value)
    }

    #[inline(always)]
    fn progression(self, first: i32, step: i32) -> Self::Vector {
        let places = self.avx._mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
        self.add(
            self.splat(first),
            self.avx2._mm256_mullo_epi32(self.splat(step), places),
        )
    }

    #[inline(always)]
    fn load(self, values: &[i32; LANES]) -> Self::Vector {
        pulp::cast(*values)
    }

    #[inline(always)]
    fn store(self, vector: Self::Vector) -> [i32; LANES] {
        pulp::cast(vector)
    }

    #[inline(always)]
    fn add(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
        self.avx2._mm256_add_epi32(a, b)
    }

    #[inline(always)]
    fn scale(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
        let simd = self.avx2;
        // Products are 64 bits wide: those of the even lanes, then those of the odd ones, of which
        // the wanted 32 bits are brought into the lower and the upper half.
        let even = simd._mm256_srli_epi64::<24>(simd._mm256_mul_epi32(a, b));
        let (a, b) = (
            simd._mm256_shuffle_epi32::<0b11_11_01_01>(a),
            simd._mm256_shuffle_epi32::<0b11_11_01_01>(b),
        );
        let odd = simd._mm256_slli_epi64::<8>(simd._mm256_mul_epi32(a, b));
        simd._mm256_blend_epi32::<0b1010_1010>(even, odd)
    }

    #[inline(always)]
    fn steps(self, phase: Self::Vector) -> Self::Vector {
        self.avx2._mm256_srli_epi32::<{ FRACTION as i32 }>(phase)
    }

    #[inline(always)]
    fn sine_at(self, phase: Self::Vector, steps: &[i32; LANES]) -> Self::Vector {
        const { assert!(crate::tables::SLOPES_FIT) };
        let (avx, simd) = (self.avx, self.avx2);
        macro_rules! segments {
            ($($lane:literal)*) => {
                pulp::cast([$(SINE[steps[$lane] as usize % STEPS].bits()),*])
            };
        }
        // In this order they end up in the phases' when values and slopes are taken apart.
        let (a, b) = (segments!(0 1 4 5), segments!(2 3 6 7));
        let values = pulp::cast(avx._mm256_shuffle_ps::<0b10_00_10_00>(a, b));
        let slopes = pulp::cast(avx._mm256_shuffle_ps::<0b11_01_11_01>(a, b));
        let fractions = simd._mm256_and_si256(phase, avx._mm256_set1_epi32((1 << FRACTION) - 1));
        let rises = simd
            ._mm256_srai_epi32::<{ FRACTION as i32 }>(simd._mm256_mullo_epi32(slopes, fractions));
        simd._mm256_add_epi32(values, rises)
    }
}

#[cfg(all(test, target_arch = "x86_64"))]
mod tests {
    use super::*;
    use pulp::x86::V3;

    /// Numbers that are spread over all 32 bits, extremes among them.
    fn numbers() -> impl Iterator<Item = [i32; LANES]> {
        let mut state = 1u32;
        let extremes = [i32::MIN, i32::MAX, 0, -1, 1, 1 << 24, -(1 << 24), 16_383];
        std::iter::once(extremes).chain((0..20_000).map(move |_| {
            std::array::from_fn(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state ^ state >> 16) as i32
            })
        }))
    }

    #[test]
    fn both_kinds_of_lanes_give_the_same_integers() {
        let Some(simd) = V3::try_new() else {
            // Without AVX2 there is only one kind.
            return;
        };
        for (a, b) in numbers().zip(numbers().skip(1)) {
            let (x, y) = (simd.load(&a), simd.load(&b));
            assert_eq!(simd.store(simd.add(x, y)), Portable.add(a, b));
            assert_eq!(simd.store(simd.scale(x, y)), Portable.scale(a, b));
            assert_eq!(simd.store(simd.sine(x)), Portable.sine(a));
            assert_eq!(Portable.sine(a), a.map(crate::tables::sine));
            let [first, step, ..] = a;
            let progression = simd.store(simd.progression(first, step));
            assert_eq!(progression, Portable.progression(first, step));
        }
    }
}
