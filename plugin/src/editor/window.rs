//! [`TweenEditor`]: the view in a window that a host embeds.

use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};

use nice_plug::context::gui::GuiContext;
use nice_plug::editor::dpi::{LogicalSize, NativeSize};
use nice_plug::editor::{HostMethods, SpawnedEditor};
use nice_plug::params::persist::PersistentField;
use nice_plug::prelude::*;
use nice_plug_egui::baseview::{HandlerError, WindowSize as BaseviewSize};
use nice_plug_egui::{
    EguiEditor, EguiEditorHandle, EguiEditorState, EguiNiceSettings, Frame, NiceEguiApp,
    create_egui_editor,
};
use serde::{Deserialize, Serialize};

use super::bank::Bank;
use super::view::{self, Action, Knob, Memory, Setting, View};
use crate::parameters::Parameters;
use crate::session::Session;
use crate::shared::Progress;

/// How large the user has drawn the editor, in points.
pub struct WindowSize(Mutex<Size>);

/// A size in points.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Size {
    width: f32,
    height: f32,
}

/// What a new instance opens with; smaller is not readable.
const DEFAULT: Size = Size {
    width: 760.0,
    height: 330.0,
};
const LEAST: Size = Size {
    width: 560.0,
    height: 310.0,
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

    fn put(&self, size: Size) {
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
    window: Mutex<Window>,
}

struct Window {
    size: Size,
    state: Arc<EguiEditorState>,
    editor: EguiEditor<App>,
}

impl TweenEditor {
    /// An editor of these parameters, not shown yet.
    pub fn new(parameters: Arc<Parameters>) -> TweenEditor {
        let window = Mutex::new(Window::new(&parameters));
        TweenEditor { parameters, window }
    }

    fn with<R>(&self, use_it: impl FnOnce(&EguiEditor<App>) -> R) -> R {
        let mut window = self.window.lock().unwrap_or_else(PoisonError::into_inner);
        if !window.state.is_open() && window.size != self.parameters.window.get() {
            *window = Window::new(&self.parameters);
        }
        use_it(&window.editor)
    }
}

impl Window {
    fn new(parameters: &Arc<Parameters>) -> Window {
        let size = parameters.window.get();
        let logical = LogicalSize::new(size.width, size.height);
        let state = EguiEditorState::from_size(logical, 1.0);
        let least = LogicalSize::new(LEAST.width, LEAST.height);
        let settings = EguiNiceSettings::new()
            .with_tile("Tween")
            .with_resize_hint(ResizeHint::resizable().with_min_logical_size(least));
        let repaint = parameters.shared.repaint();
        let app = App {
            parameters: parameters.clone(),
            host: None,
            memory: Memory::default(),
        };
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

/// What draws while a window is open.
struct App {
    parameters: Arc<Parameters>,
    host: Option<GuiContext>,
    memory: Memory,
}

impl NiceEguiApp for App {
    fn build(
        &mut self,
        context: egui::Context,
        host: GuiContext,
        frame: &mut Frame,
    ) -> Result<(), HandlerError> {
        context.set_visuals(egui::Visuals::dark());
        frame.set_clear_color(view::BACKGROUND.into());
        self.host = Some(host);
        Ok(())
    }

    fn ui(&mut self, ui: &mut egui::Ui, _: &mut Frame) {
        let snapshot = self.parameters.shared.snapshot();
        let settings = Knob::ALL.map(|knob| setting(parameter(&self.parameters, knob)));
        let view = View {
            session: &snapshot.session,
            settings: &settings,
            trail: snapshot.trail.as_deref(),
            status: &status(&snapshot.progress),
            notice: snapshot.notice.as_deref(),
        };
        for action in view::show(ui, &view, &mut self.memory) {
            self.act(action, &snapshot.session);
        }
    }

    fn resized(&mut self, size: BaseviewSize) {
        self.parameters.window.put(Size {
            width: size.logical.width as f32,
            height: size.logical.height as f32,
        });
    }
}

impl App {
    #[expect(
        clippy::redundant_closure_for_method_calls,
        reason = "the methods themselves are not general enough over the setter's lifetime"
    )]
    fn act(&mut self, action: Action, session: &Session) {
        let shared = &self.parameters.shared;
        match action {
            Action::Begin(knob) => self.turn(knob, |setter, p| setter.begin_set_parameter(p)),
            Action::Turn(knob, value) => {
                self.turn(knob, |setter, p| setter.set_parameter_normalized(p, value));
            }
            Action::Release(knob) => self.turn(knob, |setter, p| setter.end_set_parameter(p)),
            Action::Choose(end, choice) => shared.choose(end, choice),
            Action::Swap => {
                let (a, b) = (session.b.clone(), session.a.clone());
                shared.change(|session| (session.a, session.b) = (a, b));
            }
            Action::Open(end, path) => match Bank::file(&path) {
                Ok(bank) => {
                    if let Some(first) = bank.choices.first() {
                        shared.choose(end, first.clone());
                    }
                    self.memory.set_bank(end, bank);
                }
                Err(reason) => shared.notify(Some(reason)),
            },
            Action::Travel(path) => shared.change(|session| session.path = path),
            Action::Dismiss => shared.notify(None),
        }
    }

    fn turn(&self, knob: Knob, change: impl FnOnce(&ParamSetter, &FloatParam)) {
        if let Some(host) = &self.host {
            change(&host.param_setter(), parameter(&self.parameters, knob));
        }
    }
}

fn parameter(parameters: &Parameters, knob: Knob) -> &FloatParam {
    match knob {
        Knob::Morph => &parameters.morph,
        Knob::Beyond => &parameters.beyond,
        Knob::Volume => &parameters.volume,
        Knob::Tune => &parameters.tune,
    }
}

fn setting(parameter: &FloatParam) -> Setting {
    let value = parameter.unmodulated_normalized_value();
    Setting {
        value,
        default: parameter.default_normalized_value(),
        text: parameter.normalized_value_to_string(value, true),
    }
}

fn status(progress: &Progress) -> String {
    match progress {
        Progress::Idle | Progress::Ready(_) => String::new(),
        Progress::Working(stage, part) if *part > 0.0 => {
            format!("{}… {:.0} %", stage.doing(), 100.0 * part)
        }
        Progress::Working(stage, _) => format!("{}…", stage.doing()),
        Progress::Failed(reason) => reason.clone(),
    }
}
