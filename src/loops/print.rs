//! The loop IR as text.

use std::fmt::{self, Display, Formatter};

use super::ir::{
    Binary, Checked, End, Exit, ExitId, Inst, Leaving, Literal, LoopCode, Relation, Routine, Slot, Unary, Word,
};

/// A slot, by the name of its variable if it has one.
pub(super) struct Named<'a>(pub &'a LoopCode, pub Slot);

impl Display for Named<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.0.names.get(&self.1) {
            Some(name) => f.write_str(name),
            None if self.1 == self.0.iterations => f.write_str("iterations"),
            None if self.1 == self.0.flag => f.write_str("flag"),
            None if self.1 == self.0.cells => f.write_str("cells"),
            None if self.1 == self.0.free => f.write_str("free"),
            None if self.1 == self.0.area => f.write_str("area"),
            None => write!(f, "v{}", self.1.0),
        }
    }
}

impl Display for LoopCode {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("loop(")?;
        for (at, (_, ty, slots)) in self.inputs.iter().enumerate() {
            let name = slots.first().map_or(String::new(), |slot| format!("{}: ", Named(self, *slot)));
            write!(f, "{}{name}{}", if at == 0 { "" } else { ", " }, ty.name())?;
        }
        writeln!(f, ") {{")?;
        for block in &self.blocks {
            writeln!(f, "{}:", block.name)?;
            for inst in &block.insts {
                writeln!(f, "  {}", Line(self, inst))?;
            }
            match block.end {
                End::Jump(to) => writeln!(f, "  go to {}", self.blocks[to.0 as usize].name)?,
                End::Branch { condition, then, otherwise } => {
                    let name = |block: super::ir::BlockId| &self.blocks[block.0 as usize].name;
                    writeln!(f, "  if {} go to {} else {}", Named(self, condition), name(then), name(otherwise))?;
                }
                End::Exit(exit) => writeln!(f, "  leave by {exit}")?,
            }
        }
        for (at, exit) in self.exits.iter().enumerate() {
            writeln!(f, "{}: {}", ExitId(at as u32), Described(self, exit))?;
        }
        writeln!(f, "}}")
    }
}

impl Display for ExitId {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "exit {}", self.0)
    }
}

struct Described<'a>(&'a LoopCode, &'a Exit);

impl Display for Described<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "on at instruction {}", self.1.pc.0)?;
        for (at, (_, ty, slots)) in self.1.writes.iter().enumerate() {
            let slots: Vec<String> = slots.iter().map(|slot| Named(self.0, *slot).to_string()).collect();
            write!(f, "{}{}: {}", if at == 0 { " with " } else { ", " }, slots.join(" "), ty.name())?;
        }
        match &self.1.leaving {
            Leaving::End => f.write_str("; the loop has ended"),
            Leaving::Poll(_) => f.write_str("; the user asked to stop"),
            Leaving::Cannot(why) => write!(f, "; {} {why}", why.reason.code()),
        }
    }
}

/// An instruction, whose slots exist.
pub(super) struct Line<'a>(pub &'a LoopCode, pub &'a Inst);

