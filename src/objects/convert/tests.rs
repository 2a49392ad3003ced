//! Built-in functions against CPython (`tests/oracle/builtins_table.py`).

use super::{BUILTINS, TYPES, construct};
use crate::exception::Result;
use crate::objects::arguments::Keywords;
use crate::objects::iteration;
use crate::objects::testing::check_rows;
use crate::value::Value;

fn answer(name: &str, args: &[Value], keywords: Keywords) -> Result<Value> {
    let result = match BUILTINS.iter().find(|(known, _)| *known == name) {
        Some((_, function)) => function(args, keywords)?,
        None => construct(TYPES.iter().find(|(known, _)| *known == name).unwrap().1, args, keywords)?,
    };
    match name {
        // What is an iterator was asked for its items.
        "enumerate" | "zip" | "reversed" => iteration::collect(&result).map(Value::list),
        _ => Ok(result),
    }
}

#[test]
fn builtins_answer_as_cpython_does() {
    check_rows("builtins.txt", answer);
}
