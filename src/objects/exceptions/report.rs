//! What is said of an exception that the script did not catch.

use crate::diagnostic::ErrorKind;
use crate::exception::{NO_TEXT, Raised};
use crate::objects::methods;
use crate::traceback::{Chain, Link, RuntimeDiagnostic};
use crate::value::{ExceptionObject, ExceptionState, Kind, List, Tuple, Value, repr, to_str};

/// How a script ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// With this exit status: `SystemExit` was raised.
    Exit(u8),
    /// With this text on standard error and exit status 1: `SystemExit("text")`.
    Message(String),
    /// With a traceback.
    Error(Chain),
}

/// How an exception that nothing caught ends the script.
pub fn ending(raised: Raised) -> Ending {
    let exception = raised.into_value();
    if !object(&exception).class.is_a(ErrorKind::SystemExit) {
        return Ending::Error(chain(&exception));
    }
    let state = object(&exception).state.borrow();
    let code = match state.args() {
        [] => return Ending::Exit(0),
        [code] => code,
        _ => &state.args,
    };
    match code.kind() {
        Kind::None => Ending::Exit(0),
        Kind::Int => Ending::Exit(*code.get::<i64>().expect("the tag says so") as u8),
        Kind::Bool => Ending::Exit(*code.get::<bool>().expect("the tag says so") as u8),
        // As C's -1, which CPython takes for what fits no machine word.
        Kind::BigInt => Ending::Exit(u8::MAX),
        _ => Ending::Message(to_str(code).unwrap_or_default()),
    }
}

fn object(value: &Value) -> &ExceptionObject {
    value.get().expect("an exception")
}

/// The exception and those that led to it, none of them twice.
fn chain(exception: &Value) -> Chain {
    let mut seen = std::collections::HashSet::from([exception.address()]);
    let mut earlier = Vec::new();
    let mut at = exception.clone();
    while let Some((next, link)) = led_to(&at, |value| !seen.contains(&value.address())) {
        seen.insert(next.address());
        earlier.push((diagnostic(&next), link));
        at = next;
    }
    earlier.reverse();
    Chain { earlier, last: diagnostic(exception) }
}

fn led_to(exception: &Value, unseen: impl Fn(&Value) -> bool) -> Option<(Value, Link)> {
    let state = object(exception).state.borrow();
    let find = |value: &Option<Value>| value.clone().filter(&unseen);
    match find(&state.cause) {
        Some(cause) => Some((cause, Link::Cause)),
        None if state.suppress_context => None,
        None => find(&state.context).map(|context| (context, Link::Context)),
    }
}

/// One exception, without what led to it.
fn diagnostic(exception: &Value) -> RuntimeDiagnostic {
    let object = object(exception);
    let state = object.state.borrow();
    let mut message = to_str(exception).unwrap_or_else(|_| NO_TEXT.into());
    if let Some(hint) = state.hint.clone().or_else(|| attribute_hint(object.class, &state)) {
        message += &format!(". {hint}");
    }
    if object.class.is_a(ErrorKind::SyntaxError) && is_empty(&state) {
        message = "<no detail available>".into();
    }
    let notes = state.notes.as_ref().map(notes).unwrap_or_default();
    RuntimeDiagnostic { kind: object.class, message, notes, traceback: state.places.iter().rev().cloned().collect() }
}

/// The items of `__notes__`; what is no sequence is shown as it is.
fn notes(notes: &Value) -> Vec<String> {
    let text = |note: &Value| to_str(note).unwrap_or_else(|_| "<note str() failed>".into());
    match (notes.get::<List>(), notes.get::<Tuple>()) {
        (Some(list), _) => list.0.snapshot().iter().map(text).collect(),
        (_, Some(tuple)) => tuple.0.iter().map(text).collect(),
        _ if notes.kind() == Kind::None => Vec::new(),
        _ => vec![repr(notes).unwrap_or_else(|_| "<__notes__ repr() failed>".into())],
    }
}

/// An attribute that the object does have, and that may have been meant.
fn attribute_hint(class: ErrorKind, state: &ExceptionState) -> Option<String> {
    let (name, object) = (state.member("name")?.as_str()?, state.member("obj")?);
    let near = methods::nearest(object, name).filter(|_| class.is_a(ErrorKind::AttributeError))?;
    Some(format!("Did you mean: '{near}'?"))
}

/// Whether a `SyntaxError` has nothing to say.
fn is_empty(state: &ExceptionState) -> bool {
    state.args().first().is_none_or(|message| {
        message.kind() == Kind::None || repr(message).is_ok_and(|text| matches!(&*text, "''" | "0" | "False"))
    })
}
