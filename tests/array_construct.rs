//! `arange` and `linspace` to the bit against NumPy (`tests/oracle/array_construct.py` writes the table), and
//! arrays out of nested sequences.

use toy::array::construct::{arange, eye, linspace};
use toy::array::format::{PrintOptions, array_repr};
use toy::array::nested::from_nested;
use toy::array::{Array, DType, Leaf, Nested, Scalar};

#[test]
fn sequences_have_numpys_bits() {
    let mut wrong = Vec::new();
    for row in include_str!("data/array_construct.txt").lines() {
        let columns: Vec<&str> = row.split('\t').collect();
        let (result, want) = match columns[..] {
            ["arange", operands, to, want] => {
                let operands: Vec<Leaf> = operands.split(' ').map(leaf).collect();
                (arange(operands[0], operands[1], operands[2], dtype(to)), want)
            }
            ["linspace", operands, num, endpoint, to, want] => {
                let operands: Vec<Leaf> = operands.split(' ').map(leaf).collect();
                (linspace(operands[0], operands[1], num.parse().unwrap(), endpoint == "1", dtype(to)), want)
            }
            _ => panic!("a known row: {row}"),
        };
        let have = match result {
            Ok(array) => format!("{} {}", array.dtype(), array.iter().map(bits).collect::<Vec<_>>().join(" ")),
            Err(error) => format!("{:?}: {}", error.kind, error.message),
        };
        if have != want {
            wrong.push(format!("{row}\n  have {have}"));
        }
    }
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
}

fn dtype(name: &str) -> Option<DType> {
    DType::ALL.into_iter().find(|dtype| dtype.name() == name)
}

fn leaf(text: &str) -> Leaf {
    let (kind, value) = text.split_once(':').unwrap();
    let bits = || u64::from_str_radix(value, 16).unwrap();
    match kind {
        "b" => Leaf::Bool(value == "1"),
        "i" => Leaf::Int(value.parse().unwrap()),
        "s" => Leaf::Strong(Scalar::Float32(f32::from_bits(bits() as u32))),
        _ => Leaf::Float(f64::from_bits(bits())),
    }
}

fn bits(scalar: Scalar) -> String {
    match scalar {
        Scalar::Bool(x) => format!("{:x}", x as u8),
        Scalar::Int64(x) => format!("{x:x}"),
        Scalar::Float32(x) => format!("{:x}", x.to_bits()),
        Scalar::Float64(x) => format!("{:x}", x.to_bits()),
    }
}

/// Python's lists, for tests: numbers and brackets.
fn nested(text: &str) -> Nested {
    fn item(text: &mut &str) -> Nested {
        *text = text.trim_start_matches([',', ' ']);
        if let Some(rest) = text.strip_prefix('[') {
            *text = rest;
            let mut items = Vec::new();
            loop {
                *text = text.trim_start_matches([',', ' ']);
                if let Some(rest) = text.strip_prefix(']') {
                    *text = rest;
                    return Nested::List(items);
                }
                items.push(item(text));
            }
        }
        let end = text.find([',', ']', ' ']).unwrap_or(text.len());
        let (number, rest) = text.split_at(end);
        *text = rest;
        match number {
            "True" => Nested::Leaf(Leaf::Bool(true)),
            "b" => Nested::Array(Array::from_slice(&[0.0, 1.0, 2.0], &[3]).unwrap()),
            "f4" => Nested::Leaf(Leaf::Strong(Scalar::Float32(1.0))),
            _ => match number.parse() {
                Ok(int) => Nested::Leaf(Leaf::Int(int)),
                Err(_) => Nested::Leaf(Leaf::Float(number.parse().unwrap())),
            },
        }
    }
    item(&mut &*text)
}

#[test]
fn nested_sequences_become_arrays() {
    let ragged = |ndim: usize, shape: &str| {
        format!(
            "setting an array element with a sequence. The requested array has an inhomogeneous shape after {ndim} \
             dimensions. The detected shape was {shape} + inhomogeneous part."
        )
    };
    let deep = format!("{}1{}", "[".repeat(65), "]".repeat(65));
    for (text, to, want) in [
        ("[[1, 2], [3, 4]]", "-", "array([[1, 2],\n       [3, 4]])"),
        ("[]", "-", "array([], dtype=float64)"),
        ("[[], []]", "-", "array([], shape=(2, 0), dtype=float64)"),
        ("3.5", "-", "array(3.5)"),
        ("[True, 1]", "-", "array([1, 1])"),
        ("[True, 1.5]", "-", "array([1. , 1.5])"),
        ("[f4, 2.5]", "-", "array([1. , 2.5])"),
        ("[f4, f4]", "-", "array([1., 1.], dtype=float32)"),
        ("[f4, True]", "-", "array([1., 1.], dtype=float32)"),
        ("[b, [1, 2, 3]]", "-", "array([[0., 1., 2.],\n       [1., 2., 3.]])"),
        ("[1.5, 2]", "int64", "array([1, 2])"),
        ("[1, 0]", "bool", "array([ True, False])"),
        ("b", "float32", "array([0., 1., 2.], dtype=float32)"),
        ("[[1, 2], [3]]", "-", &ragged(1, "(2,)")),
        ("[1, [2]]", "-", &ragged(1, "(2,)")),
        ("[[1], 2]", "-", &ragged(1, "(2,)")),
        ("[[[1, 2], [3, 4]], [[1, 2], [3]]]", "-", &ragged(2, "(2, 2)")),
        ("[[], [1]]", "-", &ragged(1, "(2,)")),
        ("[b, [1, 2]]", "-", &ragged(1, "(2,)")),
        ("[b, 1]", "-", &ragged(1, "(2,)")),
        ("[1, b]", "-", &ragged(1, "(2,)")),
        ("[[1, 2], [3, [4]]]", "-", &ragged(2, "(2, 2)")),
        (
            &deep,
            "-",
            "setting an array element with a sequence. The requested array would exceed the maximum number of dimension of 64.",
        ),
        ("[nan, 2]", "int64", "cannot convert float NaN to integer"),
        ("[inf]", "int64", "cannot convert float infinity to integer"),
        ("[1e30]", "int64", "Python int too large to convert to C long"),
    ] {
        let have = match from_nested(&nested(text), dtype(to)) {
            Ok(array) => array_repr(&array, &PrintOptions::default()),
            Err(error) => error.message,
        };
        assert_eq!(have, want, "{text}");
    }
}

#[test]
fn identity_matrices() {
    let row = |columns, k| eye(2, columns, k, DType::Int64).unwrap().to_vec::<i64>();
    assert_eq!(row(3, 0), [1, 0, 0, 0, 1, 0]);
    assert_eq!(row(3, 1), [0, 1, 0, 0, 0, 1]);
    assert_eq!(row(3, -1), [0, 0, 0, 1, 0, 0]);
    assert_eq!(row(3, i64::MAX), [0; 6]);
    assert_eq!(eye(-1, 2, 0, DType::Bool).unwrap_err().message, "negative dimensions are not allowed");
}
