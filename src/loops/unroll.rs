//! Several iterations in a row without asking in between whether there is another: of loops over ranges, where it is
//! known how many items are left.

use std::collections::HashMap;

use super::assemble::{Assemble, Sequence};
use super::ir::{Binary, Block, BlockId, End, Induction, Inst, Literal, LoopCode, Relation, Word};

/// Iterations in a row.
const COPIES: usize = 4;

/// Instructions of a loop that is unrolled.
const MAX_INSTS: usize = 64;

/// Puts a copy of a loop in front of it that does [`COPIES`] iterations at a time, as long as there are as many: the
/// block that leads to both, to be taken for the loop's header from outside.
pub fn unroll(code: &mut LoopCode, header: BlockId, body: &[BlockId], step: Induction) -> Option<BlockId> {
    let test = *body
        .iter()
        .find(|block| matches!(code.blocks[block.0 as usize].end, End::Branch { then, .. } if then == step.block))?;
    let size: usize = body.iter().map(|block| code.blocks[block.0 as usize].insts.len()).sum();
    let goes_back = matches!(code.blocks[step.block.0 as usize].end, End::Jump(to) if to == header);
    let back = body.iter().filter(|block| leads_to(code.blocks[block.0 as usize].end, header)).count();
    if size > MAX_INSTS || !goes_back || back != 1 {
        return None;
    }
    let choice = BlockId(code.blocks.len() as u32);
    let first = |copy: usize| choice.0 as usize + 1 + copy * body.len();
    let place: HashMap<BlockId, usize> = body.iter().enumerate().map(|(at, block)| (*block, at)).collect();
    let moved = |block: BlockId, copy: usize| match place.get(&block) {
        Some(at) => BlockId((first(copy) + at) as u32),
        None => block,
    };
    choose(code, header, moved(header, 0), step);
    let mut blocks = Vec::new();
    for copy in 0..COPIES {
        let is_last = copy + 1 == COPIES;
        for block in body {
            let Block { name, insts, end } = &code.blocks[block.0 as usize];
            let end = match *end {
                End::Jump(_) if *block == step.block && is_last => End::Jump(choice),
                End::Jump(_) if *block == step.block => End::Jump(moved(header, copy + 1)),
                End::Jump(to) => End::Jump(moved(to, copy)),
                // There is another item.
                End::Branch { then, .. } if *block == test && !is_last => End::Jump(moved(then, copy)),
                End::Branch { condition, then, otherwise } => {
                    End::Branch { condition, then: moved(then, copy), otherwise: moved(otherwise, copy) }
                }
                End::Exit(exit) => End::Exit(exit),
            };
            let keep = |inst: &&Inst| is_last || *block != step.block || !is_of_jump(code, inst);
            let (name, mut insts): (_, Vec<Inst>) =
                (format!("{name}.{copy}"), insts.iter().filter(keep).cloned().collect());
            if is_last && *block == step.block && insts.iter().any(|inst| inst.written() == Some(code.iterations)) {
                let (count, iterations) = (code.temp(Word::I64), code.iterations);
                insts.push(Inst::Const { dst: count, value: Literal::I64(COPIES as i64 - 1) });
                insts.push(Inst::Binary { op: Binary::Add, dst: iterations, a: iterations, b: count });
            }
            blocks.push(Block { name, insts, end });
        }
    }
    code.blocks.extend(blocks);
    Some(choice)
}

/// Whether there are enough items for all copies: the first one's is there already.
fn choose(code: &mut LoopCode, header: BlockId, unrolled: BlockId, step: Induction) {
    let name = format!("{}.rows", code.blocks[header.0 as usize].name);
    let mut out = Sequence::new(code);
    let left = out.binary(Binary::Sub, step.stop, step.next);
    let least = out.int(COPIES as i64 - 2);
    let condition = out.compare(Relation::Below, least, left);
    out.block(name, End::Branch { condition, then: unrolled, otherwise: header });
}

fn leads_to(end: End, wanted: BlockId) -> bool {
    match end {
        End::Jump(to) => to == wanted,
        End::Branch { then, otherwise, .. } => then == wanted || otherwise == wanted,
        End::Exit(_) => false,
    }
}

/// What is done once for several iterations: asking whether to stop, and counting.
fn is_of_jump(code: &LoopCode, inst: &Inst) -> bool {
    match inst {
        Inst::Poll { .. } => true,
        Inst::Binary { dst, .. } => *dst == code.iterations,
        _ => false,
    }
}
