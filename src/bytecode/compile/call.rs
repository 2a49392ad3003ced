//! Calls: callee and arguments in consecutive registers, evaluated from left to right.

use std::rc::Rc;

use super::expr::Feeds;
use super::function::Function;
use crate::bytecode::chunk::{Constant, Flags, Instr, Reg};
use crate::bytecode::op::Op;
use crate::source::Span;
use crate::syntax::ast::{Arg, ExprId, ExprKind};

impl Function<'_, '_> {
    pub(super) fn call(&mut self, callee: ExprId, args: &[Arg], dst: Reg, feeds: Feeds, span: Span) {
        let ast = self.unit.ast;
        let method = match &ast.expr(callee).kind {
            ExprKind::Attribute { value, name } => Some((*value, name)),
            _ => None,
        };
        let block = self.emit.temp(span);
        let mut flags = Flags::default();
        let mut args_feed = Feeds::Other;
        match method {
            Some((receiver, _)) => {
                self.into(receiver, block, Feeds::Operation);
                if self.is_module(receiver) {
                    flags = flags.with(Flags::LAZY_ARGS);
                    args_feed = Feeds::Operation;
                }
                if feeds == Feeds::Operation {
                    flags = flags.with(Flags::LAZY);
                }
            }
            None => self.into(callee, block, Feeds::Other),
        }
        let keywords = self.arguments(args, args_feed);
        let count = (args.len() + 1) as u16;
        let with_keywords = !keywords.is_empty();
        let names = match with_keywords {
            true => self.emit.constant(Constant::Names(keywords), span).0,
            false => 0,
        };
        let op = match (method.is_some(), with_keywords) {
            (false, false) => Op::Call,
            (false, true) => Op::CallKw,
            (true, false) => Op::CallMethod,
            (true, true) => Op::CallMethodKw,
        };
        let place = match method {
            Some((receiver, name)) if !self.is_module(receiver) => self.unit.place_of_attribute(span, name),
            _ => span,
        };
        self.emit.emit(Instr { flags, ..Instr::new(op, dst.0, block.0, count) }, place);
        if let Some((_, name)) = method {
            let name_id = self.emit.name(&name.text, name.span);
            let place = self.unit.place_of_attribute(self.span(callee), name);
            self.emit(Op::Method, 0, name_id.0, names, place);
        } else if with_keywords {
            self.emit(Op::Keywords, 0, names, 0, span);
        }
    }

    /// Whether an expression is the name of an imported module, whose functions take pending arrays.
    fn is_module(&self, receiver: ExprId) -> bool {
        match &self.unit.ast.expr(receiver).kind {
            ExprKind::Name(name) => self.unit.scopes.is_module(self.scope, name),
            _ => false,
        }
    }

    /// Arguments into consecutive registers; the names of the last ones, which have names. The parser has seen to it
    /// that these are last, and their names different.
    fn arguments(&mut self, args: &[Arg], feeds: Feeds) -> Vec<Rc<str>> {
        let mut keywords: Vec<Rc<str>> = Vec::new();
        for arg in args {
            let value = match arg {
                Arg::Positional(value) => *value,
                Arg::Keyword(name, value) => {
                    keywords.push(name.text.as_str().into());
                    *value
                }
                Arg::Star(value) => {
                    self.refuse_at(*value, "* in a call");
                    *value
                }
                Arg::DoubleStar(value) => {
                    self.refuse_at(*value, "** in a call");
                    *value
                }
            };
            let register = self.emit.temp(self.span(value));
            self.into(value, register, feeds);
        }
        keywords
    }
}
