//! Variables that functions share, and code that waits between two items.

use std::cell::{Cell as StdCell, RefCell};
use std::rc::Rc;

use super::{Code, Value};
use crate::bytecode::chunk::Pc;

/// A variable of a function that functions inside it use as well.
#[derive(Default)]
pub struct Cell(RefCell<Option<Value>>);

impl Cell {
    pub fn new(value: Option<Value>) -> Cell {
        Cell(RefCell::new(value))
    }

    pub fn get(&self) -> Option<Value> {
        self.0.borrow().clone()
    }

    /// Sets the variable, or unbinds it, and hands out what it held.
    pub fn replace(&self, value: Option<Value>) -> Option<Value> {
        self.0.replace(value)
    }
}

/// The registers of a call that is not on the stack.
pub type Registers = Box<[Option<Value>]>;

/// A generator expression's iterator: a call that goes on whenever an item is wanted.
pub struct Generator {
    pub code: Rc<Code>,
    pub state: StdCell<GeneratorState>,
}

#[derive(Default)]
pub enum GeneratorState {
    /// Waits at an instruction.
    Waiting { registers: Registers, next: Pc },
    /// Is being advanced.
    Running,
    #[default]
    Done,
}

impl Generator {
    /// A call that has not begun, with its first registers filled.
    pub fn new(code: Rc<Code>, first: Vec<Value>) -> Generator {
        let mut registers: Vec<Option<Value>> = first.into_iter().map(Some).collect();
        registers.resize_with(code.chunk.registers as usize, || None);
        for (register, constant) in code.chunk.pinned_registers().zip(&code.pinned) {
            registers[register] = Some(constant.clone());
        }
        let state = GeneratorState::Waiting { registers: registers.into(), next: Pc(0) };
        Generator { code, state: StdCell::new(state) }
    }
}
