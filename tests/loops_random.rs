//! Random loop IR: machine code leaves by the reference evaluator's exit, with its words, and the same in memory, bit for
//! bit (NaNs aside).

use std::sync::atomic::AtomicBool;

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use toy::array::DType;
use toy::bytecode::chunk::Pc;
use toy::jit::loops::TypedLoop;
use toy::loops::eval;
use toy::loops::ir::{
    Binary, Block, BlockId, Checked, End, Exit, ExitId, Inst, Leaving, Literal, LoopCode, Relation, Routine, Slot,
    Unary, Var, Word,
};
use toy::loops::types::Type;
use toy::loops::verify::verify;

const WORDS: [Word; 4] = [Word::I8, Word::I64, Word::F32, Word::F64];
const INTS: [i64; 9] = [0, 1, -1, 2, -7, 1 << 31, (1 << 53) + 1, i64::MAX, i64::MIN];
const FLOATS: [f64; 11] =
    [0.0, -0.0, 1.0, -2.5, 0.1, 1e-320, 3.5e18, -1e300, f64::INFINITY, f64::NEG_INFINITY, f64::NAN];

/// Slots of each word that blocks write.
const VARIABLES: usize = 5;

/// Elements of each word in memory.
const ELEMENTS: usize = 16;

/// Iterations after which every loop ends.
const LIMIT: i64 = 40;

/// What an instruction is made of: what it does, and a choice for each operand.
type Choices = [u8; 6];

#[derive(Clone, Debug)]
struct Program {
    /// Of each block its instructions, and where it leads.
    blocks: Vec<(Vec<Choices>, Choices)>,
    seed: u8,
    is_interrupted: bool,
}

fn programs() -> impl Strategy<Value = Program> {
    let block = (prop::collection::vec(any::<Choices>(), 0..14), any::<Choices>());
    let blocks = prop::collection::vec(block, 1..6);
    (blocks, any::<u8>(), prop::bool::weighted(0.1)).prop_map(|(blocks, seed, is_interrupted)| Program {
        blocks,
        seed,
        is_interrupted,
    })
}

/// What a loop reads and writes: elements of each word apart, so that no NaN's bits are read as an integer.
#[derive(Clone, PartialEq)]
struct Memory {
    bools: [u8; ELEMENTS],
    ints: [i64; ELEMENTS],
    singles: [f32; ELEMENTS],
    doubles: [f64; ELEMENTS],
    /// These stay as they are.
    fixed: [i64; ELEMENTS],
}

impl Memory {
    fn new(seed: u8) -> Memory {
        let pick = |at: usize| at * 5 + seed as usize;
        Memory {
            bools: std::array::from_fn(|at| (pick(at) / 3 % 2) as u8),
            ints: std::array::from_fn(
                |at| if at % 3 == 0 { (pick(at) % 4) as i64 } else { INTS[pick(at) % INTS.len()] },
            ),
            singles: std::array::from_fn(|at| FLOATS[pick(at) % FLOATS.len()] as f32),
            doubles: std::array::from_fn(|at| FLOATS[pick(at + 1) % FLOATS.len()]),
            fixed: std::array::from_fn(|at| INTS[pick(at + 2) % INTS.len()]),
        }
    }

    /// Where its parts are.
    fn addresses(&mut self) -> [u64; 5] {
        [
            self.bools.as_mut_ptr().expose_provenance() as u64,
            self.ints.as_mut_ptr().expose_provenance() as u64,
            self.singles.as_mut_ptr().expose_provenance() as u64,
            self.doubles.as_mut_ptr().expose_provenance() as u64,
            self.fixed.as_ptr().expose_provenance() as u64,
        ]
    }

    fn bits(&self) -> Vec<u64> {
        let bools = self.bools.iter().map(|bit| *bit as u64);
        let ints = self.ints.iter().chain(&self.fixed).map(|i| *i as u64);
        let singles = self.singles.iter().map(|x| canonical(Word::F32, x.to_bits() as u64));
        let doubles = self.doubles.iter().map(|x| canonical(Word::F64, x.to_bits()));
        bools.chain(ints).chain(singles).chain(doubles).collect()
    }
}

