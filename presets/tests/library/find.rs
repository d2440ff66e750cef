//! Words, filters, orders, neighbours in timbre.

use presets::library::{Category, Features, Library, Measure, Query, Shape, Sort, Tone};
use presets::{Parameter, Patch};

use crate::{Numbers, Scratch, go_on, patch};

fn names(library: &mut Library, query: &Query) -> Vec<String> {
    let found = library.search(query, 0, 100).unwrap();
    assert_eq!(library.count(query).unwrap(), found.len() as u64);
    found.into_iter().map(|found| found.name).collect()
}

fn typed(text: &str) -> Query {
    Query {
        text: text.to_owned(),
        ..Query::default()
    }
}

#[test]
fn words_are_found_as_they_are_typed() {
    let scratch = Scratch::new("words");
    let mut library = scratch.library();
    for (number, name) in ["E.PIANO 1", "PIANO   2", "EPIC PAD", "TUB BELLS"]
        .iter()
        .enumerate()
    {
        library.save(&patch(number, name), &[]).unwrap();
    }
    // Enough of others that a word can be rare.
    for number in 10..30 {
        library
            .save(&patch(number, &format!("OTHER {number}")), &[])
            .unwrap();
    }
    let bells = library.search(&typed("tub"), 0, 1).unwrap()[0].id;
    library.tag(bells, "Wintry").unwrap();
    library.set_author(bells, "Ada").unwrap();

    let cases: [(&str, &[&str]); 9] = [
        ("e", &["E.PIANO 1", "EPIC PAD"]),
        ("epi", &["E.PIANO 1", "EPIC PAD"]),
        ("e.pi", &["E.PIANO 1"]),
        ("epiano", &["E.PIANO 1"]),
        ("piano", &["PIANO   2", "E.PIANO 1"]),
        ("bells tub", &["TUB BELLS"]),
        ("winter", &[]),
        ("WINT ada", &["TUB BELLS"]),
        ("\"; DROP TABLE preset", &[]),
    ];
    for (text, expected) in cases {
        let mut found = names(&mut library, &typed(text));
        let mut expected = expected.to_vec();
        found.sort();
        expected.sort_unstable();
        assert_eq!(found, expected, "{text}");
    }
    // What a name says comes before what a tag says.
    let pad = library.search(&typed("epic"), 0, 1).unwrap()[0].id;
    library.tag(pad, "piano").unwrap();
    assert_eq!(
        names(&mut library, &typed("piano")).last().unwrap(),
        "EPIC PAD"
    );
}

#[test]
fn filters_and_orders_do_what_they_say() {
    let scratch = Scratch::new("filters");
    let mut library = scratch.library();
    let mut ids = Vec::new();
    for (name, speed, delay, algorithm) in [
        ("BASS 1", 3, 90, 4),
        ("FLUTE", 30, 0, 4),
        ("BELLS", 90, 60, 31),
    ] {
        let mut patch = patch(speed.into(), name);
        patch.set(Parameter::LFO_SPEED, speed);
        patch.set(Parameter::LFO_DELAY, delay);
        patch.set(Parameter::ALGORITHM, algorithm);
        ids.push(library.save(&patch, &[]).unwrap().id);
    }
    let silent = Patch::from_values(&[0; Parameter::COUNT], b"SILENCE   ");
    library.save(&silent, &[]).unwrap();
    library.measure(&Numbers, 2, go_on).unwrap();
    library.set_favourite(ids[1], true).unwrap();
    library.set_rating(ids[2], 4).unwrap();
    library.set_rating(ids[0], 2).unwrap();
    library.tag(ids[0], "low").unwrap();
    library.mark_used(ids[0]).unwrap();
    library.mark_used(ids[2]).unwrap();
    library.set_category(ids[1], Category::Lead).unwrap();

    let all = Query::default;
    let cases: [(Query, &[&str]); 13] = [
        (all(), &["BASS 1", "BELLS", "FLUTE"]),
        (
            Query {
                silent: true,
                ..all()
            },
            &["BASS 1", "BELLS", "FLUTE", "SILENCE"],
        ),
        (
            Query {
                category: Some(Category::Bass),
                ..all()
            },
            &["BASS 1"],
        ),
        (
            Query {
                category: Some(Category::Lead),
                ..all()
            },
            &["FLUTE"],
        ),
        (
            Query {
                favourites: true,
                ..all()
            },
            &["FLUTE"],
        ),
        (
            Query {
                algorithm: Some(5),
                ..all()
            },
            &["BASS 1", "FLUTE"],
        ),
        (
            Query {
                tone: Some(Tone::Bright),
                ..all()
            },
            &["BELLS", "FLUTE"],
        ),
        (
            Query {
                tone: Some(Tone::Dark),
                ..all()
            },
            &["BASS 1"],
        ),
        (
            Query {
                shape: Some(Shape::Percussive),
                ..all()
            },
            &["BASS 1", "BELLS"],
        ),
        (
            Query {
                tag: Some("LOW".to_owned()),
                ..all()
            },
            &["BASS 1"],
        ),
        (Query { stars: 3, ..all() }, &["BELLS"]),
        (
            Query {
                used: true,
                sort: Sort::Used,
                ..all()
            },
            &["BELLS", "BASS 1"],
        ),
        (
            Query {
                sort: Sort::Brightest,
                ..all()
            },
            &["BELLS", "FLUTE", "BASS 1"],
        ),
    ];
    for (query, expected) in cases {
        assert_eq!(names(&mut library, &query), expected, "{query:?}");
    }

    // Next and previous go round.
    let mut id = None;
    let mut forward = Vec::new();
    for _ in 0..4 {
        id = library.step(&all(), id, true).unwrap();
        forward.push(id.unwrap());
    }
    assert_eq!(forward, [ids[0], ids[2], ids[1], ids[0]]);
    assert_eq!(library.step(&all(), id, false).unwrap(), Some(ids[1]));
    assert_eq!(library.step(&typed("nothing"), id, true).unwrap(), None);
}

