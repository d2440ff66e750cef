//! Plays a patch through any synth: the built-in one, or a hosted one.
