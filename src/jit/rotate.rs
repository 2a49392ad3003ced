//! Loops with their test at the bottom, so that a pass takes one jump instead of two.
//!
//! Cranelift puts a loop's test above its body and a jump back to it below. There the test is repeated (known as loop
//! inversion, or rotation): `jmp head` becomes `cmp …; jcc body; jmp exit`.

use iced_x86::{Code, Instruction, Mnemonic};

use super::assembly::Assembly;

/// The same function with its loops rotated.
pub fn rotate(assembly: &Assembly) -> Assembly {
    let mut rotated = assembly.emptied();
    rotated.constants.clone_from(&assembly.constants);
    for (index, instruction) in assembly.instructions.iter().enumerate() {
        let first = rotated.instructions.len();
        match test_before(assembly, index, instruction) {
            Some([compare, branch, next]) => {
                for mut copy in [compare, branch] {
                    copy.set_ip(rotated.fresh_ip());
                    rotated.instructions.push(copy);
                }
                rotated.add_target(next.ip());
                if let Ok(mut exit) = Instruction::with_branch(Code::Jmp_rel32_64, next.ip()) {
                    exit.set_ip(rotated.fresh_ip());
                    rotated.instructions.push(exit);
                }
            }
            None => rotated.instructions.push(*instruction),
        }
        rotated.instructions[first].set_ip(instruction.ip());
    }
    rotated
}

/// For a jump back to a test: the comparison, the branch, and what follows when the loop ends.
fn test_before(assembly: &Assembly, index: usize, jump: &Instruction) -> Option<[Instruction; 3]> {
    if jump.mnemonic() != Mnemonic::Jmp {
        return None;
    }
    let head = assembly.position(jump.near_branch_target()).filter(|head| *head < index)?;
    let [compare, branch, next] = *assembly.instructions.get(head..head + 3)? else { return None };
    let tests = matches!(compare.mnemonic(), Mnemonic::Cmp | Mnemonic::Test);
    let conditional = branch.near_branch_target() != 0 && !matches!(branch.mnemonic(), Mnemonic::Jmp | Mnemonic::Call);
    (tests && conditional).then_some([compare, branch, next])
}
