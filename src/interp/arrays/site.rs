//! Array expressions that were evaluated before: from an expression's first operation to its kernel, without a graph.
//!
//! Where an operator or a call meets an array, the straight code up to the expression's end is read once as an
//! expression over variables, constants and results of what came before. When they are again what they were (dtypes,
//! contiguous, of one shape), the kernel is called with them, and the machine goes on behind the expression. Everything
//! else, errors above all, is left to the instructions one by one.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use hashbrown::HashMap;
use smallvec::SmallVec;

use super::expression::{Expression, Input, Source, Step};
use super::{leaf, scalar_or_array};
use crate::array::{Array, DType, Scalar};
use crate::bytecode::chunk::{Flags, Pc};
use crate::exception::{Raised, Result};
use crate::interp::call::Args;
use crate::interp::cursor::Running;
use crate::interp::numpy;
use crate::interp::runtime::Runtime;
use crate::interp::window::Window;
use crate::jit::{Answer, Call};
use crate::kernel::Expr;
use crate::kernel::lower::same_view;
use crate::kernel::signature::{LeafValue, Signature};
use crate::syntax::ast::BinaryOp;
use crate::value::{Code, Kind, Module, ModuleId, NdArray, Value};

/// An expression is read when it is evaluated for the third time: most are evaluated once.
const WARM: u8 = 2;

/// How often an expression is prepared, each time for operands of other kinds.
const TRIES: u8 = 8;

/// Longer elementwise results may become part of a larger kernel instead, under `--fuse on`: beyond the caches that saves
/// more than a graph costs.
const MAX_LEN: usize = 1 << 17;

/// The expressions of a program, by the place of their first operation.
#[derive(Default)]
pub struct Sites {
    /// Not while somebody watches: each instruction is to be seen.
    pub enabled: bool,
    /// Told to the machine instead of an exception.
    detour: Option<Raised>,
    /// Whether the next instruction is executed, having been looked at.
    is_passed: bool,
    known: HashMap<(*const Code, Pc), (Rc<Code>, Slot)>,
}

enum Slot {
    /// So many times evaluated.
    Cold(u8),
    /// To be evaluated instruction by instruction.
    Refused,
    Known(Rc<Site>),
}

struct Site {
    expression: Expression,
    calls: RefCell<Vec<Prepared>>,
    /// How often it was prepared, or was not to be.
    tries: Cell<u8>,
}

/// A kernel, and the operands that it was made for.
struct Prepared {
    engine: u64,
    /// One for each source of the expression.
    keys: Vec<Key>,
    /// What the kernel reads.
    operands: Vec<Operand>,
    call: Rc<Call>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Key {
    /// Contiguous, of the expression's shape.
    Moving(DType),
    /// An array of one element.
    Still(DType),
    Number(DType),
    Float,
    Int,
    Module(ModuleId),
    /// A constant is what it is.
    Constant,
}

enum Operand {
    Array(usize),
    /// A number as this dtype.
    Number(usize, DType),
    Constant(Scalar),
}

impl Sites {
    /// The kinds of operands for which the expression that begins there has a kernel, in words.
    pub fn describe(&self, code: &Rc<Code>, pc: Pc) -> Option<String> {
        let Some((_, Slot::Known(site))) = self.known.get(&(Rc::as_ptr(code), pc)) else { return None };
        let calls = site.calls.borrow();
        let kinds = calls.iter().map(|call| {
            let operands: Vec<String> = call.keys.iter().filter_map(Key::describe).collect();
            operands.join(", ")
        });
        let kinds: Vec<String> = kinds.collect();
        let end = site.expression.end.0 - 1;
        (!kinds.is_empty()).then(|| format!("up to {end} one kernel of ({})", kinds.join("), (")))
    }

    /// For a handler that met an array: an error that lets the machine ask [`Runtime::at_site`] how to go on.
    #[inline]
    pub fn look(&mut self) -> Result<()> {
        if !self.enabled || std::mem::take(&mut self.is_passed) {
            return Ok(());
        }
        Err(self.detour.take().unwrap_or_else(Raised::detour))
    }
}

impl Runtime {
    /// Where to go on: behind the expression that begins at `pc`, if its kernel is known for its operands, else with
    /// its instructions.
    ///
    /// # Errors
    /// `MemoryError`, `KeyboardInterrupt`.
    pub fn at_site(&mut self, detour: Raised, code: Running, w: Window, pc: Pc) -> Result<Pc> {
        self.sites.detour = Some(detour);
        if let Some(end) = self.pass_site(code, w, pc)? {
            return Ok(end);
        }
        self.sites.is_passed = true;
        Ok(pc)
    }

