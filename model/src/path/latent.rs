//! The latent path: what a network says lies between two patches, with exact ends.
//!
//! What it makes of A and B themselves is never quite A and B. That difference is spread over the
//! path, all of it at the ends and less and less inside, so that nothing snaps.

use candle_core::Result;
use presets::{FractionalPatch, Kind, Parameter, Patch};

use crate::latent::{linear, spherical};
use crate::paper::RowProbabilities;
use crate::spinvae::Spinvae;
use crate::tokens::Row;

/// Positions at which the even path gets candidates from the latent, on each of its routes.
const ROUTE: [f64; 9] = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];

/// The path at these positions (0 is A, 1 is B), ends exact. Numbers keep their fractions; a switch
/// has the value that is likeliest once the ends are made certain.
///
/// # Errors
/// If the network cannot compute.
pub fn exact(
    model: &Spinvae,
    a: &Patch,
    b: &Patch,
    positions: &[f64],
) -> Result<Vec<FractionalPatch>> {
    let (rows, ends) = decode(model, a, b, positions, linear)?;
    let paths = rows.iter().zip(positions);
    Ok(paths
        .map(|(rows, &position)| blend(rows, &ends, [a, b], position))
        .collect())
}

/// Sounds along the path at eighths of it, for whoever finds its [pace](super::even::pace).
///
/// # Errors
/// If the network cannot compute.
pub fn along(model: &Spinvae, a: &Patch, b: &Patch) -> Result<Vec<Patch>> {
    let eighths: Vec<f64> = (1..8).map(|step| f64::from(step) / 8.0).collect();
    let sounds = exact(model, a, b, &eighths)?.into_iter();
    Ok(sounds.map(|sound| sound.round(&a.name())).collect())
}

/// The path as the network has it, ends reconstructed: what the published evaluation measures.
///
/// # Errors
/// If the network cannot compute.
pub fn reconstructed(
    model: &Spinvae,
    a: &Patch,
    b: &Patch,
    positions: &[f64],
) -> Result<Vec<Patch>> {
    let latents = model.encode(&[*a, *b])?;
    let points = linear(&latents[0].mean, &latents[1].mean, positions);
    let decoded = model.decode(&points)?;
    Ok(decoded.iter().map(|decoded| decoded.patch(a)).collect())
}

/// Sounds that may lie between two patches, for the [even path](super::even): the straight and the
/// spherical route, both with exact ends.
///
/// # Errors
/// If the network cannot compute.
pub fn candidates(model: &Spinvae, a: &Patch, b: &Patch) -> Result<Vec<Patch>> {
    let mut candidates = Vec::with_capacity(2 * ROUTE.len());
    for route in [linear, spherical] {
        let (rows, ends) = decode(model, a, b, &ROUTE, route)?;
        for (rows, &position) in rows.iter().zip(&ROUTE) {
            candidates.push(blend(rows, &ends, [a, b], position).round(&a.name()));
        }
    }
    Ok(candidates)
}

/// A way through the latent space from one point to another, at some positions.
type Route = fn(&[f32], &[f32], &[f64]) -> Vec<Vec<f32>>;

/// What the network says at positions of a route, and at its ends.
fn decode(
    model: &Spinvae,
    a: &Patch,
    b: &Patch,
    positions: &[f64],
    route: Route,
) -> Result<(Vec<RowProbabilities>, [RowProbabilities; 2])> {
    let latents = model.encode(&[*a, *b])?;
    let mut with_ends = vec![0.0, 1.0];
    with_ends.extend(positions);
    let points = route(&latents[0].mean, &latents[1].mean, &with_ends);
    let mut decoded = model.decode(&points)?.into_iter().map(|d| d.probabilities);
    // PANIC: as many are decoded as there are points.
    let ends = [(); 2].map(|()| decoded.next().expect("both ends were decoded"));
    Ok((decoded.collect(), ends))
}

