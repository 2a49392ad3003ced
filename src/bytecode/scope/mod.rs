//! Which names are a function's own: read off the whole tree before any code is made, since a name that is assigned
//! anywhere in a function is local everywhere in it.

mod analyze;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::rc::Rc;

use crate::diagnostic::Diagnostic;
use crate::syntax::ast::{Ast, ExprId, StmtId};

/// Where a name lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A register of the function itself.
    Local(usize),
    /// A cell, in a register of the function: the variable is shared with functions inside or outside of it.
    Cell(usize),
    /// A module's variable or a built-in.
    Global,
}

/// What makes a scope.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Kind {
    #[default]
    Module,
    /// `def` and `lambda`.
    Function,
    /// A generator expression: a function, but `:=` in it binds outside.
    Generator,
    /// Any other comprehension: its variables are its own, but live in the registers of the code around it.
    Comprehension,
}

/// The names of a module, a function or a comprehension.
#[derive(Debug, Default)]
pub struct Scope {
    pub name: Rc<str>,
    /// The name with those of the functions around it.
    pub qualified: Rc<str>,
    kind: Kind,
    parent: Option<usize>,
    pub parameters: usize,
    /// Variables of functions around this one, which it finds in cells; sorted.
    pub free: Vec<Rc<str>>,
    /// What is bound here, parameters first, in the order of the source.
    own: Vec<Rc<str>>,
    /// Own variables that functions inside use: they live in cells.
    captured: HashSet<Rc<str>>,
    /// Names of the registers: parameters, free variables, own ones, then those of comprehensions.
    pub locals: Vec<Rc<str>>,
    numbers: HashMap<Rc<str>, usize>,
    symbols: BTreeMap<Rc<str>, Uses>,
}

/// All scopes of a module.
#[derive(Debug, Default)]
pub struct Scopes {
    /// The module's is first; a scope comes after those around it.
    scopes: Vec<Scope>,
    by_def: HashMap<StmtId, usize>,
    by_expr: HashMap<ExprId, usize>,
    /// Names that stand for modules before anything here is run.
    modules: HashSet<Rc<str>>,
}

/// How a scope uses a name.
#[derive(Clone, Copy, Debug, Default)]
struct Uses {
    parameter: bool,
    read: bool,
    bound: bool,
    annotated: bool,
    global: bool,
    nonlocal: bool,
    /// Bound by `import module`.
    module: bool,
    /// Bound by `from module import name`.
    imported: bool,
    /// Bound by anything else.
    assigned: bool,
    /// Bound within an expression, by `:=`.
    walrus: bool,
    /// Unbound somewhere: by `del`, or at the end of an `except … as`.
    deleted: bool,
}

impl Scope {
    /// Whether code of its own runs in it: not so in a comprehension.
    fn is_function(&self) -> bool {
        matches!(self.kind, Kind::Function | Kind::Generator)
    }

    /// Whether the name is a variable of the scope itself.
    fn owns(&self, name: &str) -> bool {
        self.kind != Kind::Module
            && self.symbols.get(name).is_some_and(|uses| uses.bound && !uses.global && !uses.nonlocal)
    }

    fn is_cell(&self, name: &str) -> bool {
        self.captured.contains(name) || self.free.iter().any(|free| **free == *name)
    }
}

impl Scopes {
    /// Scopes of the module and of every function in it, and what CPython's symbol table finds wrong.
    /// `modules` are names that stand for modules already.
    pub fn analyze(ast: &Ast, modules: HashSet<Rc<str>>, diagnostics: &mut Vec<Diagnostic>) -> Scopes {
        let mut scopes = analyze::scopes(ast, diagnostics);
        scopes.modules = modules;
        scopes.number();
        scopes
    }

    pub fn module(&self) -> &Scope {
        &self.scopes[0]
    }

    /// The scope of the function that a `def` statement defines.
    pub fn of_def(&self, def: StmtId) -> &Scope {
        self.by_def.get(&def).map_or(self.module(), |scope| &self.scopes[*scope])
    }

