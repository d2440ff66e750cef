//! Work on many things at once, a thread for each core.
//!
//! Not on rayon's threads: a thread of rayon's that waits for a network's own pool begins the next
//! piece of work meanwhile, and the next inside of that, until its stack is full.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use anyhow::Result;

/// What `work` makes of every item, in the order of the items. It gets the number of the item, and a
/// state of its thread's own that `state` makes.
///
/// # Errors
/// The first that `work` gives; what has not been begun by then is left undone.
pub fn map<T: Sync, S, R: Send>(
    items: &[T],
    state: impl Fn() -> S + Sync,
    work: impl Fn(&mut S, usize, &T) -> Result<R> + Sync,
) -> Result<Vec<R>> {
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<(usize, R)>> = Mutex::new(Vec::with_capacity(items.len()));
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let worker = || -> Result<()> {
        let mut state = state();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(index) else {
                return Ok(());
            };
            match work(&mut state, index, item) {
                // PANIC: nothing that holds the lock panics.
                Ok(result) => done.lock().expect("not poisoned").push((index, result)),
                Err(error) => {
                    next.store(items.len(), Ordering::Relaxed);
                    return Err(error);
                }
            }
        }
    };
    thread::scope(|scope| -> Result<()> {
        let threads: Vec<_> = (0..cores.min(items.len()))
            .map(|_| scope.spawn(worker))
            .collect();
        for thread in threads {
            match thread.join() {
                Ok(result) => result?,
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        Ok(())
    })?;
    let mut done = done.into_inner().expect("not poisoned");
    done.sort_by_key(|(index, _)| *index);
    Ok(done.into_iter().map(|(_, result)| result).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_in_the_order_of_the_items() {
        let items: Vec<u64> = (0..1000).collect();
        let squares = map(&items, || (), |(), index, item| Ok(index as u64 * item)).unwrap();
        let expected: Vec<u64> = items.iter().map(|item| item * item).collect();
        assert_eq!(squares, expected);
        assert!(map(&[(); 0], || (), |(), _, ()| Ok(())).unwrap().is_empty());
    }

    #[test]
    fn the_first_error_ends_it() {
        let begun = AtomicUsize::new(0);
        let items = [(); 100_000];
        let result: Result<Vec<()>> = map(
            &items,
            || (),
            |(), _, ()| {
                begun.fetch_add(1, Ordering::Relaxed);
                anyhow::bail!("no")
            },
        );
        assert_eq!(result.unwrap_err().to_string(), "no");
        assert!(begun.load(Ordering::Relaxed) < items.len());
    }
}
