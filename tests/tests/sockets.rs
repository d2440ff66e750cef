//! Nothing phones home: a session in the headless host opens no socket, and writes nowhere but in
//! the user's own folders. Watched from outside, call by call, with strace.

#![cfg(target_os = "linux")]

mod tween;

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

/// Set in the process that is watched.
const WATCHED: &str = "TWEEN_WATCHED";
/// What opens a socket, and what makes, changes or takes away a file.
const CALLS: &str = "trace=socket,socketpair,connect,openat,open,creat,mkdir,mkdirat,rename,renameat,\
                     renameat2,unlink,unlinkat,link,linkat,symlink,symlinkat,truncate";

/// The session: an instance is made, two sounds are chosen, the even path is looked for, notes
/// sound, the song is saved and opened.
#[test]
fn a_session() {
    let bank = presets::factory::all();
    let mut session =
        serde_json::to_value(tween::session(&bank[3].patch, &bank[50].patch)).unwrap();
    session["path"] = "even".into();
    session["table"].take();
    let mut tween = tween::instance();
    tween::load(&mut tween, &plugin::state::Saved(session));
    tween.activate(tween::RATE, 64).unwrap();
    let mut phrase = host_bridge::Phrase::new(4800);
    phrase.note(0, 2400, 60, 100);
    let score = host_bridge::HostEvent::score(&phrase, None);
    let take = tween.perform(&score, 4800, &[64]).unwrap();
    assert!(take.left.iter().any(|sample| sample.abs() > 1e-3));
    let pending = |state: &[u8]| {
        let session = tween::unwrap_state(state)["fields"]["session"].clone();
        session.as_str().unwrap().contains("\"pending\":true")
    };
    let asked = std::time::Instant::now();
    let mut state = tween.save_state().unwrap();
    assert!(pending(&state), "the worker has had nothing to do");
    while pending(&state) {
        tween.process(64).unwrap();
        state = tween.save_state().unwrap();
        assert!(asked.elapsed().as_secs() < 120, "it has not found a path");
    }
    tween::instance().load_state(&state).unwrap();
    if std::env::var_os(WATCHED).is_some() {
        // The watcher must see these two, or it sees nothing.
        let _ = fs::write("/proc/tween-was-here", "");
        let _ = std::net::UdpSocket::bind("127.0.0.1:0");
    }
}

#[test]
fn no_socket_is_opened_and_nothing_is_written_elsewhere() {
    let works = Command::new("strace")
        .args(["-e", "trace=none", "true"])
        .stderr(Stdio::null())
        .status();
    if !works.is_ok_and(|status| status.success()) {
        println!("skipped: strace is not installed, or may not trace here");
        return;
    }
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join("sockets-home");
    let _ = fs::remove_dir_all(&home);
    fs::create_dir_all(&home).unwrap();
    let log = home.with_extension("strace");
    let status = Command::new("strace")
        .args(["-f", "-qq", "-e", "signal=none", "-e", CALLS, "-o"])
        .arg(&log)
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", "a_session"])
        .env(WATCHED, "1")
        .env("HOME", &home)
        .env_remove("XDG_DATA_HOME")
        .env_remove("XDG_CONFIG_HOME")
        .stdout(Stdio::null())
        .status()
        .unwrap();
    assert!(status.success());
    let log = fs::read_to_string(&log).unwrap();
    let mut sockets: Vec<&str> = log
        .lines()
        .filter(|line| line.contains("socket("))
        .collect();
    let own = sockets
        .pop()
        .expect("the session's last socket is the test's own");
    assert!(own.contains("SOCK_DGRAM"), "{own}");
    assert_eq!(sockets, [""; 0]);
    let writes = |line: &&str| {
        let reads = line.contains("open") && line.contains("O_RDONLY") && !line.contains("O_CREAT");
        let call = line.split('(').next().unwrap_or_default();
        !reads && !call.contains("socket") && !call.contains("connect") && line.contains('"')
    };
    let home = home.display().to_string();
    let elsewhere: Vec<&str> = log
        .lines()
        .filter(writes)
        .filter(|line| !line.contains(&home) && !line.contains("\"/dev/null\""))
        .collect();
    assert_eq!(elsewhere.len(), 1, "{elsewhere:#?}");
    assert!(elsewhere[0].contains("/proc/tween-was-here"));
}
