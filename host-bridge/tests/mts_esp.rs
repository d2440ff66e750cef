//! The listener of MTS-ESP against a library made for the test.

use std::path::{Path, PathBuf};
use std::process::Command;

use engine::Tuning;
use host_bridge::mts_esp::MtsEsp;
use libloading::{Library, Symbol};

/// The functions a listener uses, and what a master would do.
const SOURCE: &str = r"
#include <stdbool.h>
static double table[128];
static bool master;
static int clients;
void MTS_RegisterClient(void) { clients++; }
void MTS_DeregisterClient(void) { clients--; }
bool MTS_HasMaster(void) { return master; }
const double *MTS_GetTuningTable(void) { return table; }
int test_clients(void) { return clients; }
void test_master(bool on) { master = on; }
void test_tune(int key, double hz) { table[key] = hz; }
";

/// Compiles C to a library in the test's own folder.
fn compile(name: &str, source: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let (c, library) = (
        folder.join(format!("{name}.c")),
        folder.join(format!("lib{name}.so")),
    );
    std::fs::write(&c, source).unwrap();
    let status = Command::new("cc")
        .args(["-shared", "-fPIC", "-o"])
        .args([&library, &c])
        .status();
    assert!(status.unwrap().success(), "cc failed");
    library
}

#[test]
fn a_listener_follows_the_master() {
    let file = compile("mts_stub", SOURCE);
    // SAFETY: the library was made above; these are its functions.
    let library = unsafe { Library::new(&file) }.unwrap();
    // SAFETY: the signatures are those of the source.
    let (clients, master, tune) = unsafe {
        let clients: Symbol<unsafe extern "C" fn() -> i32> = library.get(b"test_clients").unwrap();
        let master: Symbol<unsafe extern "C" fn(bool)> = library.get(b"test_master").unwrap();
        let tune: Symbol<unsafe extern "C" fn(i32, f64)> = library.get(b"test_tune").unwrap();
        (clients, master, tune)
    };
    let mut listener = MtsEsp::load(&file).unwrap();
    // SAFETY: plain functions of the library above, from the only thread that uses it.
    unsafe {
        assert_eq!(clients(), 1);
        assert_eq!(listener.update(), None, "no master, nothing changes");

        // A quarter-tone scale: key 69 stays, each key is half a step from the next.
        for key in 0..128 {
            tune(key, 440.0 * (f64::from(key - 69) / 24.0).exp2());
        }
        master(true);
        let tuning = listener.update().expect("the master's tuning");
        let usual = Tuning::default();
        let (step, half) = (tuning.pitch(70) - tuning.pitch(69), (1 << 24) / 24);
        assert!((step - half).abs() <= 1);
        assert!((tuning.pitch(69) - usual.pitch(69)).abs() < 100);
        assert_eq!(listener.update(), None, "nothing changed since");

        // What is no frequency leaves its key where it usually is.
        for (key, hz) in [(0, 0.0), (1, -5.0), (2, f64::NAN), (3, f64::INFINITY)] {
            tune(key, hz);
        }
        let tuning = listener.update().expect("a change");
        for key in 0..4 {
            assert_eq!(tuning.pitch(key), usual.pitch(key));
        }
        assert_eq!(listener.update(), None, "not a change for ever");

        master(false);
        assert_eq!(listener.update(), Some(usual));
        assert_eq!(listener.update(), None);
        drop(listener);
        assert_eq!(clients(), 0);
    }
}

#[test]
fn what_is_no_library_is_an_error() {
    let missing = Path::new("no-such-library.so");
    let error = MtsEsp::load(missing).err().unwrap().to_string();
    assert!(error.contains("no-such-library.so"), "{error}");

    let file = compile("mts_half", "int MTS_RegisterClient(void) { return 0; }");
    let error = MtsEsp::load(&file).err().unwrap().to_string();
    assert!(error.contains("MTS_DeregisterClient"), "{error}");
}
