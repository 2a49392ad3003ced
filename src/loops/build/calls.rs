//! Calls: built-in functions that are instructions, and small functions of the script, which are inlined.

use std::rc::Rc;

use super::{Builder, Intrinsic, MAX_INLINED, Place, Step, Val};
use crate::bytecode::chunk::{Instr, Pc};
use crate::bytecode::op::Op;
use crate::loops::assemble::Assemble;
use crate::loops::build::elements::descriptor;
use crate::loops::ir::{Binary, Checked, Literal, Relation, Routine, Unary, Word};
use crate::loops::types::{Iterator, Over, Steps, Type};
use crate::loops::why::Reason;
use crate::value::{Function, Value};

/// Instructions of a function that is inlined.
const MAX_INLINED_LEN: usize = 400;

impl Builder<'_> {
    /// A call by position: where code goes on.
    pub(super) fn call_value(&mut self, i: Instr) -> Step<Option<Place>> {
        let callee = self.read(i.b)?;
        let Type::Known(id) = callee.ty else {
            return self.stop(Reason::Call, format!("{} is called", callee.ty.name()));
        };
        let callee = self.objects[id.0 as usize].clone();
        let args = (i.b + 1..i.b + i.c).map(|register| self.read(register)).collect::<Step<Vec<Val>>>()?;
        if let Some(function) = callee.get::<Function>() {
            args.iter().try_for_each(|arg| self.held_once(arg))?;
            return self.inline(function, args).map(Some);
        }
        let result = self.intrinsic(&callee, &args)?;
        if (i.a as usize) < self.contexts[self.at.context as usize].code.chunk.locals.len() {
            self.held_once(&result)?;
        }
        self.write(i.a, result);
        Ok(Some(self.place(Pc(self.at.pc.0 + 1))))
    }

    /// A call of a method, or of a module's function.
    pub(super) fn call_method(&mut self, i: Instr, name: &str) -> Step<()> {
        let receiver = self.read(i.b)?;
        let args = (i.b + 1..i.b + i.c).map(|register| self.read(register)).collect::<Step<Vec<Val>>>()?;
        let result = match (&receiver.ty, name, &args[..]) {
            (Type::List(_), "append", [value]) => {
                self.append(&receiver, value)?;
                Val::new(Type::None, [])
            }
            (Type::Known(_), ..) => {
                let function = self.attribute_of(&receiver, name)?;
                self.intrinsic(&function, &args)?
            }
            _ => return self.stop(Reason::Method, format!("{name} of {}", receiver.ty.name())),
        };
        self.write(i.a, result);
        Ok(())
    }

    /// The attribute of a module.
    pub(super) fn attribute_of(&mut self, receiver: &Val, name: &str) -> Step<Value> {
        let Type::Known(id) = receiver.ty else {
            return self.stop(Reason::Attribute, format!("{name} of {}", receiver.ty.name()));
        };
        match self.program.attribute(&self.objects[id.0 as usize], name) {
            Some(value) => Ok(value),
            None => self.stop(Reason::Attribute, name),
        }
    }

    /// Into a function of the script, whose parameters are filled by position.
    fn inline(&mut self, function: &Function, args: Vec<Val>) -> Step<Place> {
        let (code, chunk) = (&function.code, &function.code.chunk);
        let name = chunk.name.to_string();
        if code.plain != Some(args.len() as u16) || !function.closure.is_empty() {
            return self
                .stop(Reason::Call, format!("{name}(), not by position alone, or with variables of other functions"));
        }
        let generates = chunk.code.iter().any(|instr| instr.op == Op::Yield);
        if generates || chunk.code.len() > MAX_INLINED_LEN {
            return self.stop(Reason::Call, format!("{name}() is too large to be inlined"));
        }
        let mut around = Some(self.at);
        let mut depth = 0;
        while let Some(place) = around {
            let context = &self.contexts[place.context as usize];
            if Rc::ptr_eq(&context.code, code) || depth > MAX_INLINED {
                return self.stop(Reason::Call, format!("{name}() calls itself"));
            }
            (around, depth) = (context.parent, depth + 1);
        }
        let site = (self.at, Rc::as_ptr(code));
        let context = match self.inlined.get(&site) {
            Some(context) => *context,
            None => {
                let context = self.enter_context(code.clone(), Some(self.at));
                self.inlined.insert(site, context);
                context
            }
        };
        for (register, arg) in (0..).zip(args) {
            self.write_var(super::Var::Register(context, register), arg);
        }
        Ok(Place { context, pc: Pc(0) })
    }

    /// Out of a function that was inlined.
    pub(super) fn return_from(&mut self, result: Val) -> Place {
        let parent = self.contexts[self.at.context as usize].parent.expect("the loop's own function is not inlined");
        let call = self.contexts[parent.context as usize].code.chunk.code[parent.pc.0 as usize];
        self.write_var(super::Var::Register(parent.context, call.a), result);
        Place { pc: Pc(parent.pc.0 + 1), ..parent }
    }

    fn intrinsic(&mut self, callee: &Value, args: &[Val]) -> Step<Val> {
        let Some(intrinsic) = self.program.intrinsic(callee) else {
            if let Some(class @ crate::value::Type::Exception(_)) = callee.get() {
                return self.stop(Reason::Exception, class.qualified_name());
            }
            return self.stop(Reason::Call, called(callee));
        };
        let is_numbers = args.iter().all(|arg| matches!(arg.ty, Type::Bool | Type::Int | Type::Natural | Type::Float));
        Ok(match (intrinsic, args) {
            (Intrinsic::Abs, [x]) if is_numbers => match x.ty {
                Type::Float => Val::new(Type::Float, [self.unary(Unary::Abs, x.slot())]),
                Type::Natural => x.clone(),
                _ => {
                    let (int, zero) = (self.as_int(x), self.int(0));
                    let negative = self.compare(Relation::Lt, int, zero);
                    let opposite = self.checked(Checked::Sub, zero, int);
                    Val::new(Type::Natural, [self.select(negative, opposite, int)])
                }
            },
            (Intrinsic::Abs, [x]) if x.ty == Type::Numpy(crate::array::DType::Float64) => {
                Val::new(x.ty.clone(), [self.unary(Unary::Abs, x.slot())])
            }
            (Intrinsic::Min | Intrinsic::Max, [first, rest @ ..]) if !rest.is_empty() && is_numbers => {
                let relation = if intrinsic == Intrinsic::Min { Relation::Lt } else { Relation::Gt };
                let mut best = first.clone();
                for next in rest {
                    let natural = best.ty == Type::Natural && next.ty == Type::Natural;
                    if best.ty.widened() != next.ty.widened() {
                        return self.stop(Reason::Call, "min() or max() of different types");
                    }
                    let better = self.relation(relation, next, &best)?;
                    let slot = self.select(better, next.slot(), best.slot());
                    best = Val::new(if natural { Type::Natural } else { best.ty.widened() }, [slot]);
                }
                best
            }
            (Intrinsic::Len, [x]) => match &x.ty {
                Type::List(_) => Val::new(Type::Natural, [self.list_len(x.slot())]),
                Type::Array(_) => Val::new(Type::Natural, [self.load(Word::I64, x.slot(), descriptor::len(0), true)]),
                Type::Row(_) => Val::new(Type::Natural, [self.load(Word::I64, x.slots[0], descriptor::len(1), true)]),
                _ => return self.stop(Reason::Call, format!("len() of {}", x.ty.name())),
            },
            (Intrinsic::Int, [x]) if x.ty.is_number() => match x.ty {
                Type::Float | Type::Numpy(crate::array::DType::Float64) => {
                    Val::new(Type::Int, [self.truncated(x.slot())])
                }
                Type::Numpy(crate::array::DType::Float32) => return self.stop(Reason::Call, "int() of np.float32"),
                Type::Natural => x.clone(),
                _ => Val::new(Type::Int, [self.as_int(x)]),
            },
            (Intrinsic::Float, [x]) if x.ty.is_number() => Val::new(Type::Float, [self.as_float(x)]),
            (Intrinsic::Bool, [x]) => Val::new(Type::Bool, [self.truth(x)?]),
            (Intrinsic::Range, [_] | [_, _] | [_, _, _]) => self.range(args)?,
            (Intrinsic::Enumerate, [x]) => {
                let inner = self.iterator(x)?;
                let Type::Iterator(ty) = inner.ty else { unreachable!("an iterator") };
                let mut slots = inner.slots;
                slots.push(self.int(0));
                let iterator = Iterator { over: Over::Enumerate(ty), is_object: false };
                Val::new(Type::Iterator(Rc::new(iterator)), slots)
            }
            (Intrinsic::Zip, [_, ..]) => {
                let (mut types, mut slots) = (Vec::new(), Vec::new());
                for arg in args {
                    let inner = self.iterator(arg)?;
                    let Type::Iterator(ty) = inner.ty else { unreachable!("an iterator") };
                    if matches!(arg.ty, Type::Iterator(_)) {
                        return self.stop(Reason::Iterable, "zip() of iterators");
                    }
                    types.push(ty);
                    slots.extend(inner.slots);
                }
                let iterator = Iterator { over: Over::Zip(types.into()), is_object: false };
                Val::new(Type::Iterator(Rc::new(iterator)), slots)
            }
            (Intrinsic::Sqrt, [x]) if x.ty.is_number() => {
                let float = self.as_float(x);
                let zero = self.literal(Literal::F64(0.0));
                let real = self.compare(Relation::Ge, float, zero);
                self.check(real, Reason::Domain, "the square root of a negative number");
                Val::new(Type::Float, [self.unary(Unary::Sqrt, float)])
            }
            (Intrinsic::Floor | Intrinsic::Ceil, [x]) if x.ty == Type::Float => {
                let op = if intrinsic == Intrinsic::Floor { Unary::Floor } else { Unary::Ceil };
                let whole = self.unary(op, x.slot());
                Val::new(Type::Int, [self.truncated(whole)])
            }
            (Intrinsic::Math("fabs", 1), [x]) if x.ty.is_number() => {
                let float = self.as_float(x);
                Val::new(Type::Float, [self.unary(Unary::Abs, float)])
            }
            (Intrinsic::Math(name, arity), args)
                if args.len() == arity && args.iter().all(|arg| arg.ty.is_number()) =>
            {
                let floats = args.iter().map(|arg| self.as_float(arg)).collect();
                let routine = if arity == 1 { Routine::Math(name) } else { Routine::MathOfTwo(name) };
                Val::new(Type::Float, [self.finite(routine, floats)])
            }
            _ => return self.stop(Reason::Call, format!("{} of such arguments", called(callee))),
        })
    }

    /// A float towards zero: leaves the code if 64 bits do not hold it.
    fn truncated(&mut self, float: super::Slot) -> super::Slot {
        let size = self.unary(Unary::Abs, float);
        let limit = self.literal(Literal::F64(9.2e18));
        let small = self.compare(Relation::Lt, size, limit);
        self.check(small, Reason::Overflow, "");
        self.unary(Unary::FloatToInt, float)
    }

    fn range(&mut self, args: &[Val]) -> Step<Val> {
        if !args.iter().all(|arg| matches!(arg.ty, Type::Bool | Type::Int | Type::Natural)) {
            return self.stop(Reason::Call, "range() of what is not an int");
        }
        let ints: Vec<_> = args.iter().map(|arg| self.as_int(arg)).collect();
        let natural = |val: &Val| matches!(val.ty, Type::Natural | Type::Bool);
        let one = Some(Literal::I64(1));
        let (start, stop, step, is_natural, literal) = match ints[..] {
            [stop] => (self.int(0), stop, self.int(1), true, one),
            [start, stop] => (start, stop, self.int(1), natural(&args[0]), one),
            _ => {
                let (start, stop, step) = (ints[0], ints[1], ints[2]);
                let known = args[2].int_literal();
                if known.is_none_or(|step| step == 0 || step == i64::MIN) {
                    // Neither zero nor the smallest integer, whose size is none.
                    let twice = self.binary(Binary::Add, step, step);
                    let zero = self.int(0);
                    let usual = self.compare(Relation::Ne, twice, zero);
                    self.check(usual, Reason::Domain, "a step of zero");
                }
                (start, stop, step, natural(&args[0]) && known.is_some_and(|step| step > 0), args[2].literal)
            }
        };
        let steps = Steps { natural: is_natural, unit: literal == one };
        Ok(Val::new(Type::Range(steps), [start, stop, step]))
    }
}

fn called(callee: &Value) -> String {
    match callee.get::<crate::value::Builtin>() {
        Some(builtin) => format!("{}()", builtin.name),
        None => match callee.get::<crate::value::Type>() {
            Some(class) => format!("{}()", class.qualified_name()),
            None => format!("{}()", crate::value::repr(callee).unwrap_or_default()),
        },
    }
}
