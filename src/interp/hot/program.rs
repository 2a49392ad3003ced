//! What the compiler of loops asks of the running program.

use crate::bytecode::chunk::GlobalId;
use crate::interp::builtins;
use crate::interp::runtime::Runtime;
use crate::interp::window::Window;
use crate::loops::build::{Intrinsic, Program};
use crate::value::{Builtin, Module, ModuleId, Type, Value};

use super::routines::MATH;

/// A call that has come to the beginning of a loop's body.
pub struct Now<'a> {
    pub cx: &'a Runtime,
    pub window: &'a Window,
}

impl Program for Now<'_> {
    fn register(&self, register: u16) -> Option<Value> {
        self.window.try_get(register).cloned()
    }

    fn global(&self, id: GlobalId) -> Option<Value> {
        self.cx.global(id).cloned()
    }

    fn global_name(&self, id: GlobalId) -> String {
        self.cx.names[id.0 as usize].to_string()
    }

    fn attribute(&self, module: &Value, name: &str) -> Option<Value> {
        let Module(id) = module.get::<Module>()?;
        (*id == ModuleId::Math).then(|| builtins::module_attribute(self.cx, *id, name)).flatten()
    }

    fn intrinsic(&self, callee: &Value) -> Option<Intrinsic> {
        if let Some(class) = callee.get::<Type>() {
            return match class {
                Type::Int => Some(Intrinsic::Int),
                Type::Float => Some(Intrinsic::Float),
                Type::Bool => Some(Intrinsic::Bool),
                Type::Range => Some(Intrinsic::Range),
                Type::Enumerate => Some(Intrinsic::Enumerate),
                Type::Zip => Some(Intrinsic::Zip),
                _ => None,
            };
        }
        let builtin = callee.get::<Builtin>()?;
        let is = |module, name| builtins::id(module, name) == Some(builtin.id);
        match builtin.name {
            "abs" if is(None, "abs") => Some(Intrinsic::Abs),
            "min" if is(None, "min") => Some(Intrinsic::Min),
            "max" if is(None, "max") => Some(Intrinsic::Max),
            "len" if is(None, "len") => Some(Intrinsic::Len),
            name if is(Some(ModuleId::Math), name) => match name {
                "sqrt" => Some(Intrinsic::Sqrt),
                "floor" => Some(Intrinsic::Floor),
                "ceil" => Some(Intrinsic::Ceil),
                name => {
                    MATH.iter().find(|(known, _)| *known == name).map(|(name, count)| Intrinsic::Math(name, *count))
                }
            },
            _ => None,
        }
    }
}
