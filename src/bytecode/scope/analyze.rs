//! One pass over a tree that notes in each scope what is done to which name; then the owners of shared names.

use std::rc::Rc;

use super::{Kind, Scope, Scopes, Uses};
use crate::bytecode::compile::walk::{self, for_each_child};
use crate::diagnostic::{Diagnostic, ErrorKind};
use crate::source::Span;
use crate::syntax::ast::{Ast, ComprehensionKind, ExprId, ExprKind, Name, Param, Params, StmtId, StmtKind};

/// How a name comes to be bound.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Binding {
    Module,
    Imported,
    Assigned,
}

/// What is left to be analyzed of a scope.
enum Inside<'a> {
    Body(&'a [StmtId]),
    Expr(ExprId),
    Comprehension(ExprId),
}

/// All scopes, with what each does to its names; registers are not known yet.
pub(super) fn scopes(ast: &Ast, diagnostics: &mut Vec<Diagnostic>) -> Scopes {
    let module = Scope { name: "<module>".into(), qualified: "<module>".into(), ..Scope::default() };
    let scopes = Scopes { scopes: vec![module], ..Scopes::default() };
    let mut analyzer = Analyzer { ast, scopes, current: 0, in_iterable: false, pending: Vec::new(), diagnostics };
    analyzer.pending.push((0, false, Inside::Body(&ast.body)));
    while let Some((scope, in_iterable, inside)) = analyzer.pending.pop() {
        (analyzer.current, analyzer.in_iterable) = (scope, in_iterable);
        match inside {
            Inside::Body(body) => analyzer.body(body),
            Inside::Expr(expr) => analyzer.read(expr),
            Inside::Comprehension(expr) => analyzer.comprehension(expr),
        }
    }
    analyzer.resolve();
    analyzer.scopes
}

