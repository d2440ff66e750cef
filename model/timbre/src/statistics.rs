//! Medians and quartiles over frames.

/// The median of the values, which are put in order on the way; 0 of none.
pub fn median(values: &mut [f64]) -> f64 {
    median_and_range(values).0
}

/// Median and interquartile range of the values, which are put in order on the way. Quantiles lie
/// between the plotting positions (k - 1/2) / n, joined by straight lines. Values that are no
/// numbers count as 0; of no values both are 0.
pub fn median_and_range(values: &mut [f64]) -> (f64, f64) {
    if values.is_empty() {
        return (0.0, 0.0);
    }
    for value in values.iter_mut() {
        if !value.is_finite() {
            *value = 0.0;
        }
    }
    values.sort_unstable_by(f64::total_cmp);
    let median = quantile(values, 0.5);
    (median, quantile(values, 0.75) - quantile(values, 0.25))
}

/// A quantile of values in rising order; there must be at least one.
fn quantile(sorted: &[f64], fraction: f64) -> f64 {
    let last = (sorted.len() - 1) as f64;
    let place = (fraction * sorted.len() as f64 - 0.5).clamp(0.0, last);
    let below = place as usize;
    let above = (below + 1).min(sorted.len() - 1);
    sorted[below] + (sorted[above] - sorted[below]) * (place - below as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quartiles_are_those_of_the_plotting_positions() {
        // For 1 to 4 the quartiles are 1.5 and 3.5; for 1 to 5 they are 1.75 and 4.25.
        assert_eq!(median_and_range(&mut [4.0, 1.0, 3.0, 2.0]), (2.5, 2.0));
        assert_eq!(median_and_range(&mut [5.0, 1.0, 4.0, 2.0, 3.0]), (3.0, 2.5));
        assert_eq!(median_and_range(&mut [7.0]), (7.0, 0.0));
        assert_eq!(median_and_range(&mut [f64::NAN, 0.0, 0.0]), (0.0, 0.0));
    }
}