impl Display for Line<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let name = |slot: Slot| Named(self.0, slot);
        match self.1 {
            Inst::Const { dst, value } => write!(f, "{} = {value}", name(*dst)),
            Inst::Copy { dst, src } => write!(f, "{} = {}", name(*dst), name(*src)),
            Inst::Binary { op, dst, a, b } => write!(f, "{} = {} {}, {}", name(*dst), op.name(), name(*a), name(*b)),
            Inst::Unary { op, dst, a } => write!(f, "{} = {} {}", name(*dst), op.name(), name(*a)),
            Inst::Compare { op, dst, a, b } => {
                write!(f, "{} = {} {} {}", name(*dst), name(*a), op.name(), name(*b))
            }
            Inst::Select { dst, condition, a, b } => {
                write!(f, "{} = {} if {} else {}", name(*dst), name(*a), name(*condition), name(*b))
            }
            Inst::Check { condition, exit } => write!(f, "check {} or {exit}", name(*condition)),
            Inst::CheckTag { base, offset, tag, exit } => {
                write!(f, "check tag {} + {offset} is {tag} or {exit}", name(*base))
            }
            Inst::Poll { flag, exit } => write!(f, "poll {} or {exit}", name(*flag)),
            Inst::Checked { op, dst, a, b, exit } => {
                write!(f, "{} = {} {}, {} or {exit}", name(*dst), op.name(), name(*a), name(*b))
            }
            Inst::Load { dst, base, offset, fixed } => {
                let fixed = if *fixed { " fixed" } else { "" };
                write!(f, "{}: {} = load{fixed} {} + {offset}", name(*dst), self.0.word(*dst), name(*base))
            }
            Inst::Store { src, base, offset } => write!(f, "store {} to {} + {offset}", name(*src), name(*base)),
            Inst::LoadAt { dst, base, index } => {
                write!(f, "{}: {} = load {}[{}]", name(*dst), self.0.word(*dst), name(*base), name(*index))
            }
            Inst::StoreAt { src, base, index } => {
                write!(f, "store {} to {}[{}]", name(*src), name(*base), name(*index))
            }
            Inst::Call { routine, dst, args } => {
                let args: Vec<String> = args.iter().map(|arg| name(*arg).to_string()).collect();
                write!(f, "{} = call {}({})", name(*dst), routine.name(), args.join(", "))
            }
        }
    }
}

impl Display for Literal {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Literal::I8(bits) => write!(f, "{bits}: i8"),
            Literal::I64(i) => write!(f, "{i}"),
            Literal::F32(x) => write!(f, "{x:?}: f32"),
            Literal::F64(x) => write!(f, "{x:?}"),
        }
    }
}

impl Display for Word {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Word::I8 => "i8",
            Word::I64 => "i64",
            Word::F32 => "f32",
            Word::F64 => "f64",
        })
    }
}

impl Binary {
    fn name(self) -> &'static str {
        match self {
            Binary::Add => "add",
            Binary::Sub => "sub",
            Binary::Mul => "mul",
            Binary::Div => "div",
            Binary::Rem => "rem",
            Binary::And => "and",
            Binary::Or => "or",
            Binary::Xor => "xor",
            Binary::Shl => "shl",
            Binary::Shr => "shr",
            Binary::DivUnsigned => "divu",
        }
    }
}

impl Unary {
    fn name(self) -> &'static str {
        match self {
            Unary::Neg => "neg",
            Unary::Abs => "abs",
            Unary::Sqrt => "sqrt",
            Unary::Floor => "floor",
            Unary::Ceil => "ceil",
            Unary::Trunc => "trunc",
            Unary::Not => "not",
            Unary::IntToFloat => "int to f64",
            Unary::IntToSingle => "int to f32",
            Unary::FloatToInt => "f64 to int",
            Unary::SingleToFloat => "f32 to f64",
            Unary::FloatToSingle => "f64 to f32",
            Unary::Widen => "widen",
        }
    }
}

impl Relation {
    fn name(self) -> &'static str {
        match self {
            Relation::Lt => "<",
            Relation::Le => "<=",
            Relation::Gt => ">",
            Relation::Ge => ">=",
            Relation::Eq => "==",
            Relation::Ne => "!=",
            Relation::Below => "below",
        }
    }
}

impl Checked {
    fn name(self) -> &'static str {
        match self {
            Checked::Add => "checked add",
            Checked::Sub => "checked sub",
            Checked::Mul => "checked mul",
        }
    }
}

impl Routine {
    pub fn name(self) -> &'static str {
        match self {
            Routine::SetFloat => "set float",
            Routine::SetInt => "set int",
            Routine::SetBool => "set bool",
            Routine::PushFloat => "push float",
            Routine::PushInt => "push int",
            Routine::PushBool => "push bool",
            Routine::PushObject => "push object",
            Routine::BoxFloat => "box float",
            Routine::BoxInt => "box int",
            Routine::BoxFloat64 => "box np.float64",
            Routine::BoxFloat32 => "box np.float32",
            Routine::BoxInt64 => "box np.int64",
            Routine::BoxBool => "box np.bool",
            Routine::Share => "share",
            Routine::Vector => "array expressions",
            Routine::FloorDivide => "floor divide",
            Routine::Modulo => "modulo",
            Routine::Power => "power",
            Routine::Math(name) | Routine::MathOfTwo(name) => name,
        }
    }
}
