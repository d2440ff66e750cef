//! Which operators of an algorithm may change places without a change of the sound.
//!
//! Two patches can be the same sound with their operators in another order. Before a path is drawn
//! between two patches, [`align`] gives one of them the order that is nearest to the other's, so
//! that like operators travel to like ones.

use presets::{Operator, OperatorParameter, Parameter, Patch};

/// An order of operators: place `i` (operator `i + 1`) takes what operator `order[i] + 1` was.
pub type Order = [usize; Operator::COUNT];

/// The order that changes nothing.
pub const IDENTITY: Order = [0, 1, 2, 3, 4, 5];

/// Places that may be exchanged freely, as groups of equally long chains. Operators from 0.
type Chains = &'static [&'static [usize]];

/// The exchangeable chains of an algorithm, 0 to 31, whatever its feedback.
fn chains(algorithm: u8) -> &'static [Chains] {
    match algorithm + 1 {
        5 | 6 => &[&[&[0, 1], &[2, 3]]],
        10 | 15 | 27 => &[&[&[4], &[5]]],
        12 => &[&[&[3], &[4], &[5]]],
        13 | 19 | 23 => &[&[&[3], &[4]]],
        17 => &[&[&[2, 3], &[4, 5]]],
        20 => &[&[&[0], &[1]], &[&[4], &[5]]],
        21 => &[&[&[0], &[1]], &[&[3], &[4]]],
        22 => &[&[&[2], &[3], &[4]]],
        24 => &[&[&[0], &[1]], &[&[2], &[3], &[4]]],
        25 => &[&[&[0], &[1], &[2]], &[&[3], &[4]]],
        29 => &[&[&[0], &[1]]],
        30 => &[&[&[0], &[1], &[5]]],
        31 => &[&[&[0], &[1], &[2], &[3]]],
        32 => &[&[&[0], &[1], &[2], &[3], &[4]]],
        _ => &[],
    }
}

/// The same where there is no feedback, which makes more places alike.
fn chains_without_feedback(algorithm: u8) -> &'static [Chains] {
    match algorithm + 1 {
        3 | 4 => &[&[&[0, 1, 2], &[3, 4, 5]]],
        5 | 6 => &[&[&[0, 1], &[2, 3], &[4, 5]]],
        11 => chains(9),
        13 => chains(11),
        14 => chains(14),
        16 => chains(16),
        18 => &[&[&[1], &[2]]],
        26 => chains(26),
        29 => &[&[&[0], &[1]], &[&[2, 3], &[4, 5]]],
        32 => &[&[&[0], &[1], &[2], &[3], &[4], &[5]]],
        _ => chains(algorithm),
    }
}

/// All orders of operators that leave the sound of a patch as it is, [`IDENTITY`] first: 1 to 720.
pub fn orders(patch: &Patch) -> Vec<Order> {
    let algorithm = patch.get(Parameter::ALGORITHM);
    let groups = if patch.get(Parameter::FEEDBACK) == 0 {
        chains_without_feedback(algorithm)
    } else {
        chains(algorithm)
    };
    let mut orders = vec![IDENTITY];
    for group in groups {
        let arrangements = permutations(group.len());
        orders = orders
            .iter()
            .flat_map(|order| {
                arrangements.iter().map(move |arrangement| {
                    let mut order = *order;
                    for (place, &taken) in arrangement.iter().enumerate() {
                        for (&to, &from) in group[place].iter().zip(group[taken]) {
                            order[to] = from;
                        }
                    }
                    order
                })
            })
            .collect();
    }
    orders
}

/// All arrangements of `count` things, the unchanged one first.
fn permutations(count: usize) -> Vec<Vec<usize>> {
    let Some(last) = count.checked_sub(1) else {
        return vec![Vec::new()];
    };
    let mut all = Vec::new();
    for place in (0..count).rev() {
        for mut shorter in permutations(last) {
            shorter.insert(place, last);
            all.push(shorter);
        }
    }
    all
}

/// The patch with its operators in another order.
pub fn reorder(patch: &Patch, order: &Order) -> Patch {
    let mut out = *patch;
    for (to, &from) in Operator::ALL.into_iter().zip(order) {
        let from = Operator::ALL[from];
        for parameter in OPERATOR_PARAMETERS {
            out.set_op(to, parameter, patch.op(from, parameter));
        }
    }
    out
}

