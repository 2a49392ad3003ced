//! Sets against CPython (`tests/oracle/sets_table.py`): answers, errors, and the order of keys.

use crate::exception::Result;
use crate::objects::arguments::{self, Keywords};
use crate::objects::caller::Nobody;
use crate::objects::operators::{binary, binary_in_place};
use crate::objects::testing::check_rows;
use crate::objects::{convert, iteration, methods, operator_tests, text};
use crate::value::{Key, Kind, List, Set, Tuple, Type, Value, hash};

fn class(name: &Value) -> Type {
    if name.as_str() == Some("set") { Type::Set } else { Type::FrozenSet }
}

fn answer(name: &str, args: &[Value], keywords: Keywords) -> Result<Value> {
    let result = match name {
        "trace" => return Ok(trace(args[0].get::<List>().unwrap().0.snapshot())),
        "set" => convert::construct(&mut Nobody, Type::Set, args, keywords)?,
        "frozenset" => convert::construct(&mut Nobody, Type::FrozenSet, args, keywords)?,
        "list" => iteration::collect(&mut Nobody, &args[0]).map(Value::list)?,
        "repr" => Value::str(text::repr(&args[0])?),
        "bool" => convert::construct(&mut Nobody, Type::Bool, args, keywords)?,
        "hash" => Value::int(Key::new(arguments::one(name, args, keywords)?.clone())?.hash),
        "sorted" => {
            iteration::collect(&mut Nobody, &args[0]).and_then(|items| convert::sort(items, false)).map(Value::list)?
        }
        "isinstance" => Value::bool(convert::type_of(&args[0]).is_ok_and(|own| own == class(&args[1]))),
        "unbound" => {
            methods::call(&mut Nobody, &Value::new(class(&args[0])), args[1].as_str().unwrap(), &args[2..], keywords)?
        }
        _ if name.chars().all(|c| c.is_ascii_alphabetic() || c == '_') && !matches!(name, "in" | "len") => {
            methods::call(&mut Nobody, &args[0], name, &args[1..], keywords)?
        }
        _ => operator_tests::answer(name, args, keywords)?,
    };
    Ok(match args.first() {
        Some(set) if set.kind() == Kind::Set => Value::tuple(vec![result, set.clone()]),
        _ => result,
    })
}

/// The order that four sets have after these operations.
fn trace(operations: Vec<Value>) -> Value {
    let mut sets: [Value; 4] = std::array::from_fn(|_| Value::new(Set::default()));
    for operation in operations {
        let operation = &operation.get::<Tuple>().unwrap().0;
        let name = operation[0].as_str().unwrap();
        let target = *operation[1].get::<i64>().unwrap() as usize;
        let own = sets[target].clone();
        let source = operation.get(2).cloned().unwrap_or_else(Value::none);
        let other = || source.get::<i64>().map_or_else(|| source.clone(), |at| sets[*at as usize].clone());
        let result = match name {
            "pop" if own.get::<Set>().unwrap().is_empty() => Ok(Value::none()),
            "pop" | "clear" => methods::call(&mut Nobody, &own, name, &[], &[]),
            "add" | "discard" => methods::call(&mut Nobody, &own, name, &[source], &[]),
            "thaw" => {
                let frozen = convert::construct(&mut Nobody, Type::FrozenSet, &[other()], &[]).unwrap();
                convert::construct(&mut Nobody, Type::Set, &[frozen], &[])
            }
            _ => match operator_tests::binary_op(name.trim_end_matches('=')) {
                Some(op) if name.ends_with('=') => binary_in_place(&mut Nobody, op, &own, &other()),
                Some(op) => binary(&mut Nobody, op, &own, &other()),
                None => methods::call(&mut Nobody, &own, name, &[other()], &[]),
            },
        };
        let result = result.unwrap();
        if result.kind() == Kind::Set && name != "pop" {
            sets[target] = result;
        }
    }
    Value::list(sets.iter().map(|set| shown(&set.get::<Set>().unwrap().items())).collect())
}

/// The keys, or their number and a sum that depends on all of them and their places.
fn shown(keys: &[Value]) -> Value {
    const MODULUS: i128 = (1 << 61) - 1;
    if keys.len() <= 30 {
        return Value::list(keys.to_vec());
    }
    let terms = keys.iter().zip(1..).map(|(key, place)| place * hash(key).unwrap() as i128);
    let sum = terms.fold(0, |sum, term| (sum + term).rem_euclid(MODULUS));
    Value::list(vec![Value::int(keys.len() as i64), Value::int(sum as i64)])
}

#[test]
fn sets_answer_as_cpython_does() {
    check_rows("sets.txt", answer);
}
