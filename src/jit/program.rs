//! A kernel as machine code: its stages, compiled for operands that move or stand still.

use cranelift_codegen::Context;
use cranelift_codegen::control::ControlPlane;

use super::assembly::Assembly;
use super::code::Code;
use super::emit::{Direction, LEADING_WORDS, Style, emit};
use super::isa::Target;
use super::prefetch::prefetch;
use super::rotate::rotate;
use super::stage::{Source, Stage, Stages, split};
use super::stream::stream;
use super::widen::{Vector, widen};
use crate::kernel::ir::Kernel;
use crate::kernel::passes;

/// A compiled kernel.
pub struct Program {
    pub stages: Stages,
    /// One for each stage.
    pub codes: Vec<Code>,
}

/// What a kernel is compiled for.
#[derive(Clone, Copy)]
pub struct Aim<'a> {
    pub target: &'a Target,
    pub style: Style,
    /// `still[n]`: input `n` is one element that does not move along a run.
    pub still: &'a [bool],
    pub direction: Direction,
    /// Results go past the caches; their address is a multiple of 64 bytes.
    pub stream: bool,
}

/// The machine code of one stage.
pub struct StageCode {
    pub bytes: Vec<u8>,
    /// What the code generator was given, at the width that it knows.
    pub clif: String,
    /// The code in the code generator's own words, where nobody else can read it.
    pub vcode: Option<String>,
    /// Why its registers have 128 bits and no more, though wider ones were asked for.
    pub refused: Option<String>,
}

impl Program {
    /// # Errors
    /// In words: a broken rule of the IR, or what the code generator refuses.
    pub fn compile(kernel: &Kernel, aim: Aim<'_>) -> Result<Program, String> {
        let kernel = passes::run_all(kernel, &mut |_, _| {})?;
        let stages = split(&kernel);
        let load = |stage: &Stage| Code::load(aim.target.isa.clone(), &aim.compile(stage, false)?.bytes, words(stage));
        let codes = stages.stages.iter().map(load).collect::<Result<_, _>>()?;
        Ok(Program { stages, codes })
    }
}

impl Aim<'_> {
    /// The code of a stage; `show`: with its text on the way.
    ///
    /// # Errors
    /// In words, what the code generator refuses.
    pub fn compile(&self, stage: &Stage, show: bool) -> Result<StageCode, String> {
        let vector = self.style.vector.filter(|_| !stage.is_scalar_only());
        let mut code = self.generate(stage, vector, show)?;
        if self.target.widest.is_none() {
            return Ok(code);
        }
        let narrow = Assembly::decode(&code.bytes)?;
        let widened = widen(&narrow, vector.unwrap_or(Vector::Xmm));
        match widened.and_then(|wide| self.finish(&rotate(&wide)).encode()) {
            Ok(bytes) => code.bytes = bytes,
            Err(why) => {
                if vector > Some(Vector::Xmm) {
                    code = self.generate(stage, Some(Vector::Xmm), show)?;
                }
                code.refused = Some(why);
            }
        }
        Ok(code)
    }

    /// What is done to code when its instructions are known.
    fn finish(&self, code: &Assembly) -> Assembly {
        let streaming = if self.stream { stream(code) } else { None };
        let code = streaming.as_ref().unwrap_or(code);
        if self.style.prefetch { prefetch(code) } else { code.clone() }
    }

    /// What Cranelift makes of a stage that is laid out for registers of some width.
    fn generate(&self, stage: &Stage, vector: Option<Vector>, show: bool) -> Result<StageCode, String> {
        let aim = Aim { style: Style { vector, ..self.style }, ..*self };
        let mut context = aim.clif(stage);
        let clif = if show { context.func.display().to_string() } else { String::new() };
        context.set_disasm(show);
        let compiled = context
            .compile(&*self.target.isa, &mut ControlPlane::default())
            .map_err(|error| format!("{:?}", error.inner))?;
        if !compiled.buffer.relocs().is_empty() {
            return Err("a kernel calls something".into());
        }
        let bytes = compiled.code_buffer().to_vec();
        Ok(StageCode { bytes, clif, vcode: compiled.vcode.clone(), refused: None })
    }

    fn clif(&self, stage: &Stage) -> Context {
        let still: Vec<bool> = stage
            .feeds
            .iter()
            .map(|feed| match feed.source {
                Source::Input(input) => self.still[input.index()],
                Source::Temp(_) => false,
            })
            .collect();
        let mut context = Context::new();
        emit(&mut context, &*self.target.isa, stage, &still, self.style, self.direction);
        context
    }
}

/// The words that a stage's function reads.
pub fn words(stage: &Stage) -> usize {
    LEADING_WORDS + stage.feeds.len() + stage.yields.len()
}
