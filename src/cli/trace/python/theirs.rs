//! What CPython's code for a loop is: the instructions between the jumps back and where these go.

use super::child::{Code, Instruction};
use super::pick::Picked;

/// The loop in CPython's code.
pub struct Cycle<'a> {
    pub instructions: Vec<&'a Instruction>,
    /// No jump inside it but the one back, and those out of it: an iteration takes each instruction once.
    pub is_straight: bool,
}

/// Finds the loop by its function's name and its lines.
pub fn cycle<'a>(codes: &'a [Code], picked: &Picked) -> Option<Cycle<'a>> {
    let of_function = codes.iter().filter(|code| code.name == picked.function);
    // Comprehensions are functions of their own in some versions.
    of_function.chain(codes).find_map(|code| cycle_in(code, picked.lines))
}

fn cycle_in(code: &Code, (first, last): (u32, u32)) -> Option<Cycle<'_>> {
    let inside = |offset: u32| {
        let found = code.instructions.iter().find(|instruction| instruction.offset == offset);
        found.is_some_and(|found| (first..=last).contains(&found.line))
    };
    let back = |instruction: &&Instruction| instruction.target.is_some_and(|target| target <= instruction.offset);
    let mut ranges: Vec<(u32, u32)> = Vec::new();
    for jump in code.instructions.iter().filter(back) {
        let Some(target) = jump.target else { continue };
        if !inside(target) || !inside(jump.offset) {
            continue;
        }
        // Jumps whose ranges overlap belong to one loop, or to one inside the other.
        let mut range = (target, jump.offset);
        ranges.retain(|known| {
            let overlaps = known.0 <= range.1 && range.0 <= known.1;
            if overlaps {
                range = (known.0.min(range.0), known.1.max(range.1));
            }
            !overlaps
        });
        ranges.push(range);
    }
    let (start, end) = ranges.into_iter().max_by_key(|(start, end)| end - start)?;
    let within = |offset: u32| (start..=end).contains(&offset);
    let instructions: Vec<&Instruction> =
        code.instructions.iter().filter(|instruction| within(instruction.offset)).collect();
    let stays = instructions.iter().filter(|instruction| instruction.target.is_some_and(within)).count();
    Some(Cycle { is_straight: stays == 1, instructions })
}
