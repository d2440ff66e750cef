//! [`Tokens`]: a patch as SPINVAE reads it, 144 rows in an order of their own. The only file that
//! knows both this order and that of [`Parameter`].
//!
//! The order is that of Dexed's host parameters with those left out that the model does not learn
//! (facts 1.3): operator 1 comes first, and the transposition is not there.

use std::sync::LazyLock;

use presets::dexed::{self, OF_OPERATOR, OF_PATCH};
use presets::{Kind, Operator, Parameter, Patch};

/// Rows that belong to the whole patch.
const GLOBALS: usize = OF_PATCH.len() - 1;

/// One of the 144 rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Row(u8);

impl Row {
    /// How many rows a patch has.
    pub const COUNT: usize = 144;
    /// How many of them are categories.
    pub const CATEGORIES: usize = 22;
    /// How many of them lie on a scale.
    pub const NUMBERS: usize = 122;
    /// How many types of rows there are: the operators share theirs.
    pub const TYPES: usize = GLOBALS + OF_OPERATOR.len();

    /// All rows in their order.
    pub fn all() -> impl ExactSizeIterator<Item = Row> + Clone {
        (0..Self::COUNT as u8).map(Row)
    }

    /// Its place, 0 to 143.
    pub const fn index(self) -> usize {
        self.0 as usize
    }

    /// The parameter it is.
    pub fn parameter(self) -> Parameter {
        self.dexed().1
    }

    /// Its place among Dexed's host parameters, and the parameter.
    fn dexed(self) -> (usize, Parameter) {
        ROWS[self.index()]
    }

    /// Number of values: 2 to 100.
    pub fn cardinality(self) -> u32 {
        u32::from(self.parameter().spec().max) + 1
    }

    /// Whether it is one of the 22 categories.
    pub fn is_category(self) -> bool {
        self.parameter().spec().kind == Kind::Switch
    }

    /// Its type, 0 to 38, numbered by first appearance: the same for every operator.
    pub fn type_index(self) -> usize {
        match self.index().checked_sub(GLOBALS) {
            None => self.index(),
            Some(index) => GLOBALS + index % OF_OPERATOR.len(),
        }
    }
}

/// Every row's place among Dexed's host parameters, and the parameter: all but the transposition.
static ROWS: LazyLock<Vec<(usize, Parameter)>> = LazyLock::new(|| {
    dexed::parameters()
        .filter(|&(_, parameter)| parameter != Parameter::TRANSPOSE)
        .collect()
});

/// A patch on the grid of a DX7, one value per row: a class or a step of a scale.
pub type Steps = [u8; Row::COUNT];

/// A patch as the model reads it: the class of every category, and every number from 0 to 1.
#[derive(Clone, Debug, PartialEq)]
pub struct Tokens(pub [f32; Row::COUNT]);

impl Tokens {
    /// The tokens of a patch.
    pub fn of(patch: &Patch) -> Tokens {
        Tokens::from_steps(&steps_of(patch))
    }

    /// The tokens of values on the grid.
    pub fn from_steps(steps: &Steps) -> Tokens {
        let mut values = [0.0; Row::COUNT];
        for row in Row::all() {
            let step = f32::from(steps[row.index()]);
            values[row.index()] = if row.is_category() {
                step
            } else {
                step / (row.cardinality() - 1) as f32
            };
        }
        Tokens(values)
    }

    /// The nearest values on the grid.
    pub fn steps(&self) -> Steps {
        let mut steps = [0; Row::COUNT];
        for row in Row::all() {
            let value = self.0[row.index()];
            let largest = (row.cardinality() - 1) as f32;
            let step = if row.is_category() {
                value
            } else {
                value * largest
            };
            steps[row.index()] = step.round().clamp(0.0, largest) as u8;
        }
        steps
    }

    /// The published form, 144 rows of 3: class or `unused`, number or `unused`, type. The model's
    /// inputs have -1 where a row has no such value, its outputs 0 (parity pack, section 5).
    pub fn to_rows(&self, unused: f32) -> [[f32; 3]; Row::COUNT] {
        let mut rows = [[0.0; 3]; Row::COUNT];
        for row in Row::all() {
            let value = self.0[row.index()];
            let kind = row.type_index() as f32;
            rows[row.index()] = if row.is_category() {
                [value, unused, kind]
            } else {
                [unused, value, kind]
            };
        }
        rows
    }

    /// The 155 host parameters of Dexed, 0 to 1, those the model does not learn at their fixed
    /// values (facts 1.2).
    pub fn to_dexed(&self) -> [f32; dexed::COUNT] {
        let mut values = [0.0; dexed::COUNT];
        (values[0], values[2], values[3], values[13]) = (1.0, 1.0, 0.5, 0.5);
        for operator in Operator::ALL {
            values[dexed::switch(operator)] = 1.0;
        }
        for row in Row::all() {
            let value = self.0[row.index()];
            values[row.dexed().0] = if row.is_category() {
                value / (row.cardinality() - 1) as f32
            } else {
                value
            };
        }
        values
    }
}

/// The values of a patch's rows.
pub fn steps_of(patch: &Patch) -> Steps {
    let mut steps = [0; Row::COUNT];
    for row in Row::all() {
        steps[row.index()] = patch.get(row.parameter());
    }
    steps
}

/// The patch with these values; what the model does not learn, transposition and name, is taken
/// from `other`.
pub fn patch_of(steps: &Steps, other: &Patch) -> Patch {
    let mut patch = *other;
    for row in Row::all() {
        patch.set(row.parameter(), steps[row.index()]);
    }
    patch
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_parameter_but_the_transposition_has_one_row() {
        let mut parameters: Vec<_> = Row::all().map(Row::parameter).collect();
        parameters.sort();
        parameters.dedup();
        assert_eq!(parameters.len(), Row::COUNT);
        assert!(!parameters.contains(&Parameter::TRANSPOSE));
        let categories = Row::all().filter(|row| row.is_category()).count();
        assert_eq!(categories, Row::CATEGORIES);
        assert_eq!(categories + Row::NUMBERS, Row::COUNT);
    }

    #[test]
    fn cardinalities_are_those_of_the_published_model() {
        let count = |category: bool, cardinality: u32| {
            Row::all()
                .filter(|row| row.is_category() == category && row.cardinality() == cardinality)
                .count()
        };
        let numbers = [(100, 90), (8, 14), (32, 6), (15, 6), (4, 6)];
        for (cardinality, expected) in numbers {
            assert_eq!(count(false, cardinality), expected, "{cardinality}");
        }
        for (cardinality, expected) in [(32, 1), (2, 8), (6, 1), (4, 12)] {
            assert_eq!(count(true, cardinality), expected, "{cardinality}");
        }
    }

    #[test]
    fn a_patch_survives_the_way_there_and_back() {
        let mut patch = Patch::INIT;
        for (i, parameter) in Parameter::all().enumerate() {
            let values = usize::from(parameter.spec().max) + 1;
            patch.set(parameter, (i * 31 % values) as u8);
        }
        let steps = Tokens::of(&patch).steps();
        assert_eq!(patch_of(&steps, &patch), patch);
        assert_eq!(steps, steps_of(&patch));
    }
}
