//! What the user sees, as a function of plain data: no plug-in, no host, no thread in here.

use std::path::PathBuf;

use egui::Ui;
use engine::EngineKind;
use presets::library::export::Existing;
use presets::{FractionalPatch, Patch};

use super::bank::Bank;
use super::export::Export;
use super::files;
pub use super::knob::{Knob, Setting};
pub use super::pages::Page;
use super::settings::{self, Settings};
use super::theme::{GRID, Theme, ThemeKind};
use super::{
    browser, grid, header, keyboard, knob, map, motion, news, operators, pages, sound, stage, strip,
};
use crate::keeper::Standing;
use crate::library::{Ask, Shelf};
use crate::session::{Choice, Dexed, End, Locks, PathKind, Session};
use crate::shared::Progress;
use crate::trail::Trail;

/// All that is shown.
pub struct View<'a> {
    /// A and B.
    pub session: &'a Session,
    /// The knobs, in the order of [`Knob::ALL`].
    pub settings: &'a [Setting],
    /// How far Morph reaches past A and B, in lengths of the path.
    pub beyond: f32,
    /// What the path sounds like, if that is known.
    pub trail: Option<&'a Trail>,
    /// The sound under the knob.
    pub under: &'a FractionalPatch,
    /// The positions of the sounding voices.
    pub voices: &'a [f32],
    /// The keys that the host holds down, a bit for each of the 128.
    pub keys: u128,
    /// What the worker does.
    pub progress: &'a Progress,
    /// What the user should know.
    pub notice: Option<&'a str>,
    /// The Dexeds that were found.
    pub dexeds: &'a [Dexed],
    /// Whether one of them plays.
    pub standing: &'a Standing,
    /// What is known of the library.
    pub library: &'a Shelf,
    /// What undo would take back, and redo would bring back.
    pub history: [Option<&'a str>; 2],
    /// What the user prefers.
    pub preferences: &'a Settings,
}

impl View<'_> {
    /// The position of the knob on the path: 0 is A, 1 is B.
    pub fn position(&self) -> f32 {
        let morph = self.setting(Knob::Morph).value;
        morph * (1.0 + 2.0 * self.beyond) - self.beyond
    }

    /// The value of Morph at a position of the path.
    pub fn morph_at(&self, position: f32) -> f32 {
        ((position + self.beyond) / (1.0 + 2.0 * self.beyond)).clamp(0.0, 1.0)
    }

    /// Where a knob stands.
    pub fn setting(&self, knob: Knob) -> &Setting {
        &self.settings[knob as usize]
    }

    /// The colours.
    pub fn theme(&self) -> &'static Theme {
        self.preferences.theme.theme()
    }
}

/// What the editor remembers from one frame to the next.
#[derive(Default)]
pub struct Memory {
    /// The page that is open.
    pub page: Page,
    pub(super) browser: browser::Memory,
    pub(super) map: map::Memory,
    pub(super) strip: strip::Memory,
    pub(super) key: Option<u8>,
    /// What A and B are chosen from where that is not the library.
    banks: [Option<Bank>; 2],
    pub(super) files: files::Memory,
    applied: Option<ThemeKind>,
}

/// What the user did.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Took hold of a knob.
    Begin(Knob),
    /// Turned it, to a value of 0 to 1.
    Turn(Knob, f32),
    /// Let go of it.
    Release(Knob),
    /// Chose a patch for A or B.
    Choose(End, Choice),
    /// Exchanged A and B.
    Swap,
    /// Copied this end to the other.
    Copy(End),
    /// Chose a file to choose from.
    Open(End, PathBuf),
    /// Chose the kind of path.
    Path(PathKind),
    /// Chose the user's own Dexed to play, or the built-in synth.
    Dexed(Option<Dexed>),
    /// Chose the arithmetic of the engine.
    Engine(EngineKind),
    /// Chose how far the pitch wheel bends, in semitones.
    Bend(u8),
    /// Locked groups of parameters, or unlocked them.
    Locks(Locks),
    /// Pinned these positions of the path, and no others.
    Pins(Vec<f32>),
    /// Wants to hear the path at this position.
    Hear(f32),
    /// Wants to hear a patch.
    HearPatch(Box<Patch>),
    /// Has heard enough.
    Silence,
    /// Pressed or let go of a key of the keyboard.
    Key(u8, bool),
    /// Wants the last change taken back.
    Undo,
    /// Wants it again.
    Redo,
    /// Asks something of the library.
    Library(Ask),
    /// Wants this in that file.
    Export(Export, PathBuf, Existing),
    /// Prefers this.
    Prefer(Settings),
    /// Has read the notice.
    Dismiss,
}

impl Memory {
    /// A window was opened: what depends on it is made anew.
    pub fn window_opened(&mut self) {
        self.applied = None;
        self.key = None;
    }

