//! Calls: finding the callee, binding its arguments, entering its window.

use std::rc::Rc;

use super::access::write;
use super::bind::bind;
use super::builtins;
use super::cursor::{Cursor, Running};
use super::execution::Execution;
use super::lookups::Target;
use super::probe::{Event, Probe};
use super::runtime::Runtime;
use super::window::Window;
use crate::bytecode::chunk::{Constant, Instr};
use crate::bytecode::op::Op;
use crate::exception::{Raised, Result};
use crate::value::{Code, Dict, Function, Kind, List, Module, Value};

/// The window of a function that was just entered.
pub struct Entered {
    pub window: Window,
    pub fresh_segment: bool,
}

/// Arguments of a built-in function, method or type.
#[derive(Default)]
pub struct Args {
    pub positional: Vec<Value>,
    pub keywords: Vec<(Rc<str>, Value)>,
}

/// The names that a call's keyword operand stands for.
fn keyword_names(code: &Code, constant: u16) -> &[Rc<str>] {
    match &code.chunk.constants[constant as usize] {
        Constant::Names(names) => names,
        _ => &[],
    }
}

/// Enters a function of the script whose parameters are filled by position, where they are; `None` if there is more to
/// do than that, which [`enter`] does.
#[inline(always)]
pub fn enter_plainly<P>(x: &mut Execution<'_, P>, callee: &Function, at: Cursor, w: Window) -> Option<Window> {
    let (code, i) = (&*callee.code, at.instr());
    if code.block != i.c || !x.may_call() {
        return None;
    }
    let mut window = x.cx.calls.registers.enter_in_place(w.share(), i.b + 1, code.registers)?;
    // Temporaries of the caller may still lie where the callee's variables go.
    if !window.clear_quickly(i.c - 1..code.first_temporary, x.heap) {
        return None;
    }
    let entered = Entered { window: window.share(), fresh_segment: false };
    let frame = x.frame(&entered, at, at.next(), w);
    if !x.cx.calls.frames.push_quickly(frame) {
        return None;
    }
    window.pin(code);
    x.run_code(Running::new(&callee.code));
    Some(window)
}

/// Enters the script function `callee`. Its arguments become its first registers.
pub fn enter<P>(
    x: &mut Execution<'_, P>,
    callee: &Function,
    w: Window,
    i: Instr,
    keywords: Option<u16>,
) -> Result<Entered> {
    let given = i.c - 1;
    if keywords.is_none() && callee.code.plain == Some(given) {
        let size = callee.code.chunk.registers;
        let (mut window, fresh_segment) = x.cx.calls.registers.enter(w.share(), i.b + 1, given, size);
        window.clear(given, size - given, x.heap);
        share_cells(&mut window, given, &callee.closure);
        window.pin(&callee.code);
        return Ok(Entered { window, fresh_segment });
    }
    let mut arguments = w.share().take_block(i.b + 1, given);
    let names = keywords.map_or(&[] as &[_], |constant| keyword_names(&x.code, constant));
    let keyword_values = arguments.split_off(given as usize - names.len());
    let keywords: Vec<_> = names.iter().cloned().zip(keyword_values).collect();
    enter_with(x, w.share(), i, callee, arguments, &keywords)
}

/// The cells of the functions around a callee, behind its parameters.
#[inline(always)]
fn share_cells(window: &mut Window, first: u16, closure: &[Value]) {
    for (register, cell) in (first..).zip(closure) {
        window.replace(register, cell.clone());
    }
}

/// Enters the script function in register `b` with arguments that were collected: a list, and a dictionary if `c` is 3.
pub fn enter_unpacked<P>(x: &mut Execution<'_, P>, callee: &Function, w: Window, i: Instr) -> Result<Entered> {
    let args = unpacked(w.share(), i)?;
    enter_with(x, w.share(), i, callee, args.positional, &args.keywords)
}

