//! Built-in functions against CPython (`tests/oracle/builtins_table.py`).

use super::{BUILTINS, CALLING, TYPES, construct};
use crate::exception::Result;
use crate::objects::arguments::Keywords;
use crate::objects::caller::Nobody;
use crate::objects::iteration;
use crate::objects::testing::check_rows;
use crate::value::Value;

fn answer(name: &str, args: &[Value], keywords: Keywords) -> Result<Value> {
    let plain = BUILTINS.iter().find(|(known, _)| *known == name);
    let calling = CALLING.iter().find(|(known, _)| *known == name);
    let result = match (plain, calling) {
        (Some((_, function)), _) => function(args, keywords)?,
        (_, Some((_, function))) => function(&mut Nobody, args, keywords)?,
        _ => construct(&mut Nobody, TYPES.iter().find(|(known, _)| *known == name).unwrap().1, args, keywords)?,
    };
    match name {
        // What is an iterator was asked for its items.
        "enumerate" | "zip" | "reversed" => iteration::collect(&mut Nobody, &result).map(Value::list),
        _ => Ok(result),
    }
}

#[test]
fn builtins_answer_as_cpython_does() {
    check_rows("builtins.txt", answer);
}
