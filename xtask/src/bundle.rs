//! `bundle`: the plug-in as hosts want to find it, a CLAP file and a VST3 folder.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, Result, bail};

use crate::packages;
use crate::process::{cargo, words};
use crate::staging::Staging;
use crate::workspace;

/// Build the plug-in and lay out Tween.clap and Tween.vst3.
#[derive(clap::Args)]
pub struct Args {
    /// Also copy them into your plug-in folders.
    #[arg(long)]
    install: bool,
    /// Build nothing: take them out of your plug-in folders. Songs, library and settings stay.
    #[arg(long, conflicts_with_all = ["install", "debug"])]
    uninstall: bool,
    /// A debug build: slower, with the checks on.
    #[arg(long)]
    debug: bool,
    /// Also build the program that plays without a host.
    #[arg(long, conflicts_with = "uninstall")]
    standalone: bool,
}

/// The name of the CLAP bundle.
pub const CLAP: &str = "Tween.clap";
/// The name of the VST3 bundle.
pub const VST3: &str = "Tween.vst3";

/// Where the finished bundles are.
pub struct Bundles {
    /// The folder of both.
    pub folder: PathBuf,
    /// `Tween.clap`: a file, on macOS a folder.
    pub clap: PathBuf,
    /// `Tween.vst3`: a folder.
    pub vst3: PathBuf,
}

/// Builds, bundles, installs, and prints where; or takes away, and prints what.
///
/// # Errors
/// The C++ compiler is missing, the plug-in does not compile, or a folder cannot be written to.
pub fn run(args: Args) -> Result<()> {
    if args.uninstall {
        return uninstall();
    }
    let bundles = bundle(args.debug)?;
    println!("{}", bundles.clap.display());
    println!("{}", bundles.vst3.display());
    if args.standalone {
        println!("{}", standalone(args.debug)?.display());
    }
    if args.install {
        let (clap, vst3) = user_folders()?;
        println!("{}", install(&bundles.clap, &clap)?.display());
        println!("{}", install(&bundles.vst3, &vst3)?.display());
    }
    Ok(())
}

/// Builds the plug-in and lays both bundles out in `bundled` of the target directory.
///
/// # Errors
/// As [`run`].
pub fn bundle(debug: bool) -> Result<Bundles> {
    packages::CXX.provide()?;
    let library = library(debug)?;
    let target = workspace::target()?.join("bundled");
    let staging = Staging::new(&target)?;
    lay_out(&library, staging.path(), Format::Clap)?;
    lay_out(&library, staging.path(), Format::Vst3)?;
    staging.commit()?;
    Ok(Bundles {
        clap: target.join(CLAP),
        vst3: target.join(VST3),
        folder: target,
    })
}

/// Builds the program that plays without a host and puts it beside the bundles.
fn standalone(debug: bool) -> Result<PathBuf> {
    if cfg!(target_os = "linux") {
        packages::ALSA.provide()?;
    }
    let target = ["--bin", "tween", "--features", "standalone"];
    let program = build(debug, &target, "tween", std::env::consts::EXE_EXTENSION)?;
    install(&program, &workspace::target()?.join("bundled"))
}

/// Builds the plug-in's dynamic library and returns where it is.
fn library(debug: bool) -> Result<PathBuf> {
    build(debug, &["--lib"], "plugin", std::env::consts::DLL_EXTENSION)
}

/// Builds a target of the plug-in, and returns where its file of that extension is.
fn build(debug: bool, target: &[&str], name: &str, extension: &str) -> Result<PathBuf> {
    let mut command = cargo();
    command.args(["build", "--package", "plugin"]).args(target);
    if !debug {
        command.arg("--release");
    }
    command
        .arg("--message-format=json-render-diagnostics")
        .stderr(Stdio::inherit());
    eprintln!("building the plug-in: {}", words(&command));
    let output = command
        .output()
        .with_context(|| format!("cannot start `{}`", words(&command)))?;
    if !output.status.success() {
        bail!("the plug-in does not compile; the reasons are above");
    }
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .filter(|message| message["target"]["name"] == name)
        .filter_map(|message| message["filenames"].as_array().cloned())
        .flatten()
        .filter_map(|name| name.as_str().map(PathBuf::from))
        .find(|file| file.extension().unwrap_or_default() == extension)
        .with_context(|| format!("the build made nothing of {}", target.join(" ")))
}

#[derive(Clone, Copy)]
enum Format {
    Clap,
    Vst3,
}

impl Format {
    const fn bundle(self) -> &'static str {
        match self {
            Format::Clap => CLAP,
            Format::Vst3 => VST3,
        }
    }

    /// Where the dynamic library lies, relative to the folder of the bundles.
    fn library(self) -> PathBuf {
        let arch = std::env::consts::ARCH;
        let bundle = Path::new(self.bundle());
        match (self, std::env::consts::OS) {
            (_, "macos") => bundle.join("Contents/MacOS/Tween"),
            (Format::Clap, _) => bundle.to_path_buf(),
            (Format::Vst3, "windows") => bundle.join(format!("Contents/{arch}-win/Tween.vst3")),
            (Format::Vst3, os) => bundle.join(format!("Contents/{arch}-{os}/Tween.so")),
        }
    }
}

