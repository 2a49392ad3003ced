//! Exception classes against CPython (`tests/oracle/exceptions_table.py`).

use super::{Ending, construct, ending};
use crate::diagnostic::ErrorKind;
use crate::exception::{Raised, Result};
use crate::objects::arguments::Keywords;
use crate::objects::methods::attribute;
use crate::objects::testing::{check_rows, parse};
use crate::objects::text;
use crate::value::{Dict, Value};

const ATTRIBUTES: &[&str] = &[
    "args",
    "characters_written",
    "code",
    "encoding",
    "end",
    "errno",
    "filename",
    "filename2",
    "lineno",
    "msg",
    "name",
    "name_from",
    "obj",
    "object",
    "path",
    "reason",
    "start",
    "strerror",
    "text",
    "value",
];

fn answer(name: &str, args: &[Value], keywords: Keywords) -> Result<Value> {
    let known = || ErrorKind::builtins().chain(ErrorKind::ALL.iter().map(|kind| (kind.name(), *kind)));
    let of_name = |name: &str| known().find(|(known, _)| *known == name).unwrap().1;
    if name == "ancestors" {
        let class = of_name(args[0].as_str().unwrap());
        let ancestors = ErrorKind::ALL.iter().filter(|other| class.is_a(**other)).map(|other| other.name());
        let mut ancestors: Vec<&str> = ancestors.collect();
        ancestors.sort_unstable();
        return Ok(Value::list(ancestors.into_iter().map(Value::str).collect()));
    }
    let exception = construct(of_name(name), args, keywords)?;
    let attributes = Dict::default();
    for name in ATTRIBUTES {
        match attribute(&exception, name) {
            Ok(value) => drop(attributes.insert(Value::str(*name), value).unwrap()),
            Err(raised) => assert_eq!(raised.kind(), ErrorKind::AttributeError),
        }
    }
    let texts = [exception.type_name().into(), text::str(&exception)?, text::repr(&exception)?];
    Ok(Value::tuple(texts.into_iter().map(Value::str).chain([Value::new(attributes)]).collect()))
}

#[test]
fn exceptions_are_made_as_cpython_makes_them() {
    check_rows("exceptions.txt", answer);
}

#[test]
fn exit_statuses_are_those_of_cpython() {
    let ending = |args: Vec<Value>| ending(Raised::with_args(ErrorKind::SystemExit, args));
    let int = |i: i64| vec![Value::int(i)];
    for (args, status) in [
        (vec![], 0),
        (vec![Value::none()], 0),
        (int(0), 0),
        (int(3), 3),
        (int(-1), 255),
        (int(256), 0),
        (int(-257), 255),
        (int(i64::MAX), 255),
        (vec![Value::bool(true)], 1),
        (vec![parse("1180591620717411303424")], 255),
    ] {
        assert_eq!(ending(args), Ending::Exit(status));
    }
    assert_eq!(ending(vec![Value::str("text")]), Ending::Message("text".into()));
    assert_eq!(ending(vec![Value::float(1.5)]), Ending::Message("1.5".into()));
    assert_eq!(ending(vec![Value::int(1), Value::int(2)]), Ending::Message("(1, 2)".into()));
}
