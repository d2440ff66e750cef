//! What the window can show: every page and every state of life, from the plug-in's own parts.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use engine::{EngineKind, MorphTable};
use nice_plug::prelude::Param;
use nice_plug_egui::RepaintNotifier;
use plugin::editor::settings::Settings;
use plugin::editor::view::{Action, Knob, Memory, Page, Setting, View, show};
use plugin::keeper::Standing;
use plugin::library::{Ask, Importing, LibraryThread, Shelf, State};
use plugin::parameters::Parameters;
use plugin::session::{Dexed, Session};
use plugin::shared::{Progress, Shared};
use plugin::trail::{self, Trail};
use plugin::worker::Stage;
use presets::library::{Library, Options};

/// All that a [`View`] lends, owned.
#[derive(Clone)]
pub struct Scene {
    pub session: Session,
    pub table: Arc<MorphTable>,
    pub trail: Option<Arc<Trail>>,
    pub morph: f32,
    /// Knobs of the page Motion that are not where they are born.
    pub turned: Vec<(Knob, f32)>,
    pub beyond: f32,
    pub voices: Vec<f32>,
    pub keys: u128,
    pub progress: Progress,
    pub notice: Option<String>,
    pub dexeds: Vec<Dexed>,
    pub standing: Standing,
    pub library: Shelf,
    pub history: [Option<&'static str>; 2],
    pub preferences: Settings,
}

/// A scene with what the editor remembers, and what was done so far.
pub struct Bench {
    pub scene: Scene,
    pub memory: Memory,
    pub actions: Vec<Action>,
}

impl Scene {
    /// Where a knob stands: as its parameter would say.
    fn setting(&self, knob: Knob) -> Setting {
        let parameters = Parameters::new(Arc::new(Shared::new().0));
        let motion = &parameters.motion;
        let turned = self.turned.iter().find(|(turned, _)| *turned == knob);
        match knob {
            Knob::Morph => stands(&parameters.morph, Some(self.morph)),
            Knob::Beyond => stands(&parameters.beyond, Some(self.beyond * 2.0)),
            Knob::Volume => stands(&parameters.volume, None),
            Knob::Tune => stands(&parameters.tune, None),
            Knob::Velocity => stands(&motion.velocity, turned.map(|t| t.1)),
            Knob::Key => stands(&motion.key, turned.map(|t| t.1)),
            Knob::Wheel => stands(&motion.wheel, turned.map(|t| t.1)),
            Knob::Lfo => stands(&motion.lfo, turned.map(|t| t.1)),
            Knob::LfoShape => stands(&motion.lfo_shape, turned.map(|t| t.1)),
            Knob::LfoSync => stands(&motion.lfo_sync, turned.map(|t| t.1)),
            Knob::LfoRate => stands(&motion.lfo_rate, turned.map(|t| t.1)),
            Knob::Envelope => stands(&motion.envelope, turned.map(|t| t.1)),
            Knob::EnvelopeAttack => stands(&motion.envelope_attack, turned.map(|t| t.1)),
            Knob::EnvelopeDecay => stands(&motion.envelope_decay, turned.map(|t| t.1)),
        }
    }
}

/// A parameter at a value of 0 to 1, or where it is born.
fn stands<P: Param>(parameter: &P, value: Option<f32>) -> Setting {
    let default = parameter.default_normalized_value();
    let value = value.unwrap_or(default);
    Setting {
        value,
        default,
        steps: parameter.step_count(),
        text: parameter.normalized_value_to_string(value, true),
    }
}

impl Bench {
    pub fn new(scene: Scene, page: Page) -> Bench {
        let mut memory = Memory::default();
        memory.page = page;
        Bench {
            scene,
            memory,
            actions: Vec::new(),
        }
    }

