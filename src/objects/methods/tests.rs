//! Methods against CPython (`tests/oracle/methods_table.py`).

use super::{attribute, call, members};
use crate::exception::Result;
use crate::objects::arguments::Keywords;
use crate::objects::caller::Nobody;
use crate::objects::testing::check_rows;
use crate::value::{DictView, Kind, Value};

fn answer(name: &str, args: &[Value], keywords: Keywords) -> Result<Value> {
    let receiver = &args[0];
    if name == "getattr" {
        return attribute(receiver, args[1].as_str().unwrap());
    }
    let result = call(&mut Nobody, receiver, name, &args[1..], keywords)?;
    let result = match result.get::<DictView>() {
        Some(view) => Value::list(view.items()),
        None => result,
    };
    Ok(match receiver.kind() {
        Kind::List | Kind::Dict => Value::tuple(vec![result, receiver.clone()]),
        _ => result,
    })
}

#[test]
fn methods_answer_as_cpython_does() {
    check_rows("methods.txt", answer);
}

#[test]
fn mistyped_names_get_a_suggestion() {
    let message =
        |value: Value, name: &str| call(&mut Nobody, &value, name, &[], &[]).unwrap_err().diagnostic().last.message;
    assert_eq!(
        message(Value::list(Vec::new()), "appendd"),
        "'list' object has no attribute 'appendd'. Did you mean: 'append'?"
    );
    assert_eq!(message(Value::str(""), "lowr"), "'str' object has no attribute 'lowr'. Did you mean: 'lower'?");
    assert_eq!(message(Value::none(), "append"), "'NoneType' object has no attribute 'append'");
}

#[test]
fn tables_are_sorted_by_name() {
    for kind in Kind::ALL {
        let known = members(*kind);
        assert!(known.methods.is_sorted_by_key(|(name, _)| name), "{kind:?}");
        assert!(known.calling.is_sorted_by_key(|(name, _)| name), "{kind:?}");
    }
}
