//! The editor as users have it: the finished bundle (where `TWEEN_BUNDLES` says so, else the plug-in
//! as it is linked in here) in a window of a host, under a mouse and a keyboard.
//!
//! Where a button lies is asked of the same [`show`](plugin::editor::view::show), drawn without a
//! window at the same size. `WINDOW_PICTURES=FOLDER` keeps pictures of what was to be seen.

#![cfg(all(target_os = "linux", target_env = "gnu"))]

mod costs;
#[allow(dead_code, reason = "the editor's own tests show more of it")]
#[path = "../../../plugin/tests/editor/scenes.rs"]
mod scenes;
mod screen;
#[path = "../tween/mod.rs"]
mod tween;

use std::path::PathBuf;
use std::process::Command;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use egui::Vec2;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use host_bridge::{ClapBundle, ClapInstance, HostEvent, OutEvent, Phrase};
use plugin::editor::view::Page;
use plugin::session::End;
use plugin::state::{Restored, Saved};
use presets::library::{Library, Options, Query};
use tween::RATE;

use scenes::{Bench, Folder, Scene, usual};
use screen::{Place, Screen, key};

/// The size of a new window.
const SIZE: (u32, u32) = (1040, 760);
/// The samples of a block.
const BLOCK: usize = 256;
/// The longest that anything may take, on a machine that does much else.
const PATIENCE: Duration = Duration::from_secs(60);

/// A host with the plug-in's window open, its user, and that user's own library.
struct Studio {
    // Closed in this order: first the window, then what it is in.
    tween: ClapInstance,
    screen: Screen,
    home: Folder,
    told: Vec<OutEvent>,
    loudest: f32,
    _alone: MutexGuard<'static, ()>,
}

impl Studio {
    /// `None`, and said why, where there is no X server to be had.
    fn new(name: &str) -> Option<Studio> {
        static ALONE: Mutex<()> = Mutex::new(());
        let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        let home = Folder::new(name);
        let (server, display) = screen::server()?;
        let variables = [
            ("DISPLAY", PathBuf::from(&display)),
            ("HOME", home.path().to_owned()),
            ("XDG_DATA_HOME", home.path().join("data")),
            ("XDG_CONFIG_HOME", home.path().join("config")),
        ];
        for (variable, value) in variables {
            // SAFETY: whoever holds `ALONE` is the only one in this program who reads or writes the
            // environment: the threads of the plug-ins before have ended with their instances.
            unsafe { std::env::set_var(variable, value) };
        }
        let screen = Screen::new(server, &display, SIZE);
        let mut tween = match tween::finished() {
            Some(file) => ClapBundle::load(&file)
                .and_then(|bundle| bundle.instantiate(tween::ID))
                .unwrap(),
            None => tween::instance(),
        };
        tween.activate(RATE, BLOCK).unwrap();
        Some(Studio {
            tween,
            screen,
            home,
            told: Vec::new(),
            loudest: 0.0,
            _alone: alone,
        })
    }

    /// Opens the plug-in's window and waits until it is drawn; says how long that took.
    fn open(&mut self) -> Duration {
        let began = Instant::now();
        self.embed();
        self.drawn();
        let took = began.elapsed();
        self.screen.focus();
        took
    }

    /// Opens the plug-in's window, which need not be seen yet.
    fn embed(&mut self) {
        let size = self.tween.open_window(self.screen.window).unwrap();
        assert_eq!(size, SIZE);
    }

    fn drawn(&mut self) {
        self.wait("the window to be drawn", |studio| studio.colours() > 8);
    }

    /// How many colours a line across the window has.
    fn colours(&self) -> usize {
        let line = self.screen.picture([0, SIZE.1 / 4, SIZE.0, 1]);
        let mut colours: Vec<_> = line
            .pixels()
            .iter()
            .map(tiny_skia::PremultipliedColorU8::demultiply)
            .collect();
        colours.sort_unstable_by_key(|c| [c.red(), c.green(), c.blue()]);
        colours.dedup();
        colours.len()
    }

