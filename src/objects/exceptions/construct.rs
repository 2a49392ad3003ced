//! Calls of exception classes: which arguments each takes, and which of its attributes come from them.

use super::os;
use crate::diagnostic::ErrorKind;
use crate::exception::{Raised, Result};
use crate::objects::arguments::{self, Keywords};
use crate::objects::number::to_index;
use crate::value::{ExceptionObject, ExceptionState, Kind, Member, Value};

/// `class(*args, **keywords)`.
///
/// # Errors
/// `TypeError` for arguments that the class does not take; `NotImplementedError` for the place of a `SyntaxError`.
pub fn construct(class: ErrorKind, args: &[Value], keywords: Keywords) -> Result<Value> {
    let mut state = ExceptionState::new(args.to_vec());
    state.members = from_keywords(class, keywords)?;
    if class.is_a(ErrorKind::OSError) {
        let class = os::arguments(class, args, &mut state);
        return Ok(Value::new(ExceptionObject { class, state: state.into() }));
    }
    if class.is_a(ErrorKind::UnicodeError) && class != ErrorKind::UnicodeError {
        state.members = unicode(class, args)?;
    }
    if class.is_a(ErrorKind::SyntaxError) && args.len() == 2 {
        return Err(Raised::new(ErrorKind::NotImplementedError, "toy takes a SyntaxError's message without a place"));
    }
    Ok(Value::new(ExceptionObject { class, state: state.into() }))
}

fn from_keywords(class: ErrorKind, keywords: Keywords) -> Result<Vec<Member>> {
    let (base, names): (ErrorKind, &[&'static str]) = match class {
        _ if class.is_a(ErrorKind::AttributeError) => (ErrorKind::AttributeError, &["name", "obj"]),
        _ if class.is_a(ErrorKind::NameError) => (ErrorKind::NameError, &["name"]),
        _ if class.is_a(ErrorKind::ImportError) => (ErrorKind::ImportError, &["name", "path", "name_from"]),
        _ => {
            arguments::no_keywords(class.name(), keywords)?;
            return Ok(Vec::new());
        }
    };
    if keywords.len() > names.len() {
        let s = if names.len() == 1 { "" } else { "s" };
        return Err(Raised::type_error(format!(
            "{}() takes at most {} keyword argument{s} ({} given)",
            base.name(),
            names.len(),
            keywords.len()
        )));
    }
    let member = |(key, value): &(std::rc::Rc<str>, Value)| match names.iter().find(|name| ***name == **key) {
        Some(name) => Ok(((*name).into(), value.clone())),
        None => Err(arguments::unexpected_keyword(base.name(), key)),
    };
    keywords.iter().map(member).collect()
}

/// The attributes of the three errors of text encodings.
fn unicode(class: ErrorKind, args: &[Value]) -> Result<Vec<Member>> {
    let names: &[&'static str] = match class {
        ErrorKind::UnicodeTranslateError => &["object", "start", "end", "reason"],
        _ => &["encoding", "object", "start", "end", "reason"],
    };
    if args.len() != names.len() {
        let wanted = names.len();
        return Err(Raised::type_error(format!("function takes exactly {wanted} arguments ({} given)", args.len())));
    }
    for (at, (name, value)) in names.iter().zip(args).enumerate() {
        match *name {
            "start" | "end" => drop(to_index(value)?),
            "object" if class == ErrorKind::UnicodeDecodeError => {}
            _ if value.kind() != Kind::Str => {
                let found = arguments::shown_type(value);
                return Err(Raised::type_error(format!("argument {} must be str, not {found}", at + 1)));
            }
            _ => {}
        }
    }
    // toy has no bytes.
    if class == ErrorKind::UnicodeDecodeError {
        return Err(Raised::type_error(format!("a bytes-like object is required, not '{}'", args[1].type_name())));
    }
    Ok(names.iter().map(|name| (*name).into()).zip(args.iter().cloned()).collect())
}
