//! What handlers share: globals, the host, the array engine, and the generic routines behind the fast paths.
//!
//! Arrays go to `super::arrays`; everything else to [`crate::objects`], which knows neither bytecode nor kernels.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use super::arrays::{Sites, array_operand, array_operands};
use super::builtins;
use super::call::Args;
use super::calls::Calls;
use super::host::Host;
use super::hot::HotLoops;
use super::lookups::{self, Lookups};
use super::machine::MAX_DEPTH;
use super::marks::Marks;
use super::session::{SHOWN, Shown};
use super::stopwatch::Stopwatch;
use super::system::System;
use super::window::Window;
use crate::allocator;
use crate::bytecode::chunk::{Chunk, Constant, Flags, GlobalId, Instr, Program};
use crate::diagnostic::ErrorKind;
use crate::exception::{Raised, Result};
use crate::interrupt;
use crate::jit::Engine;
use crate::objects::caller::Caller;
use crate::objects::{attributes, files, format, iteration, methods, operators, subscript, suggest, text};
use crate::stream;
use crate::syntax::ast::{BinaryOp, CompareOp, UnaryOp};
use crate::value::{
    Big, BoundMethod, Builtin, Code, GenericAlias, Kind, List, Module, ModuleId, Slice, UnboundMethod, Value,
};

pub struct Runtime {
    pub host: Box<dyn Host>,
    pub engine: Rc<RefCell<Engine>>,
    /// How many calls may wait for one another, Python's recursion limit.
    pub max_depth: usize,
    pub(super) system: System,
    pub(super) calls: Calls,
    /// The exceptions that are being handled, the last one innermost.
    pub(super) handled: Vec<Value>,
    pub(super) globals: Vec<Option<Value>>,
    pub(super) names: Vec<Rc<str>>,
    pub(super) shown: Shown,
    /// Modules all of whose names were imported: a name that a later input brings up may be theirs.
    pub(super) starred: Vec<ModuleId>,
    /// Pending arrays that somebody may still look at; a write to memory that they read computes them first.
    pub(super) pending: Vec<Value>,
    /// Whether one of them was made since the last barrier.
    pub(super) work_waits: bool,
    pub(super) sites: Sites,
    pub(super) lookups: Lookups,
    /// Loops as machine code.
    pub loops: HotLoops,
    /// What `Stamp` reads.
    pub stopwatch: Stopwatch,
    /// The code that was loaded last, and its names' values then.
    pub(super) loaded: Option<Rc<Code>>,
    pub(super) fresh: Vec<Option<Value>>,
    /// The time of the loop that its marks stand around.
    pub marks: Marks,
}

impl Runtime {
    pub fn new(mut host: Box<dyn Host>, engine: Engine) -> Runtime {
        allocator::keep_small_blocks();
        Runtime {
            system: System::new(&mut *host),
            host,
            engine: Rc::new(RefCell::new(engine)),
            max_depth: MAX_DEPTH,
            calls: Calls::default(),
            handled: Vec::new(),
            globals: Vec::new(),
            names: Vec::new(),
            shown: Shown::default(),
            starred: Vec::new(),
            pending: Vec::new(),
            work_waits: false,
            sites: Sites::default(),
            lookups: Lookups::default(),
            loops: HotLoops::default(),
            stopwatch: Stopwatch::default(),
            loaded: None,
            fresh: Vec::new(),
            marks: Marks::default(),
        }
    }

    /// Closes the files that the script left open, and its output, at the end of the program.
    ///
    /// # Errors
    /// The first of a file, or else of standard output: what was written last could not be written.
    pub fn close_files(&mut self) -> stream::Result<()> {
        self.system.close()
    }

    /// Makes a program's code ready to run, and its names known: built-ins have their values, all others none.
    pub fn load(&mut self, program: &Program) -> Rc<Code> {
        self.names.clear();
        self.globals.clear();
        self.starred.clear();
        self.load_next(program)
    }

