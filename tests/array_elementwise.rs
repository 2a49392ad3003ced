//! `**`, `//`, `%` and the bit operators against NumPy (`tests/oracle/array_elementwise.py` writes the table).

use toy::array::elementwise::{BitOp, Flagged, FloatFlags, bitwise, floor_divide, invert, power, remainder};
use toy::array::{Array, DType};

#[test]
fn operators_give_numpys_numbers_and_warnings() {
    let mut wrong = Vec::new();
    for row in include_str!("data/array_elementwise.txt").lines() {
        let columns: Vec<&str> = row.split('\t').collect();
        let [operator, dtype, operands, want, warnings] = columns[..] else { panic!("five columns: {row}") };
        let dtype = DType::ALL.into_iter().find(|known| known.name() == dtype).unwrap();
        let (a, b) = operands.split_once(' ').unwrap();
        let (a, b) = (from_bits(dtype, a), from_bits(dtype, b));
        let flagged = match operator {
            "power" => power(&a, &b),
            "floor_divide" => floor_divide(&a, &b),
            "remainder" => remainder(&a, &b),
            _ => {
                let op = [BitOp::And, BitOp::Or, BitOp::Xor, BitOp::LeftShift, BitOp::RightShift];
                let op = op.into_iter().find(|op| op.name() == operator).unwrap();
                bitwise(op, &a, &b).map(|array| Flagged { array, flags: FloatFlags::default() })
            }
        };
        let flagged = flagged.unwrap();
        // The last digits of a power are the platform's.
        let last_digits = if operator == "power" && dtype.is_float() { 2 } else { 0 };
        let close = match (to_bits(&flagged.array), want) {
            (None, want) => want == "nan",
            (Some(have), want) => u64::from_str_radix(want, 16).is_ok_and(|want| have.abs_diff(want) <= last_digits),
        };
        let told = flagged.flags.warnings(operator).join(";");
        if !close || told != warnings {
            wrong.push(format!("{row}\n  have {:?} {told}", to_bits(&flagged.array).map(|bits| format!("{bits:x}"))));
        }
    }
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
}

fn from_bits(dtype: DType, bits: &str) -> Array {
    let bits = u64::from_str_radix(bits, 16).unwrap();
    match dtype {
        DType::Bool => Array::from_slice(&[bits != 0], &[1]),
        DType::Int64 => Array::from_slice(&[bits as i64], &[1]),
        DType::Float32 => Array::from_slice(&[f32::from_bits(bits as u32)], &[1]),
        DType::Float64 => Array::from_slice(&[f64::from_bits(bits)], &[1]),
    }
    .unwrap()
}

/// `None` for NaN.
fn to_bits(array: &Array) -> Option<u64> {
    match array.dtype() {
        DType::Bool => Some(array.to_vec::<bool>()[0] as u64),
        DType::Int64 => Some(array.to_vec::<i64>()[0] as u64),
        DType::Float32 => Some(array.to_vec::<f32>()[0]).filter(|x| !x.is_nan()).map(|x| x.to_bits() as u64),
        DType::Float64 => Some(array.to_vec::<f64>()[0]).filter(|x| !x.is_nan()).map(f64::to_bits),
    }
}

#[test]
fn operands_broadcast_and_promote() {
    let column = Array::from_slice(&[3i64, -3], &[2, 1]).unwrap();
    let row = Array::from_slice(&[5i64, -5, 6], &[3]).unwrap();
    assert_eq!(floor_divide(&row, &column).unwrap().array.to_vec::<i64>(), [1, -2, 2, -2, 1, -2]);
    assert_eq!(remainder(&row, &column).unwrap().array.to_vec::<i64>(), [2, 1, 0, -1, -2, 0]);
    let halves = Array::from_slice(&[0.5f32], &[]).unwrap();
    assert_eq!(power(&row, &halves).unwrap().array.dtype(), DType::Float64);
    let truth = Array::from_slice(&[true, false], &[2]).unwrap();
    assert_eq!(floor_divide(&truth, &column).unwrap().array.shape(), [2, 2]);
    assert_eq!(invert(&truth).unwrap().to_vec::<bool>(), [false, true]);
    assert_eq!(bitwise(BitOp::Xor, &truth, &truth).unwrap().dtype(), DType::Bool);
    for (error, message) in [
        (power(&row, &column).unwrap_err(), "Integers to negative integer powers are not allowed."),
        (power(&row, &truth).unwrap_err(), "operands could not be broadcast together with shapes (3,) (2,) "),
        (
            power(&truth, &truth).unwrap_err(),
            "power of two bool arrays gives int8 in NumPy, which is not supported: convert one to int64",
        ),
        (
            bitwise(BitOp::And, &halves, &row).unwrap_err(),
            "ufunc 'bitwise_and' not supported for the input types, and the inputs could not be safely coerced to any supported types according to the casting rule ''safe''",
        ),
    ] {
        assert_eq!(error.message, message);
    }
}
