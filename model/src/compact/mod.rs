//! The network whose trained weights ship with the plug-in.