fn lay_out(library: &Path, folder: &Path, format: Format) -> Result<()> {
    let to = folder.join(format.library());
    let parent = to.parent().unwrap_or(folder);
    fs::create_dir_all(parent)
        .and_then(|()| fs::copy(library, &to))
        .with_context(|| format!("cannot write {}", to.display()))?;
    if cfg!(target_os = "macos") {
        let contents = folder.join(format.bundle()).join("Contents");
        fs::write(contents.join("Info.plist"), property_list(format))
            .and_then(|()| fs::write(contents.join("PkgInfo"), "BNDL????"))
            .with_context(|| format!("cannot write into {}", contents.display()))?;
    }
    Ok(())
}

/// What macOS wants to know of a bundle.
fn property_list(format: Format) -> String {
    let bundle = format.bundle();
    let identifier = bundle.to_lowercase();
    let version = env!("CARGO_PKG_VERSION");
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0"><dict>
<key>CFBundleExecutable</key><string>Tween</string>
<key>CFBundleIdentifier</key><string>org.{identifier}</string>
<key>CFBundleName</key><string>Tween</string>
<key>CFBundlePackageType</key><string>BNDL</string>
<key>CFBundleSignature</key><string>????</string>
<key>CFBundleShortVersionString</key><string>{version}</string>
<key>CFBundleVersion</key><string>{version}</string>
</dict></plist>
"#
    )
}

/// The folders where hosts look for the user's own CLAP and VST3 plug-ins.
///
/// # Errors
/// The environment does not say where the user's home is.
pub fn user_folders() -> Result<(PathBuf, PathBuf)> {
    let (variable, clap, vst3) = match std::env::consts::OS {
        "macos" => (
            "HOME",
            "Library/Audio/Plug-Ins/CLAP",
            "Library/Audio/Plug-Ins/VST3",
        ),
        "windows" => (
            "LOCALAPPDATA",
            "Programs/Common/CLAP",
            "Programs/Common/VST3",
        ),
        _ => ("HOME", ".clap", ".vst3"),
    };
    let home = std::env::var_os(variable)
        .filter(|home| !home.is_empty())
        .map(PathBuf::from)
        .with_context(|| format!("{variable} is not set: set it to find your plug-in folders"))?;
    Ok((home.join(clap), home.join(vst3)))
}

/// Copies a bundle into a folder, replacing an older one, and returns where it is now.
fn install(bundle: &Path, folder: &Path) -> Result<PathBuf> {
    let name = bundle.file_name().context("a bundle has a name")?;
    let staging = Staging::new(folder)?;
    copy(bundle, &staging.path().join(name))
        .with_context(|| format!("cannot copy {} to {}", bundle.display(), folder.display()))?;
    staging.commit()?;
    Ok(folder.join(name))
}

fn uninstall() -> Result<()> {
    let (clap, vst3) = user_folders()?;
    let mut any = false;
    for bundle in [clap.join(CLAP), vst3.join(VST3)] {
        if remove(&bundle).with_context(|| format!("cannot remove {}", bundle.display()))? {
            println!("{}", bundle.display());
            any = true;
        }
    }
    if !any {
        eprintln!("Tween is not in {} nor {}", clap.display(), vst3.display());
    }
    Ok(())
}

/// Takes a bundle away, and says whether there was one. Of a link, the link alone goes.
fn remove(bundle: &Path) -> std::io::Result<bool> {
    match fs::symlink_metadata(bundle) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
        Ok(found) if found.is_dir() => fs::remove_dir_all(bundle).map(|()| true),
        Ok(_) => fs::remove_file(bundle).map(|()| true),
    }
}

fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    if !from.is_dir() {
        return fs::copy(from, to).map(drop);
    }
    fs::create_dir(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        copy(&entry.path(), &to.join(entry.file_name()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_installed_can_be_removed_once() {
        let root = std::env::temp_dir().join(format!("tween-bundle-{}", std::process::id()));
        let (vst3, folder) = (root.join(VST3), root.join("installed"));
        fs::create_dir_all(vst3.join("Contents")).unwrap();
        fs::write(vst3.join("Contents/Tween.so"), "code").unwrap();
        let installed = install(&vst3, &folder).unwrap();
        assert_eq!(installed, folder.join(VST3));
        assert_eq!(
            fs::read(installed.join("Contents/Tween.so")).unwrap(),
            b"code"
        );
        assert!(remove(&installed).unwrap());
        assert!(!installed.exists() && vst3.exists());
        assert!(!remove(&installed).unwrap());
        fs::remove_dir_all(&root).unwrap();
    }
}