    fn pass_site(&mut self, code: Running, mut w: Window, pc: Pc) -> Result<Option<Pc>> {
        let place = (&raw const *code, pc);
        let (_, slot) = self.sites.known.entry(place).or_insert_with(|| (code.shared(), Slot::Cold(0)));
        let site = match slot {
            Slot::Refused => return Ok(None),
            Slot::Known(site) => site.clone(),
            Slot::Cold(times) if *times < WARM => {
                *times += 1;
                return Ok(None);
            }
            Slot::Cold(_) => match Expression::read(&code.chunk, pc) {
                None => {
                    *slot = Slot::Refused;
                    return Ok(None);
                }
                Some(expression) => {
                    let site = Rc::new(Site { expression, calls: RefCell::default(), tries: Cell::new(0) });
                    *slot = Slot::Known(site.clone());
                    site
                }
            },
        };
        for prepared in &*site.calls.borrow() {
            if let Some(answer) = self.call_prepared(&site.expression, prepared, &code, &w)? {
                let value = match answer {
                    Answer::Array(array) => scalar_or_array(array),
                    Answer::Scalar(scalar) => Value::new(scalar),
                };
                site.expression.used_up.iter().for_each(|register| drop(w.take(*register)));
                drop(w.replace(site.expression.result, value));
                return Ok(Some(site.expression.end));
            }
        }
        if site.tries.get() < TRIES {
            site.tries.set(site.tries.get() + 1);
            let prepared = self.prepare(&site.expression, &code, &w);
            let mut calls = site.calls.borrow_mut();
            // What is known, and was too large to be called here, is not learned again.
            let known = |new: &Prepared| calls.iter().any(|old| old.engine == new.engine && old.keys == new.keys);
            let prepared = prepared.filter(|prepared| !known(prepared));
            calls.extend(prepared);
        } else if site.calls.borrow().is_empty() {
            self.sites.known.insert(place, (code.shared(), Slot::Refused));
        }
        Ok(None)
    }

