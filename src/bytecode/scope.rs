//! Which names are a function's own: read off the whole tree before any code is made, since a name that is assigned
//! anywhere in a function is local everywhere in it.

use std::collections::HashMap;
use std::rc::Rc;

use super::compile::walk::{self, for_each_child};
use crate::diagnostic::{Diagnostic, ErrorKind};
use crate::source::Span;
use crate::syntax::ast::{Ast, ExprId, ExprKind, Name, Params, StmtId, StmtKind};

/// Where a name lives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// The number of a local variable of the function itself.
    Local(usize),
    /// A module's variable or a built-in.
    Global,
    /// A local variable of the enclosing function of that name.
    Enclosing(Rc<str>),
}

/// The names of a module or of one function.
#[derive(Debug, Default)]
pub struct Scope {
    pub name: Rc<str>,
    /// Parameters, then other local variables in the order in which they are first bound. Empty for the module.
    pub locals: Vec<Rc<str>>,
    numbers: HashMap<Rc<str>, usize>,
    symbols: HashMap<String, Uses>,
    parent: Option<usize>,
}

/// All scopes of a module.
#[derive(Debug)]
pub struct Scopes {
    /// The module's is first.
    scopes: Vec<Scope>,
    by_def: HashMap<StmtId, usize>,
}

/// How a scope uses a name.
#[derive(Clone, Copy, Debug, Default)]
struct Uses {
    parameter: bool,
    read: bool,
    bound: bool,
    annotated: bool,
    global: bool,
    /// Bound by `import module`.
    module: bool,
    /// Bound by `from module import name`.
    imported: bool,
    /// Bound by anything else.
    assigned: bool,
}

/// How a name comes to be bound.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Binding {
    Module,
    Imported,
    Assigned,
}

impl Scopes {
    /// Scopes of the module and of every function in it, and what CPython's symbol table finds wrong.
    pub fn analyze(ast: &Ast, diagnostics: &mut Vec<Diagnostic>) -> Scopes {
        let module = Scope { name: "<module>".into(), ..Scope::default() };
        let mut analyzer =
            Analyzer { ast, scopes: Scopes { scopes: vec![module], by_def: HashMap::new() }, current: 0, diagnostics };
        let mut pending: Vec<(usize, &[StmtId])> = vec![(0, &ast.body)];
        while let Some((scope, body)) = pending.pop() {
            analyzer.current = scope;
            analyzer.body(body, &mut pending);
            analyzer.number_locals(scope);
        }
        analyzer.scopes
    }

    pub fn module(&self) -> &Scope {
        &self.scopes[0]
    }

    /// The scope of the function that a `def` statement defines.
    pub fn of_def(&self, def: StmtId) -> &Scope {
        self.by_def.get(&def).map_or(self.module(), |scope| &self.scopes[*scope])
    }

    pub fn place(&self, scope: &Scope, name: &str) -> Place {
        if let Some(number) = scope.numbers.get(name) {
            return Place::Local(*number);
        }
        if scope.symbols.get(name).is_some_and(|uses| uses.global) {
            return Place::Global;
        }
        let mut parent = scope.parent;
        while let Some(outer) = parent.map(|index| &self.scopes[index]) {
            if outer.numbers.contains_key(name) {
                return Place::Enclosing(outer.name.clone());
            }
            if outer.symbols.get(name).is_some_and(|uses| uses.global) {
                return Place::Global;
            }
            parent = outer.parent;
        }
        Place::Global
    }

    /// Whether a name, as seen from a scope, is bound by `import` statements and nothing else: then it is a module.
    pub fn is_module(&self, scope: &Scope, name: &str) -> bool {
        let only_module =
            |scope: &Scope| scope.symbols.get(name).is_some_and(|uses| uses.module && !uses.imported && !uses.assigned);
        match self.place(scope, name) {
            Place::Local(_) => only_module(scope),
            Place::Global => only_module(self.module()),
            Place::Enclosing(_) => false,
        }
    }
}

