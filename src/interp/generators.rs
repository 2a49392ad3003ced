//! Advancing a generator: its registers become the newest segment of the stack until it hands out an item.

use super::calls::Outcome;
use super::runtime::Runtime;
use crate::diagnostic::ErrorKind;
use crate::exception::{Raised, Result};
use crate::objects::exceptions;
use crate::value::{Generator, GeneratorState, Value};

impl Runtime {
    /// The next item of a generator, `None` at its end.
    ///
    /// # Errors
    /// Whatever its code raises, after which it is at its end; `ValueError` if it is running already.
    pub fn resume_generator(&mut self, generator: &Value) -> Result<Option<Value>> {
        let Some(Generator { code, state }) = generator.get::<Generator>() else {
            return Err(Raised::type_error(format!("'{}' object is not an iterator", generator.type_name())));
        };
        let (registers, next) = match state.replace(GeneratorState::Running) {
            GeneratorState::Waiting { registers, next } => (registers, next),
            GeneratorState::Running => return Err(Raised::value_error("generator already executing")),
            GeneratorState::Done => {
                state.set(GeneratorState::Done);
                return Ok(None);
            }
        };
        let window = self.calls.registers.push(registers);
        let outcome = self.execute(code.clone(), window, next);
        let registers = self.calls.registers.pop();
        match outcome {
            Ok(Outcome::Yielded(item, next)) => {
                state.set(
                    registers.map_or(GeneratorState::Done, |registers| GeneratorState::Waiting { registers, next }),
                );
                Ok(Some(item))
            }
            Ok(Outcome::Returned(_)) => {
                state.set(GeneratorState::Done);
                Ok(None)
            }
            Err(raised) => {
                state.set(GeneratorState::Done);
                Err(ended(raised))
            }
        }
    }
}

/// A `StopIteration` would look like the generator's own end (PEP 479).
fn ended(raised: Raised) -> Raised {
    if !raised.kind().is_a(ErrorKind::StopIteration) {
        return raised;
    }
    let cause = raised.into_value();
    let error = Raised::new(ErrorKind::RuntimeError, "generator raised StopIteration").into_value();
    exceptions::raised(&error, Some(&cause))
}
