//! Whether a rung gives the same answer as the first one: what the script printed, and what its variables hold at its end.

use serde::Serialize;

use crate::array::{DType, Scalar};
use crate::interp::Runtime;
use crate::value::{List, NdArray, Tuple, Value};

/// Numbers that a run left behind, in order.
#[derive(Debug, Default)]
pub struct Answers {
    /// Of the global variables.
    held: Vec<Number>,
    printed: String,
}

/// A number, with its own precision.
#[derive(Clone, Copy, Debug)]
enum Number {
    F64(f64),
    F32(f32),
    Int(i64),
}

/// How an answer differs.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    SameBits,
    /// So many of so many numbers do, each by at most so many units in the last place.
    Differs {
        numbers: u64,
        of: u64,
        most_ulp: u64,
    },
    /// It is another answer: another text, another count of numbers, a NaN where there was none, another integer.
    Other,
}

impl Answers {
    /// What the script has left behind.
    pub fn of(runtime: &Runtime, printed: String) -> Answers {
        let mut answers = Answers { held: Vec::new(), printed };
        for value in runtime.global_values() {
            collect(value, &mut answers.held, 0);
        }
        answers
    }

    /// How these differ from those of the first rung.
    pub fn compare(&self, base: &Answers) -> Answer {
        if self.held.len() != base.held.len() {
            return Answer::Other;
        }
        let held = self.held.iter().zip(&base.held).map(|(a, b)| distance(*a, *b));
        let Some(printed) = distances_of_text(&self.printed, &base.printed) else { return Answer::Other };
        let (mut numbers, mut of, mut most_ulp) = (0, 0, 0);
        for distance in held.chain(printed.into_iter().map(Some)) {
            let Some(ulp) = distance else { return Answer::Other };
            of += 1;
            if ulp > 0 {
                numbers += 1;
                most_ulp = most_ulp.max(ulp);
            }
        }
        if numbers == 0 { Answer::SameBits } else { Answer::Differs { numbers, of, most_ulp } }
    }
}

impl Answer {
    pub fn words(self) -> String {
        match self {
            Answer::SameBits => "same bits".to_owned(),
            Answer::Differs { numbers, of, most_ulp } => {
                let share = 100.0 * numbers as f64 / of as f64;
                let share = if share < 0.1 { "< 0.1".to_owned() } else { format!("{share:.1}") };
                format!("{share} % differ, ≤ {most_ulp} ULP")
            }
            Answer::Other => "another answer".to_owned(),
        }
    }
}

/// Lists within lists deeper than this hold no numbers that a loop computes; one may hold itself.
const DEEPEST: usize = 8;

fn collect(value: &Value, out: &mut Vec<Number>, depth: usize) {
    if depth > DEEPEST {
        return;
    }
    if let Some(list) = value.get::<List>() {
        // What an item does when it is looked at is nothing: none of the script's code runs.
        list.0.look(|items| items.iter().for_each(|item| collect(item, out, depth + 1)));
    } else if let Some(tuple) = value.get::<Tuple>() {
        tuple.0.iter().for_each(|item| collect(item, out, depth + 1));
    } else if let Some(Ok(array)) = value.get::<NdArray>().map(NdArray::array) {
        out.extend(array.iter().map(Number::of));
    } else if let Some(scalar) = value.get::<Scalar>() {
        out.push(Number::of(*scalar));
    } else if let Some(x) = value.get::<f64>() {
        out.push(Number::F64(*x));
    } else if let Some(i) = value.get::<i64>() {
        out.push(Number::Int(*i));
    } else if let Some(bit) = value.get::<bool>() {
        out.push(Number::Int(*bit as i64));
    }
}

impl Number {
    fn of(scalar: Scalar) -> Number {
        match scalar.dtype() {
            DType::Float32 => Number::F32(scalar.as_f64() as f32),
            DType::Float64 => Number::F64(scalar.as_f64()),
            DType::Bool | DType::Int64 => Number::Int(match scalar {
                Scalar::Bool(bit) => bit as i64,
                Scalar::Int64(i) => i,
                Scalar::Float32(x) => x as i64,
                Scalar::Float64(x) => x as i64,
            }),
        }
    }
}

/// Units in the last place between two numbers; none if they are not to be compared. A NaN is a NaN: its sign and payload
/// are nobody's promise.
fn distance(a: Number, b: Number) -> Option<u64> {
    match (a, b) {
        (Number::F64(a), Number::F64(b)) => ulp(a, b),
        (Number::F32(a), Number::F32(b)) => ulp32(a, b),
        (Number::Int(a), Number::Int(b)) => (a == b).then_some(0),
        (Number::F64(_) | Number::F32(_) | Number::Int(_), _) => None,
    }
}

