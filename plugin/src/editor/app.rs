//! [`App`]: shows the plug-in in the view, and does to the plug-in what the user did in the view.

use std::sync::Arc;

use nice_plug::context::gui::GuiContext;
use nice_plug_egui::baseview::{HandlerError, WindowSize as BaseviewSize};
use nice_plug_egui::{Frame, NiceEguiApp};
use presets::FractionalPatch;

use super::bank::Bank;
use super::export::Export;
use super::history::{History, Moment, Step};
use super::parameter::{self, Turn};
use super::settings::Settings;
use super::view::{self, Action, Knob, Memory, Page, View};
use super::window::Size;
use crate::audition::Remote;
use crate::library::{Ask, Fetched, LibraryThread, Shelf, State};
use crate::parameters::Parameters;
use crate::session::{Dexed, End, Session};

/// Seconds that a sound of the library is held.
const HELD_S: f32 = 0.8;

/// What draws while a window is open; it outlives the window.
pub struct App {
    parameters: Arc<Parameters>,
    remote: Remote,
    host: Option<GuiContext>,
    memory: Memory,
    history: History,
    settings: Settings,
    /// Started when a window is opened first.
    library: Option<LibraryThread>,
    /// Why there is none.
    no_library: Option<String>,
    /// Whether a place of the path is being heard.
    hearing: bool,
    /// The Dexeds in the usual folders, looked for when they are to be shown first.
    dexeds: Option<Vec<Dexed>>,
}

impl App {
    /// For these parameters, not shown yet.
    pub fn new(parameters: Arc<Parameters>, remote: Remote) -> App {
        App {
            parameters,
            remote,
            host: None,
            memory: Memory::default(),
            history: History::default(),
            settings: Settings::default(),
            library: None,
            no_library: None,
            hearing: false,
            dexeds: None,
        }
    }

    fn open_library(&mut self) {
        if self.library.is_some() {
            return;
        }
        let repaint = self.parameters.shared.repaint();
        match LibraryThread::start(presets::library::Library::of_user, repaint) {
            Ok(thread) => (self.library, self.no_library) = (Some(thread), None),
            Err(error) => {
                self.no_library = Some(format!("no thread for the library to be had: {error}"));
            }
        }
    }

    fn shelf(&self) -> Shelf {
        match (&self.library, &self.no_library) {
            (Some(library), _) => library.shelf(),
            (None, Some(reason)) => Shelf {
                state: State::Failed(reason.clone()),
                ..Shelf::default()
            },
            (None, None) => Shelf::default(),
        }
    }

    /// All that undo brings back.
    fn moment(&self, session: &Session) -> Moment {
        let knobs = Knob::ALL.map(|knob| parameter::of(&self.parameters, knob).setting().value);
        Moment {
            session: session.clone(),
            knobs: knobs.to_vec(),
        }
    }

    fn act(&mut self, action: Action, session: &Session) {
        if let Some(change) = changes(&action) {
            self.history.before(change, self.moment(session));
        }
        let shared = &self.parameters.shared;
        match action {
            Action::Begin(knob) => self.turn(knob, Turn::Begin),
            Action::Turn(knob, value) => self.turn(knob, Turn::To(value)),
            Action::Release(knob) => self.turn(knob, Turn::End),
            Action::Choose(end, choice) => shared.choose(end, choice),
            Action::Swap => {
                shared.change(|session| std::mem::swap(&mut session.a, &mut session.b));
            }
            Action::Copy(end) => shared.change(|session| match end {
                End::A => session.b = session.a.clone(),
                End::B => session.a = session.b.clone(),
            }),
            Action::Path(kind) => shared.change(|session| session.path = kind),
            Action::Dexed(dexed) => shared.choose_dexed(dexed),
            Action::Engine(kind) => shared.change(|session| session.engine = kind),
            Action::Bend(range) => shared.change(|session| session.bend_range = range),
            Action::Pins(pins) => shared.change(|session| session.pins = pins),
            Action::Locks(locks) => shared.change(|session| session.locks = locks),
            Action::Open(end, path) => match Bank::file(&path) {
                Ok(bank) => {
                    if let Some(first) = bank.choices.first() {
                        shared.choose(end, first.clone());
                    }
                    self.memory.set_bank(end, bank);
                }
                Err(reason) => shared.notify(Some(reason)),
            },
            Action::Hear(position) => {
                let sound = shared.sound_at(position);
                if std::mem::replace(&mut self.hearing, true) {
                    self.remote.bend_to(&sound);
                } else {
                    self.remote.play(&sound, f32::INFINITY);
                }
            }
            Action::HearPatch(patch) => {
                self.remote.play(&FractionalPatch::from(&*patch), HELD_S);
            }
            Action::Silence => {
                self.hearing = false;
                self.remote.silence();
            }
            Action::Key(key, down) => self.remote.key(key, down),
            Action::Undo => {
                let now = self.moment(session);
                let step = self.history.undo(now);
                self.take(step);
            }
            Action::Redo => {
                let now = self.moment(session);
                let step = self.history.redo(now);
                self.take(step);
            }
            Action::Library(ask) => self.ask(ask),
            Action::Export(export, file, existing) => {
                let patches = match export {
                    Export::Path => shared.bank(),
                    Export::Sound(patch) => vec![*patch],
                };
                self.ask(Ask::Export(patches, file, existing));
            }
            Action::Prefer(settings) => self.prefer(settings),
            Action::Dismiss => shared.notify(None),
        }
    }

