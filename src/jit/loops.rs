//! Typed loops as machine code: loop IR to CLIF, instruction by instruction.

#![allow(unsafe_code)]

use std::collections::HashMap;
use std::sync::LazyLock;

use cranelift_codegen::Context;
use cranelift_codegen::control::ControlPlane;
use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift_codegen::ir::types::{F32, F64, I8, I32, I64};
use cranelift_codegen::ir::{
    AbiParam, Block, BlockArg, InstBuilder, MemFlagsData, Signature, Type, UserFuncName, Value,
};
use cranelift_codegen::isa::{self, OwnedTargetIsa, TargetIsa};
use cranelift_codegen::settings::{self, Configurable};
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext, Variable};

use super::code::Memory;
use super::disassemble::disassemble;
use super::isa::Target;
use crate::loops::ir::{
    Binary, Checked, End, ExitId, Inst, Literal, LoopCode, Relation, Routine, Routines, Slot, Unary, Word, targets,
};

/// A typed loop that is ready to run.
pub struct TypedLoop {
    memory: Memory,
    /// How many it reads and writes.
    words: usize,
    /// Bytes of machine code.
    pub len: usize,
}

impl TypedLoop {
    /// # Errors
    /// In words, what the code generator refuses.
    pub fn compile(code: &LoopCode, routines: Routines<'_>) -> Result<TypedLoop, String> {
        let bytes = generate(code, routines, false)?.bytes;
        Ok(TypedLoop { len: bytes.len(), memory: Memory::load(isa()?.clone(), &bytes)?, words: code.exchanged() })
    }

    /// Runs the loop: it reads its inputs from `words`, and leaves its outputs there. The exit by which it leaves.
    ///
    /// # Panics
    /// If there are fewer words than it exchanges.
    ///
    /// # Safety
    /// The words are what the loop's inputs say, and what they point to is as their types say.
    pub unsafe fn run(&self, words: &mut [u64]) -> ExitId {
        assert!(words.len() >= self.words, "a loop gets the words that it exchanges");
        // SAFETY: it is the start of a finished function with this very signature, and the memory lives as long as `self`.
        let function =
            unsafe { std::mem::transmute::<*const u8, unsafe extern "C" fn(*mut u64) -> u64>(self.memory.start()) };
        // SAFETY: the caller's promise.
        ExitId(unsafe { function(words.as_mut_ptr()) } as u32)
    }
}

/// What the loop looks like on its way to machine code.
pub struct Listing {
    pub clif: String,
    pub asm: String,
}

impl Listing {
    /// # Errors
    /// As [`TypedLoop::compile`].
    pub fn of(code: &LoopCode, routines: Routines<'_>) -> Result<Listing, String> {
        let generated = generate(code, routines, true)?;
        let asm = match isa()?.name() {
            "x64" => disassemble(&generated.bytes).text,
            _ => generated.vcode,
        };
        Ok(Listing { clif: generated.clif, asm })
    }
}

struct Generated {
    bytes: Vec<u8>,
    clif: String,
    vcode: String,
}

/// The target of all loops. The code generator checks its input only where this program checks itself: that takes as long
/// as allocating registers.
fn isa() -> Result<&'static OwnedTargetIsa, String> {
    static ISA: LazyLock<Result<OwnedTargetIsa, String>> = LazyLock::new(|| {
        let known = &Target::of_loops()?.isa;
        if cfg!(debug_assertions) {
            return Ok(known.clone());
        }
        let text = |error: settings::SetError| error.to_string();
        let mut flags = settings::builder();
        known.flags().iter().try_for_each(|flag| flags.set(flag.name, &flag.value_string())).map_err(text)?;
        flags.set("enable_verifier", "false").map_err(text)?;
        let mut builder = isa::lookup(known.triple().clone()).map_err(|error| error.to_string())?;
        let has: Vec<_> = known.isa_flags().into_iter().filter(|flag| flag.as_bool() == Some(true)).collect();
        has.iter().try_for_each(|flag| builder.enable(flag.name)).map_err(text)?;
        builder.finish(settings::Flags::new(flags)).map_err(|error| error.to_string())
    });
    ISA.as_ref().map_err(String::clone)
}

