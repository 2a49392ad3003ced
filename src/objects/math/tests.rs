//! The functions against values of CPython 3.13.

use super::*;

fn call(name: &str, args: &[Value]) -> String {
    let function = FUNCTIONS.iter().find(|(known, _)| *known == name).expect("a function of the module").1;
    match function(args, &[]) {
        Ok(value) => crate::value::repr(&value).expect("not nested"),
        Err(raised) => raised.diagnostic().headline(),
    }
}

#[test]
fn real_functions() {
    let cases: &[(&str, &[f64], &str)] = &[
        ("sqrt", &[2.0], "1.4142135623730951"),
        ("sqrt", &[-1.0], "ValueError: math domain error"),
        ("exp", &[1000.0], "OverflowError: math range error"),
        ("exp", &[f64::NEG_INFINITY], "0.0"),
        ("log", &[0.0], "ValueError: math domain error"),
        ("log", &[8.0, 2.0], "3.0"),
        ("log10", &[1000.0], "3.0"),
        ("pow", &[0.0, -1.0], "ValueError: math domain error"),
        ("pow", &[10.0, 400.0], "OverflowError: math range error"),
        ("fmod", &[-7.5, 2.0], "-1.5"),
        ("fmod", &[1.0, 0.0], "ValueError: math domain error"),
        ("remainder", &[7.5, 2.0], "-0.5"),
        ("gamma", &[5.0], "24.0"),
        ("gamma", &[-1.0], "ValueError: math domain error"),
        ("hypot", &[3.0, 4.0], "5.0"),
        ("hypot", &[1e200, 1e200, 1e200], "1.7320508075688773e+200"),
        ("modf", &[-2.75], "(-0.75, -2.0)"),
        ("frexp", &[48.0], "(0.75, 6)"),
        ("frexp", &[5e-324], "(0.5, -1073)"),
        ("floor", &[-2.5], "-3"),
        ("ceil", &[1e20], "100000000000000000000"),
        ("floor", &[f64::INFINITY], "OverflowError: cannot convert float infinity to integer"),
        ("trunc", &[f64::NAN], "ValueError: cannot convert float NaN to integer"),
    ];
    for (name, args, expected) in cases {
        let values: Vec<Value> = args.iter().map(|x| Value::float(*x)).collect();
        assert_eq!(call(name, &values), *expected, "{name}{args:?}");
    }
}

#[test]
fn integer_functions() {
    let cases: &[(&str, &[i64], &str)] = &[
        ("gcd", &[12, -18, 27], "3"),
        ("gcd", &[], "0"),
        ("lcm", &[4, 6], "12"),
        ("factorial", &[25], "15511210043330985984000000"),
        ("factorial", &[-1], "ValueError: factorial() not defined for negative values"),
        ("comb", &[50, 25], "126410606437752"),
        ("perm", &[5, 2], "20"),
        ("isqrt", &[99], "9"),
        ("isqrt", &[-1], "ValueError: isqrt() argument must be nonnegative"),
    ];
    for (name, args, expected) in cases {
        let values: Vec<Value> = args.iter().map(|i| Value::int(*i)).collect();
        assert_eq!(call(name, &values), *expected, "{name}{args:?}");
    }
}

#[test]
fn sums_are_rounded_once() {
    let list = |items: &[f64]| Value::list(items.iter().map(|x| Value::float(*x)).collect());
    assert_eq!(call("fsum", &[list(&[0.1; 10])]), "1.0");
    assert_eq!(call("fsum", &[list(&[1e100, 1.0, -1e100])]), "1.0");
    assert_eq!(call("fsum", &[list(&[f64::INFINITY, f64::NEG_INFINITY])]), "ValueError: -inf + inf in fsum");
}

#[test]
fn ldexp_rounds_once_at_both_ends() {
    let ldexp = |x: f64, exponent: i64| call("ldexp", &[Value::float(x), Value::int(exponent)]);
    assert_eq!(ldexp(0.75, 6), "48.0");
    assert_eq!(ldexp(1.0, -1074), "5e-324");
    assert_eq!(ldexp(1.0, -1076), "0.0");
    assert_eq!(ldexp(5e-324, 2000), "5.67251933470834e+278");
    assert_eq!(ldexp(1.0, 1024), "OverflowError: math range error");
}
