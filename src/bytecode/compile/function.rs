//! The code of one function or of the module, and the statement that makes a function of it.

use std::rc::Rc;

use super::Unit;
use super::bound::Bound;
use super::emit::{Emitter, Label};
use super::walk;
use crate::bytecode::chunk::{Chunk, Constant, Instr, Reg, Signature};
use crate::bytecode::op::Op;
use crate::bytecode::scope::{Place, Scope};
use crate::source::Span;
use crate::syntax::ast::{ExprId, Name, Param, Params, StmtId, StmtKind};

/// What is known while one function is compiled.
pub struct Function<'u, 'a> {
    pub(super) unit: &'u mut Unit<'a>,
    pub(super) scope: &'a Scope,
    pub(super) emit: Emitter,
    pub(super) bound: Bound,
    pub(super) loops: Vec<Loop>,
    pub(super) is_module: bool,
}

/// A loop around the statement that is being compiled.
pub struct Loop {
    pub next: Label,
    pub exit: Label,
    /// What is bound where all `break`s of the loop arrive.
    pub at_exit: Bound,
}

impl<'u, 'a> Function<'u, 'a> {
    /// The module's code; none if it does not fit (then the reason is among the diagnostics).
    pub fn module(unit: &'u mut Unit<'a>) -> Option<Chunk> {
        let (scope, body) = (unit.scopes.module(), &unit.ast.body);
        let mut module = Function::new(unit, scope, 0, true);
        module.body(body);
        module.finish(Signature::default(), body)
    }

    fn new(unit: &'u mut Unit<'a>, scope: &'a Scope, parameters: usize, is_module: bool) -> Function<'u, 'a> {
        let locals = scope.locals.len();
        let emit = Emitter::new(locals, Span::default());
        Function { unit, scope, emit, bound: Bound::at_start(parameters, locals), loops: Vec::new(), is_module }
    }

    /// Adds the `return None` at the end, if the end can be reached.
    fn finish(mut self, signature: Signature, body: &[StmtId]) -> Option<Chunk> {
        if self.bound.reachable || !self.emit.ends() {
            let span = body.last().map_or(Span::default(), |last| self.last_line(*last));
            let none = self.constant(Constant::None, span);
            self.emit(Op::Return, none.0, 0, 0, span);
        }
        match self.emit.finish(self.scope.name.clone(), signature, self.scope.locals.clone()) {
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
        for (star, what) in [(&params.star, "*args parameters"), (&params.double_star, "**kwargs parameters")] {
            if let Some(star) = star {
                self.unit.refuse(star.span, what);
            }
        }
        let mark = self.emit.mark();
        let defaults = params.positional.iter().chain(&params.keyword_only).filter_map(|param| param.default);
        let registers: Vec<Reg> = defaults.map(|default| self.item(default)).collect();
        for param in annotated(params) {
            self.discard(param);
        }
        returns.into_iter().for_each(|returns| self.discard(returns));

        let signature = signature(params);
        let scope = self.unit.scopes.of_def(id);
        let mut function = Function::new(self.unit, scope, signature.registers(), false);
        function.body(body);
        if let Some(chunk) = function.finish(signature, body) {
            let function = self.emit.function(Rc::new(chunk), name.span);
            let dst = self.destination(&name.text, name.span);
            let defaults = registers.first().copied().unwrap_or(Reg(0));
            self.emit(Op::MakeFunction, dst.0, function.0, defaults.0, span);
            self.store(&name.text, dst, name.span);
        }
        self.emit.release(mark);
    }

    /// The register of a name if it is a local variable, a temporary if not: `store` moves it from there.
    pub(super) fn destination(&mut self, name: &str, span: Span) -> Reg {
        match self.unit.scopes.place(self.scope, name) {
            Place::Local(local) => Reg(local as u16),
            Place::Global | Place::Enclosing(_) => self.emit.temp(span),
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
            Place::Enclosing(function) => self.refuse_closure(name, &function, span),
        }
    }

    pub(super) fn refuse_closure(&mut self, name: &str, function: &str, span: Span) {
        let help = format!("'{name}' is a local variable of '{function}': pass it as an argument");
        self.unit.refuse_with(span, "closures", Some(help));
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