/// The bits that a word has, one pattern of them for all NaNs.
fn canonical(word: Word, bits: u64) -> u64 {
    match word {
        Word::F32 if f32::from_bits(bits as u32).is_nan() => f32::NAN.to_bits() as u64,
        Word::F32 => bits as u32 as u64,
        Word::F64 if f64::from_bits(bits).is_nan() => f64::NAN.to_bits(),
        Word::I8 | Word::I64 | Word::F64 => bits,
    }
}

fn type_of(word: Word) -> Type {
    match word {
        Word::I8 => Type::Bool,
        Word::I64 => Type::Int,
        Word::F32 => Type::Numpy(DType::Float32),
        Word::F64 => Type::Float,
    }
}

/// Makes a loop of choices. A first block gives every slot a value; those behind it count, and do what was chosen.
struct Maker {
    code: LoopCode,
    /// By the places of words in [`WORDS`].
    variables: [Vec<Slot>; 4],
    /// Integers that nothing writes, by which results are checked.
    constants: Vec<Slot>,
    /// Of the parts of memory.
    bases: Vec<Slot>,
    limit: Slot,
    one: Slot,
    insts: Vec<Inst>,
}

impl Maker {
    fn make(program: &Program) -> LoopCode {
        let mut code = LoopCode::default();
        let mut slot = |word: Word| {
            code.slots.push(word);
            Slot(code.slots.len() as u32 - 1)
        };
        let [flag, cells, area, free, iterations, limit, one] = [(); 7].map(|()| slot(Word::I64));
        let bases: Vec<Slot> = (0..5).map(|_| slot(Word::I64)).collect();
        let constants: Vec<Slot> = INTS.iter().map(|_| slot(Word::I64)).collect();
        let variables = WORDS.map(|word| (0..VARIABLES).map(|_| slot(word)).collect::<Vec<Slot>>());
        (code.flag, code.cells, code.area, code.free) = (flag, cells, area, free);
        code.iterations = iterations;
        let mut var = 0;
        let mut value = |ty: Type, slot: Slot| {
            var += 1;
            (Var::Register(0, var), ty, vec![slot])
        };
        code.inputs = bases.iter().map(|base| value(Type::Object, *base)).collect();
        let mut all = Vec::new();
        for (word, slots) in WORDS.iter().zip(&variables) {
            all.extend(slots.iter().map(|slot| value(type_of(*word), *slot)));
        }
        // The first of each word are inputs; exits write all, or every other one, or none.
        code.inputs.extend(all.iter().step_by(VARIABLES).cloned());
        let some = |step: usize| all.iter().step_by(step).cloned().collect();
        code.exits = [some(1), some(2), some(3), Vec::new()]
            .into_iter()
            .map(|writes| Exit { pc: Pc(0), leaving: Leaving::End, writes })
            .collect();
        let mut maker = Maker { code, variables, constants, bases, limit, one, insts: Vec::new() };
        maker.begin(program.seed);
        for (at, (insts, end)) in program.blocks.iter().enumerate() {
            maker.block(at + 1, insts, *end, program.blocks.len());
        }
        maker.code
    }

    fn slot(&mut self, word: Word) -> Slot {
        self.code.slots.push(word);
        Slot(self.code.slots.len() as u32 - 1)
    }

    fn finish(&mut self, name: String, end: End) {
        let insts = std::mem::take(&mut self.insts);
        self.code.blocks.push(Block { name, insts, end });
    }

