//! The editor: [`view`] draws and says what the user did, [`window`] puts it into a host's window.

mod bank;
mod bar;
pub mod view;
mod window;

pub use bank::Bank;
pub use window::{TweenEditor, WindowSize};
