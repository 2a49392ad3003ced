//! Comparisons and truth.

use super::{Builder, Step, Val};
use crate::array::DType;
use crate::loops::assemble::Assemble;
use crate::loops::ir::{Binary, Literal, Relation, Slot, Unary, Word};
use crate::loops::types::Type;
use crate::loops::why::Reason;

/// Integers up to this one, of either sign, are exact as floats.
const EXACT: i64 = 1 << f64::MANTISSA_DIGITS;

impl Builder<'_> {
    /// Whether `a` is in a relation to `b`: a bool's slot.
    pub(super) fn relation(&mut self, op: Relation, a: &Val, b: &Val) -> Step<Slot> {
        if !a.ty.is_number() || !b.ty.is_number() {
            return self.stop(Reason::Operand, format!("{} compared with {}", a.ty.name(), b.ty.name()));
        }
        if is_real(&a.ty) || is_real(&b.ty) {
            if matches!((&a.ty, &b.ty), (Type::Numpy(DType::Float32), Type::Numpy(DType::Float32))) {
                return Ok(self.compare(op, a.slot(), b.slot()));
            }
            if a.ty == Type::Numpy(DType::Float32) || b.ty == Type::Numpy(DType::Float32) {
                return self.stop(Reason::Operand, "np.float32 compared with another type");
            }
            let (a, b) = (self.exact_float(a), self.exact_float(b));
            return Ok(self.compare(op, a, b));
        }
        let (a, b) = (self.as_int(a), self.as_int(b));
        Ok(self.compare(op, a, b))
    }

    /// A number as the float that it equals; leaves the code if there is none.
    fn exact_float(&mut self, val: &Val) -> Slot {
        if is_real(&val.ty) {
            return val.slot();
        }
        let int = self.as_int(val);
        if val.int_literal().is_none_or(|i| i.abs() > EXACT) && val.ty != Type::Bool {
            self.check_exact(int);
        }
        self.unary(Unary::IntToFloat, int)
    }

    /// Leaves the code unless an integer is exact as a float.
    pub(super) fn check_exact(&mut self, int: Slot) {
        let (offset, span) = (self.int(EXACT), self.int(2 * EXACT + 1));
        let shifted = self.binary(Binary::Add, int, offset);
        let exact = self.compare(Relation::Below, shifted, span);
        self.check(exact, Reason::Division, "");
    }

    /// The type of a comparison's result.
    pub(super) fn relation_type(a: &Val, b: &Val) -> Type {
        match (&a.ty, &b.ty) {
            (Type::Numpy(_), _) | (_, Type::Numpy(_)) => Type::Numpy(DType::Bool),
            _ => Type::Bool,
        }
    }

    /// Whether a value is true: a bool's slot.
    pub(super) fn truth(&mut self, val: &Val) -> Step<Slot> {
        let zero = match val.ty {
            Type::Bool | Type::Numpy(DType::Bool) => return Ok(val.slot()),
            Type::Int | Type::Natural | Type::Numpy(DType::Int64) => Literal::I64(0),
            Type::Float | Type::Numpy(DType::Float64) => Literal::F64(0.0),
            Type::Numpy(DType::Float32) => Literal::F32(0.0),
            Type::None => return Ok(self.literal(Literal::I8(0))),
            Type::List(_) => {
                let (len, zero) = (self.list_len(val.slot()), self.int(0));
                return Ok(self.compare(Relation::Ne, len, zero));
            }
            _ => return self.stop(Reason::Operand, format!("the truth of {}", val.ty.name())),
        };
        let zero = self.literal(zero);
        Ok(self.compare(Relation::Ne, val.slot(), zero))
    }

    /// Whether two values are the same object.
    pub(super) fn identity(&mut self, a: &Val, b: &Val) -> Step<Slot> {
        let is_reference = |ty: &Type| matches!(ty, Type::List(_) | Type::Object);
        let same = match (&a.ty, &b.ty) {
            (Type::None, Type::None) => true,
            (Type::None, Type::Object) | (Type::Object, Type::None) => {
                return self.stop(Reason::Operand, "an object compared with None");
            }
            (Type::None, _) | (_, Type::None) => false,
            (Type::Known(a), Type::Known(b)) => a == b,
            (Type::Bool, Type::Bool) => return Ok(self.compare(Relation::Eq, a.slot(), b.slot())),
            (a_type, b_type) if is_reference(a_type) && is_reference(b_type) => {
                return Ok(self.compare(Relation::Eq, a.slot(), b.slot()));
            }
            _ => return self.stop(Reason::Operand, format!("the identity of {} and {}", a.ty.name(), b.ty.name())),
        };
        Ok(self.literal(Literal::I8(same as u8)))
    }

    /// An integer or a bool as 64 bits.
    pub(super) fn as_int(&mut self, val: &Val) -> Slot {
        match self.out.word(val.slot()) {
            Word::I8 => self.unary(Unary::Widen, val.slot()),
            Word::I64 | Word::F32 | Word::F64 => val.slot(),
        }
    }
}

/// Whether a number has a fraction.
pub fn is_real(ty: &Type) -> bool {
    matches!(ty, Type::Float | Type::Numpy(DType::Float32 | DType::Float64))
}
