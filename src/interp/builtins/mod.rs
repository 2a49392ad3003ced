//! The table of built-in functions: Python's own, and those of the built-in modules.

mod io;
mod sys;
mod time;

use std::sync::LazyLock;

use hashbrown::HashMap;

use super::call::Args;
use super::numpy::{self, RuntimeFn};
use super::runtime::Runtime;
use crate::bytecode::chunk::Flags;
use crate::diagnostic::ErrorKind;
use crate::exception::{Raised, Result};
use crate::kernel::{Expr, UnaryOp};
use crate::objects::arguments::{BuiltinFn, CallingFn};
use crate::objects::{convert, math, suggest};
use crate::value::{Builtin, BuiltinId, Kind, ModuleId, Type, Value};

#[derive(Clone, Copy)]
enum Function {
    Pure(BuiltinFn),
    Calling(CallingFn),
    Runtime(RuntimeFn),
}

struct Entry {
    /// `None`: a name that every script knows.
    module: Option<ModuleId>,
    name: &'static str,
    function: Function,
}

struct Table {
    entries: Vec<Entry>,
    ids: HashMap<(Option<ModuleId>, &'static str), BuiltinId>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let runtime = |module: Option<ModuleId>, functions: &[(&'static str, RuntimeFn)]| -> Vec<Entry> {
        let entry = |(name, function): &(&'static str, RuntimeFn)| Entry {
            module,
            name,
            function: Function::Runtime(*function),
        };
        functions.iter().map(entry).collect()
    };
    // The first entry of a name counts: what needs the runtime comes before the pure form.
    let mut entries = runtime(None, HOST);
    let pure = convert::BUILTINS.iter().map(|(name, function)| (None, *name, *function));
    let math = math::FUNCTIONS.iter().map(|(name, function)| (Some(ModuleId::Math), *name, *function));
    entries.extend(pure.chain(math).map(|(module, name, function)| Entry {
        module,
        name,
        function: Function::Pure(function),
    }));
    let calling = convert::CALLING.iter().map(|(name, function)| (None, *name, *function));
    let math = math::CALLING.iter().map(|(name, function)| (Some(ModuleId::Math), *name, *function));
    entries.extend(calling.chain(math).map(|(module, name, function)| Entry {
        module,
        name,
        function: Function::Calling(function),
    }));
    entries.extend(runtime(Some(ModuleId::Time), time::FUNCTIONS));
    entries.extend(runtime(Some(ModuleId::Sys), sys::FUNCTIONS));
    entries.extend(runtime(Some(ModuleId::Numpy), &numpy::functions().collect::<Vec<_>>()));
    let mut ids = HashMap::new();
    for (at, entry) in entries.iter().enumerate() {
        ids.entry((entry.module, entry.name)).or_insert(BuiltinId(at as u16));
    }
    Table { entries, ids }
});

const HOST: &[(&str, RuntimeFn)] = &[
    ("abs", abs),
    ("exit", sys::quit),
    ("input", io::input),
    ("open", io::open),
    ("print", io::print),
    ("quit", sys::quit),
];

/// Every name that a script knows from the start, with its value.
pub fn globals() -> impl Iterator<Item = (&'static str, Value)> {
    let types = convert::TYPES.iter().map(|(name, class)| (*name, Value::class(*class)));
    let functions = TABLE.entries.iter().enumerate().filter(|(at, entry)| {
        entry.module.is_none() && TABLE.ids.get(&(None, entry.name)) == Some(&BuiltinId(*at as u16))
    });
    let functions = functions.map(|(at, entry)| (entry.name, builtin(BuiltinId(at as u16))));
    let exceptions = ErrorKind::builtins().map(|(name, class)| (name, Value::class(Type::Exception(class))));
    functions
        .chain(types)
        .chain(exceptions)
        .chain([("__name__", Value::str("__main__")), ("Ellipsis", Value::ellipsis())])
}

fn builtin(id: BuiltinId) -> Value {
    Value::new(Builtin { id, name: TABLE.entries[id.0 as usize].name })
}

/// The function of a module.
pub fn find(module: ModuleId, name: &str) -> Option<BuiltinId> {
    id(Some(module), name)
}

/// The function of a module, or one that every script knows.
pub fn id(module: Option<ModuleId>, name: &str) -> Option<BuiltinId> {
    // The key's lifetime is the table's: look the name up among its own.
    TABLE.ids.get(&(module, name)).copied()
}

