//! [`Split`]: which patches the model learns from, and which it is judged by.
//!
//! The side of a patch comes from a hash of its content, so that it does not depend on what else a
//! file holds or on the order in which files were read. Near-duplicates go together: collections are
//! full of sounds that were copied and changed in a few places, and a model that has seen one of
//! them has seen the others.

use presets::{Parameter, Patch};
use rayon::prelude::*;
use sha2::{Digest, Sha256};

/// Two patches that differ in at most this many of their 145 values are near-duplicates.
pub const NEAR: usize = 12;

/// Of so many parts of the whole, one is for validation and one for testing.
const PARTS: u64 = 10;

/// The three sides, as indices of the patches that were split; each in increasing order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Split {
    /// About eight tenths, to learn from.
    pub train: Vec<usize>,
    /// About a tenth, to choose by while training.
    pub validation: Vec<usize>,
    /// About a tenth, to be judged by, once.
    pub test: Vec<usize>,
}

impl Split {
    /// Splits patches into sides. Quadratic in their number, with a small constant: some seconds for
    /// 26,000 on one core.
    pub fn of(patches: &[Patch]) -> Split {
        let mut split = Split::default();
        for (index, &family) in families(patches).iter().enumerate() {
            match hash(&patches[family]) % PARTS {
                0 => split.test.push(index),
                1 => split.validation.push(index),
                _ => split.train.push(index),
            }
        }
        split
    }
}

/// For each patch the index of the member that stands for its family. A family is held together by
/// near-duplicates of near-duplicates; the member that stands for it has the smallest hash.
pub fn families(patches: &[Patch]) -> Vec<usize> {
    // By smallest hash first, so that what stands for a family does not depend on the order.
    let mut order: Vec<usize> = (0..patches.len()).collect();
    order.sort_by_cached_key(|&index| (hash(&patches[index]), index));

    let near: Vec<(usize, usize)> = (0..order.len())
        .into_par_iter()
        .flat_map_iter(|late| {
            let order = &order;
            let patch = patches[order[late]].values();
            (0..late)
                .filter(move |&early| is_near(patch, patches[order[early]].values()))
                .map(move |early| (early, late))
        })
        .collect();

    let mut parent: Vec<usize> = (0..order.len()).collect();
    for (a, b) in near {
        let (a, b) = (root(&mut parent, a), root(&mut parent, b));
        parent[a.max(b)] = a.min(b);
    }
    let mut families = vec![0; order.len()];
    for place in 0..order.len() {
        families[order[place]] = order[root(&mut parent, place)];
    }
    families
}

fn root(parent: &mut [usize], mut place: usize) -> usize {
    while parent[place] != place {
        parent[place] = parent[parent[place]];
        place = parent[place];
    }
    place
}

fn is_near(a: &[u8; Parameter::COUNT], b: &[u8; Parameter::COUNT]) -> bool {
    // Most pairs are far apart and show it in their first half.
    let (Some((a, a_rest)), Some((b, b_rest))) = (a.split_first_chunk(), b.split_first_chunk())
    else {
        return false;
    };
    let first = differences::<64>(a, b);
    first <= NEAR && {
        let rest = a_rest.iter().zip(b_rest).filter(|(a, b)| a != b).count();
        first + rest <= NEAR
    }
}

fn differences<const N: usize>(a: &[u8; N], b: &[u8; N]) -> usize {
    // At most 64, and without overflow checks this becomes a few vector instructions.
    let count = |sum: u8, (a, b): (&u8, &u8)| sum.wrapping_add(u8::from(a != b));
    usize::from(a.iter().zip(b).fold(0, count))
}

/// A hash of the sound, not of the name; the same on every machine and in every version.
fn hash(patch: &Patch) -> u64 {
    let digest = Sha256::digest(patch.values());
    u64::from_le_bytes(std::array::from_fn(|i| digest[i]))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Patches that have nothing to do with each other.
    fn strangers(count: usize) -> Vec<Patch> {
        let mut state = 1u64;
        (0..count)
            .map(|_| {
                let mut patch = Patch::INIT;
                for parameter in Parameter::all() {
                    state = state.wrapping_mul(6364136223846793005).wrapping_add(1);
                    let values = u64::from(parameter.spec().max) + 1;
                    patch.set(parameter, ((state >> 33) % values) as u8);
                }
                patch
            })
            .collect()
    }

    fn changed(patch: &Patch, places: usize) -> Patch {
        let mut patch = *patch;
        for parameter in Parameter::all().step_by(5).take(places) {
            let max = parameter.spec().max;
            patch.set(parameter, (patch.get(parameter) + 1) % (max + 1));
        }
        patch
    }

    #[test]
    fn near_duplicates_share_a_side() {
        let mut patches = strangers(300);
        for index in 0..300 {
            let near = changed(&patches[index], NEAR);
            patches.push(near);
            patches.push(changed(&near, NEAR * 2));
        }
        let families = families(&patches);
        for index in 0..300 {
            let near = 300 + 2 * index;
            assert_eq!(families[index], families[near]);
            // A change of twice the size on other values joins nothing by itself.
            assert_eq!(
                families[near] == families[near + 1],
                is_near(patches[near].values(), patches[near + 1].values(),)
                    || is_near(patches[index].values(), patches[near + 1].values())
            );
        }
        let split = Split::of(&patches);
        for side in [&split.train, &split.validation, &split.test] {
            assert!(!side.is_empty());
            for &index in side.iter().filter(|&&index| index < 300) {
                assert!(side.contains(&(300 + 2 * index)));
            }
        }
        let all = split.train.len() + split.validation.len() + split.test.len();
        assert_eq!(all, patches.len());
    }

    #[test]
    fn sides_do_not_depend_on_order() {
        let mut patches = strangers(200);
        let sides = |patches: &[Patch]| {
            let mut test: Vec<[u8; Parameter::COUNT]> = Split::of(patches)
                .test
                .iter()
                .map(|&index| *patches[index].values())
                .collect();
            test.sort_unstable();
            test
        };
        let forwards = sides(&patches);
        patches.reverse();
        assert_eq!(forwards, sides(&patches));
    }
}