    fn begin(&mut self, seed: u8) {
        let mut values = vec![(self.code.iterations, 0), (self.limit, LIMIT), (self.one, 1)];
        values.extend(self.constants.iter().copied().zip(INTS));
        for (dst, value) in values {
            self.insts.push(Inst::Const { dst, value: Literal::I64(value) });
        }
        for slots in self.variables.clone() {
            for (at, dst) in slots.into_iter().enumerate().skip(1) {
                let pick = at * 3 + seed as usize;
                let (int, float) = (INTS[pick % INTS.len()], FLOATS[pick % FLOATS.len()]);
                let value = match self.code.word(dst) {
                    Word::I8 => Literal::I8((pick % 2) as u8),
                    Word::I64 => Literal::I64(int),
                    Word::F32 => Literal::F32(float as f32),
                    Word::F64 => Literal::F64(float),
                };
                self.insts.push(Inst::Const { dst, value });
            }
        }
        self.finish("begin".into(), End::Jump(BlockId(1)));
    }

    fn block(&mut self, at: usize, insts: &[Choices], end: Choices, count: usize) {
        let condition = self.slot(Word::I8);
        let iterations = self.code.iterations;
        self.insts.push(Inst::Binary { op: Binary::Add, dst: iterations, a: iterations, b: self.one });
        self.insts.push(Inst::Compare { op: Relation::Lt, dst: condition, a: iterations, b: self.limit });
        self.insts.push(Inst::Check { condition, exit: ExitId(0) });
        insts.iter().for_each(|choices| self.inst(*choices));
        let to = |choice: u8| BlockId(1 + choice as u32 % count as u32);
        let end = match end[0] % 8 {
            0 => End::Exit(ExitId(end[1] as u32 % 4)),
            1..4 => End::Jump(to(end[1])),
            _ => End::Branch { condition: self.variable(0, end[1]), then: to(end[2]), otherwise: to(end[3]) },
        };
        self.finish(format!("block {at}"), end);
    }

    fn variable(&self, word: usize, choice: u8) -> Slot {
        self.variables[word][choice as usize % VARIABLES]
    }

    /// An integer to read: a variable, or a constant.
    fn int(&self, choice: u8) -> Slot {
        match choice as usize % (VARIABLES + INTS.len()) {
            at @ 0..VARIABLES => self.variables[1][at],
            at => self.constants[at - VARIABLES],
        }
    }

    fn constant(&mut self, value: i64) -> Slot {
        let dst = self.slot(Word::I64);
        self.insts.push(Inst::Const { dst, value: Literal::I64(value) });
        dst
    }

    /// An integer of some of the bits of another, and others.
    fn masked(&mut self, choice: u8, and: i64, or: i64) -> Slot {
        let (and, or, dst) = (self.constant(and), self.constant(or), self.slot(Word::I64));
        self.insts.push(Inst::Binary { op: Binary::And, dst, a: self.int(choice), b: and });
        self.insts.push(Inst::Binary { op: Binary::Or, dst, a: dst, b: or });
        dst
    }

