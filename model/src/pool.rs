//! [`Pool`]: the threads that a network computes on.

use candle_core::{Error, Result};

/// A few threads of our own, which sleep when there is nothing to do and end with the pool.
///
/// Everything that computes with tensors runs inside: outside a pool rayon would start its global
/// one, with a thread per core that never ends.
pub struct Pool(rayon::ThreadPool);

impl Pool {
    /// At least one thread; named, so that a host's thread list tells whose they are.
    pub fn new(threads: usize) -> Result<Pool> {
        rayon::ThreadPoolBuilder::new()
            .num_threads(threads.max(1))
            .thread_name(|i| format!("tween-model-{i}"))
            .build()
            .map(Pool)
            .map_err(|error| Error::Msg(format!("cannot start threads: {error}")))
    }

    /// Runs `f` on the pool and waits for it. A panic in `f` is an error.
    pub fn run<R: Send>(&self, f: impl FnOnce() -> Result<R> + Send) -> Result<R> {
        let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| self.0.install(f)));
        result.unwrap_or_else(|_| Err(Error::Msg("the computation failed unexpectedly".into())))
    }
}