    pub fn show(&mut self, ui: &mut egui::Ui) {
        let scene = &self.scene;
        let settings = Knob::ALL.map(|knob| scene.setting(knob));
        let position = scene.morph * (1.0 + 2.0 * scene.beyond) - scene.beyond;
        let view = View {
            session: &scene.session,
            settings: &settings,
            beyond: scene.beyond,
            trail: scene.trail.as_deref(),
            under: &scene.table.at(position),
            voices: &scene.voices,
            keys: scene.keys,
            progress: &scene.progress,
            notice: scene.notice.as_deref(),
            dexeds: &scene.dexeds,
            standing: &scene.standing,
            library: &scene.library,
            history: scene.history,
            preferences: &scene.preferences,
        };
        self.actions.extend(show(ui, &view, &mut self.memory));
    }
}

/// A folder that goes with its owner.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("tween-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).expect("a writable folder for temporary files");
        Folder(path)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A library thread on a library of its own.
pub fn library(folder: &Folder) -> LibraryThread {
    let file = folder.path().join("library.sqlite");
    let open = move || Ok(Library::at(file, Options::default()));
    LibraryThread::start(open, RepaintNotifier::new()).expect("a thread")
}

/// Looks at the shelf until it is as wanted.
pub fn wait(library: &LibraryThread, wanted: impl Fn(&Shelf) -> bool) -> Shelf {
    let began = Instant::now();
    loop {
        let shelf = library.shelf();
        if wanted(&shelf) {
            return shelf;
        }
        assert!(
            began.elapsed() < Duration::from_secs(120),
            "{:?} {:?}",
            shelf.state,
            shelf.importing
        );
        std::thread::yield_now();
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// The library with the factory bank in it, listened to, and its map.
pub fn full_shelf() -> Shelf {
    static SHELF: OnceLock<Shelf> = OnceLock::new();
    let make = || {
        let folder = Folder::new("scene");
        let library = library(&folder);
        assert!(library.ask(Ask::ImportFactory));
        wait(&library, |shelf| shelf.report.is_some());
        assert!(library.ask(Ask::DismissReport));
        assert!(library.ask(Ask::Map));
        let shelf = wait(&library, |shelf| shelf.map.is_some());
        let liked = [3, 5, 9].map(|row| shelf.found[row].id);
        for id in liked {
            assert!(library.ask(Ask::Favourite(id, true)));
        }
        wait(&library, |shelf| shelf.favourites.len() == 3)
    };
    SHELF.get_or_init(make).clone()
}

/// Half way from A to B, everything found.
pub fn usual() -> Scene {
    static TRAIL: OnceLock<(Arc<MorphTable>, Arc<Trail>)> = OnceLock::new();
    let session = Session::default();
    let (table, trail) = TRAIL.get_or_init(|| {
        // Switches at three places, as the plug-in's own paths have them.
        let (a, b) = (&session.a.patch, &session.b.patch);
        let straight = MorphTable::linear(a, b);
        let table = MorphTable::from_fn(|at| {
            let mut sound = straight.at(at);
            let (from, to) = (straight.at(0.0), straight.at(1.0));
            for (i, switch) in presets::Parameter::switches().enumerate() {
                let place = [0.31, 0.52, 0.84][i % 3];
                let end = if at < place { &from } else { &to };
                sound.0[switch.index()] = end.get(switch);
            }
            sound
        });
        let trail = trail::listen(&table, EngineKind::Modern, || true).expect("not stopped");
        (Arc::new(table), Arc::new(trail))
    });
    Scene {
        session,
        table: table.clone(),
        trail: Some(trail.clone()),
        morph: 0.42,
        turned: Vec::new(),
        beyond: 0.0,
        voices: Vec::new(),
        keys: 0,
        progress: Progress::Ready(Stage::Trail),
        notice: None,
        dexeds: vec![Dexed::at("/usr/lib/clap/Dexed.clap".into())],
        standing: Standing::BuiltIn,
        library: full_shelf(),
        history: [Some("Morph"), None],
        preferences: Settings::default(),
    }
}

/// Every view and state, by the name of its picture.
pub fn all() -> Vec<(&'static str, Bench)> {
    let with = |change: &dyn Fn(&mut Scene)| {
        let mut scene = usual();
        change(&mut scene);
        scene
    };
    let browse = |change: &dyn Fn(&mut Scene)| Bench::new(with(change), Page::Browse);
    vec![
        ("browse", browse(&|_| {})),
        ("map", Bench::new(usual(), Page::Map)),
        ("operators", Bench::new(usual(), Page::Operators)),
        (
            "motion",
            Bench::new(
                with(&|scene| {
                    scene.turned = vec![
                        (Knob::Velocity, 0.65),
                        (Knob::Wheel, 0.4),
                        (Knob::Lfo, 0.6),
                        (Knob::LfoSync, 4.0 / 12.0),
                        (Knob::Envelope, 0.8),
                        (Knob::EnvelopeAttack, 0.4),
                        (Knob::EnvelopeDecay, 0.7),
                    ];
                }),
                Page::Motion,
            ),
        ),
        ("still", Bench::new(usual(), Page::Motion)),
        ("sound", Bench::new(usual(), Page::Sound)),
        (
            "dexed",
            Bench::new(
                with(&|scene| {
                    scene.session.dexed = scene.dexeds.first().cloned();
                    scene.standing = Standing::Plays("1.0.1".to_owned());
                }),
                Page::Sound,
            ),
        ),
        (
            "no-dexed",
            Bench::new(
                with(&|scene| {
                    let path = "/home/me/studio/plug-ins/of/old/Dexed.so".into();
                    scene.session.dexed = Some(Dexed::at(path));
                    let reason = "/home/me/studio/plug-ins/of/old/Dexed.so does not load as VST2: \
                                  there is no such file";
                    scene.standing = Standing::Missing(reason.to_owned());
                    let notice = format!("the built-in synth plays instead of Dexed: {reason}");
                    scene.notice = Some(notice);
                }),
                Page::Sound,
            ),
        ),
        ("settings", Bench::new(usual(), Page::Settings)),
        (
            "beyond",
            browse(&|scene| {
                scene.beyond = 0.4;
                scene.morph = 0.9;
                scene.voices = vec![-0.1, 0.3, 0.34, 0.9];
                scene.keys = [48, 55, 63, 70].iter().map(|key| 1 << key).sum();
            }),
        ),
        (
            "finding",
            browse(&|scene| {
                scene.trail = None;
                scene.progress = Progress::Working(Stage::Even, 0.4);
            }),
        ),
        (
            "no-model",
            browse(&|scene| {
                scene.progress = Progress::Failed(
                    "the network's weights are damaged: install Tween again".to_owned(),
                );
                scene.notice = Some(
                    "the project was saved by a newer Tween (state 9, this one reads up to 1); A and \
                     B stay as they are: update Tween to open it"
                        .to_owned(),
                );
            }),
        ),
        (
            "empty",
            browse(&|scene| {
                scene.library = Shelf {
                    state: State::Ready,
                    ..Shelf::default()
                };
            }),
        ),
        (
            "importing",
            browse(&|scene| {
                scene.library.importing = Some(Importing {
                    doing: "Listening to sounds, 12800 of 26260".to_owned(),
                    part: 0.49,
                });
            }),
        ),
        (
            "report",
            browse(&|scene| {
                scene.library.report = Some(vec![
                    "1202 new sounds of 1376 in 44 files; 3 had values out of range, which were \
                     corrected"
                        .to_owned(),
                    "broken.syx: a bank is 4104 bytes, this file has 77".to_owned(),
                    "old.syx: the checksum is wrong; the sounds were read all the same".to_owned(),
                    "photo.syx: not a DX7 file".to_owned(),
                ]);
            }),
        ),
        (
            "exported",
            browse(&|scene| {
                let file = "/home/me/DX7/TINE STORY to HALL BRASS.syx";
                scene.library.report = Some(vec![format!(
                    "Exported to {file}: 32 sounds, a bank for a DX7"
                )]);
            }),
        ),
        (
            "busy",
            browse(&|scene| {
                scene.library.state =
                    State::Busy("the library is busy; try again in a moment".to_owned());
            }),
        ),
    ]
}
