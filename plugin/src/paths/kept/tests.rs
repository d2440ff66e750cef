use super::*;
use engine::table::ENTRIES;
use presets::{FractionalPatch, Parameter, Patch, factory};

fn sought() -> Sought {
    let bank = factory::all();
    Sought {
        a: bank[3].patch,
        b: bank[50].patch,
        engine: EngineKind::Modern,
        path: PathKind::Even,
    }
}

fn finder() -> Finder {
    Finder {
        model: [5; 32],
        search: "test".to_owned(),
    }
}

/// A path with inner values of as many different bits as they can have.
fn rough(a: &Patch, b: &Patch) -> MorphTable {
    let linear = MorphTable::linear(a, b);
    MorphTable::from_fn(|position| {
        let mut patch = linear.at(position);
        if position != 0.0 && position != 1.0 {
            for parameter in Parameter::all().filter(|&one| FractionalPatch::is_continuous(one)) {
                let noise = (position * 977.0 + parameter.index() as f32 * 1.37).sin();
                patch.0[parameter.index()] = noise.abs() * f32::from(parameter.spec().max);
            }
        }
        patch
    })
}

fn bits(table: &MorphTable) -> Vec<u32> {
    let values = table.entries().iter().flat_map(|entry| entry.0);
    values.map(f32::to_bits).collect()
}

#[test]
fn what_was_kept_comes_back_to_the_bit() {
    let sought = sought();
    let wanted = wanted(&sought, &finder()).unwrap();
    // A zero below zero is none of the numbers of a search, and still another one.
    let mut odd = *rough(&sought.a, &sought.b).entries();
    odd[0].0[Parameter::of(presets::Operator::ALL[0], presets::OperatorParameter::Fine).index()] =
        -0.0;
    let tables = [
        MorphTable::linear(&sought.a, &sought.b),
        rough(&sought.a, &sought.b),
        MorphTable::from_entries(&odd),
    ];
    for table in tables {
        let coded = encode(&table, &wanted);
        println!(
            "{} bytes of {}",
            coded.len(),
            ENTRIES * Parameter::COUNT * 4
        );
        assert!(coded.len() <= presets::library::path_cache::MOST_BYTES);
        let back = decode(&coded, &wanted).unwrap();
        assert_eq!(bits(&back), bits(&table));
        assert_eq!(back, table);
    }
}

#[test]
fn any_damage_is_as_if_it_were_not_there() {
    let sought = sought();
    let wanted = wanted(&sought, &finder()).unwrap();
    let coded = encode(&MorphTable::linear(&sought.a, &sought.b), &wanted);
    for length in 0..coded.len() {
        assert!(decode(&coded[..length], &wanted).is_none(), "{length}");
    }
    let mut damaged = coded.clone();
    for place in 0..coded.len() {
        for bit in 0..8 {
            damaged[place] ^= 1 << bit;
            assert!(decode(&damaged, &wanted).is_none(), "{place}, bit {bit}");
            damaged[place] = coded[place];
        }
    }
    let longer = [&coded[..], &[0]].concat();
    assert!(decode(&longer, &wanted).is_none());
    // Another version's, with a checksum that is right.
    let newer = [&[CODING + 1], &coded[1..]].concat();
    assert!(decode(&newer, &wanted).is_none());
    // Whole, and in the place of another one's.
    let others = [
        Wanted {
            a: wanted.b,
            b: wanted.a,
            ..wanted.clone()
        },
        Wanted {
            engine: "opl",
            ..wanted.clone()
        },
        Wanted {
            kind: "neural",
            ..wanted.clone()
        },
        Wanted {
            model: [6; 32],
            ..wanted.clone()
        },
        Wanted {
            search: "tes".to_owned(),
            ..wanted.clone()
        },
    ];
    for other in &others {
        assert!(decode(&coded, other).is_none(), "{other:?}");
    }
    // Bytes of which the checksum is right but that are no path from A to B.
    let foreign = MorphTable::constant(&Patch::INIT);
    assert!(decode(&encode(&foreign, &wanted), &wanted).is_none());
}

#[test]
fn each_program_finds_its_own() {
    let (sought, present) = (sought(), Finder::present());
    let of = |finder: &Finder| wanted(&sought, finder).unwrap();
    assert_eq!(of(present).model, Compact::shipped_digest());
    assert_ne!(of(present).model, [0; 32]);
    assert!(present.search.starts_with(env!("CARGO_PKG_VERSION")));
    let linear = Sought {
        path: PathKind::Linear,
        ..sought.clone()
    };
    assert!(wanted(&linear, present).is_none());
}
