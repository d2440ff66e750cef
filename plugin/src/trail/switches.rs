//! Where switches change on a path, in words.

use engine::MorphTable;
use presets::Parameter;

/// A place where switches change.
#[derive(Clone, Debug, PartialEq)]
pub struct Switch {
    /// The position of Morph.
    pub position: f32,
    /// What is written there: `ALG 5 > 22 +2 more`. A switch is named once, where it changes first, with
    /// all that it becomes on the way; empty where all that change were named before.
    pub label: String,
    /// All that change there, the one that is heard most first.
    pub changes: Vec<String>,
}

/// A switch at a place of the path.
struct Change {
    switch: Parameter,
    from: u8,
    to: u8,
}

/// The places between A and B where switches change.
pub fn switches(table: &MorphTable) -> Vec<Switch> {
    let places = places(table);
    let mut named = Vec::new();
    let of_place = |(place, (position, changes)): (usize, &(f32, Vec<Change>))| {
        let fresh = changes
            .iter()
            .find(|change| !named.contains(&change.switch));
        let label = fresh.map_or_else(String::new, |first| {
            let later = places[place..].iter().flat_map(|(_, changes)| changes);
            let course = course(later.filter(|change| change.switch == first.switch));
            let more = match changes.len() - 1 {
                0 => String::new(),
                others => format!(" +{others} more"),
            };
            format!("{} {course}{more}", name(first.switch))
        });
        named.extend(changes.iter().map(|change| change.switch));
        let text = |change: &Change| {
            let [from, to] =
                [change.from, change.to].map(|value| self::value(change.switch, value));
            format!("{} {from} > {to}", name(change.switch))
        };
        Switch {
            position: *position,
            label,
            changes: changes.iter().map(text).collect(),
        }
    };
    places.iter().enumerate().map(of_place).collect()
}

/// What changes where, at each place the algorithm first, which changes most.
fn places(table: &MorphTable) -> Vec<(f32, Vec<Change>)> {
    /// As fine as a picture shows.
    const STEPS: usize = 512;
    let mut found = Vec::new();
    let mut before = table.at(0.0);
    for step in 1..=STEPS {
        let position = step as f32 / STEPS as f32;
        let here = table.at(position);
        let change = |switch| Change {
            switch,
            from: before.get(switch).round() as u8,
            to: here.get(switch).round() as u8,
        };
        let changes = Parameter::switches().map(change);
        let mut changes: Vec<Change> = changes.filter(|change| change.from != change.to).collect();
        changes.sort_by_key(|change| change.switch != Parameter::ALGORITHM);
        if !changes.is_empty() {
            found.push((position - 0.5 / STEPS as f32, changes));
        }
        before = here;
    }
    found
}

/// All that a switch becomes, each once and in order, and last where it ends: `5 > 22`, `5 > 22 > 5`.
fn course<'a>(changes: impl Iterator<Item = &'a Change>) -> String {
    let mut values: Vec<u8> = Vec::new();
    let mut last = None;
    for change in changes {
        for value in [change.from, change.to] {
            if !values.contains(&value) {
                values.push(value);
            }
        }
        last = Some((change.switch, change.to));
    }
    let Some((switch, last)) = last else {
        return String::new();
    };
    if values.last() != Some(&last) {
        values.push(last);
    }
    let words = values.into_iter().map(|value| self::value(switch, value));
    words.collect::<Vec<_>>().join(" > ")
}

/// A switch in few letters.
fn name(switch: Parameter) -> String {
    if let Some(operator) = switch.operator() {
        return format!("OP{} {}", operator.number(), switch.spec().name);
    }
    match switch {
        Parameter::ALGORITHM => "ALG".to_owned(),
        Parameter::LFO_WAVE => "LFO".to_owned(),
        _ => switch.spec().name.to_owned(),
    }
}

/// What it stands at, as a DX7 says it.
fn value(switch: Parameter, value: u8) -> String {
    const WAVES: [&str; 6] = ["TRI", "SAW DN", "SAW UP", "SQUARE", "SINE", "S/HOLD"];
    const CURVES: [&str; 4] = ["-LIN", "-EXP", "+EXP", "+LIN"];
    const MODES: [&str; 2] = ["RATIO", "FIXED"];
    const SYNC: [&str; 2] = ["OFF", "ON"];
    let words: &[&str] = match (switch, switch.spec().max) {
        (Parameter::ALGORITHM, _) => return (value + 1).to_string(),
        (Parameter::LFO_WAVE, _) => &WAVES,
        (_, 3) => &CURVES,
        _ if switch.operator().is_some() => &MODES,
        _ => &SYNC,
    };
    words[usize::from(value) % words.len()].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use presets::{FractionalPatch, Patch};

    /// A path whose algorithm, as people count, is one of these in turn.
    fn algorithms(of: &[u8]) -> MorphTable {
        let patches: Vec<FractionalPatch> = of
            .iter()
            .map(|&number| {
                let mut patch = Patch::INIT;
                patch.set(Parameter::ALGORITHM, number - 1);
                FractionalPatch::from(&patch)
            })
            .collect();
        let last = patches.len() - 1;
        MorphTable::from_fn(|at| patches[((at * patches.len() as f32) as usize).min(last)])
    }

    fn labels(table: &MorphTable) -> Vec<String> {
        let found = switches(table).into_iter();
        found.map(|switch| switch.label).collect()
    }

    #[test]
    fn switches_are_found_where_they_change() {
        let (a, mut b) = (Patch::INIT, Patch::INIT);
        b.set(Parameter::ALGORITHM, 21);
        b.set(Parameter::LFO_WAVE, (a.get(Parameter::LFO_WAVE) + 1) % 6);
        let at = |at: f32| FractionalPatch::from(if at < 0.25 { &a } else { &b });
        let found = switches(&MorphTable::from_fn(at));
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].label, "ALG 1 > 22 +1 more");
        assert_eq!(found[0].changes, ["ALG 1 > 22", "LFO TRI > SAW DN"]);
        assert!((found[0].position - 0.25).abs() < 0.02, "{found:?}");
        assert_eq!(switches(&MorphTable::constant(&a)), []);
    }

    #[test]
    fn a_switch_that_goes_back_and_forth_is_named_once() {
        for (way, expected) in [
            (&[5, 22][..], &["ALG 5 > 22"][..]),
            (&[5, 22, 5, 22], &["ALG 5 > 22", "", ""]),
            (&[5, 22, 5], &["ALG 5 > 22 > 5", ""]),
            (&[5, 9, 22], &["ALG 5 > 9 > 22", ""]),
        ] {
            assert_eq!(labels(&algorithms(way)), expected, "{way:?}");
        }
    }

    #[test]
    fn every_switch_has_words_for_all_that_it_can_be() {
        for switch in Parameter::switches() {
            let all = (0..=switch.spec().max).map(|at| value(switch, at));
            let mut all: Vec<String> = all.collect();
            assert!(!name(switch).is_empty());
            let count = all.len();
            all.sort();
            all.dedup();
            assert_eq!(all.len(), count, "{switch}: {all:?}");
        }
    }
}
