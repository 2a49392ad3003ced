//! Inner loops as array expressions: what typed code calls to have one computed.

#![allow(unsafe_code)]

use std::cell::{Cell, RefCell};

use crate::array::{Array, ArrayError, DType, Scalar};
use crate::diagnostic::ErrorKind;
use crate::interrupt;
use crate::jit::Engine;
use crate::kernel::Expr;
use crate::kernel::op::{BinaryOp, ReduceOp, UnaryOp};
use crate::loops::ir::{Binary, Literal, Relation, Unary, Word};
use crate::loops::vector::{Node, NodeId, Sign, Sum, VectorLoop};

/// Who computes the array expressions of one run of typed code.
pub struct Vectors<'a> {
    loops: &'a [VectorLoop],
    engine: &'a RefCell<Engine>,
    /// Iterations that were computed so.
    iterations: Cell<u64>,
    /// What went wrong after elements had been written.
    failed: RefCell<Option<ArrayError>>,
}

impl<'a> Vectors<'a> {
    pub fn new(loops: &'a [VectorLoop], engine: &'a RefCell<Engine>) -> Vectors<'a> {
        Vectors { loops, engine, iterations: Cell::new(0), failed: RefCell::default() }
    }

    /// What is handed over in the first of the words.
    pub fn address(&self) -> u64 {
        std::ptr::from_ref(self).expose_provenance() as u64
    }

    pub fn iterations(&self) -> u64 {
        self.iterations.get()
    }

    pub fn failed(self) -> Option<ArrayError> {
        self.failed.into_inner()
    }
}

/// Computes the array expressions of a loop, of operands in `area`: false if nothing was done, and the loop is to go on
/// iteration by iteration.
pub extern "C" fn compute(area: *mut u64, index: usize) -> bool {
    // SAFETY: the first word is the address of a `Vectors` that is there while the code runs, put there before it began.
    let vectors = unsafe { &*std::ptr::with_exposed_provenance::<Vectors<'_>>(*area as usize) };
    let code = &vectors.loops[index];
    // SAFETY: the area has as many words as the largest of the loops needs, and nobody else looks at them meanwhile.
    let words = unsafe { std::slice::from_raw_parts_mut(area, code.words()) };
    let count = words[1] as usize;
    let Some(operands) = Operands::read(code, words, count) else { return false };
    if !operands.are_apart(code) {
        return false;
    }
    let mut engine = vectors.engine.borrow_mut();
    let done = operands.run(code, words, &mut engine, &vectors.failed);
    if done {
        vectors.iterations.set(vectors.iterations.get() + count as u64);
    }
    done
}

/// Elements in memory, one for each iteration and one more.
struct Elements<'a> {
    array: &'a Array,
    dtype: DType,
    first: usize,
    step: isize,
}

impl<'a> Elements<'a> {
    /// `None` if one of them is outside of its array's memory.
    fn read(word: Word, words: &[u64], count: usize) -> Option<Elements<'a>> {
        let (first, step) = (words[0], words[1] as i64 as isize);
        // SAFETY: the address of an array that a variable holds, or a copy of a list that is there while the code runs.
        let array = unsafe { &*std::ptr::with_exposed_provenance::<Array>(words[2] as usize) };
        let first = (first as usize).checked_sub(array.buffer().as_ptr().addr())?;
        let dtype = match word {
            Word::I8 => DType::Bool,
            Word::I64 => DType::Int64,
            Word::F32 => DType::Float32,
            Word::F64 => DType::Float64,
        };
        let last = (first as isize).checked_add(step.checked_mul(count as isize)?)?;
        let end = (first as isize).max(last).checked_add(dtype.size() as isize)?;
        let inside = last >= 0 && end as usize <= array.buffer().len() && array.dtype() == dtype;
        inside.then_some(Elements { array, dtype, first, step })
    }

    fn view(&self, count: usize) -> Array {
        let strides: &[isize] = &[self.step];
        self.array.view(self.dtype, [count], strides, self.first)
    }

    /// The bytes from the first to the last of them.
    fn bytes(&self, count: usize) -> std::ops::Range<usize> {
        let start = self.array.buffer().as_ptr().addr() + self.first;
        let last = start.wrapping_add_signed(self.step * (count as isize - 1));
        start.min(last)..start.max(last) + self.dtype.size()
    }

    fn is_apart_from(&self, other: &Elements<'_>, count: usize) -> bool {
        let (a, b) = (self.bytes(count), other.bytes(count));
        a.end <= b.start || b.end <= a.start
    }

    fn is(&self, other: &Elements<'_>) -> bool {
        let start = |elements: &Elements<'_>| elements.array.buffer().as_ptr().addr() + elements.first;
        start(self) == start(other) && self.step == other.step && self.dtype == other.dtype
    }
}

struct Operands<'a> {
    count: usize,
    loads: Vec<Elements<'a>>,
    stores: Vec<Elements<'a>>,
    scalars: Vec<Scalar>,
    /// The first number of each ramp, and the step.
    ramps: Vec<(i64, i64)>,
}

