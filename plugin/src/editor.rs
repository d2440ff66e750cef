//! The editor: [`view`] draws and says what the user did, [`app`] does it, [`window`] puts both into a
//! host's window.
//!
//! The parts of the window from top to bottom: [`stage`] has A and B, [`strip`] the slider and the
//! trail, then one page of [`browser`], [`map`], [`operators`], [`sound`] and [`settings`], and last
//! the [`keyboard`].

mod algorithm;
mod app;
mod bank;
mod bar;
mod browser;
mod grid;
mod history;
mod keyboard;
mod map;
mod operators;
pub mod settings;
mod sound;
mod stage;
mod strip;
pub mod theme;
pub mod view;
mod window;

pub use bank::Bank;
use strip::label as strip_label;
pub use window::{TweenEditor, WindowSize};
