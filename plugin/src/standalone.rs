//! Tween without a host: its window, on the system's own audio and MIDI (JACK, else ALSA, CoreAudio or
//! WASAPI). `tween --help` lists what can be chosen.

use std::process::ExitCode;

use nice_plug::prelude::nice_export_standalone;
use plugin::Tween;

fn main() -> ExitCode {
    if nice_export_standalone::<Tween>() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
