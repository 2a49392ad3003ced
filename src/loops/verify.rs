//! The rules of the loop IR, checked after it is built: operands are of the right words, what is named exists, and what
//! is read was written.

use std::collections::BTreeSet;

use super::ir::{Binary, BlockId, End, Exit, ExitId, Inst, LoopCode, Relation, Slot, Unary, Word, targets};
use super::print::{Line, Named};
use super::types::Type;

/// # Errors
/// The first rule that is broken, and where.
pub fn verify(code: &LoopCode) -> Result<(), String> {
    check_header(code)?;
    for (at, exit) in code.exits.iter().enumerate() {
        check_exit(code, exit).map_err(|why| format!("{}: {why}", ExitId(at as u32)))?;
    }
    for block in &code.blocks {
        let here = |why: String| format!("{}: {why}", block.name);
        for inst in &block.insts {
            inst.read().into_iter().chain(inst.written()).try_for_each(|slot| exists(code, slot)).map_err(here)?;
            let line = |why| here(format!("{}: {why}", Line(code, inst)));
            inst.exit().map_or(Ok(()), |exit| exit_exists(code, exit)).map_err(line)?;
            check_words(code, inst).map_err(line)?;
        }
        check_end(code, block.end).map_err(here)?;
    }
    check_written(code)
}

/// What begins the code, and what describes it.
fn check_header(code: &LoopCode) -> Result<(), String> {
    if code.blocks.is_empty() {
        return Err("there is no block".into());
    }
    for (what, slot) in [
        ("the flag", code.flag),
        ("the cells", code.cells),
        ("the area", code.area),
        ("free boxes", code.free),
        ("the count of iterations", code.iterations),
    ] {
        exists(code, slot).and_then(|()| is(code, slot, Word::I64)).map_err(|why| format!("{what}: {why}"))?;
    }
    for (_, ty, slots) in &code.inputs {
        check_value(code, ty, slots).map_err(|why| format!("an input: {why}"))?;
    }
    for step in &code.inductions {
        block_exists(code, step.block)?;
        for slot in [step.item, step.next, step.stop] {
            exists(code, slot).and_then(|()| is(code, slot, Word::I64)).map_err(|why| format!("an item: {why}"))?;
        }
    }
    Ok(())
}

fn check_exit(code: &LoopCode, exit: &Exit) -> Result<(), String> {
    exit.writes.iter().try_for_each(|(_, ty, slots)| check_value(code, ty, slots))
}

/// Whether a value of a type lies in the slots.
fn check_value(code: &LoopCode, ty: &Type, slots: &[Slot]) -> Result<(), String> {
    let words = ty.words();
    if words.len() != slots.len() {
        return Err(format!("{} takes {} words, not {}", ty.name(), words.len(), slots.len()));
    }
    slots.iter().zip(words).try_for_each(|(slot, word)| {
        exists(code, *slot)?;
        is(code, *slot, word)
    })
}

fn check_end(code: &LoopCode, end: End) -> Result<(), String> {
    match end {
        End::Jump(_) => {}
        End::Branch { condition, .. } => {
            exists(code, condition)?;
            is(code, condition, Word::I8)?;
        }
        End::Exit(exit) => exit_exists(code, exit)?,
    }
    for to in targets(end) {
        block_exists(code, to)?;
        if to == BlockId(0) {
            return Err("it goes to where the code begins".into());
        }
    }
    Ok(())
}

/// The words of what an instruction reads and writes.
fn check_words(code: &LoopCode, inst: &Inst) -> Result<(), String> {
    let word = |slot: Slot| code.word(slot);
    let is = |slot, word| is(code, slot, word);
    match inst {
        Inst::Const { dst, value } => is(*dst, value.word()),
        Inst::Copy { dst, src } => is(*dst, word(*src)),
        Inst::Binary { op, dst, a, b } => {
            one_of(code, *a, of_binary(*op))?;
            is(*b, word(*a))?;
            is(*dst, word(*a))
        }
        Inst::Unary { op, dst, a } => {
            let (operand, result) = of_unary(*op);
            one_of(code, *a, operand)?;
            is(*dst, result.unwrap_or(word(*a)))
        }
        Inst::Compare { op, dst, a, b } => {
            one_of(code, *a, of_relation(*op))?;
            is(*b, word(*a))?;
            is(*dst, Word::I8)
        }
        Inst::Select { dst, condition, a, b } => {
            is(*condition, Word::I8)?;
            is(*b, word(*a))?;
            is(*dst, word(*a))
        }
        Inst::Check { condition, .. } => is(*condition, Word::I8),
        Inst::Poll { flag, .. } => is(*flag, Word::I64),
        Inst::CheckTag { base, .. } => is(*base, Word::I64),
        Inst::Checked { dst, a, b, .. } => [dst, a, b].into_iter().try_for_each(|slot| is(*slot, Word::I64)),
        Inst::Load { base, .. } | Inst::Store { base, .. } => is(*base, Word::I64),
        Inst::LoadAt { base, index, .. } | Inst::StoreAt { base, index, .. } => {
            is(*base, Word::I64)?;
            is(*index, Word::I64)
        }
        Inst::Call { routine, dst, args } => {
            let signature = routine.signature();
            if args.len() != signature.params().len() {
                return Err(format!("it takes {} arguments, not {}", signature.params().len(), args.len()));
            }
            args.iter().zip(signature.params()).try_for_each(|(arg, word)| is(*arg, *word))?;
            is(*dst, signature.result())
        }
    }
}

