//! Bad input to every command: one clear line, an exit status that is not 0, nothing half-written.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use presets::{Cartridge, Patch};

/// A folder of this test's own with files of every kind of badness, removed at the end.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Scratch {
        let folder = std::env::temp_dir().join(format!("tween-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).expect("the temporary folder can be written to");
        let bank = Cartridge::default().to_sysex(0);
        for (name, bytes) in [
            ("bank.syx", &bank[..]),
            ("truncated.syx", &bank[..2000]),
            ("stub.syx", &bank[..100]),
            ("voices.bin", &bank[6..6 + 4 * 128]),
            ("truncated.bin", &bank[6..6 + 300]),
            ("single.bin", &bank[6..6 + 128]),
            ("text.syx", b"Dear diary, today I bought a synthesiser.\n"),
            ("text.bin", b"Dear diary, today I sold it again.\n"),
            ("empty.syx", b""),
            ("empty.bin", b""),
        ] {
            fs::write(folder.join(name), bytes).expect("a file can be written");
        }
        Scratch(folder)
    }

    /// Runs a command in the folder; its words are split at spaces, `+` stands for one in a word.
    fn run(&self, line: &str) -> Output {
        let words = line.split(' ').map(|word| word.replace('+', " "));
        Command::new(env!("CARGO_BIN_EXE_xtask"))
            .args(words)
            .current_dir(&self.0)
            .env("TWEEN_LIBRARY", self.0.join("library.sqlite"))
            .output()
            .expect("the companion starts")
    }

    /// Everything in the folder, sorted, with the contents of files.
    fn contents(&self) -> Vec<(PathBuf, Vec<u8>)> {
        fn walk(folder: &Path, found: &mut Vec<(PathBuf, Vec<u8>)>) {
            for entry in fs::read_dir(folder).expect("a folder can be read") {
                let path = entry.expect("an entry can be read").path();
                if path.is_dir() {
                    found.push((path.clone(), Vec::new()));
                    walk(&path, found);
                } else {
                    let bytes = fs::read(&path).expect("a file can be read");
                    found.push((path, bytes));
                }
            }
        }
        let mut found = Vec::new();
        walk(&self.0, &mut found);
        found.sort();
        found
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Runs a command that must fail with a line about `about`, and leave everything as it was.
fn check(scratch: &Scratch, line: &str, about: &str) {
    let before = scratch.contents();
    let output = scratch.run(line);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{line}: {said}");
    let errors: Vec<&str> = said
        .lines()
        .filter(|line| line.starts_with("error: "))
        .collect();
    assert_eq!(errors.len(), 1, "{line}: {said}");
    assert_eq!(said.lines().last(), Some(errors[0]), "{line}: {said}");
    assert!(errors[0].contains(about), "{line}: {said}");
    assert!(!errors[0].ends_with('.'), "{line}: {said}");
    assert!(scratch.contents() == before, "{line} left something behind");
}

#[test]
fn bad_input_is_one_clear_line_and_leaves_nothing() {
    let scratch = Scratch::new("bad-input");
    for (named, about) in [
        ("missing.syx", "missing.syx: no such file"),
        (".", "is a folder"),
        ("text.syx", "text.syx"),
        ("text.bin", "text.bin"),
        ("empty.syx", "empty.syx"),
        ("empty.bin", "empty.bin"),
        ("stub.syx", "stub.syx"),
        ("truncated.syx#1", "truncated"),
        ("truncated.bin#0", "truncated"),
        ("bank.syx", "has 32 patches"),
        ("bank.syx#0", "has no patch #0"),
        ("bank.syx#33", "has no patch #33"),
        ("bank.syx#99999999999999999999", "has no patch"),
        ("bank.syx#NOBODY", "has no patch \"NOBODY\""),
        ("voices.bin#4", "has no patch #4"),
        ("factory:NOBODY", "factory bank has no patch \"NOBODY\""),
        ("library:1", "library:1"),
    ] {
        check(
            &scratch,
            &format!("morph {named} bank.syx#1 --out new/out"),
            about,
        );
        check(
            &scratch,
            &format!("morph bank.syx#1 {named} --out new/out"),
            about,
        );
        check(&scratch, &format!("demo {named} bank.syx#1"), about);
        check(&scratch, &format!("demo bank.syx#1 {named}"), about);
    }
}

#[test]
fn a_batch_refuses_what_holds_no_pairs() {
    let scratch = Scratch::new("bad-batch");
    for (options, about) in [
        ("--voices missing.bin", "no such file"),
        ("--voices text.bin", "text.bin"),
        ("--voices empty.bin", "empty.bin"),
        ("--voices truncated.bin", "truncated"),
        ("--voices truncated.syx", "truncated"),
        ("--voices single.bin", "that is 0 pairs"),
        ("--voices voices.bin --pairs 3", "that is 2 pairs"),
        ("--voices voices.bin --from -0.6", "--from -0.6 is outside"),
        ("--voices voices.bin --to NaN", "--to NaN is outside"),
    ] {
        check(&scratch, &format!("morph {options} --out new/out"), about);
    }
}

#[test]
fn weights_that_are_none_are_refused() {
    let scratch = Scratch::new("weights");
    for (named, about) in [
        ("missing.tar", "missing.tar"),
        ("text.syx", "text.syx"),
        ("empty.bin", "empty.bin"),
        ("bank.syx", "bank.syx"),
        (".", "./"),
    ] {
        let about = about.trim_end_matches('/');
        check(&scratch, &format!("convert {named} --out new/out"), about);
        for line in [
            "morph bank.syx#1 bank.syx#2 --path latent --out new/out",
            "evaluate --voices voices.bin --paths decoded",
            "bench model",
        ] {
            check(&scratch, &format!("{line} --weights {named}"), about);
        }
    }
    check(
        &scratch,
        "convert text.syx --out bank.syx",
        "bank.syx is there already",
    );
    check(
        &scratch,
        "convert bank.syx --out new/out --softest 3 --loudest -7",
        "--softest 3 is not below",
    );
}

#[test]
fn nothing_is_imported_of_what_is_not_there() {
    let scratch = Scratch::new("import");
    for line in ["import missing.syx", "import bank.syx missing.syx"] {
        check(&scratch, line, "missing.syx: no such file");
    }
}

#[test]
fn a_folder_that_cannot_be_written_to_is_named() {
    let scratch = Scratch::new("unwritable");
    for out in ["bank.syx", "bank.syx/below", "/dev/null/below"] {
        check(
            &scratch,
            &format!("morph bank.syx#1 bank.syx#2 --out {out}"),
            out,
        );
        check(
            &scratch,
            &format!("morph --voices voices.bin --wav --out {out}"),
            out,
        );
    }
}

#[test]
fn a_command_line_that_is_not_understood_is_a_usage_error() {
    let scratch = Scratch::new("usage");
    for line in [
        "nonsense",
        "morph",
        "morph bank.syx#1",
        "demo bank.syx#1",
        "morph bank.syx#1 bank.syx#2 --steps 1",
        "morph bank.syx#1 bank.syx#2 --pairs 3",
        "morph bank.syx#1 bank.syx#2 --voices voices.bin",
        "morph bank.syx#1 bank.syx#2 --path sideways",
        "morph --voices voices.bin --pairs 0",
        "morph --voices voices.bin --pairs many",
        "bundle --nonsense",
        "doctor --nonsense",
    ] {
        let before = scratch.contents();
        let output = scratch.run(line);
        assert_eq!(output.status.code(), Some(2), "{line}");
        assert!(output.stdout.is_empty(), "{line}");
        assert!(scratch.contents() == before, "{line} left something behind");
    }
}

#[test]
fn a_morph_begins_and_ends_with_the_very_bytes() {
    let scratch = Scratch::new("morph");
    let output = scratch.run("morph factory:TINE+STORY factory:HALL+BRASS --out out --steps 5");
    assert!(output.status.success());
    let path = fs::read(scratch.0.join("out/path.json")).expect("path.json is there");
    let path: serde_json::Value = serde_json::from_slice(&path).expect("it is JSON");
    assert_eq!(
        path["path"], "even",
        "the plug-in's path, unless told otherwise"
    );
    let steps = path["steps"].as_array().expect("it has steps");
    assert_eq!(steps.len(), 5);
    let bank = fs::read(scratch.0.join("out/path.syx")).expect("path.syx is there");
    let bank = presets::sysex::read(&bank).expect("it is a bank").patches;
    let ends = ["TINE STORY", "HALL BRASS"].map(|name| {
        presets::factory::find(name)
            .expect("it is in the factory bank")
            .patch
    });
    for (end, step, patch) in [
        (ends[0], &steps[0], &bank[0]),
        (ends[1], &steps[4], &bank[31]),
    ] {
        assert_eq!(step["patch"], packed(&end));
        assert_eq!(patch.patch, end);
    }
    for file in ["0.wav", "4.wav", "strip.png"] {
        let length = fs::metadata(scratch.0.join("out").join(file)).map(|file| file.len());
        assert!(length.is_ok_and(|length| length > 1000), "{file}");
    }
}

#[test]
fn a_batch_has_a_line_for_every_pair() {
    let scratch = Scratch::new("batch");
    let output = scratch.run("morph --voices bank.syx --pairs 3 --steps 4 --wav --out out --json");
    assert!(output.status.success());
    let lines = fs::read_to_string(scratch.0.join("out/pairs.jsonl")).expect("it is there");
    assert_eq!(lines, String::from_utf8_lossy(&output.stdout));
    assert_eq!(lines.lines().count(), 3);
    for (pair, line) in lines.lines().enumerate() {
        let line: serde_json::Value = serde_json::from_str(line).expect("a line is JSON");
        assert_eq!(
            (&line["pair"], &line["a"]),
            (&pair.into(), &(2 * pair).into())
        );
        let steps = line["steps"].as_array().expect("it has steps");
        assert_eq!(steps.len(), 4);
        assert_eq!(steps[0], packed(&Patch::INIT));
        assert_eq!(steps[3], packed(&Patch::INIT));
        assert!(scratch.0.join(format!("out/{pair}/3.wav")).exists());
    }
}

#[test]
fn the_doctor_says_what_is_not_there() {
    let scratch = Scratch::new("doctor");
    let home = scratch.0.join("home");
    let doctor = |home: &Path| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        command
            .arg("doctor")
            .env("HOME", home)
            .env("CLAP_PATH", home.join("more"));
        command.env("TWEEN_LIBRARY", home.join("library.sqlite"));
        let output = command.output().expect("the companion starts");
        assert!(output.status.success());
        String::from_utf8(output.stdout).expect("it is text")
    };
    let finding = |said: &str, what: &str| {
        let line = said.lines().find(|line| line.starts_with(what));
        line.expect("it is looked for").to_owned()
    };
    let said = doctor(&home);
    assert!(finding(&said, "library").ends_with("not found"), "{said}");

    fs::create_dir_all(home.join("more/Dexed.clap")).expect("a folder can be made");
    fs::write(home.join("library.sqlite"), "").expect("a file can be written");
    let said = doctor(&home);
    assert!(
        finding(&said, "library").ends_with("library.sqlite"),
        "{said}"
    );
    // A folder of that name is found, tried, and said to be none.
    let dexed = finding(&said, "Dexed (CLAP)");
    assert!(dexed.contains("Dexed.clap (not usable: "), "{said}");
}

fn packed(patch: &Patch) -> String {
    patch
        .to_packed()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
