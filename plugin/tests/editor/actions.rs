//! What a user does, by the names that screen readers read, and what comes of it.

use egui::Vec2;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use engine::EngineKind;
use plugin::editor::theme::ThemeKind;
use plugin::editor::view::{Action, Knob, Page};
use plugin::keeper::Standing;
use plugin::library::{Ask, Shelf, State};
use plugin::session::{Dexed, End, PathKind};

use crate::scenes::{self, Bench, Scene, usual};

fn harness(scene: Scene, page: Page) -> Harness<'static, Bench> {
    let mut harness = Harness::builder()
        .with_size(Vec2::new(1040.0, 760.0))
        .build_ui_state(
            |ui, bench: &mut Bench| bench.show(ui),
            Bench::new(scene, page),
        );
    harness.run_steps(3);
    harness.state_mut().actions.clear();
    harness
}

/// A click on that label gives an action of that kind.
fn check(scene: Scene, page: Page, label: &str, expected: impl Fn(&Action) -> bool) {
    let mut harness = harness(scene, page);
    harness.get_by_label(label).click();
    harness.run_steps(3);
    let actions = &harness.state().actions;
    assert!(actions.iter().any(expected), "{label}: {actions:?}");
}

#[test]
fn every_button_does_what_it_says() {
    let on = |page: Page, label: &str, expected: fn(&Action) -> bool| {
        check(usual(), page, label, expected);
    };
    let browse = Page::Browse;
    on(browse, "Swap A and B", |a| *a == Action::Swap);
    on(browse, "Copy A to B", |a| *a == Action::Copy(End::A));
    on(browse, "Copy B to A", |a| *a == Action::Copy(End::B));
    on(browse, "Next A", |a| matches!(a, Action::Choose(End::A, _)));
    on(browse, "Previous B", |a| {
        matches!(a, Action::Choose(End::B, _))
    });
    on(browse, "Surprise B", |a| {
        matches!(a, Action::Library(Ask::Surprise(_, End::B)))
    });
    on(browse, "Favourite A", |a| {
        matches!(a, Action::Library(Ask::FavouritePatch(_, true)))
    });
    on(
        browse,
        "Pin",
        |a| matches!(a, Action::Pins(pins) if pins.len() == 1),
    );
    let mut pinned = usual();
    pinned.session.pins = vec![0.42, 0.7];
    check(pinned.clone(), browse, "Unpin", |a| {
        *a == Action::Pins(vec![0.7])
    });
    check(
        pinned,
        browse,
        "Next pin",
        |a| matches!(a, Action::Turn(Knob::Morph, to) if (to - 0.7).abs() < 1e-6),
    );
    on(browse, "Undo", |a| *a == Action::Undo);
    on(browse, "Linear", |a| *a == Action::Path(PathKind::Linear));
    on(browse, "Save sound", |a| {
        matches!(a, Action::Library(Ask::Save(_)))
    });
    on(
        browse,
        "Favourites",
        |a| matches!(a, Action::Library(Ask::Search(q)) if q.favourites),
    );
    on(Page::Sound, "Mark I", |a| {
        *a == Action::Engine(EngineKind::MarkI)
    });
    let found = Some(Dexed::at("/usr/lib/clap/Dexed.clap".into()));
    let label = "Dexed (CLAP) /usr/lib/clap/Dexed.clap";
    check(usual(), Page::Sound, label, |a| {
        *a == Action::Dexed(found.clone())
    });
    let mut missing = usual();
    missing.session.dexed = found.clone();
    missing.standing = Standing::Missing("it is gone".to_owned());
    check(missing.clone(), Page::Sound, "Try again", |a| {
        *a == Action::Dexed(found.clone())
    });
    check(missing, Page::Sound, "Built-in synth", |a| {
        *a == Action::Dexed(None)
    });
    on(
        Page::Settings,
        "150 %",
        |a| matches!(a, Action::Prefer(s) if s.size == 150),
    );
    on(
        Page::Settings,
        "Light",
        |a| matches!(a, Action::Prefer(s) if s.theme == ThemeKind::Light),
    );
}

#[test]
fn a_preset_of_the_list_goes_to_a_and_b() {
    let scene = usual();
    let first = scene.library.found[0].clone();
    let (id, name) = (first.id, first.name);
    let list = |label: String, expected: Ask| {
        check(usual(), Page::Browse, &label, |a| {
            *a == Action::Library(expected.clone())
        });
    };
    list(name.clone(), Ask::Audition(id));
    list(format!("{name} to A"), Ask::Load(id, End::A));
    list(format!("{name} to B"), Ask::Load(id, End::B));
    list(format!("{name} more like"), Ask::MoreLike(id));
    list(
        format!("Favourite {name}"),
        Ask::Favourite(id, !first.favourite),
    );
}

#[test]
fn arrows_play_and_enter_loads() {
    use egui::{Key, Modifiers};
    let mut harness = harness(usual(), Page::Browse);
    let ids: Vec<_> = harness
        .state()
        .scene
        .library
        .found
        .iter()
        .map(|f| f.id)
        .collect();
    for (modifiers, key) in [
        (Modifiers::NONE, Key::ArrowDown),
        (Modifiers::NONE, Key::ArrowDown),
        (Modifiers::NONE, Key::Enter),
        (Modifiers::NONE, Key::ArrowUp),
        (Modifiers::SHIFT, Key::Enter),
    ] {
        harness.key_press_modifiers(modifiers, key);
        harness.run_steps(2);
    }
    let expected = [
        Ask::Audition(ids[1]),
        Ask::Audition(ids[2]),
        Ask::Load(ids[2], End::A),
        Ask::Audition(ids[1]),
        Ask::Load(ids[1], End::B),
    ];
    assert_eq!(harness.state().actions, expected.map(Action::Library));
}

