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
use plugin::shared::Progress;
use plugin::worker::Stage;

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
fn one_search_follows_another_and_enter_takes_what_was_typed() {
    use egui::{Event, Key, Modifiers};
    let mut harness = harness(usual(), Page::Browse);
    let ids: Vec<_> = harness.state().scene.library.found[..4]
        .iter()
        .map(|found| found.id)
        .collect();
    harness.get_by_label("Search").click();
    harness.run_steps(2);
    for (word, modifiers, end, answer) in [
        ("glass", Modifiers::NONE, End::A, ids[2]),
        ("bows", Modifiers::SHIFT, End::B, ids[3]),
    ] {
        harness.event(Event::Text(word.to_owned()));
        harness.run_steps(2);
        let last = harness.state_mut().actions.pop();
        let Some(Action::Library(Ask::Search(query))) = last else {
            panic!("{word}: {last:?}");
        };
        assert_eq!(query.text, word, "it takes the place of what was there");
        // Faster than the library, whose list is still the one before.
        harness.key_press_modifiers(modifiers, Key::Enter);
        harness.run_steps(2);
        assert_eq!(harness.state().actions, [], "{word}");
        let shelf = &mut harness.state_mut().scene.library;
        let mut found = (*shelf.found).clone();
        found.retain(|found| found.id == answer);
        let before = std::mem::replace(&mut shelf.found, found.into());
        shelf.query = query;
        harness.run_steps(2);
        let bench = harness.state_mut();
        assert_eq!(bench.actions, [Action::Library(Ask::Load(answer, end))]);
        bench.actions.clear();
        bench.scene.library.found = before;
    }
}

/// A press of the mouse, or a release.
fn button(pos: egui::Pos2, pressed: bool) -> egui::Event {
    egui::Event::PointerButton {
        pos,
        button: egui::PointerButton::Primary,
        pressed,
        modifiers: egui::Modifiers::NONE,
    }
}

#[test]
fn a_drag_takes_the_keyboard_from_the_search() {
    use egui::Event;
    let mut harness = harness(usual(), Page::Browse);
    harness.get_by_label("Search").click();
    harness.run_steps(2);
    harness.event(Event::Text("glass".to_owned()));
    harness.run_steps(2);
    let searched = |harness: &mut Harness<'_, Bench>| {
        let actions = std::mem::take(&mut harness.state_mut().actions);
        let search = |action: &Action| matches!(action, Action::Library(Ask::Search(_)));
        actions.iter().any(search)
    };
    assert!(searched(&mut harness));
    let morph = harness.get_by_label("Morph").rect().center();
    harness.event(Event::PointerMoved(morph));
    harness.event(button(morph, true));
    harness.run_steps(2);
    // The button is still held.
    harness.event(Event::Text("a".to_owned()));
    harness.run_steps(2);
    assert!(!searched(&mut harness));
}

#[test]
fn the_last_way_of_a_drag_counts_though_it_comes_with_the_release() {
    let mut harness = harness(usual(), Page::Browse);
    let morph = harness.get_by_label("Morph").rect();
    let at = |part: f32| morph.left_center() + egui::vec2(part * morph.width(), 0.0);
    harness.event(egui::Event::PointerMoved(at(0.2)));
    harness.event(button(at(0.2), true));
    harness.run_steps(2);
    harness.event(egui::Event::PointerMoved(at(0.4)));
    harness.run_steps(2);
    harness.state_mut().actions.clear();
    // Both in one frame.
    let events = &mut harness.input_mut().events;
    events.push(egui::Event::PointerMoved(at(0.8)));
    events.push(button(at(0.8), false));
    harness.run_steps(2);
    let mut turned = harness
        .state()
        .actions
        .iter()
        .filter_map(|action| match action {
            Action::Turn(_, value) => Some(*value),
            _ => None,
        });
    let last = turned.next_back().expect("a turn with the release");
    assert!((last - 0.8).abs() < 0.03, "{last}");
}

#[test]
fn a_dialog_that_a_quick_click_opens_has_the_keyboard() {
    let mut harness = harness(usual(), Page::Browse);
    harness.get_by_label("Export").click();
    harness.run_steps(4);
    let bank = harness.get_by_label("A to B as a bank of 32…");
    let place = bank.rect().center();
    harness.event(egui::Event::PointerMoved(place));
    harness.run_steps(2);
    // Both in one frame.
    harness.input_mut().events.push(button(place, true));
    harness.input_mut().events.push(button(place, false));
    harness.run_steps(4);
    assert!(harness.ctx.memory(egui::Memory::focused).is_some());
}

