//! Functions of the C library that std does not pass on, or computes in its own way.

#![allow(unsafe_code)]

unsafe extern "C" {
    // SAFETY: each takes and returns floats by value, has no precondition, and is part of C99's `math.h`.
    pub safe fn acosh(x: f64) -> f64;
    pub safe fn asinh(x: f64) -> f64;
    pub safe fn atanh(x: f64) -> f64;
    // Rust's runtime has a `cbrt` of its own, which the linker prefers; glibc has a second name for its.
    #[cfg_attr(all(target_os = "linux", target_env = "gnu"), link_name = "cbrtf64")]
    pub safe fn cbrt(x: f64) -> f64;
    pub safe fn erf(x: f64) -> f64;
    pub safe fn erfc(x: f64) -> f64;
    pub safe fn remainder(x: f64, y: f64) -> f64;
}
