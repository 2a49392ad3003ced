//! The code of one function or of the module, and the statement that makes a function of it.

use std::rc::Rc;

use super::Unit;
use super::blocks::Block;
use super::bound::Bound;
use super::docstring;
use super::emit::Emitter;
use super::expr::Feeds;
use super::session::Use;
use super::walk;
use crate::bytecode::chunk::{Chunk, Constant, Flags, Instr, Reg, Signature};
use crate::bytecode::op::Op;
use crate::bytecode::scope::{Place, Scope};
use crate::source::Span;
use crate::syntax::ast::{ExprId, ExprKind, Name, Param, Params, StmtId, StmtKind};

/// What is known while one function is compiled.
pub struct Function<'u, 'a> {
    pub(super) unit: &'u mut Unit<'a>,
    pub(super) scope: &'a Scope,
    pub(super) emit: Emitter,
    pub(super) bound: Bound,
    pub(super) blocks: Vec<Block<'a>>,
    pub(super) is_module: bool,
}

impl<'u, 'a> Function<'u, 'a> {
    /// The module's code; none if it does not fit (then the reason is among the diagnostics).
    pub fn module(unit: &'u mut Unit<'a>) -> Option<Chunk> {
        let ast = unit.ast;
        let (scope, body) = (unit.scopes.module(), &ast.body);
        let used = unit.session.used;
        let mut module = Function::new(unit, scope, true);
        match body.split_last().map(|(last, rest)| (&ast.stmt(*last).kind, rest)) {
            Some((StmtKind::Expr(value), rest)) if used == Use::Returned => {
                module.body(rest);
                module.return_value(*value);
            }
            Some(_) | None => module.body(body),
        }
        let end = body.last().map_or(Span::default(), |last| module.last_line(*last));
        let chunk = module.finish(Signature::default(), end)?;
        let doc = docstring::of(ast, &ast.body).filter(|_| used == Use::Dropped);
        Some(Chunk { doc: doc.map(Rc::from), ..chunk })
    }

    /// Code that begins with the cells of the variables that functions inside share.
    fn new(unit: &'u mut Unit<'a>, scope: &'a Scope, is_module: bool) -> Function<'u, 'a> {
        let locals = scope.locals.len();
        let emit = Emitter::new(locals, Span::default());
        let bound = Bound::at_start(scope.parameters, locals);
        let mut function = Function { unit, scope, emit, bound, blocks: Vec::new(), is_module };
        function.make_cells(Span::default());
        function
    }

    /// Cells for the current scope's variables that live in cells.
    pub(super) fn make_cells(&mut self, span: Span) {
        for (register, parameter) in self.unit.scopes.cells(self.scope) {
            let flags = if parameter { Flags::default() } else { Flags::FRESH };
            self.emit.emit(Instr { flags, ..Instr::new(Op::MakeCell, register as u16, 0, 0) }, span);
        }
    }

    /// Adds the `return None` at the end, if the end can be reached.
    fn finish(mut self, signature: Signature, end: Span) -> Option<Chunk> {
        if self.bound.reachable || !self.emit.ends() {
            let none = self.none(end);
            self.emit(Op::Return, none.0, 0, 0, end);
        }
        match self.emit.finish(self.scope, signature, self.unit.session.offset) {
            Ok(chunk) => Some(chunk),
            Err(error) => {
                self.unit.diagnostics.push(error);
                None
            }
        }
    }

    /// The place of the statement that is written last in a statement, functions aside.
    pub(super) fn last_line(&self, mut id: StmtId) -> Span {
        loop {
            let stmt = self.unit.ast.stmt(id);
            match walk::bodies(&stmt.kind).iter().rev().find_map(|body| body.last()) {
                Some(last) if !matches!(stmt.kind, StmtKind::Def { .. }) => id = *last,
                Some(_) | None => return stmt.span,
            }
        }
    }

    /// `def`: defaults are evaluated from left to right, then annotations, then the function is made and bound.
    pub(super) fn def(
        &mut self,
        id: StmtId,
        name: &Name,
        params: &Params,
        returns: Option<ExprId>,
        body: &'a [StmtId],
    ) {
        let span = self.unit.ast.stmt(id).span;
        let span = Span { start: span.start, end: name.span.end.max(span.start) };
        let mark = self.emit.mark();
        let dst = self.destination(&name.text, name.span);
        let defaults = self.defaults(params);
        if !self.unit.postponed_annotations {
            for param in annotated(params) {
                self.discard(param);
            }
            returns.into_iter().for_each(|returns| self.discard(returns));
        }
        let scope = self.unit.scopes.of_def(id);
        let mut function = Function::new(self.unit, scope, false);
        function.body(body);
        let end = body.last().map_or(span, |last| function.last_line(*last));
        if let Some(chunk) = function.finish(signature(params), end) {
            let chunk = Chunk { doc: docstring::of(self.unit.ast, body).map(Rc::from), ..chunk };
            self.make_function(chunk, scope, defaults, dst, span);
            self.store(&name.text, dst, name.span);
        }
        self.emit.release(mark);
    }

    pub(super) fn lambda(&mut self, id: ExprId, params: &'a Params, body: ExprId, dst: Reg, span: Span) {
        let defaults = self.defaults(params);
        let scope = self.unit.scopes.of_expr(id);
        let mut function = Function::new(self.unit, scope, false);
        function.return_value(body);
        if let Some(chunk) = function.finish(signature(params), span) {
            self.make_function(chunk, scope, defaults, dst, span);
        }
    }

