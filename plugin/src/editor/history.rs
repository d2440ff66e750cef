//! [`History`]: what undo takes back. A moment is all that the user can change of the sound: A, B,
//! the options, and where the knobs stand.

use crate::session::Session;

/// All that undo brings back.
#[derive(Clone, Debug, PartialEq)]
pub struct Moment {
    /// A, B and the options.
    pub session: Session,
    /// The knobs, 0 to 1, in the order of the list.
    pub knobs: Vec<f32>,
}

/// The moments before and after now.
#[derive(Debug, Default)]
pub struct History {
    past: Vec<(&'static str, Moment)>,
    future: Vec<(&'static str, Moment)>,
}

/// Changes that are remembered.
const MOST: usize = 200;

impl History {
    /// Remembers how it is before a change of that name.
    pub fn before(&mut self, change: &'static str, now: Moment) {
        self.future.clear();
        // A change that came to nothing is none.
        if self.past.last().is_some_and(|(_, last)| *last == now) {
            self.past.pop();
        }
        if self.past.len() == MOST {
            self.past.remove(0);
        }
        self.past.push((change, now));
    }

    /// The moment before the last change.
    pub fn undo(&mut self, now: Moment) -> Option<Moment> {
        let (change, before) = self.past.pop()?;
        self.future.push((change, now));
        Some(before)
    }

    /// The moment after the change that was taken back last.
    pub fn redo(&mut self, now: Moment) -> Option<Moment> {
        let (change, after) = self.future.pop()?;
        self.past.push((change, now));
        Some(after)
    }

    /// What undo takes back and redo brings back.
    pub fn names(&self) -> [Option<&'static str>; 2] {
        [&self.past, &self.future].map(|side| side.last().map(|(change, _)| *change))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(knob: f32) -> Moment {
        Moment {
            session: Session::default(),
            knobs: vec![knob],
        }
    }

    #[test]
    fn undo_and_redo_go_back_and_forth() {
        let mut history = History::default();
        for knob in [0.0, 0.1, 0.2] {
            history.before("Morph", moment(knob));
        }
        let mut now = moment(0.3);
        for knob in [0.2, 0.1, 0.0] {
            now = history.undo(now).expect("a change before");
            assert_eq!(now, moment(knob));
        }
        assert_eq!(history.undo(now.clone()), None);
        for knob in [0.1, 0.2, 0.3] {
            now = history.redo(now).expect("a change after");
            assert_eq!(now, moment(knob));
        }
        assert_eq!(history.redo(now.clone()), None);
        history.undo(now);
        history.before("Swap", moment(0.9));
        assert_eq!(
            history.names(),
            [Some("Swap"), None],
            "a new change ends the future"
        );
    }

    #[test]
    fn there_is_an_end_to_it_and_nothing_is_remembered_twice() {
        let mut history = History::default();
        for i in 0..2 * MOST {
            history.before("Morph", moment(i as f32));
            history.before("Morph", moment(i as f32));
        }
        assert_eq!(history.past.len(), MOST);
    }
}
