//! Calls: finding the callee, binding its arguments, entering its window.

use std::rc::Rc;

use super::access::write;
use super::probe::{Event, Probe};
use super::runtime::Runtime;
use super::window::{RegisterStack, Window};
use crate::bytecode::chunk::{Constant, Flags, Instr};
use crate::exception::{Raised, Result};
use crate::value::{Code, Function, Module, Value};

/// The window of a function that was just entered.
pub struct Entered {
    pub window: Window,
    pub fresh_segment: bool,
}

/// Arguments of a built-in function, method or type.
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

/// Enters the script function in register `b`. Its arguments become its first registers where they are.
#[inline(always)]
pub fn enter(
    registers: &mut RegisterStack,
    code: &Code,
    w: Window,
    i: Instr,
    keywords: Option<u16>,
) -> Result<Entered> {
    let Some(callee) = w.get(i.b).get::<Function>() else { unreachable!("its kind was tested") };
    let chunk = &callee.code.chunk;
    let given = i.c - 1;
    let (size, wanted) = (chunk.registers, chunk.signature.registers());
    if keywords.is_none() && given as usize == wanted && chunk.signature.is_plain() {
        let (mut window, fresh_segment) = registers.enter(w, i.b + 1, given, size);
        // Temporaries of the caller may still lie where the callee's locals go.
        window.clear(given, size - given);
        return Ok(Entered { window, fresh_segment });
    }
    let mut arguments = w.share().take_block(i.b + 1, given);
    let names = keywords.map_or(&[] as &[_], |constant| keyword_names(code, constant));
    let keyword_values = arguments.split_off(given as usize - names.len());
    let keywords: Vec<_> = names.iter().cloned().zip(keyword_values).collect();
    let values = bind(callee, arguments, &keywords)?;
    let (mut window, fresh_segment) = registers.enter(w, i.b + 1, 0, size);
    window.clear(0, size);
    for (register, value) in values.into_iter().enumerate() {
        window.replace(register as u16, value);
    }
    Ok(Entered { window, fresh_segment })
}

/// Values for all parameters, in order of their registers.
///
/// # Errors
/// `TypeError` in CPython's words where arguments and parameters do not fit.
pub fn bind(callee: &Function, positional: Vec<Value>, keywords: &[(Rc<str>, Value)]) -> Result<Vec<Value>> {
    let signature = &callee.code.chunk.signature;
    let name = &callee.code.chunk.name;
    let wanted = signature.positional.len();
    let given = positional.len();
    let mut slots: Vec<Option<Value>> = positional.into_iter().map(Some).collect();
    slots.resize(given.max(wanted), None);
    let extra = slots.split_off(wanted);
    slots.resize(wanted + signature.keyword_only.len(), None);
    for (keyword, value) in keywords {
        let parameter = signature.positional[signature.positional_only..]
            .iter()
            .position(|parameter| parameter == keyword)
            .map(|at| at + signature.positional_only)
            .or_else(|| signature.keyword_only.iter().position(|parameter| parameter == keyword).map(|at| at + wanted));
        match parameter {
            Some(at) if slots[at].is_none() => slots[at] = Some(value.clone()),
            Some(_) => {
                return Err(Raised::type_error(format!("{name}() got multiple values for argument '{keyword}'")));
            }
            None if signature.positional[..signature.positional_only].contains(keyword) => {
                return Err(Raised::type_error(format!(
                    "{name}() got some positional-only arguments passed as keyword arguments: '{keyword}'"
                )));
            }
            None => {
                return Err(Raised::type_error(format!("{name}() got an unexpected keyword argument '{keyword}'")));
            }
        }
    }
    if !extra.is_empty() {
        return Err(too_many(callee, given));
    }
    let required = wanted - signature.positional_defaults;
    let missing: Vec<&str> = signature
        .positional
        .iter()
        .zip(&slots)
        .take(required)
        .filter(|(_, slot)| slot.is_none())
        .map(|(name, _)| &**name)
        .collect();
    if !missing.is_empty() {
        return Err(missing_arguments(name, "positional", &missing));
    }
    for (at, default) in (required..wanted).zip(&callee.defaults) {
        slots[at].get_or_insert_with(|| default.clone());
    }
    let mut keyword_defaults = callee.defaults[signature.positional_defaults..].iter();
    let mut missing = Vec::new();
    for (at, has_default) in signature.keyword_defaults.iter().enumerate() {
        let default = if *has_default { keyword_defaults.next() } else { None };
        match (&slots[wanted + at], default) {
            (Some(_), _) => {}
            (None, Some(default)) => slots[wanted + at] = Some(default.clone()),
            (None, None) => missing.push(&*signature.keyword_only[at]),
        }
    }
    if !missing.is_empty() {
        return Err(missing_arguments(name, "keyword-only", &missing));
    }
    Ok(slots.into_iter().flatten().collect())
}