struct Analyzer<'a, 'd> {
    ast: &'a Ast,
    scopes: Scopes,
    current: usize,
    /// Within the iterable of a comprehension, where `:=` is not allowed.
    in_iterable: bool,
    /// What is left to do: in which scope, and whether within an iterable.
    pending: Vec<(usize, bool, Inside<'a>)>,
    diagnostics: &'d mut Vec<Diagnostic>,
}

impl<'a> Analyzer<'a, '_> {
    /// Statements in the order of the source, without recursion; bodies of functions are left for later.
    fn body(&mut self, body: &'a [StmtId]) {
        let mut pending: Vec<StmtId> = body.iter().rev().copied().collect();
        while let Some(id) = pending.pop() {
            self.statement(id);
            let kind = &self.ast.stmt(id).kind;
            if let StmtKind::Def { name, params, body, .. } = kind {
                let scope = self.function(Kind::Function, &name.text, params);
                self.scopes.by_def.insert(id, scope);
                self.pending.push((scope, self.in_iterable, Inside::Body(body)));
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
            StmtKind::Del(targets) => {
                for target in targets {
                    self.target(*target);
                    self.deleted(*target);
                }
            }
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
                    if let Some(name) = &handler.name {
                        self.bind(name, Binding::Assigned);
                        self.uses(&name.text).deleted = true;
                    }
                }
            }
            StmtKind::With { items, .. } => {
                for (value, target) in items {
                    self.read(*value);
                    target.iter().for_each(|target| self.target(*target));
                }
            }
            StmtKind::Nonlocal(names) => names.iter().for_each(|name| self.nonlocal(name)),
            StmtKind::Break | StmtKind::Continue | StmtKind::Pass => {}
        }
    }

    /// A new scope inside the current one.
    fn scope(&mut self, kind: Kind, name: &str) -> usize {
        let mut host = self.current;
        while let (Kind::Comprehension, Some(outer)) = (self.scopes.scopes[host].kind, self.scopes.scopes[host].parent)
        {
            host = outer;
        }
        let qualified = match host {
            0 => name.into(),
            _ => format!("{}.<locals>.{name}", self.scopes.scopes[host].qualified).into(),
        };
        let scope = Scope { name: name.into(), qualified, kind, parent: Some(self.current), ..Scope::default() };
        self.scopes.scopes.push(scope);
        self.scopes.scopes.len() - 1
    }

    /// A new scope for a function, with its parameters.
    fn function(&mut self, kind: Kind, name: &str, params: &Params) -> usize {
        let scope = self.scope(kind, name);
        let outer = std::mem::replace(&mut self.current, scope);
        let names = params.positional.iter().chain(&params.keyword_only).map(|param| &param.name);
        for name in names.chain(&params.star).chain(&params.double_star) {
            self.uses(&name.text).parameter = true;
            self.bind(name, Binding::Assigned);
        }
        self.scopes.scopes[scope].parameters = self.scopes.scopes[scope].own.len();
        self.current = outer;
        scope
    }

    /// Every name that an expression reads. What lambdas and comprehensions bind is their own.
    fn read(&mut self, id: ExprId) {
        let ast = self.ast;
        let mut pending = vec![id];
        while let Some(id) = pending.pop() {
            match &ast.expr(id).kind {
                ExprKind::Name(name) => self.uses(name).read = true,
                ExprKind::Walrus { target, value } => {
                    self.walrus(target, ast.expr(id).span);
                    pending.push(*value);
                }
                ExprKind::Lambda { params, body } => {
                    let params_all = params.positional.iter().chain(&params.keyword_only);
                    pending.extend(params_all.filter_map(|param| param.default));
                    let scope = self.function(Kind::Function, "<lambda>", params);
                    self.scopes.by_expr.insert(id, scope);
                    self.pending.push((scope, self.in_iterable, Inside::Expr(*body)));
                }
                ExprKind::Comprehension { kind, clauses, .. } => {
                    let scope = match kind {
                        ComprehensionKind::Generator => {
                            let iterator = Param {
                                name: Name { text: ".0".into(), span: Span::default() },
                                annotation: None,
                                default: None,
                            };
                            let params = Params { positional: vec![iterator], ..Params::default() };
                            self.function(Kind::Generator, "<genexpr>", &params)
                        }
                        _ => self.scope(Kind::Comprehension, "<comprehension>"),
                    };
                    self.scopes.by_expr.insert(id, scope);
                    self.pending.push((scope, self.in_iterable, Inside::Comprehension(id)));
                    if let Some(first) = clauses.first() {
                        self.iterable(first.iterable);
                    }
                }
                kind => for_each_child(kind, &mut |child| pending.push(child)),
            }
        }
    }

    /// What of a comprehension is evaluated inside: all but the first iterable.
    fn comprehension(&mut self, id: ExprId) {
        let ExprKind::Comprehension { element, value, clauses, .. } = &self.ast.expr(id).kind else { return };
        clauses.iter().for_each(|clause| self.target(clause.target));
        for (at, clause) in clauses.iter().enumerate() {
            if at > 0 {
                self.iterable(clause.iterable);
            }
            clause.conditions.iter().for_each(|condition| self.read(*condition));
        }
        self.read(*element);
        value.iter().for_each(|value| self.read(*value));
    }

    fn iterable(&mut self, id: ExprId) {
        let outer = std::mem::replace(&mut self.in_iterable, true);
        self.read(id);
        self.in_iterable = outer;
    }

    /// `:=` binds in the function around all comprehensions.
    fn walrus(&mut self, target: &Name, span: Span) {
        if self.in_iterable {
            self.error(span, "assignment expression cannot be used in a comprehension iterable expression".into());
            return;
        }
        let inside = self.current;
        while let (Kind::Generator | Kind::Comprehension, Some(parent)) =
            (self.scopes.scopes[self.current].kind, self.scopes.scopes[self.current].parent)
        {
            let name = &target.text;
            if self.scopes.scopes[self.current].symbols.get(&**name).is_some_and(|uses| uses.bound) {
                let message = format!("assignment expression cannot rebind comprehension iteration variable '{name}'");
                self.error(target.span, message);
            }
            self.uses(name).read = true;
            self.current = parent;
        }
        self.bind(target, Binding::Assigned);
        self.uses(&target.text).walrus = true;
        self.current = inside;
    }

    /// Names that `del` unbinds.
    fn deleted(&mut self, target: ExprId) {
        let mut pending = vec![target];
        while let Some(id) = pending.pop() {
            match &self.ast.expr(id).kind {
                ExprKind::Name(name) => self.uses(name).deleted = true,
                ExprKind::Tuple(items) | ExprKind::List(items) => pending.extend(items),
                _ => {}
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
            if uses.nonlocal {
                self.error(self.ast.expr(id).span, format!("annotated name '{name}' can't be nonlocal"));
            } else if uses.global && in_function {
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

    fn nonlocal(&mut self, name: &Name) {
        let text = name.text.clone();
        if self.current == 0 {
            return self.error(name.span, "nonlocal declaration not allowed at module level".into());
        }
        let uses = self.uses(&text);
        let before = *uses;
        uses.nonlocal = true;
        if before.parameter {
            self.error(name.span, format!("name '{text}' is parameter and nonlocal"));
        } else if before.global {
            self.error(name.span, format!("name '{text}' is nonlocal and global"));
        } else if before.read {
            self.error(name.span, format!("name '{text}' is used prior to nonlocal declaration"));
        } else if before.annotated {
            self.error(name.span, format!("annotated name '{text}' can't be nonlocal"));
        } else if before.assigned {
            self.error(name.span, format!("name '{text}' is assigned to before nonlocal declaration"));
        } else if !self.has_owner(&text) {
            self.error(name.span, format!("no binding for nonlocal '{text}' found"));
        }
    }

    /// Whether a function around the current one owns a name, as far as is known before its own `nonlocal`s are.
    fn has_owner(&self, name: &str) -> bool {
        let mut at = self.scopes.scopes[self.current].parent;
        while let Some(scope) = at.map(|at| &self.scopes.scopes[at]) {
            if scope.owns(name) {
                return true;
            }
            at = scope.parent;
        }
        false
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
            mark(self.scopes.scopes[0].symbols.entry(name.text.as_str().into()).or_default());
        }
        // The module's variables live in a table of names, a function's in registers.
        if first && self.current != 0 {
            self.scopes.scopes[self.current].own.push(name.text.as_str().into());
        }
    }

    /// Finds the owner of every name that a function uses without owning it.
    fn resolve(&mut self) {
        for user in 0..self.scopes.scopes.len() {
            let scope = &self.scopes.scopes[user];
            let foreign = scope.symbols.iter().filter(|(name, uses)| !uses.global && !scope.owns(name));
            for name in foreign.map(|(name, _)| name.clone()).collect::<Vec<_>>() {
                self.capture(user, &name);
            }
        }
        for scope in &mut self.scopes.scopes {
            scope.free.sort();
        }
    }

    /// Makes a name of an enclosing function known to `user` and to all functions in between.
    fn capture(&mut self, user: usize, name: &Rc<str>) {
        let scopes = &mut self.scopes.scopes;
        let mut between = Vec::new();
        let mut at = user;
        while at != 0 {
            let scope = &scopes[at];
            if scope.owns(name) {
                break;
            }
            if at != user && scope.symbols.get(name).is_some_and(|uses| uses.global) {
                return;
            }
            if scope.is_function() {
                between.push(at);
            }
            at = scope.parent.unwrap_or(0);
        }
        if at == 0 || between.is_empty() {
            return;
        }
        scopes[at].captured.insert(name.clone());
        for inner in between {
            if !scopes[inner].free.contains(name) {
                scopes[inner].free.push(name.clone());
            }
        }
    }

    fn uses(&mut self, name: &str) -> &mut Uses {
        self.scopes.scopes[self.current].symbols.entry(name.into()).or_default()
    }

    fn error(&mut self, span: Span, message: String) {
        self.diagnostics.push(Diagnostic::new(ErrorKind::SyntaxError, span, message));
    }
}
