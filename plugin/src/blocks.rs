//! Where a host's block is divided: before events, and so that the engine gets no long ones.

use std::ops::Range;

/// The longest stretch the engine is asked for at once.
pub const MAX_BLOCK: usize = 64;

/// The next stretch of samples from `start` on: it ends before the next event, after `longest`
/// samples (1 or more), or with the host's block of `len` samples. Events at or before `start` are
/// expected to have happened.
pub fn next_block(
    start: usize,
    len: usize,
    next_event: Option<usize>,
    longest: usize,
) -> Range<usize> {
    let event = next_event.map_or(len, |event| event.max(start + 1));
    start..len.min(start + longest).min(event)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn blocks_tile_the_buffer_and_no_event_is_inside_of_one(
            len in 1..2000usize,
            mut events in prop::collection::vec(0..2500usize, 0..40),
            longest in 1..=MAX_BLOCK,
        ) {
            events.sort_unstable();
            let mut pending = events.iter().copied().peekable();
            let mut start = 0;
            while start < len {
                while pending.next_if(|&event| event <= start).is_some() {}
                let block = next_block(start, len, pending.peek().copied(), longest);
                prop_assert_eq!(block.start, start);
                prop_assert!((1..=longest).contains(&block.len()));
                prop_assert!(!events.iter().any(|&event| block.start < event && event < block.end));
                start = block.end;
            }
            prop_assert_eq!(start, len);
        }
    }
}
