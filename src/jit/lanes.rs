//! One IR node as CLIF, on one element or on a 128-bit vector of them.

use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift_codegen::ir::types::{F32, F32X4, F64, F64X2, I8, I32, I32X4, I64, I64X2};
use cranelift_codegen::ir::{Endianness, InstBuilder, MemFlagsData, Type, Value};
use cranelift_frontend::FunctionBuilder;

use super::form::Width;
use crate::array::DType;
use crate::kernel::op::{BinaryOp, ReduceOp, UnaryOp};

/// How many elements an instruction takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Lanes {
    One,
    /// As many as fit into a register: 128 bits here, whatever it becomes when code is widened.
    Vector,
}

/// Emits nodes of a stage of one width.
pub struct Emitter<'a, 'b> {
    pub builder: &'a mut FunctionBuilder<'b>,
    pub width: Width,
}

/// Arrays may lie at any address, and every access was checked before.
const MEMORY: MemFlagsData = MemFlagsData::new().with_notrap();

impl Emitter<'_, '_> {
    /// The CLIF type of a value. One bool is an `i8`, 0 or 1; a vector of bools is a mask.
    pub fn clif_type(&self, dtype: DType, lanes: Lanes) -> Type {
        match (dtype, lanes, self.width) {
            (DType::Bool, Lanes::One, _) => I8,
            (DType::Bool, Lanes::Vector, width) => mask_type(width),
            (DType::Int64, Lanes::One, _) => I64,
            (DType::Int64, Lanes::Vector, _) => I64X2,
            (DType::Float32, Lanes::One, _) => F32,
            (DType::Float32, Lanes::Vector, _) => F32X4,
            (DType::Float64, Lanes::One, _) => F64,
            (DType::Float64, Lanes::Vector, _) => F64X2,
        }
    }

    /// Reads a value from memory, where a bool is a lane-wide mask.
    pub fn load(&mut self, dtype: DType, lanes: Lanes, base: Value, offset: i32) -> Value {
        let int = self.lane_int();
        match (dtype, lanes) {
            (DType::Bool, Lanes::One) => {
                let mask = self.builder.ins().load(int, MEMORY, base, offset);
                let zero = self.builder.ins().iconst(int, 0);
                self.builder.ins().icmp(IntCC::NotEqual, mask, zero)
            }
            _ => {
                let clif_type = self.clif_type(dtype, lanes);
                self.builder.ins().load(clif_type, MEMORY, base, offset)
            }
        }
    }

    pub fn store(&mut self, dtype: DType, lanes: Lanes, value: Value, base: Value, offset: i32) {
        let int = self.lane_int();
        let value = match (dtype, lanes) {
            (DType::Bool, Lanes::One) => self.builder.ins().bmask(int, value),
            _ => value,
        };
        self.builder.ins().store(MEMORY, value, base, offset);
    }

    /// A value repeated in every lane.
    pub fn splat(&mut self, dtype: DType, value: Value) -> Value {
        let int = self.lane_int();
        let value = match dtype {
            DType::Bool => self.builder.ins().bmask(int, value),
            DType::Int64 | DType::Float32 | DType::Float64 => value,
        };
        let clif_type = self.clif_type(dtype, Lanes::Vector);
        self.builder.ins().splat(clif_type, value)
    }

    pub fn cast(&mut self, from: DType, to: DType, lanes: Lanes, x: Value) -> Value {
        match (from, to, lanes) {
            (DType::Bool, DType::Int64, Lanes::One) => self.builder.ins().uextend(I64, x),
            (DType::Bool, DType::Int64, Lanes::Vector) => self.builder.ins().ineg(x),
            (DType::Bool, DType::Float32 | DType::Float64, Lanes::One) => {
                let x = self.builder.ins().uextend(I32, x);
                let clif_type = self.clif_type(to, Lanes::One);
                self.builder.ins().fcvt_from_sint(clif_type, x)
            }
            (DType::Bool, DType::Float32 | DType::Float64, Lanes::Vector) => {
                let one = self.constant(to, Lanes::Vector, 1.0);
                let one = self.bits(mask_type(self.width), one);
                let bits = self.builder.ins().band(x, one);
                let clif_type = self.clif_type(to, Lanes::Vector);
                self.bits(clif_type, bits)
            }
            (DType::Int64 | DType::Float32 | DType::Float64, DType::Bool, _) => {
                let zero = self.constant(from, lanes, 0.0);
                self.compare(BinaryOp::Ne, from, x, zero)
            }
            (DType::Bool, DType::Bool, _)
            | (DType::Int64 | DType::Float32 | DType::Float64, DType::Int64 | DType::Float32 | DType::Float64, _) => {
                debug_assert_eq!(from, to, "a stage converts no numbers");
                x
            }
        }
    }