/// The order of `patch`, among those that leave its sound as it is, whose operators are nearest to
/// those of `to` place by place.
pub fn align(patch: &Patch, to: &Patch) -> Order {
    let mut cost = [[0.0; Operator::COUNT]; Operator::COUNT];
    for (row, target) in cost.iter_mut().zip(Operator::ALL) {
        for (cost, source) in row.iter_mut().zip(Operator::ALL) {
            *cost = distance(patch, source, to, target);
        }
    }
    let total = |order: &Order| -> f32 { (0..order.len()).map(|i| cost[i][order[i]]).sum() };
    let mut orders = orders(patch).into_iter();
    let first = orders.next().unwrap_or(IDENTITY);
    let (best, _) = orders.fold((first, total(&first)), |(best, least), order| {
        let cost = total(&order);
        if cost < least {
            (order, cost)
        } else {
            (best, least)
        }
    });
    best
}

/// How far two operators are from each other as sounds: pitch and level count most, and the less
/// either is heard the less the rest matters.
fn distance(a: &Patch, a_operator: Operator, b: &Patch, b_operator: Operator) -> f32 {
    use OperatorParameter as P;
    let value = |patch: &Patch, operator: Operator, parameter: P| {
        let max = Parameter::of(operator, parameter).spec().max;
        f32::from(patch.op(operator, parameter)) / f32::from(max)
    };
    let difference =
        |parameter: P| (value(a, a_operator, parameter) - value(b, b_operator, parameter)).abs();
    let ratio = |patch: &Patch, operator: Operator| {
        let coarse = f32::from(patch.op(operator, P::Coarse)).max(0.5);
        (coarse * (1.0 + f32::from(patch.op(operator, P::Fine)) / 100.0)).log2()
    };
    let pitch = (ratio(a, a_operator) - ratio(b, b_operator)).abs().min(3.0) / 3.0;
    let level = difference(P::OutputLevel);
    let heard = value(a, a_operator, P::OutputLevel).min(value(b, b_operator, P::OutputLevel));
    let envelope = [
        P::EgRate1,
        P::EgRate2,
        P::EgRate3,
        P::EgRate4,
        P::EgLevel1,
        P::EgLevel2,
        P::EgLevel3,
        P::EgLevel4,
    ];
    let shape = envelope.into_iter().map(difference).sum::<f32>() / 8.0;
    2.0 * level + heard * (2.0 * difference(P::Mode) + 2.0 * pitch + shape)
}

/// All parameters of an operator, in the order of their bytes.
const OPERATOR_PARAMETERS: [OperatorParameter; 21] = {
    use OperatorParameter as P;
    [
        P::EgRate1,
        P::EgRate2,
        P::EgRate3,
        P::EgRate4,
        P::EgLevel1,
        P::EgLevel2,
        P::EgLevel3,
        P::EgLevel4,
        P::BreakPoint,
        P::LeftDepth,
        P::RightDepth,
        P::LeftCurve,
        P::RightCurve,
        P::RateScaling,
        P::AmpModSensitivity,
        P::VelocitySensitivity,
        P::OutputLevel,
        P::Mode,
        P::Coarse,
        P::Fine,
        P::Detune,
    ]
};

#[cfg(test)]
mod tests {
    use super::*;

    fn patch(algorithm: u8, feedback: u8) -> Patch {
        let mut patch = Patch::INIT;
        patch.set(Parameter::ALGORITHM, algorithm - 1);
        patch.set(Parameter::FEEDBACK, feedback);
        for operator in Operator::ALL {
            patch.set_op(operator, OperatorParameter::Coarse, operator.number());
            patch.set_op(
                operator,
                OperatorParameter::OutputLevel,
                80 + operator.number(),
            );
        }
        patch
    }

    #[test]
    fn as_many_orders_as_the_symmetry_has() {
        let counts = [
            (1, 7, 1),
            (1, 0, 1),
            (3, 7, 1),
            (3, 0, 2),
            (5, 7, 2),
            (5, 0, 6),
            (12, 7, 6),
            (20, 7, 4),
            (24, 7, 12),
            (25, 0, 12),
            (29, 0, 4),
            (31, 7, 24),
            (32, 7, 120),
            (32, 0, 720),
        ];
        for (algorithm, feedback, count) in counts {
            let patch = patch(algorithm, feedback);
            let mut orders = orders(&patch);
            assert_eq!(orders[0], IDENTITY, "algorithm {algorithm}");
            orders.sort_unstable();
            orders.dedup();
            assert_eq!(
                orders.len(),
                count,
                "algorithm {algorithm}, feedback {feedback}"
            );
        }
    }

    #[test]
    fn a_shuffled_patch_is_aligned_back() {
        for (algorithm, feedback) in [(5, 7), (22, 7), (32, 0), (1, 7)] {
            let patch = patch(algorithm, feedback);
            for order in orders(&patch) {
                let shuffled = reorder(&patch, &order);
                assert_eq!(reorder(&shuffled, &align(&shuffled, &patch)), patch);
            }
        }
    }
}
