//! Handlers as call-threaded code calls them: with the calling convention of the platform.

#![allow(unsafe_code)]

use std::ptr::NonNull;

use crate::bytecode::chunk::{Loop, Pc};
use crate::bytecode::flow;
use crate::bytecode::op::{Op, each_op};
use crate::interp::cursor::Cursor;
use crate::interp::execution::{Execution, Next};
use crate::interp::handlers::Handlers;
use crate::interp::probe::Probe;
use crate::interp::window::Window;
use crate::jit::threaded::{Step, Threaded};
use crate::value::Code;

type Shim = extern "C" fn(NonNull<()>, Cursor, Window) -> Next;

struct Shims<P>(std::marker::PhantomData<P>);

macro_rules! shims {
    ($($name:ident)*) => { &[$(shim::<P, { Op::$name as usize }>),*] };
}

impl<P: Probe> Shims<P> {
    /// By the number of the operation.
    const TABLE: &[Shim] = each_op!(shims);
}

extern "C" fn shim<P: Probe, const OP: usize>(execution: NonNull<()>, at: Cursor, w: Window) -> Next {
    // SAFETY: [`run`] gives its own execution to the code that calls this, and does not touch it meanwhile; the code was
    // made for executions that the same `P` watches.
    let x = unsafe { execution.cast::<Execution<'_, P>>().as_mut() };
    (const { Handlers::<P>::TABLE[OP] })(x, at, w)
}

/// The instructions of a loop, for machines that are watched by `P`.
pub fn steps<P: Probe>(code: &Code, region: Loop) -> Vec<Step> {
    let mut places = Vec::new();
    let mut pc = region.start;
    while pc < region.end {
        places.push(pc);
        pc = Pc(pc.0 + flow::width(code.chunk.code[pc.0 as usize].op));
    }
    let step = |pc: &Pc| Step {
        handler: Shims::<P>::TABLE[code.chunk.code[pc.0 as usize].op as usize] as usize,
        at: Cursor::at(code, *pc).address(),
        next: flow::successors(&code.chunk, *pc).filter_map(|next| places.binary_search(&next).ok()).collect(),
    };
    places.iter().map(step).collect()
}

/// Runs a loop of the code that is under way from its beginning, and says where the interpreter goes on.
pub fn run<P: Probe>(x: &mut Execution<'_, P>, threaded: &Threaded, w: Window) -> Next {
    // SAFETY: the code was made of this loop's instructions by [`steps`], for this `P`, and the window is that of the call
    // that is under way; handlers hand out places and windows of it, or none when the run ends.
    unsafe {
        let left = threaded.run((&raw mut *x).cast(), std::mem::transmute::<Window, usize>(w));
        std::mem::transmute::<[usize; 2], Next>([left.at, left.window])
    }
}
