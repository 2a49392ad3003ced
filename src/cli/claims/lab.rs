//! What an experiment is made with: the program, the machine's threads, python3 if there is one, and time.

use std::time::Duration;

use super::claim::{Program, Row};
use super::python::Python;
use super::trial::{Asked, Inputs, Wrong, measure};
use crate::jit::Switches;

/// Given to each experiment.
pub struct Lab<'a> {
    pub program: &'a Program,
    /// None with the reason, in words.
    pub python: Result<&'a Python, &'a str>,
    pub effort: Effort,
    pub progress: &'a mut dyn FnMut(f64),
}

/// How much time and memory goes into it.
#[derive(Clone, Copy, Debug)]
pub struct Effort {
    /// Time of one experiment, without what is prepared for it.
    pub budget: Duration,
    /// Sizes are divided by this.
    pub shrink: usize,
}

impl Effort {
    /// All experiments together take less than two minutes.
    pub const FULL: Effort = Effort { budget: Duration::from_millis(3500), shrink: 1 };
}

impl Lab<'_> {
    pub fn inputs(&self, function: &'static str, n: usize) -> Inputs {
        Inputs { function, n: (n / self.effort.shrink).max(2), lists: false }
    }

    pub fn lists(&self, function: &'static str, n: usize) -> Inputs {
        Inputs { lists: true, ..self.inputs(function, n) }
    }

    /// Hardware threads that this process may use.
    pub fn threads(&self) -> usize {
        Switches::default().threads
    }

    pub fn measure(&mut self, asked: Vec<Asked>) -> Result<Vec<Row>, Wrong> {
        measure(self.program, self.python, asked, self.effort.budget, self.progress)
    }
}
