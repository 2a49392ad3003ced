//! Exceptions on their way: cheap while they travel, given their places once, where they are raised.

use crate::array::ArrayError;
use crate::diagnostic::ErrorKind;
use crate::interrupt::Interrupted;
use crate::source::Span;
use crate::traceback::{RuntimeDiagnostic, TraceFrame};
use crate::value::{MAX_DECIMAL_DIGITS, Unhashable, Unordered, Unprintable};

/// A raised exception. One pointer, so that a handler's result stays small.
#[derive(Debug)]
pub struct Raised(Box<Exception>);

#[derive(Debug)]
pub struct Exception {
    pub kind: ErrorKind,
    pub message: String,
    /// The active calls, innermost first, as the exception left them.
    pub frames: Vec<Place>,
}

/// Where a call stood when an exception passed through it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub function: std::rc::Rc<str>,
    pub span: Span,
}

pub type Result<T> = std::result::Result<T, Raised>;

impl Raised {
    #[cold]
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Raised {
        Raised(Box::new(Exception { kind, message: message.into(), frames: Vec::new() }))
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

    pub fn push(&mut self, place: Place) {
        self.0.frames.push(place);
    }

    /// The exception as it is shown: outermost call first.
    pub fn diagnostic(&self) -> RuntimeDiagnostic {
        let frame = |place: &Place| TraceFrame { function: place.function.to_string(), span: place.span };
        let traceback = self.0.frames.iter().rev().map(frame).collect();
        RuntimeDiagnostic { kind: self.0.kind, message: self.0.message.clone(), traceback }
    }

    pub fn exception(&self) -> &Exception {
        &self.0
    }
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
            Unprintable::TooManyDigits => Raised::value_error(format!(
                "Exceeds the limit ({MAX_DECIMAL_DIGITS} digits) for integer string conversion; \
                 use sys.set_int_max_str_digits() to increase the limit"
            )),
        }
    }
}

impl From<Unhashable> for Raised {
    fn from(Unhashable(value): Unhashable) -> Raised {
        Raised::type_error(format!("unhashable type: '{}'", value.type_name()))
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
            Unordered::TooDeep => {
                Raised::new(ErrorKind::RecursionError, "maximum recursion depth exceeded in comparison")
            }
        }
    }
}
