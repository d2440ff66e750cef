//! Tables whose rows are kept short.

use candle_core::{Result, Tensor, Var};

/// A table of vectors of a limited length (facts 3.4).
///
/// While it is trained, a look-up overwrites the rows it is about to read that are longer than the
/// limit; no gradient flows through their length (parity pack, section 5). Since nothing else
/// reads the rows, a table that is not trained has them all limited from the start.
#[derive(Clone, Debug)]
pub struct MaxNormTable {
    rows: Tensor,
    limit: f32,
}

impl MaxNormTable {
    /// `rows` has shape `[count, width]`.
    pub fn new(rows: Tensor, limit: f32) -> Result<MaxNormTable> {
        let count = rows.dim(0)?;
        if rows.is_variable() {
            return Ok(MaxNormTable { rows, limit });
        }
        let rows = limited(&rows, 0..count, limit)?.unwrap_or(rows);
        Ok(MaxNormTable { rows, limit })
    }

    /// The table, of which `used` are about to be read; shape `[count, width]`.
    pub fn look_up(&self, used: impl IntoIterator<Item = usize>) -> Result<&Tensor> {
        if self.rows.is_variable()
            && let Some(rows) = limited(&self.rows, used, self.limit)?
        {
            Var::from_tensor(&self.rows)?.set(&rows)?;
        }
        Ok(&self.rows)
    }
}

/// The table with the `used` rows shortened; `None` if they all are short enough.
fn limited(
    table: &Tensor,
    used: impl IntoIterator<Item = usize>,
    limit: f32,
) -> Result<Option<Tensor>> {
    let width = table.dim(1)?;
    let mut values: Vec<f32> = table.flatten_all()?.to_vec1()?;
    let mut changed = false;
    for row in used {
        let row = &mut values[row * width..(row + 1) * width];
        let norm = row.iter().map(|x| x * x).sum::<f32>().sqrt();
        if norm > limit {
            let scale = limit / (norm + 1e-7);
            row.iter_mut().for_each(|x| *x *= scale);
            changed = true;
        }
    }
    changed
        .then(|| Tensor::from_vec(values, table.shape(), table.device()))
        .transpose()
}
