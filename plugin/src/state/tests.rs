use super::*;
use crate::session::{Lock, Locks};
use crate::shared::tests::choice;
use presets::Parameter;
use proptest::prelude::*;
use serde_json::json;

fn session() -> Session {
    let mut b = choice(31);
    b.patch.set_name("THE END");
    b.origin = "factory:THE END".to_owned();
    Session {
        a: choice(4),
        b,
        locks: Locks {
            envelope: Lock::B,
            pitch: Lock::A,
            ..Locks::default()
        },
        bend_range: 12,
        pins: vec![0.25, -0.125],
        path: PathKind::Even,
        engine: EngineKind::MarkI,
        dexed: Some(Dexed {
            format: Format::Vst2,
            path: "/somewhere/Dexed.so".into(),
        }),
    }
}

fn table(session: &Session) -> MorphTable {
    let [a, b] = session.ends();
    MorphTable::linear(&a, &b)
}

/// A table whose inner values have as many different bits as they can.
fn rough_table(session: &Session) -> MorphTable {
    let linear = table(session);
    MorphTable::from_fn(|position| {
        let mut patch = linear.at(position);
        if position != 0.0 && position != 1.0 {
            for parameter in
                Parameter::all().filter(|&p| presets::FractionalPatch::is_continuous(p))
            {
                let max = f32::from(parameter.spec().max);
                let noise = (position * 977.0 + parameter.index() as f32 * 1.37)
                    .sin()
                    .abs();
                patch.0[parameter.index()] = max * noise;
            }
        }
        patch
    })
}

#[test]
fn what_was_saved_is_restored_to_the_bit() {
    let session = session();
    for table in [table(&session), rough_table(&session)] {
        let saved = Saved::new(&session, &table, true);
        let text = serde_json::to_string(&saved).unwrap();
        let restored = serde_json::from_str::<Saved>(&text)
            .unwrap()
            .restore()
            .unwrap();
        assert_eq!(restored.session, session);
        assert!(restored.table.entries() == table.entries());
        assert_eq!(restored.remade, None);
        let again = Saved::new(&restored.session, &restored.table, true);
        assert_eq!(serde_json::to_string(&again).unwrap(), text);
    }
}

/// A song that was saved while its path was still searched has it found when it is opened.
#[test]
fn a_path_that_was_not_found_yet_is_still_wanted() {
    let session = session();
    for found in [false, true] {
        let saved = Saved::new(&session, &rough_table(&session), found);
        let restored = saved.restore().unwrap();
        assert_eq!(restored.found, found);
        assert!(restored.table.entries() == rough_table(&session).entries());
    }
    let mut without = Saved::new(&session, &table(&session), true).0;
    without["table"].take();
    assert!(!Saved(without.clone()).restore().unwrap().found);
    without["path"] = json!("linear");
    assert!(Saved(without).restore().unwrap().found);
}

#[test]
fn a_linear_path_is_small() {
    let session = session();
    let text = serde_json::to_string(&Saved::new(&session, &table(&session), true)).unwrap();
    assert!(text.len() < 4096, "{} bytes", text.len());
}

/// A state of version 1 as it was written on its first day. Every later version must read it.
#[test]
fn the_first_version_is_read() {
    let init = hex(&Patch::INIT.to_packed());
    let saved = Saved(json!({ "version": 1, "a": { "patch": init }, "b": { "patch": init } }));
    let restored = saved.restore().unwrap();
    assert_eq!(restored.session.a.patch, Patch::INIT);
    assert_eq!(restored.session.engine, EngineKind::Modern);
    // It knew no other path, and its songs must not change.
    assert_eq!(restored.session.path, PathKind::Linear);
    assert_eq!(restored.session.locks, Locks::default());
    assert_eq!(restored.session.bend_range, 3);
    assert!(restored.found);
    assert!(*restored.table == MorphTable::constant(&Patch::INIT));
}

