//! Wider registers for finished machine code.
//!
//! Cranelift's x86-64 backend has vectors of 128 bits and no others. A kernel whose addresses and steps were laid out for
//! wider registers, but whose instructions are still narrow, differs from the wide kernel only in the width that each
//! instruction names: all that it does is done lane by lane. So each instruction is replaced by its wide form
//! ([`table`]), constants are repeated, and the stack frame grows in proportion. What the table does not know is refused,
//! and then the kernel stays at 128 bits.

mod masks;
pub mod table;
#[cfg(test)]
#[allow(unsafe_code)]
mod tests;

use iced_x86::{Code, Instruction, OpKind, Register};

use self::masks::Masks;
use self::table::Row;
use super::assembly::{Assembly, CONSTANTS};

/// A width of vector registers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Vector {
    Xmm,
    Ymm,
    Zmm,
}

impl Vector {
    /// Bytes of a register.
    pub const fn bytes(self) -> usize {
        16 * self.factor()
    }

    /// How many registers of 128 bits it is as wide as.
    pub const fn factor(self) -> usize {
        match self {
            Vector::Xmm => 1,
            Vector::Ymm => 2,
            Vector::Zmm => 4,
        }
    }

    /// The wide register in the place of one of 128 bits; others are what they are.
    fn register(self, register: Register) -> Register {
        let base = match self {
            Vector::Xmm => Register::XMM0,
            Vector::Ymm => Register::YMM0,
            Vector::Zmm => Register::ZMM0,
        };
        if register.is_xmm() { base + (register as u32 - Register::XMM0 as u32) } else { register }
    }
}

/// The same code on registers of `width`, which the addresses in it were laid out for. At 128 bits, too, legacy
/// encodings become VEX, so that widths differ in nothing else.
///
/// # Errors
/// The first instruction that cannot be widened, in words.
pub fn widen(narrow: &Assembly, width: Vector) -> Result<Assembly, String> {
    let mut widening = Widening { width, narrow, wide: narrow.emptied(), masks: Masks::default(), copied: Vec::new() };
    for instruction in &narrow.instructions {
        let before = widening.wide.instructions.len();
        if narrow.is_target(instruction.ip()) {
            widening.masks.forget_all();
        }
        let known = widening.instruction(*instruction);
        known.ok_or_else(|| format!("cannot widen {}", super::disassemble::text(instruction)))?;
        // Jumps go to the first of the instructions that one became.
        if let Some(first) = widening.wide.instructions.get_mut(before) {
            first.set_ip(instruction.ip());
        }
    }
    Ok(widening.wide)
}

struct Widening<'a> {
    width: Vector,
    narrow: &'a Assembly,
    wide: Assembly,
    masks: Masks,
    /// Constants that were taken over: from where, and how often repeated, to where.
    copied: Vec<(u64, usize, u64)>,
}

