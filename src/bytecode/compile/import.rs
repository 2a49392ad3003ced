//! Imports: the modules that are built in, everything else refused where it is named.

use super::function::Function;
use crate::bytecode::op::Op;
use crate::diagnostic::{Diagnostic, ErrorKind};
use crate::source::Span;
use crate::syntax::ast::{Ast, ExprKind, Name, StmtKind};

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
        if module.text == FUTURE {
            return self.import_future(names, span);
        }
        if !self.check_module(module) {
            return;
        }
        if names.is_empty() {
            return self.import_all(module, span);
        }
        let loaded = self.emit.temp(module.span);
        let module_name = self.emit.name(&module.text, module.span);
        self.emit(Op::LoadModule, loaded.0, module_name.0, 0, module.span);
        for (name, alias) in names {
            let bound = alias.as_ref().unwrap_or(name);
            let mark = self.emit.mark();
            let dst = self.destination(&bound.text, bound.span);
            let attribute = self.emit.name(&name.text, name.span);
            self.emit(Op::ImportFrom, dst.0, loaded.0, attribute.0, span);
            self.store(&bound.text, dst, bound.span);
            self.emit.release(mark);
        }
    }

    /// `from module import *`: only of modules that toy has whole, or a name could go on meaning something else.
    fn import_all(&mut self, module: &Name, span: Span) {
        if !self.is_module {
            return self.unit.error(span, "import * only allowed at module level");
        }
        if module.text != "math" {
            return self.unit.refuse(span, &format!("the import of all names of {}", module.text));
        }
        let mark = self.emit.mark();
        let loaded = self.emit.temp(module.span);
        let name = self.emit.name(&module.text, module.span);
        self.emit(Op::LoadModule, loaded.0, name.0, 0, module.span);
        self.emit(Op::ImportAll, loaded.0, 0, 0, span);
        self.emit.release(mark);
    }

    /// What a `__future__` import asks for is the language already, but for annotations.
    fn import_future(&mut self, names: &[(Name, Option<Name>)], span: Span) {
        if names.is_empty() {
            self.unit.error(span, "future feature * is not defined");
        }
        for (name, _) in names {
            if !FEATURES.contains(&name.text.as_str()) {
                self.unit.error(name.span, format!("future feature {} is not defined", name.text));
            }
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

/// The module whose import changes the language.
const FUTURE: &str = "__future__";

const FEATURES: [&str; 9] = [
    "nested_scopes",
    "generators",
    "division",
    "absolute_import",
    "with_statement",
    "print_function",
    "unicode_literals",
    "generator_stop",
    "annotations",
];

/// Whether the module says `from __future__ import annotations`; such imports come before everything else.
pub fn postpones_annotations(ast: &Ast, diagnostics: &mut Vec<Diagnostic>) -> bool {
    let mut postpones = false;
    let mut begun = false;
    for (at, stmt) in ast.body.iter().map(|id| ast.stmt(*id)).enumerate() {
        match &stmt.kind {
            StmtKind::FromImport { module, .. } if module.text == FUTURE && begun => {
                let message = "from __future__ imports must occur at the beginning of the file";
                diagnostics.push(Diagnostic::new(ErrorKind::SyntaxError, stmt.span, message));
            }
            StmtKind::FromImport { module, names } if module.text == FUTURE => {
                postpones |= names.iter().any(|(name, _)| name.text == "annotations");
            }
            StmtKind::Expr(value) if at == 0 && matches!(ast.expr(*value).kind, ExprKind::Str(_)) => {}
            _ => begun = true,
        }
    }
    postpones
}
