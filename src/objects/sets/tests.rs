//! Sets against CPython (`tests/oracle/sets_table.py`): answers, errors, and the order of keys.

use crate::array::Scalar;
use crate::exception::Result;
use crate::objects::arguments::{self, Keywords};
use crate::objects::caller::Nobody;
use crate::objects::operators::{binary, binary_in_place};
use crate::objects::testing::check_rows;
use crate::objects::{convert, iteration, methods, operator_tests, operators, text};
use crate::syntax::ast::BinaryOp;
use crate::value::{Dict, Key, Kind, List, Set, Slice, Tuple, Type, Unordered, Value};
use proptest::prelude::{ProptestConfig, any, prop_assert, prop_assert_eq, proptest};

fn hash(value: &Value) -> i64 {
    Key::new(value.clone()).unwrap().hash
}

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
            let (_, sorted) = convert::CALLING.iter().find(|(known, _)| *known == "sorted").unwrap();
            sorted(&mut Nobody, args, keywords)?
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
    let terms = keys.iter().zip(1..).map(|(key, place)| place * hash(key) as i128);
    let sum = terms.fold(0, |sum, term| (sum + term).rem_euclid(MODULUS));
    Value::list(vec![Value::int(keys.len() as i64), Value::int(sum as i64)])
}

#[test]
fn sets_answer_as_cpython_does() {
    check_rows("sets.txt", answer);
}

/// `make(make(… make(innermost)))`
fn nested(depth: usize, innermost: Value, make: impl Fn(Value) -> Value) -> Value {
    (0..depth).fold(innermost, |inside, _| make(inside))
}

#[test]
fn a_key_of_any_depth_has_a_hash() {
    for make in [
        (|inside| Value::tuple(vec![inside])) as fn(Value) -> Value,
        |inside| Value::frozenset([inside]).unwrap(),
        |inside| Value::new(Slice { start: inside, stop: Value::none(), step: Value::none() }),
    ] {
        let deep = || nested(30_000, Value::int(1), make);
        let (key, twin) = (deep(), deep());
        assert_eq!(hash(&key), hash(&twin));
        let set = Set::default();
        assert!(set.insert(key.clone()).unwrap());
        assert!(!set.insert(key).unwrap(), "it is the same object");
        // Two that are equal only by their items are compared only so far.
        assert!(matches!(set.insert(twin.clone()), Err(Unordered::TooDeep)));
        let dict = Dict::default();
        dict.insert(twin, Value::none()).unwrap();
        assert!(matches!(dict.get(&deep()), Err(Unordered::TooDeep)));
        let unhashable = nested(30_000, Value::list(Vec::new()), |inside| Value::tuple(vec![inside]));
        assert!(Key::new(unhashable).is_err());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn equal_numbers_have_equal_hashes(mantissa in any::<i32>(), shift in 0u32..900, bits in any::<u64>()) {
        let whole = Value::int(mantissa as i64);
        let power = binary(&mut Nobody, BinaryOp::Shl, &whole, &Value::int(shift as i64)).unwrap();
        let float = Value::float(mantissa as f64 * 2f64.powi(shift as i32));
        prop_assert!(operators::equal(&power, &float).unwrap());
        prop_assert_eq!(hash(&power), hash(&float));
        let x = f64::from_bits(bits);
        if let (false, Ok(integer)) = (x.is_nan(), convert::float_to_int(x.trunc())) {
            prop_assert_eq!(hash(&integer), hash(&Value::float(x.trunc())));
            prop_assert_eq!(hash(&Value::new(Scalar::Float64(x))), hash(&Value::float(x)));
        }
    }

    #[test]
    fn sets_hold_what_was_put_in(keys in proptest::collection::vec(-40i64..40, 0..200), removed in proptest::collection::vec(-40i64..40, 0..200)) {
        let set = Set::default();
        let mut model = std::collections::BTreeSet::new();
        for (at, key) in keys.iter().enumerate() {
            prop_assert_eq!(set.insert(Value::int(*key)).unwrap(), model.insert(*key));
            if let Some(removed) = removed.get(at) {
                let found = set.remove(&Key::new(Value::int(*removed)).unwrap()).unwrap();
                prop_assert_eq!(found, model.remove(removed));
            }
        }
        let mut items: Vec<i64> = set.items().iter().map(|item| *item.get::<i64>().unwrap()).collect();
        items.sort_unstable();
        prop_assert_eq!(items, model.into_iter().collect::<Vec<_>>());
    }
}
