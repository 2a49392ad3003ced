//! The text of arrays and scalars against NumPy's own (`tests/oracle/array_format.py` writes the table).

use toy::array::format::{PrintOptions, array_repr, array_str, scalar_repr, scalar_str};
use toy::array::{Array, DType, Scalar};

#[test]
fn arrays_and_scalars_read_as_numpy_writes_them() {
    let table = include_str!("data/array_format.txt");
    let mut wrong = Vec::new();
    for line in table.lines() {
        let columns: Vec<&str> = line.split('\t').collect();
        let [dtype, shape, elements, str_text, repr_text] = columns[..] else { panic!("five columns: {line}") };
        let dtype = *DType::ALL.iter().find(|known| known.name() == dtype).expect("a known dtype");
        let (str_now, repr_now) = if shape == "scalar" {
            let scalar = from_bits(dtype, elements);
            (scalar_str(scalar), scalar_repr(scalar))
        } else {
            let array = build(dtype, shape, elements);
            (array_str(&array), array_repr(&array, &PrintOptions::default()))
        };
        for (now, want) in [(str_now, str_text), (repr_now, repr_text)] {
            let now = now.replace('\n', "\\n");
            if now != want {
                wrong.push(format!("{dtype} {shape} {elements}\n  want {want}\n  have {now}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} differ, such as\n{}", wrong.len(), wrong[..wrong.len().min(5)].join("\n"));
}

fn build(dtype: DType, shape: &str, elements: &str) -> Array {
    let shape: Vec<usize> = shape.split(',').filter(|n| !n.is_empty()).map(|n| n.parse().unwrap()).collect();
    let array = Array::zeros(dtype, &shape).unwrap();
    if let Some(ramp) = elements.strip_prefix("ramp ") {
        let (start, step) = ramp.split_once(' ').unwrap();
        let (start, step): (f64, f64) = (start.parse().unwrap(), step.parse().unwrap());
        for i in 0..array.size() {
            array.set(i, Scalar::Float64(start + i as f64 * step));
        }
    } else {
        for (i, bits) in elements.split_whitespace().enumerate() {
            array.set(i, from_bits(dtype, bits));
        }
    }
    array
}

fn from_bits(dtype: DType, bits: &str) -> Scalar {
    let bits = u64::from_str_radix(bits, 16).unwrap();
    match dtype {
        DType::Bool => Scalar::Bool(bits != 0),
        DType::Int64 => Scalar::Int64(bits as i64),
        DType::Float32 => Scalar::Float32(f32::from_bits(bits as u32)),
        DType::Float64 => Scalar::Float64(f64::from_bits(bits)),
    }
}
