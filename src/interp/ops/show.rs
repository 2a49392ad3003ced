//! What a session does with the value of an expression that stands alone.

use crate::bytecode::chunk::Instr;
use crate::exception::Result;
use crate::interp::probe::{Event, Probe};
use crate::interp::runtime::Runtime;
use crate::interp::window::Window;

/// Prints `a` and keeps it, unless it is `None`.
pub fn show<P: Probe>(cx: &mut Runtime, w: &Window, i: Instr, probe: &mut P) -> Result<()> {
    probe.record(Event::Other { what: "show a value" });
    cx.show(w.get(i.a))
}
