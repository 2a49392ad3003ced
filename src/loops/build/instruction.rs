//! One bytecode: what it does to the types, and what code it becomes.

use super::{Builder, Place, Step, Val};
use crate::bytecode::chunk::{Instr, Pc};
use crate::bytecode::op::Op;
use crate::loops::assemble::Assemble;
use crate::loops::ir::{End, Relation, Var};
use crate::loops::types::Type;
use crate::loops::why::Reason;
use crate::syntax::ast::{BinaryOp, UnaryOp};

impl Builder<'_> {
    /// Compiles the instruction at hand: where code goes on, unless it has gone already.
    ///
    /// # Errors
    /// Why the interpreter has to execute it; nothing was changed then.
    pub(super) fn instruction(&mut self) -> Step<Option<Place>> {
        let chunk = self.contexts[self.at.context as usize].code.chunk.clone();
        let pc = self.at.pc;
        let i = chunk.code[pc.0 as usize];
        let operand = || chunk.code[pc.0 as usize + 1];
        let next = self.place(Pc(pc.0 + crate::bytecode::flow::width(i.op)));
        match i.op {
            Op::LoadConst => {
                let constant = self.contexts[self.at.context as usize].code.constants[i.b as usize].clone();
                let value = self.constant(&constant);
                self.write(i.a, value);
            }
            Op::Move => {
                let value = self.read(i.b)?;
                self.held_once(&value)?;
                self.write(i.a, value);
            }
            Op::LoadGlobal => {
                let value = self.read_var(Var::Global(i.b))?;
                self.write(i.a, value);
            }
            Op::StoreGlobal => {
                if self.at.context != 0 {
                    return self.stop(Reason::Effects, "a global variable is assigned");
                }
                let value = self.read(i.a)?;
                self.held_once(&value)?;
                self.write_var(Var::Global(i.b), value);
            }
            Op::CheckBound => drop(self.read(i.a)?),

            Op::Add => self.arithmetic(BinaryOp::Add, i)?,
            Op::Sub => self.arithmetic(BinaryOp::Sub, i)?,
            Op::Mul => self.arithmetic(BinaryOp::Mul, i)?,
            Op::TrueDiv => self.arithmetic(BinaryOp::TrueDiv, i)?,
            Op::FloorDiv => self.arithmetic(BinaryOp::FloorDiv, i)?,
            Op::Mod => self.arithmetic(BinaryOp::Mod, i)?,
            Op::Pow => self.arithmetic(BinaryOp::Pow, i)?,
            Op::BitAnd => self.arithmetic(BinaryOp::BitAnd, i)?,
            Op::BitOr => self.arithmetic(BinaryOp::BitOr, i)?,
            Op::BitXor => self.arithmetic(BinaryOp::BitXor, i)?,
            Op::Shl => self.arithmetic(BinaryOp::Shl, i)?,
            Op::Shr => self.arithmetic(BinaryOp::Shr, i)?,
            Op::Neg => self.sign(UnaryOp::Neg, i)?,
            Op::Pos => self.sign(UnaryOp::Pos, i)?,
            Op::Invert => self.sign(UnaryOp::Invert, i)?,
            Op::Not => self.sign(UnaryOp::Not, i)?,

            Op::Lt => self.comparison(Relation::Lt, i)?,
            Op::Le => self.comparison(Relation::Le, i)?,
            Op::Gt => self.comparison(Relation::Gt, i)?,
            Op::Ge => self.comparison(Relation::Ge, i)?,
            Op::Eq => self.comparison(Relation::Eq, i)?,
            Op::Ne => self.comparison(Relation::Ne, i)?,
            Op::Is | Op::IsNot => {
                let (a, b) = (self.read(i.b)?, self.read(i.c)?);
                let mut slot = self.identity(&a, &b)?;
                if i.op == Op::IsNot {
                    slot = self.unary(super::Unary::Not, slot);
                }
                self.write(i.a, Val::new(Type::Bool, [slot]));
            }

            Op::TestLt => return self.test(Relation::Lt, i, operand(), next),
            Op::TestLe => return self.test(Relation::Le, i, operand(), next),
            Op::TestGt => return self.test(Relation::Gt, i, operand(), next),
            Op::TestGe => return self.test(Relation::Ge, i, operand(), next),
            Op::TestEq => return self.test(Relation::Eq, i, operand(), next),
            Op::TestNe => return self.test(Relation::Ne, i, operand(), next),
            Op::Jump => {
                self.go(self.place(i.target()));
                return Ok(None);
            }
            Op::JumpIfFalse | Op::JumpIfTrue => {
                let value = self.read(i.a)?;
                let truth = self.truth(&value)?;
                let target = self.place(i.target());
                let (then, otherwise) = if i.op == Op::JumpIfTrue { (target, next) } else { (next, target) };
                self.branch(truth, then, otherwise);
                return Ok(None);
            }

            Op::GetIter => {
                let value = self.read(i.b)?;
                let iterator = self.iterator(&value)?;
                self.write(i.a, iterator);
            }
            Op::ForIter => {
                let iterator = self.read(i.b)?;
                self.for_iter(i.a, &iterator, operand().target(), next.pc)?;
                return Ok(None);
            }
            Op::GetItem => {
                let (object, index) = (self.read(i.b)?, self.read(i.c)?);
                let value = self.get_item(&object, &index)?;
                self.write(i.a, value);
            }
            Op::SetItem => {
                let (object, index, value) = (self.read(i.a)?, self.read(i.b)?, self.read(i.c)?);
                self.set_item(&object, &index, &value)?;
            }
            Op::ListAppend => {
                let (list, value) = (self.read(i.a)?, self.read(i.b)?);
                self.append(&list, &value)?;
            }
            Op::BuildTuple => {
                let items = (i.b..i.b + i.c).map(|register| self.read(register)).collect::<Step<Vec<Val>>>()?;
                items.iter().try_for_each(|item| self.held_once(item))?;
                let types: Vec<Type> = items.iter().map(|item| item.ty.clone()).collect();
                let slots: Vec<_> = items.into_iter().flat_map(|item| item.slots).collect();
                self.write(i.a, Val::new(Type::Tuple(types.into()), slots));
            }
            Op::UnpackSequence => {
                let tuple = self.read(i.b)?;
                match &tuple.ty {
                    Type::Tuple(items) if items.len() == i.c as usize => {}
                    ty => return self.stop(Reason::Container, format!("{} is unpacked", ty.name())),
                }
                // The registers that are written may be those that are read.
                let slots = tuple.slots.iter().map(|slot| self.fresh(*slot)).collect::<Vec<_>>();
                let tuple = Val { slots, ..tuple };
                for at in 0..i.c {
                    self.write(i.a + at, Self::tuple_item(&tuple, at as usize));
                }
            }
            Op::GetAttr => {
                let object = self.read(i.b)?;
                let value = self.attribute_of(&object, &chunk.names[i.c as usize])?;
                let value = self.constant(&value);
                self.write(i.a, value);
            }
            Op::CheckMethod => {
                let object = self.read(i.a)?;
                let name = &chunk.names[i.c as usize];
                match &object.ty {
                    Type::List(_) if &**name == "append" => {}
                    Type::Known(_) => drop(self.attribute_of(&object, name)?),
                    ty => return self.stop(Reason::Method, format!("{name} of {}", ty.name())),
                }
            }
            Op::Call => return self.call_value(i),
            Op::CallMethod => self.call_method(i, &chunk.names[operand().b as usize])?,
            Op::Return if self.at.context != 0 => {
                let result = self.read(i.a)?;
                self.held_once(&result)?;
                return Ok(Some(self.return_from(result)));
            }
            Op::Return => {
                let exit = self.exit_to(pc, super::Leaving::End);
                self.end(End::Exit(exit));
                return Ok(None);
            }

            Op::CallKw | Op::CallUnpacked | Op::CallMethodKw => return self.stop(Reason::Call, "with keywords or *"),
            Op::BuildList
            | Op::BuildDict
            | Op::BuildSet
            | Op::BuildString
            | Op::FormatValue
            | Op::ListExtend
            | Op::ListToTuple
            | Op::SetAdd
            | Op::SetUpdate
            | Op::DictInsert
            | Op::DictUpdate
            | Op::DictMerge
            | Op::UnpackStar
            | Op::BuildSlice
            | Op::GetSlice
            | Op::SetSlice
            | Op::In
            | Op::NotIn
            | Op::DeleteItem => return self.stop(Reason::Container, i.op.meaning()),
            Op::Raise
            | Op::RaiseAgain
            | Op::Reraise
            | Op::MatchException
            | Op::BeginHandling
            | Op::EndHandling
            | Op::AssertFailed => return self.stop(Reason::Exception, ""),
            Op::Yield => return self.stop(Reason::Generator, ""),
            Op::Settle => {
                // Pending arrays are computed before the code begins, and none is made in it.
            }
            Op::DeleteLocal
            | Op::DeleteGlobal
            | Op::MakeCell
            | Op::LoadCell
            | Op::StoreCell
            | Op::DeleteCell
            | Op::LoadModule
            | Op::ImportAll
            | Op::ImportFrom
            | Op::MatMul
            | Op::SetAttr
            | Op::DeleteAttr
            | Op::MakeFunction
            | Op::MakeGenerator
            | Op::Show
            | Op::Mark
            | Op::EnterContext
            | Op::ExitContext
            | Op::AgainNothing
            | Op::AgainBoundsCheck
            | Op::AgainDereference
            | Op::AgainTypeCheck
            | Op::AgainLoad
            | Op::AgainStore
            | Op::AgainBox
            | Op::AgainReference
            | Op::AgainArithmetic
            | Op::AgainDivision
            | Op::AgainRemainder
            | Op::AgainCounter
            | Op::AgainBranch
            | Op::Stamp => return self.stop(Reason::Construct, i.op.meaning()),
            Op::Keywords | Op::Method | Op::Bounds | Op::If | Op::Unless => unreachable!("operands are not executed"),
        }
        Ok(Some(next))
    }

    fn arithmetic(&mut self, op: BinaryOp, i: Instr) -> Step<()> {
        let (a, b) = (self.read(i.b)?, self.read(i.c)?);
        let value = self.operator(op, &a, &b)?;
        self.write(i.a, value);
        Ok(())
    }

    fn sign(&mut self, op: UnaryOp, i: Instr) -> Step<()> {
        let operand = self.read(i.b)?;
        let value = self.unary_operator(op, &operand)?;
        self.write(i.a, value);
        Ok(())
    }

    fn comparison(&mut self, op: Relation, i: Instr) -> Step<()> {
        let (a, b) = (self.read(i.b)?, self.read(i.c)?);
        let slot = self.relation(op, &a, &b)?;
        self.write(i.a, Val::new(Self::relation_type(&a, &b), [slot]));
        Ok(())
    }

    /// A comparison, and the jump behind it.
    fn test(&mut self, op: Relation, i: Instr, jump: Instr, next: Place) -> Step<Option<Place>> {
        let (a, b) = (self.read(i.b)?, self.read(i.c)?);
        let holds = self.relation(op, &a, &b)?;
        let target = self.place(jump.target());
        let (then, otherwise) = if jump.op == Op::If { (target, next) } else { (next, target) };
        self.branch(holds, then, otherwise);
        Ok(None)
    }
}
