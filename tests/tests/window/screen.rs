//! A screen that nobody sees, and the user's hands: an X server of the test's own (`Xvfb`), whose
//! mouse and keyboard are moved by the extension that X has for tests.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use tiny_skia::{ColorU8, Pixmap};
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{
    BUTTON_PRESS_EVENT, BUTTON_RELEASE_EVENT, KEY_PRESS_EVENT, KEY_RELEASE_EVENT,
    MOTION_NOTIFY_EVENT,
};
use x11rb::protocol::xproto::{
    ConfigureWindowAux, ConnectionExt, CreateWindowAux, EventMask, ImageFormat, InputFocus,
    WindowClass,
};
use x11rb::protocol::xtest::ConnectionExt as _;
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

/// A place in the window, in pixels from its upper left corner.
pub type Place = (f32, f32);

/// Keys that are no letters, by their names in X.
pub mod key {
    pub const ENTER: u32 = 0xFF0D;
    pub const DOWN: u32 = 0xFF54;
    pub const SHIFT: u32 = 0xFFE1;
    pub const CONTROL: u32 = 0xFFE3;
}

/// What a window of the plug-in loads.
const LIBRARIES: [&str; 5] = [
    "libEGL.so.1",
    "libGL.so.1",
    "libX11-xcb.so.1",
    "libXcursor.so.1",
    "libxkbcommon-x11.so.0",
];

/// The server, and on it one window of the host's, which a plug-in draws in.
pub struct Screen {
    server: Child,
    connection: RustConnection,
    root: u32,
    /// The id of the host's window.
    pub window: u32,
}

