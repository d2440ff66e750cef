//! [`step_back`]: threads that let everything else go first.

/// How far back a thread goes, of the 19 places there are behind the usual one.
#[cfg(target_os = "linux")]
const PLACE: libc::c_int = 10;

/// Lets everything else on the machine go before this thread, and before the threads that it starts
/// from now on. Only Linux does that for a single thread; elsewhere nothing happens.
pub fn step_back() {
    #[cfg(target_os = "linux")]
    // SAFETY: plain numbers go in, and nothing of this process is touched but the thread's place in
    // the scheduler. 0 is the calling thread. Where it fails the thread goes on as before.
    unsafe {
        let now = libc::getpriority(libc::PRIO_PROCESS, 0);
        libc::setpriority(libc::PRIO_PROCESS, 0, now.max(PLACE));
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn only_this_thread_steps_back() {
        // SAFETY: as above; only the scheduler is asked.
        let niceness = || unsafe { libc::getpriority(libc::PRIO_PROCESS, 0) };
        let before = niceness();
        let (stepped, child) = std::thread::spawn(move || {
            step_back();
            (niceness(), std::thread::spawn(niceness).join().unwrap())
        })
        .join()
        .unwrap();
        assert_eq!([stepped, child], [before.max(PLACE); 2]);
        assert_eq!(niceness(), before);
    }
}
