//! Runs a script under a recorder.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use super::code::Listing;
use super::recorder::{Asides, Recorder, Sink};
use super::totals::Totals;
use crate::bytecode::Verified;
use crate::exception::{Raised, Result};
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
    watched(&[program], listing, asides, sink, |recorder| {
        // The machine holds the recorder as well: it ends here.
        let mut machine = Machine::new(runtime);
        let result = machine.run(program, recorder);
        let closed = machine.runtime.close_files();
        result.and_then(|()| Ok(closed?))
    })
}

/// Runs the first of several programs as the next input of a session; the others are earlier ones, whose functions it
/// may call.
pub fn run_next<S: Sink + 'static>(
    machine: &mut Machine,
    programs: &[&Verified],
    listing: Arc<Listing>,
    asides: Asides,
    sink: S,
) -> Outcome<S> {
    watched(programs, listing, asides, sink, |recorder| machine.run_next(programs[0], recorder).map(drop))
}

/// Does something with a recorder, and takes it apart.
fn watched<S: Sink + 'static>(
    programs: &[&Verified],
    listing: Arc<Listing>,
    asides: Asides,
    sink: S,
    work: impl FnOnce(Rc<RefCell<Recorder>>) -> Result<()>,
) -> Outcome<S> {
    let sink = Rc::new(RefCell::new(sink));
    let recorder = Rc::new(RefCell::new(Recorder::new(programs, listing, asides, Box::new(sink.clone()))));
    let result = work(recorder.clone());
    let recorder = Rc::into_inner(recorder).expect("nobody runs under it any more").into_inner();
    let stopped = recorder.was_stopped();
    let totals = recorder.finish();
    let sink = Rc::into_inner(sink).expect("the recorder is gone").into_inner();
    let ending = match result {
        _ if stopped => Ending::Stopped,
        Err(raised) => Ending::Raised(raised),
        Ok(()) => Ending::Finished,
    };
    Outcome { sink, totals, ending }
}
