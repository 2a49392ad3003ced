//! The module `sys`.

use crate::bytecode::chunk::Flags;
use crate::diagnostic::ErrorKind;
use crate::exception::{Raised, Result};
use crate::interp::call::Args;
use crate::interp::numpy::RuntimeFn;
use crate::interp::runtime::Runtime;
use crate::objects::arguments;
use crate::objects::files::stream;
use crate::objects::number::{IndexValue, index_value, not_an_integer};
use crate::value::{Kind, Tuple, Value};

pub const FUNCTIONS: &[(&str, RuntimeFn)] =
    &[("exit", exit), ("getrecursionlimit", get_recursion_limit), ("setrecursionlimit", set_recursion_limit)];

/// What CPython's module has and scripts may look for; toy's has not.
pub const REFUSED: &[&str] = &[
    "__stderr__",
    "__stdin__",
    "__stdout__",
    "exc_info",
    "executable",
    "flags",
    "getrefcount",
    "getsizeof",
    "hash_info",
    "implementation",
    "int_info",
    "intern",
    "modules",
    "path",
    "platform",
    "set_int_max_str_digits",
    "settrace",
    "version",
    "version_info",
];

/// What is no function.
pub const ATTRIBUTES: &[&str] =
    &["argv", "byteorder", "float_info", "maxsize", "maxunicode", "stderr", "stdin", "stdout"];

/// An attribute that is no function.
pub fn attribute(cx: &Runtime, name: &str) -> Option<Value> {
    Some(match name {
        "argv" => cx.system.argv.clone(),
        "byteorder" => Value::str(if cfg!(target_endian = "little") { "little" } else { "big" }),
        "float_info" => cx.system.float_info.clone(),
        "maxsize" => Value::int(i64::MAX),
        "maxunicode" => Value::int(char::MAX as i64),
        "stderr" => cx.system.stderr.clone(),
        "stdin" => cx.system.stdin.clone(),
        "stdout" => cx.system.stdout.clone(),
        _ => return None,
    })
}

/// `exit(status=None)`: raises `SystemExit`.
fn exit(_: &mut Runtime, args: Args, _: Flags) -> Result<Value> {
    arguments::no_keywords("sys.exit", &args.keywords)?;
    arguments::count("exit", &args.positional, 0, 1)?;
    let args = match args.positional.first() {
        None => Vec::new(),
        Some(status) if status.kind() == Kind::None => Vec::new(),
        Some(status) => status.get::<Tuple>().map_or_else(|| vec![status.clone()], |statuses| statuses.0.to_vec()),
    };
    Err(Raised::with_args(ErrorKind::SystemExit, args))
}

/// `exit(code=None)` and `quit(code=None)`, which Python's `site` adds.
pub fn quit(cx: &mut Runtime, args: Args, _: Flags) -> Result<Value> {
    let function = "Quitter.__call__";
    let given = args.positional.len() + 1;
    if given > 2 {
        let message = format!("{function}() takes from 1 to 2 positional arguments but {given} were given");
        return Err(Raised::type_error(message));
    }
    let [named] = arguments::named(function, ["code"], &args.keywords)?;
    let code = match (args.positional.first(), named) {
        (Some(_), Some(_)) => {
            return Err(Raised::type_error(format!("{function}() got multiple values for argument 'code'")));
        }
        (Some(code), None) => code.clone(),
        (None, code) => code.unwrap_or_else(Value::none),
    };
    stream(&cx.system.stdin).close()?;
    Err(Raised::with_args(ErrorKind::SystemExit, vec![code]))
}

fn get_recursion_limit(cx: &mut Runtime, args: Args, _: Flags) -> Result<Value> {
    arguments::none("sys.getrecursionlimit", &args.positional, &args.keywords)?;
    Ok(Value::int(cx.max_depth as i64))
}

fn set_recursion_limit(cx: &mut Runtime, args: Args, _: Flags) -> Result<Value> {
    let limit = arguments::one("sys.setrecursionlimit", &args.positional, &args.keywords)?;
    let limit = match index_value(limit) {
        Some(IndexValue::At(limit)) => i32::try_from(limit).ok(),
        Some(IndexValue::Huge { .. }) => None,
        None => return Err(not_an_integer(limit)),
    };
    match limit {
        None => Err(Raised::new(ErrorKind::OverflowError, "Python int too large to convert to C int")),
        Some(..1) => Err(Raised::value_error("recursion limit must be greater or equal than 1")),
        Some(limit) if cx.calls.is_full(limit as usize) => {
            let depth = cx.calls.depth();
            let message = format!(
                "cannot set the recursion limit to {limit} at the recursion depth {depth}: the limit is too low"
            );
            Err(Raised::new(ErrorKind::RecursionError, message))
        }
        Some(limit) => {
            cx.max_depth = limit as usize;
            Ok(Value::none())
        }
    }
}