const FLOATS: &[Word] = &[Word::F32, Word::F64];
const NUMBERS: &[Word] = &[Word::I64, Word::F32, Word::F64];

fn of_binary(op: Binary) -> &'static [Word] {
    match op {
        Binary::Add | Binary::Sub | Binary::Mul | Binary::Div => NUMBERS,
        Binary::Rem | Binary::Shl | Binary::Shr | Binary::DivUnsigned => &[Word::I64],
        Binary::And | Binary::Or | Binary::Xor => &[Word::I8, Word::I64],
    }
}

/// Words of the operand, and the word of the result if it is another.
fn of_unary(op: Unary) -> (&'static [Word], Option<Word>) {
    match op {
        Unary::Neg => (NUMBERS, None),
        Unary::Abs | Unary::Sqrt | Unary::Floor | Unary::Ceil | Unary::Trunc => (FLOATS, None),
        Unary::Not => (&[Word::I8], None),
        Unary::IntToFloat => (&[Word::I64], Some(Word::F64)),
        Unary::IntToSingle => (&[Word::I64], Some(Word::F32)),
        Unary::FloatToInt => (&[Word::F64], Some(Word::I64)),
        Unary::SingleToFloat => (&[Word::F32], Some(Word::F64)),
        Unary::FloatToSingle => (&[Word::F64], Some(Word::F32)),
        Unary::Widen => (&[Word::I8], Some(Word::I64)),
    }
}

fn of_relation(op: Relation) -> &'static [Word] {
    match op {
        Relation::Lt | Relation::Le | Relation::Gt | Relation::Ge => NUMBERS,
        Relation::Eq | Relation::Ne => &[Word::I8, Word::I64, Word::F32, Word::F64],
        Relation::Below => &[Word::I64],
    }
}

/// No slot is read before it is written, on whatever way: backwards through the blocks, what is read and not yet written
/// is collected; where the code begins, this is what it begins with.
fn check_written(code: &LoopCode) -> Result<(), String> {
    let uses: Vec<Uses> = code.blocks.iter().map(|block| Uses::of(code, &block.insts, block.end)).collect();
    let mut awaited: Vec<BTreeSet<Slot>> = uses.iter().map(|uses| uses.read.clone()).collect();
    let mut changed = true;
    while changed {
        changed = false;
        for at in (0..code.blocks.len()).rev() {
            for to in targets(code.blocks[at].end) {
                let behind: Vec<Slot> = awaited[to.0 as usize].difference(&uses[at].written).copied().collect();
                for slot in behind {
                    changed |= awaited[at].insert(slot);
                }
            }
        }
    }
    let given: BTreeSet<Slot> = code.input_words().collect();
    let Some(slot) = awaited[0].difference(&given).next() else { return Ok(()) };
    let reads = uses.iter().position(|uses| uses.read.contains(slot)).unwrap_or(0);
    Err(format!("{}: {} may be read before it is written", code.blocks[reads].name, Named(code, *slot)))
}

/// What a block does to slots.
#[derive(Default)]
struct Uses {
    /// Those that it reads first.
    read: BTreeSet<Slot>,
    written: BTreeSet<Slot>,
}

impl Uses {
    fn of(code: &LoopCode, insts: &[Inst], end: End) -> Uses {
        let mut uses = Uses::default();
        let exit = |uses: &mut Uses, exit: ExitId| {
            code.output_words(&code.exits[exit.0 as usize]).into_iter().for_each(|slot| uses.note_read(slot));
        };
        for inst in insts {
            inst.read().into_iter().for_each(|slot| uses.note_read(slot));
            inst.exit().into_iter().for_each(|id| exit(&mut uses, id));
            uses.written.extend(inst.written());
        }
        match end {
            End::Jump(_) => {}
            End::Branch { condition, .. } => uses.note_read(condition),
            End::Exit(id) => exit(&mut uses, id),
        }
        uses
    }

    fn note_read(&mut self, slot: Slot) {
        if !self.written.contains(&slot) {
            self.read.insert(slot);
        }
    }
}

fn is(code: &LoopCode, slot: Slot, word: Word) -> Result<(), String> {
    one_of(code, slot, &[word])
}

fn one_of(code: &LoopCode, slot: Slot, words: &[Word]) -> Result<(), String> {
    let found = code.word(slot);
    if words.contains(&found) {
        return Ok(());
    }
    let words: Vec<String> = words.iter().map(Word::to_string).collect();
    Err(format!("{} is {found}, not {}", Named(code, slot), words.join(" or ")))
}

fn exists(code: &LoopCode, slot: Slot) -> Result<(), String> {
    if (slot.0 as usize) < code.slots.len() { Ok(()) } else { Err(format!("there is no slot {}", slot.0)) }
}

fn exit_exists(code: &LoopCode, exit: ExitId) -> Result<(), String> {
    if (exit.0 as usize) < code.exits.len() { Ok(()) } else { Err(format!("there is no {exit}")) }
}

fn block_exists(code: &LoopCode, block: BlockId) -> Result<(), String> {
    if (block.0 as usize) < code.blocks.len() { Ok(()) } else { Err(format!("there is no block {}", block.0)) }
}
