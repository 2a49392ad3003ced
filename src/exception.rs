//! Exceptions on their way: cheap while they travel, objects once something looks at them.

use crate::array::ArrayError;
use crate::diagnostic::ErrorKind;
use crate::interrupt::Interrupted;
pub use crate::source::Place;
use crate::value::{
    ExceptionObject, ExceptionState, MAX_DECIMAL_DIGITS, Member, Unordered, Unprintable, Value, exception_text,
    str_repr, to_str,
};

/// A raised exception. One pointer, so that a handler's result stays small.
#[derive(Debug)]
pub struct Raised(Box<Raise>);

#[derive(Debug)]
struct Raise {
    what: What,
    /// Whether this raise knows what was being handled, or that nothing was.
    has_context: bool,
    /// Whether it is no exception, but asks the machine to look where it stands.
    is_detour: bool,
}

#[derive(Debug)]
enum What {
    /// Raised by a built-in operation, and not yet seen by the script.
    Fresh(Fresh),
    Object(Value),
}

#[derive(Debug)]
struct Fresh {
    kind: ErrorKind,
    arguments: Arguments,
    members: Vec<Member>,
    context: Option<Value>,
    hint: Option<String>,
    places: Vec<Place>,
}

#[derive(Debug)]
enum Arguments {
    /// One string, or none if it is empty.
    Message(String),
    Values(Vec<Value>),
}

pub type Result<T> = std::result::Result<T, Raised>;

impl Raised {
    #[cold]
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Raised {
        Raised::fresh(kind, Arguments::Message(message.into()))
    }

    /// An exception whose arguments are more, or something else, than a message.
    #[cold]
    pub fn with_args(kind: ErrorKind, args: Vec<Value>) -> Raised {
        Raised::fresh(kind, Arguments::Values(args))
    }

    fn fresh(kind: ErrorKind, arguments: Arguments) -> Raised {
        let fresh = Fresh { kind, arguments, members: Vec::new(), context: None, hint: None, places: Vec::new() };
        Raised(Box::new(Raise { what: What::Fresh(fresh), has_context: false, is_detour: false }))
    }

    /// No exception: the machine is asked to look where it stands.
    #[cold]
    pub fn detour() -> Raised {
        let mut raised = Raised::new(ErrorKind::RuntimeError, "");
        raised.0.is_detour = true;
        raised
    }

    pub fn is_detour(&self) -> bool {
        self.0.is_detour
    }

    #[cold]
    pub fn type_error(message: impl Into<String>) -> Raised {
        Raised::new(ErrorKind::TypeError, message)
    }

    #[cold]
    pub fn value_error(message: impl Into<String>) -> Raised {
        Raised::new(ErrorKind::ValueError, message)
    }

    #[cold]
    pub fn index_error(message: impl Into<String>) -> Raised {
        Raised::new(ErrorKind::IndexError, message)
    }

    #[cold]
    pub fn memory_error() -> Raised {
        Raised::new(ErrorKind::MemoryError, "")
    }

    /// What a traceback says after the message; no part of `str(exception)`.
    #[cold]
    pub fn hint(mut self, hint: impl Into<String>) -> Raised {
        let hint = Some(hint.into());
        match &mut self.0.what {
            What::Fresh(fresh) => fresh.hint = hint,
            What::Object(value) => object(value).state.borrow_mut().hint = hint,
        }
        self
    }

    /// Sets an attribute of the class, such as `name` of a `NameError`.
    #[cold]
    pub fn member(mut self, name: &'static str, value: Value) -> Raised {
        match &mut self.0.what {
            What::Fresh(fresh) => fresh.members.push((name.into(), value)),
            What::Object(exception) => object(exception).state.borrow_mut().members.push((name.into(), value)),
        }
        self
    }

    /// Raises an exception object, or goes on with one that was caught.
    pub fn from_value(exception: Value) -> Raised {
        debug_assert!(exception.get::<ExceptionObject>().is_some());
        Raised(Box::new(Raise { what: What::Object(exception), has_context: false, is_detour: false }))
    }

    /// The exception as the script sees it.
    pub fn into_value(self) -> Value {
        match self.0.what {
            What::Object(value) => value,
            What::Fresh(fresh) => {
                let args = match fresh.arguments {
                    Arguments::Message(message) if message.is_empty() => Vec::new(),
                    Arguments::Message(message) => vec![Value::str(message)],
                    Arguments::Values(values) => values,
                };
                let state = ExceptionState {
                    members: fresh.members,
                    context: fresh.context,
                    hint: fresh.hint,
                    places: fresh.places,
                    ..ExceptionState::new(args)
                };
                Value::new(ExceptionObject { class: fresh.kind, state: state.into() })
            }
        }
    }

    pub fn kind(&self) -> ErrorKind {
        match &self.0.what {
            What::Fresh(fresh) => fresh.kind,
            What::Object(value) => object(value).class,
        }
    }

