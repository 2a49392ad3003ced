//! Wide code does to memory what narrow code does. What this CPU is too narrow for is written, as cases with the memory
//! that the narrow code left, to the file that `TOY_CASES` names, for `tests/emulator/run`.

use std::fs::File;
use std::io::Write;

use super::Vector;
use crate::array::{Array, DType, Scalar};
use crate::jit::code::Code;
use crate::jit::emit::{Direction, LEADING_WORDS, Style};
use crate::jit::form::{Form, Width};
use crate::jit::isa::Target;
use crate::jit::program::{Aim, words};
use crate::jit::stage::{Source, Stage, Yield, is_native, split};
use crate::jit::switches::{Regalloc, Schedule};
use crate::kernel::lower::{Options, lower};
use crate::kernel::order::REDUCTION_LANES;
use crate::kernel::{BinaryOp, Expr, ReduceOp, UnaryOp, passes};

/// Where the emulator's memory for data begins.
const GUEST: usize = 16 << 20;

const LENGTHS: [usize; 3] = [1024, 300, 37];

const SPECIAL: [f64; 12] =
    [0.0, -0.0, 0.5, -1.5, 2.5, 1e-310, 3.0e38, -1e300, f64::INFINITY, f64::NEG_INFINITY, f64::NAN, 1.0];

/// The memory of one call: words, feeds and results in one piece, each 64 bytes from the next.
struct Image {
    bytes: Vec<u64>,
    /// Offsets of feeds and results.
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
    let leading = (words(stage) * 8).next_multiple_of(64) + 64;
    let mut bytes = vec![0u64; leading / 8];
    let (mut places, mut state) = (Vec::new(), len as u64);
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
        let count = if lanes { REDUCTION_LANES } else { len };
        bytes.resize(bytes.len() + size(stage.width, count) / 8, 0x3ff8_0000_3fc0_0000);
    }
    Image { bytes, places }
}

impl Image {
    /// The words as code at this address expects them.
    fn set_words(&mut self, len: usize, base: usize) {
        self.bytes[0] = len as u64;
        for (index, place) in self.places.iter().enumerate() {
            self.bytes[LEADING_WORDS + index] = (base + place) as u64;
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

    fn write(&self, out: &mut Vec<u8>) {
        out.extend(self.bytes.iter().flat_map(|word| word.to_le_bytes()));
    }
}

#[test]
fn wide_code_does_what_narrow_code_does() {
    let Ok(host) = Target::host(Regalloc::Backtracking) else { return };
    let Some(widest) = host.widest else { return };
    let everything = Target { widest: Some(Vector::Zmm), ..host.clone() };
    let mut cases = Vec::new();
    let mut count = 0u64;
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
                    let style = Style { vector: Some(vector), unroll, schedule };
                    let aim = Aim { target: &everything, style, still: &still, direction: Direction::Along };
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
                        count += 1;
                        cases.extend((wide.bytes.len() as u64).to_le_bytes());
                        cases.extend(&wide.bytes);
                        for word in [GUEST, 1, GUEST, before.bytes.len() * 8] {
                            cases.extend((word as u64).to_le_bytes());
                        }
                        before.write(&mut cases);
                        after.write(&mut cases);
                    }
                }
            }
        }
    }
    if let Some(path) = std::env::var_os("TOY_CASES") {
        let mut file = File::create(path).expect("the file can be written");
        file.write_all(b"TOYCASES").and_then(|()| file.write_all(&count.to_le_bytes())).expect("written");
        file.write_all(&cases).expect("written");
    }
}