impl<'a> Operands<'a> {
    fn read(code: &VectorLoop, words: &[u64], count: usize) -> Option<Operands<'a>> {
        let load = |(at, load): (usize, &crate::loops::vector::Load)| {
            Elements::read(load.word, &words[code.load_at(at)..], count)
        };
        let store = |(at, store): (usize, &(Word, NodeId))| Elements::read(store.0, &words[code.store_at(at)..], count);
        Some(Operands {
            count,
            loads: code.loads.iter().enumerate().map(load).collect::<Option<_>>()?,
            stores: code.stores.iter().enumerate().map(store).collect::<Option<_>>()?,
            scalars: code
                .scalars
                .iter()
                .enumerate()
                .map(|(at, word)| scalar(*word, words[code.scalar_at(at)]))
                .collect(),
            ramps: (0..code.ramps)
                .map(|at| (words[code.ramp_at(at)] as i64, words[code.ramp_at(at) + 1] as i64))
                .collect(),
        })
    }

    /// Whether it is all the same in which order the iterations run: what one writes, no other reads or writes.
    fn are_apart(&self, code: &VectorLoop) -> bool {
        self.stores.iter().enumerate().all(|(at, store)| {
            let is_once = store.step.unsigned_abs() >= store.dtype.size();
            let others = self.stores[..at].iter().all(|other| other.is_apart_from(store, self.count));
            let used_later = |load| code.stores[at + 1..].iter().any(|(_, value)| uses(code, *value, load));
            let loads = self.loads.iter().enumerate().all(|(load, elements)| {
                let before = elements.is(store) && code.loads[load].after <= at && !used_later(load);
                before || elements.is_apart_from(store, self.count + 1)
            });
            is_once && others && loads
        })
    }

    /// Computes sums first, then what is written. False if nothing was changed.
    fn run(
        &self,
        code: &VectorLoop,
        words: &mut [u64],
        engine: &mut Engine,
        failed: &RefCell<Option<ArrayError>>,
    ) -> bool {
        let graph = Graph { code, operands: self };
        let sums = match graph.sums(engine) {
            Ok(Some(sums)) => sums,
            Ok(None) => return false,
            Err(error) => {
                if error.kind == ErrorKind::KeyboardInterrupt {
                    interrupt::request();
                }
                return false;
            }
        };
        let Some(stores) = graph.stores() else { return false };
        for (expr, place) in stores.iter().zip(&self.stores) {
            if let Err(error) = engine.evaluate_into(expr, &place.view(self.count)) {
                interrupt::request();
                if error.kind != ErrorKind::KeyboardInterrupt {
                    failed.replace(Some(error));
                }
                break;
            }
        }
        for (at, sum) in sums.into_iter().enumerate() {
            words[code.sum_at(at)] = sum;
        }
        true
    }
}

fn uses(code: &VectorLoop, node: NodeId, load: usize) -> bool {
    match code.nodes[node.0] {
        Node::Element(at) => at == load,
        Node::Scalar(_) | Node::Literal(_) | Node::Ramp(_) | Node::Carried(_) => false,
        Node::Unary(_, a) => uses(code, a, load),
        Node::Binary(_, a, b) | Node::Compare(_, a, b) => uses(code, a, load) || uses(code, b, load),
        Node::Select(c, a, b) => uses(code, c, load) || uses(code, a, load) || uses(code, b, load),
    }
}

fn scalar(word: Word, bits: u64) -> Scalar {
    match word {
        Word::I8 => Scalar::Bool(bits as u8 != 0),
        Word::I64 => Scalar::Int64(bits as i64),
        Word::F32 => Scalar::Float32(f32::from_bits(bits as u32)),
        Word::F64 => Scalar::Float64(f64::from_bits(bits)),
    }
}

/// The graphs of array expressions.
struct Graph<'a> {
    code: &'a VectorLoop,
    operands: &'a Operands<'a>,
}

