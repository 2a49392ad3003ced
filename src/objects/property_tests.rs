//! Identities that arithmetic of integers of any size keeps, and the walks of slices.

use num_bigint::BigInt;
use num_traits::Signed;
use proptest::prelude::*;

use super::caller::Nobody;
use super::operators::{binary, compare_values, equal, get_item, truth};
use super::{bigint, convert, text};
use crate::syntax::ast::{BinaryOp, CompareOp};
use crate::value::{Slice, Value};

fn op(op: BinaryOp, a: &Value, b: &Value) -> Value {
    binary(&mut Nobody, op, a, b).unwrap()
}

/// Integers around the edges of a machine word, small ones, and long ones.
fn integer() -> impl Strategy<Value = BigInt> {
    let edges = prop::sample::select(vec![0i128, 1, -1, i64::MAX as i128, i64::MIN as i128, 1 << 63, 1 << 64]);
    prop_oneof![
        (edges, -2i128..3).prop_map(|(edge, off)| BigInt::from(edge + off)),
        any::<i64>().prop_map(BigInt::from),
        (-20i64..20).prop_map(BigInt::from),
        any::<i128>().prop_map(|i| BigInt::from(i) * i),
    ]
}

fn value(i: &BigInt) -> Value {
    bigint::to_value(i.clone())
}

fn same(a: &Value, b: &Value) -> bool {
    // The kind must agree too: an integer that fits a machine word is one.
    a.kind() == b.kind() && equal(a, b).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn ring_operations_agree_with_big_integers(a in integer(), b in integer()) {
        let (x, y) = (value(&a), value(&b));
        prop_assert!(same(&op(BinaryOp::Add, &x, &y), &value(&(&a + &b))));
        prop_assert!(same(&op(BinaryOp::Sub, &x, &y), &value(&(&a - &b))));
        prop_assert!(same(&op(BinaryOp::Mul, &x, &y), &value(&(&a * &b))));
        prop_assert!(same(&op(BinaryOp::BitAnd, &x, &y), &value(&(&a & &b))));
        prop_assert!(same(&op(BinaryOp::BitOr, &x, &y), &value(&(&a | &b))));
        prop_assert!(same(&op(BinaryOp::BitXor, &x, &y), &value(&(&a ^ &b))));
        prop_assert_eq!(compare_values(CompareOp::Lt, &x, &y).unwrap(), a < b);
    }

    #[test]
    fn division_leaves_a_remainder_of_the_divisors_sign(a in integer(), b in integer()) {
        let (x, y) = (value(&a), value(&b));
        prop_assume!(truth(&y).unwrap());
        let (quotient, remainder) = (op(BinaryOp::FloorDiv, &x, &y), op(BinaryOp::Mod, &x, &y));
        prop_assert!(same(&op(BinaryOp::Add, &op(BinaryOp::Mul, &quotient, &y), &remainder), &x));
        let rest: BigInt = text::repr(&remainder).unwrap().parse().unwrap();
        prop_assert!(rest.magnitude() < b.magnitude());
        prop_assert!(rest.magnitude().bits() == 0 || rest.is_negative() == b.is_negative());
    }

    #[test]
    fn shifts_multiply_and_divide_by_powers_of_two(a in integer(), shift in 0i64..200) {
        let (x, n) = (value(&a), Value::int(shift));
        let power = op(BinaryOp::Pow, &Value::int(2), &n);
        prop_assert!(same(&op(BinaryOp::Shl, &x, &n), &op(BinaryOp::Mul, &x, &power)));
        prop_assert!(same(&op(BinaryOp::Shr, &x, &n), &op(BinaryOp::FloorDiv, &x, &power)));
    }

    #[test]
    fn integers_survive_their_text(a in integer()) {
        let x = value(&a);
        let text = text::repr(&x).unwrap();
        prop_assert!(same(&convert::parse_int(&text, 10).unwrap(), &x));
        prop_assert_eq!(text, a.to_string());
    }

    #[test]
    fn floats_survive_their_text(bits in any::<u64>()) {
        let x = f64::from_bits(bits);
        prop_assume!(!x.is_nan());
        let text = text::repr(&Value::float(x)).unwrap();
        prop_assert_eq!(convert::parse_float(&text).map(f64::to_bits), Some(bits));
    }

    #[test]
    fn quotients_of_doubles_that_are_whole_are_those_of_floats(a in -(1i64 << 53)..1 << 53, b in 1i64..1 << 53) {
        let quotient = op(BinaryOp::TrueDiv, &bigint::to_value(BigInt::from(a) << 70), &bigint::to_value(BigInt::from(b) << 70));
        prop_assert_eq!(quotient.get::<f64>().copied(), Some(a as f64 / b as f64));
    }

    #[test]
    fn a_slice_of_every_container_selects_the_same_items(
        len in 0usize..12,
        start in prop::option::of(-15i64..15),
        stop in prop::option::of(-15i64..15),
        step in prop::option::of(prop::sample::select(vec![-13, -3, -2, -1, 1, 2, 3, 13])),
    ) {
        let part = |part: Option<i64>| part.map_or_else(Value::none, Value::int);
        let slice = Value::new(Slice { start: part(start), stop: part(stop), step: part(step) });
        let items: Vec<Value> = (0..len as i64).map(Value::int).collect();
        let digits: String = (0..len).map(|i| char::from(b'a' + i as u8)).collect();
        let wide = digits.replace('a', "ä");
        let list = get_item(&Value::list(items.clone()), &slice).unwrap();
        let listed = convert::construct(&mut Nobody, crate::value::Type::List, &[get_item(&Value::tuple(items), &slice).unwrap()], &[]).unwrap();
        prop_assert!(equal(&list, &listed).unwrap());
        let range = crate::value::Range { start: 0, stop: len as i64, step: 1 };
        let range = get_item(&Value::new(range), &slice).unwrap();
        let ranged = convert::construct(&mut Nobody, crate::value::Type::List, &[range], &[]).unwrap();
        prop_assert!(equal(&list, &ranged).unwrap());
        let narrow = get_item(&Value::str(digits), &slice).unwrap();
        let wide = get_item(&Value::str(wide), &slice).unwrap();
        prop_assert_eq!(narrow.as_str().unwrap().replace('a', "ä"), wide.as_str().unwrap());
    }
}

