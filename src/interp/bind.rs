//! Arguments to parameters, in CPython's order of checks and its words.

use std::rc::Rc;

use crate::exception::{Raised, Result};
use crate::objects::suggest::suggest;
use crate::value::{Dict, Function, Value};

/// Values for all parameters, in order of their registers.
///
/// # Errors
/// `TypeError` where arguments and parameters do not fit.
pub fn bind(callee: &Function, mut positional: Vec<Value>, keywords: &[(Rc<str>, Value)]) -> Result<Vec<Value>> {
    let signature = &callee.code.chunk.signature;
    let wanted = signature.positional.len();
    let given = positional.len();
    let extra = positional.split_off(wanted.min(given));
    let mut slots: Vec<Option<Value>> = positional.into_iter().map(Some).collect();
    slots.resize(wanted + signature.keyword_only.len(), None);
    let more = by_keyword(callee, &mut slots, keywords)?;
    if !extra.is_empty() && signature.star.is_none() {
        return Err(too_many(callee, given, &slots));
    }
    defaults(callee, &mut slots)?;
    slots.extend(signature.star.is_some().then(|| Some(Value::tuple(extra))));
    slots.extend(signature.double_star.is_some().then(|| Some(Value::new(more))));
    Ok(slots.into_iter().flatten().collect())
}

/// Puts keyword arguments in their places; those without one are for `**kwargs`.
fn by_keyword(callee: &Function, slots: &mut [Option<Value>], keywords: &[(Rc<str>, Value)]) -> Result<Dict> {
    let signature = &callee.code.chunk.signature;
    let name = &callee.code.chunk.qualified;
    let (only, named) = signature.positional.split_at(signature.positional_only);
    let parameters = || named.iter().chain(&signature.keyword_only);
    let more = Dict::default();
    for (keyword, value) in keywords {
        match parameters().position(|parameter| parameter == keyword).map(|at| at + only.len()) {
            Some(at) if slots[at].is_none() => slots[at] = Some(value.clone()),
            Some(_) => {
                return Err(Raised::type_error(format!("{name}() got multiple values for argument '{keyword}'")));
            }
            None if signature.double_star.is_some() => more.insert(Value::str(&**keyword), value.clone())?,
            None => {
                let misplaced: Vec<&str> = only
                    .iter()
                    .filter(|name| keywords.iter().any(|(key, _)| key == *name))
                    .map(|name| &**name)
                    .collect();
                if !misplaced.is_empty() {
                    return Err(Raised::type_error(format!(
                        "{name}() got some positional-only arguments passed as keyword arguments: '{}'",
                        misplaced.join(", ")
                    )));
                }
                let hint = suggest(keyword, parameters().map(|parameter| &**parameter));
                let hint = hint.map(|close| format!(". Did you mean '{close}'?")).unwrap_or_default();
                return Err(Raised::type_error(format!(
                    "{name}() got an unexpected keyword argument '{keyword}'{hint}"
                )));
            }
        }
    }
    Ok(more)
}

/// Fills what no argument was given for.
fn defaults(callee: &Function, slots: &mut [Option<Value>]) -> Result<()> {
    let signature = &callee.code.chunk.signature;
    let name = &callee.code.chunk.qualified;
    let wanted = signature.positional.len();
    let required = wanted - signature.positional_defaults;
    let missing = |slots: &[Option<Value>], names: &[Rc<str>]| -> Vec<Rc<str>> {
        names.iter().zip(slots).filter(|(_, slot)| slot.is_none()).map(|(name, _)| name.clone()).collect()
    };
    let absent = missing(&slots[..required], &signature.positional);
    if !absent.is_empty() {
        return Err(missing_arguments(name, "positional", &absent));
    }
    for (at, default) in (required..wanted).zip(&callee.defaults) {
        slots[at].get_or_insert_with(|| default.clone());
    }
    let mut keyword_defaults = callee.defaults[signature.positional_defaults..].iter();
    for (at, has_default) in (wanted..).zip(&signature.keyword_defaults) {
        if let Some(default) = has_default.then(|| keyword_defaults.next()).flatten() {
            slots[at].get_or_insert_with(|| default.clone());
        }
    }
    let absent = missing(&slots[wanted..], &signature.keyword_only);
    if absent.is_empty() { Ok(()) } else { Err(missing_arguments(name, "keyword-only", &absent)) }
}

#[cold]
fn missing_arguments(name: &str, what: &str, missing: &[Rc<str>]) -> Raised {
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
fn too_many(callee: &Function, given: usize, slots: &[Option<Value>]) -> Raised {
    let signature = &callee.code.chunk.signature;
    let most = signature.positional.len();
    let takes = match signature.positional_defaults {
        0 => most.to_string(),
        defaults => format!("from {} to {most}", most - defaults),
    };
    let s = if most == 1 && signature.positional_defaults == 0 { "" } else { "s" };
    let named = slots[most..].iter().flatten().count();
    let were = if given == 1 && named == 0 { "was" } else { "were" };
    let and = match named {
        0 => String::new(),
        _ => {
            let s = if named == 1 { "" } else { "s" };
            format!(" positional argument{} (and {named} keyword-only argument{s})", if given == 1 { "" } else { "s" })
        }
    };
    let name = &callee.code.chunk.qualified;
    Raised::type_error(format!("{name}() takes {takes} positional argument{s} but {given}{and} {were} given"))
}