    pub fn unary(&mut self, op: UnaryOp, dtype: DType, lanes: Lanes, x: Value) -> Value {
        let float = dtype.is_float();
        let ins = self.builder.ins();
        match op {
            UnaryOp::Neg if float => ins.fneg(x),
            UnaryOp::Neg => ins.ineg(x),
            UnaryOp::Pos => x,
            UnaryOp::Abs if float => ins.fabs(x),
            UnaryOp::Abs => ins.iabs(x),
            UnaryOp::Sqrt => ins.sqrt(x),
            UnaryOp::Square if float => ins.fmul(x, x),
            UnaryOp::Square => ins.imul(x, x),
            UnaryOp::Floor => ins.floor(x),
            UnaryOp::Ceil => ins.ceil(x),
            UnaryOp::Trunc => ins.trunc(x),
            UnaryOp::Rint => ins.nearest(x),
            UnaryOp::Not | UnaryOp::Invert => match (dtype, lanes) {
                (DType::Bool, Lanes::One) => {
                    let one = self.builder.ins().iconst(I8, 1);
                    self.builder.ins().bxor(x, one)
                }
                _ => ins.bnot(x),
            },
        }
    }

    /// `dtype` is that of the operands.
    pub fn binary(&mut self, op: BinaryOp, dtype: DType, lanes: Lanes, a: Value, b: Value) -> Value {
        let float = dtype.is_float();
        let ins = self.builder.ins();
        match op {
            BinaryOp::Add if float => ins.fadd(a, b),
            BinaryOp::Add => ins.iadd(a, b),
            BinaryOp::Sub if float => ins.fsub(a, b),
            BinaryOp::Sub => ins.isub(a, b),
            BinaryOp::Mul if float => ins.fmul(a, b),
            BinaryOp::Mul => ins.imul(a, b),
            BinaryOp::TrueDiv => ins.fdiv(a, b),
            BinaryOp::FloorDiv => self.floor_divide(a, b).0,
            BinaryOp::Mod => self.floor_divide(a, b).1,
            BinaryOp::Minimum => self.extremum(BinaryOp::Lt, dtype, lanes, a, b),
            BinaryOp::Maximum => self.extremum(BinaryOp::Gt, dtype, lanes, a, b),
            BinaryOp::And => ins.band(a, b),
            BinaryOp::Or => ins.bor(a, b),
            BinaryOp::Xor => ins.bxor(a, b),
            BinaryOp::Lt | BinaryOp::Le | BinaryOp::Gt | BinaryOp::Ge | BinaryOp::Eq | BinaryOp::Ne => {
                self.compare(op, dtype, a, b)
            }
        }
    }

    pub fn fma(&mut self, a: Value, b: Value, c: Value) -> Value {
        self.builder.ins().fma(a, b, c)
    }

    pub fn select(&mut self, dtype: DType, lanes: Lanes, condition: Value, a: Value, b: Value) -> Value {
        match lanes {
            Lanes::One => self.builder.ins().select(condition, a, b),
            Lanes::Vector => {
                let clif_type = self.clif_type(dtype, lanes);
                let condition = self.bits(clif_type, condition);
                self.builder.ins().bitselect(condition, a, b)
            }
        }
    }

    /// The identity of a reduction, in every lane.
    pub fn identity(&mut self, op: ReduceOp, dtype: DType, lanes: Lanes) -> Value {
        match (op, dtype) {
            (ReduceOp::Any | ReduceOp::All, _) => {
                let one = self.builder.ins().iconst(I8, (op == ReduceOp::All) as i64);
                match lanes {
                    Lanes::One => one,
                    Lanes::Vector => self.splat(DType::Bool, one),
                }
            }
            (ReduceOp::Sum | ReduceOp::Mean, _) => self.constant(dtype, lanes, 0.0),
            (ReduceOp::Prod, _) => self.constant(dtype, lanes, 1.0),
            (ReduceOp::Min, DType::Int64) => self.integer(i64::MAX, lanes),
            (ReduceOp::Max, DType::Int64) => self.integer(i64::MIN, lanes),
            (ReduceOp::Min, _) => self.constant(dtype, lanes, f64::INFINITY),
            (ReduceOp::Max, _) => self.constant(dtype, lanes, f64::NEG_INFINITY),
        }
    }

    fn constant(&mut self, dtype: DType, lanes: Lanes, x: f64) -> Value {
        let one = match dtype {
            DType::Float32 => self.builder.ins().f32const(x as f32),
            DType::Float64 => self.builder.ins().f64const(x),
            DType::Bool | DType::Int64 => return self.integer(x as i64, lanes),
        };
        match lanes {
            Lanes::One => one,
            Lanes::Vector => self.splat(dtype, one),
        }
    }

