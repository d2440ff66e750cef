//! What an open window costs, and that it leaves nothing behind.

use std::fs;
use std::time::{Duration, Instant};

use super::{Studio, slider};

/// How often the window is opened and closed, after it has been a few times.
const TIMES: usize = 100;

/// What this process holds.
struct Held {
    threads: usize,
    files: usize,
}

impl Held {
    fn now() -> Held {
        let count = |folder: &str| fs::read_dir(folder).unwrap().count();
        Held {
            threads: count("/proc/self/task"),
            files: count("/proc/self/fd"),
        }
    }
}

/// Bytes of memory that were asked for and not given back, by whatever part of this process.
fn bytes() -> i64 {
    // SAFETY: it may be called at any time, and only counts.
    let counted = unsafe { libc::mallinfo2() };
    (counted.uordblks + counted.hblkhd) as i64
}

/// Seconds of processor time of the threads beside the test's own, by their names: those that draw
/// in place of a graphics card, and all others.
fn spent() -> [f64; 2] {
    let mut spent = [0.0; 2];
    let own = fs::read_link("/proc/thread-self").unwrap();
    for task in fs::read_dir("/proc/self/task").unwrap() {
        let task = task.unwrap();
        let Ok(figures) = fs::read_to_string(task.path().join("stat")) else {
            continue;
        };
        if own.file_name() == Some(&task.file_name()) {
            continue;
        }
        let (name, figures) = figures.rsplit_once(')').unwrap();
        let figures: Vec<&str> = figures.split_whitespace().collect();
        // User and system time, in hundredths of a second.
        let ticks = figures[11].parse::<f64>().unwrap() + figures[12].parse::<f64>().unwrap();
        spent[usize::from(!name.contains("llvmpipe"))] += ticks / 100.0;
    }
    spent
}

#[test]
fn a_window_that_is_opened_and_closed_leaves_nothing() {
    let Some(mut studio) = Studio::new("cycles") else {
        return;
    };
    let mut times = Vec::new();
    let mut held = Held::now();
    let mut memory = 0;
    for time in 0..TIMES + 20 {
        times.push(studio.open());
        if time == 0 {
            studio.wait("the path", |studio| studio.song().found);
        }
        studio.tween.close_window();
        studio.wait("the window to be gone", |studio| {
            studio.screen.embedded().is_none()
        });
        if time == 20 {
            held = Held::now();
            memory = bytes();
        }
    }
    // A thread may be about to end.
    studio.wait("no more to be held than before", |_| {
        let now = Held::now();
        now.threads <= held.threads && now.files <= held.files
    });
    let grown = (bytes() - memory) / 1024;
    times.sort_unstable();
    println!(
        "{} times open: median {:.0} ms, longest {:.0} ms; memory grew by {grown} KiB",
        times.len(),
        times[times.len() / 2].as_secs_f64() * 1e3,
        times[times.len() - 1].as_secs_f64() * 1e3,
    );
    // Of each time, 54 KiB are the table of the keyboard that baseview 0.3 and 0.4 do not give back.
    assert!(grown < 100 * TIMES as i64, "{grown} KiB");
}

#[test]
fn a_window_at_rest_costs_nothing_worth_speaking_of() {
    let Some(mut studio) = Studio::new("costs") else {
        return;
    };
    studio.open();
    // Until path and trail are found and drawn.
    studio.wait("the path", |studio| studio.song().found);
    let began = Instant::now();
    studio.wait("the trail", |_| began.elapsed() > Duration::from_secs(3));
    let cost = |studio: &mut Studio, what: &str, act: &mut dyn FnMut(&mut Studio)| {
        let (before, began) = (spent(), Instant::now());
        act(studio);
        let seconds = began.elapsed().as_secs_f64();
        let after = spent();
        let [graphics, rest] = [0, 1].map(|i| 100.0 * (after[i] - before[i]) / seconds);
        println!("{what}: {rest:.1} % of a core, and {graphics:.1} % in place of a graphics card");
        rest
    };
    let idle = cost(&mut studio, "at rest", &mut |_| {
        std::thread::sleep(Duration::from_secs(3));
    });
    assert!(idle < 5.0, "{idle} % of a core at rest");
    let at = slider();
    studio.screen.point(at(0.02));
    studio.frames();
    studio.screen.press();
    let swept = cost(&mut studio, "sweeping", &mut |studio| {
        for step in 0..180 {
            studio.screen.point(at(0.02 + 0.96 * step as f32 / 180.0));
            studio.play();
            std::thread::sleep(Duration::from_millis(16));
        }
    });
    studio.screen.release();
    // 14 to 19 % where it was measured; a machine that does much else takes longer for the same.
    assert!(swept < 40.0, "{swept} % of a core under a sweep");
}
