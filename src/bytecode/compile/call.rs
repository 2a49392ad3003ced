//! Calls: callee and arguments in consecutive registers, evaluated from left to right.

use std::rc::Rc;

use super::expr::Feeds;
use super::function::Function;
use crate::bytecode::chunk::{Constant, Flags, Instr, Reg};
use crate::bytecode::op::Op;
use crate::bytecode::scope::Place;
use crate::source::Span;
use crate::syntax::ast::{Arg, ExprId, ExprKind};

/// A call with more arguments collects them in a list: registers are few.
const MAX_ARGUMENTS: usize = 250;

impl Function<'_, '_> {
    pub(super) fn call(&mut self, callee: ExprId, args: &[Arg], dst: Reg, feeds: Feeds, span: Span) {
        let ast = self.unit.ast;
        let starred = |arg: &Arg| matches!(arg, Arg::Star(_) | Arg::DoubleStar(_));
        if args.len() > MAX_ARGUMENTS || args.iter().any(starred) {
            return self.call_unpacked(callee, args, dst, span);
        }
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
        if let Some((_, name)) = method
            && !self.are_silent(args)
        {
            // The attribute is looked up before the arguments are evaluated.
            let name_id = self.emit.name(&name.text, name.span);
            self.emit(Op::CheckMethod, block.0, 0, name_id.0, self.span(callee));
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

    /// Whether arguments can neither fail nor be seen to be evaluated: constants, and variables that are bound.
    fn are_silent(&self, args: &[Arg]) -> bool {
        args.iter().all(|arg| {
            let (Arg::Positional(value) | Arg::Keyword(_, value) | Arg::Star(value) | Arg::DoubleStar(value)) = arg;
            match &self.unit.ast.expr(*value).kind {
                _ if self.unit.folded.get(*value).is_some() => true,
                ExprKind::Name(name) => match self.unit.scopes.place(self.scope, name) {
                    Place::Local(local) => self.bound.contains(local) && !self.unit.scopes.is_deleted(self.scope, name),
                    Place::Cell(_) | Place::Global => false,
                },
                _ => false,
            }
        })
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
                Arg::Star(value) | Arg::DoubleStar(value) => *value,
            };
            let register = self.emit.temp(self.span(value));
            self.into(value, register, feeds);
        }
        keywords
    }

    /// A call whose arguments are collected first: positional ones in a list, the others in a dictionary.
    fn call_unpacked(&mut self, callee: ExprId, args: &[Arg], dst: Reg, span: Span) {
        let block = self.item(callee);
        let positional = self.emit.temp(span);
        let keywords = self.emit.temp(span);
        // One starred value alone is taken apart last, as CPython does, and its errors name the function.
        let mut by_position = args.iter().filter(|arg| matches!(arg, Arg::Positional(_) | Arg::Star(_)));
        let lone = match (by_position.next(), by_position.next()) {
            (Some(Arg::Star(value)), None) => Some(*value),
            _ => None,
        };
        match lone {
            Some(values) => self.into(values, positional, Feeds::Other),
            None => self.emit(Op::BuildList, positional.0, 0, 0, span),
        }
        for arg in args.iter().filter(|_| lone.is_none()) {
            let mark = self.emit.mark();
            match arg {
                Arg::Positional(value) => {
                    let value = self.operand(*value, Feeds::Other);
                    self.emit(Op::ListAppend, positional.0, value.0, 0, span);
                }
                Arg::Star(value) => {
                    let values = self.operand(*value, Feeds::Other);
                    self.emit(Op::ListExtend, positional.0, values.0, 0, span);
                }
                Arg::Keyword(..) | Arg::DoubleStar(_) => {}
            }
            self.emit.release(mark);
        }
        let named = args.iter().any(|arg| matches!(arg, Arg::Keyword(..) | Arg::DoubleStar(_)));
        if named {
            self.emit(Op::BuildDict, keywords.0, 0, 0, span);
            self.keywords(args, keywords, block, span);
        }
        if lone.is_some() {
            let list = self.emit.temp(span);
            self.emit(Op::BuildList, list.0, 0, 0, span);
            let extend = Instr::new(Op::ListExtend, list.0, positional.0, block.0);
            self.emit.emit(Instr { flags: Flags::ARGUMENTS, ..extend }, span);
            self.emit(Op::Move, positional.0, list.0, 0, span);
        }
        self.emit(Op::CallUnpacked, dst.0, block.0, 2 + named as u16, span);
    }

    /// Keyword arguments into a dictionary, in which no name may come twice.
    fn keywords(&mut self, args: &[Arg], keywords: Reg, callee: Reg, span: Span) {
        for arg in args {
            let mark = self.emit.mark();
            match arg {
                Arg::Keyword(name, value) => {
                    let pair = self.constant(Constant::Str(name.text.as_str().into()), name.span);
                    self.item(*value);
                    let one = self.emit.temp(span);
                    self.emit(Op::BuildDict, one.0, pair.0, 2, span);
                    self.emit(Op::DictMerge, keywords.0, one.0, callee.0, span);
                }
                Arg::DoubleStar(value) => {
                    let mapping = self.operand(*value, Feeds::Other);
                    self.emit(Op::DictMerge, keywords.0, mapping.0, callee.0, span);
                }
                Arg::Positional(_) | Arg::Star(_) => {}
            }
            self.emit.release(mark);
        }
    }
}
