//! Code to effect.
