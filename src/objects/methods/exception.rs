//! Methods and attributes of exceptions. Some attributes belong to some classes only, and those are `None` unless the
//! call of the class, or who raised it, gave them.

use super::{Members, NOTHING};
use crate::diagnostic::ErrorKind;
use crate::exception::{Raised, Result};
use crate::objects::arguments::{self, Keywords};
use crate::value::{ExceptionObject, ExceptionState, Kind, List, Traceback, Tuple, Value};

pub(super) static EXCEPTION: Members = Members {
    methods: &[("add_note", add_note), ("with_traceback", with_traceback)],
    attributes: &[
        ("__cause__", |value| or_none(state(value).cause.as_ref())),
        ("__context__", |value| or_none(state(value).context.as_ref())),
        ("__suppress_context__", |value| Value::bool(state(value).suppress_context)),
        ("__traceback__", |value| match &state(value).places {
            places if places.is_empty() => Value::none(),
            places => Value::new(Traceback(places.clone())),
        }),
    ],
    refused: &["__setstate__"],
    ..NOTHING
};

/// The attributes of each class beyond those of the classes that it extends.
const MEMBERS: &[(ErrorKind, &[&str])] = &[
    (ErrorKind::BaseException, &["args"]),
    (ErrorKind::AttributeError, &["name", "obj"]),
    (ErrorKind::ImportError, &["msg", "name", "name_from", "path"]),
    (ErrorKind::NameError, &["name"]),
    (ErrorKind::OSError, &["errno", "filename", "filename2", "strerror"]),
    (ErrorKind::StopIteration, &["value"]),
    (
        ErrorKind::SyntaxError,
        &["end_lineno", "end_offset", "filename", "lineno", "msg", "offset", "print_file_and_line", "text"],
    ),
    (ErrorKind::SystemExit, &["code"]),
    (ErrorKind::UnicodeDecodeError, &["encoding", "end", "object", "reason", "start"]),
    (ErrorKind::UnicodeEncodeError, &["encoding", "end", "object", "reason", "start"]),
    (ErrorKind::UnicodeTranslateError, &["encoding", "end", "object", "reason", "start"]),
];

fn exception(receiver: &Value) -> &ExceptionObject {
    receiver.get().expect("a method of exceptions")
}

fn state(receiver: &Value) -> std::cell::Ref<'_, ExceptionState> {
    exception(receiver).state.borrow()
}

fn or_none(value: Option<&Value>) -> Value {
    value.cloned().unwrap_or_else(Value::none)
}

/// The names of the attributes that an exception has by its class.
pub(super) fn names(value: &Value) -> impl Iterator<Item = &'static str> {
    let class = value.get::<ExceptionObject>().map(|exception| exception.class);
    let own = MEMBERS.iter().filter(move |(owner, _)| class.is_some_and(|class| class.is_a(*owner)));
    own.flat_map(|(_, names)| names.iter().copied())
}

/// An attribute that an exception has by its class, or that was set; `None` where there is none of that name.
pub(super) fn member(value: &Value, name: &str) -> Option<Result<Value>> {
    let class = value.get::<ExceptionObject>()?.class;
    let state = state(value);
    if name == "__notes__" {
        return Some(state.notes.clone().ok_or_else(|| super::no_attribute(value, name)));
    }
    let found = state.member(name).cloned();
    if found.is_none() && matches!(name, "args" | "object") && is_undecodable(class, &state) {
        let message = format!("toy does not have '{name}' of 'UnicodeDecodeError' objects: it has no bytes");
        return Some(Err(Raised::new(ErrorKind::NotImplementedError, message)));
    }
    if found.is_none() && !names(value).any(|known| known == name) {
        return None;
    }
    Some(Ok(found.unwrap_or_else(|| from_arguments(class, name, &state.args))))
}

/// Whether the arguments are not CPython's, one of which holds bytes.
fn is_undecodable(class: ErrorKind, state: &ExceptionState) -> bool {
    class == ErrorKind::UnicodeDecodeError && state.args().len() == 1
}

/// Attributes that repeat the arguments.
fn from_arguments(class: ErrorKind, name: &str, args: &Value) -> Value {
    match (name, &*args.get::<Tuple>().expect("arguments are a tuple").0) {
        ("args", _) => args.clone(),
        ("value", [first, ..]) => first.clone(),
        ("msg", [first]) => first.clone(),
        ("msg", [first, ..]) if class.is_a(ErrorKind::SyntaxError) => first.clone(),
        ("code", [code]) => code.clone(),
        ("code", [_, _, ..]) => args.clone(),
        _ => Value::none(),
    }
}

fn add_note(receiver: &Value, args: &[Value], keywords: Keywords) -> Result<Value> {
    let note = arguments::one("BaseException.add_note", args, keywords)?;
    if note.kind() != Kind::Str {
        return Err(Raised::type_error(format!("note must be a str, not '{}'", note.type_name())));
    }
    let mut state = exception(receiver).state.borrow_mut();
    match state.notes.get_or_insert_with(|| Value::list(Vec::new())).get::<List>() {
        Some(notes) => notes.0.push(note.clone()),
        None => return Err(Raised::type_error("Cannot add note: __notes__ is not a list")),
    }
    Ok(Value::none())
}

fn with_traceback(receiver: &Value, args: &[Value], keywords: Keywords) -> Result<Value> {
    let traceback = arguments::one("BaseException.with_traceback", args, keywords)?;
    let places = match (traceback.kind(), traceback.get::<Traceback>()) {
        (Kind::None, _) => Vec::new(),
        (_, Some(Traceback(places))) => places.clone(),
        _ => return Err(Raised::type_error("__traceback__ must be a traceback or None")),
    };
    exception(receiver).state.borrow_mut().places = places;
    Ok(receiver.clone())
}
