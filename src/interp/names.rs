//! Names that are bound nowhere: what they may have meant, as CPython says it.

use super::builtins;
use super::runtime::Runtime;
use super::window::Window;
use crate::bytecode::chunk::GlobalId;
use crate::diagnostic::ErrorKind;
use crate::exception::Raised;
use crate::objects::suggest::suggest;
use crate::value::{Cell, Code, Value};

/// Python's own names beside its exceptions, in its order. Those that toy lacks are refused, not unknown.
const BUILTINS: &str = "\
    abs all any ascii bin breakpoint callable chr compile delattr dir divmod eval exec format getattr globals hasattr \
    hash hex id input isinstance issubclass iter aiter len locals max min next anext oct ord pow print repr round \
    setattr sorted sum vars NotImplemented bool memoryview bytearray bytes classmethod complex dict enumerate filter \
    float frozenset property int list map object range reversed set slice staticmethod str super tuple type zip \
    BaseExceptionGroup ExceptionGroup open quit exit copyright credits license help";

/// The modules of Python's standard library.
const MODULES: &str = "\
    abc antigravity argparse array ast asyncio atexit base64 bdb binascii bisect builtins bz2 cProfile calendar cmath \
    cmd code codecs codeop collections colorsys compileall concurrent configparser contextlib contextvars copy copyreg \
    csv ctypes curses dataclasses datetime dbm decimal difflib dis doctest email encodings ensurepip enum errno \
    faulthandler fcntl filecmp fileinput fnmatch fractions ftplib functools gc genericpath getopt getpass gettext glob \
    graphlib grp gzip hashlib heapq hmac html http idlelib imaplib importlib inspect io ipaddress itertools json \
    keyword linecache locale logging lzma mailbox marshal math mimetypes mmap modulefinder msvcrt multiprocessing \
    netrc nt ntpath nturl2path numbers opcode operator optparse os pathlib pdb pickle pickletools pkgutil platform \
    plistlib poplib posix posixpath pprint profile pstats pty pwd py_compile pyclbr pydoc pydoc_data pyexpat queue \
    quopri random re readline reprlib resource rlcompleter runpy sched secrets select selectors shelve shlex shutil \
    signal site smtplib socket socketserver sqlite3 sre_compile sre_constants sre_parse ssl stat statistics string \
    stringprep struct subprocess symtable sys sysconfig syslog tabnanny tarfile tempfile termios textwrap this \
    threading time timeit tkinter token tokenize tomllib trace traceback tracemalloc tty turtle turtledemo types typing \
    unicodedata unittest urllib uuid venv warnings wave weakref webbrowser winreg winsound wsgiref xml xmlrpc zipapp \
    zipfile zipimport zlib zoneinfo";

impl Runtime {
    /// `NameError` for a global that is not bound, looked up by a function whose variables are in a window.
    #[cold]
    pub fn unknown_name(&self, id: GlobalId, code: &Code, window: &Window) -> Raised {
        let name = &*self.names[id.0 as usize];
        let python = || BUILTINS.split_whitespace();
        if python().any(|known| known == name) {
            return Raised::new(ErrorKind::NotImplementedError, format!("toy does not have Python's '{name}'"));
        }
        let raised = Raised::new(ErrorKind::NameError, format!("name '{name}' is not defined"));
        let raised = raised.member("name", Value::str(name));

        let locals = bound_locals(code, window);
        let own: Vec<&str> = builtins::globals().map(|(name, _)| name).collect();
        let globals = self.names.iter().zip(&self.globals).filter(|(_, value)| value.is_some());
        let globals = globals.map(|(name, _)| &**name).filter(|name| !own.contains(name));
        // Of names that are equally near, the first counts.
        let known = python().filter(|name| own.contains(name)).chain(own.iter().copied());
        let near = suggest(name, locals.into_iter().chain(globals).chain(known));
        match (near, MODULES.split_whitespace().any(|module| module == name)) {
            (Some(near), false) => raised.hint(format!("Did you mean: '{near}'?")),
            (Some(near), true) => raised.hint(format!("Did you mean: '{near}'? Or did you forget to import '{name}'?")),
            (None, true) => raised.hint(format!("Did you forget to import '{name}'?")),
            (None, false) => raised,
        }
    }
}

/// The local variables that have a value: a function's own before those of the functions around it.
fn bound_locals<'a>(code: &'a Code, window: &Window) -> Vec<&'a str> {
    let free = code.chunk.free_registers();
    let is_bound = |register: usize| match window.try_get(register as u16) {
        Some(value) => value.get::<Cell>().is_none_or(|cell| cell.get().is_some()),
        None => false,
    };
    let registers = 0..code.chunk.locals.len();
    let own = registers.filter(|register| !free.contains(register));
    own.chain(free.clone())
        .filter(|register| is_bound(*register))
        .map(|register| &*code.chunk.locals[register])
        .collect()
}
