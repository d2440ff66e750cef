//! Products of matrices that lie anywhere in a storage, by the gemm that candle brings.

use candle_core::backend::BackendStorage;
use candle_core::{CpuStorage, Layout, Result, Shape, bail};

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

    fn layout(&self) -> Layout {
        Layout::new(
            Shape::from((self.batch, self.rows, self.cols)),
            vec![self.batch_stride, self.row_stride, self.col_stride],
            self.offset,
        )
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
    let sizes = (a.batch, a.rows, b.cols, a.cols);
    match a
        .storage
        .matmul(b.storage, sizes, &a.layout(), &b.layout())?
    {
        CpuStorage::F32(values) => Ok(values),
        _ => bail!("product of matrices that are not f32"),
    }
}