impl Widening<'_> {
    /// Appends what `instruction` becomes; `None` if that is not known.
    fn instruction(&mut self, mut instruction: Instruction) -> Option<()> {
        let vector = (0..instruction.op_count()).any(|operand| instruction.op_register(operand).is_vector_register());
        if !vector {
            return self.other(instruction);
        }
        let row = table::row(instruction.code())?;
        let repeated = match row {
            Row::Lanes(_) | Row::Compare(..) | Row::Blend(..) => self.width.factor(),
            Row::Broadcast(_) | Row::Scalar => 1,
        };
        self.address(&mut instruction, repeated)?;
        match row {
            Row::Scalar => self.push(instruction),
            Row::Broadcast(codes) => {
                let is_splat = instruction.code() != Code::VEX_Vpshufd_xmm_xmmm128_imm8
                    || (instruction.immediate8() == SPLAT_OF_EIGHT && instruction.op1_kind() == OpKind::Register);
                if !is_splat {
                    return None;
                }
                instruction.set_code(codes[self.width as usize]);
                instruction.set_op0_register(self.width.register(instruction.op0_register()));
                self.push(instruction);
            }
            Row::Lanes(codes) => {
                self.widen_registers(&mut instruction, codes);
                self.push(instruction);
            }
            Row::Compare(codes, lane) => {
                self.widen_registers(&mut instruction, codes);
                match self.width {
                    Vector::Xmm | Vector::Ymm => self.push(instruction),
                    Vector::Zmm => masks::compare(self, instruction, lane),
                }
            }
            Row::Blend(codes, lane) => match self.width {
                Vector::Xmm | Vector::Ymm => {
                    self.widen_registers(&mut instruction, codes);
                    self.push(instruction);
                }
                Vector::Zmm => masks::blend(self, instruction, codes[Vector::Zmm as usize], lane),
            },
        }
        Some(())
    }

    fn widen_registers(&self, instruction: &mut Instruction, codes: [Code; 3]) {
        instruction.set_code(codes[self.width as usize]);
        for operand in 0..instruction.op_count() {
            if instruction.op_kind(operand) == OpKind::Register {
                instruction.set_op_register(operand, self.width.register(instruction.op_register(operand)));
            }
        }
    }

    /// An instruction without vector registers: it stays, but for the stack frame.
    fn other(&mut self, mut instruction: Instruction) -> Option<()> {
        let touches_stack =
            (0..instruction.op_count()).any(|operand| instruction.op_register(operand) == Register::RSP);
        match instruction.code() {
            // `mov rbp, rsp` and `mov rsp, rbp` keep their meaning.
            Code::Mov_rm64_r64 | Code::Mov_r64_rm64 if touches_stack => {}
            Code::Sub_rm64_imm8 | Code::Sub_rm64_imm32 | Code::Add_rm64_imm8 | Code::Add_rm64_imm32
                if touches_stack =>
            {
                let bytes = instruction.immediate(1) as i64 * self.width.factor() as i64;
                let code = match instruction.code() {
                    Code::Sub_rm64_imm8 | Code::Sub_rm64_imm32 => Code::Sub_rm64_imm32,
                    _ => Code::Add_rm64_imm32,
                };
                let ip = instruction.ip();
                instruction = Instruction::with2(code, Register::RSP, i32::try_from(bytes).ok()?).ok()?;
                instruction.set_ip(ip);
            }
            _ if touches_stack => return None,
            Code::Retnq if self.width > Vector::Xmm => self.push(Instruction::with(Code::VEX_Vzeroupper)),
            _ => {}
        }
        self.address(&mut instruction, 1)?;
        self.push(instruction);
        Some(())
    }

    /// Where a memory operand lies now: the stack frame has grown, and a constant is among the new ones, `repeated`
    /// times side by side.
    fn address(&mut self, instruction: &mut Instruction, repeated: usize) -> Option<()> {
        if !(0..instruction.op_count()).any(|operand| instruction.op_kind(operand) == OpKind::Memory) {
            return Some(());
        }
        if instruction.is_ip_rel_memory_operand() {
            let (from, size) = (instruction.ip_rel_memory_address(), instruction.memory_size().size());
            let known = self.copied.iter().find(|(known, times, _)| (*known, *times) == (from, repeated));
            let at = match known {
                Some((_, _, at)) => *at,
                None => {
                    let bytes = self.narrow.constant(from, size)?.repeat(repeated);
                    let constants = &mut self.wide.constants;
                    constants.resize(constants.len().next_multiple_of(bytes.len()), 0);
                    let at = CONSTANTS + constants.len() as u64;
                    constants.extend(bytes);
                    self.copied.push((from, repeated, at));
                    at
                }
            };
            instruction.set_memory_displacement64(at);
        } else if instruction.memory_base() == Register::RSP {
            if instruction.memory_index() != Register::None {
                return None;
            }
            let offset = (instruction.memory_displacement64() as i64).checked_mul(self.width.factor() as i64)?;
            i32::try_from(offset).ok()?;
            instruction.set_memory_displacement64(offset as u64);
            instruction.set_memory_displ_size(if offset == 0 { 0 } else { 8 });
        } else if instruction.memory_index() == Register::RSP {
            return None;
        }
        Some(())
    }

    fn push(&mut self, mut instruction: Instruction) {
        instruction.set_ip(self.wide.fresh_ip());
        self.masks.written(&instruction);
        self.wide.instructions.push(instruction);
    }
}

/// `vpshufd` with this pattern copies the lower 8 bytes to the upper.
const SPLAT_OF_EIGHT: u8 = 0x44;
