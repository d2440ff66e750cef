//! The companion of Tween. `cargo xtask --help` lists its commands.
fn main() {}
