//! [`Handle`]: what the host holds of the open window.

use std::cell::Cell;
use std::ffi::c_ulong;

use nice_plug::editor::dpi::NativeSize;
use nice_plug::editor::{EditorHandle, ParentWindowHandle};
use nice_plug_egui::EguiEditorHandle;

/// The handle of the egui window, with one thing mended: on X11 the window of the library beneath
/// (baseview 0.3) stays black when it is shown within a window that is shown already, because it
/// takes itself for visible before the server says so, and then never asks when to draw. Put into its
/// parent once more, it is told anew.
pub struct Handle {
    window: EguiEditorHandle,
    /// The id of the window that it is in, where that is one of X11's.
    parent: Cell<Option<c_ulong>>,
}

impl Handle {
    pub(super) fn new(window: EguiEditorHandle, parent: Option<ParentWindowHandle>) -> Handle {
        let parent = Cell::new(parent.and_then(x11));
        Handle { window, parent }
    }
}

fn x11(parent: ParentWindowHandle) -> Option<c_ulong> {
    match parent {
        ParentWindowHandle::XlibWindow(id) => Some(id),
        ParentWindowHandle::XcbWindow(id) => Some(id.get().into()),
        ParentWindowHandle::AppKitNsView(_) | ParentWindowHandle::Win32Hwnd(_) => None,
    }
}

type Window = <EguiEditorHandle as EditorHandle>::Window;
type Error = <EguiEditorHandle as EditorHandle>::Error;

impl EditorHandle for Handle {
    type Window = Window;
    type Error = Error;

    fn run_until_closed(window: Window) -> Result<(), Error> {
        EguiEditorHandle::run_until_closed(window)
    }

    fn set_parent(&self, parent: ParentWindowHandle, window: &Window) -> Result<(), Error> {
        self.parent.set(x11(parent));
        self.window.set_parent(parent, window)
    }

    fn show(&self, window: &Window) -> Result<(), Error> {
        self.window.show(window)?;
        match self.parent.get() {
            Some(id) => self
                .window
                .set_parent(ParentWindowHandle::XlibWindow(id), window),
            None => Ok(()),
        }
    }

    fn hide(&self, window: &Window) -> Result<(), Error> {
        self.window.hide(window)
    }

    fn host_main_thread_callback(&self, window: &Window) {
        self.window.host_main_thread_callback(window);
    }

    fn set_size(&self, size: NativeSize<u32>, window: &Window) -> Result<(), Error> {
        self.window.set_size(size, window)
    }

    fn set_fallback_scale_factor(&self, factor: f64, window: &Window) -> Result<(), Error> {
        self.window.set_fallback_scale_factor(factor, window)
    }

    fn adjust_size(&self, size: NativeSize<u32>, window: &Window) -> Option<NativeSize<u32>> {
        self.window.adjust_size(size, window)
    }

    fn state_changed(&self) {
        self.window.state_changed();
    }

    fn param_value_changed(&self, id: &str, normalized_value: f32) {
        self.window.param_value_changed(id, normalized_value);
    }

    fn param_modulation_changed(&self, id: &str, modulation_offset: f32) {
        self.window.param_modulation_changed(id, modulation_offset);
    }
}
