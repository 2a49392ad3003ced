//! Innermost loops: where they begin, their blocks, and what an iteration hands to the next.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::ir::{Block, BlockId, End, ExitId, LoopCode, Slot, targets};

/// A loop that begins with the question for the next item is made to begin behind it: the first question is asked in front
/// of the loop.
pub fn rotated(code: &mut LoopCode, header: BlockId, body: Vec<BlockId>) -> (BlockId, Vec<BlockId>) {
    let End::Branch { condition, then: step, otherwise } = code.blocks[header.0 as usize].end else {
        return (header, body);
    };
    let End::Jump(first) = code.blocks[step.0 as usize].end else { return (header, body) };
    let is_step = code.inductions.iter().any(|induction| induction.block == step);
    if !is_step || first == header || !body.contains(&first) || !body.contains(&step) {
        return (header, body);
    }
    let copy = |code: &mut LoopCode, block: BlockId, end: End| {
        let Block { name, insts, .. } = &code.blocks[block.0 as usize];
        let copy = Block { name: format!("{name}.first"), insts: insts.clone(), end };
        code.blocks.push(copy);
        BlockId(code.blocks.len() as u32 - 1)
    };
    let count = code.blocks.len();
    let first_step = copy(code, step, End::Jump(first));
    let test = copy(code, header, End::Branch { condition, then: first_step, otherwise });
    for (at, block) in code.blocks[..count].iter_mut().enumerate() {
        if !body.contains(&BlockId(at as u32)) {
            redirect(&mut block.end, header, test);
        }
    }
    let inner = body.into_iter().filter(|block| *block != header && *block != step).collect::<Vec<_>>();
    // The body's blocks are in order; what was first is last.
    (first, inner.into_iter().chain([header, step]).collect())
}

pub fn redirect(end: &mut End, from: BlockId, to: BlockId) {
    let one = |target: &mut BlockId| {
        if *target == from {
            *target = to;
        }
    };
    match end {
        End::Jump(target) => one(target),
        End::Branch { then, otherwise, .. } => {
            one(then);
            one(otherwise);
        }
        End::Exit(_) => {}
    }
}

/// Innermost loops: where each begins, and its blocks in an order in which all come after those that lead to them.
pub fn innermost(code: &LoopCode) -> Vec<(BlockId, Vec<BlockId>)> {
    let count = code.blocks.len();
    let mut order = Vec::new();
    let mut state = vec![0u8; count];
    let mut back: Vec<(BlockId, BlockId)> = Vec::new();
    let mut stack = vec![(BlockId(0), 0)];
    state[0] = 1;
    while let Some((block, at)) = stack.pop() {
        let next = targets(code.blocks[block.0 as usize].end).nth(at);
        match next {
            None => {
                state[block.0 as usize] = 2;
                order.push(block);
            }
            Some(to) => {
                stack.push((block, at + 1));
                match state[to.0 as usize] {
                    0 => {
                        state[to.0 as usize] = 1;
                        stack.push((to, 0));
                    }
                    1 => back.push((block, to)),
                    _ => {}
                }
            }
        }
    }
    order.reverse();
    let mut sources: Vec<Vec<BlockId>> = vec![Vec::new(); count];
    for block in &order {
        targets(code.blocks[block.0 as usize].end).for_each(|to| sources[to.0 as usize].push(*block));
    }
    let headers: BTreeSet<u32> = back.iter().map(|(_, to)| to.0).collect();
    let natural = |header: BlockId, from: &[BlockId]| -> Option<Vec<BlockId>> {
        let mut body = HashSet::from([header]);
        let mut pending = from.to_vec();
        while let Some(block) = pending.pop() {
            if body.insert(block) {
                pending.extend(&sources[block.0 as usize]);
            }
        }
        // A block that is reached past the header belongs to no loop that is understood here.
        let is_proper = !body.contains(&BlockId(0));
        let is_innermost = body.iter().all(|block| *block == header || !headers.contains(&block.0));
        (is_proper && is_innermost).then(|| order.iter().copied().filter(|block| body.contains(block)).collect())
    };
    let steps = |body: &Vec<BlockId>| code.inductions.iter().filter(|step| body.contains(&step.block)).count();
    let mut loops = Vec::new();
    for header in &headers {
        let header = BlockId(*header);
        let jumps: Vec<BlockId> = back.iter().filter(|(_, to)| *to == header).map(|(from, _)| *from).collect();
        // A loop and one around it may begin at the same block, where the inner one gives variables their types.
        let whole = natural(header, &jumps).filter(|body| jumps.len() == 1 || steps(body) == 1);
        let inner = || jumps.iter().filter_map(|jump| natural(header, &[*jump])).find(|body| steps(body) == 1);
        loops.extend(whole.or_else(inner).map(|body| (header, body)));
    }
    loops
}

/// The slots that an iteration reads before it writes them.
pub fn wanted(code: &LoopCode, header: BlockId, body: &[BlockId]) -> HashSet<Slot> {
    exposed(code, header, body, &HashSet::new(), false)
}

/// The slots whose value before an iteration may be read in it or behind it: by exits too, and by the blocks before
/// `count` that are none of the loop.
pub fn outliving(code: &LoopCode, header: BlockId, body: &[BlockId], count: usize) -> HashSet<Slot> {
    let mut outside = HashSet::new();
    for (block, at) in code.blocks[..count].iter().zip(0..) {
        if !body.contains(&BlockId(at)) {
            outside.extend(
                block.insts.iter().flat_map(|inst| inst.read().into_iter().chain(written_back(code, inst.exit()))),
            );
            match block.end {
                End::Jump(_) => {}
                End::Branch { condition, .. } => drop(outside.insert(condition)),
                End::Exit(exit) => outside.extend(written_back(code, Some(exit))),
            }
        }
    }
    exposed(code, header, body, &outside, true)
}

/// What an exit gives to variables.
fn written_back(code: &LoopCode, exit: Option<ExitId>) -> Vec<Slot> {
    let exit = exit.map(|exit| &code.exits[exit.0 as usize]);
    exit.iter().flat_map(|exit| &exit.writes).flat_map(|(_, _, slots)| slots.iter().copied()).collect()
}

/// Slots that are read before they are written, where `outside` are read when the loop is left.
fn exposed(code: &LoopCode, header: BlockId, body: &[BlockId], outside: &HashSet<Slot>, exits: bool) -> HashSet<Slot> {
    let mut at: HashMap<BlockId, HashSet<Slot>> = HashMap::new();
    for block in body.iter().rev() {
        let Block { insts, end, .. } = &code.blocks[block.0 as usize];
        let mut here: HashSet<Slot> =
            targets(*end).filter(|to| *to != header).filter_map(|to| at.get(&to)).flatten().copied().collect();
        if targets(*end).any(|to| !body.contains(&to)) {
            here.extend(outside);
        }
        match end {
            End::Branch { condition, .. } => drop(here.insert(*condition)),
            End::Exit(exit) if exits => here.extend(written_back(code, Some(*exit))),
            End::Jump(_) | End::Exit(_) => {}
        }
        for inst in insts.iter().rev() {
            inst.written().map(|slot| here.remove(&slot));
            here.extend(inst.read());
            if exits {
                here.extend(written_back(code, inst.exit()));
            }
        }
        at.insert(*block, here);
    }
    at.remove(&header).unwrap_or_default()
}
