//! The collection of 26,260 voices, where it is at hand.

use std::path::Path;
use std::time::{Duration, Instant};

use presets::library::Query;

use crate::{Scratch, go_on};

#[test]
fn a_large_collection_is_found_while_its_name_is_typed() {
    let voices = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/dx7-voices.bin");
    if !voices.exists() {
        println!("skipped: {} is not here", voices.display());
        return;
    }
    let scratch = Scratch::new("collection");
    let mut library = scratch.library();
    let start = Instant::now();
    let report = library.import(&[voices], go_on).unwrap();
    println!("imported in {:?}", start.elapsed());
    let (total, new, cleaned) = report.totals();
    assert_eq!(total, 26_260);
    assert!(
        cleaned > 1000,
        "about one voice in ten is out of range, not {cleaned}"
    );
    assert_eq!(new as u64, library.len().unwrap());

    // The first search opens what later ones find open.
    library.search(&Query::default(), 0, 50).unwrap();
    for typed in [
        "e", "e.", "e.p", "e.pi", "epiano", "epiano 1", "b", "bass", "s", "str", "zzz",
    ] {
        let query = Query {
            text: typed.to_owned(),
            ..Query::default()
        };
        let start = Instant::now();
        let found = library.search(&query, 0, 50).unwrap();
        let took = start.elapsed();
        println!("{typed:10} {:2} found in {took:?}", found.len());
        // Ten times the budget, for a machine that does other things at the same time.
        assert!(took < Duration::from_millis(500), "{typed} took {took:?}");
        assert!(typed == "zzz" || !found.is_empty(), "{typed}");
    }
}
