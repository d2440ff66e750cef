//! Data, schedule and loop that train either configuration.