#[cold]
fn missing_arguments(name: &str, what: &str, missing: &[&str]) -> Raised {
    let quoted: Vec<String> = missing.iter().map(|name| format!("'{name}'")).collect();
    let list = match &quoted[..] {
        [one] => one.clone(),
        [one, two] => format!("{one} and {two}"),
        [first @ .., last] => format!("{}, and {last}", first.join(", ")),
        [] => String::new(),
    };
    let (count, s) = (missing.len(), if missing.len() == 1 { "" } else { "s" });
    Raised::type_error(format!("{name}() missing {count} required {what} argument{s}: {list}"))
}

#[cold]
fn too_many(callee: &Function, given: usize) -> Raised {
    let signature = &callee.code.chunk.signature;
    let most = signature.positional.len();
    let takes = match signature.positional_defaults {
        0 => most.to_string(),
        defaults => format!("from {} to {most}", most - defaults),
    };
    let s = if most == 1 && signature.positional_defaults == 0 { "" } else { "s" };
    let were = if given == 1 { "was" } else { "were" };
    let name = &callee.code.chunk.name;
    Raised::type_error(format!("{name}() takes {takes} positional argument{s} but {given} {were} given"))
}

/// Takes the arguments of a call out of its block.
fn arguments(code: &Code, mut w: Window, first: u16, count: u16, keywords: Option<u16>) -> Args {
    let mut positional = w.take_block(first, count);
    let names = keywords.map_or(&[] as &[_], |constant| keyword_names(code, constant));
    let values = positional.split_off(count as usize - names.len());
    Args { positional, keywords: names.iter().cloned().zip(values).collect() }
}

/// Calls the built-in function or type in register `b`.
#[inline(never)]
pub fn builtin<P: Probe>(
    code: &Code,
    cx: &mut Runtime,
    mut w: Window,
    i: Instr,
    keywords: Option<u16>,
    probe: &mut P,
) -> Result<()> {
    let callee = w.get(i.b).clone();
    probe.record(Event::Dereference { value: &callee });
    probe.record(Event::Other { what: "built-in call" });
    let args = arguments(code, w.share(), i.b + 1, i.c - 1, keywords);
    w.clear(i.b, 1);
    let value = cx.call(&callee, args, i.flags)?;
    write(&mut w, i.a, value, probe);
    Ok(())
}

/// Calls a method of the object in register `b`, or a function of the module there.
#[inline(never)]
pub fn method<P: Probe>(
    code: &Code,
    cx: &mut Runtime,
    mut w: Window,
    i: Instr,
    operands: Instr,
    probe: &mut P,
) -> Result<()> {
    probe.record(Event::Other { what: "method call" });
    let keywords = (i.op == crate::bytecode::op::Op::CallMethodKw).then_some(operands.c);
    let receiver = w.get(i.b).clone();
    let mut args = arguments(code, w.share(), i.b + 1, i.c - 1, keywords);
    w.clear(i.b, 1);
    let name = &code.chunk.names[operands.b as usize];
    let value = if let Some(module) = receiver.get::<Module>() {
        cx.call_module(module.0, name, args, i.flags)?
    } else {
        if i.flags.contains(Flags::LAZY_ARGS) {
            for value in args.positional.iter_mut().chain(args.keywords.iter_mut().map(|(_, value)| value)) {
                cx.settle(value)?;
            }
        }
        cx.call_method(receiver, name, args, i.flags)?
    };
    write(&mut w, i.a, value, probe);
    Ok(())
}
