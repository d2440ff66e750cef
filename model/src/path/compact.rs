//! [`CompactPath`]: the sounds between two patches as the model imagines them, with exact ends.
//!
//! The latents of both ends are joined by a straight line, and points on it are decoded. What the decoder misses at an end is added back, and less and less of it
//! towards the other end, in a straight line: so the ends are A and B themselves, nothing snaps, and a
//! path between two equal patches stays where it is. Each switch changes once, where the decoder
//! finds it most likely.

use candle_core::Result;
use presets::{FractionalPatch, Kind, Parameter, Patch};
use timbre::FEATURES;

use super::even::Foresight;
use crate::compact::{Compact, Decoding, Slopes};
use crate::pool::Pool;

/// Decoded points from A to B, both ends included.
pub const INSIDE: usize = 33;

/// A path from A to B. What it holds is small; asking it is cheap.
#[derive(Clone, Debug, PartialEq)]
pub struct CompactPath {
    a: Patch,
    b: Patch,
    /// Decoded points in the order of their positions; only numbers that may take fractions count.
    knots: Vec<(f32, FractionalPatch)>,
    /// Where each switch takes B's setting, in the order of [`Parameter::switches`].
    flips: Vec<(Parameter, f32)>,
}

impl CompactPath {
    /// The path between two patches.
    ///
    /// # Errors
    /// Only if memory cannot be had.
    pub fn new(model: &Compact, a: &Patch, b: &Patch) -> Result<CompactPath> {
        let latents = model.encode_closely(&[*a, *b])?;
        let positions = positions();
        let decoded = model.decode(&line(&latents, &positions))?;
        let missed = (missed(a, &decoded[0]), missed(b, &decoded[INSIDE - 1]));
        let knots = positions
            .iter()
            .zip(&decoded)
            .map(|(&position, decoding)| (position, corrected(position, decoding, &missed)))
            .collect();
        let flips = Parameter::switches()
            .enumerate()
            .map(|(index, parameter)| (parameter, flip(&decoded, index, a, b)))
            .collect();
        Ok(CompactPath {
            a: *a,
            b: *b,
            knots,
            flips,
        })
    }

    /// The sound at a position: A at 0, B at 1, both to the byte; past them it stays.
    pub fn at(&self, position: f32) -> FractionalPatch {
        if position == 0.0 || position == 1.0 {
            return FractionalPatch::from(if position == 0.0 { &self.a } else { &self.b });
        }
        let mut patch = self.numbers(position);
        for &(parameter, flip) in &self.flips {
            let end = if position < flip { &self.a } else { &self.b };
            patch.0[parameter.index()] = f32::from(end.get(parameter));
        }
        patch.0[Parameter::TRANSPOSE.index()] = self.transposition(position);
        patch
    }

    /// Sounds along the path at eighths of it, for whoever finds its [pace](super::even::pace): with
    /// the switches of the nearer end, and around the half with those of either.
    pub fn along(&self) -> Vec<Patch> {
        let sound = |eighths: u8, end: &Patch| {
            let position = f32::from(eighths) / 8.0;
            let mut sound = self.numbers(position);
            for parameter in Parameter::switches() {
                sound.0[parameter.index()] = f32::from(end.get(parameter));
            }
            sound.0[Parameter::TRANSPOSE.index()] = self.transposition(position);
            sound.round(&end.name())
        };
        let of_a = (1..=5).map(|eighths| sound(eighths, &self.a));
        let of_b = (3..=7).map(|eighths| sound(eighths, &self.b));
        of_a.chain(of_b).collect()
    }

    /// Sounds that may lie on the [even path](super::even), at eighths.
    pub fn candidates(&self) -> Vec<Patch> {
        let name = self.a.name();
        let inside = (1..8u8).map(|step| f32::from(step) / 8.0);
        inside
            .map(|position| self.at(position).round(&name))
            .collect()
    }

