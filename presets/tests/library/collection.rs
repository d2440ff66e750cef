//! Searches while a name is typed: in the collection of 26,260 voices, where it is at hand, and in
//! made-up sounds, as many as `SYNTHETIC=100000` in the environment asks for.

use std::path::Path;
use std::time::{Duration, Instant};

use presets::library::{Library, Query};

use crate::{Scratch, go_on, patch};

/// Made-up sounds of every day.
const SYNTHETIC: usize = 3_000;
/// Ten times the budget of a keystroke, for a machine that does other things at the same time.
const PATIENCE: Duration = Duration::from_millis(500);

/// Searches for each text, prints what it took, and returns how many were found.
fn search(library: &mut Library, texts: &[&str]) -> Vec<usize> {
    // The first search opens what later ones find open.
    library.search(&Query::default(), 0, 50).unwrap();
    let found = texts.iter().map(|&text| {
        let query = Query {
            text: text.to_owned(),
            ..Query::default()
        };
        let start = Instant::now();
        let found = library.search(&query, 0, 50).unwrap().len();
        let took = start.elapsed();
        println!("{text:10} {found:2} found in {took:?}");
        assert!(took < PATIENCE, "{text} took {took:?}");
        found
    });
    found.collect()
}

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
    let texts = [
        "e", "e.", "e.p", "e.pi", "epiano", "epiano 1", "b", "bass", "s", "str", "zzzz",
    ];
    let found = search(&mut library, &texts);
    assert!(found[..10].iter().all(|&found| found > 0), "{found:?}");
}

#[test]
fn made_up_sounds_are_found_while_their_name_is_typed() {
    let count = std::env::var("SYNTHETIC").map_or(SYNTHETIC, |n| n.parse().unwrap());
    let words = [
        "PIANO", "BASS", "STRING", "BELL", "BRASS", "LEAD", "PAD", "ORGAN",
    ];
    let scratch = Scratch::new("synthetic");
    let voices: Vec<u8> = (0..count)
        .flat_map(|number| {
            let name = format!("{} {number}", words[number % words.len()]);
            patch(number, &name[..name.len().min(10)]).to_packed()
        })
        .collect();
    let file = scratch.file("synthetic.bin", &voices);
    let mut library = scratch.library();
    let report = library.import(&[file], go_on).unwrap();
    let (total, new, _) = report.totals();
    println!("{new} of {total} are different");
    assert!(total == count && new > count * 9 / 10, "{new} of {count}");
    let found = search(
        &mut library,
        &["p", "pi", "pia", "piano", "piano 1", "b", "ba", "zzz"],
    );
    assert!(
        found[..7].iter().all(|&found| found > 0) && found[7] == 0,
        "{found:?}"
    );
}
