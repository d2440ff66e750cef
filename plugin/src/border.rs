//! [`inside`]: the border of the audio thread, and who watches it.
//!
//! What is called inside it takes and gives back no memory, holds no lock, waits for nothing, reads and
//! writes no file, and does not panic, whatever happens around it. In what users get, [`inside`] is a
//! plain call. Two watchers end the program at the place where the border is crossed:
//!
//! * With the feature `watched`, which the end-to-end tests ask for, an allocation or a free does, in
//!   every test whose allocator is `nice_assert_no_alloc`'s.
//! * In a build with `-Zsanitizer=realtime --cfg rtsan`, RealtimeSanitizer does at each call of the C
//!   library that may take long: memory, locks, files, sockets, sleep, system calls (LLVM's manual,
//!   "RealtimeSanitizer"). `plugin/manual/developers.md` has the command.

/// Calls what runs on the audio thread.
#[inline]
pub fn inside<T>(call: impl FnOnce() -> T) -> T {
    #[cfg(rtsan)]
    let _watched = rtsan::Watched::enter();
    #[cfg(feature = "watched")]
    return nice_assert_no_alloc::assert_no_alloc(call);
    #[cfg(not(feature = "watched"))]
    call()
}

#[cfg(rtsan)]
mod rtsan {
    unsafe extern "C" {
        fn __rtsan_realtime_enter();
        fn __rtsan_realtime_exit();
    }

    /// While it lives, the sanitizer watches this thread.
    pub struct Watched;

    impl Watched {
        pub fn enter() -> Watched {
            // SAFETY: takes nothing, and counts on a thread-local.
            unsafe { __rtsan_realtime_enter() };
            Watched
        }
    }

    impl Drop for Watched {
        fn drop(&mut self) {
            // SAFETY: as above; it was entered once before.
            unsafe { __rtsan_realtime_exit() };
        }
    }
}
