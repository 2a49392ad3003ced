//! Rust's type for each dtype: how an element is loaded, stored and converted. Every typed loop goes through here.

#![allow(unsafe_code)]

use super::{DType, Scalar};

/// The Rust type that stands for one dtype.
pub trait Element: Copy + 'static {
    const DTYPE: DType;

    /// The number in this type, converted as [`Scalar::cast`] does.
    fn from_scalar(scalar: Scalar) -> Self;

    fn to_scalar(self) -> Scalar;

    /// # Safety
    /// `DTYPE.size()` bytes at `at` lie in one live buffer. They need not be aligned.
    unsafe fn load(at: *const u8) -> Self;

    /// # Safety
    /// `DTYPE.size()` bytes at `at` lie in one live buffer. They need not be aligned.
    unsafe fn store(self, at: *mut u8);
}

/// A number type whose every bit pattern is a value.
macro_rules! number {
    ($type:ty, $variant:ident) => {
        impl Element for $type {
            const DTYPE: DType = DType::$variant;

            #[inline(always)]
            fn from_scalar(scalar: Scalar) -> $type {
                match scalar.cast(DType::$variant) {
                    Scalar::$variant(x) => x,
                    _ => unreachable!("a cast gives the dtype asked for"),
                }
            }

            #[inline(always)]
            fn to_scalar(self) -> Scalar {
                Scalar::$variant(self)
            }

            #[inline(always)]
            unsafe fn load(at: *const u8) -> $type {
                // SAFETY: the caller's promise; any bits are a number.
                unsafe { at.cast::<$type>().read_unaligned() }
            }

            #[inline(always)]
            unsafe fn store(self, at: *mut u8) {
                // SAFETY: the caller's promise.
                unsafe { at.cast::<$type>().write_unaligned(self) }
            }
        }
    };
}

number!(i64, Int64);
number!(f32, Float32);
number!(f64, Float64);

impl Element for bool {
    const DTYPE: DType = DType::Bool;

    #[inline(always)]
    fn from_scalar(scalar: Scalar) -> bool {
        match scalar.cast(DType::Bool) {
            Scalar::Bool(x) => x,
            _ => unreachable!("a cast gives the dtype asked for"),
        }
    }

    #[inline(always)]
    fn to_scalar(self) -> Scalar {
        Scalar::Bool(self)
    }

    #[inline(always)]
    unsafe fn load(at: *const u8) -> bool {
        // SAFETY: the caller's promise; read as a byte, since memory may hold any.
        unsafe { at.read() != 0 }
    }

    #[inline(always)]
    unsafe fn store(self, at: *mut u8) {
        // SAFETY: the caller's promise.
        unsafe { at.write(self as u8) }
    }
}

/// `with_element!(dtype, T => body)`: the body with `T` standing for the dtype's Rust type.
macro_rules! with_element {
    ($dtype:expr, $T:ident => $body:expr) => {
        match $dtype {
            $crate::array::DType::Bool => {
                type $T = bool;
                $body
            }
            $crate::array::DType::Int64 => {
                type $T = i64;
                $body
            }
            $crate::array::DType::Float32 => {
                type $T = f32;
                $body
            }
            $crate::array::DType::Float64 => {
                type $T = f64;
                $body
            }
        }
    };
}
pub(crate) use with_element;
