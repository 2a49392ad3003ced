//! Runs a script under a recorder.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use super::code::Listing;
use super::recorder::{Asides, Recorder, Sink};
use super::totals::Totals;
use crate::bytecode::Verified;
use crate::exception::Raised;
use crate::interp::{Machine, Runtime};

/// What came of a run.
pub struct Outcome<S> {
    pub sink: S,
    pub totals: Totals,
    pub ending: Ending,
}

/// How a run ended.
#[derive(Debug)]
pub enum Ending {
    Finished,
    /// With an exception that the script did not handle.
    Raised(Raised),
    /// Because the sink wanted no more.
    Stopped,
}

/// Runs a program to its end, or to where the sink stops it.
pub fn run<S: Sink + 'static>(
    program: &Verified,
    listing: Arc<Listing>,
    runtime: Runtime,
    asides: Asides,
    sink: S,
) -> Outcome<S> {
    let sink = Rc::new(RefCell::new(sink));
    let recorder = Rc::new(RefCell::new(Recorder::new(program, listing, asides, Box::new(sink.clone()))));
    let mut machine = Machine::new(runtime);
    let result = machine.run(program, recorder.clone());
    let closed = machine.runtime.close_files();
    // The machine holds the recorder as well.
    drop(machine);
    let recorder = Rc::into_inner(recorder).expect("the machine is gone").into_inner();
    let stopped = recorder.was_stopped();
    let totals = recorder.finish();
    let sink = Rc::into_inner(sink).expect("the recorder is gone").into_inner();
    let ending = match (result, closed) {
        _ if stopped => Ending::Stopped,
        (Err(raised), _) => Ending::Raised(raised),
        (Ok(()), Err(error)) => Ending::Raised(Raised::from(error)),
        (Ok(()), Ok(())) => Ending::Finished,
    };
    Outcome { sink, totals, ending }
}
