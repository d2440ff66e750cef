//! Writes files so that none is left half-written: into a hidden folder first, moved when complete.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// A folder that fills out of sight. [`commit`](Staging::commit) moves all that was written to
/// [`path`](Staging::path) into the target folder; without it, dropping leaves the target as it was.
pub struct Staging {
    target: PathBuf,
    hidden: PathBuf,
    /// Folders that did not exist before, innermost first.
    created: Vec<PathBuf>,
}

impl Staging {
    /// Prepares to write into that folder, creating it (and its parents) where it is missing.
    ///
    /// # Errors
    /// The folder cannot be created or written to.
    pub fn new(target: &Path) -> Result<Staging> {
        let created = target
            .ancestors()
            .take_while(|folder| !folder.as_os_str().is_empty() && !folder.exists())
            .map(Path::to_path_buf)
            .collect();
        let staging = Staging {
            target: target.to_path_buf(),
            hidden: target.join(format!(".partial-{}", std::process::id())),
            created,
        };
        fs::create_dir_all(&staging.hidden)
            .with_context(|| format!("cannot write into the folder {}", target.display()))?;
        Ok(staging)
    }

    /// Where to write.
    pub fn path(&self) -> &Path {
        &self.hidden
    }

    /// Moves everything into the target, replacing files and folders of the same name.
    ///
    /// # Errors
    /// Something cannot be replaced; what was moved before stays, each file of it complete.
    pub fn commit(mut self) -> Result<()> {
        for entry in fs::read_dir(&self.hidden)? {
            let entry = entry?;
            let to = self.target.join(entry.file_name());
            replace(&entry.path(), &to)
                .with_context(|| format!("cannot write {}", to.display()))?;
        }
        self.created.clear();
        Ok(())
    }
}

fn replace(from: &Path, to: &Path) -> std::io::Result<()> {
    if from.is_dir() {
        match fs::remove_dir_all(to) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    fs::rename(from, to)
}

impl Drop for Staging {
    fn drop(&mut self) {
        // Best effort: whoever cannot write here could not create it either.
        let _ = fs::remove_dir_all(&self.hidden);
        for folder in &self.created {
            let _ = fs::remove_dir(folder);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scratch(name: &str) -> PathBuf {
        let folder =
            std::env::temp_dir().join(format!("tween-staging-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        folder
    }

    #[test]
    fn without_commit_nothing_is_left() {
        let folder = scratch("dropped");
        let staging = Staging::new(&folder.join("a/b")).unwrap();
        fs::write(staging.path().join("file"), "half").unwrap();
        drop(staging);
        assert!(!folder.exists());
    }

    #[test]
    fn commit_replaces_what_was_there() {
        let folder = scratch("committed");
        fs::create_dir_all(folder.join("steps")).unwrap();
        fs::write(folder.join("steps/old"), "old").unwrap();
        fs::write(folder.join("other"), "kept").unwrap();
        let staging = Staging::new(&folder).unwrap();
        fs::create_dir(staging.path().join("steps")).unwrap();
        fs::write(staging.path().join("steps/new"), "new").unwrap();
        staging.commit().unwrap();
        let mut found: Vec<_> = fs::read_dir(&folder)
            .unwrap()
            .map(|e| e.unwrap().file_name())
            .collect();
        found.sort();
        assert_eq!(found, ["other", "steps"]);
        assert!(folder.join("steps/new").exists() && !folder.join("steps/old").exists());
        fs::remove_dir_all(&folder).unwrap();
    }
}
