//! Methods of dicts and of their views.

use super::{Members, NOTHING};
use crate::diagnostic::ErrorKind;
use crate::exception::{Raised, Result};
use crate::objects::arguments::{self, Keywords};
use crate::objects::caller::Caller;
use crate::objects::{convert, iteration, key_error, sets};
use crate::value::{Dict, DictPart, DictView, Value};

pub(super) static DICT: Members = Members {
    methods: &[
        ("clear", clear),
        ("copy", copy),
        ("get", get),
        ("items", |receiver, args, keywords| view("dict.items", DictPart::Items, receiver, args, keywords)),
        ("keys", |receiver, args, keywords| view("dict.keys", DictPart::Keys, receiver, args, keywords)),
        ("pop", pop),
        ("popitem", popitem),
        ("setdefault", setdefault),
        ("values", |receiver, args, keywords| view("dict.values", DictPart::Values, receiver, args, keywords)),
    ],
    calling: &[("fromkeys", fromkeys), ("update", update)],
    of_class: &["fromkeys"],
    ..NOTHING
};

pub(super) static VIEW: Members = Members {
    calling: &[("isdisjoint", isdisjoint)],
    attributes: &[("mapping", |view| view.get::<DictView>().expect("an attribute of views").dict.clone())],
    ..NOTHING
};

fn dict(receiver: &Value) -> &Dict {
    receiver.get::<Dict>().expect("a method of dicts")
}

fn clear(receiver: &Value, args: &[Value], keywords: Keywords) -> Result<Value> {
    arguments::none("dict.clear", args, keywords)?;
    dict(receiver).clear();
    Ok(Value::none())
}

fn copy(receiver: &Value, args: &[Value], keywords: Keywords) -> Result<Value> {
    arguments::none("dict.copy", args, keywords)?;
    let copy = Dict::default();
    copy.extend(dict(receiver))?;
    Ok(Value::new(copy))
}

/// `dict.fromkeys(keys, value=None)`: belongs to the class, the receiver does not count.
fn fromkeys(cx: &mut dyn Caller, _: &Value, args: &[Value], keywords: Keywords) -> Result<Value> {
    arguments::no_keywords("dict.fromkeys", keywords)?;
    arguments::count("fromkeys", args, 1, 2)?;
    let value = args.get(1).cloned().unwrap_or_else(Value::none);
    let dict = Dict::default();
    iteration::for_each(cx, &args[0], |_, key| Ok(dict.insert(key, value.clone())?))?;
    Ok(Value::new(dict))
}

fn get(receiver: &Value, args: &[Value], keywords: Keywords) -> Result<Value> {
    arguments::no_keywords("dict.get", keywords)?;
    arguments::count("get", args, 1, 2)?;
    let found = dict(receiver).get(&args[0])?;
    Ok(found.or_else(|| args.get(1).cloned()).unwrap_or_else(Value::none))
}

fn view(name: &str, part: DictPart, receiver: &Value, args: &[Value], keywords: Keywords) -> Result<Value> {
    arguments::none(name, args, keywords)?;
    Ok(Value::new(DictView { dict: receiver.clone(), part }))
}

fn isdisjoint(cx: &mut dyn Caller, receiver: &Value, args: &[Value], keywords: Keywords) -> Result<Value> {
    let name = format!("{}.isdisjoint", receiver.type_name());
    match sets::is_disjoint_view(cx, receiver, arguments::one(&name, args, keywords)?)? {
        Some(disjoint) => Ok(Value::bool(disjoint)),
        None => Err(super::no_attribute(receiver, "isdisjoint")),
    }
}

fn pop(receiver: &Value, args: &[Value], keywords: Keywords) -> Result<Value> {
    arguments::no_keywords("dict.pop", keywords)?;
    arguments::count("pop", args, 1, 2)?;
    let dict = dict(receiver);
    // An empty dict does not ask the key for its hash.
    let removed = if dict.is_empty() { None } else { dict.remove(&args[0])? };
    removed.or_else(|| args.get(1).cloned()).ok_or_else(|| key_error(&args[0]))
}

fn popitem(receiver: &Value, args: &[Value], keywords: Keywords) -> Result<Value> {
    arguments::none("dict.popitem", args, keywords)?;
    match dict(receiver).pop_last() {
        Some((key, value)) => Ok(Value::tuple(vec![key, value])),
        None => Err(Raised::new(ErrorKind::KeyError, "popitem(): dictionary is empty")),
    }
}

fn setdefault(receiver: &Value, args: &[Value], keywords: Keywords) -> Result<Value> {
    arguments::no_keywords("dict.setdefault", keywords)?;
    arguments::count("setdefault", args, 1, 2)?;
    let dict = dict(receiver);
    if let Some(value) = dict.get(&args[0])? {
        return Ok(value);
    }
    let value = args.get(1).cloned().unwrap_or_else(Value::none);
    dict.insert(args[0].clone(), value.clone())?;
    Ok(value)
}

fn update(cx: &mut dyn Caller, receiver: &Value, args: &[Value], keywords: Keywords) -> Result<Value> {
    arguments::count("update", args, 0, 1)?;
    let dict = dict(receiver);
    if let Some(source) = args.first() {
        convert::update(cx, dict, source)?;
    }
    for (key, value) in keywords {
        dict.insert(Value::str(&**key), value.clone())?;
    }
    Ok(Value::none())
}
