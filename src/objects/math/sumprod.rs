//! `math.sumprod`: integers exactly; floats, and floats times integers, as if in three times the precision.

use crate::exception::{Raised, Result};
use crate::objects::arguments::{self, Keywords};
use crate::objects::caller::Caller;
use crate::objects::integer::Integer;
use crate::objects::iteration::Items;
use crate::objects::number::{Number, number};
use crate::objects::operators;
use crate::syntax::ast::BinaryOp;
use crate::value::{Kind, Value};

pub fn sumprod(cx: &mut dyn Caller, args: &[Value], keywords: Keywords) -> Result<Value> {
    arguments::no_keywords("math.sumprod", keywords)?;
    arguments::count("sumprod", args, 2, 2)?;
    let (mut first, mut second) = (Items::of(&args[0])?, Items::of(&args[1])?);
    let mut total = Total { sum: Value::int(0), whole: Some(0), real: Some(Triple::default()) };
    loop {
        match (first.next(cx)?, second.next(cx)?) {
            (Some(p), Some(q)) => total.add(cx, &p, &q)?,
            (None, None) => break,
            _ => return Err(Raised::value_error("Inputs are not the same length")),
        }
    }
    total.settle_whole(cx)?;
    total.settle_real(cx)?;
    Ok(total.sum)
}

/// The sum so far: what was added as Python adds, and what is still held in numbers of the machine.
struct Total {
    sum: Value,
    /// `None` since a product came that is none of machine words.
    whole: Option<i64>,
    /// `None` since a product came that is none of floats, or not finite.
    real: Option<Triple>,
}

impl Total {
    fn add(&mut self, cx: &mut dyn Caller, p: &Value, q: &Value) -> Result<()> {
        if let Some(whole) = self.whole {
            let product = words(p, q).and_then(|(p, q)| p.checked_mul(q));
            if let Some(next) = product.and_then(|product| whole.checked_add(product)) {
                self.whole = Some(next);
                return Ok(());
            }
            self.settle_whole(cx)?;
        }
        if let Some(real) = self.real {
            let next = floats(p, q).map(|(p, q)| real.add_product(p, q));
            if let Some(next) = next.filter(|next| next.high.is_finite()) {
                self.real = Some(next);
                return Ok(());
            }
            self.settle_real(cx)?;
        }
        let product = operators::binary(cx, BinaryOp::Mul, p, q)?;
        self.sum = operators::binary(cx, BinaryOp::Add, &self.sum, &product)?;
        Ok(())
    }

    fn settle_whole(&mut self, cx: &mut dyn Caller) -> Result<()> {
        if let Some(whole) = self.whole.take() {
            self.sum = operators::binary(cx, BinaryOp::Add, &self.sum, &Value::int(whole))?;
        }
        Ok(())
    }

    fn settle_real(&mut self, cx: &mut dyn Caller) -> Result<()> {
        if let Some(real) = self.real.take().filter(|real| real.used) {
            self.sum = operators::binary(cx, BinaryOp::Add, &self.sum, &Value::float(real.rounded()))?;
        }
        Ok(())
    }
}

/// Two `int`s, no truth values among them.
fn words(p: &Value, q: &Value) -> Option<(i64, i64)> {
    Some((*p.get::<i64>()?, *q.get::<i64>()?))
}

/// Two floats, or one and an integer that has a float.
fn floats(p: &Value, q: &Value) -> Option<(f64, f64)> {
    let real = |value: &Value| match number(value)? {
        Number::Float(x) => Some(x),
        Number::Int(Integer::Small(i)) => Some(i as f64),
        Number::Int(big) => big.to_f64().ok(),
    };
    if p.kind() != Kind::Float && q.kind() != Kind::Float { None } else { Some((real(p)?, real(q)?)) }
}

/// A sum of floats as three, each of them what the one before it has lost in rounding: T. Ogita, S. M. Rump, S. Oishi,
/// *Accurate Sum and Dot Product* (2005), algorithms 3.1, 3.5 and 5.10 with K = 3.
#[derive(Clone, Copy, Default)]
struct Triple {
    high: f64,
    low: f64,
    tiny: f64,
    used: bool,
}

impl Triple {
    fn add_product(self, p: f64, q: f64) -> Triple {
        let product = p * q;
        let lost = p.mul_add(q, -product);
        let (high, lost_high) = exact_sum(self.high, product);
        let (low, lost_low) = exact_sum(self.low, lost);
        let (low, lost_again) = exact_sum(low, lost_high);
        Triple { high, low, tiny: self.tiny + lost_low + lost_again, used: true }
    }

    fn rounded(self) -> f64 {
        self.high + exact_sum(self.low, self.tiny).0
    }
}

/// A rounded sum, and what rounding took from it.
fn exact_sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    let from_b = sum - a;
    (sum, (a - (sum - from_b)) + (b - from_b))
}
