//! How the loops of a script are run.

use crate::interp::hot::{Dial, Mode};
use crate::jit::Switches;

/// How the loops of a script are run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    pub mode: Mode,
    pub dial: Dial,
    pub switches: Switches,
}

impl Settings {
    /// As the command line of `toy run` says it.
    pub fn command(&self) -> String {
        let Settings { mode, dial, switches } = self;
        match mode {
            Mode::Interpret | Mode::Calls => format!("--loops {mode}"),
            Mode::Typed | Mode::Evaluate => format!("--loops {mode} --dial {dial}"),
            Mode::Vector => format!(
                "--loops {mode} --simd {} --unroll {} --threads {}",
                switches.simd.name(),
                switches.unroll.get(),
                switches.threads
            ),
        }
    }
}