/// Whether it is a function of `math`.
pub fn is_math(builtin: &Builtin) -> bool {
    find(ModuleId::Math, builtin.name) == Some(builtin.id)
}

/// A function, type, constant or other attribute of a module.
pub fn module_attribute(cx: &Runtime, module: ModuleId, name: &str) -> Option<Value> {
    if let Some(id) = find(module, name) {
        return Some(builtin(id));
    }
    match module {
        ModuleId::Numpy => numpy::constant(name),
        ModuleId::Math => math::CONSTANTS.iter().find(|(known, _)| *known == name).map(|(_, x)| Value::float(*x)),
        ModuleId::Sys => sys::attribute(cx, name),
        ModuleId::Time => None,
    }
}

/// What a module has, sorted as `dir` sorts it.
pub fn module_names(module: ModuleId) -> Vec<&'static str> {
    let functions = TABLE.entries.iter().filter(|entry| entry.module == Some(module)).map(|entry| entry.name);
    let mut names: Vec<&str> = functions.collect();
    match module {
        ModuleId::Numpy => names.extend(numpy::CONSTANTS),
        ModuleId::Math => names.extend(math::CONSTANTS.iter().map(|(name, _)| *name)),
        ModuleId::Sys => names.extend(sys::ATTRIBUTES),
        ModuleId::Time => {}
    }
    names.extend(refused(module));
    names.sort_unstable();
    names
}

/// What Python has in a module, and toy has not.
pub fn refusal(module: ModuleId, name: &str) -> Option<Raised> {
    let message = || format!("toy does not have '{name}' of the module '{}'", module.name());
    refused(module).contains(&name).then(|| Raised::new(ErrorKind::NotImplementedError, message()))
}

const fn refused(module: ModuleId) -> &'static [&'static str] {
    match module {
        ModuleId::Sys => sys::REFUSED,
        ModuleId::Time => time::REFUSED,
        ModuleId::Numpy | ModuleId::Math => &[],
    }
}

#[cold]
pub fn unknown_attribute(module: ModuleId, name: &str) -> Raised {
    if let Some(refusal) = refusal(module, name) {
        return refusal;
    }
    let message = format!("module '{}' has no attribute '{name}'", module.name());
    let raised = Raised::new(ErrorKind::AttributeError, message).member("name", Value::str(name));
    suggest::suggestion(raised, name, module_names(module))
}

pub fn call(cx: &mut Runtime, id: BuiltinId, args: Args, flags: Flags) -> Result<Value> {
    match TABLE.entries[id.0 as usize].function {
        Function::Runtime(function) => function(cx, args, flags),
        Function::Pure(function) => function(&args.positional, &args.keywords),
        Function::Calling(function) => function(cx, &args.positional, &args.keywords),
    }
}

/// Calls a function that takes its arguments where they are; `None` if it takes more than them.
#[inline(always)]
pub fn call_in_place(cx: &mut Runtime, id: BuiltinId, args: &[Value]) -> Option<Result<Value>> {
    match TABLE.entries[id.0 as usize].function {
        Function::Runtime(_) => None,
        Function::Pure(function) => Some(function(args, &[])),
        Function::Calling(function) => Some(function(cx, args, &[])),
    }
}

/// Calls a type with arguments where they are; `None` if that is NumPy's, and may make an array.
pub fn construct_in_place(cx: &mut Runtime, class: Type, args: &[Value]) -> Option<Result<Value>> {
    class.numpy_dtype().is_none().then(|| convert::construct(cx, class, args, &[]))
}

/// Calls a type: a conversion.
pub fn construct(cx: &mut Runtime, class: Type, args: Args) -> Result<Value> {
    // `np.float64([1, 2])` is an array.
    if let (Some(dtype), [value]) = (class.numpy_dtype(), &args.positional[..])
        && matches!(value.kind(), Kind::Array | Kind::List | Kind::Tuple)
    {
        return Ok(super::arrays::scalar_or_array(cx.to_array(value, Some(dtype))?));
    }
    convert::construct(cx, class, &args.positional, &args.keywords)
}

fn abs(cx: &mut Runtime, args: Args, flags: Flags) -> Result<Value> {
    if let [value] = &args.positional[..]
        && value.kind() == Kind::Array
        && args.keywords.is_empty()
        && let Some(x) = cx.operand(value)?
    {
        let expr = Expr::unary(UnaryOp::Abs, &x)?;
        drop((x, args));
        return numpy::deliver(cx, expr, flags);
    }
    convert::abs(&args.positional, &args.keywords)
}