struct Analyzer<'a, 'd> {
    ast: &'a Ast,
    scopes: Scopes,
    current: usize,
    diagnostics: &'d mut Vec<Diagnostic>,
}

impl<'a> Analyzer<'a, '_> {
    /// Statements in the order of the source, without recursion; bodies of functions are left in `functions`.
    fn body(&mut self, body: &'a [StmtId], functions: &mut Vec<(usize, &'a [StmtId])>) {
        let mut pending: Vec<StmtId> = body.iter().rev().copied().collect();
        while let Some(id) = pending.pop() {
            self.statement(id);
            let kind = &self.ast.stmt(id).kind;
            if let StmtKind::Def { name, params, body, .. } = kind {
                functions.push((self.function(id, name, params), body));
            } else {
                for body in walk::bodies(kind).into_iter().rev() {
                    pending.extend(body.iter().rev());
                }
            }
        }
    }

    /// Names in a statement itself, not in its bodies.
    fn statement(&mut self, id: StmtId) {
        let stmt = self.ast.stmt(id);
        match &stmt.kind {
            StmtKind::Expr(value) => self.read(*value),
            StmtKind::Assign { targets, value } => {
                self.read(*value);
                targets.iter().for_each(|target| self.target(*target));
            }
            StmtKind::AugAssign { target, value, .. } => {
                self.target(*target);
                self.read(*value);
            }
            StmtKind::AnnAssign { target, annotation, value } => {
                self.annotated_target(*target);
                self.read(*annotation);
                value.iter().for_each(|value| self.read(*value));
            }
            StmtKind::If { test, .. } | StmtKind::While { test, .. } => self.read(*test),
            StmtKind::For { target, iterable, .. } => {
                self.target(*target);
                self.read(*iterable);
            }
            StmtKind::Return(value) => value.iter().for_each(|value| self.read(*value)),
            StmtKind::Def { name, params, returns, .. } => {
                self.bind(name, Binding::Assigned);
                let stars = [params.star_annotation, params.double_star_annotation, *returns];
                let params = params.positional.iter().chain(&params.keyword_only);
                let values = params.flat_map(|param| [param.default, param.annotation]).chain(stars);
                values.flatten().for_each(|value| self.read(value));
            }
            StmtKind::Global(names) => names.iter().for_each(|name| self.global(name)),
            StmtKind::Assert { test, message } => {
                self.read(*test);
                message.iter().for_each(|message| self.read(*message));
            }
            StmtKind::Del(targets) => targets.iter().for_each(|target| self.target(*target)),
            StmtKind::Import(modules) => {
                for (module, alias) in modules {
                    self.bind(alias.as_ref().unwrap_or(module), Binding::Module);
                }
            }
            StmtKind::FromImport { names, .. } => {
                for (name, alias) in names {
                    self.bind(alias.as_ref().unwrap_or(name), Binding::Imported);
                }
            }
            StmtKind::Raise { exception, cause } => {
                [exception, cause].into_iter().flatten().for_each(|value| self.read(*value));
            }
            StmtKind::Try { handlers, .. } => {
                for handler in handlers {
                    handler.exception.iter().for_each(|value| self.read(*value));
                    handler.name.iter().for_each(|name| self.bind(name, Binding::Assigned));
                }
            }
            StmtKind::With { items, .. } => {
                for (value, target) in items {
                    self.read(*value);
                    target.iter().for_each(|target| self.target(*target));
                }
            }
            StmtKind::Break | StmtKind::Continue | StmtKind::Pass | StmtKind::Nonlocal(_) => {}
        }
    }

    /// A new scope for a function, with its parameters.
    fn function(&mut self, def: StmtId, name: &Name, params: &Params) -> usize {
        let parent = self.current;
        self.current = self.scopes.scopes.len();
        self.scopes.scopes.push(Scope { name: name.text.as_str().into(), parent: Some(parent), ..Scope::default() });
        self.scopes.by_def.insert(def, self.current);
        let names = params.positional.iter().chain(&params.keyword_only).map(|param| &param.name);
        for name in names.chain(&params.star).chain(&params.double_star) {
            self.uses(&name.text).parameter = true;
            self.bind(name, Binding::Assigned);
        }
        std::mem::replace(&mut self.current, parent)
    }

    /// Every name that an expression reads. What lambdas and comprehensions bind is their own.
    fn read(&mut self, id: ExprId) {
        let mut pending = vec![id];
        while let Some(id) = pending.pop() {
            match &self.ast.expr(id).kind {
                ExprKind::Name(name) => self.uses(name).read = true,
                ExprKind::Walrus { target, value } => {
                    self.bind(target, Binding::Assigned);
                    pending.push(*value);
                }
                ExprKind::Lambda { .. } | ExprKind::Comprehension { .. } => {}
                kind => for_each_child(kind, &mut |child| pending.push(child)),
            }
        }
    }

    /// Names that an assignment's target binds, and those that it reads.
    fn target(&mut self, id: ExprId) {
        let mut pending = vec![id];
        while let Some(id) = pending.pop() {
            let expr = self.ast.expr(id);
            match &expr.kind {
                ExprKind::Name(text) => {
                    self.bind(&Name { text: text.clone(), span: expr.span }, Binding::Assigned);
                }
                ExprKind::Tuple(items) | ExprKind::List(items) => pending.extend(items.iter().rev()),
                ExprKind::Starred(target) => pending.push(*target),
                _ => self.read(id),
            }
        }
    }

    fn annotated_target(&mut self, id: ExprId) {
        let in_function = self.current != 0;
        if let ExprKind::Name(name) = &self.ast.expr(id).kind {
            let uses = self.uses(name);
            uses.annotated = true;
            if uses.global && in_function {
                self.error(self.ast.expr(id).span, format!("annotated name '{name}' can't be global"));
            }
        }
        self.target(id);
    }

    fn global(&mut self, name: &Name) {
        let uses = self.uses(&name.text);
        let before = *uses;
        uses.global = true;
        let text = &name.text;
        if before.parameter {
            self.error(name.span, format!("name '{text}' is parameter and global"));
        } else if before.read {
            self.error(name.span, format!("name '{text}' is used prior to global declaration"));
        } else if before.annotated {
            self.error(name.span, format!("annotated name '{text}' can't be global"));
        } else if before.assigned {
            self.error(name.span, format!("name '{text}' is assigned to before global declaration"));
        }
    }

    fn bind(&mut self, name: &Name, binding: Binding) {
        if name.text == "__debug__" {
            self.error(name.span, "cannot assign to __debug__".to_owned());
        }
        let mark = |uses: &mut Uses| match binding {
            Binding::Module => uses.module = true,
            Binding::Imported => uses.imported = true,
            Binding::Assigned => uses.assigned = true,
        };
        let uses = self.uses(&name.text);
        let first = !std::mem::replace(&mut uses.bound, true);
        mark(uses);
        if uses.global {
            mark(self.scopes.scopes[0].symbols.entry(name.text.clone()).or_default());
        }
        // The module's variables live in a table of names, a function's in registers.
        if first && self.current != 0 {
            self.scopes.scopes[self.current].locals.push(name.text.as_str().into());
        }
    }

    /// Gives numbers to locals, now that `global` statements are known.
    fn number_locals(&mut self, scope: usize) {
        let scope = &mut self.scopes.scopes[scope];
        let symbols = &scope.symbols;
        scope.locals.retain(|name| symbols.get(&**name).is_none_or(|uses| uses.parameter || !uses.global));
        scope.numbers = scope.locals.iter().cloned().zip(0..).collect();
    }

    fn uses(&mut self, name: &str) -> &mut Uses {
        self.scopes.scopes[self.current].symbols.entry(name.to_owned()).or_default()
    }

    fn error(&mut self, span: Span, message: String) {
        self.diagnostics.push(Diagnostic::new(ErrorKind::SyntaxError, span, message));
    }
}
