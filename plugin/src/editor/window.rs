//! [`TweenEditor`]: the view in a window that a host embeds.

use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};

use nice_plug::context::gui::GuiContext;
use nice_plug::editor::dpi::{LogicalSize, NativeSize};
use nice_plug::editor::{HostMethods, SpawnedEditor};
use nice_plug::params::persist::PersistentField;
use nice_plug::prelude::*;
use nice_plug_egui::{
    EguiEditor, EguiEditorHandle, EguiEditorState, EguiNiceSettings, create_egui_editor,
};
use serde::{Deserialize, Serialize};

use super::app::App;
use crate::audition::Remote;
use crate::parameters::Parameters;

/// How large the user has drawn the editor, in points.
pub struct WindowSize(Mutex<Size>);

/// A size in points.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Size {
    width: f32,
    height: f32,
}

impl Size {
    /// Of a window, in points.
    pub fn new(width: f32, height: f32) -> Size {
        Size { width, height }
    }
}

/// What a new instance opens with; smaller is not readable.
const DEFAULT: Size = Size {
    width: 1040.0,
    height: 760.0,
};
const LEAST: Size = Size {
    width: 860.0,
    height: 620.0,
};
const LARGEST: Size = Size {
    width: 4000.0,
    height: 3000.0,
};

impl Default for WindowSize {
    fn default() -> WindowSize {
        WindowSize(Mutex::new(DEFAULT))
    }
}

impl WindowSize {
    fn get(&self) -> Size {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn put(&self, size: Size) {
        // A NaN from a damaged state becomes the least.
        let clamp = |value: f32, least: f32, largest: f32| value.max(least).min(largest);
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Size {
            width: clamp(size.width, LEAST.width, LARGEST.width),
            height: clamp(size.height, LEAST.height, LARGEST.height),
        };
    }
}

impl PersistentField<'_, Size> for Arc<WindowSize> {
    fn set(&self, size: Size) {
        self.put(size);
    }

    fn map<F, R>(&self, f: F) -> R
    where
        F: Fn(&Size) -> R,
    {
        f(&self.get())
    }
}

/// The editor as nice-plug wants it. It is made before the host gives back the project's state, so
/// the window within is made anew when it has to be of another size.
pub struct TweenEditor {
    parameters: Arc<Parameters>,
    remote: Remote,
    window: Mutex<Window>,
}

struct Window {
    size: Size,
    state: Arc<EguiEditorState>,
    editor: EguiEditor<App>,
}

impl TweenEditor {
    /// An editor of these parameters, not shown yet.
    pub fn new(parameters: Arc<Parameters>, remote: Remote) -> TweenEditor {
        let window = Mutex::new(Window::new(&parameters, &remote));
        TweenEditor {
            parameters,
            remote,
            window,
        }
    }

    fn with<R>(&self, use_it: impl FnOnce(&EguiEditor<App>) -> R) -> R {
        let mut window = self.window.lock().unwrap_or_else(PoisonError::into_inner);
        if !window.state.is_open() && window.size != self.parameters.window.get() {
            *window = Window::new(&self.parameters, &self.remote);
        }
        use_it(&window.editor)
    }
}

impl Window {
    fn new(parameters: &Arc<Parameters>, remote: &Remote) -> Window {
        let size = parameters.window.get();
        let logical = LogicalSize::new(size.width, size.height);
        let state = EguiEditorState::from_size(logical, 1.0);
        let least = LogicalSize::new(LEAST.width, LEAST.height);
        let settings = EguiNiceSettings::new()
            .with_tile("Tween")
            .with_resize_hint(ResizeHint::resizable().with_min_logical_size(least));
        let repaint = parameters.shared.repaint();
        let app = App::new(parameters.clone(), remote.clone());
        // PANIC: it is always `Some`.
        let editor = create_egui_editor(state.clone(), repaint, settings, app).expect("an editor");
        Window {
            size,
            state,
            editor,
        }
    }
}

impl Editor for TweenEditor {
    type Handle = EguiEditorHandle;

    fn spawn(
        &self,
        parent: Option<ParentWindowHandle>,
        wait_for_parent: bool,
        fallback_scale_factor: Option<f64>,
        gui_context: GuiContext,
        host: Option<HostMethods>,
    ) -> Result<SpawnedEditor<Self::Handle>, Box<dyn Error>> {
        self.parameters.shared.wake();
        self.remote.open();
        // On X11 the library beneath (baseview 0.3) draws a window that waits for a parent only while it
        // believes that all windows around it are shown, and of some it is never told: of one that the
        // host shows after ours, for one. A window that waits for none is drawn as soon as it is shown
        // itself.
        let wait_for_parent = wait_for_parent && !cfg!(target_os = "linux");
        self.with(|editor| {
            editor.spawn(
                parent,
                wait_for_parent,
                fallback_scale_factor,
                gui_context,
                host,
            )
        })
    }

    fn size(&self) -> NativeSize<u32> {
        self.with(Editor::size)
    }

    fn resize_hint(&self) -> ResizeHint {
        self.with(Editor::resize_hint)
    }
}
