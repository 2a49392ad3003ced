//! Exceptions as objects, made when something in the script looks at one.

use std::borrow::Cow;
use std::cell::RefCell;

use super::{Kind, Str, Tuple, Unprintable, Value, repr, to_str};
use crate::diagnostic::ErrorKind;
use crate::source::Place;

/// An exception's payload.
pub struct ExceptionObject {
    pub class: ErrorKind,
    pub state: RefCell<ExceptionState>,
}

/// An attribute: its name and what it is.
pub type Member = (Cow<'static, str>, Value);

/// What may change while an exception lives.
pub struct ExceptionState {
    /// A tuple.
    pub args: Value,
    /// Attributes that only some classes have, such as `errno`; those that are absent are `None` in Python.
    pub members: Vec<Member>,
    pub cause: Option<Value>,
    pub context: Option<Value>,
    pub suppress_context: bool,
    /// A list, once there are any.
    pub notes: Option<Value>,
    /// The calls that the exception left, innermost first.
    pub places: Vec<Place>,
    /// "Did you mean …?", which a traceback shows and `str` does not.
    pub hint: Option<String>,
}

/// `__traceback__`: the places of an exception when it was asked for.
pub struct Traceback(pub Vec<Place>);

impl ExceptionState {
    pub fn new(args: Vec<Value>) -> ExceptionState {
        ExceptionState {
            args: Value::tuple(args),
            members: Vec::new(),
            cause: None,
            context: None,
            suppress_context: false,
            notes: None,
            places: Vec::new(),
            hint: None,
        }
    }

    pub fn args(&self) -> &[Value] {
        &self.args.get::<Tuple>().expect("arguments are a tuple").0
    }

    pub fn member(&self, name: &str) -> Option<&Value> {
        member(&self.members, name)
    }
}

fn member<'a>(members: &'a [Member], name: &str) -> Option<&'a Value> {
    members.iter().find(|(known, _)| *known == name).map(|(_, value)| value)
}

/// `str(exception)`.
pub(super) fn exception_to_str(value: &Value) -> Result<String, Unprintable> {
    let mut value = value.clone();
    // An exception may be the only argument of another, and so on without end.
    while let Some(exception) = value.get::<ExceptionObject>() {
        let state = exception.state.borrow();
        let inner = match state.args() {
            [only] if only.kind() == Kind::Exception && !exception.class.is_a(ErrorKind::KeyError) => only.clone(),
            args => return exception_text(exception.class, args, &state.members),
        };
        drop(state);
        value = inner;
    }
    to_str(&value)
}

/// What `str` gives for an exception of a class with these arguments and attributes.
pub fn exception_text(class: ErrorKind, args: &[Value], members: &[Member]) -> Result<String, Unprintable> {
    let member = |name: &str| member(members, name);
    if class.is_a(ErrorKind::KeyError)
        && let [key] = args
    {
        return repr(key);
    }
    if class.is_a(ErrorKind::SyntaxError) {
        return args.first().map_or(Ok("None".into()), to_str);
    }
    if let (Some(errno), Some(strerror)) = (member("errno"), member("strerror")) {
        let mut text = format!("[Errno {}] {}", to_str(errno)?, to_str(strerror)?);
        if let Some(filename) = member("filename") {
            text += &format!(": {}", repr(filename)?);
        }
        if let Some(filename) = member("filename2") {
            text += &format!(" -> {}", repr(filename)?);
        }
        return Ok(text);
    }
    if let (Some(object), Some(start), Some(end), Some(reason)) =
        (member("object"), member("start"), member("end"), member("reason"))
    {
        let doing = match member("encoding") {
            Some(encoding) => format!("'{}' codec can't encode", to_str(encoding)?),
            None => "can't translate".into(),
        };
        return Ok(format!("{doing} {}: {}", characters(object, start, end), to_str(reason)?));
    }
    match args {
        [] => Ok(String::new()),
        [only] => to_str(only),
        _ => repr(&Value::tuple(args.to_vec())),
    }
}

/// The characters of a string that an encoding does not have, and their position.
fn characters(object: &Value, start: &Value, end: &Value) -> String {
    let number = |value: &Value| value.get::<i64>().copied().unwrap_or_default();
    let (start, end) = (number(start), number(end));
    let first = object.get::<Str>().filter(|_| end == start + 1).and_then(|text| text.get(start.try_into().ok()?));
    match first.map(u32::from) {
        Some(code @ 0..=0xff) => format!("character '\\x{code:02x}' in position {start}"),
        Some(code @ 0x100..=0xffff) => format!("character '\\u{code:04x}' in position {start}"),
        Some(code) => format!("character '\\U{code:08x}' in position {start}"),
        None => format!("characters in position {start}-{}", end - 1),
    }
}
