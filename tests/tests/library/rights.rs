//! A folder that may not be written is said, and nothing in it changes.

#![cfg(unix)]

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::process::Command;

use crate::Scratch;

/// The user without any rights: root may write everywhere, whatever the folder says.
const NOBODY: u32 = 65_534;

#[test]
fn a_folder_that_may_not_be_written_is_said() {
    let scratch = Scratch::new("rights");
    // The program lies where everybody may run it.
    let program = std::env::temp_dir().join(format!("library-user-{}", std::process::id()));
    fs::copy(env!("CARGO_BIN_EXE_library-user"), &program).unwrap();
    let folder = std::env::temp_dir().join(format!("library-rights-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let (kept, new) = (folder.join("kept.sqlite"), folder.join("new.sqlite"));
    let numbered = end_to_end::numbered(7);
    scratch.library().save(&numbered, &[]).unwrap();
    fs::copy(scratch.path("library.sqlite"), &kept).unwrap();
    let before = fs::read(&kept).unwrap();
    fs::set_permissions(&kept, Permissions::from_mode(0o444)).unwrap();

    let is_root = fs::metadata(&folder).unwrap().uid() == 0;
    // A folder that may be written, and in it a library that may only be read.
    let read_only = folder.join("writable/read-only.sqlite");
    fs::create_dir(folder.join("writable")).unwrap();
    fs::copy(&kept, &read_only).unwrap();
    fs::set_permissions(read_only.parent().unwrap(), Permissions::from_mode(0o777)).unwrap();
    fs::set_permissions(&folder, Permissions::from_mode(0o555)).unwrap();

    for (asked, file) in [
        ("open", &new),
        ("save", &new),
        ("save", &kept),
        ("path", &kept),
        ("path", &read_only),
    ] {
        let mut command = Command::new(&program);
        command.arg(asked).arg(file);
        if is_root {
            command.uid(NOBODY).gid(NOBODY);
        }
        let output = command.output().unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(!output.status.success(), "{asked} {}", file.display());
        assert!(
            said.contains("cannot be written: check the rights"),
            "{asked}: {said}"
        );
        assert!(
            said.contains(file.file_name().unwrap().to_str().unwrap()),
            "{said}"
        );
    }
    assert_eq!(fs::read(&kept).unwrap(), before);
    assert_eq!(fs::read(&read_only).unwrap(), before);
    assert!(!new.exists());

    fs::set_permissions(&folder, Permissions::from_mode(0o755)).unwrap();
    fs::remove_dir_all(&folder).unwrap();
    fs::remove_file(&program).unwrap();
}
