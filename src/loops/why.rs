//! Why a loop is not compiled, or is left: each reason has a code, and a page that `toy explain` shows.

use std::fmt;

use crate::source::Span;

/// A reason, at its place in the source.
#[derive(Clone, Debug, PartialEq)]
pub struct Why {
    pub reason: Reason,
    /// What it is about: a name, a type.
    pub detail: String,
    pub span: Span,
}

macro_rules! reasons {
    ($($name:ident $code:literal $title:literal;)*) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Reason { $($name,)* }

        impl Reason {
            pub const ALL: &'static [Reason] = &[$(Reason::$name),*];

            /// `T0001`, …
            pub const fn code(self) -> &'static str {
                match self { $(Reason::$name => $code,)* }
            }

            /// What it is, in a line.
            pub const fn title(self) -> &'static str {
                match self { $(Reason::$name => $title,)* }
            }
        }
    };
}

reasons! {
    Call "T0001" "a call that typed code cannot make";
    Method "T0002" "a method that typed code does not know";
    Attribute "T0003" "an attribute that typed code does not know";
    Operand "T0004" "an operator on values that are not numbers";
    Element "T0005" "an element that typed code cannot read or write";
    Container "T0006" "a list, tuple, dict, set or string is made";
    Iterable "T0007" "an iterable that typed code does not know";
    Construct "T0008" "a construct that typed code leaves to the interpreter";
    Exception "T0009" "an exception is raised or handled";
    Unbound "T0010" "a variable that may have no value yet";
    Effects "T0011" "an inlined function that changes something";
    ChangedType "T0012" "a value whose type is not the one seen before";
    Overflow "T0013" "an integer beyond 64 bits";
    Bounds "T0014" "an index outside of its list or array";
    Division "T0015" "a division by zero, or of very large integers";
    Domain "T0016" "a function outside of its domain or range";
    ManyTypes "T0017" "variables of too many different types";
    Large "T0018" "a loop that is too large";
    Generator "T0019" "a loop of a generator";
    NoCode "T0020" "no machine code could be made";
    Branches "T0021" "not an array expression: the loop may end in the middle";
    Recurrence "T0022" "not an array expression: an iteration needs what the one before has computed";
    Checks "T0023" "not an array expression: a check is needed in each iteration";
    NoVector "T0024" "not an array expression";
    NotOnce "T0025" "not an array expression: the checks of all iterations cannot be made beforehand";
}

impl Why {
    pub fn new(reason: Reason, detail: impl Into<String>, span: Span) -> Why {
        Why { reason, detail: detail.into(), span }
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.detail.is_empty() {
            f.write_str(self.reason.title())
        } else {
            write!(f, "{}: {}", self.reason.title(), self.detail)
        }
    }
}