    /// The same of a session's next input: names that are known keep their values.
    ///
    /// # Panics
    /// If it was not compiled to go on with [`Runtime::names`].
    pub fn load_next(&mut self, program: &Program) -> Rc<Code> {
        assert!(program.globals.starts_with(&self.names), "an input of another session");
        let builtins: HashMap<&str, Value> = builtins::globals().collect();
        for name in &program.globals[self.names.len()..] {
            let value = match &**name {
                "__doc__" => Some(program.main.doc.as_deref().map_or_else(Value::none, Value::str)),
                SHOWN => self.shown.value.clone(),
                name => self.starred_name(name).or_else(|| builtins.get(name).cloned()),
            };
            self.globals.push(value);
        }
        self.names = program.globals.clone();
        let code = load(&program.main);
        self.loaded = Some(code.clone());
        code
    }

    #[inline(always)]
    pub fn global(&self, id: GlobalId) -> Option<&Value> {
        self.globals.get(id.0 as usize)?.as_ref()
    }

    /// The value of a global by its name.
    pub fn global_named(&self, name: &str) -> Option<&Value> {
        let at = self.names.iter().position(|known| &**known == name)?;
        self.globals[at].as_ref()
    }

    /// Sets a global and hands out what it was.
    #[inline(always)]
    pub fn set_global(&mut self, id: GlobalId, value: Value) -> Option<Value> {
        self.globals[id.0 as usize].replace(value)
    }

    /// Empties a global that gets a value at once.
    pub fn take_global(&mut self, id: GlobalId) -> Option<Value> {
        self.globals[id.0 as usize].take()
    }

    /// Unbinds a global; a built-in of that name is seen again. Whether it was bound.
    pub fn delete_global(&mut self, id: GlobalId) -> bool {
        let at = id.0 as usize;
        let name = &*self.names[at];
        let builtin = builtins::globals().find(|(known, _)| *known == name).map(|(_, value)| value);
        if name == SHOWN && self.shown.uncover(self.globals[at].as_ref()) {
            self.globals[at] = self.shown.value.clone();
            return true;
        }
        let is_builtin =
            |value: &Value| builtin.as_ref().is_some_and(|builtin| operators::equal(value, builtin).unwrap_or(false));
        if self.globals[at].as_ref().is_none_or(is_builtin) {
            return false;
        }
        drop(std::mem::replace(&mut self.globals[at], builtin));
        true
    }

    /// `from module import *`
    pub fn import_all(&mut self, module: &Value) -> Result<()> {
        let Some(Module(id)) = module.get::<Module>() else { return Ok(()) };
        if !self.starred.contains(id) {
            self.starred.push(*id);
        }
        for at in 0..self.names.len() {
            let name = self.names[at].clone();
            if let Some(value) = self.starred_name(&name) {
                self.globals[at] = Some(value);
            }
        }
        Ok(())
    }

    pub fn module(&self, name: &str) -> Result<Value> {
        match ModuleId::ALL.into_iter().find(|module| module.name() == name) {
            Some(module) => Ok(Value::new(Module(module))),
            None => {
                let raised = Raised::new(ErrorKind::ModuleNotFoundError, format!("No module named '{name}'"));
                Err(raised.member("name", Value::str(name)))
            }
        }
    }

    pub fn import_from(&mut self, module: &Value, name: &str) -> Result<Value> {
        let Some(Module(id)) = module.get::<Module>() else { return self.get_attr(module, name) };
        builtins::module_attribute(self, *id, name).ok_or_else(|| {
            if let Some(refusal) = builtins::refusal(*id, name) {
                return refusal;
            }
            let module = id.name();
            let message = format!("cannot import name '{name}' from '{module}' (unknown location)");
            let raised = Raised::new(ErrorKind::ImportError, message).member("name", Value::str(module));
            let raised = raised.member("name_from", Value::str(name));
            suggest::suggestion(raised, name, builtins::module_names(*id))
        })
    }

    // Operators