    /// Where each switch that differs takes B's setting, as positions.
    pub fn flips(&self) -> impl Iterator<Item = (Parameter, f32)> {
        let differs = |parameter: Parameter| self.a.get(parameter) != self.b.get(parameter);
        self.flips
            .iter()
            .copied()
            .filter(move |&(parameter, _)| differs(parameter))
    }

    /// The numbers between the two knots around a position.
    fn numbers(&self, position: f32) -> FractionalPatch {
        let right = self.knots.partition_point(|&(knot, _)| knot <= position);
        let right = right.clamp(1, self.knots.len() - 1);
        let ((from, left), (to, right)) = (&self.knots[right - 1], &self.knots[right]);
        let part = ((position - from) / (to - from)).clamp(0.0, 1.0);
        FractionalPatch(std::array::from_fn(|index| {
            left.0[index] + (right.0[index] - left.0[index]) * part
        }))
    }

    /// Whole semitones from A's to B's.
    fn transposition(&self, position: f32) -> f32 {
        let [from, to] = [&self.a, &self.b].map(|end| f32::from(end.get(Parameter::TRANSPOSE)));
        let max = f32::from(Parameter::TRANSPOSE.spec().max);
        (from + (to - from) * position).round().clamp(0.0, max)
    }
}

/// Points of the line between the latents of two patches, decoded and left as they are: the ends are
/// the model's reconstructions. For measuring the model; what is played is a [`CompactPath`].
///
/// # Errors
/// Only if memory cannot be had.
pub fn decoded(
    model: &Compact,
    a: &Patch,
    b: &Patch,
    positions: &[f32],
) -> Result<Vec<FractionalPatch>> {
    let transposition = |position: f32| {
        let end = if position < 0.5 { a } else { b };
        f32::from(end.get(Parameter::TRANSPOSE))
    };
    let decodings = model.decode(&line(&model.encode_closely(&[*a, *b])?, positions))?;
    let patches = positions
        .iter()
        .zip(decodings)
        .map(|(&position, decoding)| {
            let mut patch = decoding.patch;
            patch.0[Parameter::TRANSPOSE.index()] = transposition(position);
            patch
        });
    Ok(patches.collect())
}

/// What the ear of a network foretells, worked out on a pool.
pub struct Foretelling<'a> {
    /// The network.
    pub network: &'a Compact,
    /// Where it computes.
    pub pool: &'a Pool,
}

impl Foresight for Foretelling<'_> {
    fn slopes(&self, patches: &[Patch], weights: &[[f32; FEATURES]]) -> Option<Vec<Slopes>> {
        let slopes = self.pool.run(|| self.network.slopes(patches, weights));
        slopes.ok()
    }
}

/// Points of the straight line through two latents.
fn line(latents: &[Vec<f32>], positions: &[f32]) -> Vec<Vec<f32>> {
    let point = |position: f32| {
        let between = |(from, to): (&f32, &f32)| from + (to - from) * position;
        latents[0].iter().zip(&latents[1]).map(between).collect()
    };
    positions.iter().map(|&position| point(position)).collect()
}

/// Where points are decoded.
fn positions() -> Vec<f32> {
    let steps = 0..INSIDE;
    steps
        .map(|step| step as f32 / (INSIDE - 1) as f32)
        .collect()
}

/// What a decoding lacks of the patch it should be.
fn missed(patch: &Patch, decoding: &Decoding) -> FractionalPatch {
    let whole = FractionalPatch::from(patch);
    FractionalPatch(std::array::from_fn(|i| whole.0[i] - decoding.patch.0[i]))
}

/// The numbers of a decoding with what is missed at the ends, the less of it the further away.
fn corrected(
    position: f32,
    decoding: &Decoding,
    missed: &(FractionalPatch, FractionalPatch),
) -> FractionalPatch {
    let mut patch = decoding.patch;
    for parameter in Parameter::all().filter(|parameter| parameter.spec().kind == Kind::Numeric) {
        let max = f32::from(parameter.spec().max);
        let added = (1.0 - position) * missed.0.get(parameter) + position * missed.1.get(parameter);
        let value = patch.get(parameter) + added;
        patch.0[parameter.index()] = value.clamp(0.0, max);
    }
    patch
}

