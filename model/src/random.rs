//! [`Random`]: the generator of all random numbers of this crate. candle's own cannot be seeded on
//! the CPU.

/// xoshiro256++ by Blackman and Vigna, <https://prng.di.unimi.it/>: equal seeds give equal numbers
/// on every machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Random {
    state: [u64; 4],
}

impl Random {
    /// A generator for this seed.
    pub fn new(seed: u64) -> Random {
        // SplitMix64, as the authors of xoshiro recommend; its outputs are never all zero.
        let mut z = seed;
        let state = std::array::from_fn(|_| {
            z = z.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mut x = z;
            x = (x ^ x >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            x = (x ^ x >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
            x ^ x >> 31
        });
        Random { state }
    }

    /// A generator for a part of a seeded whole, such as a tensor: it does not depend on which
    /// other parts were drawn before.
    pub fn for_part(seed: u64, name: &str) -> Random {
        // FNV-1a.
        let hash = name.bytes().fold(0xCBF2_9CE4_8422_2325, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3)
        });
        Random::new(seed ^ hash)
    }

    /// What a later [`restore`](Random::restore) continues from, as text.
    pub fn save(&self) -> String {
        let [a, b, c, d] = self.state;
        format!("{a:016x}{b:016x}{c:016x}{d:016x}")
    }

    /// The generator that was saved; `None` if the text is not one.
    pub fn restore(text: &str) -> Option<Random> {
        let mut state = [0; 4];
        if text.len() != 64 {
            return None;
        }
        for (i, word) in state.iter_mut().enumerate() {
            *word = u64::from_str_radix(text.get(i * 16..(i + 1) * 16)?, 16).ok()?;
        }
        (state != [0; 4]).then_some(Random { state })
    }

    /// 64 random bits.
    pub fn bits(&mut self) -> u64 {
        let s = &mut self.state;
        let result = s[0].wrapping_add(s[3]).rotate_left(23).wrapping_add(s[0]);
        let t = s[1] << 17;
        s[2] ^= s[0];
        s[3] ^= s[1];
        s[1] ^= s[2];
        s[0] ^= s[3];
        s[2] ^= t;
        s[3] = s[3].rotate_left(45);
        result
    }

    /// Uniform from 0 to below 1.
    pub fn uniform(&mut self) -> f32 {
        (self.bits() >> 40) as f32 / (1u64 << 24) as f32
    }

    /// Uniform from 0 to below `end`, without bias. `end` is at least 1.
    pub fn below(&mut self, end: usize) -> usize {
        let end = end.max(1) as u64;
        // The high half of a product is uniform but for the low halves below 2^64 mod end.
        loop {
            let product = u128::from(self.bits()) * u128::from(end);
            if product as u64 >= end.wrapping_neg() % end {
                return (product >> 64) as usize;
            }
        }
    }

    /// Normal with mean 0 and variance 1.
    pub fn normal(&mut self) -> f32 {
        // Box and Muller; 1 - u is never 0.
        let radius = (-2.0 * (1.0 - f64::from(self.uniform())).ln()).sqrt();
        let angle = std::f64::consts::TAU * f64::from(self.uniform());
        (radius * angle.cos()) as f32
    }

    /// `count` normal values.
    pub fn normals(&mut self, count: usize) -> Vec<f32> {
        (0..count).map(|_| self.normal()).collect()
    }

    /// Puts the values in random order.
    pub fn shuffle<T>(&mut self, values: &mut [T]) {
        for i in (1..values.len()).rev() {
            values.swap(i, self.below(i + 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_first_numbers() {
        // Of the published C code, for the state 1, 2, 3, 4.
        let mut random = Random {
            state: [1, 2, 3, 4],
        };
        assert_eq!(
            [random.bits(), random.bits(), random.bits()],
            [41_943_041, 58_720_359, 3_588_806_011_781_223]
        );
    }

    #[test]
    fn continues_from_where_it_was_saved() {
        let mut random = Random::new(7);
        random.normals(100);
        let mut other = Random::restore(&random.save()).unwrap();
        assert_eq!(random.normals(10), other.normals(10));
        assert_eq!(Random::restore("xyz"), None);
    }

    #[test]
    fn normal_values_have_the_moments_of_a_normal_distribution() {
        let values = Random::new(1).normals(100_000);
        let moment = |power| values.iter().map(|x| x.powi(power)).sum::<f32>() / 1e5;
        assert!(moment(1).abs() < 0.01 && (moment(2) - 1.0).abs() < 0.02);
        assert!((moment(4) - 3.0).abs() < 0.15);
    }
}
