use super::*;
use crate::array::{Array, Scalar};

#[test]
fn floats_read_as_in_python() {
    for (x, text) in [
        (0.1, "0.1"),
        (-0.0, "-0.0"),
        (1e16, "1e+16"),
        (9999999999999998.0, "9999999999999998.0"),
        (1e-4, "0.0001"),
        (1e-5, "1e-05"),
        (1.5e300, "1.5e+300"),
        (5e-324, "5e-324"),
        (100.0, "100.0"),
        (f64::NAN, "nan"),
        (f64::NEG_INFINITY, "-inf"),
        (123456789012345680.0, "1.2345678901234568e+17"),
    ] {
        assert_eq!(float_repr(x), text);
    }
}

#[test]
fn scalars_read_as_in_numpy() {
    for (x, text) in [
        (Scalar::Float32(0.1), "np.float32(0.1)"),
        (Scalar::Float32(1e6), "np.float32(1e+06)"),
        (Scalar::Float32(999999.0), "np.float32(999999.0)"),
        (Scalar::Float32(1e-4), "np.float32(1e-04)"),
        (Scalar::Float64(1e-4), "np.float64(0.0001)"),
        (Scalar::Int64(-3), "np.int64(-3)"),
        (Scalar::Bool(true), "np.True_"),
    ] {
        assert_eq!(scalar_repr(x), text);
    }
}

#[test]
fn arrays_read_as_in_numpy() {
    let repr = |array: &Array| array_repr(array, &PrintOptions::default());
    let floats = |x: &[f64]| Array::from_slice(x, &[x.len()]).unwrap();
    assert_eq!(repr(&floats(&[1.0, 2.5])), "array([1. , 2.5])");
    assert_eq!(repr(&floats(&[1e8, 1.0])), "array([1.e+08, 1.e+00])");
    assert_eq!(repr(&floats(&[])), "array([], dtype=float64)");
    assert_eq!(
        repr(&Array::zeros(crate::array::DType::Float32, &[0, 3]).unwrap()),
        "array([], shape=(0, 3), dtype=float32)"
    );
    assert_eq!(array_str(&floats(&[f64::NAN, -1.0])), "[nan -1.]");
    let bools = Array::from_slice(&[true, false, true, true], &[2, 2]).unwrap();
    assert_eq!(repr(&bools), "array([[ True, False],\n       [ True,  True]])");
}