/// Where a switch changes from A's setting to B's: the place that makes all decoded points together
/// most likely. Strictly between the ends.
fn flip(inside: &[Decoding], switch: usize, a: &Patch, b: &Patch) -> f32 {
    let for_b: Vec<f32> = inside
        .iter()
        .map(|decoding| {
            let (parameter, logits) = &decoding.switches[switch];
            let logit = |end: &Patch| logits[usize::from(end.get(*parameter))];
            logit(b) - logit(a)
        })
        .collect();
    // With the change before point `at`, what speaks for B before it and for A from it on is lost.
    let lost = |at: usize| for_b[..at].iter().sum::<f32>() - for_b[at..].iter().sum::<f32>();
    let (middle, last) = (inside.len() / 2, inside.len() - 1);
    // From the middle outwards: the first of several equal places wins.
    let mut places: Vec<usize> = (1..=last).collect();
    places.sort_by_key(|place| place.abs_diff(middle));
    let best = places
        .into_iter()
        .min_by(|&one, &other| lost(one).total_cmp(&lost(other)));
    (best.unwrap_or(middle) as f32 - 0.5) / last as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compact::Config;
    use crate::random::Random;

    fn any(random: &mut Random) -> Patch {
        let mut patch = Patch::INIT;
        for parameter in Parameter::all() {
            let values = usize::from(parameter.spec().max) + 1;
            patch.set(parameter, random.below(values) as u8);
        }
        patch
    }

    #[test]
    fn ends_are_exact_whatever_the_model_says() {
        let model = Compact::untrained(Config::TINY, 1).unwrap();
        let mut random = Random::new(1);
        for _ in 0..50 {
            let (a, b) = (any(&mut random), any(&mut random));
            let path = CompactPath::new(&model, &a, &b).unwrap();
            // Not only at the ends themselves: next to them nothing snaps.
            for (end, position, beside) in [(&a, 0.0, 1e-4), (&b, 1.0, 1.0 - 1e-4)] {
                let whole = FractionalPatch::from(end);
                assert_eq!(path.at(position), whole);
                let near = path.at(beside);
                for parameter in Parameter::all() {
                    let step = (near.get(parameter) - whole.get(parameter)).abs();
                    assert!(step < 0.1, "{parameter} snaps by {step}");
                }
            }
        }
    }

    #[test]
    fn everything_on_a_path_is_a_patch() {
        let model = Compact::untrained(Config::TINY, 2).unwrap();
        let mut random = Random::new(2);
        for _ in 0..20 {
            let (a, b) = (any(&mut random), any(&mut random));
            let path = CompactPath::new(&model, &a, &b).unwrap();
            for step in 0..=40 {
                let patch = path.at(-0.5 + step as f32 / 20.0);
                for parameter in Parameter::all() {
                    let value = patch.get(parameter);
                    let max = f32::from(parameter.spec().max);
                    assert!((0.0..=max).contains(&value), "{parameter} is {value}");
                    if !FractionalPatch::is_continuous(parameter) {
                        assert_eq!(value.fract(), 0.0, "{parameter}");
                    }
                }
            }
            assert!(path.flips().all(|(_, flip)| flip > 0.0 && flip < 1.0));
        }
    }

    #[test]
    fn a_path_from_a_patch_to_itself_stays_there() {
        let model = Compact::untrained(Config::TINY, 3).unwrap();
        let a = any(&mut Random::new(3));
        let path = CompactPath::new(&model, &a, &a).unwrap();
        assert_eq!(path.flips().count(), 0);
        for parameter in Parameter::all() {
            let moved = (path.at(0.3).get(parameter) - f32::from(a.get(parameter))).abs();
            assert!(moved < 1e-3, "{parameter} moves by {moved}");
        }
    }
}