    fn inst(&mut self, [kind, op, d, a, b, c]: Choices) {
        let (exit, word) = (ExitId(c as u32 % 4), op as usize % 4);
        let (dst, x, y) = (self.variable(word, d), self.variable(word, a), self.variable(word, b));
        let offset = c as i32 % ELEMENTS as i32 * WORDS[word].bytes() as i32;
        let inst = match kind % 18 {
            0 => Inst::Copy { dst, src: x },
            1 => {
                let ops = [Binary::Add, Binary::Sub, Binary::Mul];
                Inst::Binary { op: ops[op as usize % 3], dst: self.variable(1, d), a: self.int(a), b: self.int(b) }
            }
            2 => {
                let ops = [Binary::Add, Binary::Sub, Binary::Mul, Binary::Div];
                let pick = |choice| self.variable(2 + op as usize / 4 % 2, choice);
                Inst::Binary { op: ops[op as usize % 4], dst: pick(d), a: pick(a), b: pick(b) }
            }
            3 => {
                let ops = [Binary::And, Binary::Or, Binary::Xor];
                let pick = |choice| self.variable(op as usize / 4 % 2, choice);
                Inst::Binary { op: ops[op as usize % 3], dst: pick(d), a: pick(a), b: pick(b) }
            }
            4 => {
                let op = [Binary::Div, Binary::Rem, Binary::DivUnsigned][op as usize % 3];
                let b = self.masked(b, 0xfffff, 2 + (c % 2) as i64);
                Inst::Binary { op, dst: self.variable(1, d), a: self.int(a), b }
            }
            5 => {
                let op = [Binary::Shl, Binary::Shr][op as usize % 2];
                let b = self.masked(b, 63, 0);
                Inst::Binary { op, dst: self.variable(1, d), a: self.int(a), b }
            }
            6 => {
                let ops = [Unary::Neg, Unary::Abs, Unary::Sqrt, Unary::Floor, Unary::Ceil, Unary::Trunc];
                let pick = |choice| self.variable(2 + op as usize / 8 % 2, choice);
                Inst::Unary { op: ops[op as usize % 6], dst: pick(d), a: pick(a) }
            }
            7 => {
                let (op, from, to) = [
                    (Unary::Not, 0, 0),
                    (Unary::Neg, 1, 1),
                    (Unary::IntToFloat, 1, 3),
                    (Unary::IntToSingle, 1, 2),
                    (Unary::FloatToInt, 3, 1),
                    (Unary::SingleToFloat, 2, 3),
                    (Unary::FloatToSingle, 3, 2),
                    (Unary::Widen, 0, 1),
                ][op as usize % 8];
                Inst::Unary { op, dst: self.variable(to, d), a: self.variable(from, a) }
            }
            8 => {
                use Relation::{Below, Eq, Ge, Gt, Le, Lt, Ne};
                let (op, dst) = ([Lt, Le, Gt, Ge, Eq, Ne, Below][c as usize % 7], self.variable(0, d));
                match (op, word) {
                    (_, 1) | (Below, _) => Inst::Compare { op, dst, a: self.int(a), b: self.int(b) },
                    (Eq | Ne, _) | (_, 2 | 3) => Inst::Compare { op, dst, a: x, b: y },
                    (Lt | Le | Gt | Ge, _) => Inst::Compare { op: Eq, dst, a: x, b: y },
                }
            }
            9 => Inst::Select { dst, condition: self.variable(0, c), a: x, b: y },
            10 => Inst::Check { condition: self.variable(0, a), exit },
            11 => Inst::Poll { flag: self.code.flag, exit },
            12 => Inst::CheckTag { base: self.bases[1], offset: 8 * (c as i32 % 16), tag: a as u32 % 4, exit },
            13 => {
                let op = [Checked::Add, Checked::Sub, Checked::Mul][op as usize % 3];
                Inst::Checked { op, dst: self.variable(1, d), a: self.int(a), b: self.int(b), exit }
            }
            14 if a % 4 == 0 => {
                Inst::Load { dst: self.variable(1, d), base: self.bases[4], offset: 8 * (c as i32 % 16), fixed: true }
            }
            14 => Inst::Load { dst, base: self.bases[word], offset, fixed: false },
            15 => Inst::Store { src: x, base: self.bases[word], offset },
            16 => {
                let (base, index) = (self.bases[word], self.masked(b, ELEMENTS as i64 - 1, 0));
                if c % 2 == 0 { Inst::LoadAt { dst, base, index } } else { Inst::StoreAt { src: x, base, index } }
            }
            _ => self.call(op, d, a, b, c),
        };
        self.insts.push(inst);
    }

