//! The mini language against CPython's answers (`tests/oracle/format_spec.py`).

use super::*;
use crate::objects::testing::check_rows;

#[test]
fn specs_format_as_cpython_does() {
    check_rows("format_spec.txt", |_, args, _| format(&args[0], args[1].as_str().expect("a spec")).map(Value::str));
}

#[test]
fn older_ways_format_as_cpython_does() {
    check_rows("format_old.txt", |name, args, keywords| {
        let text = args[0].as_str().expect("a format");
        match name {
            "%" => percent(text, &args[1]).map(Value::str),
            _ => format_fields(text, &args[1..], keywords).map(Value::str),
        }
    });
}

#[test]
fn conversions_come_before_the_spec() {
    let value = Value::str("é\n");
    let shown = |conversion, spec| format_value(&value, conversion, spec).unwrap();
    assert_eq!(shown(Some('r'), ""), "'é\\n'");
    assert_eq!(shown(Some('a'), ""), "'\\xe9\\n'");
    assert_eq!(shown(Some('r'), ">8"), "   'é\\n'");
    assert_eq!(shown(Some('s'), "*<4"), "é\n**");
}

#[test]
fn absurd_widths_and_precisions_are_refused() {
    for spec in ["99999999999999", ".2147483648f", ".1000000000000f"] {
        assert!(format(&Value::float(1.5), spec).is_err(), "{spec}");
    }
    assert!(format(&Value::str("a"), "99999999999999").is_err());
    assert!(format(&Value::int(1), "099999999999999,").is_err());
    assert_eq!(format(&Value::float(0.5), ".100000f").unwrap().len(), 100_002);
}