    fn source<'a>(&'a self, source: Source, code: &'a Code, w: &'a Window) -> Option<&'a Value> {
        match source {
            Source::Register(register) => w.try_get(register),
            Source::Constant(id) => Some(&code.constants[id.0 as usize]),
            Source::Global(id) => self.global(id),
        }
    }

    /// `None` if an operand is not what the kernel was made for.
    fn call_prepared(
        &self,
        expression: &Expression,
        prepared: &Prepared,
        code: &Code,
        w: &Window,
    ) -> Result<Option<Answer>> {
        let mut shape: Option<&Arc<[usize]>> = None;
        let mut operands: SmallVec<[LeafValue<'_>; 8]> = SmallVec::new();
        for (source, key) in expression.sources.iter().zip(&prepared.keys) {
            let Some(value) = self.source(*source, code, w) else { return Ok(None) };
            let operand = match (*key, value.kind()) {
                (Key::Moving(dtype), Kind::Array) => {
                    let array = value.get::<NdArray>().and_then(NdArray::ready);
                    let fits = |array: &&Array| array.dtype() == dtype && array.is_contiguous();
                    let Some(array) = array.filter(fits) else { return Ok(None) };
                    match shape {
                        None => shape = Some(array.shared_shape()),
                        Some(shape) if Arc::ptr_eq(shape, array.shared_shape()) || **shape == *array.shape() => {}
                        Some(_) => return Ok(None),
                    }
                    LeafValue::Array(array)
                }
                (Key::Still(dtype), Kind::Array) => {
                    let array = value.get::<NdArray>().and_then(NdArray::ready);
                    let fits = |array: &&Array| array.dtype() == dtype && array.size() == 1;
                    let Some(array) = array.filter(fits) else { return Ok(None) };
                    LeafValue::Array(array)
                }
                (Key::Constant, _) => LeafValue::Scalar(Scalar::Bool(false)),
                (key, _) if Key::of(value) == Some(key) => match leaf(value) {
                    Some(number) => LeafValue::Scalar(number.scalar()),
                    None => LeafValue::Scalar(Scalar::Bool(false)),
                },
                _ => return Ok(None),
            };
            operands.push(operand);
        }
        let Some(shape) = shape else { return Ok(None) };
        let len: usize = shape.iter().product();
        let mut engine = self.engine.borrow_mut();
        let is_large = engine.fuses_statements() && len > MAX_LEN && !prepared.call.reduces();
        let has_more_axes = |(key, operand): (&Key, &LeafValue<'_>)| match (key, operand) {
            (Key::Still(_), LeafValue::Array(array)) => array.ndim() > shape.len(),
            _ => false,
        };
        if len <= 1
            || is_large
            || !engine.calls_directly(len)
            || engine.id() != Some(prepared.engine)
            || prepared.keys.iter().zip(&operands).any(has_more_axes)
        {
            return Ok(None);
        }
        let operand = |at: usize| match prepared.operands[at] {
            Operand::Array(at) => operands[at],
            Operand::Number(at, dtype) => match operands[at] {
                LeafValue::Scalar(number) => LeafValue::Scalar(number.cast(dtype)),
                LeafValue::Array(_) => operands[at],
            },
            Operand::Constant(scalar) => LeafValue::Scalar(scalar),
        };
        Ok(Some(engine.call(&prepared.call, operand, len, shape)?))
    }

    /// Makes the kernel of an expression for operands of today's kinds.
    fn prepare(&mut self, expression: &Expression, code: &Code, w: &Window) -> Option<Prepared> {
        let engine = self.engine.borrow().id()?;
        let mut values: Vec<Value> = Vec::new();
        let mut keys = Vec::new();
        for (at, source) in expression.sources.iter().enumerate() {
            let value = self.source(*source, code, w)?.clone();
            if let Some(array) = value.get::<NdArray>()
                && !array.ready().is_some_and(|array| self.engine.borrow().calls_directly(array.size()))
            {
                return None;
            }
            let key = match source {
                Source::Constant(_) => Key::Constant,
                Source::Register(_) | Source::Global(_) => Key::of(&value)?,
            };
            // Numbers are told apart by what they are while the expression is built.
            values.push(match key {
                Key::Number(dtype) => Value::new(sample(at, dtype)),
                Key::Float => Value::python_number(sample(at, DType::Float64)),
                Key::Int => Value::python_number(sample(at, DType::Int64)),
                Key::Moving(_) | Key::Still(_) | Key::Module(_) | Key::Constant => value,
            });
            keys.push(key);
        }
        let root = self.build(expression, &values)?;
        let signature = Signature::read(&root)?;
        let mut operands = Vec::new();
        for part in &signature.leaves {
            operands.push(match part.value {
                LeafValue::Array(array) => {
                    let same = |value: &Value| {
                        value.get::<NdArray>().and_then(NdArray::ready).is_some_and(|other| same_view(other, array))
                    };
                    let at = values.iter().position(same)?;
                    // The same array twice: a kernel of its own, for another day.
                    if values.iter().skip(at + 1).any(same) {
                        return None;
                    }
                    keys[at] = if part.still { Key::Still(array.dtype()) } else { Key::Moving(array.dtype()) };
                    Operand::Array(at)
                }
                LeafValue::Scalar(scalar) => {
                    let is_sample = |(at, key): &(usize, &Key)| match key {
                        Key::Number(dtype) => is_same(sample(*at, *dtype), scalar),
                        Key::Float => is_same(sample(*at, DType::Float64), scalar),
                        Key::Int => is_same(sample(*at, DType::Int64), scalar),
                        Key::Moving(_) | Key::Still(_) | Key::Module(_) | Key::Constant => false,
                    };
                    match keys.iter().enumerate().find(is_sample) {
                        Some((at, _)) => Operand::Number(at, scalar.dtype()),
                        None => Operand::Constant(scalar),
                    }
                }
            });
        }
        // An operand that the kernel does not read would go unchecked.
        let read = |at: usize| {
            operands.iter().any(|operand| matches!(operand, Operand::Array(i) | Operand::Number(i, _) if *i == at))
        };
        let unread =
            keys.iter().enumerate().any(|(at, key)| !matches!(key, Key::Constant | Key::Module(_)) && !read(at));
        let call = self.engine.borrow_mut().prepare(&root, &signature)?;
        (!unread).then_some(Prepared { engine, keys, operands, call })
    }

    /// The expression as a graph; `None` if that is not all that its evaluation does.
    fn build(&mut self, expression: &Expression, values: &[Value]) -> Option<Expr> {
        let flags = Flags::LAZY.with(Flags::SYMBOLIC);
        let mut results: Vec<Value> = Vec::new();
        for step in &expression.steps {
            let value = |input: &Input| match input {
                Input::Source(at) => values[*at].clone(),
                Input::Step(at) => results[*at].clone(),
            };
            let is_array = |value: &Value| value.kind() == Kind::Array;
            let result = match step {
                Step::Unary(op, x) => {
                    let x = value(x);
                    is_array(&x).then(|| self.array_unary(*op, x, flags))?
                }
                Step::Binary(op, a, b) => {
                    let (left, right) = (value(a), value(b));
                    let allowed = match op {
                        // What a power becomes depends on the exponent.
                        BinaryOp::Pow => {
                            matches!(b, Input::Source(at) if matches!(expression.sources[*at], Source::Constant(_)))
                        }
                        BinaryOp::MatMul => [&left, &right].iter().all(|value| is_vector(value)),
                        BinaryOp::Shl | BinaryOp::Shr => false,
                        _ => true,
                    };
                    let arrays = is_array(&left) || is_array(&right);
                    (allowed && arrays).then(|| self.array_binary(*op, left, right, flags))?
                }
                Step::Compare(op, a, b) => {
                    let (left, right) = (value(a), value(b));
                    (is_array(&left) || is_array(&right)).then(|| self.array_compare(*op, left, right, flags))?
                }
                Step::Call { receiver, name, arguments } => {
                    let receiver = value(receiver);
                    let positional: Vec<Value> = arguments.iter().map(value).collect();
                    let known = numpy::is_expression(name, positional.len() + is_array(&receiver) as usize);
                    let product = matches!(&**name, "dot" | "matmul");
                    let operands = positional.iter().chain(Some(&receiver).filter(|value| is_array(value)));
                    if !known || product && !operands.clone().all(is_vector) || !operands.clone().any(is_array) {
                        return None;
                    }
                    let args = Args { positional, keywords: Vec::new() };
                    match receiver.get::<Module>().map(|module| module.0) {
                        Some(ModuleId::Numpy) => self.call_module(ModuleId::Numpy, name, args, flags),
                        None if is_array(&receiver) => self.call_method(receiver, name, args, flags),
                        Some(_) | None => return None,
                    }
                }
            };
            results.push(result.ok()?);
        }
        results.last()?.get::<NdArray>()?.if_pending(Expr::clone)
    }
}