/// What the network says at a position, corrected by what it gets wrong at the ends.
fn blend(
    rows: &RowProbabilities,
    ends: &[RowProbabilities; 2],
    truth: [&Patch; 2],
    position: f64,
) -> FractionalPatch {
    // By the sums below too, but for the last digit.
    for (end, patch) in truth.into_iter().enumerate() {
        if position == end as f64 {
            return patch.into();
        }
    }
    let share_b = position.clamp(0.0, 1.0) as f32;
    let shares = [1.0 - share_b, share_b];
    // What the network does not learn, the transposition, goes in a straight line.
    let mut patch = FractionalPatch::from(truth[0]);
    let [from, to] = truth.map(|patch| f32::from(patch.get(Parameter::TRANSPOSE)));
    patch.0[Parameter::TRANSPOSE.index()] = (from + (to - from) * share_b).round();
    for row in Row::all() {
        let parameter = row.parameter();
        let here = &rows.0[row.index()];
        let corrections = [0, 1].map(|end| {
            let certain = usize::from(truth[end].get(parameter));
            (shares[end], certain, &ends[end].0[row.index()])
        });
        patch.0[parameter.index()] = if parameter.spec().kind == Kind::Switch {
            likeliest(here, &corrections)
        } else {
            let mut value = expected(here);
            for (share, certain, said) in corrections {
                value += share * (certain as f32 - expected(said));
            }
            value.clamp(0.0, f32::from(parameter.spec().max))
        };
    }
    patch
}

/// The likeliest value, where at each end (with its share) one value is certain that the network
/// gave some other probability.
fn likeliest(here: &[f32], corrections: &[(f32, usize, &Vec<f32>); 2]) -> f32 {
    let probability = |value: usize| {
        let mut probability = here[value];
        for &(share, certain, said) in corrections {
            let truth = if value == certain { 1.0 } else { 0.0 };
            probability += share * (truth - said[value]);
        }
        probability
    };
    let mut best = 0;
    for value in 1..here.len() {
        if probability(value) > probability(best) {
            best = value;
        }
    }
    best as f32
}

/// The mean value of a distribution over steps.
fn expected(probabilities: &[f32]) -> f32 {
    let steps = probabilities.iter().enumerate();
    steps
        .map(|(step, probability)| step as f32 * probability)
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A network that says the same of every row, whatever its values: all on one of them.
    fn says(value: impl Fn(Row) -> usize) -> RowProbabilities {
        let rows = Row::all().map(|row| {
            let mut row_says = vec![0.0; row.cardinality() as usize];
            row_says[value(row)] = 1.0;
            row_says
        });
        RowProbabilities(rows.collect())
    }

    #[test]
    fn ends_are_exact_whatever_the_network_says() {
        let mut b = Patch::INIT;
        for parameter in Parameter::all() {
            b.set(parameter, parameter.spec().max);
        }
        let truth = [&Patch::INIT, &b];
        let ends = [says(|_| 1), says(|_| 0)];
        for (end, patch) in truth.into_iter().enumerate() {
            let exact = FractionalPatch::from(patch);
            assert_eq!(blend(&ends[end], &ends, truth, end as f64), exact);
            // Just inside it is as near as that.
            let near = blend(&ends[end], &ends, truth, (end as f64 - 1e-6).abs());
            for parameter in Parameter::all() {
                let apart = (near.get(parameter) - exact.get(parameter)).abs();
                assert!(apart < 0.01, "{parameter}: {apart}");
            }
        }
    }

    #[test]
    fn inside_the_network_is_heard() {
        let truth = [&Patch::INIT; 2];
        let right = says(|row| usize::from(Patch::INIT.get(row.parameter())));
        let other = says(|row| row.cardinality() as usize - 1);
        let ends = [right.clone(), right];
        let found = blend(&other, &ends, truth, 0.5);
        assert_eq!(found.get(Parameter::ALGORITHM), 31.0);
        assert_eq!(found.get(Parameter::LFO_SPEED), 99.0);
        assert_eq!(found.get(Parameter::TRANSPOSE), 24.0);
    }
}
