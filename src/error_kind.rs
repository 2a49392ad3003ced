//! The built-in exception classes and their hierarchy, in one table.

/// Declares every class, spelled as Python spells it, with the classes that it extends.
macro_rules! error_kinds {
    ($($kind:ident $name:literal ($($parent:ident),*))*) => {
        /// The class of an exception, as Python names it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum ErrorKind {
            $($kind,)*
        }

        impl ErrorKind {
            /// Every class, in the order of declaration: parents come before their children.
            pub const ALL: &[ErrorKind] = &[$(ErrorKind::$kind,)*];

            /// The name with its module, unless that is `builtins`: what a traceback ends with.
            pub const fn qualified_name(self) -> &'static str {
                match self {
                    $(ErrorKind::$kind => $name,)*
                }
            }

            /// The name of the class.
            pub const fn name(self) -> &'static str {
                match self {
                    $(ErrorKind::$kind => stringify!($kind),)*
                }
            }

            /// The classes that this one extends directly.
            pub const fn parents(self) -> &'static [ErrorKind] {
                match self {
                    $(ErrorKind::$kind => &[$(ErrorKind::$parent),*],)*
                }
            }
        }
    };
}

error_kinds! {
    BaseException "BaseException" ()
    GeneratorExit "GeneratorExit" (BaseException)
    KeyboardInterrupt "KeyboardInterrupt" (BaseException)
    SystemExit "SystemExit" (BaseException)
    Exception "Exception" (BaseException)

    ArithmeticError "ArithmeticError" (Exception)
    FloatingPointError "FloatingPointError" (ArithmeticError)
    OverflowError "OverflowError" (ArithmeticError)
    ZeroDivisionError "ZeroDivisionError" (ArithmeticError)
    AssertionError "AssertionError" (Exception)
    AttributeError "AttributeError" (Exception)
    BufferError "BufferError" (Exception)
    EOFError "EOFError" (Exception)
    ImportError "ImportError" (Exception)
    ModuleNotFoundError "ModuleNotFoundError" (ImportError)
    LookupError "LookupError" (Exception)
    IndexError "IndexError" (LookupError)
    KeyError "KeyError" (LookupError)
    MemoryError "MemoryError" (Exception)
    NameError "NameError" (Exception)
    UnboundLocalError "UnboundLocalError" (NameError)
    ReferenceError "ReferenceError" (Exception)
    RuntimeError "RuntimeError" (Exception)
    NotImplementedError "NotImplementedError" (RuntimeError)
    PythonFinalizationError "PythonFinalizationError" (RuntimeError)
    RecursionError "RecursionError" (RuntimeError)
    StopAsyncIteration "StopAsyncIteration" (Exception)
    StopIteration "StopIteration" (Exception)
    SyntaxError "SyntaxError" (Exception)
    IndentationError "IndentationError" (SyntaxError)
    TabError "TabError" (IndentationError)
    SystemError "SystemError" (Exception)
    TypeError "TypeError" (Exception)
    ValueError "ValueError" (Exception)
    UnicodeError "UnicodeError" (ValueError)
    UnicodeDecodeError "UnicodeDecodeError" (UnicodeError)
    UnicodeEncodeError "UnicodeEncodeError" (UnicodeError)
    UnicodeTranslateError "UnicodeTranslateError" (UnicodeError)

    OSError "OSError" (Exception)
    BlockingIOError "BlockingIOError" (OSError)
    ChildProcessError "ChildProcessError" (OSError)
    ConnectionError "ConnectionError" (OSError)
    BrokenPipeError "BrokenPipeError" (ConnectionError)
    ConnectionAbortedError "ConnectionAbortedError" (ConnectionError)
    ConnectionRefusedError "ConnectionRefusedError" (ConnectionError)
    ConnectionResetError "ConnectionResetError" (ConnectionError)
    FileExistsError "FileExistsError" (OSError)
    FileNotFoundError "FileNotFoundError" (OSError)
    InterruptedError "InterruptedError" (OSError)
    IsADirectoryError "IsADirectoryError" (OSError)
    NotADirectoryError "NotADirectoryError" (OSError)
    PermissionError "PermissionError" (OSError)
    ProcessLookupError "ProcessLookupError" (OSError)
    TimeoutError "TimeoutError" (OSError)

    Warning "Warning" (Exception)
    BytesWarning "BytesWarning" (Warning)
    DeprecationWarning "DeprecationWarning" (Warning)
    EncodingWarning "EncodingWarning" (Warning)
    FutureWarning "FutureWarning" (Warning)
    ImportWarning "ImportWarning" (Warning)
    PendingDeprecationWarning "PendingDeprecationWarning" (Warning)
    ResourceWarning "ResourceWarning" (Warning)
    RuntimeWarning "RuntimeWarning" (Warning)
    SyntaxWarning "SyntaxWarning" (Warning)
    UnicodeWarning "UnicodeWarning" (Warning)
    UserWarning "UserWarning" (Warning)

    AxisError "numpy.exceptions.AxisError" (ValueError, IndexError)
    UnsupportedOperation "io.UnsupportedOperation" (OSError, ValueError)
}

impl ErrorKind {
    /// The first class that this one extends; `BaseException` extends none.
    pub const fn parent(self) -> Option<ErrorKind> {
        self.parents().first().copied()
    }

    /// Whether an exception of this class is caught as `other`.
    pub fn is_a(self, other: ErrorKind) -> bool {
        self == other || self.parents().iter().any(|parent| parent.is_a(other))
    }

    /// The classes that every script knows by name, with the two that have a second one.
    pub fn builtins() -> impl Iterator<Item = (&'static str, ErrorKind)> {
        let own = ErrorKind::ALL.iter().filter(|kind| !kind.qualified_name().contains('.'));
        let second = [("EnvironmentError", ErrorKind::OSError), ("IOError", ErrorKind::OSError)];
        own.map(|kind| (kind.name(), *kind)).chain(second)
    }
}
