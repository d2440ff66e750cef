//! Any bytes as a state and as a tuning: no panic, and what is taken is whole. `MUTATIONS=1000000` in
//! the environment asks for more than every day; the seed is fixed, so that a failure repeats.

mod tween;

use end_to_end::readers;
use plugin::state::Saved;
use tween::Random;

const INPUTS: usize = 20_000;

fn inputs() -> usize {
    std::env::var("MUTATIONS").map_or(INPUTS, |n| n.parse().unwrap())
}

/// Changes, takes out, doubles and cuts; `words` come in where they hurt.
fn mutate(bytes: &mut Vec<u8>, words: &[&str], random: &mut Random) {
    for _ in 0..1 + random.below(4) {
        if bytes.is_empty() {
            return;
        }
        let at = random.below(bytes.len());
        match random.below(6) {
            0 => bytes[at] = random.next() as u8,
            1 => bytes[at] ^= 1 << random.below(8),
            2 if random.below(8) == 0 => bytes.truncate(at),
            3 => drop(bytes.drain(at..(at + 1 + random.below(30)).min(bytes.len()))),
            4 => {
                let piece = bytes[at..(at + random.below(60)).min(bytes.len())].to_vec();
                bytes.splice(at..at, piece);
            }
            _ => {
                let word = words[random.below(words.len())].bytes();
                bytes.splice(at..at, word);
            }
        }
    }
}

#[test]
fn no_bytes_upset_what_reads_a_state() {
    let patches = tween::patches();
    let seeds: Vec<Vec<u8>> = (0..4)
        .map(|i| serde_json::to_vec(&tween::session(&patches[i], &patches[i + 50])).unwrap())
        .collect();
    let first = include_bytes!("../fixtures/first-version-modern.state");
    let first = tween::unwrap_state(first)["fields"]["session"].clone();
    let seeds = [seeds, vec![first.as_str().unwrap().into()]].concat();
    let words = [
        "null",
        "1e999",
        "-1",
        "\"",
        "{}",
        "[",
        "18446744073709551616",
        "version",
    ];
    let mut random = Random(5);
    let (mut json, mut taken) = (0, 0);
    for _ in 0..inputs() {
        let mut bytes = seeds[random.below(seeds.len())].clone();
        mutate(&mut bytes, &words, &mut random);
        json += usize::from(serde_json::from_slice::<Saved>(&bytes).is_ok());
        taken += usize::from(readers::state(&bytes));
    }
    println!("{} inputs: {json} JSON, {taken} taken", inputs());
    assert!(taken > inputs() / 100 && json > taken, "{json} {taken}");
}

#[test]
fn no_bytes_upset_what_reads_a_tuning() {
    let scale = "! x.scl\n!\nA scale\n 12\n!\n100.0\n9/8\n300.\n5/4\n500.0\n600.0\n3/2\n800.0\n900.0\n1000.0\n1100.0\n2/1\n";
    let map = "! x.kbm\n12\n0\n127\n60\n69\n440.0\n12\n0\n1\n2\n3\nx\n5\n6\n7\n8\n9\n10\n11\n";
    let words = [
        "\n",
        "-",
        "/0",
        "0/",
        "1e999",
        "4294967296",
        "x",
        "!",
        "99999999999999999999",
        "NaN",
    ];
    let mut random = Random(9);
    let (mut scales, mut maps, mut tunings) = (0, 0, 0);
    for _ in 0..inputs() {
        let [scale, map] = [scale, map].map(|seed| {
            let mut bytes = seed.as_bytes().to_vec();
            mutate(&mut bytes, &words, &mut random);
            bytes
        });
        scales += usize::from(readers::scale(&scale));
        maps += usize::from(readers::keyboard_map(&map));
        tunings += usize::from(readers::tuning(&scale, &map));
    }
    println!(
        "{} inputs: {scales} scales, {maps} maps, {tunings} both",
        inputs()
    );
    assert!(tunings > inputs() / 100 && scales < inputs() && maps < inputs());
}
