//! What the plug-in may ask of this host.

use std::sync::atomic::{AtomicBool, Ordering};

use clack_extensions::gui::{GuiSize, HostGui, HostGuiImpl};
use clack_extensions::latency::{HostLatency, HostLatencyImpl};
use clack_extensions::params::{
    HostParams, HostParamsImplMainThread, HostParamsImplShared, ParamClearFlags, ParamRescanFlags,
};
use clack_extensions::state::{HostState, HostStateImpl};
use clack_host::prelude::*;

/// The type that names this host to clack.
pub struct Headless;

impl HostHandlers for Headless {
    type Shared<'a> = Wishes;
    type MainThread<'a> = MainThread;
    type AudioProcessor<'a> = ();

    fn declare_extensions(builder: &mut HostExtensions<Self>, _: &Wishes) {
        builder
            .register::<HostGui>()
            .register::<HostParams>()
            .register::<HostState>()
            .register::<HostLatency>();
    }
}

/// What the plug-in has asked for from any thread; [`ClapInstance`](super::ClapInstance) grants it
/// between two blocks.
#[derive(Default)]
pub struct Wishes {
    callback: AtomicBool,
}

impl Wishes {
    /// Whether a call on the main thread was asked for since this was last called.
    pub fn take_callback(&self) -> bool {
        self.callback.swap(false, Ordering::AcqRel)
    }
}

impl SharedHandler<'_> for Wishes {
    fn request_callback(&self) {
        self.callback.store(true, Ordering::Release);
    }
    // The host restarts and processes when its own caller says so.
    fn request_restart(&self) {}
    fn request_process(&self) {}
}

impl HostParamsImplShared for Wishes {
    // Every block flushes.
    fn request_flush(&self) {}
}

impl HostGuiImpl for Wishes {
    fn resize_hints_changed(&self) {}
    // The window is as large as the host's caller says, and is shown as long as it says.
    fn request_resize(&self, _: GuiSize) -> Result<(), HostError> {
        Err(HostError::Message("the window keeps its size"))
    }
    fn request_show(&self) -> Result<(), HostError> {
        Ok(())
    }
    fn request_hide(&self) -> Result<(), HostError> {
        Ok(())
    }
    fn closed(&self, _: bool) {}
}

/// The main thread's part: this host keeps no copy of what these would have it read again.
pub struct MainThread;

impl MainThreadHandler<'_> for MainThread {}

impl HostParamsImplMainThread for MainThread {
    fn rescan(&self, _: ParamRescanFlags) {}
    fn clear(&self, _: ClapId, _: ParamClearFlags) {}
}

impl HostStateImpl for MainThread {
    fn mark_dirty(&self) {}
}

impl HostLatencyImpl for MainThread {
    fn changed(&self) {}
}
