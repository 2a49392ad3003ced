//! What code has learned while it ran, in words: methods that were looked up, expressions that have a kernel.

use std::rc::Rc;

use super::runtime::Runtime;
use crate::bytecode::chunk::{Chunk, Pc};
use crate::bytecode::op::Op;
use crate::value::Code;

/// Something that an instruction need not find out again.
pub struct Learned {
    pub chunk: Rc<Chunk>,
    pub pc: Pc,
    pub what: String,
}

impl Runtime {
    /// What the code that was loaded last has learned, function by function.
    pub fn learned(&self) -> Vec<Learned> {
        let mut learned = Vec::new();
        let mut pending: Vec<Rc<Code>> = self.loaded.iter().cloned().collect();
        while let Some(code) = pending.pop() {
            for (pc, instr) in (0..).map(Pc).zip(&code.chunk.code) {
                let method = matches!(instr.op, Op::CallMethod).then(|| {
                    let name = code.chunk.code[pc.0 as usize + 1].b as usize;
                    let owner = self.lookups.owner(code.hints[name].get())?;
                    Some(format!("{owner}.{}", code.chunk.names[name]))
                });
                let found = [method.flatten(), self.sites.describe(&code, pc)];
                let what: Vec<String> = found.into_iter().flatten().collect();
                if !what.is_empty() {
                    learned.push(Learned { chunk: code.chunk.clone(), pc, what: what.join("; ") });
                }
            }
            pending.extend(code.functions.iter().cloned());
        }
        learned
    }
}
