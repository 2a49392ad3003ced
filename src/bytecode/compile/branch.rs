//! Conditions: `and`, `or`, `not` and chained comparisons become jumps, without a bool in between.

use super::emit::Label;
use super::expr::{Feeds, compare_op};
use super::function::Function;
use crate::bytecode::chunk::{Instr, Reg};
use crate::bytecode::op::Op;
use crate::source::Span;
use crate::syntax::ast::{BoolOp, CompareOp, ExprId, ExprKind, UnaryOp};

impl Function<'_, '_> {
    pub(super) fn jump_if(&mut self, condition: ExprId, target: Label) {
        self.branch(condition, true, target);
    }

    pub(super) fn jump_unless(&mut self, condition: ExprId, target: Label) {
        self.branch(condition, false, target);
    }

    /// Goes to `target` if the truth of `condition` is `sense`, and on to the next instruction if not.
    fn branch(&mut self, condition: ExprId, sense: bool, target: Label) {
        let ast = self.unit.ast;
        let span = self.span(condition);
        if let Some(truth) = self.known_truth(condition) {
            if truth == sense {
                self.emit.jump(Op::Jump, Reg(0), target, span);
            }
            return;
        }
        let mark = self.emit.mark();
        match &ast.expr(condition).kind {
            ExprKind::Unary { op: UnaryOp::Not, operand } => self.branch(*operand, !sense, target),
            ExprKind::Bool2 { op, .. } => self.branch_bool(condition, *op, sense, target),
            ExprKind::Compare { first, rest } if rest.len() > 1 => self.branch_chain(*first, rest, sense, target, span),
            ExprKind::Compare { first, rest } if compare_op(rest[0].0).1 => {
                let (op, right) = rest[0];
                let left = self.operand(*first, Feeds::Operation);
                let right = self.operand(right, Feeds::Operation);
                let flags = self.last_of(left, right);
                self.emit.emit(Instr { flags, ..Instr::new(test_op(op), 0, left.0, right.0) }, span);
                self.emit.jump(if sense { Op::If } else { Op::Unless }, Reg(0), target, span);
            }
            _ => {
                let value = self.operand(condition, Feeds::Other);
                self.emit.jump(jump_op(sense), value, target, span);
            }
        }
        self.emit.release(mark);
    }

    fn branch_bool(&mut self, condition: ExprId, op: BoolOp, sense: bool, target: Label) {
        let decisive = op == BoolOp::Or;
        let operands = self.bool_operands(condition, op);
        let undecided = self.emit.label();
        let mut known = None;
        for (at, operand) in operands.iter().enumerate() {
            if sense == decisive {
                self.branch(*operand, decisive, target);
            } else if at + 1 < operands.len() {
                self.branch(*operand, decisive, undecided);
            } else {
                self.branch(*operand, sense, target);
            }
            known.get_or_insert_with(|| self.bound.clone());
        }
        self.emit.bind(undecided);
        // Only the first operand is evaluated in any case.
        self.bound = known.unwrap_or_else(|| self.bound.clone());
    }

    fn branch_chain(&mut self, first: ExprId, rest: &[(CompareOp, ExprId)], sense: bool, target: Label, span: Span) {
        let result = self.emit.temp(span);
        let failed = self.emit.label();
        self.chain(first, rest, span, |function, last, comparison| {
            function.emit.emit(Instr { a: result.0, ..comparison }, span);
            let (op, to) = match (sense, last) {
                (true, true) => (Op::JumpIfTrue, target),
                (true, false) => (Op::JumpIfFalse, failed),
                (false, _) => (Op::JumpIfFalse, target),
            };
            function.emit.jump(op, result, to, span);
        });
        self.emit.bind(failed);
    }
}

/// A comparison that a jump alone waits for. Identity and membership have none.
fn test_op(op: CompareOp) -> Op {
    match op {
        CompareOp::Lt => Op::TestLt,
        CompareOp::Le => Op::TestLe,
        CompareOp::Gt => Op::TestGt,
        CompareOp::Ge => Op::TestGe,
        CompareOp::Eq => Op::TestEq,
        CompareOp::Ne => Op::TestNe,
        CompareOp::Is | CompareOp::IsNot | CompareOp::In | CompareOp::NotIn => unreachable!("not elementwise"),
    }
}

fn jump_op(sense: bool) -> Op {
    if sense { Op::JumpIfTrue } else { Op::JumpIfFalse }
}