    /// Has an end chosen from another bank.
    pub fn set_bank(&mut self, end: End, bank: Bank) {
        self.banks[end as usize] = Some(bank);
    }

    /// What an end is chosen from.
    pub fn bank(&mut self, end: End) -> &Bank {
        self.banks[end as usize].get_or_insert_with(Bank::factory)
    }
}

/// The heights of the window's parts, in points.
const HEADER: f32 = 28.0;
const MORPH: f32 = 52.0;
const TRAIL: f32 = 132.0;
const ROW: f32 = 26.0;
const KEYS: f32 = 48.0;

/// Draws everything and says what the user did, in order.
pub fn show(ui: &mut Ui, view: &View, memory: &mut Memory) -> Vec<Action> {
    let mut actions = Vec::new();
    // Before anything is drawn: what a quick click opens has its press, its release and the keyboard in
    // one frame.
    leave_field(ui.ctx());
    let theme = view.theme();
    if memory.applied != Some(view.preferences.theme) {
        theme.apply(ui.ctx());
        memory.applied = Some(view.preferences.theme);
    }
    ui.set_style(ui.ctx().global_style());
    let whole = ui.max_rect();
    ui.painter().rect_filled(whole, 0, theme.background);
    let mut rest = whole.shrink(1.5 * GRID);
    header::show(ui, grid::top(&mut rest, HEADER, GRID), view, &mut actions);
    let ends = grid::top(&mut rest, stage::HEIGHT, GRID);
    stage::show(ui, ends, view, memory, &mut actions);
    let slider = grid::top(&mut rest, MORPH, GRID / 2.0);
    strip::slider(ui, slider, view, &mut actions);
    let trail = grid::top(&mut rest, TRAIL, GRID / 2.0);
    strip::trail(ui, trail, view, memory, &mut actions);
    let under = grid::top(&mut rest, ROW, GRID);
    strip::below(ui, under, view, memory, &mut actions);
    let keys = grid::bottom(&mut rest, KEYS, GRID);
    foot(ui, keys, view, memory, &mut actions);
    let tabs = grid::top(&mut rest, ROW, 0.0);
    pages::tabs(ui, tabs, view, memory, &mut actions);
    ui.painter().rect_filled(rest, 6, theme.panel);
    let page = rest.shrink(GRID);
    match memory.page {
        Page::Browse => browser::show(ui, page, view, memory, &mut actions),
        Page::Map => map::show(ui, page, view, memory, &mut actions),
        Page::Operators => operators::show(ui, page, view),
        Page::Motion => motion::show(ui, page, view, &mut actions),
        Page::Sound => sound::show(ui, page, view, memory, &mut actions),
        Page::Settings => settings::show(ui, page, view, &mut actions),
    }
    news::show(ui, rest, view, memory, &mut actions);
    memory.files.show(ui, &mut actions);
    shortcuts(ui, &mut actions);
    actions
}

/// A press beside what has the keyboard takes it away, also where a drag begins so: what is played on the
/// keyboard of the DAW while Morph is dragged must not be typed into the search.
fn leave_field(context: &egui::Context) {
    let pressed = context.input(|input| input.pointer.any_pressed());
    let focus = context.memory(egui::Memory::focused).filter(|_| pressed);
    let beside = |&id: &egui::Id| {
        let field = context.read_response(id);
        field.is_some_and(|field| !field.contains_pointer())
    };
    if let Some(id) = focus.filter(beside) {
        context.memory_mut(|memory| memory.surrender_focus(id));
    }
}

/// Keyboard and the knobs beside it.
fn foot(
    ui: &mut Ui,
    rect: egui::Rect,
    view: &View,
    memory: &mut Memory,
    actions: &mut Vec<Action>,
) {
    let mut rest = rect;
    let knobs = grid::right(&mut rest, (rect.width() * 0.36).min(420.0), 1.5 * GRID);
    keyboard::show(ui, rest, view, &mut memory.key, actions);
    let three = [Knob::Beyond, Knob::Volume, Knob::Tune];
    for (rect, knob) in grid::columns(knobs, 3, GRID).zip(three) {
        knob::small(ui, rect, knob, view, actions);
    }
}

fn shortcuts(ui: &Ui, actions: &mut Vec<Action>) {
    use egui::{Key, KeyboardShortcut, Modifiers};
    let shift = Modifiers::COMMAND | Modifiers::SHIFT;
    for (modifiers, key, action) in [
        (shift, Key::Z, Action::Redo),
        (Modifiers::COMMAND, Key::Y, Action::Redo),
        (Modifiers::COMMAND, Key::Z, Action::Undo),
    ] {
        let shortcut = KeyboardShortcut::new(modifiers, key);
        if ui.input_mut(|input| input.consume_shortcut(&shortcut)) {
            actions.push(action);
        }
    }
}