#[test]
fn keys_for_a_file_or_a_name_choose_no_sound() {
    use egui::Key;
    let mut harness = harness(usual(), Page::Browse);
    harness.get_by_label("Name of the saved sound").click();
    harness.run_steps(2);
    harness.key_press(Key::Enter);
    harness.run_steps(2);
    assert_eq!(harness.state().actions, [], "a sound without a name");
    harness.get_by_label("Name of the saved sound").click();
    harness.event(egui::Event::Text("MINE".to_owned()));
    harness.run_steps(2);
    harness.key_press(Key::Enter);
    harness.run_steps(2);
    let [Action::Library(Ask::Save(saved))] = &harness.state().actions[..] else {
        panic!("{:?}", harness.state().actions);
    };
    assert_eq!(saved.name(), "MINE");
    harness.state_mut().actions.clear();
    harness.get_by_label("Open file for A").click();
    harness.run_steps(2);
    for key in [Key::ArrowDown, Key::Enter] {
        harness.key_press(key);
        harness.run_steps(2);
    }
    assert_eq!(harness.state().actions, []);
}

#[test]
fn nothing_moves_when_something_is_to_be_said() {
    let scene = |change: &dyn Fn(&mut Scene)| {
        let mut scene = usual();
        change(&mut scene);
        let first = scene.library.found[0].name.clone();
        let harness = harness(scene, Page::Browse);
        let labels = ["Swap A and B", "Morph", "Search", "Keyboard", &first];
        let rect = |label| {
            let mut all = harness.get_all_by_label(label);
            all.next().expect("it is there").rect()
        };
        labels.map(rect)
    };
    let usual = scene(&|_| {});
    let report = |lines: usize| {
        move |scene: &mut Scene| {
            scene.library.report = Some(vec!["a line".to_owned(); lines]);
        }
    };
    assert_eq!(scene(&report(1)), usual);
    assert_eq!(scene(&report(9)), usual);
    let said = scene(&|scene| scene.notice = Some("a notice".to_owned()));
    assert_eq!(said, usual);
    let busy = scene(&|scene| scene.library.state = State::Busy("a while".to_owned()));
    assert_eq!(busy, usual);
    let importing = scene(&|scene| {
        scene.library.importing = Some(plugin::library::Importing {
            doing: "Reading a file".to_owned(),
            part: 0.5,
        });
    });
    assert_eq!(importing, usual);
}

#[test]
fn what_is_said_is_said_on_every_page() {
    let mut scene = usual();
    scene.library.report = Some(vec!["Exported".to_owned()]);
    scene.notice = Some("a notice".to_owned());
    for page in [Page::Browse, Page::Map, Page::Motion, Page::Settings] {
        check(scene.clone(), page, "Close report", |a| {
            *a == Action::Library(Ask::DismissReport)
        });
        check(scene.clone(), page, "OK", |a| *a == Action::Dismiss);
    }
}

#[test]
fn path_and_sound_are_exported_from_a_menu() {
    let open = |scene: Scene, entry: &str| {
        let mut harness = harness(scene, Page::Motion);
        harness.get_by_label("Export").click();
        harness.run_steps(3);
        let node = harness.get_by_label(entry);
        let enabled = !node.accesskit_node().is_disabled();
        node.click();
        harness.run_steps(3);
        (enabled, harness)
    };
    let shows = |harness: &Harness<Bench>, label| harness.query_by_label(label).is_some();
    let (enabled, harness) = open(usual(), "A to B as a bank of 32…");
    assert!(enabled && shows(&harness, "Export the path as a bank"));
    let (_, harness) = open(usual(), "Sound under the knob…");
    assert!(shows(&harness, "Export a sound"));
    // What plays until the path is found is not what anyone wants to keep.
    let mut finding = usual();
    finding.progress = Progress::Working(Stage::Even, 0.4);
    let (enabled, harness) = open(finding, "A to B as a bank of 32…");
    assert!(!enabled && !shows(&harness, "Export the path as a bank"));
}

#[test]
fn a_switch_that_changes_says_all_where_the_pointer_rests() {
    let mut scene = usual();
    let mut trail = (*scene.trail.expect("a trail")).clone();
    trail.switches[0].changes.push("LFO TRI > SINE".to_owned());
    let switch = trail.switches[0].clone();
    scene.trail = Some(trail.into());
    let mut harness = harness(scene, Page::Browse);
    let trail = harness.get_by_label("Trail").rect();
    // Half the slider's handle, and the line to the left of its label.
    let inner = trail.shrink2(Vec2::new(11.0, 0.0));
    let x = inner.left() + switch.position * inner.width();
    let at = egui::Pos2::new(x, trail.top() + 10.0);
    harness.event(egui::Event::PointerMoved(at));
    harness.run_steps(12);
    for change in &switch.changes {
        let found = harness.query_all_by_label_contains(change).next();
        assert!(found.is_some(), "{change}");
    }
}

#[test]
fn a_sound_of_the_factory_bank_is_called_so_wherever_it_comes_from() {
    let mut scene = usual();
    scene.session.a.origin = "library:5".to_owned();
    scene.session.b.origin = "library:6".to_owned();
    scene.session.b.patch.set_name("MINE");
    let harness = harness(scene, Page::Motion);
    assert!(harness.query_by_label("Factory bank").is_some());
    assert!(harness.query_by_label("Your library").is_some());
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
