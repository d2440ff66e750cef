//! Patches as sequences of vectors.

use candle_core::{Device, Result, Tensor};
use candle_nn::{Init, VarBuilder};

use super::max_norm::MaxNormTable;
use crate::ops::{self, Entry};
use crate::tokens::{Row, Tokens};

/// Rows of the table of special tokens; the encoder uses the first two.
const SPECIAL_ROWS: usize = 65;

/// Tokens that the encoder adds at the end: one for the mean, one for the variance.
pub const SPECIAL_TOKENS: usize = 2;

/// Turns rows of a patch into vectors (facts 3.4): a number scales the vector of its type, a
/// category looks its vector up, and both get the code of their position.
#[derive(Clone, Debug)]
pub struct PresetEmbedding {
    numerical: Tensor,
    categorical: MaxNormTable,
    special: MaxNormTable,
    positions: Tensor,
    width: usize,
}

impl PresetEmbedding {
    /// `vb` at `preset.0.embedding`.
    pub fn new(vb: VarBuilder, width: usize) -> Result<PresetEmbedding> {
        let normal = Init::Randn {
            mean: 0.0,
            stdev: 1.0,
        };
        let classes = category_rows().1;
        let limit = (width as f32).sqrt();
        let table = |rows, name: &str| {
            let rows = vb
                .pp(name)
                .get_with_hints((rows, width), "weight", normal)?;
            MaxNormTable::new(rows, limit)
        };
        let numerical = vb.pp("_numerical_embedding_linear");
        let zeros = Tensor::zeros((SPECIAL_TOKENS, width), vb.dtype(), vb.device())?;
        let positions = position_code(Row::COUNT, width, vb.device())?;
        Ok(PresetEmbedding {
            numerical: numerical.get_with_hints((Row::TYPES * width, 1), "weight", normal)?,
            categorical: table(classes, "categorical_embedding")?,
            special: table(SPECIAL_ROWS, "special_token_embedding")?,
            positions: Tensor::cat(&[&positions, &zeros], 0)?,
            width,
        })
    }

    /// The sequences of a batch of patches and the special tokens at their ends, shape
    /// `[batch, 146, width]`.
    pub fn forward(&self, batch: &[Tokens]) -> Result<Tensor> {
        let (first_class, classes) = category_rows();
        let class = |row: Row, tokens: &Tokens| {
            first_class[row.type_index()] + tokens.0[row.index()].round() as usize
        };
        let looked_up = batch.iter().flat_map(|tokens| {
            Row::all()
                .filter(|row| row.is_category())
                .map(move |row| class(row, tokens))
        });
        let table = Tensor::cat(
            &[
                &self.numerical.reshape((Row::TYPES, self.width))?,
                self.categorical.look_up(looked_up)?,
                self.special.look_up(0..SPECIAL_TOKENS)?,
            ],
            0,
        )?;
        let mut entries: Vec<Entry> = Vec::new();
        for tokens in batch {
            entries.extend(Row::all().map(|row| {
                if row.is_category() {
                    ((Row::TYPES + class(row, tokens)) as u32, 1.0)
                } else {
                    let value = tokens.0[row.index()];
                    (row.type_index() as u32, 2.0 * value - 1.0)
                }
            }));
            let first = Row::TYPES + classes;
            entries.extend((0..SPECIAL_TOKENS).map(|i| ((first + i) as u32, 1.0)));
        }
        ops::embed(&table, &entries, &self.positions)
    }
}

/// Where the classes of every type begin in the table of categories, and how many there are.
fn category_rows() -> ([usize; Row::TYPES], usize) {
    let mut first = [0; Row::TYPES];
    let mut total = 0;
    let mut next_type = 0;
    for row in Row::all() {
        if row.type_index() == next_type {
            first[next_type] = total;
            total += if row.is_category() {
                row.cardinality() as usize
            } else {
                0
            };
            next_type += 1;
        }
    }
    (first, total)
}

/// Sines at even and cosines at odd places, of frequencies from 1 down to 1/10000 (facts 3.4);
/// shape `[count, width]`.
pub fn position_code(count: usize, width: usize, device: &Device) -> Result<Tensor> {
    let mut values = Vec::with_capacity(count * width);
    for position in 0..count {
        for i in 0..width {
            let exponent = (i / 2 * 2) as f64 / width as f64;
            let angle = position as f64 / 10_000f64.powf(exponent);
            let value = if i % 2 == 0 { angle.sin() } else { angle.cos() };
            values.push(value as f32);
        }
    }
    Tensor::from_vec(values, (count, width), device)
}
