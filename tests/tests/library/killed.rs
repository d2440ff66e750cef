//! Two hundred programs are killed while they write. What they said was stored is there.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use end_to_end::numbered;
use presets::library::Query;

use crate::{Chance, Scratch};

const KILLS: usize = 100;

fn start(command: &mut Command) -> (Child, impl Iterator<Item = String> + use<>) {
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    (child, lines.map_while(Result::ok))
}

#[test]
fn what_was_stored_before_a_kill_stays_stored() {
    let scratch = Scratch::new("killed-writes");
    let mut chance = Chance(1);
    let mut next = 0;
    let mut stored = Vec::new();
    for kill in 0..KILLS {
        let (mut child, mut said) = start(scratch.user("write").arg(next.to_string()));
        // Killed after some writes, wherever the following one is by then.
        let before = chance.below(6);
        let mut heard: Vec<usize> = said
            .by_ref()
            .take(before)
            .map(|line| line.parse().unwrap())
            .collect();
        child.kill().unwrap();
        child.wait().unwrap();
        heard.extend(said.map(|line| line.parse::<usize>().unwrap()));
        next = heard.last().map_or(next, |last| last + 1);
        stored.extend(heard);

        let mut library = scratch.library();
        // The last write of each may be stored without having been said.
        let len = library.len().unwrap() as usize;
        assert!(
            (stored.len()..=stored.len() + kill + 1).contains(&len),
            "{len} of {}",
            stored.len()
        );
        if kill % 20 == 19 {
            assert_eq!(library.check().unwrap().faults, [""; 0]);
        }
    }
    assert!(stored.len() > KILLS, "only {} writes", stored.len());
    let mut library = scratch.library();
    for &number in &stored {
        let again = library.save(&numbered(number), &[]).unwrap();
        assert!(!again.new, "patch {number} was lost");
        assert!(
            library.preset(again.id).unwrap().favourite,
            "the mark of {number} was lost"
        );
    }
    assert_eq!(library.check().unwrap().faults, [""; 0]);
}

#[test]
fn a_killed_import_goes_on_until_all_is_there() {
    const BANKS: usize = 200;
    let scratch = Scratch::new("killed-imports");
    let folder = scratch.banks(0, BANKS);
    let mut chance = Chance(2);
    let (mut before, mut unfinished) = (0, 0);
    for kill in 0..KILLS {
        let (mut child, said) = start(scratch.user("import").arg(&folder));
        // Files that are there already are passed over quickly; then some more.
        let heard = said.take(before / 32 + chance.below(12)).last();
        child.kill().unwrap();
        child.wait().unwrap();
        let mut library = scratch.library();
        let now = library.len().unwrap() as usize;
        assert!(
            now >= before,
            "{now} presets of {before} are left after kill {kill}"
        );
        before = now;
        if heard.as_deref() != Some("whole") {
            unfinished += library.unfinished_imports().unwrap().len();
        }
        if kill % 20 == 19 {
            assert_eq!(library.check().unwrap().faults, [""; 0]);
        }
    }
    assert!(
        unfinished > KILLS / 2,
        "kills came too late: {unfinished} unfinished imports"
    );

    let mut library = scratch.library();
    let paths = library.unfinished_imports().unwrap();
    assert!(
        paths
            .iter()
            .all(|path| path == &folder.canonicalize().unwrap()),
        "{paths:?}"
    );
    let report = library
        .import(&[folder], |_| std::ops::ControlFlow::Continue(()))
        .unwrap();
    assert_eq!(report.files.len(), BANKS);
    assert_eq!(library.len().unwrap() as usize, 32 * BANKS);
    assert!(library.unfinished_imports().unwrap().is_empty());
    assert_eq!(library.check().unwrap().faults, [""; 0]);
    let all = library.search(&Query::default(), 0, 32 * BANKS).unwrap();
    assert!(
        all.iter()
            .all(|found| library.preset(found.id).unwrap().origins.len() == 1)
    );
    assert!(Path::new(library.path()).exists());
}