/// How many floats lie between two, and one more if they differ; +0 and -0 are one apart.
fn ulp(a: f64, b: f64) -> Option<u64> {
    if a.is_nan() || b.is_nan() {
        return (a.is_nan() && b.is_nan()).then_some(0);
    }
    let place = |x: f64| {
        let bits = x.to_bits() as i64;
        if bits < 0 { (i64::MIN as i128) - bits as i128 - 1 } else { bits as i128 }
    };
    Some((place(a) - place(b)).unsigned_abs() as u64)
}

fn ulp32(a: f32, b: f32) -> Option<u64> {
    if a.is_nan() || b.is_nan() {
        return (a.is_nan() && b.is_nan()).then_some(0);
    }
    let place = |x: f32| {
        let bits = x.to_bits() as i32;
        if bits < 0 { (i32::MIN as i64) - bits as i64 - 1 } else { bits as i64 }
    };
    Some((place(a) - place(b)).unsigned_abs())
}

/// The distances of floats in two texts that are otherwise the same; none if they are not.
fn distances_of_text(a: &str, b: &str) -> Option<Vec<u64>> {
    if a == b {
        return Some(Vec::new());
    }
    let (a, b) = (pieces(a), pieces(b));
    if a.len() != b.len() {
        return None;
    }
    let mut distances = Vec::new();
    for (a, b) in a.iter().zip(&b) {
        if a == b {
            continue;
        }
        // What is printed with few digits differs by the last of them.
        let is_float = |text: &str| text.contains(['.', 'e', 'n']);
        match (a.parse::<f64>(), b.parse::<f64>()) {
            (Ok(x), Ok(y)) if is_float(a) && is_float(b) => distances.push(ulp(x, y)?),
            _ => return None,
        }
    }
    Some(distances)
}

/// Words, and what lies between them.
fn pieces(text: &str) -> Vec<&str> {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '.' | '+' | '-');
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let inside = is_part(first);
        let end = rest.find(|c| is_part(c) != inside).unwrap_or(rest.len());
        pieces.push(&rest[..end]);
        rest = &rest[end..];
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ulps_are_counted_across_zero() {
        assert_eq!(ulp(1.0, 1.0), Some(0));
        assert_eq!(ulp(1.0, 1.0 + f64::EPSILON), Some(1));
        assert_eq!(ulp(1.0, 1.0 - f64::EPSILON / 2.0), Some(1));
        assert_eq!(ulp(0.0, -0.0), Some(1));
        assert_eq!(ulp(f64::from_bits(1), -f64::from_bits(1)), Some(3));
        assert_eq!(ulp(f64::MAX, f64::INFINITY), Some(1));
        assert_eq!(ulp(f64::INFINITY, f64::NEG_INFINITY), Some(2 * f64::INFINITY.to_bits() + 1));
        assert_eq!(ulp(f64::NAN, -f64::NAN), Some(0));
        assert_eq!(ulp(f64::NAN, 1.0), None);
        assert_eq!(ulp32(1.0, 1.0 + f32::EPSILON), Some(1));
        assert_eq!(ulp32(0.0, -0.0), Some(1));
        assert_eq!(ulp32(-1.0, f32::NAN), None);
    }

    #[test]
    fn numbers_and_text_are_compared() {
        let answers = |held: &[f64], printed: &str| Answers {
            held: held.iter().map(|x| Number::F64(*x)).collect(),
            printed: printed.to_owned(),
        };
        let next = 1.0 + f64::EPSILON;
        let base = answers(&[1.0, 2.0], "sum 1.0, n 5\n");
        assert_eq!(answers(&[1.0, 2.0], "sum 1.0, n 5\n").compare(&base), Answer::SameBits);
        let differs = Answer::Differs { numbers: 1, of: 2, most_ulp: 1 };
        assert_eq!(answers(&[next, 2.0], "sum 1.0, n 5\n").compare(&base), differs);
        let differs = Answer::Differs { numbers: 1, of: 3, most_ulp: 1 };
        assert_eq!(answers(&[1.0, 2.0], "sum 1.0000000000000002, n 5\n").compare(&base), differs);
        for other in [answers(&[1.0], ""), answers(&[1.0, 2.0], "sum 1.0, n 6\n"), answers(&[1.0, 2.0], "sum\n")] {
            assert_eq!(other.compare(&base), Answer::Other);
        }
        assert_eq!(differs.words(), "33.3 % differ, ≤ 1 ULP");
    }
}
