//! Built-in functions against CPython.