#[test]
fn the_slider_tells_begin_and_end_of_a_gesture() {
    let mut harness = harness(usual(), Page::Browse);
    harness
        .get_all_by_label("Morph")
        .next()
        .expect("the slider")
        .focus();
    harness.run_steps(2);
    harness.key_press(egui::Key::ArrowRight);
    harness.run_steps(2);
    let [begin, Action::Turn(Knob::Morph, value), release] = &harness.state().actions[..] else {
        panic!("{:?}", harness.state().actions);
    };
    assert_eq!(
        (begin, release),
        (&Action::Begin(Knob::Morph), &Action::Release(Knob::Morph))
    );
    assert!((value - 0.43).abs() < 1e-4, "{value}");
}

/// The parts of a gesture on a knob, in order.
fn gesture(actions: &[Action], knob: Knob) -> Option<f32> {
    match actions {
        [Action::Begin(a), Action::Turn(b, value), Action::Release(c)]
            if [*a, *b, *c] == [knob; 3] =>
        {
            Some(*value)
        }
        _ => None,
    }
}

#[test]
fn what_moves_morph_is_turned_by_the_keyboard_one_gesture_at_a_time() {
    // A hundredth of what takes any value, one step of what has some.
    for (knob, expected) in [
        (Knob::Velocity, 0.51),
        (Knob::Key, 0.51),
        (Knob::Wheel, 0.51),
        (Knob::Lfo, 0.51),
        (Knob::LfoSync, 1.0 / 12.0),
        (Knob::Envelope, 0.51),
        (Knob::EnvelopeAttack, 0.01),
    ] {
        let mut harness = harness(usual(), Page::Motion);
        harness.get_by_label(knob.name()).focus();
        harness.run_steps(2);
        harness.key_press(egui::Key::ArrowRight);
        harness.run_steps(2);
        let actions = &harness.state().actions;
        let value = gesture(actions, knob).unwrap_or_else(|| panic!("{knob:?}: {actions:?}"));
        assert!((value - expected).abs() < 1e-4, "{knob:?} {value}");
    }
}

#[test]
fn a_wave_is_chosen_by_its_name_and_a_song_keeps_the_rate() {
    let mut free = harness(usual(), Page::Motion);
    free.get_by_label("LFO shape Square").click();
    free.run_steps(3);
    let actions = &free.state().actions;
    assert_eq!(gesture(actions, Knob::LfoShape), Some(0.8), "{actions:?}");
    let rate = |harness: &Harness<Bench>| {
        let node = harness.get_by_label(Knob::LfoRate.name());
        node.accesskit_node().is_disabled()
    };
    assert!(!rate(&free));
    let mut scene = usual();
    scene.turned = vec![(Knob::LfoSync, 0.5)];
    assert!(rate(&harness(scene, Page::Motion)));
}

#[test]
fn an_empty_library_offers_a_beginning_and_an_import_can_be_stopped() {
    let mut scene = usual();
    scene.library = Shelf {
        state: State::Ready,
        ..Shelf::default()
    };
    check(scene, Page::Browse, "Add the factory bank", |a| {
        *a == Action::Library(Ask::ImportFactory)
    });
    let state = |name: &str| {
        let all = scenes::all();
        let found = all.into_iter().find(|(scene, _)| *scene == name);
        found.expect("a scene of that name").1.scene
    };
    check(state("importing"), Page::Browse, "Cancel import", |a| {
        *a == Action::Library(Ask::CancelImport)
    });
    check(state("report"), Page::Browse, "Close report", |a| {
        *a == Action::Library(Ask::DismissReport)
    });
    check(state("no-model"), Page::Browse, "OK", |a| {
        *a == Action::Dismiss
    });
    check(state("busy"), Page::Browse, "Try again", |a| {
        matches!(a, Action::Library(Ask::Search(_)))
    });
}

#[test]
fn everything_that_can_be_pressed_has_a_name() {
    use egui::accesskit::{Action as Press, Role};
    for (scene, bench) in scenes::all() {
        let mut harness = Harness::builder()
            .with_size(Vec2::new(1040.0, 760.0))
            .build_ui_state(|ui, bench: &mut Bench| bench.show(ui), bench);
        harness.run_steps(3);
        let mut nodes: Vec<_> = harness.root().children().collect();
        let mut pressable = 0;
        while let Some(node) = nodes.pop() {
            nodes.extend(node.children());
            let inner = node.accesskit_node();
            // What scrolls and what holds others can be clicked, but is not to be pressed.
            let frame = matches!(
                inner.role(),
                Role::Unknown
                    | Role::Label
                    | Role::GenericContainer
                    | Role::ScrollView
                    | Role::ScrollBar
            );
            if inner.data().supports_action(Press::Click) && !frame {
                pressable += 1;
                let named = inner.label().is_some_and(|name| !name.trim().is_empty());
                assert!(named, "{scene}: {:?} without a name", inner.role());
            }
        }
        assert!(pressable > 20, "{scene}: {pressable}");
    }
}

#[test]
fn two_kinds_of_path_are_heard_one_against_the_other() {
    let mut harness = harness(usual(), Page::Browse);
    for (label, path) in [
        ("Neural", PathKind::Neural),
        ("Compare paths", PathKind::Even),
        ("Compare paths", PathKind::Neural),
        ("Compare paths", PathKind::Even),
    ] {
        harness.get_by_label(label).click();
        harness.run_steps(3);
        let bench = harness.state_mut();
        assert_eq!(bench.actions, [Action::Path(path)], "{label}");
        bench.actions.clear();
        bench.scene.session.path = path;
        harness.run_steps(2);
    }
}
