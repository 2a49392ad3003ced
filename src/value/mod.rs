//! What a running program holds.