    /// The generic routine of an operator, on the registers that its instruction names.
    #[inline(never)]
    pub fn binary(&mut self, op: BinaryOp, w: Window, i: Instr) -> Result<Value> {
        let (left, right) = (w.get(i.b), w.get(i.c));
        if left.kind() == Kind::Array || right.kind() == Kind::Array {
            if op == BinaryOp::Mod && left.kind() == Kind::Str {
                return operators::binary(self, op, left, right);
            }
            if !i.flags.contains(Flags::IN_PLACE) {
                self.sites.look()?;
            }
            let (left, right) = array_operands(w, i);
            return self.array_binary(op, left, right, i.flags);
        }
        match i.flags.contains(Flags::IN_PLACE) {
            true => operators::binary_in_place(self, op, left, right),
            false => operators::binary(self, op, left, right),
        }
    }

    #[inline(never)]
    pub fn unary(&mut self, op: UnaryOp, w: Window, i: Instr) -> Result<Value> {
        let operand = w.get(i.b);
        if operand.kind() == Kind::Array {
            self.sites.look()?;
            let operand = array_operand(w, i.b, i.flags.contains(Flags::LAST_LEFT));
            return self.array_unary(op, operand, i.flags);
        }
        operators::unary(op, operand)
    }

    #[inline(never)]
    pub fn compare(&mut self, op: CompareOp, w: Window, i: Instr) -> Result<Value> {
        let (left, right) = (w.get(i.b), w.get(i.c));
        if left.kind() == Kind::Array || right.kind() == Kind::Array {
            self.sites.look()?;
            let (left, right) = array_operands(w, i);
            return self.array_compare(op, left, right, i.flags);
        }
        operators::compare(op, left, right)
    }

    pub fn contains(&mut self, container: &Value, item: &Value) -> Result<bool> {
        if container.kind() == Kind::Array {
            return self.array_contains(container, item);
        }
        operators::contains(self, container, item)
    }

    #[inline(never)]
    pub fn truth(&mut self, value: &Value) -> Result<bool> {
        operators::truth(value)
    }

    // Iteration

    pub fn get_iter(&mut self, value: &Value) -> Result<Value> {
        iteration::get_iter(value)
    }

    #[inline(never)]
    pub fn iter_next(&mut self, iterator: &Value) -> Result<Option<Value>> {
        iteration::iter_next(self, iterator)
    }

    /// All items of an iterable.
    pub fn items(&mut self, value: &Value) -> Result<Vec<Value>> {
        let iterator = self.get_iter(value)?;
        let mut items = Vec::new();
        while let Some(item) = self.iter_next(&iterator)? {
            items.push(item);
        }
        Ok(items)
    }

    /// The items of `value` for `count` targets; target number `star` takes a list of what the others leave.
    pub fn unpack(&mut self, value: &Value, count: usize, star: Option<usize>) -> Result<Vec<Value>> {
        let iterator = self.get_iter(value).map_err(|raised| match raised.kind() {
            ErrorKind::TypeError => {
                Raised::type_error(format!("cannot unpack non-iterable {} object", value.type_name()))
            }
            _ => raised,
        })?;
        let mut items = Vec::new();
        // Without a star, one item too many is enough to know.
        while star.is_some() || items.len() <= count {
            let Some(item) = self.iter_next(&iterator)? else { break };
            items.push(item);
        }
        let found = items.len();
        let Some(star) = star else {
            if found > count {
                return Err(Raised::value_error(format!("too many values to unpack (expected {count})")));
            }
            if found < count {
                let message = format!("not enough values to unpack (expected {count}, got {found})");
                return Err(Raised::value_error(message));
            }
            return Ok(items);
        };
        let (before, after) = (star, count - star - 1);
        if found < before + after {
            let wanted = before + after;
            let message = format!("not enough values to unpack (expected at least {wanted}, got {found})");
            return Err(Raised::value_error(message));
        }
        let tail = items.split_off(found - after);
        let middle = items.split_off(before);
        items.push(Value::list(middle));
        items.extend(tail);
        Ok(items)
    }

    // Elements and attributes

    #[inline(never)]
    pub fn get_item(&mut self, object: &Value, index: &Value) -> Result<Value> {
        if object.kind() == Kind::Array {
            self.array_get_item(object, index)
        } else {
            subscript::get_item(object, index)
        }
    }

    #[inline(never)]
    pub fn set_item(&mut self, object: &Value, index: &Value, value: &Value) -> Result<()> {
        if object.kind() == Kind::Array {
            self.array_set_item(object, index, value)
        } else {
            subscript::set_item(self, object, index, value)
        }
    }