fn generate(code: &LoopCode, routines: Routines<'_>, show: bool) -> Result<Generated, String> {
    let (target, isa) = (Target::of_loops()?, isa()?);
    let rounds = |inst: &Inst| matches!(inst, Inst::Unary { op: Unary::Floor | Unary::Ceil | Unary::Trunc, .. });
    if !target.rounding && code.blocks.iter().any(|block| block.insts.iter().any(rounds)) {
        return Err("this CPU rounds by a call".into());
    }
    let mut context = Context::new();
    emit(&mut context, code, routines, &**isa);
    let clif = if show { context.func.display().to_string() } else { String::new() };
    context.set_disasm(show);
    let compiled =
        context.compile(&**isa, &mut ControlPlane::default()).map_err(|error| format!("{:?}", error.inner))?;
    if !compiled.buffer.relocs().is_empty() {
        return Err("the code calls something by name".into());
    }
    let vcode = compiled.vcode.clone().unwrap_or_default();
    Ok(Generated { bytes: compiled.code_buffer().to_vec(), clif, vcode })
}

fn emit(context: &mut Context, code: &LoopCode, routines: Routines<'_>, isa: &dyn TargetIsa) {
    context.func.name = UserFuncName::user(0, 0);
    let mut signature = Signature::new(isa.default_call_conv());
    signature.params.push(AbiParam::new(I64));
    signature.returns.push(AbiParam::new(I64));
    context.func.signature = signature;
    let mut scratch = FunctionBuilderContext::new();
    let mut builder = FunctionBuilder::new(&mut context.func, &mut scratch);
    let variables = code.slots.iter().map(|word| builder.declare_var(clif_type(*word))).collect();
    let blocks = code.blocks.iter().map(|_| builder.create_block()).collect();
    let entry = builder.create_block();
    builder.append_block_params_for_function_params(entry);
    builder.switch_to_block(entry);
    let words = builder.block_params(entry)[0];
    let mut emission = Emission {
        builder,
        code,
        routines,
        isa,
        variables,
        blocks,
        exits: HashMap::new(),
        literals: literals(code),
        words,
    };
    for (at, slot) in code.input_words().enumerate() {
        let word = clif_type(code.word(slot));
        let value = emission.builder.ins().load(word, MemFlagsData::trusted(), words, at as i32 * 8);
        emission.set(slot, value);
    }
    let first = emission.blocks[0];
    emission.builder.ins().jump(first, &[]);
    emission.builder.seal_block(entry);
    emission.all_blocks();
    emission.exits();
    emission.builder.finalize(isa.frontend_config());
}

/// The blocks that can be reached, each after all that lead to it but for jumps back.
fn order(code: &LoopCode) -> Vec<usize> {
    let mut seen = vec![false; code.blocks.len()];
    let (mut order, mut stack) = (Vec::new(), vec![(0, 0)]);
    seen[0] = true;
    while let Some((at, next)) = stack.pop() {
        match targets(code.blocks[at].end).nth(next) {
            None => order.push(at),
            Some(to) => {
                stack.push((at, next + 1));
                let to = to.0 as usize;
                if !std::mem::replace(&mut seen[to], true) {
                    stack.push((to, 0));
                }
            }
        }
    }
    order.reverse();
    order
}

/// The slots that hold one integer and nothing else.
fn literals(code: &LoopCode) -> HashMap<Slot, i64> {
    let mut found: HashMap<Slot, Option<i64>> = code.input_words().map(|slot| (slot, None)).collect();
    for inst in code.blocks.iter().flat_map(|block| &block.insts) {
        let Some(dst) = inst.written() else { continue };
        let value = match inst {
            Inst::Const { value: Literal::I64(i), .. } => Some(*i),
            _ => None,
        };
        found.entry(dst).and_modify(|known| *known = known.filter(|known| Some(*known) == value)).or_insert(value);
    }
    found.into_iter().filter_map(|(slot, value)| Some((slot, value?))).collect()
}

