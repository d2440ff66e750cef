//! Weights, moments and step in one file.
