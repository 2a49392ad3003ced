//! What typed code calls: what it does to boxed items of lists, and functions of the C library.

#![allow(unsafe_code)]

use crate::array::Scalar;
use crate::loops::ir::Routine;
use crate::objects::float;
use crate::value::{Kind, List, Value};

/// The address of a routine, whose arguments and result its signature says.
pub fn address(routine: Routine) -> usize {
    match routine {
        Routine::SetFloat => set_float as *const () as usize,
        Routine::SetInt => set_int as *const () as usize,
        Routine::SetBool => set_bool as *const () as usize,
        Routine::PushFloat => push_float as *const () as usize,
        Routine::PushInt => push_int as *const () as usize,
        Routine::PushBool => push_bool as *const () as usize,
        Routine::PushObject => push_object as *const () as usize,
        Routine::BoxFloat => box_float as *const () as usize,
        Routine::BoxInt => box_int as *const () as usize,
        Routine::BoxFloat64 => box_float64 as *const () as usize,
        Routine::BoxFloat32 => box_float32 as *const () as usize,
        Routine::BoxInt64 => box_int64 as *const () as usize,
        Routine::BoxBool => box_bool as *const () as usize,
        Routine::Share => share as *const () as usize,
        Routine::Vector => super::vector::compute as *const () as usize,
        Routine::FloorDivide => floor_divide as *const () as usize,
        Routine::Modulo => modulo as *const () as usize,
        Routine::Power => power as *const () as usize,
        Routine::Math(name) | Routine::MathOfTwo(name) => math(name).map_or(0, |function| function.address()),
    }
}

/// Puts a number where an item of a list is, unless that is more than a number: who knows who else relies on it.
fn set(place: &mut Value, value: Value) -> bool {
    if !matches!(place.kind(), Kind::Float | Kind::Int | Kind::Bool | Kind::None) {
        return false;
    }
    *place = value;
    true
}

extern "C" fn set_float(place: &mut Value, x: f64) -> bool {
    set(place, Value::float(x))
}

extern "C" fn set_int(place: &mut Value, i: i64) -> bool {
    set(place, Value::int(i))
}

extern "C" fn set_bool(place: &mut Value, bit: bool) -> bool {
    set(place, Value::bool(bit))
}

fn push(list: usize, value: Value) -> bool {
    // SAFETY: typed code hands over the address of a list that a variable of the loop holds.
    let list = unsafe { Value::retained(list) };
    if let Some(list) = list.get::<List>() {
        list.0.push(value);
    }
    true
}

extern "C" fn push_float(list: usize, x: f64) -> bool {
    push(list, Value::float(x))
}

extern "C" fn push_int(list: usize, i: i64) -> bool {
    push(list, Value::int(i))
}

extern "C" fn push_bool(list: usize, bit: bool) -> bool {
    push(list, Value::bool(bit))
}

extern "C" fn push_object(list: usize, object: usize) -> bool {
    // SAFETY: as in `push`.
    push(list, unsafe { Value::retained(object) })
}

/// Where a variable's box is held, or none yet.
type Cell = Option<Value>;

fn hold(cell: &mut Cell, value: Value) -> bool {
    if let Some(old) = cell.replace(value) {
        old.release();
    }
    true
}

extern "C" fn box_float(cell: &mut Cell, x: f64) -> bool {
    hold(cell, Value::float(x))
}

extern "C" fn box_int(cell: &mut Cell, i: i64) -> bool {
    hold(cell, Value::int(i))
}

extern "C" fn box_float64(cell: &mut Cell, x: f64) -> bool {
    hold(cell, Value::new(Scalar::Float64(x)))
}

extern "C" fn box_float32(cell: &mut Cell, x: f32) -> bool {
    hold(cell, Value::new(Scalar::Float32(x)))
}

extern "C" fn box_int64(cell: &mut Cell, i: i64) -> bool {
    hold(cell, Value::new(Scalar::Int64(i)))
}

extern "C" fn box_bool(cell: &mut Cell, bit: bool) -> bool {
    hold(cell, Value::new(Scalar::Bool(bit)))
}

extern "C" fn share(cell: &mut Cell, object: usize) -> bool {
    // SAFETY: typed code hands over the address of an object that a list or another cell holds.
    hold(cell, unsafe { Value::retained(object) })
}

extern "C" fn floor_divide(a: f64, b: f64) -> f64 {
    if b == 0.0 { f64::NAN } else { float::divmod(a, b).0 }
}

extern "C" fn modulo(a: f64, b: f64) -> f64 {
    if b == 0.0 { f64::NAN } else { float::divmod(a, b).1 }
}

extern "C" fn power(a: f64, b: f64) -> f64 {
    float::pow(a, b).unwrap_or(f64::NAN)
}

/// A function of floats.
#[derive(Clone, Copy)]
enum Math {
    One(extern "C" fn(f64) -> f64),
    Two(extern "C" fn(f64, f64) -> f64),
}

impl Math {
    fn address(self) -> usize {
        match self {
            Math::One(function) => function as *const () as usize,
            Math::Two(function) => function as *const () as usize,
        }
    }
}

macro_rules! functions {
    (one { $($name:ident $one:expr;)* } two { $($name2:ident $two:expr;)* }) => {
        $(extern "C" fn $name(x: f64) -> f64 { ($one)(x) })*
        $(extern "C" fn $name2(x: f64, y: f64) -> f64 { ($two)(x, y) })*

        fn math(name: &str) -> Option<Math> {
            match name {
                $(stringify!($name) => Some(Math::One($name)),)*
                $(stringify!($name2) => Some(Math::Two($name2)),)*
                _ => None,
            }
        }

        /// The functions of `math` that are here, and how many floats each takes.
        pub const MATH: &[(&str, usize)] = &[$((stringify!($name), 1),)* $((stringify!($name2), 2),)*];
    };
}

functions! {
    one {
    sin f64::sin;
    cos f64::cos;
    tan f64::tan;
    asin f64::asin;
    acos f64::acos;
    atan f64::atan;
    sinh f64::sinh;
    cosh f64::cosh;
    tanh f64::tanh;
    exp f64::exp;
    expm1 f64::exp_m1;
    log f64::ln;
    log2 f64::log2;
    log10 f64::log10;
    log1p f64::ln_1p;
    fabs f64::abs;
    }
    two {
    atan2 f64::atan2;
    copysign f64::copysign;
    fmod |x: f64, y: f64| x % y;
    }
}
