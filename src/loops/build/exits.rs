//! Ways out of typed code, and the checks that lead there.

use super::{Builder, Step};
use crate::bytecode::chunk::Pc;
use crate::loops::assemble::Assemble;
use crate::loops::ir::{Checked, Exit, ExitId, Inst, Leaving, Slot, Var, Word};
use crate::loops::types::Type;
use crate::loops::why::{Reason, Why};

impl Builder<'_> {
    pub(super) fn why(&self, reason: Reason, detail: impl Into<String>) -> Why {
        let chunk = &self.contexts[self.at.context as usize].code.chunk;
        Why::new(reason, detail, chunk.spans[self.at.pc.0 as usize])
    }

    pub(super) fn stop<T>(&self, reason: Reason, detail: impl Into<String>) -> Step<T> {
        Err(self.why(reason, detail))
    }

    /// The exit of the instruction at hand, which has done nothing yet: the interpreter executes it, or the call that it
    /// is part of.
    pub(super) fn exit(&mut self, reason: Reason, detail: &str) -> ExitId {
        if let Some(exit) = self.exits.get(&reason) {
            return *exit;
        }
        let why = self.why(reason, detail);
        let exit = self.exit_to(self.root_pc(), Leaving::Cannot(why));
        self.exits.insert(reason, exit);
        exit
    }

    pub(super) fn exit_to(&mut self, pc: Pc, leaving: Leaving) -> ExitId {
        let live = self.contexts[0].liveness.at(pc).clone();
        let wanted = |var: &Var| match var {
            Var::Register(0, register) => live.contains(*register),
            Var::Register(..) => false,
            Var::Global(_) => true,
        };
        let changed: Vec<(Var, Type)> =
            self.state.iter().filter(|(var, _)| wanted(var)).map(|(var, ty)| (*var, ty.clone())).collect();
        let writes = changed.into_iter().map(|(var, ty)| (var, ty.clone(), self.variable(var, &ty))).collect();
        self.out.exits.push(Exit { pc, leaving, writes });
        ExitId(self.out.exits.len() as u32 - 1)
    }

    /// The instruction of the loop's own function that is under way.
    pub(super) fn root_pc(&self) -> Pc {
        let mut place = self.at;
        while let Some(parent) = self.contexts[place.context as usize].parent {
            place = parent;
        }
        place.pc
    }

    pub(super) fn checked(&mut self, op: Checked, a: Slot, b: Slot) -> Slot {
        let exit = self.exit(Reason::Overflow, "");
        let dst = self.temp(Word::I64);
        self.emit(Inst::Checked { op, dst, a, b, exit });
        dst
    }

    /// Leaves the code unless `condition` holds.
    pub(super) fn check(&mut self, condition: Slot, reason: Reason, detail: &str) {
        let exit = self.exit(reason, detail);
        self.emit(Inst::Check { condition, exit });
    }
}