    /// `object[start:stop:step]`
    #[inline(never)]
    pub fn get_slice(&mut self, object: &Value, bounds: [&Value; 3]) -> Result<Value> {
        match object.kind() {
            Kind::List | Kind::Str | Kind::Tuple => subscript::get_slice(object, bounds),
            _ => self.get_item(object, &slice(bounds)),
        }
    }

    /// `object[start:stop:step] = value`
    #[inline(never)]
    pub fn set_slice(&mut self, object: &Value, bounds: [&Value; 3], value: &Value) -> Result<()> {
        match object.get::<List>() {
            Some(list) => subscript::set_slice(self, list, bounds, value),
            None => self.set_item(object, &slice(bounds), value),
        }
    }

    pub fn get_attr(&mut self, object: &Value, name: &str) -> Result<Value> {
        if let Some(Module(id)) = object.get::<Module>() {
            let id = *id;
            return builtins::module_attribute(self, id, name).ok_or_else(|| builtins::unknown_attribute(id, name));
        }
        if matches!(object.kind(), Kind::Array | Kind::Scalar) {
            if let Some(value) = self.array_attribute(object, name)? {
                return Ok(value);
            }
            if super::numpy::methods::exists(name) {
                return Ok(Value::new(BoundMethod { receiver: object.clone(), name: name.into() }));
            }
        }
        methods::attribute(object, name)
    }

    /// Whether `get_attr` would find something, without making it.
    ///
    /// # Errors
    /// As `get_attr`.
    pub fn check_attr(&mut self, object: &Value, name: &str) -> Result<()> {
        let known = match (object.kind(), object.get::<Module>()) {
            (_, Some(Module(id))) => builtins::find(*id, name).is_some(),
            (Kind::Array | Kind::Scalar, _) => super::numpy::methods::exists(name),
            _ => methods::exists(object, name),
        };
        if known { Ok(()) } else { self.get_attr(object, name).map(drop) }
    }

    pub fn delete_item(&mut self, object: &Value, index: &Value) -> Result<()> {
        if object.kind() == Kind::Array {
            return Err(Raised::value_error("cannot delete array elements"));
        }
        subscript::delete_item(object, index)
    }

    /// Sets an attribute, or deletes it.
    pub fn set_attr(&mut self, object: &Value, name: &str, value: Option<&Value>) -> Result<()> {
        attributes::set(self, object, name, value)
    }

    // Context managers

    pub fn enter_context(&mut self, manager: &Value) -> Result<Value> {
        files::enter(manager)
    }

    /// Tells a context manager that its block is left; whether it suppresses the exception that did it.
    pub fn exit_context(&mut self, manager: &Value, _exception: Option<&Value>) -> Result<bool> {
        files::exit(manager)?;
        Ok(false)
    }

    pub fn format(&mut self, value: &Value, conversion: Option<char>, spec: &str) -> Result<Value> {
        match (conversion, spec, value.kind()) {
            (None | Some('s'), "", Kind::Int | Kind::Str) => text::str_value(value),
            (None, _, Kind::Float) if let Some(text) = format::format_fixed(value, spec) => Ok(text),
            _ => Ok(Value::str(format::format_value(value, conversion, spec)?)),
        }
    }

    // Calls

    /// Calls anything that can be called.
    pub fn call(&mut self, callee: &Value, args: Args, flags: Flags) -> Result<Value> {
        match callee.kind() {
            Kind::Builtin => {
                let id = callee.get::<Builtin>().map(|builtin| builtin.id);
                builtins::call(self, id.expect("the tag says so"), args, flags)
            }
            Kind::Type => builtins::construct(self, *callee.get().expect("the tag says so"), args),
            Kind::BoundMethod => {
                let method = callee.get::<BoundMethod>().expect("the tag says so");
                self.call_method(method.receiver.clone(), &method.name, args, flags)
            }
            Kind::Alias => {
                let class = callee.get::<GenericAlias>().expect("the tag says so").origin;
                builtins::construct(self, class, args)
            }
            Kind::UnboundMethod => {
                let method = callee.get::<UnboundMethod>().expect("the tag says so");
                methods::call_unbound(self, method.class, method.name, &args.positional, &args.keywords)
            }
            Kind::Function => self.call_function(callee, args),
            _ => Err(Raised::type_error(format!("'{}' object is not callable", callee.type_name()))),
        }
    }