    fn call(&mut self, op: u8, d: u8, a: u8, b: u8, c: u8) -> Inst {
        let (routine, word) = [
            (Routine::BoxBool, 0),
            (Routine::BoxInt, 1),
            (Routine::BoxFloat32, 2),
            (Routine::BoxFloat, 3),
            (Routine::Math("half"), 3),
            (Routine::MathOfTwo("mean"), 3),
        ][op as usize % 6];
        let (dst, mut args) = match routine {
            Routine::Math(_) => (self.variable(3, d), vec![self.variable(3, a)]),
            Routine::MathOfTwo(_) => (self.variable(3, d), vec![self.variable(3, a)]),
            _ => {
                let offset = self.constant(c as i64 % ELEMENTS as i64 * WORDS[word].bytes());
                let place = self.slot(Word::I64);
                self.insts.push(Inst::Binary { op: Binary::Add, dst: place, a: self.bases[word], b: offset });
                (self.variable(0, d), vec![place])
            }
        };
        if !matches!(routine, Routine::Math(_)) {
            args.push(self.variable(word, b));
        }
        Inst::Call { routine, dst, args }
    }
}

extern "C" fn set_bool(place: &mut u8, bit: bool) -> bool {
    *place = !bit as u8;
    bit
}

extern "C" fn set_int(place: &mut i64, i: i64) -> bool {
    *place = i;
    i > 0
}

extern "C" fn set_single(place: &mut f32, x: f32) -> bool {
    *place = x * 0.5;
    x > 0.0
}

extern "C" fn set_double(place: &mut f64, x: f64) -> bool {
    *place = x * 0.5;
    x > 0.0
}

extern "C" fn half(x: f64) -> f64 {
    x * 0.5
}

extern "C" fn mean(x: f64, y: f64) -> f64 {
    (x + y) * 0.5
}

fn address(routine: Routine) -> usize {
    match routine {
        Routine::BoxBool => set_bool as *const () as usize,
        Routine::BoxInt => set_int as *const () as usize,
        Routine::BoxFloat32 => set_single as *const () as usize,
        Routine::BoxFloat => set_double as *const () as usize,
        Routine::Math(_) => half as *const () as usize,
        Routine::MathOfTwo(_) => mean as *const () as usize,
        other => unreachable!("{other:?} is not called"),
    }
}

/// The exit, the words that are left by it, and what is in memory then.
type Outcome = (ExitId, Vec<u64>, Vec<u64>);

/// Runs a loop by `run`, which gets the words.
fn outcome(code: &LoopCode, program: &Program, run: impl FnOnce(&mut [u64]) -> ExitId) -> Outcome {
    let mut memory = Memory::new(program.seed);
    let flag = AtomicBool::new(program.is_interrupted);
    let mut words = vec![(&raw const flag).expose_provenance() as u64, 0, 0, 0];
    words.extend(memory.addresses());
    let pick = program.seed as usize;
    let (int, float) = (INTS[pick % INTS.len()], FLOATS[pick % FLOATS.len()]);
    words.extend([pick as u64 % 2, int as u64, (float as f32).to_bits() as u64, float.to_bits()]);
    words.resize(words.len().max(code.exchanged()), 0);
    let exit = run(&mut words);
    let outputs = code.output_words(&code.exits[exit.0 as usize]);
    let left = outputs.iter().zip(&words).map(|(slot, word)| canonical(code.word(*slot), *word)).collect();
    (exit, left, memory.bits())
}

/// How many loops are tried: `TOY_LOOPS`, or enough for every day.
fn cases() -> u32 {
    std::env::var("TOY_LOOPS").map_or(300, |count| count.parse().expect("a number of loops"))
}

#[test]
fn machine_code_equals_the_evaluator() {
    let config = Config { cases: cases(), failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &[11; 32]));
    let result = runner.run(&programs(), |program| {
        let code = Maker::make(&program);
        prop_assert_eq!(verify(&code), Ok(()), "{}", code);
        let machine = TypedLoop::compile(&code, &address).map_err(TestCaseError::fail)?;
        // SAFETY: the words are of the inputs' types, offsets and indices lie inside of the memory that they point to, and the
        // routines have their signatures.
        let expected = outcome(&code, &program, |words| unsafe { eval::run(&code, words, &address) });
        // SAFETY: as above.
        let got = outcome(&code, &program, |words| unsafe { machine.run(words) });
        prop_assert_eq!(got, expected, "{}", code);
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
}
