//! Imports: the modules that are built in, everything else refused where it is named.

use super::function::Function;
use crate::bytecode::op::Op;
use crate::source::Span;
use crate::syntax::ast::Name;

/// The modules that toy has.
pub const MODULES: [&str; 4] = ["numpy", "math", "time", "sys"];

impl Function<'_, '_> {
    pub(super) fn import(&mut self, modules: &[(Name, Option<Name>)]) {
        for (module, alias) in modules {
            if !self.check_module(module) {
                continue;
            }
            let bound = alias.as_ref().unwrap_or(module);
            let mark = self.emit.mark();
            let dst = self.destination(&bound.text, bound.span);
            let name = self.emit.name(&module.text, module.span);
            self.emit(Op::LoadModule, dst.0, name.0, 0, module.span);
            self.store(&bound.text, dst, bound.span);
            self.emit.release(mark);
        }
    }

    pub(super) fn import_names(&mut self, module: &Name, names: &[(Name, Option<Name>)], span: Span) {
        if !self.check_module(module) {
            return;
        }
        if names.is_empty() {
            match self.is_module {
                true => self.unit.refuse(span, "import *"),
                false => self.unit.error(span, "import * only allowed at module level"),
            }
            return;
        }
        let loaded = self.emit.temp(module.span);
        let module_name = self.emit.name(&module.text, module.span);
        self.emit(Op::LoadModule, loaded.0, module_name.0, 0, module.span);
        for (name, alias) in names {
            let bound = alias.as_ref().unwrap_or(name);
            let mark = self.emit.mark();
            let dst = self.destination(&bound.text, bound.span);
            let attribute = self.emit.name(&name.text, name.span);
            self.emit(Op::ImportFrom, dst.0, loaded.0, attribute.0, name.span);
            self.store(&bound.text, dst, bound.span);
            self.emit.release(mark);
        }
    }

    fn check_module(&mut self, module: &Name) -> bool {
        let known = MODULES.contains(&module.text.as_str());
        let first = module.text.split('.').next().unwrap_or_default();
        if !known && MODULES.contains(&first) {
            let help = Some(format!("import {first}, and write {}", module.text));
            self.unit.refuse_with(module.span, "the import of a module's module", help);
        } else if !known {
            self.module_not_found(&module.text, module.span);
        }
        known
    }
}
