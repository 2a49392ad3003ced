//! Methods against CPython (`tests/oracle/methods_table.py`).

use super::{attribute, call, members, nearest};
use crate::exception::Result;
use crate::objects::arguments::Keywords;
use crate::objects::caller::Nobody;
use crate::objects::testing::check_rows;
use crate::value::{DictView, Kind, Type, Value};

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
    let list = Value::list(Vec::new());
    let message = call(&mut Nobody, &list, "appendd", &[], &[]).unwrap_err().message();
    assert_eq!(message, "'list' object has no attribute 'appendd'");
    assert_eq!(nearest(&list, "appendd"), Some("append"));
    assert_eq!(nearest(&Value::str(""), "lowr"), Some("lower"));
    assert_eq!(nearest(&Value::none(), "append"), None);
    assert_eq!(nearest(&Value::class(Type::Str), "lowr"), Some("lower"));
}

#[test]
fn tables_are_sorted_by_name() {
    for kind in Kind::ALL {
        let known = members(*kind);
        assert!(known.methods.is_sorted_by_key(|(name, _)| name), "{kind:?}");
        assert!(known.calling.is_sorted_by_key(|(name, _)| name), "{kind:?}");
    }
}
