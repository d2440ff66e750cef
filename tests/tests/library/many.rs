//! Forty instances and an import at the same time, on a library that none of them has seen.

use std::ops::ControlFlow;
use std::process::Stdio;

use end_to_end::numbered;
use presets::library::{Query, Sort};

use crate::Scratch;

#[test]
fn forty_instances_and_an_import_wait_for_each_other() {
    const PROCESSES: usize = 8;
    const INSTANCES: usize = 5;
    const WRITES: usize = 10;
    const BANKS: usize = 60;
    let scratch = Scratch::new("many");
    let folder = scratch.banks(1_000_000, BANKS);

    let children: Vec<_> = (0..PROCESSES)
        .map(|process| {
            let first = process * INSTANCES * WRITES;
            let mut user = scratch.user("instances");
            user.args([first.to_string(), INSTANCES.to_string()]);
            user.stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap()
        })
        .collect();
    let mut library = scratch.library();
    library
        .import(&[folder], |_| ControlFlow::Continue(()))
        .unwrap();
    for child in children {
        let output = child.wait_with_output().unwrap();
        let said = [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap());
        assert!(output.status.success(), "{said:?}");
    }

    let written = PROCESSES * INSTANCES * WRITES;
    assert_eq!(library.len().unwrap() as usize, written + 32 * BANKS);
    let marked = Query {
        favourites: true,
        ..Query::default()
    };
    assert_eq!(library.count(&marked).unwrap() as usize, written);
    for number in 0..written {
        assert!(
            !library.save(&numbered(number), &[]).unwrap().new,
            "write {number} was lost"
        );
    }
    // Every use has a number of its own: none overwrote another.
    let used = Query {
        used: true,
        sort: Sort::Used,
        ..Query::default()
    };
    assert_eq!(library.count(&used).unwrap() as usize, written);
    assert_eq!(library.check().unwrap().faults, [""; 0]);
}
