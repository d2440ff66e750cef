//! What must be installed on the system before something can be built.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::process::{self, output, run};

/// A program that is not written in Rust and does not come with it.
pub struct Need {
    /// What it is called in a sentence.
    pub what: &'static str,
    /// What it is started as, unless the environment variable says otherwise.
    pub program: &'static str,
    /// The variable that names another program for the same end.
    pub variable: &'static str,
    /// What makes it say that it is there.
    pub question: &'static [&'static str],
    /// The Debian packages that provide it, and what it needs to be of use.
    pub debian: &'static [&'static str],
    /// What it is needed for.
    pub purpose: &'static str,
}

/// The compiler of the VST3 wrapper.
pub const CXX: Need = Need {
    what: "a C++ compiler",
    program: "c++",
    variable: "CXX",
    question: &["--version"],
    debian: &["g++"],
    purpose: "to build the VST3 wrapper",
};

/// A screen that nobody sees, and what draws on it where there is no graphics card.
pub const SCREEN: Need = Need {
    what: "an X server without a screen",
    program: "Xvfb",
    variable: "XVFB",
    question: &["-help"],
    debian: &[
        "xvfb",
        "libegl1",
        "libgl1",
        "libgl1-mesa-dri",
        "libx11-xcb1",
        "libxcursor1",
        "libxkbcommon-x11-0",
    ],
    purpose: "to test the editor in its window",
};

/// What the program without a host plays through where there is no JACK, as headers and a library.
pub const ALSA: Need = Need {
    what: "ALSA's library to build with",
    program: "pkg-config",
    variable: "PKG_CONFIG",
    question: &["--exists", "alsa"],
    debian: &["pkg-config", "libasound2-dev"],
    purpose: "to build the program that plays without a host",
};

impl Need {
    /// The program that answers, if one does.
    pub fn found(&self) -> Option<String> {
        let program = std::env::var(self.variable).unwrap_or_else(|_| self.program.to_owned());
        process::is_installed(&program, self.question).then_some(program)
    }

    /// Installs the program if it is missing and this is a Debian system run by root, and says so.
    ///
    /// # Errors
    /// It is missing and cannot be installed from here; the error says what to install.
    pub fn provide(&self) -> Result<()> {
        if self.found().is_some() {
            return Ok(());
        }
        let Need {
            what,
            debian,
            purpose,
            ..
        } = self;
        let names = debian.join(" ");
        if !(may_install() && Path::new("/usr/bin/apt-get").exists()) {
            bail!(
                "{what} is missing, needed {purpose}: install one (on Debian and Ubuntu: sudo apt-get install {names})"
            );
        }
        eprintln!("installing from Debian: {names} ({what}, {purpose})");
        let install = || {
            let mut arguments = vec!["install", "--yes", "--quiet", "--no-install-recommends"];
            arguments.extend(*debian);
            apt_get(&arguments)
        };
        // The lists of a fresh system are empty or old; fetching them is slow where they are not.
        install()
            .or_else(|_| apt_get(&["update", "--quiet"]).and_then(|()| install()))
            .with_context(|| format!("cannot install {names}, needed {purpose}"))
    }
}

fn may_install() -> bool {
    output(Command::new("id").arg("-u")).is_ok_and(|user| user.trim() == "0")
}

fn apt_get(arguments: &[&str]) -> Result<()> {
    let mut command = Command::new("apt-get");
    command
        .args(arguments)
        .env("DEBIAN_FRONTEND", "noninteractive");
    // Results go to standard output, and this is none.
    command.stdout(std::io::stderr());
    run(&mut command)
}