    /// Plays on until it is as wanted.
    fn wait(&mut self, what: &str, done: impl Fn(&mut Studio) -> bool) {
        let began = Instant::now();
        while !done(self) {
            if began.elapsed() > PATIENCE {
                self.keep("given-up");
                panic!("waited in vain for {what}");
            }
            self.play();
            // The editor has its own thread, and draws at the pace of a screen.
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// Plays a block.
    fn play(&mut self) {
        self.tween.process(BLOCK).unwrap();
        self.told.extend(self.tween.told().map(|(_, event)| event));
        let [left, _] = self.tween.block();
        let loudest = left.iter().fold(0.0, |most: f32, x| most.max(x.abs()));
        self.loudest = self.loudest.max(loudest);
        self.tween.pump();
    }

    /// Waits until that part of the window has changed from what it was, and then changes no more.
    fn settled(&mut self, part: [u32; 4], before: &[u8]) {
        self.wait("the window to change", |studio| {
            studio.screen.picture(part).data() != before
        });
        self.wait("the window to come to rest", |studio| {
            let now = studio.screen.picture(part);
            let since = Instant::now();
            while since.elapsed() < Duration::from_millis(200) {
                studio.play();
                std::thread::sleep(Duration::from_millis(5));
            }
            studio.screen.picture(part).data() == now.data()
        });
    }

    fn click(&mut self, place: Place) {
        self.screen.point(place);
        self.frames();
        self.screen.press();
        self.frames();
        self.screen.release();
        self.frames();
    }

    /// Lets some frames of the editor pass: what comes within one frame is one event to it.
    fn frames(&mut self) {
        let began = Instant::now();
        self.wait("time to pass", |_| {
            began.elapsed() > Duration::from_millis(50)
        });
    }

    /// Keeps a picture of the window, if `WINDOW_PICTURES` says where.
    fn keep(&self, name: &str) {
        if let Some(folder) = std::env::var_os("WINDOW_PICTURES") {
            let (width, height) = self.screen.embedded().unwrap_or(SIZE);
            let picture = self.screen.picture([0, 0, width, height]);
            std::fs::create_dir_all(&folder).unwrap();
            let file = PathBuf::from(folder).join(format!("{name}.png"));
            picture.save_png(file).unwrap();
        }
    }

    fn morph(&mut self) -> u32 {
        self.tween.parameter("Morph").unwrap()
    }

    fn value(&mut self) -> f64 {
        let morph = self.morph();
        self.tween.value(morph).unwrap()
    }

    /// What a song saved now would open with.
    fn song(&mut self) -> Restored {
        let state = tween::unwrap_state(&self.tween.save_state().unwrap());
        let session = state["fields"]["session"].as_str().unwrap();
        Saved(serde_json::from_str(session).unwrap())
            .restore()
            .unwrap()
    }

    /// Whether a sound lies at an end.
    fn lies_at(&mut self, end: End, name: &str) -> bool {
        let session = self.song().session;
        let choice = match end {
            End::A => session.a,
            End::B => session.b,
        };
        choice.patch.name().trim() == name
    }

    /// A copy of the user's library, made by another process: this one must not even open and close
    /// the file, or the plug-in's SQLite would lose its locks on it. `None` where there is none yet, or
    /// a file went away just then.
    fn copy(&self) -> Option<Library> {
        let (from, to) = (
            self.home.path().join("data/Tween"),
            self.home.path().join("copy"),
        );
        let _ = std::fs::remove_dir_all(&to);
        let copied = Command::new("cp").arg("-r").args([&from, &to]).status();
        let is_whole = copied.unwrap().success();
        is_whole.then(|| Library::at(to.join("library.sqlite"), Options::default()))
    }

    /// The same where there must be one.
    fn library(&self) -> Library {
        self.copy().expect("a library to copy")
    }

    /// How many sounds the library has, if that can be read now.
    fn sounds(&self) -> Option<u64> {
        self.copy()?.len().ok()
    }

    /// A short note, from silence.
    fn sound(&mut self) -> Vec<f32> {
        self.tween.reset();
        let mut phrase = Phrase::new(4 * BLOCK * 8);
        phrase.note(0, 2 * BLOCK * 8, 57, 100);
        let score = HostEvent::score(&phrase, None);
        let take = self.tween.perform(&score, phrase.samples(), &[]).unwrap();
        self.told
            .extend(take.events.iter().map(|&(_, event)| event));
        take.left
    }

    /// What the host was told of a parameter since this was last asked.
    fn gestures(&mut self, parameter: u32) -> Vec<OutEvent> {
        let ours = |event: &OutEvent| match *event {
            OutEvent::GestureBegin(id) | OutEvent::GestureEnd(id) => id == parameter,
            OutEvent::Parameter { id, .. } => id == parameter,
            OutEvent::NoteEnd(_) => false,
        };
        let told = std::mem::take(&mut self.told);
        told.into_iter().filter(ours).collect()
    }
}

/// Where what screen readers call by that name lies in a window that shows this scene.
fn part(scene: Scene, label: &str) -> egui::Rect {
    harness(scene).get_by_label(label).rect()
}

fn harness(scene: Scene) -> Harness<'static, Bench> {
    let size = Vec2::new(SIZE.0 as f32, SIZE.1 as f32);
    let mut harness = Harness::builder().with_size(size).build_ui_state(
        |ui, bench: &mut Bench| bench.show(ui),
        Bench::new(scene, Page::Browse),
    );
    harness.run_steps(3);
    harness
}

fn place(label: &str) -> Place {
    part(usual(), label).center().into()
}

/// The same in a state of life of that name.
fn place_in(state: &str, label: &str) -> Place {
    part_in(state, label).center().into()
}

/// Where an entry of the menu of exports lies.
fn menu_place(label: &str) -> Place {
    let mut harness = harness(usual());
    harness.get_by_label("Export").click();
    harness.run_steps(3);
    harness.get_by_label(label).rect().center().into()
}

fn part_in(state: &str, label: &str) -> egui::Rect {
    let mut all = scenes::all().into_iter();
    let (_, bench) = all.find(|(name, _)| *name == state).unwrap();
    part(bench.scene, label)
}

/// Where the slider has each value of Morph.
fn slider() -> impl Fn(f32) -> Place {
    let slider = part(usual(), "Morph");
    move |morph| (slider.left() + morph * slider.width(), slider.center().y)
}

/// Where the list of the library lies, the part of it that is beside the search field.
fn list() -> [u32; 4] {
    let search = part(usual(), "Search");
    let left = search.right() + 40.0;
    [left as u32, search.top() as u32, 400, 100]
}

#[test]
fn the_window_is_drawn_whenever_its_host_shows_its_own() {
    let Some(mut studio) = Studio::new("orders") else {
        return;
    };
    // Shown by the host when the plug-in's is in it already, and hidden and shown again.
    studio.screen.hide();
    studio.embed();
    assert!(studio.colours() < 3, "drawn before it is shown");
    studio.screen.show();
    studio.drawn();
    studio.screen.hide();
    studio.screen.show();
    studio.drawn();
    studio.tween.close_window();
    studio.wait("the window to go", |studio| studio.colours() < 3);

    // The same where a window manager puts frames around windows.
    studio.screen.hide();
    studio.embed();
    studio.screen.frame(SIZE);
    studio.screen.show();
    studio.drawn();
    studio.screen.hide();
    studio.screen.frame(SIZE);
    studio.screen.show();
    studio.drawn();
}

#[test]
fn a_first_morph_with_mouse_and_keyboard() {
    let Some(mut studio) = Studio::new("first-morph") else {
        return;
    };
    studio.open();
    studio.keep("1-new");

    // The library is empty and offers the factory bank.
    let before = studio.screen.picture(list());
    studio.click(place_in("empty", "Add the factory bank"));
    studio.wait("the factory bank", |studio| studio.sounds() == Some(96));
    studio.settled(list(), before.data());
    studio.keep("2-factory-bank");
    // A report of one line, over the foot of the list.
    let report = part_in("exported", "Close report");
    let report_area = [
        report.left() as u32,
        report.top() as u32,
        report.width() as u32,
        report.height() as u32,
    ];
    let before = studio.screen.picture(report_area);
    studio.click(report.center().into());
    studio.settled(report_area, before.data());

    // A search, and its first find to A, and the next to B.
    let before = studio.screen.picture(list());
    studio.click(place("Search"));
    studio.screen.write("bell");
    studio.settled(list(), before.data());
    studio.keep("3-search");
    let query = Query {
        text: "bell".to_owned(),
        ..Query::default()
    };
    let found = studio.library().search(&query, 0, 2).unwrap();
    assert_eq!(found.len(), 2, "two sounds of that kind");
    studio.screen.key(key::ENTER, &[]);
    studio.wait("A", |studio| studio.lies_at(End::A, &found[0].name));
    studio.loudest = 0.0;
    studio.screen.key(key::DOWN, &[]);
    studio.wait("the next sound to be heard", |studio| studio.loudest > 0.01);
    studio.screen.key(key::ENTER, &[key::SHIFT]);
    studio.wait("B", |studio| studio.lies_at(End::B, &found[1].name));

    // The next search, and Enter before the list has followed.
    let query = Query {
        text: "bows".to_owned(),
        ..Query::default()
    };
    let bows = studio.library().search(&query, 0, 1).unwrap();
    studio.screen.write("bows");
    studio.screen.key(key::ENTER, &[key::SHIFT]);
    studio.wait("another B", |studio| studio.lies_at(End::B, &bows[0].name));
    studio.wait("its path", |studio| studio.song().found);
    studio.keep("4-chosen");

    // A key that the host holds down is lit until it is let go.
    let keys = part(usual(), "Keyboard");
    // Five octaves and a C from the C below on: middle C is the fifteenth white key of 36.
    let middle = keys.left() + 14.5 * keys.width() / 36.0;
    let foot = [middle as u32 - 2, keys.bottom() as u32 - 8, 4, 4];
    let before = studio.screen.picture(foot);
    let is_lit = |studio: &Studio| studio.screen.picture(foot).data() != before.data();
    let mut phrase = Phrase::new(BLOCK);
    phrase.note(0, 8 * BLOCK, 60, 100);
    let score = HostEvent::score(&phrase, None);
    studio.tween.perform(&score, BLOCK, &[]).unwrap();
    studio.wait("its key to be lit", |studio| is_lit(studio));
    studio.tween.reset();
    studio.wait("its key to go dark", |studio| !is_lit(studio));

    // Morph is dragged: the host sees the gesture, and the sound follows.
    let morph = studio.morph();
    let at_a = studio.sound();
    assert!(at_a.iter().any(|x| x.abs() > 0.01));
    studio.gestures(morph);
    let at = slider();
    studio.screen.point(at(0.02));
    studio.frames();
    studio.screen.press();
    for step in 1..=15 {
        let heard = studio.told.len();
        studio.screen.point(at(0.02 + 0.04 * step as f32));
        // A busy machine draws few frames: several ways of the pointer would come in one.
        studio.wait("the drag to be heard", |studio| studio.told.len() > heard);
    }
    studio.screen.release();
    studio.wait("the end of the gesture", |studio| {
        studio.told.contains(&OutEvent::GestureEnd(morph))
    });
    studio.frames();
    studio.keep("5-dragged");
    let value = studio.value();
    assert!((value - 0.62).abs() < 0.03, "{value}");
    let told = studio.gestures(morph);
    assert_eq!(told.first(), Some(&OutEvent::GestureBegin(morph)));
    assert_eq!(told.last(), Some(&OutEvent::GestureEnd(morph)));
    let values: Vec<f64> = told[1..told.len() - 1]
        .iter()
        .map(|event| match event {
            OutEvent::Parameter { value, .. } => *value,
            other => panic!("{other:?} in the middle of a gesture"),
        })
        .collect();
    assert!(values.len() >= 10, "{values:?}");
    assert!(values.is_sorted(), "{values:?}");
    let between = studio.sound();
    assert!(between != at_a, "the sound has not moved");

    // The sound under the knob is kept.
    let sounds = studio.library().len().unwrap();
    studio.click(place("Save sound"));
    studio.wait("the saved sound", |studio| {
        studio.sounds() == Some(sounds + 1)
    });
    studio.keep("6-saved");

    // The path as a bank, under the name that is proposed, in the user's own folder.
    studio.click(place("Export"));
    studio.click(menu_place("A to B as a bank of 32…"));
    studio.frames();
    studio.screen.key(key::ENTER, &[]);
    let name = format!("{} to {}.syx", found[0].name, bows[0].name);
    let file = studio.home.path().join(name);
    studio.wait("the bank", |_| file.exists());
    let bank = presets::file::read(&file).unwrap().patches;
    assert_eq!(bank.len(), 32);
    let song = studio.song();
    for (step, found) in bank.iter().enumerate() {
        let sound = song.table.at(step as f32 / 31.0);
        assert_eq!(found.patch, sound.round(&found.patch.name()));
    }
    studio.frames();
    studio.keep("6-exported");

    // Taken back, first out of the library.
    studio.screen.key('z'.into(), &[key::CONTROL]);
    studio.wait("the saved sound to go", |studio| {
        studio.sounds() == Some(sounds)
    });

    // Then Morph, by a gesture too, or a host that records would not know.
    studio.gestures(morph);
    studio.screen.key('z'.into(), &[key::CONTROL]);
    studio.wait("Morph to be taken back", |studio| studio.value() < 0.01);
    studio.wait("the end of the gesture", |studio| {
        studio.told.contains(&OutEvent::GestureEnd(morph))
    });
    let told = studio.gestures(morph);
    assert!(
        matches!(
            told[..],
            [
                OutEvent::GestureBegin(_),
                OutEvent::Parameter { .. },
                OutEvent::GestureEnd(_)
            ]
        ),
        "{told:?}"
    );
    assert!(studio.sound() == at_a, "A sounds otherwise than before");
    studio.screen.key('y'.into(), &[key::CONTROL]);
    studio.wait("Morph to come again", |studio| {
        (studio.value() - value).abs() < 1e-6
    });

    // The window grows, and a song remembers it.
    let wanted = (1280, 900);
    assert_eq!(studio.tween.resize_window(wanted), Ok(wanted));
    studio.screen.resize(wanted);
    studio.wait("the new size", |studio| {
        studio.screen.embedded() == Some(wanted)
    });
    let corner = [wanted.0 - 40, wanted.1 - 60, 40, 60];
    studio.wait("the new corner to be drawn", |studio| {
        let drawn = studio.screen.picture(corner);
        drawn.pixels().iter().all(|pixel| pixel.red() > 0)
    });
    studio.keep("7-large");
    let state = tween::unwrap_state(&studio.tween.save_state().unwrap());
    let window = state["fields"]["window"].as_str().unwrap();
    assert!(window.contains("1280"), "{window}");
}
