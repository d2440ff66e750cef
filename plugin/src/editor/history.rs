//! [`History`]: what undo takes back. A moment is all that the user can change of the sound: A, B,
//! the options, and where the knobs stand. Changes of the library are taken back one by one.

use crate::library::{Ask, Change};
use crate::session::Session;

/// All of the sound that undo brings back.
#[derive(Clone, Debug, PartialEq)]
pub struct Moment {
    /// A, B and the options.
    pub session: Session,
    /// The knobs, 0 to 1, in the order of the list.
    pub knobs: Vec<f32>,
}

/// What is to be done for an undo or a redo.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// The sound becomes this.
    Sound(Box<Moment>),
    /// The library does this.
    Library(Ask),
}

/// A change, from either of its sides.
#[derive(Clone, Debug, PartialEq)]
enum Entry {
    /// Of the sound; how it is on the other side.
    Sound(&'static str, Box<Moment>),
    /// Of the library.
    Library(Change),
}

impl Entry {
    fn name(&self) -> &'static str {
        match self {
            Entry::Sound(name, _) => name,
            Entry::Library(change) => change.name,
        }
    }
}

/// The changes before and after now.
#[derive(Debug, Default)]
pub struct History {
    past: Vec<Entry>,
    future: Vec<Entry>,
}

/// Changes that are remembered.
const MOST: usize = 200;

impl History {
    /// Remembers how it is before a change of that name.
    pub fn before(&mut self, change: &'static str, now: Moment) {
        // A change that came to nothing is none.
        if matches!(self.past.last(), Some(Entry::Sound(_, last)) if **last == now) {
            self.past.pop();
        }
        self.push(Entry::Sound(change, Box::new(now)));
    }

    /// Remembers a change of the library that is done.
    pub fn library(&mut self, change: Change) {
        self.push(Entry::Library(change));
    }

    fn push(&mut self, entry: Entry) {
        self.future.clear();
        if self.past.len() == MOST {
            self.past.remove(0);
        }
        self.past.push(entry);
    }

    /// Takes the last change back.
    pub fn undo(&mut self, now: Moment) -> Option<Step> {
        let (step, there) = cross(self.past.pop()?, now, |change| &change.back);
        self.future.push(there);
        Some(step)
    }

    /// Does the change again that was taken back last.
    pub fn redo(&mut self, now: Moment) -> Option<Step> {
        let (step, there) = cross(self.future.pop()?, now, |change| &change.again);
        self.past.push(there);
        Some(step)
    }

    /// What undo takes back and redo brings back.
    pub fn names(&self) -> [Option<&'static str>; 2] {
        [&self.past, &self.future].map(|side| side.last().map(Entry::name))
    }
}

/// What leads to the other side of a change, and the change as it is seen from there.
fn cross(entry: Entry, now: Moment, way: fn(&Change) -> &Ask) -> (Step, Entry) {
    match entry {
        Entry::Sound(name, there) => (Step::Sound(there), Entry::Sound(name, Box::new(now))),
        Entry::Library(change) => (Step::Library(way(&change).clone()), Entry::Library(change)),
    }
}

#[cfg(test)]
mod tests {
    use presets::library::PresetId;

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
        let sound = |step| match step {
            Some(Step::Sound(moment)) => *moment,
            other => panic!("{other:?}"),
        };
        let mut now = moment(0.3);
        for knob in [0.2, 0.1, 0.0] {
            now = sound(history.undo(now));
            assert_eq!(now, moment(knob));
        }
        assert_eq!(history.undo(now.clone()), None);
        for knob in [0.1, 0.2, 0.3] {
            now = sound(history.redo(now));
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
    fn a_change_of_the_library_leaves_the_sound_alone() {
        let mut history = History::default();
        let mark = |on| Ask::Favourite(PresetId(7), on);
        history.before("Morph", moment(0.0));
        history.library(Change {
            name: "favourite",
            back: mark(false),
            again: mark(true),
        });
        assert_eq!(history.names(), [Some("favourite"), None]);
        let taken_back = history.undo(moment(0.5));
        assert_eq!(taken_back, Some(Step::Library(mark(false))));
        let again = history.redo(moment(0.5));
        assert_eq!(again, Some(Step::Library(mark(true))));
        history.undo(moment(0.5));
        assert_eq!(
            history.undo(moment(0.5)),
            Some(Step::Sound(Box::new(moment(0.0))))
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
