//! [`Knob`]: a parameter of the host as the view knows it, and the controls that turn it.

use egui::{Rect, RichText, Ui};

use super::bar::{Bar, Touch};
use super::grid;
use super::theme;
use super::view::{Action, View};

/// A parameter of the host, in the order of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Knob {
    /// The position between A and B.
    Morph,
    /// How far it reaches past them.
    Beyond,
    /// Decibels.
    Volume,
    /// Cents.
    Tune,
    /// How far velocity moves Morph.
    Velocity,
    /// How far the key moves it.
    Key,
    /// How far the modulation wheel moves it.
    Wheel,
    /// How far the LFO moves it.
    Lfo,
    /// The LFO's wave.
    LfoShape,
    /// What the LFO keeps time with.
    LfoSync,
    /// How fast a free LFO is.
    LfoRate,
    /// How far the envelope moves Morph.
    Envelope,
    /// How long it rises.
    EnvelopeAttack,
    /// How long it falls.
    EnvelopeDecay,
}

impl Knob {
    /// All, in the order of the list.
    pub const ALL: [Knob; 14] = [
        Knob::Morph,
        Knob::Beyond,
        Knob::Volume,
        Knob::Tune,
        Knob::Velocity,
        Knob::Key,
        Knob::Wheel,
        Knob::Lfo,
        Knob::LfoShape,
        Knob::LfoSync,
        Knob::LfoRate,
        Knob::Envelope,
        Knob::EnvelopeAttack,
        Knob::EnvelopeDecay,
    ];

    /// Its name, as in the host.
    pub const fn name(self) -> &'static str {
        match self {
            Knob::Morph => "Morph",
            Knob::Beyond => "Beyond",
            Knob::Volume => "Volume",
            Knob::Tune => "Tune",
            Knob::Velocity => "Velocity to Morph",
            Knob::Key => "Key to Morph",
            Knob::Wheel => "Wheel to Morph",
            Knob::Lfo => "LFO to Morph",
            Knob::LfoShape => "LFO shape",
            Knob::LfoSync => "LFO sync",
            Knob::LfoRate => "LFO rate",
            Knob::Envelope => "Envelope to Morph",
            Knob::EnvelopeAttack => "Envelope attack",
            Knob::EnvelopeDecay => "Envelope decay",
        }
    }

    /// Whether its middle is nothing, and it goes to either side.
    const fn has_sides(self) -> bool {
        matches!(
            self,
            Knob::Tune | Knob::Velocity | Knob::Key | Knob::Wheel | Knob::Lfo | Knob::Envelope
        )
    }
}

/// Where a knob stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Setting {
    /// 0 to 1.
    pub value: f32,
    /// 0 to 1.
    pub default: f32,
    /// Steps from 0 to 1; none: it takes any value.
    pub steps: Option<usize>,
    /// As the user reads it.
    pub text: String,
}

/// A control with the knob's name and value over it.
pub fn small(ui: &mut Ui, rect: Rect, knob: Knob, view: &View, actions: &mut Vec<Action>) {
    let mut rest = rect;
    let words = grid::top(&mut rest, 18.0, 4.0);
    grid::row(ui, words, |ui| {
        ui.label(RichText::new(knob.name()).size(theme::SMALL))
    });
    grid::row_from_right(ui, words, |ui| value(ui, knob, view));
    rest.set_height(rest.height().min(24.0));
    bar(ui, rest, knob, view, actions);
}

/// A control in one line: what it is, itself, its value.
pub fn line(
    ui: &mut Ui,
    rect: Rect,
    called: &str,
    knob: Knob,
    view: &View,
    actions: &mut Vec<Action>,
) {
    let mut rest = rect;
    caption(ui, grid::left(&mut rest, CAPTION, 4.0), called);
    let words = grid::right(&mut rest, 78.0, 4.0);
    grid::row_from_right(ui, words, |ui| value(ui, knob, view));
    bar(ui, rest.shrink2(egui::vec2(0.0, 2.0)), knob, view, actions);
}

/// The width of what stands before a control in one line, in points.
pub const CAPTION: f32 = 56.0;

/// What stands before a control in one line.
pub fn caption(ui: &mut Ui, rect: Rect, called: &str) {
    grid::row(ui, rect, |ui| {
        ui.label(RichText::new(called).size(theme::SMALL))
    });
}

fn value(ui: &mut Ui, knob: Knob, view: &View) {
    let text = RichText::new(&view.setting(knob).text).size(theme::SMALL);
    ui.label(text.color(view.theme().weak));
}

fn bar(ui: &mut Ui, rect: Rect, knob: Knob, view: &View, actions: &mut Vec<Action>) {
    let (setting, theme) = (view.setting(knob), view.theme());
    let bar = Bar {
        name: knob.name(),
        setting,
        origin: if knob.has_sides() { 0.5 } else { 0.0 },
        height: rect.height(),
        theme,
        color: theme.weak,
    };
    let touch = grid::column(ui, rect, |ui| bar.show(ui));
    push(knob, touch, actions);
}

/// What was done to a knob, as actions.
pub fn push(knob: Knob, touch: Touch, actions: &mut Vec<Action>) {
    if touch.begun {
        actions.push(Action::Begin(knob));
    }
    actions.extend(touch.value.map(|value| Action::Turn(knob, value)));
    if touch.ended {
        actions.push(Action::Release(knob));
    }
}