#[test]
fn what_is_no_state_is_refused() {
    let good = Saved::new(&session(), &table(&session()), true).0;
    let with = |key: &str, value: Value| {
        let mut state = good.clone();
        state[key] = value;
        state
    };
    let damaged = |what: &str| StateError::Damaged(what.to_owned());
    let patch_of_a = "the patch of A is not 128 bytes in hex";
    for (state, error) in [
        (json!(null), StateError::Foreign),
        (json!([1, 2]), StateError::Foreign),
        (json!({ "gain": 0.5 }), StateError::Foreign),
        (with("version", json!(0)), StateError::Foreign),
        (
            with("version", json!(VERSION + 1)),
            StateError::Newer(VERSION + 1),
        ),
        (with("a", json!({ "patch": "00" })), damaged(patch_of_a)),
        (
            with("a", json!({ "patch": "é".repeat(128) })),
            damaged(patch_of_a),
        ),
        (
            with("a", json!({ "patch": "zz".repeat(128) })),
            damaged(patch_of_a),
        ),
        (with("b", json!({})), damaged("missing field `patch`")),
    ] {
        assert_eq!(Saved(state).restore().err(), Some(error));
    }
}

#[test]
fn a_damaged_path_is_made_anew() {
    let session = session();
    let good = Saved::new(&session, &rough_table(&session), true).0;
    let other = Session {
        a: choice(9),
        ..session.clone()
    };
    let foreign_table = Saved::new(&other, &rough_table(&other), true).0["table"].clone();
    let mut out_of_range = rough_table(&session).entries().to_vec();
    out_of_range[3].0[Parameter::ALGORITHM.index()] = 0.5;
    let mut entries = out_of_range.into_iter();
    let out_of_range = MorphTable::from_fn(|_| entries.next().unwrap());
    let algorithm = TableError::OutOfRange(Parameter::ALGORITHM);

    for (table, error) in [
        (
            json!({ "steps": 32, "beyond": 32, "data": "" }),
            TableError::Shape,
        ),
        (
            json!({ "steps": 64, "beyond": 32, "data": "" }),
            TableError::Unreadable,
        ),
        (
            json!({ "steps": 64, "beyond": 32, "data": "!" }),
            TableError::Unreadable,
        ),
        (foreign_table, TableError::Ends),
        (
            Saved::new(&session, &out_of_range, true).0["table"].clone(),
            algorithm,
        ),
    ] {
        let mut state = good.clone();
        state["table"] = table;
        let restored = Saved(state).restore().unwrap();
        assert_eq!(restored.remade, Some(error));
        assert!(*restored.table == self::table(&session));
    }
}

proptest! {
    #[test]
    fn any_damage_gives_a_state_or_an_error(place in 0usize..6000, byte in 32u8..127) {
        let session = session();
        let mut text = serde_json::to_string(&Saved::new(&session, &table(&session), true))
            .unwrap()
            .into_bytes();
        let place = place % text.len();
        text[place] = byte;
        if let Ok(saved) = serde_json::from_slice::<Saved>(&text) {
            // Whatever it is: no panic, and a path that fits to its ends.
            if let Ok(restored) = saved.restore() {
                let a = presets::FractionalPatch::from(&restored.session.ends()[0]);
                prop_assert_eq!(restored.table.at(0.0), a);
            }
        }
    }
}

#[test]
fn parameters_of_any_state_come_into_range() {
    use nice_plug::plugin::ParamValue;
    let number = ParamValue::F32;
    let values = [
        ("morph", number(1e30), 1.0),
        ("beyond", number(f32::NAN), 0.0),
        ("volume", ParamValue::Bool(true), 0.0),
        ("tune", number(-12.5), -12.5),
        ("lfo_morph", number(-7.0), -1.0),
        ("envelope_decay", ParamValue::I32(3), 1.0),
    ];
    let lists = [
        ("lfo_shape", ParamValue::I32(99), 5),
        ("lfo_sync", number(3.0), 0),
    ];
    let mut state = PluginState {
        version: String::new(),
        params: values
            .iter()
            .map(|(id, value, _)| (*id, value))
            .chain(lists.iter().map(|(id, value, _)| (*id, value)))
            .map(|(id, value)| (id.to_owned(), value.clone()))
            .collect(),
        fields: BTreeMap::new(),
    };
    migrate_parameters(&mut state);
    for (id, _, expected) in values {
        assert!(
            matches!(state.params[id], ParamValue::F32(found) if found == expected),
            "{id}"
        );
    }
    for (id, _, expected) in lists {
        assert!(
            matches!(state.params[id], ParamValue::I32(found) if found == expected),
            "{id}"
        );
    }
}
