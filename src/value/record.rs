//! A few named values that belong together, such as `sys.float_info`.

use super::Value;

/// Python's struct sequence.
pub struct Record {
    pub fields: Vec<(&'static str, Value)>,
}

impl Record {
    pub fn field(&self, name: &str) -> Option<&Value> {
        self.fields.iter().find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    /// `sys.float_info`: what a `float` can hold.
    pub fn float_info() -> Value {
        Value::new(Record {
            fields: vec![
                ("max", Value::float(f64::MAX)),
                ("max_exp", Value::int(f64::MAX_EXP.into())),
                ("max_10_exp", Value::int(f64::MAX_10_EXP.into())),
                ("min", Value::float(f64::MIN_POSITIVE)),
                ("min_exp", Value::int(f64::MIN_EXP.into())),
                ("min_10_exp", Value::int(f64::MIN_10_EXP.into())),
                ("dig", Value::int(f64::DIGITS.into())),
                ("mant_dig", Value::int(f64::MANTISSA_DIGITS.into())),
                ("epsilon", Value::float(f64::EPSILON)),
                ("radix", Value::int(f64::RADIX.into())),
                // To nearest.
                ("rounds", Value::int(1)),
            ],
        })
    }
}
