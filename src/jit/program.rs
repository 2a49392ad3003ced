//! A kernel as machine code: its stages, compiled for operands that move or stand still.

use cranelift_codegen::Context;

use super::code::Code;
use super::emit::{Direction, LEADING_WORDS, Style, emit};
use super::isa::Target;
use super::stage::{Source, Stage, Stages, split};
use crate::kernel::ir::Kernel;
use crate::kernel::passes;

/// A compiled kernel.
pub struct Program {
    pub stages: Stages,
    /// One for each stage.
    pub codes: Vec<Code>,
}

impl Program {
    /// Compiles `kernel`; `still[n]` says that input `n` is one element that does not move along a run.
    ///
    /// # Errors
    /// In words: a broken rule of the IR, or what the code generator refuses.
    pub fn compile(
        kernel: &Kernel,
        still: &[bool],
        target: &Target,
        style: Style,
        direction: Direction,
    ) -> Result<Program, String> {
        let kernel = passes::run_all(kernel, &mut |_, _| {})?;
        let stages = split(&kernel);
        let compile = |stage: &Stage| {
            let mut context = stage_context(stage, still, target, style, direction);
            Code::compile(target.isa.clone(), &mut context, words(stage))
        };
        let codes = stages.stages.iter().map(compile).collect::<Result<_, _>>()?;
        Ok(Program { stages, codes })
    }
}

/// A stage as CLIF.
pub fn stage_context(stage: &Stage, still: &[bool], target: &Target, style: Style, direction: Direction) -> Context {
    let still: Vec<bool> = stage
        .feeds
        .iter()
        .map(|feed| match feed.source {
            Source::Input(input) => still[input.index()],
            Source::Temp(_) => false,
        })
        .collect();
    let mut context = Context::new();
    emit(&mut context, &*target.isa, stage, &still, style, direction);
    context
}

/// The words that a stage's function reads.
pub fn words(stage: &Stage) -> usize {
    LEADING_WORDS + stage.feeds.len() + stage.yields.len()
}
