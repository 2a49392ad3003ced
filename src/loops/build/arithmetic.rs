//! Operators on numbers.

use super::compare::is_real;
use super::{Builder, Step, Val};
use crate::array::DType;
use crate::loops::assemble::Assemble;
use crate::loops::ir::{Binary, Checked, Literal, Relation, Routine, Slot, Unary};
use crate::loops::types::Type;
use crate::loops::why::Reason;
use crate::syntax::ast::{BinaryOp, UnaryOp};

/// `x ** n` is multiplied out up to this `n`, for an int `x`.
const MAX_POWER: i64 = 8;

impl Builder<'_> {
    pub(super) fn operator(&mut self, op: BinaryOp, a: &Val, b: &Val) -> Step<Val> {
        if !a.ty.is_number() || !b.ty.is_number() {
            return self.stop(Reason::Operand, format!("{} {op:?} {}", a.ty.name(), b.ty.name()));
        }
        if let (Type::Numpy(_), _) | (_, Type::Numpy(_)) = (&a.ty, &b.ty) {
            return self.numpy_operator(op, a, b);
        }
        if a.ty == Type::Bool
            && b.ty == Type::Bool
            && matches!(op, BinaryOp::BitAnd | BinaryOp::BitOr | BinaryOp::BitXor)
        {
            let slot = self.binary(bitwise(op), a.slot(), b.slot());
            return Ok(Val::new(Type::Bool, [slot]));
        }
        if is_real(&a.ty) || is_real(&b.ty) {
            let slot = self.float_operator(op, a, b)?;
            return Ok(Val::new(Type::Float, [slot]));
        }
        if op == BinaryOp::TrueDiv {
            let slot = self.int_quotient(a, b);
            return Ok(Val::new(Type::Float, [slot]));
        }
        self.int_operator(op, a, b)
    }

    fn is_natural(val: &Val) -> bool {
        matches!(val.ty, Type::Natural | Type::Bool)
    }

    fn int_operator(&mut self, op: BinaryOp, a: &Val, b: &Val) -> Step<Val> {
        let both = Self::is_natural(a) && Self::is_natural(b);
        let either = Self::is_natural(a) || Self::is_natural(b);
        let (x, y) = (self.as_int(a), self.as_int(b));
        let (slot, natural) = match op {
            BinaryOp::Add => (self.checked(Checked::Add, x, y), both),
            BinaryOp::Sub => (self.checked(Checked::Sub, x, y), false),
            BinaryOp::Mul => (self.checked(Checked::Mul, x, y), both),
            BinaryOp::FloorDiv => (self.floor_divide(x, y, b, both), both),
            BinaryOp::Mod => (self.modulo(x, y, b, both), Self::is_natural(b)),
            BinaryOp::BitAnd => (self.binary(Binary::And, x, y), either),
            BinaryOp::BitOr => (self.binary(Binary::Or, x, y), both),
            BinaryOp::BitXor => (self.binary(Binary::Xor, x, y), both),
            BinaryOp::Shl => (self.shift_left(x, y), Self::is_natural(a)),
            BinaryOp::Shr => (self.shift_right(x, y), Self::is_natural(a)),
            BinaryOp::Pow => match b.int_literal() {
                Some(power @ 1..=MAX_POWER) => {
                    let mut product = x;
                    for _ in 1..power {
                        product = self.checked(Checked::Mul, product, x);
                    }
                    (product, Self::is_natural(a) || power % 2 == 0)
                }
                _ => return self.stop(Reason::Operand, "int ** int"),
            },
            BinaryOp::TrueDiv | BinaryOp::MatMul => return self.stop(Reason::Operand, "int @ int"),
        };
        Ok(Val::new(if natural { Type::Natural } else { Type::Int }, [slot]))
    }

    /// Leaves the code where a quotient of integers has to be looked at: a divisor that is 0 or -1.
    fn check_divisor(&mut self, divisor: Slot, val: &Val) {
        if val.int_literal().is_some_and(|i| i != 0 && i != -1) {
            return;
        }
        let (one, two) = (self.int(1), self.int(2));
        let shifted = self.binary(Binary::Add, divisor, one);
        let special = self.compare(Relation::Below, shifted, two);
        let usual = self.unary(Unary::Not, special);
        self.check(usual, Reason::Division, "");
    }

    fn floor_divide(&mut self, x: Slot, y: Slot, divisor: &Val, natural: bool) -> Slot {
        if let Some(bits) = power_of_two(divisor) {
            let bits = self.int(bits);
            return self.binary(Binary::Shr, x, bits);
        }
        self.check_divisor(y, divisor);
        let quotient = self.binary(Binary::Div, x, y);
        if natural {
            return quotient;
        }
        let whole = self.binary(Binary::Mul, quotient, y);
        let rest = self.binary(Binary::Sub, x, whole);
        let below = self.rounds_down(rest, y);
        let below = self.unary(Unary::Widen, below);
        self.binary(Binary::Sub, quotient, below)
    }

    fn modulo(&mut self, x: Slot, y: Slot, divisor: &Val, natural: bool) -> Slot {
        if power_of_two(divisor).is_some() {
            let one = self.int(1);
            let mask = self.binary(Binary::Sub, y, one);
            return self.binary(Binary::And, x, mask);
        }
        self.check_divisor(y, divisor);
        let rest = self.binary(Binary::Rem, x, y);
        if natural {
            return rest;
        }
        let below = self.rounds_down(rest, y);
        let moved = self.binary(Binary::Add, rest, y);
        self.select(below, moved, rest)
    }

    /// Whether rounding down is not rounding towards zero, for what is left of a division by `y`.
    fn rounds_down(&mut self, rest: Slot, y: Slot) -> Slot {
        let zero = self.int(0);
        let some = self.compare(Relation::Ne, rest, zero);
        let signs = self.binary(Binary::Xor, rest, y);
        let differ = self.compare(Relation::Lt, signs, zero);
        self.binary(Binary::And, some, differ)
    }

    fn shift_left(&mut self, x: Slot, y: Slot) -> Slot {
        let limit = self.int(63);
        let small = self.compare(Relation::Below, y, limit);
        self.check(small, Reason::Overflow, "");
        let shifted = self.binary(Binary::Shl, x, y);
        let back = self.binary(Binary::Shr, shifted, y);
        let whole = self.compare(Relation::Eq, back, x);
        self.check(whole, Reason::Overflow, "");
        shifted
    }

    fn shift_right(&mut self, x: Slot, y: Slot) -> Slot {
        let (zero, most) = (self.int(0), self.int(63));
        let positive = self.compare(Relation::Ge, y, zero);
        self.check(positive, Reason::Domain, "a negative shift count");
        let far = self.compare(Relation::Gt, y, most);
        let count = self.select(far, most, y);
        self.binary(Binary::Shr, x, count)
    }

    /// `a / b` of integers: exact as floats, or left to the interpreter.
    fn int_quotient(&mut self, a: &Val, b: &Val) -> Slot {
        let floats = [a, b].map(|val| {
            let int = self.as_int(val);
            if val.int_literal().is_none_or(|i| i.abs() > 1 << f64::MANTISSA_DIGITS) {
                self.check_exact(int);
            }
            self.unary(Unary::IntToFloat, int)
        });
        self.check_not_zero(floats[1], b);
        self.binary(Binary::Div, floats[0], floats[1])
    }

    fn check_not_zero(&mut self, divisor: Slot, val: &Val) {
        match val.literal {
            Some(Literal::F64(x)) if x != 0.0 => return,
            Some(Literal::I64(i)) if i != 0 => return,
            _ => {}
        }
        let zero = match self.out.word(divisor) {
            crate::loops::ir::Word::F32 => self.literal(Literal::F32(0.0)),
            _ => self.literal(Literal::F64(0.0)),
        };
        let usual = self.compare(Relation::Ne, divisor, zero);
        self.check(usual, Reason::Division, "");
    }

    /// A number as a float, rounded if it has to be.
    pub(super) fn as_float(&mut self, val: &Val) -> Slot {
        match val.ty {
            Type::Float | Type::Numpy(DType::Float64) => val.slot(),
            Type::Numpy(DType::Float32) => self.unary(Unary::SingleToFloat, val.slot()),
            _ => {
                let int = self.as_int(val);
                self.unary(Unary::IntToFloat, int)
            }
        }
    }

    fn float_operator(&mut self, op: BinaryOp, a: &Val, b: &Val) -> Step<Slot> {
        let (x, y) = (self.as_float(a), self.as_float(b));
        let routine = match op {
            BinaryOp::Add => return Ok(self.binary(Binary::Add, x, y)),
            BinaryOp::Sub => return Ok(self.binary(Binary::Sub, x, y)),
            BinaryOp::Mul => return Ok(self.binary(Binary::Mul, x, y)),
            BinaryOp::TrueDiv => {
                self.check_not_zero(y, b);
                return Ok(self.binary(Binary::Div, x, y));
            }
            BinaryOp::FloorDiv => Routine::FloorDivide,
            BinaryOp::Mod => Routine::Modulo,
            BinaryOp::Pow => Routine::Power,
            BinaryOp::MatMul
            | BinaryOp::BitAnd
            | BinaryOp::BitOr
            | BinaryOp::BitXor
            | BinaryOp::Shl
            | BinaryOp::Shr => {
                return self.stop(Reason::Operand, format!("{} {op:?} {}", a.ty.name(), b.ty.name()));
            }
        };
        Ok(self.finite(routine, vec![x, y]))
    }

    /// The result of a routine, which the interpreter has to look at if it is not finite.
    pub(super) fn finite(&mut self, routine: Routine, args: Vec<Slot>) -> Slot {
        let result = self.call(routine, crate::loops::ir::Word::F64, args);
        let distance = self.binary(Binary::Sub, result, result);
        let zero = self.literal(Literal::F64(0.0));
        let finite = self.compare(Relation::Eq, distance, zero);
        self.check(finite, Reason::Domain, "");
        result
    }

    fn numpy_operator(&mut self, op: BinaryOp, a: &Val, b: &Val) -> Step<Val> {
        use DType::{Bool, Float32, Float64, Int64};
        let refused = format!("{} {op:?} {}", a.ty.name(), b.ty.name());
        let dtype = match (&a.ty, &b.ty) {
            (Type::Numpy(Bool), _) | (_, Type::Numpy(Bool)) => return self.stop(Reason::Operand, refused),
            (Type::Numpy(Float32), Type::Numpy(Float32)) => Float32,
            (Type::Numpy(Float32), Type::Float) | (Type::Float, Type::Numpy(Float32)) => Float32,
            (Type::Numpy(Float32), _) | (_, Type::Numpy(Float32)) => return self.stop(Reason::Operand, refused),
            (a_type, b_type) if is_real(a_type) || is_real(b_type) => Float64,
            _ => Int64,
        };
        let arithmetic = match op {
            BinaryOp::Add => (Binary::Add, Checked::Add),
            BinaryOp::Sub => (Binary::Sub, Checked::Sub),
            BinaryOp::Mul => (Binary::Mul, Checked::Mul),
            BinaryOp::TrueDiv if dtype == Int64 => {
                let (x, y) = (self.as_float(a), self.as_float(b));
                self.check_not_zero(y, b);
                let slot = self.binary(Binary::Div, x, y);
                return Ok(Val::new(Type::Numpy(Float64), [slot]));
            }
            BinaryOp::TrueDiv => (Binary::Div, Checked::Add),
            BinaryOp::FloorDiv | BinaryOp::Mod if dtype == Int64 => {
                let (x, y) = (self.as_int(a), self.as_int(b));
                let slot = match op {
                    BinaryOp::FloorDiv => self.floor_divide(x, y, b, false),
                    _ => self.modulo(x, y, b, false),
                };
                return Ok(Val::new(Type::Numpy(Int64), [slot]));
            }
            _ => return self.stop(Reason::Operand, refused),
        };
        let slot = match dtype {
            Int64 => {
                let (x, y) = (self.as_int(a), self.as_int(b));
                self.checked(arithmetic.1, x, y)
            }
            Float64 | Float32 | Bool => {
                let (x, y) = match dtype {
                    Float32 => (self.as_single(a), self.as_single(b)),
                    _ => (self.as_float(a), self.as_float(b)),
                };
                if op == BinaryOp::TrueDiv {
                    self.check_not_zero(y, b);
                }
                self.binary(arithmetic.0, x, y)
            }
        };
        Ok(Val::new(Type::Numpy(dtype), [slot]))
    }

    pub(super) fn as_single(&mut self, val: &Val) -> Slot {
        match val.ty {
            Type::Numpy(DType::Float32) => val.slot(),
            _ => {
                let float = self.as_float(val);
                self.unary(Unary::FloatToSingle, float)
            }
        }
    }

    pub(super) fn unary_operator(&mut self, op: UnaryOp, val: &Val) -> Step<Val> {
        match (op, &val.ty) {
            (UnaryOp::Not, _) => {
                let truth = self.truth(val)?;
                let slot = self.unary(Unary::Not, truth);
                Ok(Val::new(Type::Bool, [slot]))
            }
            (UnaryOp::Neg, Type::Float | Type::Numpy(DType::Float64 | DType::Float32)) => {
                let slot = self.unary(Unary::Neg, val.slot());
                Ok(Val::new(val.ty.clone(), [slot]))
            }
            (UnaryOp::Neg, Type::Int | Type::Natural | Type::Bool) => {
                let (zero, int) = (self.int(0), self.as_int(val));
                let slot = self.checked(Checked::Sub, zero, int);
                Ok(Val::new(Type::Int, [slot]))
            }
            (UnaryOp::Pos, Type::Float | Type::Int | Type::Natural | Type::Numpy(DType::Float64)) => Ok(val.clone()),
            (UnaryOp::Invert, Type::Int | Type::Natural) => {
                let ones = self.int(-1);
                let slot = self.binary(Binary::Xor, val.slot(), ones);
                Ok(Val::new(Type::Int, [slot]))
            }
            (UnaryOp::Neg | UnaryOp::Pos | UnaryOp::Invert, _) => {
                self.stop(Reason::Operand, format!("a sign in front of {}", val.ty.name()))
            }
        }
    }
}

fn bitwise(op: BinaryOp) -> Binary {
    match op {
        BinaryOp::BitAnd => Binary::And,
        BinaryOp::BitOr => Binary::Or,
        _ => Binary::Xor,
    }
}

/// By how many bits a division by a constant shifts.
fn power_of_two(divisor: &Val) -> Option<i64> {
    let divisor = divisor.int_literal().filter(|i| *i > 0)?;
    (divisor.count_ones() == 1).then(|| divisor.trailing_zeros() as i64)
}