fn clif_type(word: Word) -> Type {
    match word {
        Word::I8 => I8,
        Word::I64 => I64,
        Word::F32 => F32,
        Word::F64 => F64,
    }
}

/// As C's calling convention has it, where a bool fills a register.
fn signature(routine: Routine, isa: &dyn TargetIsa) -> Signature {
    let param = |word: &Word| match word {
        Word::I8 => AbiParam::new(I8).uext(),
        Word::I64 | Word::F32 | Word::F64 => AbiParam::new(clif_type(*word)),
    };
    let words = routine.signature();
    let mut signature = Signature::new(isa.default_call_conv());
    signature.params.extend(words.params().iter().map(param));
    signature.returns.push(AbiParam::new(clif_type(words.result())));
    signature
}

/// Memory that is there; arrays may lie at any address.
const MEMORY: MemFlagsData = MemFlagsData::new().with_notrap();

struct Emission<'a> {
    builder: FunctionBuilder<'a>,
    code: &'a LoopCode,
    routines: Routines<'a>,
    isa: &'a dyn TargetIsa,
    variables: Vec<Variable>,
    blocks: Vec<Block>,
    exits: HashMap<ExitId, Block>,
    /// Slots that hold nothing else but this.
    literals: HashMap<Slot, i64>,
    words: Value,
}

