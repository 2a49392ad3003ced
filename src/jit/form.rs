//! How elements lie in memory, and the loops that bring them from one form into another.
//!
//! Machine code works on lanes of one size: arrays of another dtype, and those that do not lie side by side, pass
//! through a block of scratch memory that stays in the first-level cache.

#![allow(unsafe_code)]

use crate::array::{DType, Scalar};

/// Words hold small elements in their first bytes, here and in `super::fold`.
const _: () = assert!(cfg!(target_endian = "little"), "kernels are for little-endian machines");

/// How one element lies in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Form {
    /// A bool of an array: one byte, 0 or 1.
    Byte,
    F32,
    F64,
    I64,
    /// A bool as a lane of 4 bytes: all bits set, or none.
    Mask32,
    /// A bool as a lane of 8 bytes.
    Mask64,
}

/// Size of the lanes of a stage in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Width {
    Four = 4,
    Eight = 8,
}

impl Width {
    pub const fn bytes(self) -> usize {
        self as usize
    }

    /// The width of a dtype's lanes; `None` for bool, which takes that of its neighbours.
    pub const fn of(dtype: DType) -> Option<Width> {
        match dtype {
            DType::Bool => None,
            DType::Float32 => Some(Width::Four),
            DType::Int64 | DType::Float64 => Some(Width::Eight),
        }
    }
}

impl Form {
    pub const fn size(self) -> usize {
        match self {
            Form::Byte => 1,
            Form::F32 | Form::Mask32 => 4,
            Form::F64 | Form::I64 | Form::Mask64 => 8,
        }
    }

    /// The form of an array's elements.
    pub const fn in_array(dtype: DType) -> Form {
        match dtype {
            DType::Bool => Form::Byte,
            DType::Int64 => Form::I64,
            DType::Float32 => Form::F32,
            DType::Float64 => Form::F64,
        }
    }

    /// The form of a lane: only a bool depends on the width.
    pub const fn in_lane(dtype: DType, width: Width) -> Form {
        match (dtype, width) {
            (DType::Bool, Width::Four) => Form::Mask32,
            (DType::Bool, Width::Eight) => Form::Mask64,
            (DType::Int64, _) => Form::I64,
            (DType::Float32, _) => Form::F32,
            (DType::Float64, _) => Form::F64,
        }
    }

    /// A scalar's bits in this form, in the low bytes of a word.
    pub fn encode(self, scalar: Scalar) -> u64 {
        let truth = matches!(scalar.cast(DType::Bool), Scalar::Bool(true));
        match self {
            Form::Byte => truth as u64,
            Form::Mask32 => u32::from_element(Truth(truth)) as u64,
            Form::Mask64 => u64::from_element(Truth(truth)),
            Form::I64 => match scalar.cast(DType::Int64) {
                Scalar::Int64(x) => x as u64,
                _ => 0,
            },
            Form::F32 => match scalar.cast(DType::Float32) {
                Scalar::Float32(x) => x.to_bits() as u64,
                _ => 0,
            },
            Form::F64 => scalar.as_f64().to_bits(),
        }
    }

    /// The scalar whose bits are in the low bytes of a word.
    pub fn decode(self, bits: u64) -> Scalar {
        match self {
            Form::Byte | Form::Mask64 => Scalar::Bool(bits != 0),
            Form::Mask32 => Scalar::Bool(bits as u32 != 0),
            Form::I64 => Scalar::Int64(bits as i64),
            Form::F32 => Scalar::Float32(f32::from_bits(bits as u32)),
            Form::F64 => Scalar::Float64(f64::from_bits(bits)),
        }
    }
}

/// A run of elements in memory, for [`convert`].
#[derive(Clone, Copy, Debug)]
pub struct Run {
    pub at: *mut u8,
    /// Bytes from one element to the next.
    pub stride: isize,
    pub form: Form,
}

/// Copies `len` elements from one run to another, converted as [`Scalar::cast`] does.
///
/// # Safety
/// Every element of `from` may be read and every element of `to` written, by nobody else meanwhile; the runs do not
/// overlap.
pub unsafe fn convert(from: Run, to: Run, len: usize) {
    macro_rules! into {
        ($source:ty) => {
            // SAFETY: the caller's promise; the element types have the sizes of the forms.
            unsafe {
                match to.form {
                    Form::Byte => convert_typed::<$source, u8>(from, to, len),
                    Form::F32 => convert_typed::<$source, f32>(from, to, len),
                    Form::F64 => convert_typed::<$source, f64>(from, to, len),
                    Form::I64 => convert_typed::<$source, i64>(from, to, len),
                    Form::Mask32 => convert_typed::<$source, u32>(from, to, len),
                    Form::Mask64 => convert_typed::<$source, u64>(from, to, len),
                }
            }
        };
    }
    match from.form {
        Form::Byte => into!(u8),
        Form::F32 => into!(f32),
        Form::F64 => into!(f64),
        Form::I64 => into!(i64),
        Form::Mask32 => into!(u32),
        Form::Mask64 => into!(u64),
    }
}