    /// Leaves with the value of an expression, where there is nothing to clean up.
    fn return_value(&mut self, value: ExprId) {
        let register = self.operand(value, Feeds::Other);
        self.emit(Op::Return, register.0, 0, 0, self.span(value));
        self.bound.reachable = false;
    }

    /// A generator expression: its first iterable is evaluated here, everything else when items are asked for.
    pub(super) fn generator(&mut self, id: ExprId, dst: Reg) {
        let ast = self.unit.ast;
        let expr = ast.expr(id);
        let ExprKind::Comprehension { element, clauses, .. } = &expr.kind else { return };
        let iterator = self.emit.temp(expr.span);
        self.iterator(clauses, 0, iterator);
        let scope = self.unit.scopes.of_expr(id);
        let mut function = Function::new(self.unit, scope, false);
        function.clauses(clauses, 0, Reg(0), expr.span, &mut |function| {
            let value = function.operand(*element, Feeds::Other);
            function.emit(Op::Yield, value.0, 0, 0, function.span(*element));
        });
        let signature = Signature { positional: vec![".0".into()], ..Signature::default() };
        if let Some(chunk) = function.finish(signature, expr.span) {
            let made = self.emit.temp(expr.span);
            self.make_function(chunk, scope, Vec::new(), made, expr.span);
            self.emit(Op::MakeGenerator, dst.0, made.0, iterator.0, expr.span);
        }
    }

    /// Default values of parameters, in consecutive registers.
    fn defaults(&mut self, params: &Params) -> Vec<Reg> {
        let defaults = params.positional.iter().chain(&params.keyword_only).filter_map(|param| param.default);
        defaults.map(|default| self.item(default)).collect()
    }

    /// A function of its code, its defaults (the registers taken last), and the cells that it shares with this one.
    fn make_function(&mut self, chunk: Chunk, scope: &Scope, defaults: Vec<Reg>, dst: Reg, span: Span) {
        let mut block = defaults;
        for name in &scope.free {
            if let Place::Cell(cell) = self.unit.scopes.place(self.scope, name) {
                let register = self.emit.temp(span);
                self.emit(Op::Move, register.0, cell as u16, 0, span);
                block.push(register);
            }
        }
        let function = self.emit.function(Rc::new(chunk), span);
        self.emit(Op::MakeFunction, dst.0, function.0, block.first().copied().unwrap_or(Reg(0)).0, span);
    }

    /// The register of a name if it is a local variable, a temporary if not: `store` moves it from there.
    pub(super) fn destination(&mut self, name: &str, span: Span) -> Reg {
        match self.unit.scopes.place(self.scope, name) {
            Place::Local(local) => Reg(local as u16),
            Place::Global | Place::Cell(_) => self.emit.temp(span),
        }
    }

    /// Binds a name to what a register holds.
    pub(super) fn store(&mut self, name: &str, value: Reg, span: Span) {
        match self.unit.scopes.place(self.scope, name) {
            Place::Local(local) => {
                self.move_to(Reg(local as u16), value, span);
                self.bound.insert(local);
            }
            Place::Global => {
                let global = self.unit.global(name, span);
                self.emit(Op::StoreGlobal, value.0, global.0, 0, span);
            }
            Place::Cell(cell) => self.emit(Op::StoreCell, value.0, cell as u16, 0, span),
        }
    }

    pub(super) fn move_to(&mut self, dst: Reg, src: Reg, span: Span) {
        if dst != src {
            self.emit(Op::Move, dst.0, src.0, 0, span);
        }
    }

    /// A constant in a temporary.
    pub(super) fn constant(&mut self, constant: Constant, span: Span) -> Reg {
        let dst = self.emit.temp(span);
        let constant = self.emit.constant(constant, span);
        self.emit(Op::LoadConst, dst.0, constant.0, 0, span);
        dst
    }

    /// A register that holds `None`.
    pub(super) fn none(&mut self, span: Span) -> Reg {
        self.emit.pin(&Constant::None, span).unwrap_or_else(|| self.constant(Constant::None, span))
    }

    pub(super) fn emit(&mut self, op: Op, a: u16, b: u16, c: u16, span: Span) {
        self.emit.emit(Instr::new(op, a, b, c), span);
    }
}

/// Annotations in the order in which CPython evaluates them.
fn annotated(params: &Params) -> impl Iterator<Item = ExprId> {
    let (only, rest) = params.positional.split_at(params.positional_only.min(params.positional.len()));
    let annotations = |params: &[Param]| params.iter().filter_map(|param| param.annotation).collect::<Vec<_>>();
    let positional = annotations(rest).into_iter().chain(annotations(only));
    positional
        .chain(params.star_annotation)
        .chain(annotations(&params.keyword_only))
        .chain(params.double_star_annotation)
}

fn signature(params: &Params) -> Signature {
    let names = |params: &[Param]| params.iter().map(|param| param.name.text.as_str().into()).collect();
    Signature {
        positional: names(&params.positional),
        positional_only: params.positional_only,
        positional_defaults: params.positional.iter().filter(|param| param.default.is_some()).count(),
        keyword_only: names(&params.keyword_only),
        keyword_defaults: params.keyword_only.iter().map(|param| param.default.is_some()).collect(),
        star: params.star.as_ref().map(|name| name.text.as_str().into()),
        double_star: params.double_star.as_ref().map(|name| name.text.as_str().into()),
    }
}
