//! The sounds between two patches.