    fn integer(&mut self, x: i64, lanes: Lanes) -> Value {
        let one = self.builder.ins().iconst(I64, x);
        match lanes {
            Lanes::One => one,
            Lanes::Vector => self.splat(DType::Int64, one),
        }
    }

    fn compare(&mut self, op: BinaryOp, dtype: DType, a: Value, b: Value) -> Value {
        let (float, int) = match op {
            BinaryOp::Lt => (FloatCC::LessThan, IntCC::SignedLessThan),
            BinaryOp::Le => (FloatCC::LessThanOrEqual, IntCC::SignedLessThanOrEqual),
            BinaryOp::Gt => (FloatCC::GreaterThan, IntCC::SignedGreaterThan),
            BinaryOp::Ge => (FloatCC::GreaterThanOrEqual, IntCC::SignedGreaterThanOrEqual),
            BinaryOp::Eq => (FloatCC::Equal, IntCC::Equal),
            BinaryOp::Ne => (FloatCC::NotEqual, IntCC::NotEqual),
            BinaryOp::Add
            | BinaryOp::Sub
            | BinaryOp::Mul
            | BinaryOp::TrueDiv
            | BinaryOp::FloorDiv
            | BinaryOp::Mod
            | BinaryOp::Minimum
            | BinaryOp::Maximum
            | BinaryOp::And
            | BinaryOp::Or
            | BinaryOp::Xor => unreachable!("only comparisons come here"),
        };
        if dtype.is_float() { self.builder.ins().fcmp(float, a, b) } else { self.builder.ins().icmp(int, a, b) }
    }

    /// `a` if it is `better` than `b` or NaN, else `b`: NumPy's minimum and maximum, signed zeros included.
    fn extremum(&mut self, better: BinaryOp, dtype: DType, lanes: Lanes, a: Value, b: Value) -> Value {
        // Written as `x < y` with the operands in this order, it becomes one `minps` or `maxps`.
        let wins = match better {
            BinaryOp::Gt => self.compare(BinaryOp::Lt, dtype, b, a),
            _ => self.compare(better, dtype, a, b),
        };
        let picked = self.select(dtype, lanes, wins, a, b);
        if !dtype.is_float() {
            return picked;
        }
        let nan = self.builder.ins().fcmp(FloatCC::Unordered, a, a);
        self.select(dtype, lanes, nan, a, picked)
    }

    /// Quotient and remainder of integers as NumPy has them: rounded down; both 0 where the divisor is 0.
    fn floor_divide(&mut self, a: Value, b: Value) -> (Value, Value) {
        let ins = |emitter: &mut Self, op: IntCC, x, y| emitter.builder.ins().icmp(op, x, y);
        let (zero, one) = (self.builder.ins().iconst(I64, 0), self.builder.ins().iconst(I64, 1));
        let minus_one = self.builder.ins().iconst(I64, -1);
        // Neither 0 nor -1 reaches the instruction, which traps on `x / 0` and `MIN / -1`.
        let by_zero = ins(self, IntCC::Equal, b, zero);
        let by_minus_one = ins(self, IntCC::Equal, b, minus_one);
        let unsafe_divisor = self.builder.ins().bor(by_zero, by_minus_one);
        let divisor = self.builder.ins().select(unsafe_divisor, one, b);
        let quotient = self.builder.ins().sdiv(a, divisor);
        let product = self.builder.ins().imul(quotient, divisor);
        let rest = self.builder.ins().isub(a, product);
        let signs = self.builder.ins().bxor(rest, divisor);
        let differ = ins(self, IntCC::SignedLessThan, signs, zero);
        let inexact = ins(self, IntCC::NotEqual, rest, zero);
        let adjust = self.builder.ins().band(differ, inexact);
        let lower = self.builder.ins().isub(quotient, one);
        let quotient = self.builder.ins().select(adjust, lower, quotient);
        let higher = self.builder.ins().iadd(rest, divisor);
        let rest = self.builder.ins().select(adjust, higher, rest);
        let negated = self.builder.ins().ineg(a);
        let quotient = self.builder.ins().select(by_minus_one, negated, quotient);
        let quotient = self.builder.ins().select(by_zero, zero, quotient);
        let rest = self.builder.ins().select(unsafe_divisor, zero, rest);
        (quotient, rest)
    }

    /// The same 128 bits as another type.
    fn bits(&mut self, clif_type: Type, x: Value) -> Value {
        if self.builder.func.dfg.value_type(x) == clif_type {
            return x;
        }
        let flags = MemFlagsData::new().with_endianness(Endianness::Little);
        self.builder.ins().bitcast(clif_type, flags, x)
    }

    fn lane_int(&self) -> Type {
        match self.width {
            Width::Four => I32,
            Width::Eight => I64,
        }
    }
}

fn mask_type(width: Width) -> Type {
    match width {
        Width::Four => I32X4,
        Width::Eight => I64X2,
    }
}