impl Key {
    /// The operand in words; what is no variable needs none.
    fn describe(&self) -> Option<String> {
        match self {
            Key::Moving(dtype) => Some(format!("{}[n]", dtype.name())),
            Key::Still(dtype) => Some(format!("{}[1]", dtype.name())),
            Key::Number(dtype) => Some(format!("np.{}", dtype.name())),
            Key::Float => Some("float".to_owned()),
            Key::Int => Some("int".to_owned()),
            Key::Module(_) | Key::Constant => None,
        }
    }

    fn of(value: &Value) -> Option<Key> {
        Some(match value.kind() {
            Kind::Array => Key::Moving(value.get::<NdArray>()?.dtype()),
            Kind::Scalar => Key::Number(value.get::<Scalar>().filter(|scalar| scalar.dtype() != DType::Bool)?.dtype()),
            Kind::Float => Key::Float,
            Kind::Int => Key::Int,
            Kind::Module => Key::Module(value.get::<Module>()?.0),
            _ => return None,
        })
    }
}

fn is_vector(value: &Value) -> bool {
    value.kind() == Kind::Array && value.array_shape().len() == 1
}

/// Whether a number was cast to another.
fn is_same(number: Scalar, cast: Scalar) -> bool {
    number.cast(cast.dtype()).as_f64() == cast.as_f64()
}

/// A number for source `at` that no constant is likely to be, exact in every dtype that it may be cast to.
fn sample(at: usize, dtype: DType) -> Scalar {
    match dtype {
        DType::Bool | DType::Int64 => Scalar::Int64(1_000_003 + at as i64),
        DType::Float32 | DType::Float64 => Scalar::Float64(1_000_003.5 + at as f64).cast(dtype),
    }
}
