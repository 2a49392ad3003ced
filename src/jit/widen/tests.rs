//! Wide code does to memory what narrow code does. What this CPU is too narrow for is written, as cases with the memory
//! that the narrow code left, to files in the folder that `TOY_CASES` names, for `tests/emulator/run`.

use std::fs;
use std::path::Path;

use super::table::{self, Row};
use super::{SPLAT_OF_EIGHT, Vector, widen};
use crate::array::{Array, DType, Scalar};
use crate::jit::assembly::Assembly;
use crate::jit::code::Code;
use crate::jit::emit::{Direction, Style};
use crate::jit::form::{Form, Width};
use crate::jit::isa::Target;
use crate::jit::program::{Aim, words};
use crate::jit::stage::{Source, Stage, Yield, is_native, split};
use crate::jit::switches::{Regalloc, Schedule};
use crate::kernel::lower::{Options, lower};
use crate::kernel::order::{BLOCK_LEN, REDUCTION_LANES};
use crate::kernel::{BinaryOp, Expr, ReduceOp, UnaryOp, passes};

/// Where the emulator's memory for data begins.
const GUEST: usize = 16 << 20;

const LENGTHS: [usize; 4] = [1024, 300, 37, 2200];

const SPECIAL: [f64; 12] =
    [0.0, -0.0, 0.5, -1.5, 2.5, 1e-310, 3.0e38, -1e300, f64::INFINITY, f64::NEG_INFINITY, f64::NAN, 1.0];

/// Cases for the emulator, as its description has them.
#[derive(Default)]
struct Cases {
    count: u64,
    bytes: Vec<u8>,
}

impl Cases {
    /// A function that gets the address of some words, which it is to leave as they are after.
    fn add(&mut self, code: &[u8], before: &[u64], after: &[u64]) {
        self.count += 1;
        let head = [GUEST as u64, 1, GUEST as u64, before.len() as u64 * 8];
        let bytes = |words: &[u64]| words.iter().flat_map(|word| word.to_le_bytes()).collect::<Vec<u8>>();
        self.bytes.extend((code.len() as u64).to_le_bytes());
        self.bytes.extend(code);
        [&head, before, after].iter().for_each(|words| self.bytes.extend(bytes(words)));
    }

    /// Writes the cases to a file of this name, if they are wanted.
    fn write(&self, name: &str) {
        if let Some(folder) = std::env::var_os("TOY_CASES") {
            let head = [&b"TOYCASES"[..], &self.count.to_le_bytes()].concat();
            let path = Path::new(&folder).join(name).with_extension("cases");
            fs::create_dir_all(folder)
                .and_then(|()| fs::write(path, [head, self.bytes.clone()].concat()))
                .expect("written");
        }
    }
}

/// The memory of one call: words, feeds and results in one piece, each 64 bytes from the next.
struct Image {
    bytes: Vec<u64>,
    /// Offsets of the lanes of a reduction, of feeds and of results.
    places: Vec<usize>,
}

/// Every operation of every dtype, in an expression and at the end of a reduction.
fn expressions() -> Vec<Expr> {
    let leaf = |dtype| Expr::leaf(Array::zeros(dtype, &[1024]).expect("a small array"));
    let mut expressions = Vec::new();
    for dtype in DType::ALL {
        let (a, b, number) = (leaf(dtype), leaf(dtype), Expr::weak_int(3));
        expressions.extend(UnaryOp::ALL.iter().filter_map(|op| Expr::unary(*op, &a).ok()));
        expressions.extend(BinaryOp::ALL.iter().filter_map(|op| Expr::binary(*op, &a, &b).ok()));
        expressions.extend(BinaryOp::ALL.iter().filter_map(|op| Expr::binary(*op, &a, &number).ok()));
        expressions.extend(ReduceOp::ALL.iter().filter_map(|op| Expr::reduce(*op, &a, None, false).ok()));
        let condition = Expr::binary(BinaryOp::Lt, &a, &b).expect("all dtypes are ordered");
        expressions.extend(Expr::select(&condition, &a, &b).ok());
        expressions.extend(Expr::select(&leaf(DType::Bool), &a, &b).ok());
        expressions.push(Expr::unary(UnaryOp::Not, &condition).expect("of a bool").cast(dtype));
        let product = Expr::binary(BinaryOp::Mul, &a, &b).expect("all dtypes multiply");
        expressions.extend(Expr::binary(BinaryOp::Add, &product, &a).ok());
        expressions.extend(Expr::binary(BinaryOp::Sub, &a, &product).ok());
        expressions.extend(Expr::binary(BinaryOp::Sub, &product, &a).ok());
        expressions.extend(Expr::reduce(ReduceOp::Sum, &product, None, false).ok());
    }
    expressions
}

fn element(form: Form, state: &mut u64) -> u64 {
    *state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
    let pick = (*state >> 33) as usize;
    let scalar = match pick % 4 {
        0 => Scalar::Float64(SPECIAL[pick / 4 % SPECIAL.len()]),
        1 => Scalar::Int64(*state as i64),
        _ => Scalar::Float64((pick as f64 / 1e7 - 100.0) / 7.0),
    };
    form.encode(scalar)
}

