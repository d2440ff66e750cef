//! The plug-in's own window, embedded in one of the caller's: X11.

use clack_extensions::gui::{GuiApiType, GuiConfiguration, GuiError, GuiSize, PluginGui, Window};

use super::instance::ClapInstance;
use super::{ClapError, refused};

/// Width and height in pixels.
pub type WindowSize = (u32, u32);

impl ClapInstance {
    /// Opens the plug-in's window within the X11 window of that id, which must outlive it, and says
    /// how large it wants to be. One that is open is closed first.
    ///
    /// # Errors
    /// The plug-in has no window, none for X11, or could not open it.
    pub fn open_window(&mut self, parent: u32) -> Result<WindowSize, ClapError> {
        self.close_window();
        let gui = self.gui()?;
        let handle = self.plugin.plugin_handle();
        let x11 = GuiConfiguration {
            api_type: GuiApiType::X11,
            is_floating: false,
        };
        if !gui.is_api_supported(&handle, x11) {
            return Err(ClapError::Lacks("gui, embedded by X11"));
        }
        let cannot = |error: GuiError| refused("open its window", error);
        gui.create(&handle, x11).map_err(cannot)?;
        self.window = true;
        let handle = self.plugin.plugin_handle();
        let size = gui.get_size(&handle);
        let size = size.ok_or_else(|| refused("open its window", "it has no size"))?;
        let parent = Window::from_x11_handle(parent.into());
        // SAFETY: the caller keeps the window, as it was asked to; a wrong id is an error of the X
        // server's.
        unsafe { gui.set_parent(&handle, parent) }.map_err(cannot)?;
        gui.show(&handle).map_err(cannot)?;
        Ok((size.width, size.height))
    }

    /// Has the open window be of the size nearest to this one that it can have, and says which.
    ///
    /// # Errors
    /// It is of one size only, or did not take this one.
    pub fn resize_window(&mut self, (width, height): WindowSize) -> Result<WindowSize, ClapError> {
        let gui = self.gui()?;
        let handle = self.plugin.plugin_handle();
        let size = gui
            .can_resize(&handle)
            .then(|| gui.adjust_size(&handle, GuiSize { width, height }))
            .flatten()
            .ok_or_else(|| refused("be resized", "its window is of one size"))?;
        gui.set_size(&handle, size)
            .map_err(|error| refused("be resized", error))?;
        Ok((size.width, size.height))
    }

    /// Closes the window; nothing happens where none is open.
    pub fn close_window(&mut self) {
        if std::mem::take(&mut self.window)
            && let Ok(gui) = self.gui()
        {
            gui.destroy(&self.plugin.plugin_handle());
        }
    }

    fn gui(&mut self) -> Result<PluginGui, ClapError> {
        let handle = self.plugin.plugin_handle();
        let gui = handle.get_extension::<PluginGui>();
        gui.ok_or(ClapError::Lacks("gui"))
    }
}
