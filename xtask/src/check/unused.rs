//! Dependencies that a package names in its manifest and nowhere in its code.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::workspace;

/// Reads the code of every package.
///
/// # Errors
/// A dependency is not used, or the code cannot be read.
pub fn check() -> Result<()> {
    eprintln!("unused dependencies");
    let mut unused = Vec::new();
    for package in workspace::packages()? {
        let mut code = String::new();
        read(&package.folder, &mut code)?;
        for dependency in &package.dependencies {
            if !package.ignored.contains(dependency) && !mentions(&code, dependency) {
                unused.push(format!("{dependency} in {}", package.name));
            }
        }
    }
    if !unused.is_empty() {
        bail!(
            "not used: {}; remove what is not needed, or name it in \
             package.metadata.cargo-machete.ignored where only its features are wanted",
            unused.join(", ")
        );
    }
    Ok(())
}

/// Appends all Rust files of a folder, without the packages that lie in it.
fn read(folder: &Path, code: &mut String) -> Result<()> {
    let cannot = || format!("cannot read {}", folder.display());
    for entry in fs::read_dir(folder).with_context(cannot)? {
        let path = entry.with_context(cannot)?.path();
        if path.is_dir() && !path.join("Cargo.toml").exists() && !path.ends_with("target") {
            read(&path, code)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            code.push_str(&fs::read_to_string(&path).with_context(cannot)?);
        }
    }
    Ok(())
}

/// Whether the name stands in the code as a whole word.
fn mentions(code: &str, name: &str) -> bool {
    let is_word = |letter: char| letter.is_alphanumeric() || letter == '_';
    code.match_indices(name).any(|(at, _)| {
        !code[..at].ends_with(is_word) && !code[at + name.len()..].starts_with(is_word)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_words_count() {
        for (code, expected) in [
            ("use zip::ZipArchive;", true),
            ("a.iter().zip(b)", true),
            ("use gzip::Reader;", false),
            ("let zipped = 1;", false),
            ("", false),
        ] {
            assert_eq!(mentions(code, "zip"), expected, "{code}");
        }
    }
}