fn size(width: Width, count: usize) -> usize {
    (count * width.bytes()).next_multiple_of(64) + 64
}

/// Memory for `len` places of a stage; results hold a pattern, so that nothing is written beside them unseen.
fn image(stage: &Stage, still: &[bool], len: usize, direction: Direction) -> Image {
    let leading = (words(stage) * 8).next_multiple_of(64);
    let mut bytes = vec![0u64; leading / 8];
    let (mut places, mut state) = (vec![leading], len as u64);
    bytes.resize(bytes.len() + REDUCTION_LANES + 8, 0x3ff8_0000_3fc0_0000);
    for (feed, still) in stage.feeds.iter().zip(still) {
        places.push(bytes.len() * 8);
        let count = if *still { 1 } else { len };
        let elements: Vec<u64> = (0..count).map(|_| element(feed.to, &mut state)).collect();
        let start = bytes.len();
        bytes.resize(start + size(stage.width, count) / 8, 0);
        match stage.width {
            Width::Eight => bytes[start..start + count].copy_from_slice(&elements),
            Width::Four => elements.iter().enumerate().for_each(|(index, bits)| {
                bytes[start + index / 2] |= (bits & 0xffff_ffff) << (index % 2 * 32);
            }),
        }
    }
    for result in &stage.yields {
        places.push(bytes.len() * 8);
        let lanes = matches!(result, Yield::Reduce(..)) && direction == Direction::Along;
        let count = if lanes { 2 * len.div_ceil(BLOCK_LEN) } else { len };
        bytes.resize(bytes.len() + size(stage.width, count) / 8, 0x3ff8_0000_3fc0_0000);
    }
    Image { bytes, places }
}

impl Image {
    /// The words as code at this address expects them.
    fn set_words(&mut self, len: usize, base: usize) {
        self.bytes[0] = len as u64;
        for (index, place) in self.places.iter().enumerate() {
            self.bytes[1 + index] = (base + place) as u64;
        }
    }

    /// What is left when `code` has run.
    fn after(&self, code: &Code, words: usize, len: usize) -> Image {
        let mut image = Image { bytes: self.bytes.clone(), places: self.places.clone() };
        let base = image.bytes.as_mut_ptr() as usize;
        image.set_words(len, base);
        let words: Vec<usize> = image.bytes[..words].iter().map(|word| *word as usize).collect();
        // SAFETY: the words say where feeds and results of `len` places lie in this piece of memory.
        unsafe { code.entry().call(&words) };
        image
    }

    /// Everything behind the words.
    fn contents(&self) -> &[u64] {
        &self.bytes[self.places[0] / 8..]
    }
}

#[test]
fn wide_code_does_what_narrow_code_does() {
    let Ok(host) = Target::host(Regalloc::Backtracking) else { return };
    let Some(widest) = host.widest else { return };
    let everything = Target { widest: Some(Vector::Zmm), ..host.clone() };
    let mut cases = Cases::default();
    for expr in expressions() {
        let options = Options { fma: true, fuse: true };
        let Ok(task) = lower(&expr, options, &mut |_| Err(crate::array::ArrayError::value("one kernel"))) else {
            continue;
        };
        let kernel = passes::run_all(&task.kernel, &mut |_, _| {}).expect("the rules hold");
        let still: Vec<bool> = task.operands.iter().map(|operand| operand.array().is_none()).collect();
        if !is_native(&kernel) {
            continue;
        }
        for stage in &split(&kernel).stages {
            for (unroll, schedule) in [(1, Schedule::Sequential), (8, Schedule::Interleaved)] {
                let compile = |vector| {
                    let style = Style { vector: Some(vector), unroll, schedule, prefetch: unroll == 8 };
                    let aim =
                        Aim { target: &everything, style, still: &still, direction: Direction::Along, stream: false };
                    aim.compile(stage, false).expect("it compiles")
                };
                let load = |bytes: &[u8]| Code::load(host.isa.clone(), bytes, words(stage)).expect("there is memory");
                let feeds: Vec<bool> = stage
                    .feeds
                    .iter()
                    .map(|feed| match feed.source {
                        Source::Input(input) => still[input.index()],
                        Source::Temp(_) => false,
                    })
                    .collect();
                let narrow = load(&compile(Vector::Xmm).bytes);
                for vector in [Vector::Ymm, Vector::Zmm] {
                    let wide = compile(vector);
                    assert_eq!(wide.refused, None, "{kernel}");
                    for len in LENGTHS {
                        let mut before = image(stage, &feeds, len, Direction::Along);
                        let expected = before.after(&narrow, words(stage), len);
                        if vector <= widest {
                            let found = before.after(&load(&wide.bytes), words(stage), len);
                            assert_eq!(found.contents(), expected.contents(), "{vector:?} {len} {kernel}");
                            continue;
                        }
                        before.set_words(len, GUEST);
                        let mut after = expected;
                        after.set_words(len, GUEST);
                        cases.add(&wide.bytes, &before.bytes, &after.bytes);
                    }
                }
            }
        }
    }
    cases.write("kernels");
}

