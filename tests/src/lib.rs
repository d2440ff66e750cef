//! End-to-end tests of the whole workspace. The tests themselves are in `tests/tests/`; this library
//! is empty on purpose.
