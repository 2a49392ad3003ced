//! Tree to code.
