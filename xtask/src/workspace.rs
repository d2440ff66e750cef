//! Where things are: the workspace's root and cargo's target directory.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use anyhow::{Context, Result};

use crate::process::{cargo, output};

/// The root of the workspace.
pub fn root() -> &'static Path {
    // `cargo run` sets it, which holds when the checkout was moved after the build; the path of the
    // build serves who starts the program itself.
    static ROOT: OnceLock<PathBuf> = OnceLock::new();
    ROOT.get_or_init(|| {
        let own = std::env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        own.parent().map_or(own.clone(), Path::to_path_buf)
    })
}

/// Cargo's target directory: `target`, unless the environment or a configuration says otherwise.
pub fn target() -> Result<PathBuf> {
    let metadata = output(cargo().args(["metadata", "--format-version=1", "--no-deps"]))?;
    let metadata: serde_json::Value =
        serde_json::from_str(&metadata).context("cannot read what `cargo metadata` says")?;
    metadata["target_directory"]
        .as_str()
        .map(PathBuf::from)
        .context("`cargo metadata` does not say where the target directory is")
}
