//! The editor as users meet it, without a window.

mod pictures;
mod raster;
mod scenes;
