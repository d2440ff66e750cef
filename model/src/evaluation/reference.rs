//! The paths that others are held against.

use presets::{Kind, Parameter, Patch};

/// The published reference: every value in a straight line and rounded, the switches too, so that an
/// algorithm passes through all the numbers between.
pub fn linear(a: &Patch, b: &Patch, position: f64) -> Patch {
    blend(a, b, position, |_| true)
}

/// The strong reference: numbers in straight lines, every switch flipped once, at the half.
pub fn half(a: &Patch, b: &Patch, position: f64) -> Patch {
    blend(a, b, position, |parameter| {
        parameter.spec().kind == Kind::Numeric
    })
}

/// Sounds along the linear path where [`CompactPath::along`](crate::path::CompactPath::along) has the
/// network's, to find their pace: at eighths with the switches of the nearer end, and around the half
/// with those of either.
pub fn along(a: &Patch, b: &Patch) -> Vec<Patch> {
    let sound = |eighths: u8, end: &Patch| {
        let mut sound = half(a, b, f64::from(eighths) / 8.0);
        for switch in Parameter::switches() {
            sound.set(switch, end.get(switch));
        }
        sound
    };
    let of_a = (1..=5).map(|eighths| sound(eighths, a));
    let of_b = (3..=7).map(|eighths| sound(eighths, b));
    of_a.chain(of_b).collect()
}

fn blend(a: &Patch, b: &Patch, position: f64, gradual: impl Fn(Parameter) -> bool) -> Patch {
    let mut patch = if position < 0.5 { *a } else { *b };
    for parameter in Parameter::all().filter(|&parameter| gradual(parameter)) {
        let (from, to) = (f64::from(a.get(parameter)), f64::from(b.get(parameter)));
        // `as` saturates, and what lies past a range is brought back into it.
        patch.set(parameter, (from + (to - from) * position).round() as u8);
    }
    patch
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_are_exact_and_only_one_walks_through_algorithms() {
        let mut b = Patch::INIT;
        for parameter in Parameter::all() {
            b.set(parameter, parameter.spec().max);
        }
        let a = Patch::INIT;
        for path in [linear, half] {
            assert_eq!(path(&a, &b, 0.0).values(), a.values());
            assert_eq!(path(&a, &b, 1.0).values(), b.values());
        }
        assert_eq!(linear(&a, &b, 0.25).get(Parameter::ALGORITHM), 8);
        assert_eq!(half(&a, &b, 0.25).get(Parameter::ALGORITHM), 0);
        assert_eq!(half(&a, &b, 0.25).get(Parameter::FEEDBACK), 2);
    }
}