#[test]
fn long_integers_are_not_written_wherever_they_are() {
    let longest = op(BinaryOp::Pow, &Value::int(10), &Value::int(4299));
    assert_eq!(text::str(&longest).unwrap().len(), 4300);
    let longer = op(BinaryOp::Mul, &longest, &Value::int(10));
    for value in [longer.clone(), Value::list(vec![Value::tuple(vec![longer])])] {
        let message = text::str(&value).unwrap_err().message();
        assert!(message.starts_with("Exceeds the limit (4300 digits) for integer string conversion;"), "{message}");
    }
}

#[test]
fn absurd_sizes_are_refused_before_they_are_built() {
    let list = Value::list(vec![Value::int(0)]);
    let huge = Value::int(1 << 60);
    let cases = [
        (BinaryOp::Mul, &list, &huge),
        (BinaryOp::Mul, &Value::tuple(vec![Value::none()]), &huge),
        (BinaryOp::Mul, &Value::str("ab"), &huge),
        (BinaryOp::Shl, &Value::int(1), &huge),
        (BinaryOp::Pow, &Value::int(10), &huge),
        (BinaryOp::Pow, &Value::int(10), &op(BinaryOp::Pow, &Value::int(10), &Value::int(30))),
    ];
    for (operator, a, b) in cases {
        let raised = binary(&mut Nobody, operator, a, b).unwrap_err();
        assert_eq!(raised.kind(), crate::diagnostic::ErrorKind::MemoryError, "{operator:?}");
    }
}
