//! Random numbers of a search: the same from the same seed, on every machine.

/// Marsaglia's xorshift with a multiplication (Vigna 2016).
pub struct Chance(u64);

impl Chance {
    /// A sequence of its own for each seed.
    pub fn new(seed: u64) -> Chance {
        Chance(seed | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    /// From 0 up to, not with, 1.
    pub fn unit(&mut self) -> f32 {
        (self.next() >> 40) as f32 / (1u32 << 24) as f32
    }

    /// From 0 up to, not with, `count`, which must not be 0.
    pub fn below(&mut self, count: usize) -> usize {
        ((u128::from(self.next()) * count as u128) >> 64) as usize
    }

    /// A place among weights, the larger the likelier; none where all are 0.
    pub fn weighed(&mut self, weights: &[f32]) -> Option<usize> {
        let mut left = self.unit() * weights.iter().sum::<f32>();
        let found = weights.iter().position(|weight| {
            left -= weight;
            left < 0.0
        });
        // Sums are rounded, so that a little may be left: it is the last one's.
        found.or_else(|| weights.iter().rposition(|&weight| weight > 0.0))
    }

    /// A whole number of steps, 1 up to, not with, 1 more than `largest`; small ones likelier.
    pub fn size(&mut self, largest: f32) -> f32 {
        let size = self.unit();
        1.0 + (size * size * largest).floor()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_drawn_by_their_weights() {
        let mut chance = Chance::new(1);
        let mut drawn = [0; 4];
        for _ in 0..1000 {
            drawn[chance.weighed(&[0.0, 1.0, 3.0, 0.0]).expect("a place")] += 1;
        }
        assert_eq!(drawn[0] + drawn[3], 0);
        assert!((200..300).contains(&drawn[1]), "{drawn:?}");
        assert_eq!(chance.weighed(&[0.0, 0.0]), None);
    }
}