impl Graph<'_> {
    /// What each variable grows by; `None` if a check does not hold in all iterations, or one of them has no counterpart
    /// among array expressions.
    fn sums(&self, engine: &mut Engine) -> crate::array::Result<Option<Vec<u64>>> {
        let mut known = vec![None; self.code.nodes.len()];
        for guard in &self.code.guards {
            // The first iteration behind is not to fail either: it gives the variables their values.
            let Some(holds) = self.expr(*guard, self.operands.count + 1, &mut known) else { return Ok(None) };
            let all = engine.evaluate(&Expr::reduce(ReduceOp::All, &holds, None, false)?)?;
            if !matches!(all.get(0), Scalar::Bool(true)) {
                return Ok(None);
            }
        }
        let mut known = vec![None; self.code.nodes.len()];
        let mut sums = Vec::with_capacity(self.code.sums.len());
        for sum in &self.code.sums {
            let Some(total) = self.total(sum, &mut known) else { return Ok(None) };
            sums.push(match engine.evaluate(&total)?.get(0) {
                Scalar::Float64(x) => x.to_bits(),
                Scalar::Float32(x) => x.to_bits().into(),
                Scalar::Bool(_) | Scalar::Int64(_) => return Ok(None),
            });
        }
        Ok(Some(sums))
    }

    fn total(&self, sum: &Sum, known: &mut Vec<Option<Expr>>) -> Option<Expr> {
        let mut total: Option<Expr> = None;
        for (sign, term) in &sum.terms {
            let term = self.expr(*term, self.operands.count, known)?;
            total = Some(match (total, sign) {
                (None, Sign::Plus) => term,
                (None, Sign::Minus) => Expr::unary(UnaryOp::Neg, &term).ok()?,
                (Some(total), Sign::Plus) => Expr::binary(BinaryOp::Add, &total, &term).ok()?,
                (Some(total), Sign::Minus) => Expr::binary(BinaryOp::Sub, &total, &term).ok()?,
            });
        }
        let total = total?;
        if total.shape().is_empty() {
            let times = Expr::constant(Scalar::Float64(self.operands.count as f64).cast(total.dtype()));
            return Expr::binary(BinaryOp::Mul, &total, &times).ok();
        }
        Expr::reduce(ReduceOp::Sum, &total, None, false).ok()
    }

    fn stores(&self) -> Option<Vec<Expr>> {
        let mut known = vec![None; self.code.nodes.len()];
        self.code.stores.iter().map(|(_, value)| self.expr(*value, self.operands.count, &mut known)).collect()
    }

    fn expr(&self, node: NodeId, count: usize, known: &mut Vec<Option<Expr>>) -> Option<Expr> {
        if let Some(expr) = &known[node.0] {
            return Some(expr.clone());
        }
        let mut of = |node: NodeId| self.expr(node, count, known);
        let expr = match self.code.nodes[node.0] {
            Node::Element(at) => Expr::leaf(self.operands.loads[at].view(count)),
            Node::Scalar(at) => Expr::constant(self.operands.scalars[at]),
            Node::Literal(Literal::I8(bit)) => Expr::constant(Scalar::Bool(bit != 0)),
            Node::Literal(Literal::I64(i)) => Expr::constant(Scalar::Int64(i)),
            Node::Literal(Literal::F32(x)) => Expr::constant(Scalar::Float32(x)),
            Node::Literal(Literal::F64(x)) => Expr::constant(Scalar::Float64(x)),
            Node::Ramp(at) => Expr::leaf(ramp(self.operands.ramps[at], count)?),
            Node::Unary(op, a) => unary(op, &of(a)?)?,
            Node::Binary(op, a, b) => Expr::binary(binary(op)?, &of(a)?, &of(b)?).ok()?,
            Node::Compare(op, a, b) => Expr::binary(relation(op)?, &of(a)?, &of(b)?).ok()?,
            Node::Select(c, a, b) => Expr::select(&of(c)?, &of(a)?, &of(b)?).ok()?,
            Node::Carried(_) => return None,
        };
        known[node.0] = Some(expr.clone());
        Some(expr)
    }
}

fn ramp((first, step): (i64, i64), count: usize) -> Option<Array> {
    let array = Array::zeros(DType::Int64, &[count]).ok()?;
    for at in 0..count {
        array.set(at, Scalar::Int64(first.wrapping_add(step.wrapping_mul(at as i64))));
    }
    Some(array)
}

fn unary(op: Unary, a: &Expr) -> Option<Expr> {
    let op = match op {
        Unary::Neg => UnaryOp::Neg,
        Unary::Abs => UnaryOp::Abs,
        Unary::Sqrt => UnaryOp::Sqrt,
        Unary::Floor => UnaryOp::Floor,
        Unary::Ceil => UnaryOp::Ceil,
        Unary::Trunc => UnaryOp::Trunc,
        Unary::Not => UnaryOp::Not,
        Unary::IntToFloat | Unary::SingleToFloat => return Some(a.cast(DType::Float64)),
        Unary::IntToSingle | Unary::FloatToSingle => return Some(a.cast(DType::Float32)),
        Unary::FloatToInt | Unary::Widen => return None,
    };
    Expr::unary(op, a).ok()
}

fn binary(op: Binary) -> Option<BinaryOp> {
    Some(match op {
        Binary::Add => BinaryOp::Add,
        Binary::Sub => BinaryOp::Sub,
        Binary::Mul => BinaryOp::Mul,
        Binary::Div => BinaryOp::TrueDiv,
        Binary::And => BinaryOp::And,
        Binary::Or => BinaryOp::Or,
        Binary::Xor => BinaryOp::Xor,
        Binary::Rem | Binary::Shl | Binary::Shr | Binary::DivUnsigned => return None,
    })
}

fn relation(op: Relation) -> Option<BinaryOp> {
    Some(match op {
        Relation::Lt => BinaryOp::Lt,
        Relation::Le => BinaryOp::Le,
        Relation::Gt => BinaryOp::Gt,
        Relation::Ge => BinaryOp::Ge,
        Relation::Eq => BinaryOp::Eq,
        Relation::Ne => BinaryOp::Ne,
        Relation::Below => return None,
    })
}
