//! The editor: [`view`] draws and says what the user did, [`app`] does it, [`window`] puts both into a
//! host's window.
//!
//! The parts of the window from top to bottom: [`stage`] has A and B, [`strip`] the slider and the
//! trail, then one of the [`pages`], [`browser`], [`map`], [`operators`], [`motion`], [`sound`] and
//! [`settings`], and last the [`keyboard`]. [`news`] lie over the page, [`files`] over all. A [`knob`] is a
//! parameter of the host.

mod algorithm;
mod app;
mod bank;
mod bar;
mod browser;
pub mod export;
mod files;
mod grid;
mod header;
mod history;
mod keyboard;
mod knob;
mod map;
mod motion;
mod news;
mod operators;
mod pages;
mod parameter;
pub mod settings;
mod sound;
mod stage;
mod strip;
mod synth;
pub mod theme;
pub mod view;
mod window;

pub use bank::Bank;
use strip::label as strip_label;
pub use window::{TweenEditor, WindowSize};