impl Emission<'_> {
    fn get(&mut self, slot: Slot) -> Value {
        let variable = self.variables[slot.0 as usize];
        self.builder.use_var(variable)
    }

    fn set(&mut self, slot: Slot, value: Value) {
        let variable = self.variables[slot.0 as usize];
        self.builder.def_var(variable, value);
    }

    /// Emits a block after those that lead to it, jumps back aside, and tells the builder as soon as no other will: in that
    /// order it finds out that what a loop does not change is one value, not one in each iteration (Braun et al., *Simple
    /// and Efficient Construction of SSA Form*, 2013), so that what is computed of it is moved out of the loop.
    fn all_blocks(&mut self) {
        let order = order(self.code);
        let mut missing = vec![0; self.code.blocks.len()];
        missing[0] += 1;
        let leads_to = |at: usize| targets(self.code.blocks[at].end).map(|to| to.0 as usize);
        order.iter().flat_map(|at| leads_to(*at)).for_each(|to| missing[to] += 1);
        let one_less = |emission: &mut Self, missing: &mut Vec<usize>, to: usize| {
            missing[to] -= 1;
            if missing[to] == 0 {
                emission.builder.seal_block(emission.blocks[to]);
            }
        };
        one_less(self, &mut missing, 0);
        for at in order {
            self.block(at);
            targets(self.code.blocks[at].end).for_each(|to| one_less(self, &mut missing, to.0 as usize));
        }
    }

    fn block(&mut self, at: usize) {
        let code = self.code;
        let block = &code.blocks[at];
        self.builder.switch_to_block(self.blocks[at]);
        block.insts.iter().for_each(|inst| self.inst(inst));
        match block.end {
            End::Jump(to) => {
                let to = self.blocks[to.0 as usize];
                self.builder.ins().jump(to, &[]);
            }
            End::Branch { condition, then, otherwise } => {
                let condition = self.get(condition);
                let (then, otherwise) = (self.blocks[then.0 as usize], self.blocks[otherwise.0 as usize]);
                self.builder.ins().brif(condition, then, &[], otherwise, &[]);
            }
            End::Exit(exit) => {
                let exit = self.exit(exit);
                self.builder.ins().jump(exit, &[]);
            }
        }
    }

    fn exit(&mut self, exit: ExitId) -> Block {
        let builder = &mut self.builder;
        *self.exits.entry(exit).or_insert_with(|| {
            let block = builder.create_block();
            builder.set_cold_block(block);
            block
        })
    }

    fn exits(&mut self) {
        let mut exits: Vec<(ExitId, Block)> = self.exits.iter().map(|(exit, block)| (*exit, *block)).collect();
        exits.sort_unstable_by_key(|(exit, _)| exit.0);
        let last = self.builder.create_block();
        self.builder.append_block_param(last, I64);
        self.builder.set_cold_block(last);
        for (exit, block) in exits {
            self.builder.switch_to_block(block);
            self.builder.seal_block(block);
            let outputs = self.code.output_words(&self.code.exits[exit.0 as usize]);
            for (at, slot) in outputs.into_iter().enumerate() {
                let mut value = self.get(slot);
                if self.code.word(slot) == Word::I8 {
                    value = self.builder.ins().uextend(I64, value);
                }
                self.builder.ins().store(MemFlagsData::trusted(), value, self.words, at as i32 * 8);
            }
            let id = self.builder.ins().iconst(I64, exit.0 as i64);
            self.builder.ins().jump(last, &[BlockArg::Value(id)]);
        }
        self.builder.switch_to_block(last);
        self.builder.seal_block(last);
        let id = self.builder.block_params(last)[0];
        self.builder.ins().return_(&[id]);
    }

    /// Leaves if `condition` is not zero.
    fn leave_if(&mut self, condition: Value, exit: ExitId) {
        let (exit, on) = (self.exit(exit), self.builder.create_block());
        self.builder.ins().brif(condition, exit, &[], on, &[]);
        self.builder.switch_to_block(on);
        self.builder.seal_block(on);
    }

    fn leave_unless(&mut self, condition: Value, exit: ExitId) {
        let (exit, on) = (self.exit(exit), self.builder.create_block());
        self.builder.ins().brif(condition, on, &[], exit, &[]);
        self.builder.switch_to_block(on);
        self.builder.seal_block(on);
    }

    fn inst(&mut self, inst: &Inst) {
        match *inst {
            Inst::Const { dst, value } => {
                let value = match value {
                    Literal::I8(bits) => self.builder.ins().iconst(I8, bits as i64),
                    Literal::I64(i) => self.builder.ins().iconst(I64, i),
                    Literal::F32(x) => self.builder.ins().f32const(x),
                    Literal::F64(x) => self.builder.ins().f64const(x),
                };
                self.set(dst, value);
            }
            Inst::Copy { dst, src } => {
                let value = self.get(src);
                self.set(dst, value);
            }
            Inst::Binary { op, dst, a, b } => {
                let is_float = matches!(self.code.word(a), Word::F32 | Word::F64);
                let (a, b) = (self.get(a), self.get(b));
                let value = self.binary(op, is_float, a, b);
                self.set(dst, value);
            }
            Inst::Unary { op, dst, a } => {
                let word = self.code.word(a);
                let a = self.get(a);
                let value = self.unary(op, word, a);
                self.set(dst, value);
            }
            Inst::Compare { op, dst, a, b } => {
                let is_float = matches!(self.code.word(a), Word::F32 | Word::F64);
                let (a, b) = (self.get(a), self.get(b));
                let value = self.compare(op, is_float, a, b);
                self.set(dst, value);
            }
            Inst::Select { dst, condition, a, b } => {
                let (condition, a, b) = (self.get(condition), self.get(a), self.get(b));
                let value = self.builder.ins().select(condition, a, b);
                self.set(dst, value);
            }
            Inst::Check { condition, exit } => {
                let condition = self.get(condition);
                self.leave_unless(condition, exit);
            }
            Inst::Poll { flag, exit } => {
                let flag = self.get(flag);
                // A load that is no other load's double.
                let set = self.builder.ins().atomic_load(I8, MEMORY, flag);
                self.leave_if(set, exit);
            }
            Inst::CheckTag { base, offset, tag, exit } => {
                let base = self.get(base);
                let found = self.builder.ins().load(I32, MEMORY, base, offset);
                let wanted = self.builder.ins().iconst(I32, tag as i64);
                let other = self.builder.ins().icmp(IntCC::NotEqual, found, wanted);
                self.leave_if(other, exit);
            }
            Inst::Checked { op, dst, a, b, exit } => self.checked(op, dst, a, b, exit),
            Inst::Load { dst, base, offset, fixed } => {
                let word = clif_type(self.code.word(dst));
                let base_value = self.get(base);
                let flags = if fixed { MEMORY.with_readonly().with_can_move() } else { MEMORY };
                let value = self.builder.ins().load(word, flags, base_value, offset);
                self.set(dst, value);
            }
            Inst::Store { src, base, offset } => {
                let (src, base) = (self.get(src), self.get(base));
                self.builder.ins().store(MEMORY, src, base, offset);
            }
            Inst::LoadAt { dst, base, index } => {
                let word = self.code.word(dst);
                let address = self.address(word, base, index);
                let value = self.builder.ins().load(clif_type(word), MEMORY, address, 0);
                self.set(dst, value);
            }
            Inst::StoreAt { src, base, index } => {
                let address = self.address(self.code.word(src), base, index);
                let src = self.get(src);
                self.builder.ins().store(MEMORY, src, address, 0);
            }
            Inst::Call { routine, dst, ref args } => {
                let signature = self.builder.import_signature(signature(routine, self.isa));
                let callee = self.builder.ins().iconst(I64, (self.routines)(routine) as i64);
                let args: Vec<Value> = args.iter().map(|arg| self.get(*arg)).collect();
                let call = self.builder.ins().call_indirect(signature, callee, &args);
                let value = self.builder.inst_results(call)[0];
                self.set(dst, value);
            }
        }
    }

    fn address(&mut self, word: Word, base: Slot, index: Slot) -> Value {
        let (base, index) = (self.get(base), self.get(index));
        let shift = word.bytes().trailing_zeros() as i64;
        let amount = self.builder.ins().iconst(I64, shift);
        let offset = self.builder.ins().ishl(index, amount);
        self.builder.ins().iadd(base, offset)
    }

    fn binary(&mut self, op: Binary, is_float: bool, a: Value, b: Value) -> Value {
        let ins = self.builder.ins();
        match (op, is_float) {
            (Binary::Add, true) => ins.fadd(a, b),
            (Binary::Sub, true) => ins.fsub(a, b),
            (Binary::Mul, true) => ins.fmul(a, b),
            (Binary::Div, true) => ins.fdiv(a, b),
            (Binary::Add, false) => ins.iadd(a, b),
            (Binary::Sub, false) => ins.isub(a, b),
            (Binary::Mul, false) => ins.imul(a, b),
            (Binary::Div, false) => ins.sdiv(a, b),
            (Binary::Rem, _) => ins.srem(a, b),
            (Binary::And, _) => ins.band(a, b),
            (Binary::Or, _) => ins.bor(a, b),
            (Binary::Xor, _) => ins.bxor(a, b),
            (Binary::Shl, _) => ins.ishl(a, b),
            (Binary::Shr, _) => ins.sshr(a, b),
            (Binary::DivUnsigned, _) => ins.udiv(a, b),
        }
    }

    fn unary(&mut self, op: Unary, word: Word, a: Value) -> Value {
        let one = matches!(op, Unary::Not).then(|| self.builder.ins().iconst(I8, 1));
        let ins = self.builder.ins();
        match (op, one) {
            (Unary::Not, Some(one)) => ins.bxor(a, one),
            (Unary::Neg, _) if word == Word::I64 => ins.ineg(a),
            (Unary::Neg, _) => ins.fneg(a),
            (Unary::Abs, _) => ins.fabs(a),
            (Unary::Sqrt, _) => ins.sqrt(a),
            (Unary::Floor, _) => ins.floor(a),
            (Unary::Ceil, _) => ins.ceil(a),
            (Unary::Trunc, _) => ins.trunc(a),
            (Unary::IntToFloat, _) => ins.fcvt_from_sint(F64, a),
            (Unary::IntToSingle, _) => ins.fcvt_from_sint(F32, a),
            (Unary::FloatToInt, _) => ins.fcvt_to_sint_sat(I64, a),
            (Unary::SingleToFloat, _) => ins.fpromote(F64, a),
            (Unary::FloatToSingle, _) => ins.fdemote(F32, a),
            (Unary::Widen, _) => ins.uextend(I64, a),
            (Unary::Not, None) => unreachable!("made above"),
        }
    }

    fn compare(&mut self, op: Relation, is_float: bool, a: Value, b: Value) -> Value {
        if is_float {
            let relation = match op {
                Relation::Lt | Relation::Below => FloatCC::LessThan,
                Relation::Le => FloatCC::LessThanOrEqual,
                Relation::Gt => FloatCC::GreaterThan,
                Relation::Ge => FloatCC::GreaterThanOrEqual,
                Relation::Eq => FloatCC::Equal,
                Relation::Ne => FloatCC::NotEqual,
            };
            return self.builder.ins().fcmp(relation, a, b);
        }
        let relation = match op {
            Relation::Lt => IntCC::SignedLessThan,
            Relation::Le => IntCC::SignedLessThanOrEqual,
            Relation::Gt => IntCC::SignedGreaterThan,
            Relation::Ge => IntCC::SignedGreaterThanOrEqual,
            Relation::Eq => IntCC::Equal,
            Relation::Ne => IntCC::NotEqual,
            Relation::Below => IntCC::UnsignedLessThan,
        };
        self.builder.ins().icmp(relation, a, b)
    }

    fn checked(&mut self, op: Checked, dst: Slot, a: Slot, b: Slot, exit: ExitId) {
        let of = |slot: Slot| self.literals.get(&slot).copied();
        let (known, factor) = (of(b), of(b).map(|known| (a, known)).or(of(a).map(|known| (b, known))));
        if op == Checked::Mul
            && let Some((other, factor)) = factor.filter(|(_, factor)| *factor >= 2)
        {
            return self.multiple(dst, other, factor, exit);
        }
        let (a, b) = (self.get(a), self.get(b));
        let (result, overflow) = match op {
            Checked::Mul => {
                let (result, overflow) = self.builder.ins().smul_overflow(a, b);
                (result, overflow)
            }
            Checked::Add | Checked::Sub => {
                let result = match op {
                    Checked::Add => self.builder.ins().iadd(a, b),
                    Checked::Sub | Checked::Mul => self.builder.ins().isub(a, b),
                };
                (result, self.overflow(op, known, a, b, result))
            }
        };
        self.leave_if(overflow, exit);
        self.set(dst, result);
    }

    /// `a * factor`, for a factor of at least 2: whether 64 bits hold it is seen from `a`, while they are multiplied.
    fn multiple(&mut self, dst: Slot, a: Slot, factor: i64, exit: ExitId) {
        let a = self.get(a);
        let (least, most) = (i64::MIN / factor, i64::MAX / factor);
        let (least_value, span) = (self.builder.ins().iconst(I64, least), most.wrapping_sub(least));
        let distance = self.builder.ins().isub(a, least_value);
        let span = self.builder.ins().iconst(I64, span);
        let overflow = self.builder.ins().icmp(IntCC::UnsignedGreaterThan, distance, span);
        let factor = self.builder.ins().iconst(I64, factor);
        let result = self.builder.ins().imul(a, factor);
        self.leave_if(overflow, exit);
        self.set(dst, result);
    }

    /// Whether a sum or a difference is not what 64 bits say.
    fn overflow(&mut self, op: Checked, known: Option<i64>, a: Value, b: Value, result: Value) -> Value {
        let grows = known.map(|known| (known >= 0) == (op == Checked::Add));
        match grows {
            Some(true) => self.builder.ins().icmp(IntCC::SignedLessThan, result, a),
            Some(false) => self.builder.ins().icmp(IntCC::SignedGreaterThan, result, a),
            None => {
                let ins = |emission: &mut Self, x, y| emission.builder.ins().bxor(x, y);
                // The sign of the result is neither that of one operand nor of the other.
                let (first, second) = match op {
                    Checked::Add => (ins(self, a, result), ins(self, b, result)),
                    Checked::Sub | Checked::Mul => (ins(self, a, b), ins(self, a, result)),
                };
                let signs = self.builder.ins().band(first, second);
                let zero = self.builder.ins().iconst(I64, 0);
                self.builder.ins().icmp(IntCC::SignedLessThan, signs, zero)
            }
        }
    }
}