    /// The scope of a lambda or a comprehension.
    pub fn of_expr(&self, expr: ExprId) -> &Scope {
        self.by_expr.get(&expr).map_or(self.module(), |scope| &self.scopes[*scope])
    }

    pub fn place(&self, scope: &Scope, name: &str) -> Place {
        let owner = self.nearest(scope, name);
        match owner.numbers.get(name) {
            Some(number) if owner.is_cell(name) => Place::Cell(*number),
            Some(number) => Place::Local(*number),
            None => Place::Global,
        }
    }

    /// The scope whose registers a name is in, as seen from a comprehension: itself, or one of those around it.
    fn nearest<'s>(&'s self, mut scope: &'s Scope, name: &str) -> &'s Scope {
        while let (Kind::Comprehension, false, Some(parent)) =
            (scope.kind, scope.numbers.contains_key(name), scope.parent)
        {
            scope = &self.scopes[parent];
        }
        scope
    }

    /// Whether a local variable may be bound within an expression, after it was read there.
    pub fn is_volatile(&self, scope: &Scope, name: &str) -> bool {
        self.nearest(scope, name).symbols.get(name).is_some_and(|uses| uses.walrus)
    }

    /// Whether a local variable may lose its value.
    pub fn is_deleted(&self, scope: &Scope, name: &str) -> bool {
        self.nearest(scope, name).symbols.get(name).is_some_and(|uses| uses.deleted)
    }

    /// The registers of a scope's own variables that live in cells, and whether each is a parameter.
    pub fn cells(&self, scope: &Scope) -> Vec<(usize, bool)> {
        let captured = scope.own.iter().filter(|name| scope.captured.contains(*name));
        captured
            .filter_map(|name| scope.numbers.get(name))
            .map(|number| (*number, *number < scope.parameters))
            .collect()
    }

    /// The registers of a comprehension's own variables.
    pub fn own_registers(&self, comprehension: &Scope) -> Vec<usize> {
        comprehension.own.iter().filter_map(|name| comprehension.numbers.get(name)).copied().collect()
    }

    /// Whether a name, as seen from a scope, is bound by `import` statements and nothing else: then it is a module.
    pub fn is_module(&self, scope: &Scope, name: &str) -> bool {
        let uses = |scope: &Scope| scope.symbols.get(name).copied().unwrap_or_default();
        let only_module = |uses: Uses| uses.module && !uses.imported && !uses.assigned;
        match self.place(scope, name) {
            Place::Local(_) => only_module(uses(self.nearest(scope, name))),
            Place::Global => {
                let uses = uses(self.module());
                let was_module = self.modules.contains(name) && !uses.imported && !uses.assigned;
                only_module(uses) || was_module
            }
            Place::Cell(_) => false,
        }
    }

    /// Gives every variable its register.
    fn number(&mut self) {
        for at in 0..self.scopes.len() {
            let scope = &mut self.scopes[at];
            let kept: Vec<Rc<str>> =
                scope.own.iter().filter(|name| scope.symbols[*name].parameter || scope.owns(name)).cloned().collect();
            let (parameters, others) = kept.split_at(scope.parameters.min(kept.len()));
            if scope.kind != Kind::Comprehension {
                scope.locals = parameters.iter().chain(&scope.free).chain(others).cloned().collect();
                scope.numbers = scope.locals.iter().cloned().zip(0..).collect();
                continue;
            }
            let mut host = scope.parent;
            while let Some(outer) = host.filter(|outer| self.scopes[*outer].kind == Kind::Comprehension) {
                host = self.scopes[outer].parent;
            }
            let Some(host) = host else { continue };
            let first = self.scopes[host].locals.len();
            self.scopes[host].locals.extend(kept.iter().cloned());
            self.scopes[at].numbers = kept.into_iter().zip(first..).collect();
        }
    }
}
