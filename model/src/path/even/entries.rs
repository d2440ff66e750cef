//! From a chosen path to the entries of a table: what lies between its sounds, and past its ends.

use presets::{FractionalPatch, Kind, Parameter};

use super::choice::Choice;
use super::groups::{self, Values};
use super::search::{ANCHORS, Search};

/// Steps of a table between A and B, and past either end: those of the audio thread's table.
pub const STEPS: usize = 64;
/// Steps past either end.
pub const BEYOND_STEPS: usize = STEPS / 2;
/// All entries of a table, both ends included.
pub const ENTRIES: usize = STEPS + 2 * BEYOND_STEPS + 1;

/// The entries of a table, in the order of their positions.
pub type Entries = Box<[FractionalPatch; ENTRIES]>;

/// Steps of the finer path on which what lies between is judged.
const FINE: usize = 2 * ANCHORS;

/// The entries of the best path of a search, once what lies between two sounds of it is heard as well
/// and the path chosen again in finer steps.
pub fn finely(search: &mut Search<'_>) -> Entries {
    let choice = Choice::best(search.pool(), ANCHORS);
    for (step, ends) in choice.steps.windows(2).enumerate() {
        let position = (step as f32 + 0.5) / ANCHORS as f32;
        let [from, to] = [ends[0], ends[1]].map(|index| search.pool().get(index).values);
        search.hear(middle(&from, &to), position);
    }
    let mut entries = of(search, FINE, nearest);
    temper_beyond(search, &mut entries);
    entries
}

/// The entries of the best path of that many steps through what a search has heard, with straight lines
/// from one sound to the next, and on past the ends, where nobody has listened yet.
pub fn coarsely(search: &Search<'_>, steps: usize) -> Entries {
    of(search, steps, between)
}

/// A path at a position from 0 to 1.
type Course = fn(&[Values], f32) -> FractionalPatch;

fn of(search: &Search<'_>, steps: usize, course: Course) -> Entries {
    let choice = Choice::best(search.pool(), steps);
    let path: Vec<Values> = choice
        .steps
        .iter()
        .map(|&index| search.pool().get(index).values)
        .collect();
    let [a, b] = [path[0], path[steps]];
    let entry = |entry: usize| {
        if let Some(before) = BEYOND_STEPS.checked_sub(entry).filter(|&steps| steps > 0) {
            FractionalPatch(past(&a, &b, before))
        } else if entry > BEYOND_STEPS + STEPS {
            FractionalPatch(past(&b, &a, entry - BEYOND_STEPS - STEPS))
        } else {
            course(&path, (entry - BEYOND_STEPS) as f32 / STEPS as f32)
        }
    };
    Box::new(std::array::from_fn(entry))
}

/// Halfway between two sounds, as a DX7 can hold it; switches are those of the first.
fn middle(from: &Values, to: &Values) -> Values {
    let mut values = *from;
    for parameter in Parameter::all().filter(|p| p.spec().kind == Kind::Numeric) {
        let i = parameter.index();
        values[i] = ((from[i] + to[i]) / 2.0).round();
    }
    values
}

/// The nearest sound of the path: where it has been heard closely, a sound that was heard is better
/// than one between two that may be unlike each other.
fn nearest(path: &[Values], position: f32) -> FractionalPatch {
    FractionalPatch(path[(position * (path.len() - 1) as f32).round() as usize])
}

/// The path at a position from 0 to 1: numbers in straight lines from one of its sounds to the
/// next, switches those of the nearest.
fn between(path: &[Values], position: f32) -> FractionalPatch {
    let place = position * (path.len() - 1) as f32;
    let step = (place as usize).min(path.len() - 2);
    let fraction = place - step as f32;
    let (from, to) = (&path[step], &path[step + 1]);
    FractionalPatch(std::array::from_fn(|i| {
        // PANIC: `i` runs over the table of parameters.
        let parameter = Parameter::new(i).expect("an index of a parameter");
        if FractionalPatch::is_continuous(parameter) {
            from[i] + (to[i] - from[i]) * fraction
        } else if fraction < 0.5 {
            from[i]
        } else {
            to[i]
        }
    }))
}

/// Steps past an end at which what sounds there is heard.
const CHECKED: usize = BEYOND_STEPS / 4;
/// How much louder than the louder end it may be there, and how much softer than its own, LU.
const LOUDER_LU: f32 = 1.5;
const SOFTER_LU: f32 = 6.0;

/// Listens to the straight lines past both ends, and has them go only as far as they still sound, and
/// no louder or softer than they should.
pub fn temper_beyond(search: &mut Search<'_>, entries: &mut Entries) {
    let to_a = &mut entries[..=BEYOND_STEPS];
    to_a.reverse();
    temper(search, to_a);
    to_a.reverse();
    temper(search, &mut entries[BEYOND_STEPS + STEPS..]);
}

/// The same for one end, which comes first, and what lies past it, the nearest first.
fn temper(search: &mut Search<'_>, line: &mut [FractionalPatch]) {
    // The corrections of level, dB, at each place that is heard, the end first.
    let mut corrections = vec![0.0];
    for heard in line.iter().step_by(CHECKED).skip(1) {
        let Some(missing) = search.missing_beyond(&heard.0, LOUDER_LU, SOFTER_LU) else {
            break;
        };
        let possible = groups::louder(&mut heard.0.clone(), missing);
        if (possible - missing).abs() > groups::LEVEL_DB {
            break;
        }
        corrections.push(possible);
    }
    let farthest = (corrections.len() - 1) * CHECKED;
    let last = line[farthest];
    line[farthest..].fill(last);
    for (step, sound) in line.iter_mut().enumerate().skip(1) {
        let step = step.min(farthest);
        let (check, rest) = (step / CHECKED, (step % CHECKED) as f32 / CHECKED as f32);
        let before = corrections[check];
        let after = corrections.get(check + 1).copied().unwrap_or(before);
        groups::shift_carriers(&mut sound.0, before + (after - before) * rest);
    }
}

/// The sound so many steps past an end: away from the other end in straight lines, its switches, its pitch and
/// what moves it kept.
fn past(end: &Values, other: &Values, steps: usize) -> Values {
    let by = steps as f32 / STEPS as f32;
    std::array::from_fn(|i| {
        // PANIC: `i` runs over the table of parameters.
        let parameter = Parameter::new(i).expect("an index of a parameter");
        if groups::makes_pitch(parameter) || !FractionalPatch::is_continuous(parameter) {
            end[i]
        } else {
            let value = end[i] + (end[i] - other[i]) * by;
            value.clamp(0.0, f32::from(parameter.spec().max))
        }
    })
}
