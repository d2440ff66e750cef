//! The editor as users meet it, without a window.

mod actions;
mod changes;
mod pictures;
mod raster;
mod scenes;