/// A function that loads four registers from the block of memory that the first word gives, does one instruction on
/// them, and stores the first register behind them. Operands are read off the instruction's name.
fn one_instruction(code: iced_x86::Code, immediate: u8) -> Assembly {
    use iced_x86::{Code as C, Instruction, MemoryOperand, OpKind, Register as R};
    let registers = [R::XMM0, R::XMM1, R::XMM2, R::XMM3];
    let at = |slot: i64| MemoryOperand::with_base_displ(R::RAX, slot * SLOT as i64);
    let mut instructions = vec![Instruction::with2(C::Mov_r64_rm64, R::RAX, MemoryOperand::with_base(R::RDI)).unwrap()];
    for (slot, register) in (0..).zip(registers) {
        instructions.push(Instruction::with2(C::VEX_Vmovups_xmm_xmmm128, register, at(slot)).unwrap());
    }
    let name = format!("{code:?}");
    let mut instruction = Instruction::default();
    instruction.set_code(code);
    let operands =
        name.split('_').filter(|part| part.starts_with("xmm") || part.starts_with("imm") || part.starts_with('m'));
    let operands: Vec<&str> = operands.collect();
    for (index, operand) in (0..).zip(&operands) {
        if operand.starts_with("imm") {
            instruction.set_op_kind(index, OpKind::Immediate8);
            instruction.set_immediate8(immediate);
        } else if operand.starts_with("xmm") {
            instruction.set_op_register(index, registers[index as usize]);
        } else {
            instruction.set_op_kind(index, OpKind::Memory);
            instruction.set_memory_base(R::RAX);
        }
    }
    instructions.push(instruction);
    instructions.push(Instruction::with2(C::VEX_Vmovups_xmmm128_xmm, at(4), R::XMM0).unwrap());
    instructions.push(Instruction::with(C::Retnq));
    let mut assembly = Assembly::default();
    for mut instruction in instructions {
        instruction.set_ip(assembly.fresh_ip());
        assembly.instructions.push(instruction);
    }
    assembly
}

/// Bytes between the registers of `one_instruction` in memory.
const SLOT: usize = 64;

/// Five slots: four of operands, one for the result.
fn slots(seed: u64) -> [u64; 40] {
    let mut state = seed;
    std::array::from_fn(|index| match index {
        0..32 => {
            let (low, high) = (element(Form::F32, &mut state), element(Form::F32, &mut state));
            if seed.is_multiple_of(2) { element(Form::F64, &mut state) } else { low | high << 32 }
        }
        _ => 0,
    })
}

#[test]
fn every_row_does_to_each_slice_what_the_narrow_instruction_does() {
    let Ok(host) = Target::host(Regalloc::Backtracking) else { return };
    let Some(widest) = host.widest else { return };
    let load =
        |assembly: &Assembly| Code::load(host.isa.clone(), &assembly.encode().expect("encoded"), 1).expect("memory");
    let run = |code: &Code, slots: &mut [u64; 40]| {
        // SAFETY: the function reads and writes the five slots that the word points to.
        unsafe { code.entry().call(&[slots.as_mut_ptr() as usize]) };
    };
    let mut cases = Cases::default();
    for code in table::NARROW {
        let broadcasts = matches!(table::row(*code), Some(Row::Broadcast(_)));
        let immediates: &[u8] = if broadcasts { &[SPLAT_OF_EIGHT] } else { &[0, 1, 2, 3, 4, 14, 31] };
        let has_immediate = format!("{code:?}").contains("imm8");
        for immediate in immediates.iter().take(if has_immediate { usize::MAX } else { 1 }) {
            // A rounding mode has no more values.
            if *immediate > 3 && format!("{code:?}").contains("round") {
                continue;
            }
            let narrow = one_instruction(*code, *immediate);
            let narrow_code = load(&narrow);
            for vector in [Vector::Ymm, Vector::Zmm] {
                let wide = widen(&narrow, vector).unwrap();
                for seed in 0..4 {
                    let before = slots(seed);
                    let mut after = before;
                    for slice in 0..vector.factor() {
                        // A broadcast takes the first lane of all.
                        let from = if broadcasts { 0 } else { slice };
                        let mut part = before;
                        (0..4)
                            .for_each(|slot| part.copy_within(slot * 8 + from * 2..slot * 8 + from * 2 + 2, slot * 8));
                        run(&narrow_code, &mut part);
                        after[32 + slice * 2..34 + slice * 2].copy_from_slice(&part[32..34]);
                    }
                    if vector <= widest {
                        let mut found = before;
                        run(&load(&wide), &mut found);
                        assert_eq!(found, after, "{code:?} {immediate} {vector:?}");
                    } else {
                        let word = |slots: &[u64; 40]| [&[(GUEST + 8) as u64], &slots[..]].concat();
                        cases.add(&wide.encode().expect("encoded"), &word(&before), &word(&after));
                    }
                }
            }
        }
    }
    cases.write("rows");
}
