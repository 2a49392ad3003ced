//! Many numbers to one: exact sums, products, lengths of vectors.

use super::parts;
use super::real::{single, to_real};
use crate::diagnostic::ErrorKind;
use crate::exception::{Raised, Result};
use crate::objects::arguments::{self, Keywords};
use crate::objects::caller::Caller;
use crate::objects::{iteration, operators};
use crate::syntax::ast::BinaryOp;
use crate::value::{Tuple, Value};

/// The exact sum of floats, rounded once: partial sums that do not overlap (Shewchuk, *Adaptive Precision
/// Floating-Point Arithmetic and Fast Robust Geometric Predicates*, 1997).
pub fn fsum(cx: &mut dyn Caller, args: &[Value], keywords: Keywords) -> Result<Value> {
    let mut partials: Vec<f64> = Vec::new();
    let (mut special, mut infinities) = (0.0, 0.0);
    iteration::for_each(cx, single("fsum", args, keywords)?, |_, item| {
        let term = to_real(&item)?;
        let mut x = term;
        let mut kept = 0;
        for at in 0..partials.len() {
            let (sum, rest) = two_sum(x, partials[at]);
            if rest != 0.0 {
                partials[kept] = rest;
                kept += 1;
            }
            x = sum;
        }
        partials.truncate(kept);
        if x.is_finite() {
            if x != 0.0 {
                partials.push(x);
            }
        } else if term.is_finite() {
            return Err(Raised::new(ErrorKind::OverflowError, "intermediate overflow in fsum"));
        } else {
            if term.is_infinite() {
                infinities += term;
            }
            special += term;
            partials.clear();
        }
        Ok(())
    })?;
    if special != 0.0 {
        if f64::is_nan(infinities) {
            return Err(Raised::value_error("-inf + inf in fsum"));
        }
        return Ok(Value::float(special));
    }
    Ok(Value::float(rounded_sum(&partials)))
}

/// The larger first: sum, and what its rounding lost.
fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let (large, small) = if a.abs() < b.abs() { (b, a) } else { (a, b) };
    let sum = large + small;
    (sum, small - (sum - large))
}

/// The sum of partials in increasing order that do not overlap, ties to even.
fn rounded_sum(partials: &[f64]) -> f64 {
    let Some((last, mut rest)) = partials.split_last() else { return 0.0 };
    let (mut high, mut low) = (*last, 0.0);
    while let Some((next, others)) = rest.split_last() {
        rest = others;
        (high, low) = two_sum(high, *next);
        if low != 0.0 {
            break;
        }
    }
    // Half a unit was rounded to even; what is below may say that it is more than half.
    if let Some(next) = rest.last()
        && (low < 0.0 && *next < 0.0 || low > 0.0 && *next > 0.0)
    {
        let doubled = low * 2.0;
        let corrected = high + doubled;
        if doubled == corrected - high {
            high = corrected;
        }
    }
    high
}

pub fn prod(cx: &mut dyn Caller, args: &[Value], keywords: Keywords) -> Result<Value> {
    if args.len() > 2 {
        return Err(Raised::type_error(format!("prod() takes at most 2 arguments ({} given)", args.len())));
    }
    let [iterable] = args else {
        return Err(Raised::type_error(format!("prod() takes exactly 1 positional argument ({} given)", args.len())));
    };
    let [start] = arguments::named("prod", ["start"], keywords)?;
    let mut product = start.unwrap_or_else(|| Value::int(1));
    iteration::for_each(cx, iterable, |cx, item| {
        product = operators::binary(cx, BinaryOp::Mul, &product, &item)?;
        Ok(())
    })?;
    Ok(product)
}

pub fn hypot(args: &[Value], keywords: Keywords) -> Result<Value> {
    arguments::no_keywords("math.hypot", keywords)?;
    let coordinates = args.iter().map(to_real).collect::<Result<Vec<f64>>>()?;
    Ok(Value::float(vector_length(coordinates)))
}

pub fn dist(cx: &mut dyn Caller, args: &[Value], keywords: Keywords) -> Result<Value> {
    arguments::no_keywords("math.dist", keywords)?;
    arguments::count("dist", args, 2, 2)?;
    let mut point = |value: &Value| match value.get::<Tuple>() {
        Some(tuple) => Ok(tuple.0.to_vec()),
        None => iteration::collect(cx, value),
    };
    let (p, q) = (point(&args[0])?, point(&args[1])?);
    if p.len() != q.len() {
        return Err(Raised::value_error("both points must have the same number of dimensions"));
    }
    let differences = p.iter().zip(&q).map(|(p, q)| Ok(to_real(p)? - to_real(q)?));
    Ok(Value::float(vector_length(differences.collect::<Result<Vec<f64>>>()?)))
}

/// The Euclidean length, nearly always correctly rounded: squares and their sum are kept in two floats each, and the
/// root is corrected once (Borges, *An Improved Algorithm for hypot(a,b)*, 2019).
fn vector_length(coordinates: Vec<f64>) -> f64 {
    let vector: Vec<f64> = coordinates.iter().map(|x| x.abs()).collect();
    let largest = vector.iter().copied().filter(|x| !x.is_nan()).fold(0.0, f64::max);
    if largest.is_infinite() {
        return largest;
    }
    if vector.iter().any(|x| x.is_nan()) {
        return f64::NAN;
    }
    if largest == 0.0 || vector.len() <= 1 {
        return largest;
    }
    let (_, exponent) = parts::split(largest);
    if exponent < -1023 {
        // No power of two would scale subnormal numbers at once.
        let scaled = vector.iter().map(|x| x / f64::MIN_POSITIVE).collect();
        return f64::MIN_POSITIVE * vector_length(scaled);
    }
    let scale = parts::scale(1.0, -exponent as i64);
    // From 1 on, every partial sum is at least as large as what is added to it.
    let (mut sum, mut squares_rest, mut sums_rest) = (1.0, 0.0, 0.0);
    let mut add = |x: f64, y: f64, sum: &mut f64| {
        let square = x * y;
        squares_rest += x.mul_add(y, -square);
        let next = *sum + square;
        sums_rest += (*sum - next) + square;
        *sum = next;
        *sum - 1.0 + (squares_rest + sums_rest)
    };
    let mut total = 0.0;
    for x in &vector {
        total = add(x * scale, x * scale, &mut sum);
    }
    let root = total.sqrt();
    let error = add(-root, root, &mut sum);
    (root + error / (2.0 * root)) / scale
}