/// # Safety
/// As [`convert`].
unsafe fn convert_typed<S: Element, D: Element>(from: Run, to: Run, len: usize) {
    let (source, target) = (from.at.cast::<S>(), to.at.cast::<D>());
    let (source_size, target_size) = (size_of::<S>() as isize, size_of::<D>() as isize);
    // SAFETY: the caller promises that element `i` of each run lies `i * stride` bytes behind its start; the first
    // two arms only spell out the common strides, for which the loop becomes vector code.
    unsafe {
        match (from.stride, to.stride) {
            (a, b) if a == source_size && b == target_size => {
                for i in 0..len {
                    target.add(i).write_unaligned(D::from_element(source.add(i).read_unaligned()));
                }
            }
            (0, b) if b == target_size => {
                let value = D::from_element(source.read_unaligned());
                for i in 0..len {
                    target.add(i).write_unaligned(value);
                }
            }
            (a, b) => {
                for i in 0..len as isize {
                    let value = D::from_element(source.byte_offset(i * a).read_unaligned());
                    target.byte_offset(i * b).write_unaligned(value);
                }
            }
        }
    }
}

/// An element of a form; `u8`, `u32` and `u64` are truth values here.
trait Element: Copy {
    fn float32(self) -> f32;
    fn float64(self) -> f64;
    fn int64(self) -> i64;
    fn truth(self) -> bool;
    /// 0 or 1.
    fn byte(self) -> u8 {
        self.truth() as u8
    }
    fn from_element(element: impl Element) -> Self;
}

#[derive(Clone, Copy)]
struct Truth(bool);

macro_rules! truth_element {
    ($type:ty, $truth:expr, $byte:expr, $make:expr) => {
        impl Element for $type {
            fn float32(self) -> f32 {
                self.truth() as u8 as f32
            }
            fn float64(self) -> f64 {
                self.truth() as u8 as f64
            }
            fn int64(self) -> i64 {
                self.truth() as i64
            }
            fn truth(self) -> bool {
                $truth(self)
            }
            fn byte(self) -> u8 {
                $byte(self)
            }
            fn from_element(element: impl Element) -> $type {
                $make(element)
            }
        }
    };
}

truth_element!(Truth, |x: Truth| x.0, |x: Truth| x.0 as u8, |x: _| Truth(Element::truth(x)));
truth_element!(u8, |x| x != 0, |x| (x != 0) as u8, |x: _| Element::byte(x));
// Of a mask any bit will do, and the lowest byte is narrowed fastest.
truth_element!(u32, |x| x != 0, |x| x as u8 & 1, |x: _| if Element::truth(x) { u32::MAX } else { 0 });
truth_element!(u64, |x| x != 0, |x| x as u8 & 1, |x: _| if Element::truth(x) { u64::MAX } else { 0 });

macro_rules! number_element {
    ($type:ty, $read:ident, $int64:expr) => {
        impl Element for $type {
            fn float32(self) -> f32 {
                self as f32
            }
            fn float64(self) -> f64 {
                self as f64
            }
            fn int64(self) -> i64 {
                $int64(self)
            }
            fn truth(self) -> bool {
                self != 0 as $type
            }
            fn from_element(element: impl Element) -> $type {
                element.$read()
            }
        }
    };
}

number_element!(f32, float32, |x: f32| float_to_int(x as f64));
number_element!(f64, float64, float_to_int);
number_element!(i64, int64, |x| x);

/// What the CPU's own conversion gives: `i64::MIN` for what does not fit.
fn float_to_int(x: f64) -> i64 {
    if x >= -(2f64.powi(63)) && x < 2f64.powi(63) { x as i64 } else { i64::MIN }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORMS: [Form; 6] = [Form::Byte, Form::F32, Form::F64, Form::I64, Form::Mask32, Form::Mask64];

    fn dtype(form: Form) -> DType {
        match form {
            Form::Byte | Form::Mask32 | Form::Mask64 => DType::Bool,
            Form::F32 => DType::Float32,
            Form::F64 => DType::Float64,
            Form::I64 => DType::Int64,
        }
    }

    #[test]
    fn conversions_are_casts() {
        let samples = [0.0, 1.0, -1.5, 1e10, -1e300, f64::NAN, f64::INFINITY, 9.3e18];
        for from in FORMS {
            for to in FORMS {
                for sample in samples {
                    let scalar = Scalar::Float64(sample).cast(dtype(from));
                    let mut source = [from.encode(scalar); 2];
                    let mut target = [0u64; 3];
                    let from = Run { at: source.as_mut_ptr().cast(), stride: 8, form: from };
                    // SAFETY: two words are read, and at most `2 * 8` bytes behind the first word written.
                    unsafe { convert(from, Run { at: target[1..].as_mut_ptr().cast(), stride: 8, form: to }, 2) };
                    let expected = to.encode(scalar.cast(dtype(to)));
                    assert_eq!(target, [0, expected, expected], "{scalar:?} from {from:?} to {to:?}");
                }
            }
        }
    }
}
