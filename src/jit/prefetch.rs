//! Software prefetch: each cache line that a kernel reads is asked for some passes before.

use iced_x86::{Code, Instruction, MemoryOperand, OpKind, Register};

use super::assembly::Assembly;

/// How far ahead, in bytes.
const DISTANCE: i64 = 1024;

/// Bytes of a cache line.
const LINE: i64 = 64;

/// The same function, with a `prefetcht0` before the first read of each line in a run of instructions.
pub fn prefetch(assembly: &Assembly) -> Assembly {
    let mut ahead = assembly.emptied();
    ahead.constants.clone_from(&assembly.constants);
    let mut asked: Vec<(Register, Register, i64)> = Vec::new();
    for instruction in &assembly.instructions {
        if assembly.is_target(instruction.ip()) {
            asked.clear();
        }
        let mut instruction = *instruction;
        if let Some((base, index, offset)) = read(&instruction)
            && !asked.contains(&(base, index, offset / LINE))
        {
            asked.push((base, index, offset / LINE));
            let place = MemoryOperand::with_base_index_scale_displ_size(base, index, 1, offset + DISTANCE, 8);
            if let Ok(mut hint) = Instruction::with1(Code::Prefetcht0_m8, place) {
                hint.set_ip(instruction.ip());
                instruction.set_ip(ahead.fresh_ip());
                ahead.instructions.push(hint);
            }
        }
        ahead.instructions.push(instruction);
    }
    ahead
}

/// Base, index and offset of what an instruction brings into a whole register.
fn read(instruction: &Instruction) -> Option<(Register, Register, i64)> {
    let vector = instruction.op0_register().is_ymm() || instruction.op0_register().is_zmm();
    let vector = vector || (instruction.op0_register().is_xmm() && instruction.memory_size().size() == 16);
    let reads = (1..instruction.op_count()).any(|operand| instruction.op_kind(operand) == OpKind::Memory);
    let moves = instruction.memory_index() != Register::None && instruction.memory_index_scale() == 1;
    (vector && reads && moves)
        .then(|| (instruction.memory_base(), instruction.memory_index(), instruction.memory_displacement64() as i64))
}
