//! Tokens from rows of a table.

use candle_core::{Result, Shape, Tensor, bail};

use super::operation::{Input, Operation, apply};
use super::vector::vectorised;

/// A token: which row of the table, times what.
pub type Entry = (u32, f32);

/// Sequences of tokens, `entries[i]` times its row of `table` plus the token's position.
///
/// `table` has shape `[rows, width]`; `entries` lists the tokens of all sequences one after the
/// other; `position` holds what is added to the tokens of each sequence, `tokens * width` values.
/// The result has shape `[sequences, tokens, width]`.
pub fn embed(table: &Tensor, entries: &[Entry], position: &Tensor) -> Result<Tensor> {
    let (rows, width) = table.dims2()?;
    let (tokens, position_width) = position.dims2()?;
    if width != position_width
        || tokens == 0
        || !entries.len().is_multiple_of(tokens)
        || entries.iter().any(|&(row, _)| row as usize >= rows)
    {
        bail!(
            "embed: {} entries do not fit a table {rows} x {width} and positions {tokens} x \
             {position_width}",
            entries.len()
        );
    }
    let sequences = entries.len() / tokens;
    if !table.device().is_cpu() {
        let (rows, scales): (Vec<u32>, Vec<f32>) = entries.iter().copied().unzip();
        let rows = Tensor::from_vec(rows, entries.len(), table.device())?;
        let scales = Tensor::from_vec(scales, (entries.len(), 1), table.device())?;
        return table
            .index_select(&rows, 0)?
            .broadcast_mul(&scales)?
            .reshape((sequences, tokens, width))?
            .broadcast_add(position);
    }
    let embed = Embed {
        entries: entries.to_vec(),
        tokens,
    };
    apply(embed, &[table, position])
}

struct Embed {
    entries: Vec<Entry>,
    tokens: usize,
}

impl Operation for Embed {
    const NAME: &'static str = "embed";

    fn forward(&self, inputs: &[Input]) -> Result<(Vec<f32>, Shape)> {
        let (table, position) = (&inputs[0], &inputs[1]);
        let width = table.width();
        let mut out = vec![0.0; self.entries.len() * width];
        vectorised!({
            let tokens = out.chunks_exact_mut(width).zip(&self.entries);
            for (i, (out, &(row, scale))) in tokens.enumerate() {
                let row = &table[row as usize * width..][..width];
                let position = &position[i % self.tokens * width..][..width];
                for ((out, &row), &position) in out.iter_mut().zip(row).zip(position) {
                    *out = scale * row + position;
                }
            }
        });
        let sequences = self.entries.len() / self.tokens;
        Ok((out, (sequences, self.tokens, width).into()))
    }

    fn backward(
        &self,
        inputs: &[Input],
        wanted: &[bool],
        _output: &Input,
        grad: &Input,
    ) -> Result<Vec<Option<Vec<f32>>>> {
        let width = inputs[0].width();
        let mut to_table = vec![0.0; inputs[0].len()];
        let mut to_position = vec![0.0; if wanted[1] { inputs[1].len() } else { 0 }];
        vectorised!({
            let tokens = grad.chunks_exact(width).zip(&self.entries);
            for (i, (grad, &(row, scale))) in tokens.enumerate() {
                let row = &mut to_table[row as usize * width..][..width];
                for (to, &grad) in row.iter_mut().zip(grad) {
                    *to += scale * grad;
                }
                if wanted[1] {
                    let row = &mut to_position[i % self.tokens * width..][..width];
                    for (to, &grad) in row.iter_mut().zip(grad) {
                        *to += grad;
                    }
                }
            }
        });
        Ok(vec![Some(to_table), wanted[1].then_some(to_position)])
    }
}