#[test]
fn a_noisy_copy_finds_its_original_first() {
    let scratch = Scratch::new("noisy");
    let mut library = scratch.library();
    let ids: Vec<_> = (0..60)
        .map(|number| library.save(&patch(number, "P"), &[]).unwrap().id)
        .collect();
    library.measure(&Numbers, 2, go_on).unwrap();
    for (number, &id) in ids.iter().enumerate() {
        let mut noisy = patch(number, "NOISY");
        let nudged = noisy.get(Parameter::PITCH_EG_RATE_1) ^ 1;
        noisy.set(Parameter::PITCH_EG_RATE_1, nudged);
        let like = library.like(&noisy, &Numbers.measure(&noisy), 3).unwrap();
        assert_eq!(like[0].found.id, id);
    }
    let more = library.more_like(ids[0], 5).unwrap();
    assert_eq!(more.len(), 5);
    assert!(more.iter().all(|similar| similar.found.id != ids[0]));
    assert!(more.is_sorted_by(|a, b| a.distance <= b.distance));
}

#[test]
fn between_lies_between_and_a_surprise_is_far() {
    let scratch = Scratch::new("between");
    let mut library = scratch.library();
    // A line of patches along one parameter that the features see.
    let line: Vec<_> = (0..20)
        .map(|step| {
            let mut patch = Patch::INIT;
            patch.set(Parameter::PITCH_EG_RATE_1, 5 * step);
            library.save(&patch, &[]).unwrap().id
        })
        .collect();
    library.measure(&Numbers, 1, go_on).unwrap();
    let between = library.between(line[2], line[12], 3).unwrap();
    assert_eq!(between[0].found.id, line[7]);
    for seed in 0..20 {
        let surprise = library.surprise(Some(line[0]), seed).unwrap().unwrap();
        assert!(surprise.distance >= 45.0, "{}", surprise.distance);
    }
    let chosen: std::collections::BTreeSet<_> = (0..20)
        .map(|seed| library.surprise(None, seed).unwrap().unwrap().found.id)
        .collect();
    assert!(chosen.len() > 5, "every seed gives another: {chosen:?}");
}

#[test]
fn near_duplicates_are_linked_and_can_be_hidden() {
    let scratch = Scratch::new("near");
    let mut library = scratch.library();
    let first = library.save(&patch(1, "FIRST"), &[]).unwrap().id;
    let mut near = patch(1, "NEAR");
    near.set(Parameter::TRANSPOSE, near.get(Parameter::TRANSPOSE) ^ 1);
    library.save(&near, &[]).unwrap();
    library.save(&patch(2, "OTHER"), &[]).unwrap();
    library.measure(&Numbers, 2, go_on).unwrap();
    let query = Query {
        distinct: true,
        ..Query::default()
    };
    assert_eq!(names(&mut library, &query), ["FIRST", "OTHER"]);
    let group = library.near(first).unwrap();
    assert_eq!(group.len(), 1);
    assert_eq!(group[0].name, "NEAR");
    assert_eq!(library.near(group[0].id).unwrap()[0].id, first);
}

#[test]
fn what_another_version_measured_is_measured_again() {
    struct Later;
    impl Measure for Later {
        fn version(&self) -> u32 {
            2
        }
        fn measure(&self, patch: &Patch) -> Features {
            Features {
                attack: 0.5,
                ..Numbers.measure(patch)
            }
        }
    }
    let scratch = Scratch::new("versions");
    let mut library = scratch.library();
    let id = library.save(&patch(1, "P"), &[]).unwrap().id;
    assert_eq!(library.features(id).unwrap(), None);
    assert_eq!(library.measure(&Numbers, 1, go_on).unwrap(), 1);
    assert_eq!(library.measure(&Numbers, 1, go_on).unwrap(), 0);
    assert_eq!(library.measure(&Later, 1, go_on).unwrap(), 1);
    assert_eq!(library.features(id).unwrap().unwrap().attack, 0.5);
}
