//! Hot loops: how often each is gone through is counted where it jumps back, and from some number on it runs as machine
//! code, from the jump on, in the middle of the loop.

mod contiguous;
mod costs;
mod marshal;
mod program;
pub mod report;
mod routines;
mod shims;
mod typed;
mod vector;

use std::cell::Cell;
use std::rc::Rc;

use super::cursor::Cursor;
use super::execution::{Execution, Next};
use super::probe::Probe;
use super::window::Window;
use crate::bytecode::chunk::Loop;
use crate::jit::threaded::Threaded;
pub use crate::loops::dial::Dial;
pub use crate::loops::mode::Mode;
use crate::loops::mode::Wish;
use crate::loops::why::{Reason, Why};
use crate::source::Span;
use crate::value::Code;
use typed::Typed;

/// Jumps back after which a loop is compiled, unless the user says otherwise.
pub const AFTER: u32 = 1000;

/// In a loop's word of [`Code::loops`]: the other bits are a place in [`HotLoops::known`], not a count.
const KNOWN: u32 = 1 << 31;

/// Counts jumps back in a loop's word, unless it was compiled.
fn heat(word: &Cell<u32>, jumps: u32) {
    if word.get() & KNOWN == 0 {
        word.set(word.get().saturating_add(jumps).min(KNOWN - 1));
    }
}

/// What is known of loops that became hot.
#[derive(Default)]
pub struct HotLoops {
    pub mode: Mode,
    /// What the script says of some of its loops.
    pub wishes: Vec<Wish>,
    /// What typed code leaves out, if that is given: else lists lie side by side where it pays.
    pub dial: Option<Dial>,
    /// How many jumps back a loop makes before it is compiled; less than 2^31.
    pub after: u32,
    /// From how many iterations on inner loops are array expressions; `None`: where that pays.
    pub vector_from: Option<u32>,
    known: Vec<Hot>,
}

struct Hot {
    /// Machine code has addresses of instructions in it.
    _code: Rc<Code>,
    form: Form,
}

/// What became of a loop.
#[derive(Clone)]
enum Form {
    Interpreted(Option<Why>),
    Threaded(Rc<Threaded>),
    Typed(Rc<Typed>),
}

impl HotLoops {
    /// How the loop at a place is to run.
    fn mode_of(&self, place: Span) -> Mode {
        let around = self.wishes.iter().filter(|wish| wish.place.start <= place.start && place.start < wish.place.end);
        around.min_by_key(|wish| wish.place.end - wish.place.start).map_or(self.mode, |wish| wish.mode)
    }

    /// Whether loops are compiled at all.
    pub fn is_on(&self) -> bool {
        self.mode != Mode::Interpret || self.wishes.iter().any(|wish| wish.mode != Mode::Interpret)
    }
}

/// A jump back from an instruction to one before it: the loop that it belongs to may have become hot.
pub fn arrive<P: Probe>(x: &mut Execution<'_, P>, from: Cursor, to: Cursor, w: Window) -> Next {
    let (last, first) = (from.pc(&x.code), to.pc(&x.code));
    // Inner loops stand behind those around them.
    let around = |found: &Loop| found.start == first && (found.start..found.end).contains(&last);
    let Some(index) = x.code.chunk.loops.iter().rposition(around) else { return Next::at(to, w) };
    let word = &x.code.loops[index];
    let count = word.get();
    if count & KNOWN == 0 {
        if count < x.cx.loops.after {
            heat(word, 1);
            return Next::at(to, w);
        }
        compile(x, index);
    }
    let at = (x.code.loops[index].get() & !KNOWN) as usize;
    match x.cx.loops.known[at].form.clone() {
        Form::Interpreted(_) => Next::at(to, w),
        Form::Threaded(threaded) => shims::run(x, &threaded, w),
        Form::Typed(typed) => typed.arrive(x, from, to, w),
    }
}

#[cold]
#[inline(never)]
fn compile<P: Probe>(x: &mut Execution<'_, P>, index: usize) {
    let code = x.code.shared();
    let form = match x.cx.loops.mode_of(code.chunk.loops[index].span) {
        Mode::Interpret => Form::Interpreted(None),
        Mode::Calls => match Threaded::compile(&shims::steps::<P>(&code, code.chunk.loops[index])) {
            Ok(threaded) => Form::Threaded(Rc::new(threaded)),
            Err(what) => Form::Interpreted(Some(Why::new(Reason::Large, what, code.chunk.loops[index].span))),
        },
        mode @ (Mode::Typed | Mode::Vector | Mode::Evaluate) => {
            Form::Typed(Rc::new(Typed::new(code.clone(), index, x.cx.loops.dial, mode)))
        }
    };
    code.loops[index].set(KNOWN | x.cx.loops.known.len() as u32);
    x.cx.loops.known.push(Hot { _code: code, form });
}
