//! Where plug-ins lie on this platform.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use crate::bundle;

/// Folders within a plug-in folder that are looked into: makers like to have one of their own.
const DEPTH: usize = 3;

/// The folders hosts look into for CLAP, VST3 and VST2, the user's own first, then those that the
/// environment names, then the system's. They need not exist.
pub fn of_plugins() -> Vec<PathBuf> {
    let mut folders = Vec::new();
    if let Ok((clap, vst3)) = bundle::user_folders() {
        folders.extend([clap, vst3]);
    }
    if let (Some(home), true) = (env::var_os("HOME"), cfg!(target_os = "linux")) {
        folders.push(Path::new(&home).join(".vst"));
    }
    for variable in ["CLAP_PATH", "VST3_PATH", "VST_PATH"] {
        if let Some(paths) = env::var_os(variable) {
            folders.extend(env::split_paths(&paths).filter(|path| !path.as_os_str().is_empty()));
        }
    }
    let system: &[&str] = match env::consts::OS {
        "macos" => &[
            "/Library/Audio/Plug-Ins/CLAP",
            "/Library/Audio/Plug-Ins/VST3",
            "/Library/Audio/Plug-Ins/VST",
        ],
        "windows" => &[
            r"C:\Program Files\Common Files\CLAP",
            r"C:\Program Files\Common Files\VST3",
            r"C:\Program Files\Common Files\VST2",
            r"C:\Program Files\VSTPlugins",
        ],
        _ => &[
            "/usr/lib/clap",
            "/usr/local/lib/clap",
            "/usr/lib/vst3",
            "/usr/local/lib/vst3",
            "/usr/lib/vst",
            "/usr/local/lib/vst",
        ],
    };
    folders.extend(system.iter().map(PathBuf::from));
    folders
}

/// Everything in these folders, or in folders of theirs, whose name is wanted. What is found is not
/// looked into: a bundle is a folder too.
pub fn find(folders: &[PathBuf], wanted: &dyn Fn(&str) -> bool) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for folder in folders {
        search(folder, wanted, DEPTH, &mut found);
    }
    found.sort();
    found.dedup();
    found
}

fn search(folder: &Path, wanted: &dyn Fn(&str) -> bool, depth: usize, found: &mut Vec<PathBuf>) {
    // A folder that is not there or cannot be read holds nothing for us.
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if entry.file_name().to_str().is_some_and(wanted) {
            found.push(path);
        } else if depth > 1 && path.is_dir() {
            search(&path, wanted, depth - 1, found);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plugins_are_found_in_folders_of_their_makers() {
        let root = env::temp_dir().join(format!("tween-folders-{}", std::process::id()));
        let bundle = root.join("maker/Some.vst3");
        fs::create_dir_all(bundle.join("Contents")).unwrap();
        let folders = [root.clone(), root.join("maker"), root.join("missing")];
        assert_eq!(find(&folders, &|name| name.ends_with(".vst3")), [bundle]);
        fs::remove_dir_all(&root).unwrap();
    }
}
