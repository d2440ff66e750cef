//! Where plug-ins lie on this platform, and how to find some there.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

/// Folders within a plug-in folder that are looked into: makers like to have one of their own.
const DEPTH: usize = 3;

/// The folders hosts look into for CLAP, VST3 and VST2, the user's own first, then those that the
/// environment names (`CLAP_PATH`, `VST3_PATH`, `VST_PATH`), then the system's. They need not exist.
pub fn of_plugins() -> Vec<PathBuf> {
    let within = |variable: &str, folders: &[&str]| {
        let base = env::var_os(variable).filter(|base| !base.is_empty());
        let base = base.map(PathBuf::from).into_iter();
        base.flat_map(|base| {
            folders
                .iter()
                .map(move |folder| base.join(folder))
                .collect::<Vec<_>>()
        })
        .collect::<Vec<_>>()
    };
    let (mut folders, system): (Vec<PathBuf>, Vec<PathBuf>) = match env::consts::OS {
        "macos" => (
            within(
                "HOME",
                &[
                    "Library/Audio/Plug-Ins/CLAP",
                    "Library/Audio/Plug-Ins/VST3",
                    "Library/Audio/Plug-Ins/VST",
                ],
            ),
            ["CLAP", "VST3", "VST"]
                .map(|kind| Path::new("/Library/Audio/Plug-Ins").join(kind))
                .into(),
        ),
        "windows" => (
            within(
                "LOCALAPPDATA",
                &[r"Programs\Common\CLAP", r"Programs\Common\VST3"],
            ),
            [
                within(
                    "COMMONPROGRAMFILES",
                    &["CLAP", "VST3", "VST2", r"Steinberg\VST2"],
                ),
                within("PROGRAMFILES", &["VSTPlugins", r"Steinberg\VSTPlugins"]),
            ]
            .concat(),
        ),
        _ => (
            within("HOME", &[".clap", ".vst3", ".vst"]),
            ["clap", "vst3", "vst"]
                .iter()
                .flat_map(|kind| {
                    ["/usr/lib", "/usr/local/lib"].map(|lib| Path::new(lib).join(kind))
                })
                .collect(),
        ),
    };
    for variable in ["CLAP_PATH", "VST3_PATH", "VST_PATH"] {
        if let Some(paths) = env::var_os(variable) {
            folders.extend(env::split_paths(&paths).filter(|path| !path.as_os_str().is_empty()));
        }
    }
    folders.extend(system);
    folders
}

/// Everything in these folders, or in folders of theirs, whose name is wanted, in the order of the
/// folders. What is found is not looked into: a bundle is a folder too.
pub fn find(folders: &[PathBuf], wanted: &dyn Fn(&str) -> bool) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for folder in folders {
        search(folder, wanted, DEPTH, &mut found);
    }
    found
}

fn search(folder: &Path, wanted: &dyn Fn(&str) -> bool, depth: usize, found: &mut Vec<PathBuf>) {
    // A folder that is not there or cannot be read holds nothing for us.
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut entries: Vec<_> = entries.map(|entry| entry.path()).collect();
    entries.sort();
    for path in entries {
        let name = path.file_name().and_then(|name| name.to_str());
        if name.is_some_and(wanted) {
            if !found.contains(&path) {
                found.push(path);
            }
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
