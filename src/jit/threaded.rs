//! Call-threaded code: the bytecodes of a loop one after the other, each as a call of its handler. Nothing is fetched,
//! and nothing is decoded to find the handler; everything else is done as ever.

#![allow(unsafe_code)]

use cranelift_codegen::Context;
use cranelift_codegen::control::ControlPlane;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::types::I64;
use cranelift_codegen::ir::{AbiParam, Block, BlockArg, InstBuilder, Signature, UserFuncName};
use cranelift_codegen::isa::TargetIsa;
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};

use super::code::Memory;
use super::disassemble::disassemble;
use super::isa::Target;

/// One bytecode.
#[derive(Clone, Debug)]
pub struct Step {
    /// The address of its handler, which takes what it works on, a place, and a window, and hands out the next place and
    /// window.
    pub handler: usize,
    /// The place of the instruction.
    pub at: usize,
    /// Steps that may come next, the likeliest first.
    pub next: Vec<usize>,
}

/// A loop as call-threaded code.
pub struct Threaded {
    memory: Memory,
    /// Bytes of machine code.
    pub len: usize,
}

/// Where the code leaves: a place and a window.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Left {
    pub at: usize,
    pub window: usize,
}

/// Beyond this many bytecodes, allocating registers takes far longer than the code can save.
const MAX_STEPS: usize = 1000;

impl Threaded {
    /// Compiles steps, of which the first is where the code begins.
    ///
    /// # Errors
    /// In words, what the code generator refuses.
    pub fn compile(steps: &[Step]) -> Result<Threaded, String> {
        if steps.len() > MAX_STEPS {
            return Err(format!("{} bytecodes", steps.len()));
        }
        let target = Target::of_loops()?;
        let bytes = generate(steps, &*target.isa)?;
        Ok(Threaded { len: bytes.len(), memory: Memory::load(target.isa.clone(), &bytes)? })
    }

    /// The machine code of such steps, a line for each instruction.
    ///
    /// # Errors
    /// As [`Threaded::compile`].
    pub fn listing(steps: &[Step]) -> Result<String, String> {
        let target = Target::of_loops()?;
        Ok(disassemble(&generate(steps, &*target.isa)?).text)
    }

    /// Runs the loop until it comes to a place that is none of its steps.
    ///
    /// # Safety
    /// The handlers may be called with `context` and `window` at each of the steps' places, and with what they hand out.
    pub unsafe fn run(&self, context: *mut (), window: usize) -> Left {
        // SAFETY: it is the start of a finished function with this very signature, and the memory lives as long as `self`.
        let function = unsafe {
            std::mem::transmute::<*const u8, unsafe extern "C" fn(*mut (), usize) -> Left>(self.memory.start())
        };
        // SAFETY: the caller's promise.
        unsafe { function(context, window) }
    }
}

fn generate(steps: &[Step], isa: &dyn TargetIsa) -> Result<Vec<u8>, String> {
    let mut context = Context::new();
    emit(&mut context, steps, isa);
    let compiled = context.compile(isa, &mut ControlPlane::default()).map_err(|error| format!("{:?}", error.inner))?;
    Ok(compiled.code_buffer().to_vec())
}

fn emit(context: &mut Context, steps: &[Step], isa: &dyn TargetIsa) {
    let signature = |params: usize| {
        let mut signature = Signature::new(isa.default_call_conv());
        signature.params.extend(std::iter::repeat_n(AbiParam::new(I64), params));
        signature.returns.extend([AbiParam::new(I64); 2]);
        signature
    };
    context.func.name = UserFuncName::user(0, 0);
    context.func.signature = signature(2);
    let mut scratch = FunctionBuilderContext::new();
    let mut builder = FunctionBuilder::new(&mut context.func, &mut scratch);
    let entry = builder.create_block();
    builder.append_block_params_for_function_params(entry);
    builder.switch_to_block(entry);
    let (machine, window) = (builder.block_params(entry)[0], builder.block_params(entry)[1]);
    let handler = builder.import_signature(signature(3));
    let blocks: Vec<Block> = steps
        .iter()
        .map(|_| {
            let block = builder.create_block();
            builder.append_block_param(block, I64);
            block
        })
        .collect();
    let leave = builder.create_block();
    builder.append_block_param(leave, I64);
    builder.append_block_param(leave, I64);
    builder.set_cold_block(leave);
    builder.ins().jump(blocks[0], &[BlockArg::Value(window)]);
    for (step, block) in steps.iter().zip(&blocks) {
        builder.switch_to_block(*block);
        let window = builder.block_params(*block)[0];
        let callee = builder.ins().iconst(I64, step.handler as i64);
        let at = builder.ins().iconst(I64, step.at as i64);
        let call = builder.ins().call_indirect(handler, callee, &[machine, at, window]);
        let (next, window) = (builder.inst_results(call)[0], builder.inst_results(call)[1]);
        for goes in &step.next {
            let expected = builder.ins().iconst(I64, steps[*goes].at as i64);
            let arrived = builder.ins().icmp(IntCC::Equal, next, expected);
            let otherwise = builder.create_block();
            builder.ins().brif(arrived, blocks[*goes], &[BlockArg::Value(window)], otherwise, &[]);
            builder.switch_to_block(otherwise);
        }
        builder.ins().jump(leave, &[BlockArg::Value(next), BlockArg::Value(window)]);
    }
    builder.switch_to_block(leave);
    let left = builder.block_params(leave).to_vec();
    builder.ins().return_(&left);
    builder.seal_all_blocks();
    builder.finalize(isa.frontend_config());
}
