//! Paths through the latent space. Positions are 0 at `a` and 1 at `b`; others extrapolate.

use crate::random::Random;

/// Points on the straight line. The difference of the ends is taken in f32, the rest in f64, as the
/// published evaluation does.
pub fn linear(a: &[f32], b: &[f32], positions: &[f64]) -> Vec<Vec<f32>> {
    let point = |&position: &f64| {
        let mix = |(&a, &b): (&f32, &f32)| (f64::from(a) + f64::from(b - a) * position) as f32;
        a.iter().zip(b).map(mix).collect()
    };
    positions.iter().map(point).collect()
}

/// Points on the great circle, with the length going linearly from that of `a` to that of `b`;
/// where the two point the same way or opposite ways, points on the straight line.
pub fn spherical(a: &[f32], b: &[f32], positions: &[f64]) -> Vec<Vec<f32>> {
    let dot = |a: &[f32], b: &[f32]| -> f64 {
        let products = a.iter().zip(b).map(|(&a, &b)| f64::from(a) * f64::from(b));
        products.sum()
    };
    let (length_a, length_b) = (dot(a, a).sqrt(), dot(b, b).sqrt());
    let cosine = dot(a, b) / (length_a * length_b);
    // NaN, from an end at the origin, goes the straight way too.
    if cosine.is_nan() || cosine.abs() >= 1.0 - 1e-9 {
        return linear(a, b, positions);
    }
    let angle = cosine.acos();
    let point = |&position: &f64| {
        let length = length_a + (length_b - length_a) * position;
        let share_a = ((1.0 - position) * angle).sin() / angle.sin() * length / length_a;
        let share_b = (position * angle).sin() / angle.sin() * length / length_b;
        let mix = |(&a, &b): (&f32, &f32)| (share_a * f64::from(a) + share_b * f64::from(b)) as f32;
        a.iter().zip(b).map(mix).collect()
    };
    positions.iter().map(point).collect()
}

/// Positions evenly from `from` to `to`, both included; beyond 0 and 1 they extrapolate.
pub fn positions(from: f64, to: f64, count: usize) -> Vec<f64> {
    let last = count.saturating_sub(1).max(1) as f64;
    (0..count)
        .map(|i| from + (to - from) * i as f64 / last)
        .collect()
}

/// A point of the prior that the model was trained with: normal, mean 0, variance 1.
pub fn sample(size: usize, random: &mut Random) -> Vec<f32> {
    random.normals(size)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_begin_and_end_at_their_ends() {
        let (a, b) = ([1.0, 0.0, 2.0], [0.0, -3.0, 1.0]);
        for path in [linear, spherical] {
            let points = path(&a, &b, &positions(0.0, 1.0, 5));
            for (point, end) in [(&points[0], a), (&points[4], b)] {
                let error = point.iter().zip(end).map(|(x, y)| (x - y).abs());
                assert!(error.fold(0.0, f32::max) < 1e-6, "{point:?}");
            }
        }
    }

    #[test]
    fn the_circle_keeps_the_length_and_the_line_goes_on() {
        let (a, b) = ([2.0, 0.0], [0.0, 2.0]);
        let middle = &spherical(&a, &b, &[0.5])[0];
        assert!((middle[0] - 2f32.sqrt()).abs() < 1e-6 && (middle[1] - 2f32.sqrt()).abs() < 1e-6);
        assert_eq!(linear(&a, &b, &[1.5])[0], [-1.0, 3.0]);
        // No circle through the origin, and none between opposite directions.
        assert_eq!(spherical(&[0.0, 0.0], &b, &[0.5])[0], [0.0, 1.0]);
        assert_eq!(spherical(&a, &[-2.0, 0.0], &[0.25])[0], [1.0, 0.0]);
    }
}