/// A server, and the name of its display. `None`, and said why, where there is none to be had.
pub fn server() -> Option<(Child, String)> {
    for library in LIBRARIES {
        // SAFETY: these are the system's own, which every program with a window loads.
        if unsafe { libloading::Library::new(library) }.is_err() {
            println!("skipped: {library} is not installed, which a window needs");
            return None;
        }
    }
    let program = std::env::var("XVFB").unwrap_or_else(|_| "Xvfb".to_owned());
    let server = Command::new(program)
        .args(["-displayfd", "1", "-screen", "0", "1600x1200x24"])
        .args(["-nolisten", "tcp"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    let Ok(mut server) = server else {
        println!("skipped: Xvfb is not installed (Debian: xvfb)");
        return None;
    };
    let mut number = String::new();
    let mut lines = BufReader::new(server.stdout.take().unwrap());
    lines.read_line(&mut number).unwrap();
    let number = number.trim();
    assert!(!number.is_empty(), "Xvfb does not start");
    Some((server, format!(":{number}")))
}

impl Screen {
    /// A window of that size on a server that runs at that display.
    pub fn new(server: Child, display: &str, (width, height): (u32, u32)) -> Screen {
        let (connection, screen) = x11rb::connect(Some(display)).unwrap();
        let root = connection.setup().roots[screen].root;
        let window = connection.generate_id().unwrap();
        let (width, height) = (width as u16, height as u16);
        let looks = CreateWindowAux::new()
            .background_pixel(0)
            .event_mask(EventMask::STRUCTURE_NOTIFY);
        let class = WindowClass::INPUT_OUTPUT;
        connection
            .create_window(0, window, root, 0, 0, width, height, 0, class, 0, &looks)
            .unwrap();
        let screen = Screen {
            server,
            connection,
            root,
            window,
        };
        screen.show();
        screen
    }

    /// Shows the host's window.
    pub fn show(&self) {
        self.connection.map_window(self.window).unwrap();
        self.connection.sync().unwrap();
    }

    /// Hides it.
    pub fn hide(&self) {
        self.connection.unmap_window(self.window).unwrap();
        self.connection.sync().unwrap();
    }

    /// Puts the host's window into a new frame that is shown, as a window manager does with those that
    /// are to be shown.
    pub fn frame(&self, (width, height): (u32, u32)) {
        let frame = self.connection.generate_id().unwrap();
        let (width, height) = (width as u16, height as u16);
        let class = WindowClass::INPUT_OUTPUT;
        let looks = CreateWindowAux::new().background_pixel(0);
        self.connection
            .create_window(
                0, frame, self.root, 0, 0, width, height, 0, class, 0, &looks,
            )
            .unwrap();
        self.connection
            .reparent_window(self.window, frame, 0, 0)
            .unwrap();
        self.connection.map_window(frame).unwrap();
        self.connection.sync().unwrap();
    }

    /// Makes the host's window as large as that, as a user who draws at its edge.
    pub fn resize(&self, (width, height): (u32, u32)) {
        let size = ConfigureWindowAux::new().width(width).height(height);
        self.connection
            .configure_window(self.window, &size)
            .unwrap();
        self.connection.sync().unwrap();
    }

    /// The window that the plug-in has put into the host's.
    fn child(&self) -> Option<u32> {
        let tree = self.connection.query_tree(self.window).unwrap();
        tree.reply().ok()?.children.first().copied()
    }

    /// Its size.
    pub fn embedded(&self) -> Option<(u32, u32)> {
        let child = self.child()?;
        let shape = self.connection.get_geometry(child).unwrap().reply().ok()?;
        Some((shape.width.into(), shape.height.into()))
    }

    /// Moves the mouse.
    pub fn point(&self, (x, y): Place) {
        self.fake(MOTION_NOTIFY_EVENT, 0, (x as i16, y as i16));
    }

    /// Presses the left button of the mouse.
    pub fn press(&self) {
        self.fake(BUTTON_PRESS_EVENT, 1, (0, 0));
    }

    /// Lets go of it.
    pub fn release(&self) {
        self.fake(BUTTON_RELEASE_EVENT, 1, (0, 0));
    }

    /// Gives the keyboard to the window that the plug-in has put into the host's, as a host does.
    pub fn focus(&self) {
        let child = self.child().expect("an open window");
        self.connection
            .set_input_focus(InputFocus::PARENT, child, x11rb::CURRENT_TIME)
            .unwrap();
        self.connection.sync().unwrap();
    }

    /// Types small letters, digits and spaces.
    pub fn write(&self, text: &str) {
        for letter in text.chars() {
            self.key(letter.into(), &[]);
        }
    }

    /// Presses a key while others are held down.
    pub fn key(&self, key: u32, held: &[u32]) {
        let held: Vec<u8> = held.iter().map(|&key| self.code(key)).collect();
        for &code in &held {
            self.fake(KEY_PRESS_EVENT, code, (0, 0));
        }
        let code = self.code(key);
        self.fake(KEY_PRESS_EVENT, code, (0, 0));
        self.fake(KEY_RELEASE_EVENT, code, (0, 0));
        for &code in &held {
            self.fake(KEY_RELEASE_EVENT, code, (0, 0));
        }
    }

    /// The key on this server's keyboard that gives that sign.
    fn code(&self, sign: u32) -> u8 {
        let setup = self.connection.setup();
        let (first, last) = (setup.min_keycode, setup.max_keycode);
        let keys = self
            .connection
            .get_keyboard_mapping(first, last - first + 1);
        let keys = keys.unwrap().reply().unwrap();
        let signs = keys.keysyms.chunks(keys.keysyms_per_keycode.into());
        let at = signs
            .into_iter()
            .position(|signs| signs.first() == Some(&sign));
        first + at.expect("a key for every sign that is typed") as u8
    }

    fn fake(&self, event: u8, detail: u8, (x, y): (i16, i16)) {
        self.connection
            .xtest_fake_input(event, detail, 0, self.root, x, y, 0)
            .unwrap();
        self.connection.sync().unwrap();
    }

    /// What is to be seen of that part of the window: place and size in pixels.
    pub fn picture(&self, [x, y, width, height]: [u32; 4]) -> Pixmap {
        let image = self
            .connection
            .get_image(
                ImageFormat::Z_PIXMAP,
                self.root,
                x as i16,
                y as i16,
                width as u16,
                height as u16,
                u32::MAX,
            )
            .unwrap()
            .reply()
            .unwrap();
        let mut picture = Pixmap::new(width, height).unwrap();
        for (pixel, bgr) in picture.pixels_mut().iter_mut().zip(image.data.chunks(4)) {
            *pixel = ColorU8::from_rgba(bgr[2], bgr[1], bgr[0], 255).premultiply();
        }
        picture
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