    /// Whether an attribute was looked up in vain, just now.
    pub fn is_failed_lookup(&self) -> bool {
        matches!(&self.0.what, What::Fresh(fresh) if fresh.kind == ErrorKind::AttributeError && fresh.places.is_empty())
    }

    /// `str(exception)`, or CPython's stand-in where that fails.
    pub fn message(&self) -> String {
        match &self.0.what {
            What::Fresh(fresh) => match &fresh.arguments {
                Arguments::Message(message) if fresh.kind == ErrorKind::KeyError => str_repr(message),
                Arguments::Message(message) => message.clone(),
                Arguments::Values(values) => {
                    exception_text(fresh.kind, values, &fresh.members).unwrap_or_else(|_| NO_TEXT.into())
                }
            },
            What::Object(value) => to_str(value).unwrap_or_else(|_| NO_TEXT.into()),
        }
    }

    /// Notes a call that the exception leaves, or in which it was raised.
    pub fn push(&mut self, place: Place) {
        match &mut self.0.what {
            What::Fresh(fresh) => fresh.places.push(place),
            What::Object(value) => object(value).state.borrow_mut().places.push(place),
        }
    }

    /// Goes on with an exception that was raised before: what was being handled then is known.
    pub fn keep_context(&mut self) {
        self.0.has_context = true;
    }

    /// Whether toy itself gave up. No handler sees that: in Python, nothing is raised there.
    pub fn is_refusal(&self) -> bool {
        matches!(&self.0.what, What::Fresh(fresh) if fresh.kind == ErrorKind::NotImplementedError)
    }

    /// Notes which exception was being handled when this one was raised. The first call for a raise counts: calls
    /// further out were handling theirs before.
    pub fn set_context(&mut self, handled: &Value) {
        if std::mem::replace(&mut self.0.has_context, true) {
            return;
        }
        match &mut self.0.what {
            What::Fresh(fresh) => fresh.context = Some(handled.clone()),
            What::Object(value) => set_context(value, handled),
        }
    }
}

/// What stands for the text of an exception that has none.
pub const NO_TEXT: &str = "<exception str() failed>";

fn object(value: &Value) -> &ExceptionObject {
    value.get().expect("only exceptions are raised")
}

/// Makes `handled` the context of an exception. Neither becomes part of its own context: as CPython does, a chain that
/// leads from `handled` back to the exception is cut.
fn set_context(exception: &Value, handled: &Value) {
    if exception.is(handled) {
        return;
    }
    let context = |value: &Value| object(value).state.borrow().context.clone();
    // Two walkers, one at half the speed: chains that are cycles already have no end.
    let (mut at, mut slow, mut steps) = (handled.clone(), handled.clone(), 0_usize);
    while let Some(next) = context(&at) {
        if next.is(exception) {
            object(&at).state.borrow_mut().context = None;
            break;
        }
        at = next;
        steps += 1;
        if at.is(&slow) {
            break;
        }
        if steps.is_multiple_of(2) {
            slow = context(&slow).unwrap_or(slow);
        }
    }
    object(exception).state.borrow_mut().context = Some(handled.clone());
}

impl From<ArrayError> for Raised {
    fn from(error: ArrayError) -> Raised {
        Raised::new(error.kind, error.message)
    }
}

impl From<Interrupted> for Raised {
    fn from(_: Interrupted) -> Raised {
        Raised::new(ErrorKind::KeyboardInterrupt, "")
    }
}

impl From<Unprintable> for Raised {
    fn from(why: Unprintable) -> Raised {
        match why {
            Unprintable::TooDeep => Raised::new(
                ErrorKind::RecursionError,
                "maximum recursion depth exceeded while getting the repr of an object",
            ),
            Unprintable::Interrupted => Interrupted.into(),
            Unprintable::Uncomputed(error) => error.into(),
            Unprintable::TooManyDigits => Raised::value_error(format!(
                "Exceeds the limit ({MAX_DECIMAL_DIGITS} digits) for integer string conversion; \
                 use sys.set_int_max_str_digits() to increase the limit"
            )),
        }
    }
}

impl From<Unordered> for Raised {
    fn from(error: Unordered) -> Raised {
        match error {
            Unordered::NotSupported(a, b) => Raised::type_error(format!(
                "'<' not supported between instances of '{}' and '{}'",
                a.type_name(),
                b.type_name()
            )),
            Unordered::AmbiguousTruth => Raised::value_error(
                "The truth value of an array with more than one element is ambiguous. Use a.any() or a.all()",
            ),
            Unordered::Unhashable(value) => Raised::type_error(format!("unhashable type: '{}'", value.type_name())),
            Unordered::Interrupted => Interrupted.into(),
            Unordered::TooDeep => {
                Raised::new(ErrorKind::RecursionError, "maximum recursion depth exceeded in comparison")
            }
        }
    }
}
