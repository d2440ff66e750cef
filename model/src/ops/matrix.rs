//! Products of matrices that lie anywhere in a storage, by the gemm that candle brings.
//!
//! Candle's own call of it asks the system at each product how many processors there are, which costs
//! more than a small product; this one asks the pool it runs in.

use candle_core::{CpuStorage, Layout, Result, bail};
use gemm::Parallelism;

use super::operation::Input;

/// A batch of matrices in a storage: row-major, column-major or with gaps.
#[derive(Clone, Copy)]
pub struct Matrix<'a> {
    storage: &'a CpuStorage,
    offset: usize,
    rows: usize,
    cols: usize,
    row_stride: usize,
    col_stride: usize,
    batch: usize,
    batch_stride: usize,
}

impl<'a> Matrix<'a> {
    /// `rows x cols` values, row by row, from `offset` on.
    pub fn new(storage: &'a CpuStorage, offset: usize, rows: usize, cols: usize) -> Matrix<'a> {
        Matrix {
            storage,
            offset,
            rows,
            cols,
            row_stride: cols,
            col_stride: 1,
            batch: 1,
            batch_stride: 0,
        }
    }

    /// A tensor of two dimensions, however it lies.
    pub fn laid_out(storage: &'a CpuStorage, layout: &Layout) -> Result<Matrix<'a>> {
        let (rows, cols) = layout.shape().dims2()?;
        let &[row_stride, col_stride] = layout.stride() else {
            bail!("a matrix has two strides, not {:?}", layout.stride());
        };
        Ok(Matrix {
            row_stride,
            col_stride,
            ..Matrix::new(storage, layout.start_offset(), rows, cols)
        })
    }

    /// All values of an input as a matrix.
    pub fn of(input: &Input<'a>, rows: usize, cols: usize) -> Matrix<'a> {
        Matrix::new(input.storage, input.offset, rows, cols)
    }

    /// The same with `stride` values from one row to the next.
    pub fn rows_apart(self, stride: usize) -> Matrix<'a> {
        Matrix {
            row_stride: stride,
            ..self
        }
    }

    /// `batch` such matrices, `stride` values from one to the next.
    pub fn times(self, batch: usize, stride: usize) -> Matrix<'a> {
        Matrix {
            batch,
            batch_stride: stride,
            ..self
        }
    }

    /// Transposed, without moving anything.
    pub fn t(self) -> Matrix<'a> {
        Matrix {
            rows: self.cols,
            cols: self.rows,
            row_stride: self.col_stride,
            col_stride: self.row_stride,
            ..self
        }
    }

    /// The matrices of the batch under each other, if those are the rows of one.
    fn stacked(self) -> Option<Matrix<'a>> {
        (self.batch_stride == self.rows * self.row_stride).then_some(Matrix {
            rows: self.batch * self.rows,
            batch: 1,
            ..self
        })
    }

    /// The values from the first one on, down to the last one of the last matrix at least.
    fn values(&self) -> Result<&'a [f32]> {
        let last = |count: usize, stride: usize| (count - 1) * stride;
        let values = self.storage.as_slice::<f32>()?;
        let end = self.offset
            + last(self.batch, self.batch_stride)
            + last(self.rows, self.row_stride)
            + last(self.cols, self.col_stride);
        if end >= values.len() {
            bail!(
                "a matrix ends at value {end} of a storage of {}",
                values.len()
            );
        }
        Ok(&values[self.offset..])
    }

    fn is_empty(&self) -> bool {
        self.batch * self.rows * self.cols == 0
    }
}

/// How fast this machine multiplies: operations a second in one product of two square matrices of that
/// size, the fastest of a few, on the threads of the caller's pool. What else is computed is compared with it.
///
/// # Errors
/// Only if memory cannot be had.
pub fn operations_per_second(size: usize) -> Result<f64> {
    const TRIES: usize = 5;
    let values: Vec<f32> = (0..size * size).map(|i| (i % 7) as f32 - 3.0).collect();
    let storage = CpuStorage::F32(values);
    let matrix = Matrix::new(&storage, 0, size, size);
    let mut shortest = f64::INFINITY;
    for _ in 0..TRIES {
        let started = std::time::Instant::now();
        std::hint::black_box(product(matrix, matrix)?);
        shortest = shortest.min(started.elapsed().as_secs_f64());
    }
    Ok(2.0 * (size as f64).powi(3) / shortest)
}

