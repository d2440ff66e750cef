//! Where things are: the workspace's root, cargo's target directory, the packages.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use anyhow::{Context, Result};
use serde::Deserialize;

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
///
/// # Errors
/// cargo does not say.
pub fn target() -> Result<PathBuf> {
    Ok(metadata()?.target_directory)
}

/// A package of the workspace.
pub struct Package {
    /// Its name.
    pub name: String,
    /// Its folder.
    pub folder: PathBuf,
    /// The names of its integration tests.
    pub tests: Vec<String>,
    /// The names its dependencies have in code.
    pub dependencies: Vec<String>,
    /// Dependencies that are there for their features alone: `package.metadata.cargo-machete.ignored`
    /// of its manifest.
    pub ignored: Vec<String>,
}

/// All packages of the workspace.
///
/// # Errors
/// cargo does not say.
pub fn packages() -> Result<Vec<Package>> {
    let package = |package: PackageMetadata| {
        let ignored = &package.metadata["cargo-machete"]["ignored"];
        let ignored = ignored.as_array().into_iter().flatten();
        let tests = package.targets.into_iter();
        let dependencies = package.dependencies.into_iter();
        Package {
            folder: package
                .manifest_path
                .parent()
                .unwrap_or(root())
                .to_path_buf(),
            name: package.name,
            tests: tests
                .filter(|target| target.kind.iter().any(|kind| kind == "test"))
                .map(|target| target.name)
                .collect(),
            dependencies: dependencies
                .map(|dependency| {
                    dependency
                        .rename
                        .unwrap_or(dependency.name)
                        .replace('-', "_")
                })
                .collect(),
            ignored: ignored
                .filter_map(|name| Some(name.as_str()?.replace('-', "_")))
                .collect(),
        }
    };
    Ok(metadata()?.packages.into_iter().map(package).collect())
}

/// The part of what `cargo metadata` says that is used here.
#[derive(Deserialize)]
struct Metadata {
    target_directory: PathBuf,
    packages: Vec<PackageMetadata>,
}

#[derive(Deserialize)]
struct PackageMetadata {
    name: String,
    manifest_path: PathBuf,
    targets: Vec<Target>,
    dependencies: Vec<Dependency>,
    metadata: serde_json::Value,
}

#[derive(Deserialize)]
struct Target {
    name: String,
    kind: Vec<String>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    rename: Option<String>,
}

fn metadata() -> Result<Metadata> {
    let metadata = output(cargo().args(["metadata", "--format-version=1", "--no-deps"]))?;
    serde_json::from_str(&metadata).context("cannot read what `cargo metadata` says")
}
