//! Comparisons and choices at 512 bits, where conditions are bits of a mask register.
//!
//! The narrow code keeps a condition as lanes of ones or zeros. A comparison therefore goes to a mask register and is
//! expanded from there; who then chooses by those lanes uses the mask itself, as long as neither was written over.

use iced_x86::{Code, Instruction, OpKind, Register};

use super::table::Lane;
use super::{Vector, Widening};

/// Mask registers in use: `k0` cannot choose.
const MASKS: u32 = 7;

/// Which mask registers hold the condition that a vector register has in its lanes.
#[derive(Default)]
pub struct Masks {
    /// By the vector register's number.
    known: [Option<(Register, Lane)>; 16],
    next: u32,
}

impl Masks {
    /// A mask register for a new condition: the one that was given longest ago.
    fn take(&mut self) -> Register {
        let mask = Register::K1 + self.next;
        self.next = (self.next + 1) % MASKS;
        self.known.iter_mut().filter(|known| known.is_some_and(|(k, _)| k == mask)).for_each(|known| *known = None);
        mask
    }

    /// Control may come from elsewhere, with other conditions.
    pub fn forget_all(&mut self) {
        self.known = [None; 16];
    }

    fn of(&self, lanes: Register) -> Option<(Register, Lane)> {
        number(lanes).and_then(|number| *self.known.get(number)?)
    }

    fn set(&mut self, lanes: Register, mask: Register, lane: Lane) {
        if let Some(known) = number(lanes).and_then(|number| self.known.get_mut(number)) {
            *known = Some((mask, lane));
        }
    }

    /// An instruction gives its first operand a new value, if that is a vector register.
    pub fn written(&mut self, instruction: &Instruction) {
        if let Some(known) = number(instruction.op0_register()).and_then(|number| self.known.get_mut(number)) {
            *known = None;
        }
    }
}

/// Which of the registers of its width it is.
fn number(register: Register) -> Option<usize> {
    let first = [Register::ZMM0, Register::YMM0, Register::XMM0].into_iter().find(|first| *first <= register)?;
    register.is_vector_register().then_some(register as usize - first as usize)
}

/// A comparison whose registers are wide: its condition in a mask register and in the lanes of its first operand.
pub fn compare(widening: &mut Widening<'_>, mut instruction: Instruction, lane: Lane) {
    let result = instruction.op0_register();
    let same = instruction.op2_kind() == OpKind::Register && instruction.op1_register() == instruction.op2_register();
    if same && matches!(instruction.code(), Code::EVEX_Vpcmpeqd_kr_k1_zmm_zmmm512b32) {
        // What equals itself: all ones.
        let mut ones = of_registers(Code::EVEX_Vpternlogd_zmm_k1z_zmm_zmmm512b32_imm8, &[result; 3]);
        ones.set_op3_kind(OpKind::Immediate8);
        ones.set_immediate8(0xff);
        return widening.push(ones);
    }
    let mask = widening.masks.take();
    instruction.set_op0_register(mask);
    widening.push(instruction);
    let expand = match lane {
        Lane::Byte => Code::EVEX_Vpmovm2b_zmm_kr,
        Lane::Four => Code::EVEX_Vpmovm2d_zmm_kr,
        Lane::Eight => Code::EVEX_Vpmovm2q_zmm_kr,
    };
    widening.push(of_registers(expand, &[result, mask]));
    widening.masks.set(result, mask, lane);
}

/// A choice by the lanes of its fourth operand, as the narrow code has it.
pub fn blend(widening: &mut Widening<'_>, mut instruction: Instruction, code: Code, lane: Lane) {
    let condition = Vector::Zmm.register(instruction.op3_register());
    let (mask, code) = match widening.masks.of(condition) {
        Some((mask, known)) if known == lane => (mask, code),
        Some((mask, Lane::Four)) => (mask, Code::EVEX_Vpblendmd_zmm_k1z_zmm_zmmm512b32),
        Some((mask, Lane::Eight)) => (mask, Code::EVEX_Vpblendmq_zmm_k1z_zmm_zmmm512b64),
        Some((_, Lane::Byte)) | None => {
            let mask = widening.masks.take();
            let gather = match lane {
                Lane::Byte => Code::EVEX_Vpmovb2m_kr_zmm,
                Lane::Four => Code::EVEX_Vpmovd2m_kr_zmm,
                Lane::Eight => Code::EVEX_Vpmovq2m_kr_zmm,
            };
            widening.push(of_registers(gather, &[mask, condition]));
            (mask, code)
        }
    };
    // The narrow form has an operand more, the condition.
    instruction.set_code(code);
    for operand in 0..3 {
        if instruction.op_kind(operand) == OpKind::Register {
            instruction.set_op_register(operand, Vector::Zmm.register(instruction.op_register(operand)));
        }
    }
    instruction.set_op_mask(mask);
    widening.push(instruction);
}

fn of_registers(code: Code, registers: &[Register]) -> Instruction {
    let mut instruction = Instruction::default();
    instruction.set_code(code);
    for (operand, register) in (0..).zip(registers) {
        instruction.set_op_register(operand, *register);
    }
    instruction
}