/// The products `a[i] b[i]`, row-major, one after the other.
pub fn product(a: Matrix, b: Matrix) -> Result<Vec<f32>> {
    if a.cols != b.rows || a.batch != b.batch {
        bail!(
            "product of {} matrices {} x {} and {} matrices {} x {}",
            a.batch,
            a.rows,
            a.cols,
            b.batch,
            b.rows,
            b.cols
        );
    }
    let mut out = vec![0.0; a.batch * a.rows * b.cols];
    if a.is_empty() || b.is_empty() {
        return Ok(out);
    }
    let (a, b) = match a.stacked() {
        Some(stacked) if b.batch_stride == 0 => (stacked, Matrix { batch: 1, ..b }),
        _ => (a, b),
    };
    multiply(&a, a.values()?, &b, b.values()?, &mut out);
    Ok(out)
}

/// The one call of gemm. `out` has room for `a.batch` products.
#[allow(unsafe_code, reason = "gemm takes pointers")]
fn multiply(a: &Matrix, a_values: &[f32], b: &Matrix, b_values: &[f32], out: &mut [f32]) {
    let parallelism = match rayon::current_num_threads() {
        0 | 1 => Parallelism::None,
        threads => Parallelism::Rayon(threads),
    };
    let products = out.chunks_exact_mut(a.rows * b.cols);
    for (place, out) in products.enumerate() {
        let a_values = &a_values[place * a.batch_stride..];
        let b_values = &b_values[place * b.batch_stride..];
        // SAFETY: `out` has a value for every row of `a` and column of `b`. All values of both
        // matrices lie in their slices: `Matrix::values` has looked at the last of the last one, and
        // no stride is negative.
        unsafe {
            gemm::gemm(
                a.rows,
                b.cols,
                a.cols,
                out.as_mut_ptr(),
                1,
                b.cols as isize,
                false,
                a_values.as_ptr(),
                a.col_stride as isize,
                a.row_stride as isize,
                b_values.as_ptr(),
                b.col_stride as isize,
                b.row_stride as isize,
                0.0,
                1.0,
                false,
                false,
                false,
                parallelism,
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn storage(len: usize) -> CpuStorage {
        CpuStorage::F32((0..len).map(|i| i as f32).collect())
    }

    #[test]
    fn products_are_those_of_the_definition_however_the_matrices_lie() {
        let (left, right) = (storage(40), storage(40));
        let plain = Matrix::new(&left, 1, 2, 3).times(3, 6);
        for a in [
            plain,
            plain.rows_apart(5).times(3, 11),
            Matrix::new(&left, 2, 3, 2).t().times(3, 7),
        ] {
            for b in [
                Matrix::new(&right, 3, 3, 4).times(3, 12),
                Matrix::new(&right, 0, 4, 3).t().times(3, 0),
            ] {
                let at = |m: &Matrix, batch: usize, row: usize, col: usize| {
                    (m.offset + batch * m.batch_stride + row * m.row_stride + col * m.col_stride)
                        as f32
                };
                let mut expected = Vec::new();
                for batch in 0..3 {
                    for row in 0..2 {
                        for col in 0..4 {
                            let product = |k| at(&a, batch, row, k) * at(&b, batch, k, col);
                            expected.push((0..3).map(product).sum::<f32>());
                        }
                    }
                }
                assert_eq!(product(a, b).unwrap(), expected);
            }
        }
    }

    #[test]
    fn what_does_not_fit_is_an_error() {
        let values = storage(12);
        let fits = Matrix::new(&values, 0, 3, 4);
        assert!(product(fits, fits).is_err());
        assert!(product(fits, fits.t()).is_ok());
        let past_its_end = Matrix::new(&values, 1, 4, 3);
        assert!(product(fits, past_its_end).is_err());
        let half = CpuStorage::F64(vec![0.0; 12]);
        assert!(product(fits, Matrix::new(&half, 0, 4, 3)).is_err());
        let empty = Matrix::new(&values, 12, 4, 0);
        assert!(product(fits, empty).unwrap().is_empty());
    }
}
