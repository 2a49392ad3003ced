//! Methods against CPython.
