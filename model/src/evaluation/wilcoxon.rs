//! The Wilcoxon signed-rank test of paired samples, one-sided.

/// How probable it is that the differences fall this far above zero when their median is zero. By
/// the normal approximation: differences of 0 are left out, equal sizes share their rank, no
/// correction for continuity. 1 when nothing is left.
pub fn p_greater(differences: impl IntoIterator<Item = f64>) -> f64 {
    let mut sizes: Vec<(f64, bool)> = differences
        .into_iter()
        .filter(|difference| *difference != 0.0 && !difference.is_nan())
        .map(|difference| (difference.abs(), difference > 0.0))
        .collect();
    if sizes.is_empty() {
        return 1.0;
    }
    sizes.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    let count = sizes.len() as f64;
    let (mut positive, mut ties, mut before) = (0.0, 0.0, 0.0);
    for equal in sizes.chunk_by(|a, b| a.0 == b.0) {
        let len = equal.len() as f64;
        let rank = before + (len + 1.0) / 2.0;
        positive += rank * equal.iter().filter(|(_, positive)| *positive).count() as f64;
        ties += len * len * len - len;
        before += len;
    }
    let mean = count * (count + 1.0) / 4.0;
    let variance = count * (count + 1.0) * (2.0 * count + 1.0) / 24.0 - ties / 48.0;
    if variance <= 0.0 {
        return 1.0;
    }
    upper_tail((positive - mean) / variance.sqrt())
}

/// The part of the normal distribution above `z`, to seven digits: a Chebyshev fit of the
/// complementary error function (Press et al., Numerical Recipes, section 6.2).
fn upper_tail(z: f64) -> f64 {
    const FIT: [f64; 10] = [
        -1.26551223,
        1.00002368,
        0.37409196,
        0.09678418,
        -0.18628806,
        0.27886807,
        -1.13520398,
        1.48851587,
        -0.82215223,
        0.17087277,
    ];
    let x = z.abs() / std::f64::consts::SQRT_2;
    let t = 1.0 / (1.0 + 0.5 * x);
    let polynomial = FIT.iter().rev().fold(0.0, |sum, c| sum * t + c);
    let tail = 0.5 * t * (polynomial - x * x).exp();
    if z >= 0.0 { tail } else { 1.0 - tail }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_samples_have_known_probabilities() {
        let check = |differences: &[f64], want: f64| {
            let got = p_greater(differences.iter().copied());
            assert!(
                (got - want).abs() < 1e-4,
                "{differences:?}: {got}, not {want}"
            );
        };
        // Ranks 1 to 5, all positive: z = (15 - 7.5) / sqrt(13.75).
        check(&[1.0, 2.0, 3.0, 4.0, 5.0], 0.02156);
        check(&[-1.0, -2.0, -3.0, -4.0, -5.0], 1.0 - 0.02156);
        // Zeros count for nothing, and of a tie each has half: z = 0.
        check(&[0.0, 0.0, 3.0, -3.0], 0.5);
        check(&[], 1.0);
    }
}
