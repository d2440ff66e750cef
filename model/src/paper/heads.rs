//! What a decoder says of every row, how likely that makes a patch, and which patch is likeliest.

use candle_core::{Result, Tensor};
use candle_nn::{Init, VarBuilder};

use super::transformer::Linear;
use crate::ops::{self, Activation};
use crate::tokens::{Row, Steps, Tokens};

/// Numbers of classes that rows have; all rows of one number share a head.
pub const CLASS_COUNTS: [usize; 4] = [2, 4, 6, 32];

/// Parameters of a mixture: three means, three log-scales, three logits.
const MIXTURE: usize = 3 * ops::COMPONENTS;

/// One head per number of classes, and one for all numbers (facts 3.6).
#[derive(Clone, Debug)]
pub struct Heads {
    categorical: Vec<Tensor>,
    numerical: Linear,
}

impl Heads {
    /// `vb` at `preset.1`.
    pub fn new(vb: VarBuilder, width: usize) -> Result<Heads> {
        let modules = vb.pp("categorical_module").pp("_mods_dict");
        let bound = 1.0 / (width as f64).sqrt();
        let uniform = Init::Uniform {
            lo: -bound,
            up: bound,
        };
        let categorical = CLASS_COUNTS.iter().map(|&classes| {
            // A convolution of kernel 1 in the original.
            let head = modules.pp(format!("card{classes}")).pp(1);
            head.get_with_hints((classes, width, 1), "weight", uniform)
        });
        Ok(Heads {
            categorical: categorical.collect::<Result<_>>()?,
            numerical: Linear::new(vb.pp("numerical_distrib_linear"), width, MIXTURE)?,
        })
    }

    /// Reads tokens of shape `[batch, 144, width]`.
    pub fn forward(&self, hidden: &Tensor) -> Result<RowOutputs> {
        let rows = |rows: Vec<Row>| -> Result<Tensor> {
            let rows: Vec<u32> = rows.iter().map(|row| row.index() as u32).collect();
            hidden.index_select(&Tensor::new(rows, hidden.device())?, 1)
        };
        let mut logits = Vec::new();
        for (weight, &classes) in self.categorical.iter().zip(&CLASS_COUNTS) {
            let bias = Tensor::zeros(classes, hidden.dtype(), hidden.device())?;
            let x = rows(category_rows(classes).collect())?;
            let weight = weight.squeeze(2)?;
            logits.push(ops::linear(&x, &weight, &bias, Activation::None)?);
        }
        let x = rows(number_rows().collect())?;
        Ok(RowOutputs {
            logits,
            mixtures: self.numerical.forward(&x, Activation::None)?,
        })
    }
}

/// The categories with so many classes, in row order.
pub fn category_rows(classes: usize) -> impl Iterator<Item = Row> + Clone {
    Row::all().filter(move |row| row.is_category() && row.cardinality() as usize == classes)
}

/// The rows on a scale, in row order.
pub fn number_rows() -> impl Iterator<Item = Row> + Clone {
    Row::all().filter(|row| !row.is_category())
}

/// What a decoder says of every row of a batch of patches.
#[derive(Clone, Debug)]
pub struct RowOutputs {
    /// Per number of classes in [`CLASS_COUNTS`]: logits, shape `[batch, rows, classes]`.
    pub logits: Vec<Tensor>,
    /// Parameters of the mixtures of all numbers, shape `[batch, 122, 9]`.
    pub mixtures: Tensor,
}

/// Negative log-likelihood of patches, in nat, one tensor of shape `[batch, rows]` per kind of row.
#[derive(Clone, Debug)]
pub struct RowLosses {
    /// Per number of classes in [`CLASS_COUNTS`].
    pub categories: Vec<Tensor>,
    /// Of all numbers.
    pub numbers: Tensor,
}

impl RowOutputs {
    /// How unlikely the patches are.
    pub fn losses(&self, batch: &[Tokens]) -> Result<RowLosses> {
        let mut categories = Vec::new();
        for (logits, &classes) in self.logits.iter().zip(&CLASS_COUNTS) {
            let targets: Vec<u32> = batch
                .iter()
                .flat_map(|tokens| {
                    category_rows(classes).map(|row| tokens.0[row.index()].round() as u32)
                })
                .collect();
            let losses = ops::cross_entropy(&logits.reshape(((), classes))?, &targets)?;
            categories.push(losses.reshape((batch.len(), ()))?);
        }
        let value = |tokens: &Tokens, row: Row| tokens.0[row.index()];
        let targets: Vec<f32> = batch
            .iter()
            .flat_map(|tokens| number_rows().map(move |row| value(tokens, row)))
            .collect();
        let cardinalities: Vec<u32> = batch
            .iter()
            .flat_map(|_| number_rows().map(Row::cardinality))
            .collect();
        let mixtures = self.mixtures.reshape(((), MIXTURE))?;
        let numbers = ops::logistic_mixture_nll(&mixtures, &targets, &cardinalities)?;
        Ok(RowLosses {
            categories,
            numbers: numbers.reshape((batch.len(), ()))?,
        })
    }

    /// The probability of every value of every row of every patch.
    pub fn probabilities(&self) -> Result<Vec<RowProbabilities>> {
        let batch = self.mixtures.dim(0)?;
        let mut patches = vec![RowProbabilities(vec![Vec::new(); Row::COUNT]); batch];
        for (logits, &classes) in self.logits.iter().zip(&CLASS_COUNTS) {
            for (patch, rows) in patches.iter_mut().zip(logits.to_vec3::<f32>()?) {
                for (row, logits) in category_rows(classes).zip(rows) {
                    patch.0[row.index()] = softmax(&logits);
                }
            }
        }
        for (patch, rows) in patches.iter_mut().zip(self.mixtures.to_vec3::<f32>()?) {
            for (row, raw) in number_rows().zip(rows) {
                let probabilities = ops::logistic_mixture_probabilities(&raw, row.cardinality());
                patch.0[row.index()] = probabilities;
            }
        }
        Ok(patches)
    }
}

impl RowLosses {
    /// Of the categories and of the numbers of every patch, both divided by the number of rows;
    /// each of shape `[batch]` (facts 4.1).
    pub fn per_patch(&self) -> Result<(Tensor, Tensor)> {
        let rows = Row::COUNT as f64;
        let mut categories = self.categories[0].sum(1)?;
        for losses in &self.categories[1..] {
            categories = (categories + losses.sum(1)?)?;
        }
        Ok(((categories / rows)?, (self.numbers.sum(1)? / rows)?))
    }
}

/// The probability of every value of every row of one patch, 144 lists in row order.
#[derive(Clone, Debug, PartialEq)]
pub struct RowProbabilities(pub Vec<Vec<f32>>);

impl RowProbabilities {
    /// The likeliest value of every row, the first of several.
    pub fn likeliest(&self) -> Steps {
        let mut steps = [0; Row::COUNT];
        for (step, probabilities) in steps.iter_mut().zip(&self.0) {
            let mut best = 0;
            for (i, &p) in probabilities.iter().enumerate() {
                if p > probabilities[best] {
                    best = i;
                }
            }
            *step = best as u8;
        }
        steps
    }
}

fn softmax(logits: &[f32]) -> Vec<f32> {
    let largest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let powers: Vec<f32> = logits.iter().map(|x| (x - largest).exp()).collect();
    let total: f32 = powers.iter().sum();
    powers.iter().map(|p| p / total).collect()
}
