//! The calls that are under way: their registers, where each goes on, and how a built-in function makes one.

use std::rc::Rc;

use super::bind::bind;
use super::call::Args;
use super::frames::Frames;
use super::runtime::Runtime;
use super::window::{RegisterStack, Window};
use crate::bytecode::chunk::{Flags, Pc};
use crate::diagnostic::ErrorKind;
use crate::exception::{Raised, Result};
use crate::interrupt;
use crate::value::{Code, Function, Value};

/// How a run of the loop ends.
pub enum Outcome {
    Returned(Value),
    /// An item of a generator, and where it goes on.
    Yielded(Value, Pc),
}

/// Runs code, watched as the run that is under way is.
pub trait Execute {
    /// Runs code in a window from an instruction on.
    fn execute(&self, cx: &mut Runtime, code: Rc<Code>, window: Window, start: Pc) -> Result<Outcome>;

    /// Calls a function once for each item, which fills its only parameter, in a window that is empty.
    fn execute_each(
        &self,
        cx: &mut Runtime,
        function: &Function,
        window: Window,
        items: &[Value],
    ) -> Result<Vec<Value>>;
}

#[derive(Default)]
pub struct Calls {
    pub registers: RegisterStack,
    pub frames: Frames,
    /// How many runs of the loop are on the native stack.
    pub nested: usize,
    pub execute: Option<Rc<dyn Execute>>,
}

/// Stack that one nested run of the loop and the built-in function that makes it may take together.
const RED_ZONE: usize = 256 * 1024;
/// What the stack grows by when less than [`RED_ZONE`] is left.
const STACK_PIECE: usize = 4 * 1024 * 1024;

impl Calls {
    /// Whether one call more would be too many.
    #[inline(always)]
    pub fn is_full(&self, max_depth: usize) -> bool {
        self.depth() >= max_depth
    }

    /// Calls that wait for one another, the module among them.
    #[inline(always)]
    pub fn depth(&self) -> usize {
        self.frames.len() + self.nested
    }
}

impl Runtime {
    /// Calls a script's function from a built-in one: on the native stack, which grows as needed.
    pub fn call_function(&mut self, callee: &Value, args: Args) -> Result<Value> {
        let Some(function) = callee.get::<Function>() else {
            return Err(Raised::type_error(format!("'{}' object is not callable", callee.type_name())));
        };
        // What fills the parameters by position needs no binding.
        let is_plain = args.keywords.is_empty() && function.code.plain.map(usize::from) == Some(args.positional.len());
        let values = if is_plain { args.positional } else { bind(function, args.positional, &args.keywords)? };
        let mut window = self.calls.registers.begin(function.code.chunk.registers);
        for (register, value) in values.into_iter().chain(function.closure.iter().cloned()).enumerate() {
            window.replace(register as u16, value);
        }
        window.pin(&function.code);
        let outcome = self.execute(function.code.clone(), window, Pc(0));
        self.calls.registers.leave_segment();
        match outcome? {
            Outcome::Returned(value) | Outcome::Yielded(value, _) => Ok(value),
        }
    }

    /// Calls a script's function, or whatever else, once for each item. The function's registers are made once.
    pub fn call_each(&mut self, callee: &Value, items: &[Value]) -> Result<Vec<Value>> {
        let Some(function) = callee.get::<Function>().filter(|function| function.code.plain == Some(1)) else {
            let call = |item: &Value| {
                self.call(callee, Args { positional: vec![item.clone()], ..Args::default() }, Flags::default())
            };
            return items.iter().map(call).collect();
        };
        if items.is_empty() {
            return Ok(Vec::new());
        }
        let window = self.calls.registers.begin(function.code.registers);
        let results = self.run_nested(|cx, execute| execute.execute_each(cx, function, window, items));
        self.calls.registers.leave_segment();
        results
    }

    /// Runs code in the window at the bottom of the newest segment.
    pub fn execute(&mut self, code: Rc<Code>, window: Window, start: Pc) -> Result<Outcome> {
        self.run_nested(|cx, execute| execute.execute(cx, code, window, start))
    }

    fn run_nested<R>(&mut self, run: impl FnOnce(&mut Runtime, &dyn Execute) -> Result<R>) -> Result<R> {
        let Some(execute) = self.calls.execute.clone() else {
            return Err(Raised::new(ErrorKind::RuntimeError, "a call outside a run"));
        };
        if self.calls.is_full(self.max_depth) {
            return Err(too_deep());
        }
        // A built-in function may call one without loops very often.
        interrupt::check()?;
        let (frames, segments) = (self.calls.frames.len(), self.calls.registers.depth());
        self.calls.nested += 1;
        let result = stacker::maybe_grow(RED_ZONE, STACK_PIECE, || run(self, &*execute));
        self.calls.nested -= 1;
        self.calls.frames.truncate(frames);
        self.calls.registers.truncate(segments);
        result
    }
}

#[cold]
pub fn too_deep() -> Raised {
    Raised::new(ErrorKind::RecursionError, "maximum recursion depth exceeded")
}
