//! What a path makes of its ends: a path that starts and ends elsewhere can be as smooth as it
//! likes.

use presets::{Kind, Parameter, Patch};
use serde::Serialize;

use super::metrics::Features;

/// The ends of many paths against the true A and B.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Reconstruction {
    /// The part of all switches that are right.
    pub switch_accuracy: f64,
    /// Mean distance of the numbers, each as a part of its range.
    pub numeric_error: f64,
    /// Mean distance of the standardised features, per feature.
    pub timbre_distance: f64,
    /// The same between A and B themselves, to compare with.
    pub timbre_distance_of_ends: f64,
    /// How many ends were compared.
    pub ends: usize,
}

/// Gathers ends, one after the other.
#[derive(Clone, Debug, Default)]
pub struct Gathered {
    right: usize,
    switches: usize,
    numeric: f64,
    numbers: usize,
    timbre: f64,
    timbre_of_ends: f64,
    ends: usize,
}

impl Gathered {
    /// Adds an end: the true patch and what the path has in its place. The transposition is no part
    /// of it, since the published model has none.
    pub fn patch(&mut self, truth: &Patch, found: &Patch) {
        for parameter in Parameter::all().filter(|&p| p != Parameter::TRANSPOSE) {
            let (truth, found) = (truth.get(parameter), found.get(parameter));
            if parameter.spec().kind == Kind::Switch {
                self.right += usize::from(truth == found);
                self.switches += 1;
            } else {
                let range = f64::from(parameter.spec().max);
                self.numeric += (f64::from(truth) - f64::from(found)).abs() / range;
                self.numbers += 1;
            }
        }
    }

    /// Adds the features of an end, of what the path has in its place, and of the other end.
    pub fn timbre(&mut self, truth: &Features, found: &Features, other: &Features) {
        self.timbre += distance(truth, found);
        self.timbre_of_ends += distance(truth, other);
        self.ends += 1;
    }

    /// The means. `None` before the first end.
    pub fn means(&self) -> Option<Reconstruction> {
        if self.ends == 0 {
            return None;
        }
        let ends = self.ends as f64;
        Some(Reconstruction {
            switch_accuracy: self.right as f64 / self.switches.max(1) as f64,
            numeric_error: self.numeric / self.numbers.max(1) as f64,
            timbre_distance: self.timbre / ends,
            timbre_distance_of_ends: self.timbre_of_ends / ends,
            ends: self.ends,
        })
    }
}

fn distance(a: &Features, b: &Features) -> f64 {
    let sum: f64 = a.iter().zip(b).map(|(a, b)| (a - b).abs()).sum();
    sum / a.len() as f64
}

#[cfg(test)]
mod tests {
    use timbre::FEATURES;

    use super::*;

    #[test]
    fn a_wrong_switch_and_a_wrong_number_are_seen() {
        let mut found = Patch::INIT;
        found.set(Parameter::ALGORITHM, 31);
        found.set(Parameter::LFO_SPEED, 35 + 99);
        let mut gathered = Gathered::default();
        assert_eq!(gathered.means(), None);
        gathered.patch(&Patch::INIT, &found);
        gathered.timbre(&[0.0; FEATURES], &[1.0; FEATURES], &[4.0; FEATURES]);
        let means = gathered.means().unwrap();
        assert!((means.switch_accuracy - 21.0 / 22.0).abs() < 1e-12);
        assert!((means.numeric_error - 64.0 / 99.0 / 122.0).abs() < 1e-12);
        assert_eq!(means.timbre_distance * 4.0, means.timbre_distance_of_ends);
    }
}
