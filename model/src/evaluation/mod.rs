//! The published protocol: smoothness and nonlinearity of timbre over a path.
