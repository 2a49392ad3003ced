//! Variables: the slots that they have for each type, what they are when the code begins, reading and writing them.

use super::{Builder, Step, Val};
use crate::bytecode::chunk::GlobalId;
use crate::loops::assemble::Assemble;
use crate::loops::ir::{Slot, Var, Word};
use crate::loops::types::{ObjectId, Type};
use crate::loops::why::Reason;
use crate::value::Value;

impl Builder<'_> {
    /// The slots that a variable has for values of a type.
    pub(super) fn variable(&mut self, var: Var, ty: &Type) -> Vec<Slot> {
        ty.words().into_iter().enumerate().map(|(at, word)| self.word_of(var, at, word)).collect()
    }

    pub(super) fn word_of(&mut self, var: Var, at: usize, word: Word) -> Slot {
        if let Some(slot) = self.variables.get(&(var, at, word)) {
            return *slot;
        }
        let slot = self.temp(word);
        self.variables.insert((var, at, word), slot);
        let name = self.variable_name(var);
        self.out.names.insert(slot, if at == 0 { name } else { format!("{name}.{at}") });
        slot
    }

    pub(super) fn variable_name(&self, var: Var) -> String {
        match var {
            Var::Register(context, register) => {
                let name = self.contexts[context as usize].code.chunk.locals.get(register as usize);
                let name = name.map_or_else(|| format!("r{register}"), |name| name.to_string());
                if context == 0 { name } else { format!("{name}@{context}") }
            }
            Var::Global(id) => self.program.global_name(GlobalId(id)),
        }
    }

    pub(super) fn read(&mut self, register: u16) -> Step<Val> {
        let chunk = &self.contexts[self.at.context as usize].code.chunk;
        if let Some(id) = chunk.pinned_constant(register) {
            let constant = self.contexts[self.at.context as usize].code.constants[id.0 as usize].clone();
            return Ok(self.constant(&constant));
        }
        self.read_var(Var::Register(self.at.context, register))
    }

    pub(super) fn read_var(&mut self, var: Var) -> Step<Val> {
        if let Some(ty) = self.state.get(&var) {
            let ty = ty.clone();
            let slots = self.variable(var, &ty);
            return Ok(self.read_box(var, Val::new(ty, slots)));
        }
        if self.assigned.contains(&var) || matches!(var, Var::Register(1.., _)) {
            return self.stop(Reason::Unbound, self.variable_name(var));
        }
        if let Some(known) = self.invariants.get(&var) {
            let known = known.clone();
            return Ok(self.read_box(var, known));
        }
        let Some(value) = self.observed(var) else { return self.stop(Reason::Unbound, self.variable_name(var)) };
        let ty = self.type_of(&value);
        let slots = self.variable(var, &ty);
        let val = Val::new(ty.clone(), slots.clone());
        self.out.inputs.push((var, ty, slots));
        self.invariants.insert(var, val.clone());
        Ok(self.read_box(var, val))
    }

    pub(super) fn observed(&self, var: Var) -> Option<Value> {
        match var {
            Var::Register(_, register) => self.program.register(register),
            Var::Global(id) => self.program.global(GlobalId(id)),
        }
    }

    /// What the assigned variables are when the code begins.
    pub(super) fn observe_assigned(&mut self) {
        let live = self.contexts[0].liveness.at(self.region.start).clone();
        for var in self.assigned.clone() {
            if matches!(var, Var::Register(_, register) if !live.contains(register)) {
                continue;
            }
            let Some(value) = self.observed(var) else { continue };
            let ty = self.type_of(&value);
            let slots = self.variable(var, &ty);
            self.out.inputs.push((var, ty.clone(), slots));
            self.state.insert(var, ty);
        }
    }

    pub(super) fn write(&mut self, register: u16, val: Val) {
        self.write_var(Var::Register(self.at.context, register), val);
    }

    pub(super) fn write_var(&mut self, var: Var, val: Val) {
        self.write_box(var, &val);
        let slots = self.variable(var, &val.ty);
        // A value may be made of parts of what it replaces.
        let fresh: Vec<Slot> = match val.slots.len() {
            0 | 1 => val.slots,
            _ => val.slots.iter().map(|slot| self.fresh(*slot)).collect(),
        };
        for (dst, src) in slots.into_iter().zip(fresh) {
            self.copy(dst, src);
        }
        self.state.insert(var, val.ty);
    }

    /// A value that the code holds for good.
    pub(super) fn object(&mut self, value: &Value) -> ObjectId {
        let at = self.objects.iter().position(|known| known.is(value)).unwrap_or_else(|| {
            self.objects.push(value.clone());
            self.objects.len() - 1
        });
        ObjectId(at as u16)
    }
}
