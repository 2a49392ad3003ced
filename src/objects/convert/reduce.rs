//! Many values to one: `sum`, `min`, `max`, `any`, `all`.

use super::super::arguments::{self, Keywords};
use super::super::caller::Caller;
use super::super::iteration::{self, Items};
use super::super::operators;
use crate::exception::{Raised, Result};
use crate::syntax::ast::{BinaryOp, CompareOp};
use crate::value::{Kind, Value};

pub fn any(cx: &mut dyn Caller, args: &[Value], keywords: Keywords) -> Result<Value> {
    search(cx, "any", args, keywords, true)
}

pub fn all(cx: &mut dyn Caller, args: &[Value], keywords: Keywords) -> Result<Value> {
    search(cx, "all", args, keywords, false)
}

/// Whether an item's truth is `wanted`; if none is, the opposite.
fn search(cx: &mut dyn Caller, name: &str, args: &[Value], keywords: Keywords, wanted: bool) -> Result<Value> {
    let mut items = Items::of(arguments::one(name, args, keywords)?)?;
    while let Some(item) = items.next(cx)? {
        if operators::truth(&item)? == wanted {
            return Ok(Value::bool(wanted));
        }
    }
    Ok(Value::bool(!wanted))
}

pub fn min(cx: &mut dyn Caller, args: &[Value], keywords: Keywords) -> Result<Value> {
    extreme(cx, "min", CompareOp::Lt, args, keywords)
}

pub fn max(cx: &mut dyn Caller, args: &[Value], keywords: Keywords) -> Result<Value> {
    extreme(cx, "max", CompareOp::Gt, args, keywords)
}

/// The first item that no later one is `better` than.
fn extreme(cx: &mut dyn Caller, name: &str, better: CompareOp, args: &[Value], keywords: Keywords) -> Result<Value> {
    if args.is_empty() {
        return Err(Raised::type_error(format!("{name} expected at least 1 argument, got 0")));
    }
    let [key, default] = arguments::named(name, ["key", "default"], keywords)?;
    let key = arguments::given(key);
    if args.len() > 1 && default.is_some() {
        return Err(Raised::type_error(format!(
            "Cannot specify a default for {name}() with multiple positional arguments"
        )));
    }
    let mut best: Option<(Value, Value)> = None;
    let mut see = |cx: &mut dyn Caller, item: Value| {
        let by = match &key {
            Some(key) => cx.call(key, vec![item.clone()], Vec::new())?,
            None => item.clone(),
        };
        let replaces = match &best {
            None => true,
            Some((best, _)) => operators::truth(&operators::compare(better, &by, best)?)?,
        };
        if replaces {
            best = Some((by, item));
        }
        Ok(())
    };
    match args {
        [iterable] => iteration::for_each(cx, iterable, see)?,
        several => several.iter().try_for_each(|item| see(cx, item.clone()))?,
    }
    best.map(|(_, item)| item)
        .or(default)
        .ok_or_else(|| Raised::value_error(format!("{name}() iterable argument is empty")))
}

/// `sum(iterable, start=0)`.
///
/// Floats are added with compensation, as CPython does since 3.12 (the second algorithm of Neumaier, *Rundungsfehleranalyse
/// einiger Verfahren zur Summation endlicher Summen*, 1974); integers among them are not compensated, and what is
/// neither ends the compensation.
pub fn sum(cx: &mut dyn Caller, args: &[Value], keywords: Keywords) -> Result<Value> {
    if args.is_empty() {
        return Err(Raised::type_error("sum() takes at least 1 positional argument (0 given)"));
    }
    let [iterable, start] = arguments::bind("sum", ["", "start"], 1, args, keywords)?;
    let (Some(iterable), start) = (iterable, start.unwrap_or_else(|| Value::int(0))) else {
        unreachable!("the iterable is required")
    };
    let mut items = Items::of(&iterable)?;
    if start.kind() == Kind::Str {
        return Err(Raised::type_error("sum() can't sum strings [use ''.join(seq) instead]"));
    }
    let mut total = Total::of(start);
    while let Some(item) = items.next(cx)? {
        total.add(cx, item)?;
    }
    Ok(total.finish())
}

/// A sum, as long as its terms are of one of the types that have a loop of their own.
enum Total {
    Int(i64),
    Float {
        sum: f64,
        compensation: f64,
    },
    /// Any other value; added by its own `+` from here on.
    Other(Value),
}

impl Total {
    fn of(start: Value) -> Total {
        if let (Kind::Int, Some(i)) = (start.kind(), start.get::<i64>()) {
            Total::Int(*i)
        } else if let Some(x) = start.get::<f64>() {
            Total::Float { sum: *x, compensation: 0.0 }
        } else {
            Total::Other(start)
        }
    }

    fn add(&mut self, cx: &mut dyn Caller, item: Value) -> Result<()> {
        let so_far = match self {
            Total::Int(sum) => {
                let term = item.get::<i64>().copied().or_else(|| item.get::<bool>().map(|bit| *bit as i64));
                if let Some(next) = term.and_then(|term| sum.checked_add(term)) {
                    *sum = next;
                    return Ok(());
                }
                Value::int(*sum)
            }
            Total::Float { sum, compensation } => {
                if let Some(x) = item.get::<f64>() {
                    let next = *sum + x;
                    *compensation += if sum.abs() >= x.abs() { (*sum - next) + x } else { (x - next) + *sum };
                    *sum = next;
                    return Ok(());
                }
                if let Some(i) = item.get::<i64>().copied().or_else(|| item.get::<bool>().map(|bit| *bit as i64)) {
                    *sum += i as f64;
                    return Ok(());
                }
                Value::float(compensated(*sum, *compensation))
            }
            Total::Other(sum) => {
                *sum = operators::binary(cx, BinaryOp::Add, sum, &item)?;
                return Ok(());
            }
        };
        let next = operators::binary(cx, BinaryOp::Add, &so_far, &item)?;
        *self = match (&self, next.get::<f64>()) {
            (Total::Int(_), Some(x)) => Total::Float { sum: *x, compensation: 0.0 },
            _ => Total::Other(next),
        };
        Ok(())
    }

    fn finish(self) -> Value {
        match self {
            Total::Int(sum) => Value::int(sum),
            Total::Float { sum, compensation } => Value::float(compensated(sum, compensation)),
            Total::Other(sum) => sum,
        }
    }
}

/// Nothing to add keeps the sign of a zero; an infinite compensation would make NaN of an infinity.
fn compensated(sum: f64, compensation: f64) -> f64 {
    if compensation != 0.0 && compensation.is_finite() { sum + compensation } else { sum }
}