/// The arguments of a `CallUnpacked`.
///
/// # Errors
/// `TypeError` if a keyword is no string.
fn unpacked(mut w: Window, i: Instr) -> Result<Args> {
    let mut values = w.take_block(i.b + 1, i.c - 1).into_iter();
    let positional = values.next().and_then(|list| list.get::<List>().map(|list| list.0.take())).unwrap_or_default();
    let named = values.next().and_then(|dict| dict.get::<Dict>().map(Dict::entries)).unwrap_or_default();
    let keyword = |(key, value): (Value, Value)| match key.as_str() {
        Some(key) => Ok((key.into(), value)),
        None => Err(Raised::type_error("keywords must be strings")),
    };
    Ok(Args { positional, keywords: named.into_iter().map(keyword).collect::<Result<_>>()? })
}

fn enter_with<P>(
    x: &mut Execution<'_, P>,
    w: Window,
    i: Instr,
    callee: &Function,
    positional: Vec<Value>,
    keywords: &[(Rc<str>, Value)],
) -> Result<Entered> {
    let size = callee.code.chunk.registers;
    let values = bind(callee, positional, keywords)?;
    let (mut window, fresh_segment) = x.cx.calls.registers.enter(w.share(), i.b + 1, 0, size);
    window.clear(0, size, x.heap);
    let first = values.len() as u16;
    for (register, value) in values.into_iter().enumerate() {
        window.replace(register as u16, value);
    }
    share_cells(&mut window, first, &callee.closure);
    window.pin(&callee.code);
    Ok(Entered { window, fresh_segment })
}

/// Takes the arguments of a call out of its block.
fn arguments(code: &Code, mut w: Window, first: u16, count: u16, keywords: Option<u16>) -> Args {
    let mut positional = w.take_block(first, count);
    let names = keywords.map_or(&[] as &[_], |constant| keyword_names(code, constant));
    let values = positional.split_off(count as usize - names.len());
    Args { positional, keywords: names.iter().cloned().zip(values).collect() }
}

/// Calls the built-in function or type in register `b`, whose arguments have to be collected.
#[inline(never)]
pub fn builtin<P: Probe>(
    code: &Code,
    cx: &mut Runtime,
    mut w: Window,
    i: Instr,
    keywords: Option<u16>,
    probe: &mut P,
) -> Result<()> {
    let args = match i.op {
        Op::CallUnpacked => unpacked(w.share(), i)?,
        _ => arguments(code, w.share(), i.b + 1, i.c - 1, keywords),
    };
    let Some(callee) = w.take(i.b) else { unreachable!("verified: it is bound") };
    let value = cx.call(&callee, args, i.flags)?;
    write(&mut w, i.a, value, probe);
    Ok(())
}

/// What every call of a built-in function or type is.
#[inline(always)]
pub fn record_builtin<P: Probe>(w: &Window, i: Instr, probe: &mut P) {
    probe.record(Event::Dereference { value: w.get(i.b) });
    probe.record(Event::Other { what: "built-in call" });
}

/// Whether a method is one of an array, or a function of a module is given one.
#[inline(always)]
pub fn takes_arrays(w: &Window, i: Instr) -> bool {
    let is_array = |register: u16| w.get(register).kind() == Kind::Array;
    match w.get(i.b).kind() {
        Kind::Array => true,
        Kind::Module => (i.b + 1..i.b + i.c).any(is_array),
        _ => false,
    }
}

/// Calls a method of the object in register `b`, or a function of the module there, whose arguments have to be collected.
#[inline(never)]
pub fn method<P: Probe>(
    code: &Code,
    cx: &mut Runtime,
    mut w: Window,
    i: Instr,
    (operands, target): (Instr, Option<Target>),
    probe: &mut P,
) -> Result<()> {
    let keywords = (i.op == Op::CallMethodKw).then_some(operands.c);
    let args = arguments(code, w.share(), i.b + 1, i.c - 1, keywords);
    let Some(receiver) = w.take(i.b) else { unreachable!("verified: it is bound") };
    if let Some(Target::Function(id)) = target {
        let value = builtins::call(cx, id, args, i.flags)?;
        write(&mut w, i.a, value, probe);
        return Ok(());
    }
    let name = &code.chunk.names[operands.b as usize];
    let value = if let Some(module) = receiver.get::<Module>() {
        cx.call_module(module.0, name, args, i.flags)?
    } else {
        cx.call_method(receiver, name, args, i.flags)?
    };
    write(&mut w, i.a, value, probe);
    Ok(())
}
