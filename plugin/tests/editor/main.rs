//! The editor as users meet it, without a window.

mod actions;
mod pictures;
mod raster;
mod scenes;