    /// Calls a function of a module; arguments may be pending arrays.
    pub fn call_module(&mut self, module: ModuleId, name: &str, args: Args, flags: Flags) -> Result<Value> {
        match builtins::find(module, name) {
            Some(id) => builtins::call(self, id, args, flags),
            None => match builtins::module_attribute(self, module, name) {
                Some(callee) => self.call(&callee, args, flags),
                None => Err(builtins::unknown_attribute(module, name)),
            },
        }
    }

    pub fn call_method(&mut self, receiver: Value, name: &str, args: Args, flags: Flags) -> Result<Value> {
        if matches!(receiver.kind(), Kind::Array | Kind::Scalar) && super::numpy::methods::exists(name) {
            return super::numpy::methods::call(self, receiver, name, args, flags);
        }
        methods::call(self, &receiver, name, &args.positional, &args.keywords)
    }

    pub fn assertion_error(&mut self, message: Option<&Value>) -> Raised {
        Raised::with_args(ErrorKind::AssertionError, message.into_iter().cloned().collect())
    }
}

impl Caller for Runtime {
    fn call(&mut self, callee: &Value, positional: Vec<Value>, keywords: Vec<(Rc<str>, Value)>) -> Result<Value> {
        Runtime::call(self, callee, Args { positional, keywords }, Flags::default())
    }

    fn call_each(&mut self, callee: &Value, items: &[Value]) -> Result<Vec<Value>> {
        Runtime::call_each(self, callee, items)
    }

    fn resume(&mut self, generator: &Value) -> Result<Option<Value>> {
        self.resume_generator(generator)
    }

    fn attribute(&mut self, object: &Value, name: &str) -> Result<Value> {
        self.get_attr(object, name)
    }

    fn check_interrupt(&mut self) -> Result<()> {
        Ok(interrupt::check()?)
    }
}

/// A chunk with its constants boxed.
fn load(chunk: &Rc<Chunk>) -> Rc<Code> {
    let constants: Vec<Value> = chunk.constants.iter().map(constant).collect();
    let plain = chunk.signature.is_plain().then_some(chunk.signature.registers() as u16);
    let pinned = chunk.pinned_registers();
    Rc::new(Code {
        block: plain.filter(|_| chunk.free_registers().is_empty()).map_or(0, |given| given + 1),
        registers: chunk.registers,
        first_pinned: pinned.start as u16,
        first_temporary: pinned.end as u16,
        plain,
        chunk: chunk.clone(),
        pinned: chunk.pinned.iter().map(|id| constants[id.0 as usize].clone()).collect(),
        constants,
        loops: chunk.loops.iter().map(|_| Cell::new(0)).collect(),
        liveness: OnceCell::new(),
        hints: chunk.names.iter().map(|_| Cell::new(lookups::NONE)).collect(),
        functions: chunk.functions.iter().map(load).collect(),
    })
}

fn constant(constant: &Constant) -> Value {
    match constant {
        Constant::None => Value::none(),
        Constant::Bool(bit) => Value::bool(*bit),
        Constant::Ellipsis => Value::ellipsis(),
        Constant::Int(i) => Value::int(*i),
        Constant::BigInt(digits) => Value::new(Big(digits.parse().expect("the parser checked the digits"))),
        Constant::Float(x) => Value::float(*x),
        Constant::Str(text) => Value::str(&**text),
        Constant::Tuple(items) => Value::tuple(items.iter().map(self::constant).collect()),
        Constant::Names(names) => Value::tuple(names.iter().map(|name| Value::str(&**name)).collect()),
    }
}

/// A slice object, for those who want one.
fn slice([start, stop, step]: [&Value; 3]) -> Value {
    Value::new(Slice { start: start.clone(), stop: stop.clone(), step: step.clone() })
}
