//! What CPython's code for a loop is: the instructions between the jumps back and where these go.

use super::child::{Code, Instruction};
use super::pick::Picked;

/// The loop in CPython's code.
pub struct Cycle<'a> {
    pub instructions: Vec<&'a Instruction>,
    /// How many an iteration executes, if no jump stays inside but the one back: it takes each once. What it calls is
    /// not counted.
    pub executed: Option<usize>,
    /// Whether an iteration calls anything.
    pub calls: bool,
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
    Some(Cycle {
        executed: (stays == 1).then(|| executed(&instructions)),
        calls: instructions.iter().any(|instruction| instruction.op.starts_with("CALL")),
        instructions,
    })
}

/// How many instructions straight code executes: some of 3.11's and 3.12's do the next one's work as well.
fn executed(instructions: &[&Instruction]) -> usize {
    let (mut count, mut at) = (0, 0);
    while let Some(instruction) = instructions.get(at) {
        count += 1;
        at += if takes_next(instruction) { 2 } else { 1 };
    }
    count
}

/// `LOAD_FAST__LOAD_CONST`, and comparisons of 3.11 that jump.
pub fn takes_next(instruction: &Instruction) -> bool {
    let op = &instruction.op;
    op.contains("__") || (op.starts_with("COMPARE_OP_") && op.ends_with("_JUMP"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Instructions of two bytes, by line, name and target.
    fn code(name: &str, listed: &[(u32, &str, Option<u32>)]) -> Code {
        let instruction = |(at, (line, op, target)): (usize, &(u32, &str, Option<u32>))| Instruction {
            offset: 2 * at as u32,
            line: *line,
            op: op.to_string(),
            arg: String::new(),
            target: *target,
        };
        Code { name: name.into(), instructions: listed.iter().enumerate().map(instruction).collect() }
    }

    #[test]
    fn straight_code_is_counted_as_it_is_executed() {
        let code = code(
            "f",
            &[
                (1, "GET_ITER", None),
                (1, "FOR_ITER", Some(12)),
                (1, "STORE_FAST__LOAD_FAST", None),
                (2, "LOAD_FAST", None),
                (2, "CALL", None),
                (2, "JUMP_BACKWARD", Some(2)),
                (3, "RETURN_VALUE", None),
            ],
        );
        let cycle = cycle_in(&code, (1, 2)).expect("a loop");
        assert_eq!((cycle.instructions.len(), cycle.executed, cycle.calls), (5, Some(4), true));
        assert!(cycle_in(&code, (2, 2)).is_none());
    }

    #[test]
    fn branches_leave_the_count_open() {
        let code = code(
            "f",
            &[
                (1, "FOR_ITER", Some(10)),
                (2, "POP_JUMP_IF_FALSE", Some(8)),
                (3, "NOP", None),
                (3, "JUMP_ABSOLUTE", Some(0)),
                (4, "JUMP_ABSOLUTE", Some(0)),
                (5, "RETURN_VALUE", None),
            ],
        );
        let cycle = cycle_in(&code, (1, 4)).expect("a loop");
        assert_eq!((cycle.instructions.len(), cycle.executed), (5, None));
    }
}
