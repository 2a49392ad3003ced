//! Index expressions, with arrays and masks, against NumPy (`tests/oracle/array_index.py` writes the table).

use toy::array::fancy::Key;
use toy::array::{Array, Index};

#[test]
fn keys_select_and_assign_as_numpys_do() {
    let mut wrong = Vec::new();
    for row in include_str!("data/array_index.txt").lines() {
        let columns: Vec<&str> = row.split('\t').collect();
        let [shape, keys, what, want] = columns[..] else { panic!("four columns: {row}") };
        let shape = numbers(shape);
        let array = counting(&shape, |i| i);
        let keys: Vec<Key> = keys.split(';').map(key).collect();
        let basic: Option<Vec<Index>> =
            keys.iter().map(|key| if let Key::Basic(index) = key { Some(*index) } else { None }).collect();
        let result = match what.strip_prefix("set ") {
            None => match &basic {
                Some(indices) => array.index(indices),
                None => array.take_keys(&keys),
            },
            Some(value_shape) => {
                let value = counting(&numbers(value_shape), |i| -1 - i);
                let done = match &basic {
                    Some(indices) => array.assign_index(indices, &value),
                    None => array.assign_keys(&keys, &value),
                };
                done.map(|()| array.clone())
            }
        };
        let have = match result {
            Ok(array) => {
                let dims: Vec<String> = array.shape().iter().map(usize::to_string).collect();
                let elements: Vec<String> = array.to_vec::<i64>().iter().map(i64::to_string).collect();
                format!("{} {}", dims.join(","), elements.join(","))
            }
            Err(error) => format!("{:?}: {}", error.kind, error.message),
        };
        if have != want {
            wrong.push(format!("{row}\n  have {have}"));
        }
    }
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong[..wrong.len().min(12)].join("\n"));
}

fn numbers(text: &str) -> Vec<usize> {
    text.split(',').filter(|n| !n.is_empty()).map(|n| n.parse().unwrap()).collect()
}

fn counting(shape: &[usize], element: impl Fn(i64) -> i64) -> Array {
    let elements: Vec<i64> = (0..shape.iter().product::<usize>() as i64).map(element).collect();
    Array::from_slice(&elements, shape).unwrap()
}

fn key(text: &str) -> Key {
    if let Some(rest) = text.strip_prefix("i ") {
        let (shape, values) = rest.split_once(' ').unwrap();
        let values: Vec<i64> = values.split(',').filter(|n| !n.is_empty()).map(|n| n.parse().unwrap()).collect();
        return Key::Array(Array::from_slice(&values, &numbers(shape)).unwrap());
    }
    if let Some(rest) = text.strip_prefix("m ") {
        let (shape, bits) = rest.split_once(' ').unwrap();
        let bits: Vec<bool> = bits.chars().map(|c| c == '1').collect();
        return Key::Array(Array::from_slice(&bits, &numbers(shape)).unwrap());
    }
    Key::Basic(match text {
        "None" => Index::NewAxis,
        "..." => Index::Ellipsis,
        _ if text.contains(':') => {
            let parts: Vec<Option<i64>> = text.split(':').map(|n| n.parse().ok()).collect();
            Index::Slice { start: parts[0], stop: parts[1], step: parts[2] }
        }
        _ => Index::Int(text.parse().unwrap()),
    })
}
