//! What the names of methods mean: looked up once for each kind of receiver, and found again by the code that calls.

use std::rc::Rc;

use hashbrown::HashMap;

use super::builtins;
use crate::bytecode::chunk::NameId;
use crate::objects::methods::{self, Found};
use crate::value::{BuiltinId, Code, Kind, Module, ModuleId, Value};

/// What is called.
#[derive(Clone, Copy)]
pub enum Target {
    /// A method of the receiver.
    Method(Found),
    /// A function of the module that is the receiver.
    Function(BuiltinId),
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Receiver {
    kind: Kind,
    module: Option<ModuleId>,
}

impl Receiver {
    #[inline(always)]
    fn of(value: &Value) -> Receiver {
        Receiver { kind: value.kind(), module: value.get::<Module>().map(|module| module.0) }
    }
}

/// A hint that says nothing.
pub const NONE: u16 = u16::MAX;

/// Every method that some code has called.
#[derive(Default)]
pub struct Lookups {
    known: Vec<(Receiver, Target)>,
    numbers: HashMap<(Receiver, Rc<str>), u16>,
}

impl Lookups {
    /// The method of a name; `None` if there is more to it than a kind and a name, or no such method. The code's hint
    /// for the name is asked first.
    #[inline(always)]
    pub fn find(&mut self, receiver: &Value, code: &Code, name: NameId) -> Option<Target> {
        let hint = code.hints[name.0 as usize].get();
        match self.known.get(hint as usize) {
            Some((known, target)) if *known == Receiver::of(receiver) => Some(*target),
            _ => self.learn(receiver, code, name),
        }
    }

    /// The type or the module that a hint leads to.
    pub fn owner(&self, hint: u16) -> Option<&'static str> {
        let (receiver, _) = self.known.get(hint as usize)?;
        Some(receiver.module.map_or(receiver.kind.name(), ModuleId::name))
    }

    #[inline(never)]
    fn learn(&mut self, receiver: &Value, code: &Code, name: NameId) -> Option<Target> {
        let (receiver, text) = (Receiver::of(receiver), &code.chunk.names[name.0 as usize]);
        let target = match receiver.module {
            Some(module) => Target::Function(builtins::find(module, text)?),
            // Their methods depend on more than the kind.
            None if matches!(receiver.kind, Kind::Array | Kind::Scalar | Kind::Type) => return None,
            None => Target::Method(methods::find(receiver.kind, text)?),
        };
        let next = u16::try_from(self.known.len()).ok().filter(|next| *next != NONE);
        let number = match self.numbers.get(&(receiver, text.clone())) {
            Some(number) => *number,
            None => {
                let Some(number) = next else { return Some(target) };
                self.known.push((receiver, target));
                self.numbers.insert((receiver, text.clone()), number);
                number
            }
        };
        code.hints[name.0 as usize].set(number);
        Some(target)
    }
}
