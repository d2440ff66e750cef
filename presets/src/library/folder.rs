//! Where things lie on this platform: our database, and Dexed's cartridges.

use std::env;
use std::path::PathBuf;

/// The environment variable that names another file for the library.
pub const LIBRARY_VARIABLE: &str = "TWEEN_LIBRARY";

/// The library of this user: what `TWEEN_LIBRARY` says, or `Tween/library.sqlite` in the platform's
/// folder for the data of programs. `None`: the environment names no such folder.
pub fn library_file() -> Option<PathBuf> {
    match env::var_os(LIBRARY_VARIABLE).filter(|path| !path.is_empty()) {
        Some(path) => Some(PathBuf::from(path)),
        None => Some(data_folder()?.join("Tween").join("library.sqlite")),
    }
}

/// Dexed's cartridges, if Dexed has been run here.
pub fn dexed_cartridges() -> Option<PathBuf> {
    let folder = data_folder()?
        .join("DigitalSuburban")
        .join("Dexed")
        .join("Cartridges");
    folder.is_dir().then_some(folder)
}

fn data_folder() -> Option<PathBuf> {
    let variable = |name| {
        env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    if cfg!(target_os = "windows") {
        variable("APPDATA")
    } else if cfg!(target_os = "macos") {
        Some(
            variable("HOME")?
                .join("Library")
                .join("Application Support"),
        )
    } else {
        // A relative path there is to be ignored, as the XDG specification says.
        variable("XDG_DATA_HOME")
            .filter(|path| path.is_absolute())
            .or_else(|| Some(variable("HOME")?.join(".local").join("share")))
    }
}
