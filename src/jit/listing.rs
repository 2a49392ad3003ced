//! What a kernel looks like on its way to machine code, for those who want to see it.

use super::disassemble::{Disassembly, disassemble};
use super::emit::Direction;
use super::isa::Target;
use super::program::Aim;
use super::stage::split;
use super::switches::Switches;
use crate::array::Result as ArrayResult;
use crate::kernel::Expr;
use crate::kernel::ir::Kernel;
use crate::kernel::lower::{Operand, Options, lower};
use crate::kernel::passes;

/// Everything about one kernel on its way to machine code.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    /// The IR after each pass, with the pass's name; the first is what lowering gave.
    pub passes: Vec<(&'static str, String)>,
    pub stages: Vec<StageListing>,
    /// Bytes of machine code, constants included.
    pub code_bytes: usize,
}

/// One stage of a kernel.
#[derive(Clone, Debug)]
pub struct StageListing {
    pub clif: String,
    /// Machine code, a line for each instruction.
    pub asm: String,
    /// Lines of the main loop, counted from 0: the one that takes most elements if there are many. Empty where that is
    /// not known (on CPUs other than x86-64).
    pub main_loop: Vec<usize>,
    /// Elements that a pass of the main loop takes.
    pub pass: usize,
    /// Why it has registers of 128 bits, where it was to have wider ones.
    pub refused: Option<String>,
}

impl Listing {
    /// The machine code of all stages.
    pub fn asm(&self) -> String {
        self.stages.iter().map(|stage| stage.asm.as_str()).collect()
    }
}

impl Listing {
    /// The kernel of `expr` on a named machine (a triple and Cranelift's names of its features), not on this one;
    /// arrays move, scalars stand still.
    ///
    /// # Errors
    /// In words, if this build knows no such machine, or the expression is more than one kernel.
    pub fn of(expr: &Expr, switches: Switches, triple: &str, features: &[&str]) -> Result<Listing, String> {
        let target = Target::named(triple, features, switches.regalloc)?;
        let options = Options { fma: switches.fma && target.fma, fuse: true };
        let refuse = &mut |_: &Expr| -> ArrayResult<_> { Err(crate::array::ArrayError::value("more than one kernel")) };
        let task = lower(expr, options, refuse).map_err(|error| error.message)?;
        let still: Vec<bool> = task.operands.iter().map(|operand| matches!(operand, Operand::Scalar(..))).collect();
        let style = target.style(&switches)?;
        let aim = Aim { target: &target, style, still: &still, direction: Direction::Along, stream: false };
        Listing::of_kernel(&task.kernel, aim)
    }

    pub(super) fn of_kernel(kernel: &Kernel, aim: Aim<'_>) -> Result<Listing, String> {
        let mut listing = Listing::default();
        let kernel = passes::run_all(kernel, &mut |name, kernel| listing.passes.push((name, kernel.to_string())))?;
        for stage in &split(&kernel).stages {
            let code = aim.compile(stage, true)?;
            listing.code_bytes += code.bytes.len();
            let Disassembly { text, main_loop } = match aim.target.isa.name() {
                "x64" => disassemble(&code.bytes),
                _ => Disassembly { text: code.vcode.unwrap_or_default(), main_loop: Vec::new() },
            };
            let pass = aim.style.pass(stage, aim.direction);
            let (clif, refused) = (code.clif, code.refused);
            listing.stages.push(StageListing { clif, asm: text, main_loop, pass, refused });
        }
        Ok(listing)
    }
}
