//! What a session asks of a runtime between its inputs: names, the value that is shown, and the streams.

use std::rc::Rc;

use super::builtins;
use super::runtime::Runtime;
use crate::exception::Result;
use crate::objects::files::stream;
use crate::objects::{methods, text};
use crate::value::{Builtin, Kind, Module, Value};

/// The name of what a session showed last.
pub(super) const SHOWN: &str = "_";

/// What a session showed last: what `_` means, unless a variable of that name hides it.
#[derive(Default)]
pub(super) struct Shown {
    pub value: Option<Value>,
    hidden: bool,
}

impl Shown {
    /// Whether `_`, which is bound to `now`, is a variable of the script's.
    fn is_hidden(&self, now: Option<&Value>) -> bool {
        let is_shown = |now: &Value| self.value.as_ref().is_some_and(|shown| shown.is(now));
        now.is_some_and(|now| self.hidden || !is_shown(now))
    }

    /// The script's variable goes away, if there is one; whether there was.
    pub fn uncover(&mut self, now: Option<&Value>) -> bool {
        let was_hidden = self.is_hidden(now);
        self.hidden = false;
        was_hidden
    }
}

impl Runtime {
    /// The names of globals that the program has numbered; a next input is compiled to go on with them.
    pub fn names(&self) -> &[Rc<str>] {
        &self.names
    }

    /// Every name that can be looked up now: built-ins, and globals that have a value.
    pub fn visible_names(&self) -> Vec<Rc<str>> {
        let bound = self.names.iter().zip(&self.globals).filter(|(_, value)| value.is_some());
        let starred = self.starred.iter().flat_map(|module| builtins::module_names(*module));
        let starred = starred.filter(|name| self.starred_name(name).is_some()).map(Rc::from);
        let mut names: Vec<Rc<str>> = builtins::globals().map(|(name, _)| name.into()).collect();
        names.extend(bound.map(|(name, _)| name.clone()).chain(starred));
        names.sort_unstable();
        names.dedup();
        names
    }

    /// The names of a value's attributes, sorted.
    pub fn attribute_names(&mut self, value: &Value) -> Vec<&'static str> {
        let mut names = match value.get::<Module>() {
            Some(Module(id)) => builtins::module_names(*id),
            None => methods::names_of(value),
        };
        names.retain(|name| self.get_attr(value, name).is_ok());
        names.dedup();
        names
    }

    /// What a name means now.
    pub fn lookup(&self, name: &str) -> Option<Value> {
        let builtin = || builtins::globals().find(|(known, _)| *known == name).map(|(_, value)| value);
        self.global_named(name).cloned().or_else(|| self.starred_name(name)).or_else(builtin)
    }

    /// A name that `from module import *` brought, whether or not the program looked it up before.
    pub(super) fn starred_name(&self, name: &str) -> Option<Value> {
        if name.starts_with('_') {
            return None;
        }
        self.starred.iter().rev().find_map(|module| builtins::module_attribute(self, *module, name))
    }

    /// Prints `repr(value)` and keeps the value as `_`; nothing of the sort for `None`.
    ///
    /// # Errors
    /// Those of `repr` and of writing to `sys.stdout`.
    pub fn show(&mut self, value: &Value) -> Result<()> {
        if value.kind() == Kind::None {
            return Ok(());
        }
        let shown = match self.farewell(value) {
            Some(name) => format!("Use {name}() or Ctrl-D (i.e. EOF) to exit"),
            None => text::repr(value)?,
        };
        stream(&self.system.stdout).write(&(shown + "\n"))?;
        if let Some(at) = self.names.iter().position(|name| &**name == SHOWN) {
            self.shown.hidden = self.shown.is_hidden(self.globals[at].as_ref());
            if !self.shown.hidden {
                self.globals[at] = Some(value.clone());
            }
        }
        self.shown.value = Some(value.clone());
        Ok(())
    }

    /// `exit` or `quit`, if that is what a value is: somebody forgot to call it.
    fn farewell(&self, value: &Value) -> Option<&'static str> {
        let name = value.get::<Builtin>()?.name;
        let own = builtins::globals().find(|(known, _)| *known == name).map(|(_, value)| value)?;
        (matches!(name, "exit" | "quit") && own.get::<Builtin>()?.id == value.get::<Builtin>()?.id).then_some(name)
    }

    /// The next line of `sys.stdin` with its end; empty where there is none.
    ///
    /// # Errors
    /// What reading raises.
    pub fn read_line(&mut self) -> Result<String> {
        Ok(stream(&self.system.stdin).read_line(None)?)
    }

    /// Writes what was printed and is still in memory.
    ///
    /// # Errors
    /// What writing to `sys.stdout` raises.
    pub fn flush(&mut self) -> Result<()> {
        // Of standard error nothing can be said.
        let _ = stream(&self.system.stderr).flush();
        Ok(stream(&self.system.stdout).flush()?)
    }
}