    fn ask(&mut self, ask: Ask) {
        let taken = self
            .library
            .as_ref()
            .is_some_and(|library| library.ask(ask));
        if !taken {
            let text = "the library has much to do; try again in a moment";
            self.parameters.shared.notify(Some(text.to_owned()));
        }
    }

    fn prefer(&mut self, settings: Settings) {
        self.settings = settings;
        let written = Settings::file().map(|file| settings.write(&file));
        if let Some(Err(error)) = written {
            let text = format!("the settings are not kept: {error}");
            self.parameters.shared.notify(Some(text));
        }
    }

    fn take(&mut self, step: Option<Step>) {
        match step {
            Some(Step::Sound(moment)) => self.bring_back(*moment),
            Some(Step::Library(ask)) => self.ask(Ask::Quietly(Box::new(ask))),
            None => {}
        }
    }

    fn bring_back(&self, moment: Moment) {
        for (knob, value) in Knob::ALL.into_iter().zip(moment.knobs) {
            if parameter::of(&self.parameters, knob).setting().value != value {
                self.turn(knob, Turn::Begin);
                self.turn(knob, Turn::To(value));
                self.turn(knob, Turn::End);
            }
        }
        let shared = &self.parameters.shared;
        if shared.snapshot().session != moment.session {
            shared.change(|session| *session = moment.session);
        }
    }

    /// Takes over what the library thread fetched.
    fn take_over(&mut self, session: &Session) {
        let fetched = self.library.as_ref().map(LibraryThread::fetched);
        for fetched in fetched.unwrap_or_default() {
            match fetched {
                Fetched::For(end, choice) => self.act(Action::Choose(end, choice), session),
                Fetched::Heard(patch) => self.act(Action::HearPatch(patch), session),
                Fetched::Changed(change) => self.history.library(change),
            }
        }
    }

    fn turn(&self, knob: Knob, turn: Turn) {
        if let Some(host) = &self.host {
            parameter::of(&self.parameters, knob).turn(host, turn);
        }
    }
}

/// What undo calls a change; `None`: nothing to take back.
fn changes(action: &Action) -> Option<&'static str> {
    Some(match action {
        Action::Begin(knob) => knob.name(),
        Action::Choose(End::A, _) | Action::Open(End::A, _) => "another sound for A",
        Action::Choose(End::B, _) | Action::Open(End::B, _) => "another sound for B",
        Action::Swap => "swap of A and B",
        Action::Copy(End::A) => "copy of A to B",
        Action::Copy(End::B) => "copy of B to A",
        Action::Path(_) => "another kind of path",
        Action::Dexed(_) => "another synth",
        Action::Engine(_) => "another engine",
        Action::Bend(_) => "another bend range",
        Action::Locks(_) => "locks",
        Action::Pins(_) => "pins",
        _ => return None,
    })
}

impl NiceEguiApp for App {
    fn build(
        &mut self,
        context: egui::Context,
        host: GuiContext,
        frame: &mut Frame,
    ) -> Result<(), HandlerError> {
        if let Some(file) = Settings::file() {
            self.settings = Settings::read(&file);
        }
        self.memory.window_opened();
        context.set_zoom_factor(self.settings.zoom());
        frame.set_clear_color(self.settings.theme.theme().background.into());
        self.host = Some(host);
        self.open_library();
        Ok(())
    }

    fn ui(&mut self, ui: &mut egui::Ui, frame: &mut Frame) {
        let shared = self.parameters.shared.clone();
        let mut snapshot = shared.snapshot();
        self.take_over(&snapshot.session);
        snapshot = shared.snapshot();
        let shelf = self.shelf();
        let settings = Knob::ALL.map(|knob| parameter::of(&self.parameters, knob).setting());
        let voices = self.remote.voices();
        if self.memory.page == Page::Sound && self.dexeds.is_none() {
            self.dexeds = Some(Dexed::find());
        }
        let mut view = View {
            session: &snapshot.session,
            settings: &settings,
            beyond: self.parameters.beyond.value(),
            trail: snapshot.trail.as_deref(),
            under: &FractionalPatch::from(&snapshot.session.a.patch),
            voices: &voices,
            keys: self.remote.keys(),
            progress: &snapshot.progress,
            notice: snapshot.notice.as_deref(),
            dexeds: self.dexeds.as_deref().unwrap_or_default(),
            standing: &snapshot.standing,
            library: &shelf,
            history: self.history.names(),
            preferences: &self.settings.clone(),
        };
        let under = shared.sound_at(view.position());
        view.under = &under;
        let actions = view::show(ui, &view, &mut self.memory);
        let before = self.settings;
        for action in actions {
            self.act(action, &shared.snapshot().session);
        }
        if before != self.settings {
            ui.ctx().set_zoom_factor(self.settings.zoom());
            frame.set_clear_color(self.settings.theme.theme().background.into());
        }
    }

    fn resized(&mut self, size: BaseviewSize) {
        let size = Size::new(size.logical.width as f32, size.logical.height as f32);
        self.parameters.window.put(size);
    }
}
