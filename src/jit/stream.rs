//! Non-temporal stores: results that no cache could hold go to memory without being read into one first.

use iced_x86::{Code, Instruction, OpKind, Register};

use super::assembly::Assembly;

/// The same function with every store of a whole register past the caches; `None` where it has none. The result's
/// address has to be a multiple of the register's size, and so has each step.
pub fn stream(assembly: &Assembly) -> Option<Assembly> {
    let mut streaming = assembly.clone();
    let mut found = false;
    for instruction in &mut streaming.instructions {
        let on_stack = instruction.memory_base() == Register::RSP;
        if instruction.op0_kind() == OpKind::Memory
            && !on_stack
            && let Some(code) = non_temporal(instruction.code())
        {
            instruction.set_code(code);
            found = true;
        }
    }
    // Such stores keep no order with others: whoever is told that the kernel has run must find them done.
    let mut at = 0;
    while let Some(next) = streaming.instructions[at..].iter().position(|instruction| instruction.code() == Code::Retnq)
    {
        let mut fence = Instruction::with(Code::Sfence);
        fence.set_ip(streaming.instructions[at + next].ip());
        let fresh = streaming.fresh_ip();
        streaming.instructions[at + next].set_ip(fresh);
        streaming.instructions.insert(at + next, fence);
        at += next + 2;
    }
    found.then_some(streaming)
}

fn non_temporal(store: Code) -> Option<Code> {
    use Code::*;
    Some(match store {
        VEX_Vmovups_xmmm128_xmm | VEX_Vmovupd_xmmm128_xmm | VEX_Vmovdqu_xmmm128_xmm => VEX_Vmovntps_m128_xmm,
        VEX_Vmovups_ymmm256_ymm | VEX_Vmovupd_ymmm256_ymm | VEX_Vmovdqu_ymmm256_ymm => VEX_Vmovntps_m256_ymm,
        EVEX_Vmovups_zmmm512_k1z_zmm | EVEX_Vmovupd_zmmm512_k1z_zmm | EVEX_Vmovdqu64_zmmm512_k1z_zmm => {
            EVEX_Vmovntps_m512_zmm
        }
        _ => return None,
    })
}
